import { ConfigurationError } from "../configuration.ts";
import { positionText, type SourceLocation } from "./source-location.ts";

/** One fault of a policy. */
export interface PolicyFault {
  /**
   * Where it is, such as `routes["GET /a"].allOf[1].group`, `rules.office`, `require` or `rule` (of a guard); `document` is the
   * text itself, and a file that cannot be read is named by its path.
   */
  readonly where: string;
  /** What is wrong, and what to write. */
  readonly fault: string;
  /** The path of the key at fault, where it is a key and not a value: one that is not known, or the key of a route. */
  readonly key?: string;
  /** Where that is in the text of the document; absent where the policy was not read from text. */
  readonly location?: SourceLocation;
}

/** Whoever has more faults than that is not helped by reading them all; {@link PolicyError.faults} has the rest. */
const mostShown = 100;

/** A policy cannot be loaded. It tells all faults at once; its code is `invalid_policy`. */
export class PolicyError extends ConfigurationError {
  readonly faults: readonly PolicyFault[];

  constructor(option: "policy" | "rule", faults: readonly PolicyFault[]) {
    const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    const hidden = faults.length - mostShown;
    const lines = faults.slice(0, mostShown).map(faultText);
    super("invalid_policy", option, [count, ...lines, ...(hidden > 0 ? [`  and ${hidden} more`] : [])].join("\n"));
    this.faults = Object.freeze([...faults]);
  }
}

function faultText({ where, fault, location }: PolicyFault): string {
  if (location === undefined) return `  ${where}: ${fault}`;
  const part = where === "document" ? "" : `${where}: `;
  return `  ${positionText(location)}: ${part}${fault}\n${location.excerpt.replace(/^/gm, "    ")}`;
}

/** A spot in a policy while it is read. */
export interface Place {
  /** Notes a fault here; the policy is refused once all of it is read. */
  report(fault: string): undefined;
  /** Notes a fault of a key: of the one within this spot to which the step leads, or without a step of this spot's own. */
  reportKey(fault: string, step?: string): undefined;
  /** A spot within this one, such as `.allOf` or `[1]`. */
  inside(step: string): Place;
}

/** The spot from which reading starts. */
export function placeOf(where: string, faults: PolicyFault[]): Place {
  return {
    report(fault) {
      faults.push(Object.freeze({ where, fault }));
      return undefined;
    },
    reportKey(fault, step = "") {
      faults.push(Object.freeze({ where, fault, key: where + step }));
      return undefined;
    },
    inside: (step) => placeOf(where + step, faults),
  };
}

/** The path of a key at the top of a policy. */
export function topStep(name: string): string {
  return keyStep(name).replace(/^\./, "");
}

/** The name of a key behind a dot, or in brackets where it is no plain word. */
export function keyStep(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
