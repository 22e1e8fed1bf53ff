import { parseRoleArn, type RoleArn } from "../role-arn.ts";
import { invalidToken } from "./invalid-token.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";

/** What a web identity token of STS says about its caller. */
export interface WebIdentityClaims {
  readonly role: RoleArn;
  /** The tags of the role and its session; the caller cannot choose those of the role. */
  readonly principalTags: JsonObject;
  /** When the session ends that asked for the token, in milliseconds since 1970; undefined where the token does not say. */
  readonly sessionEnd?: number;
}

/** The name of the claim under which STS puts all that is not standard. */
const namespace = "https://sts.amazonaws.com/";
/** RFC 3339 in UTC, as AWS writes it; other spellings are refused rather than guessed at. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;
const noTags: JsonObject = Object.freeze(Object.create(null));

/**
 * Checks the claims of a token that STS gave for GetWebIdentityToken.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 *
 * @param account the account whose issuer signed.
 * @throws AuthError `invalid_token` where the caller is no role of that account, such as an IAM user or the root user.
 */
export function readWebIdentityClaims(payload: JsonObject, account: string): WebIdentityClaims {
  const role = typeof payload.sub === "string" ? parseRoleArn(payload.sub) : undefined;
  if (role === undefined) throw invalidToken("sub is not the ARN of a role");
  const claims = Object.hasOwn(payload, namespace) ? payload[namespace] : undefined;
  if (!isJsonObject(claims)) throw invalidToken("the claims of STS are missing");
  if (role.account !== account || read(claims, "aws_account") !== account) {
    throw invalidToken("the account is not the configured one");
  }
  const principalTags = read(claims, "principal_tags") ?? noTags;
  if (!isJsonObject(principalTags)) throw invalidToken("principal_tags is not an object");
  const sessionEnd = readInstant(read(claims, "original_session_exp"));
  return { role, principalTags, ...(sessionEnd !== undefined && { sessionEnd }) };
}

/** The claims of STS are an object inside the payload, which still has a prototype. */
function read(claims: JsonObject, name: "aws_account" | "principal_tags" | "original_session_exp"): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function readInstant(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === "string" && instant.test(value) ? Date.parse(value) : Number.NaN;
  // Date.parse takes the 30th of February for a day in March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 19) !== String(value).slice(0, 19)) {
    throw invalidToken("original_session_exp is not a time in UTC");
  }
  return time;
}
