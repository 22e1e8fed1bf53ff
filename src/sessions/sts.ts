import { parseAssumedRoleArn, type Role } from "../arn.ts";
import { type AwsConnection, callAws, unavailable } from "../aws-call.ts";
import { callerIdentityBody as body, callerIdentityType } from "../caller-identity.ts";
import { signRequest } from "../sigv4/sign-request.ts";
import type { AwsCredentials } from "./identity-pool.ts";

// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html#API_GetCallerIdentity_Examples. The whole
// document is matched, so that nothing can stand in it twice, in a comment or in another element.
const document =
  /^(?:<\?xml version="1\.0"(?: encoding="UTF-8")?\?>)?\s*<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">\s*<GetCallerIdentityResult>((?:\s*<(Arn|UserId|Account)>[\w+=,.@:/-]{1,2048}<\/\2>){3})\s*<\/GetCallerIdentityResult>\s*<ResponseMetadata>\s*<RequestId>[\w-]{1,64}<\/RequestId>\s*<\/ResponseMetadata>\s*<\/GetCallerIdentityResponse>\s*$/;
const element = /<(\w+)>([^<]+)</g;

/**
 * Asks STS, with temporary credentials, which role they are of.
 *
 * @param date the time of signing.
 * @throws AuthError `upstream_unavailable` where STS cannot say, refuses the credentials, or names no assumed role.
 */
export async function getCallerIdentity(
  connection: AwsConnection,
  region: string,
  credentials: AwsCredentials,
  date: Date,
): Promise<Role> {
  const { host, pathname } = connection.url;
  const headers = signRequest({
    method: "POST",
    host,
    path: pathname,
    headers: { "content-type": callerIdentityType },
    body: new TextEncoder().encode(body),
    credentials,
    region,
    service: "sts",
    date,
  });
  const answer = await callAws(connection, { headers, body, mediaType: "text/xml" });
  if (answer.status !== 200) throw unavailable("STS did not tell the role of the credentials");
  const role = parseCallerIdentity(answer.body);
  if (role === undefined) throw unavailable("the answer of STS names no role");
  return role;
}

/**
 * Reads the answer of GetCallerIdentity (S29): exactly one Arn, UserId and Account, the account of the Arn being Account.
 *
 * @returns undefined for any other document, and for callers that are no assumed role.
 */
export function parseCallerIdentity(xml: string): Role | undefined {
  return readCallerIdentity(xml)?.role;
}

/**
 * Reads the answer of GetCallerIdentity like {@link parseCallerIdentity}, and tells callers without a role from documents that
 * are none.
 *
 * @returns undefined for any other document; without a role for callers that are no assumed role, such as IAM users.
 */
export function readCallerIdentity(xml: string): { readonly role?: Role } | undefined {
  const result = document.exec(xml)?.[1];
  if (result === undefined) return undefined;
  const elements = new Map(Array.from(result.matchAll(element), ([, name, value]) => [name, value]));
  if (elements.size !== 3) return undefined;
  const role = parseAssumedRoleArn(String(elements.get("Arn")));
  if (role === undefined) return {};
  return role.account === elements.get("Account") ? { role } : undefined;
}
