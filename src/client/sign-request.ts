import { AwsV4Signer } from "aws4fetch";
import { randomText } from "./base64url.ts";
import { hexSha256 } from "./hex-sha256.ts";
import { signingTime } from "./server-clock.ts";
import type { ClientSession } from "./session-keeper.ts";

/**
 * Headers that a browser, a proxy or a cache may set or change on the way. A signature over one of them would not hold, or
 * may not cover it at all; every other header is signed.
 */
const volatile = new Set([
  ...["accept", "accept-encoding", "accept-language", "baggage", "cache-control", "connection", "content-length"],
  ...["cookie", "date", "dnt", "expect", "forwarded", "host", "keep-alive", "max-forwards", "origin", "pragma"],
  ...["priority", "range", "referer", "te", "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade"],
  ...["user-agent", "via", "x-amzn-trace-id"],
]);
const volatilePrefix = /^(?:access-control-|proxy-|sec-|x-forwarded-)/;
/** What a request gets here; what its caller put there gives way. */
const ours = new Set([
  ...["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-request-nonce", "x-amz-security-token"],
]);

/**
 * Signs a request with Signature Version 4: its content type, its body by hash, and a random nonce, so that the gate can
 * tell a request that is sent twice from two that say the same.
 *
 * @param body the bytes that will be sent.
 * @param time the time of signing, in milliseconds since 1970.
 * @returns every header to send.
 */
export async function signRequest(
  request: Request,
  body: Uint8Array<ArrayBuffer>,
  { credentials, region, service, keys }: ClientSession,
  time: number,
): Promise<Headers> {
  const headers = new Headers();
  const toSign = new Headers();
  for (const [name, value] of request.headers) {
    if (ours.has(name)) continue;
    headers.set(name, value);
    if (!volatile.has(name) && !volatilePrefix.test(name)) toSign.set(name, value);
  }
  toSign.set("x-amz-content-sha256", await hexSha256(body));
  toSign.set("x-amz-request-nonce", randomText(16));
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signer = new AwsV4Signer({
    method: request.method,
    url: request.url,
    headers: toSign,
    ...{ accessKeyId, secretAccessKey, region, service, datetime: signingTime(time), cache: keys },
    ...(sessionToken !== undefined && { sessionToken }),
    // The signer leaves out content-type otherwise; what it leaves out with reason is not among these headers.
    allHeaders: true,
  });
  const signed = await signer.sign();
  for (const [name, value] of signed.headers) headers.set(name, value);
  return headers;
}
