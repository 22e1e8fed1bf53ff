import type { Principal } from "../principal.ts";
import type { Literal } from "./rule.ts";

/**
 * What a function or an engine of a policy is told of a request: who calls, what he wants, and the arguments of the rule. It is
 * frozen, and holds no credential, no header and no query but for those that the arguments name.
 */
export interface Inquiry {
  readonly principal: Principal;
  /** The method that is judged, such as `GET`. */
  readonly method: string;
  /** The path as on the wire, such as `/articles/a%20b`. */
  readonly path: string;
  /** The key of the route, such as `GET /articles/:id`; undefined where a guard stands without a policy. */
  readonly route: string | undefined;
  /** The parameters of the path, decoded; no prototype. Parameters of a guard that are no text are left out. */
  readonly params: Readonly<Record<string, string>>;
  /** The address of the caller; undefined where it is not known. */
  readonly remoteAddress: string | undefined;
  /** The time of the decision in milliseconds since 1970. */
  readonly now: number;
  /** The arguments of the rule by name: literals as they are, operands as what they came to; no prototype. */
  readonly arguments: Readonly<Record<string, Literal>>;
}
