import { AuthError } from "../errors.ts";

/** Members of an event, of which nothing is known yet. */
export type GatewayFacts = Readonly<Record<string, unknown>>;

/** Reads an own member: whatever a prototype offers was not in the event. Null counts as absent, as gateways write it so. */
export function factOf(facts: GatewayFacts, name: string): unknown {
  return Object.hasOwn(facts, name) ? (facts[name] ?? undefined) : undefined;
}

/**
 * Reads a text that must be there, at most 2,048 characters long.
 *
 * @throws AuthError `configuration_error`
 */
export function textOf(facts: GatewayFacts, name: string): string {
  const value = factOf(facts, name);
  if (typeof value !== "string" || value === "" || value.length > 2_048) throw foreignFacts(`${name} is no text`);
  return value;
}

/** Takes a value for an object with members; undefined where it is none, an array included. */
export function factsOf(value: unknown): GatewayFacts | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as GatewayFacts;
}

/**
 * The fault of what no gateway would write. It is ours and not the caller's: somebody invoked the function directly, or AWS has
 * changed the format.
 *
 * @param reason a fixed phrase.
 */
export function foreignFacts(reason: string): AuthError {
  return new AuthError("configuration_error", { reason: `in what the event says of its caller ${reason}` });
}
