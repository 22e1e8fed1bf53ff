import type { RolePattern } from "../../arn.ts";
import type { Ternary } from "../evaluation.ts";
import type { CallerProfile } from "./caller-profile.ts";
import type { Membership } from "./memberships.ts";
import type { OperandSource } from "./operand-source.ts";
import type { Held } from "./operands.ts";

/** A caller and a request as far as rules looked at them; what is undefined, nobody asked about. */
export interface WitnessFacts {
  /** How much there is to him: fewer attributes cost less. */
  readonly cost: number;
  readonly profile: CallerProfile;
  readonly groups: Membership | undefined;
  readonly scopes: Membership | undefined;
  /** The methods of his authentication. */
  readonly methods: readonly string[];
  readonly role: RolePattern | undefined;
  readonly issuer: string | undefined;
  readonly clientId: string | undefined;
  /** How many seconds ago he authenticated. */
  readonly age: number | undefined;
  /** The address from which the request comes. */
  readonly address: string | undefined;
  readonly operands: readonly { readonly source: OperandSource; readonly held: Held }[];
  /** What comes out of the leaves that nobody can foresee. */
  readonly opaque: ReadonlyMap<string, Ternary>;
}
