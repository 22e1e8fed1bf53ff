import type { CallerProfile, CredentialStyle } from "./caller-profile.ts";
import type { Diagram } from "./decision-diagram.ts";
import type { WitnessFacts } from "./witness-facts.ts";
import type { World } from "./world.ts";

/** The answer to whether some caller passes a rule. */
export type PassAnswer =
  /** Somebody does, whatever functions and engines answer. */
  | { readonly passes: true; readonly witness: WitnessFacts }
  /** Nobody ever does. */
  | { readonly passes: false }
  /** Somebody does by some of their answers, and nobody by others. */
  | { readonly passes: "depends"; readonly witness: WitnessFacts };

/** Asks whether any caller of some of the profiles is where the diagram says yes. */
export function whetherAnyPasses(world: World, yes: Diagram, isAsked: (profile: CallerProfile) => boolean): PassAnswer {
  const asked = world.profile.where(isAsked);
  const certain = world.find(world.and(world.whateverOpaque(yes), asked));
  if (certain !== undefined) return { passes: true, witness: certain };
  const possible = world.find(world.and(yes, asked));
  return possible === undefined ? { passes: false } : { passes: "depends", witness: possible };
}

/** The answer to whether everybody passes a rule. */
export type AlwaysAnswer =
  | { readonly always: true }
  /** Somebody does not, whatever functions and engines answer. */
  | { readonly always: false; readonly counterexample: WitnessFacts }
  | { readonly always: "depends" };

/** Asks whether a diagram says yes of every caller and request. */
export function whetherAllPass(world: World, yes: Diagram): AlwaysAnswer {
  const others = world.not(yes);
  if (world.find(others) === undefined) return { always: true };
  const counterexample = world.find(world.whateverOpaque(others));
  return counterexample === undefined ? { always: "depends" } : { always: false, counterexample };
}

/** Callers who prove themselves in one way; of callers of other verifiers nobody knows, and so they count in. */
export function comesWith(style: CredentialStyle): (profile: CallerProfile) => boolean {
  return (profile) => profile.style === style || profile.style === "other";
}
