import type { Role } from "../arn.ts";
import type { Groups, Principal } from "../principal.ts";
import type { TokenClaims } from "./token-claims.ts";

/** What STS puts under the one claim that is its own. */
export interface StsNamespaceClaims {
  /** The account whose role calls; the one that is configured. */
  readonly aws_account: string;
  /** The tags of the role and its session. */
  readonly principal_tags?: Readonly<Record<string, unknown>>;
  /** The tags that the caller chose when he asked for the token: whatever he likes. */
  readonly request_tags?: Readonly<Record<string, unknown>>;
  /** When the session ends that asked for the token, in RFC 3339; checked where it is there. */
  readonly original_session_exp?: string;
  readonly principal_id?: string;
  readonly org_id?: string;
  readonly ou_path?: string;
  readonly source_region?: string;
  readonly [claim: string]: unknown;
}

/**
 * The claims of a web identity token of STS.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
export interface StsWebIdentityClaims extends TokenClaims {
  /** The ARN of the role. */
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly "https://sts.amazonaws.com/": StsNamespaceClaims;
}

/** A role of the account, by a web identity token. */
export interface StsWebIdentityRole extends Principal {
  readonly kind: "role";
  readonly verifiedBy: "sts-web-identity";
  readonly role: Role;
  readonly claims: StsWebIdentityClaims;
  readonly expiresAt: Date;
}

/** Who comes with a role that stands for a guest. He has no claims. */
export interface StsWebIdentityGuest extends Principal {
  readonly kind: "guest";
  readonly verifiedBy: "sts-web-identity";
  readonly role: Role;
  readonly groups: Groups;
  readonly expiresAt: Date;
}

/** Who calls with a web identity token of STS; `kind` tells a role from a guest. */
export type StsWebIdentityPrincipal = StsWebIdentityRole | StsWebIdentityGuest;
