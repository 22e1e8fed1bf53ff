import { createHash } from "node:crypto";
import { AuthError } from "../../errors.ts";
import { type EventFields, field, foreignEvent } from "./event-fields.ts";

/**
 * Reads the bytes of the body in a proxy event, none where it has no body.
 *
 * @param limit the most bytes to decode.
 * @throws AuthError `body_too_large`; `configuration_error` where the body is neither text nor the base64 that it claims to be.
 */
export function eventBody(event: EventFields, limit: number): Uint8Array {
  const body = field(event, "body") ?? "";
  if (typeof body !== "string") throw foreignEvent("the body of the event is no text");
  const encoded = field(event, "isBase64Encoded") ?? false;
  if (typeof encoded !== "boolean") throw foreignEvent("the event does not say whether its body is base64");
  const encoding = encoded ? "base64" : "utf8";
  if (Buffer.byteLength(body, encoding) > limit) throw new AuthError("body_too_large");
  const bytes = Buffer.from(body, encoding);
  // Buffer.from skips what is not base64, where the handler's own decoder may read on or stop.
  if (encoding === "base64" && bytes.toString("base64") !== body)
    throw foreignEvent("the body of the event is not base64");
  return bytes;
}

/**
 * Checks the body of a proxy event against the hash that a signed request stated before the body was at hand.
 *
 * @param sha256 64 lower-case hex digits.
 * @throws AuthError `payload_mismatch`
 */
export function requireBodyHash(event: EventFields, sha256: string): void {
  const bytes = eventBody(event, Number.POSITIVE_INFINITY);
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) throw new AuthError("payload_mismatch");
}
