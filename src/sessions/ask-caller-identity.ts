import type { Role } from "../arn.ts";
import { type AwsConnection, callAws, unavailable } from "../aws-call.ts";
import { bindingHeader, callerIdentityBody, callerIdentityType, proofSignedHeaders } from "../caller-identity.ts";
import { AuthError } from "../errors.ts";
import type { CallerProofValues } from "./caller-proof-fields.ts";
import { readCallerIdentity } from "./sts.ts";

// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html. Anchored, since the message of an error may quote
// what the caller sent.
const refusal =
  /^(?:<\?xml version="1\.0"(?: encoding="UTF-8")?\?>)?\s*<ErrorResponse(?: xmlns="[\w:/.-]{1,100}")?>\s*<Error>\s*(?:<Type>\w{1,32}<\/Type>\s*)?<Code>([\w.]{1,64})<\/Code>/;
// What SDKs of AWS try again, though the status says that the caller is at fault:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
const transient = /throttl|limitexceeded|toomanyrequests|slowdown|timeout|unavailable|internal|inprogress|notcomplete/i;

/**
 * Asks STS whose a signature is. The one request that a proof can be for is built here from the values of the proof; nothing
 * else of what a client sends has a part in it (S28).
 *
 * @param binding hex SHA-256 of the lines that the proof must commit to.
 * @returns the role of the credentials that made the signature.
 * @throws AuthError `invalid_signature` where STS refuses it, `role_not_allowed` where it is of a caller without a role,
 * `upstream_unavailable` where STS cannot say.
 */
export async function askCallerIdentity(
  connection: AwsConnection,
  proof: CallerProofValues,
  binding: string,
): Promise<Role> {
  const { accessKeyId, sessionToken, date, region, signature } = proof;
  const scope = `${date.slice(0, 8)}/${region}/sts/aws4_request`;
  const answer = await callAws(connection, {
    headers: {
      "content-type": callerIdentityType,
      "x-amz-date": date,
      "x-amz-security-token": sessionToken,
      [bindingHeader]: binding,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${proofSignedHeaders}, Signature=${signature}`,
    },
    body: callerIdentityBody,
    mediaType: "text/xml",
  });
  if (answer.status === 200) {
    const caller = readCallerIdentity(answer.body);
    if (caller === undefined) throw unavailable("the answer of STS names no caller");
    if (caller.role === undefined)
      throw new AuthError("role_not_allowed", { reason: "the credentials are of no role" });
    return caller.role;
  }
  const code = answer.status === 400 || answer.status === 403 ? refusal.exec(answer.body)?.[1] : undefined;
  if (code === undefined || transient.test(code)) throw unavailable("STS did not judge the proof");
  throw new AuthError("invalid_signature");
}
