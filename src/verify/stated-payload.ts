import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { parsePayloadHash, unsignedPayload } from "../sigv4/payload.ts";

/** Whether a request may leave its body out of the signature; true alone lets it. */
export type UnsignedPayloadTest = (request: AuthRequest) => boolean;

/**
 * Reads what a request states of its body under the signature.
 *
 * @param stated the value of `x-amz-content-sha256`, in a header or in the query of a presigned URL.
 * @param announcesBody whether the headers announce a body.
 * @param mayBeUnsigned undefined where no request may.
 * @returns 64 lower-case hex digits, `UNSIGNED-PAYLOAD` where that is allowed, or undefined where it states nothing.
 * @throws AuthError `payload_not_signed`, `malformed_credentials`, or `configuration_error` where the test throws.
 */
export function readStatedPayload(
  request: AuthRequest,
  stated: string | undefined,
  announcesBody: boolean,
  mayBeUnsigned: UnsignedPayloadTest | undefined,
): string | undefined {
  if (stated !== undefined) {
    const allowed = stated === unsignedPayload && mayBeUnsigned !== undefined && passes(mayBeUnsigned, request);
    return allowed ? unsignedPayload : parsePayloadHash(stated);
  }
  const { method, body } = request;
  const bodiless = (method === "GET" || method === "HEAD") && !announcesBody;
  if (body === undefined && !bodiless)
    throw new AuthError("payload_not_signed", { reason: "the body is not at hand here" });
  return undefined;
}

function passes(mayBeUnsigned: UnsignedPayloadTest, request: AuthRequest): boolean {
  try {
    // A promise is truthy, whatever comes of it.
    return mayBeUnsigned(request) === true;
  } catch (cause) {
    throw new AuthError("configuration_error", { reason: "signedRequest.unsignedPayload threw", cause });
  }
}
