import type { Role } from "../arn.ts";
import type { Groups, Principal } from "../principal.ts";

/** Who calls with a proof of AWS credentials: a role, or a guest where the role stands for one. He has no claims. */
export interface StsProofPrincipal extends Principal {
  readonly kind: "role" | "guest";
  readonly verifiedBy: "sts-proof";
  readonly role: Role;
  readonly groups: Groups;
  readonly expiresAt: Date;
}
