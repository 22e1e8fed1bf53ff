import type { PrincipalKind } from "../../principal.ts";
import type { FieldName } from "../field-key.ts";
import type { Literal } from "../rule.ts";

/** Who a witness is, as plain JSON. What is left out does not matter. */
export interface WitnessCaller {
  /** In words, such as `a user with an access or ID token of a user pool`. */
  readonly who: string;
  readonly kind: PrincipalKind;
  readonly verifiedBy: string;
  readonly issuer?: string;
  readonly groups?: readonly string[];
  /** How much of the groups is known: `open` are those that a role stands for, of others nothing is known. */
  readonly groupsKnown?: "closed" | "none" | "open" | "unknown";
  readonly scopes?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly claims?: Readonly<Record<string, Literal | readonly string[]>>;
  /** `123456789012/Name`, or an ARN outside the partition `aws`. */
  readonly role?: string;
  readonly userId?: string;
  readonly identityId?: string;
  readonly clientId?: string;
  /** How many seconds ago he authenticated. */
  readonly authAge?: number;
  /** The address that he calls from. */
  readonly ip?: string;
}

/**
 * What a witness asks for: a method and a target, or else a GraphQL field, or to open a WebSocket connection. HEAD is judged as
 * GET.
 */
export interface WitnessRequest {
  readonly method?: string;
  /** With its query. Of a connection, it is there where the query matters, and its path means nothing. */
  readonly target?: string;
  /** The coordinate of a field, such as `Mutation.deleteUser`. Where a key is for all fields of a type, or `*`, it is any of them. */
  readonly field?: FieldName;
  readonly connect?: true;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A leaf that decides: would it come out otherwise, the outcome would be another. */
export interface DecidingLeaf {
  readonly leaf: string;
  /** The policies that it stands in. */
  readonly policies: readonly ("old" | "new")[];
  readonly value: boolean | "indeterminate";
}

/** One caller and request that a policy allows and the other one denies. */
export interface Witness {
  readonly caller: WitnessCaller;
  readonly request: WitnessRequest;
  /** The leaves that decide; where none does alone, those of the policy that allows. */
  readonly leaves: readonly DecidingLeaf[];
  /** What functions and engines would have to answer; empty where it is so whatever they answer. */
  readonly provided: readonly { readonly leaf: string; readonly answer: boolean | "indeterminate" }[];
}

/**
 * What becomes of the requests that had one route and now have one; of the GraphQL fields that had one key and now have one; or of
 * WebSocket connections.
 */
export interface RouteChange {
  /** One of the fields that it is about; `before` and `after` are keys of `fields` then. */
  readonly field?: FieldName;
  /** That it is about opening WebSocket connections; `before` and `after` are `$connect` then. */
  readonly connect?: true;
  /**
   * The policy that does not judge the field, since it has no key for it, and only fields that operations begin with take `*`:
   * there it comes with the field that leads to it, and `before` or `after` is absent.
   */
  readonly open?: "old" | "new";
  /** The route that took them in the old policy; absent where none did. */
  readonly before?: string;
  /** The route that takes them in the new policy; absent where none does. */
  readonly after?: string;
  /** Somebody who is let in anew. */
  readonly gains?: Witness;
  /** Somebody who is shut out. */
  readonly loses?: Witness;
  /** What cannot be told, and why. */
  readonly unknown?: readonly string[];
}

/** How two policies differ in what they allow. */
export interface PolicyDiff {
  /** `same`: no caller is judged otherwise, whatever he asks for. `unknown`: none was found, but there may be one. */
  readonly verdict: "same" | "different" | "unknown";
  /**
   * Each pair of routes whose requests are judged otherwise, or may be, or have another route now; behind them such pairs of keys
   * of `fields`, and `connect`.
   */
  readonly changes: readonly RouteChange[];
  /** The keys of routes that only one of the policies has. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** All of it as lines for a person. */
  readonly text: string;
}
