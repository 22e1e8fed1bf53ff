/** The protocol by which credentials of AWS are enrolled, and the first line that its proofs sign. */
export const enrollmentProtocol = "poolgate-enroll/v1";

/** The protocol of a proof in each request, and the first line that its proofs sign. */
export const requestProtocol = "poolgate-request/v1";

/** How an enrolled caller signs: with a secret of his own making, or with his AWS credentials. */
export type EnrollmentMode = "virtual" | "derived";

/** What the proof of an enrollment commits to. */
export interface EnrollmentBinding {
  /** The host name of the gate, as its operator configured it. */
  readonly audience: string;
  readonly mode: EnrollmentMode;
  /** The access key id of the credentials that sign the proof. */
  readonly accessKeyId: string;
  /** The region of the STS endpoint that the proof is signed for. */
  readonly region: string;
  /** The service name that the session's requests will be signed for. */
  readonly service: string;
  /** Hex SHA-256 of the key bytes: the secret's UTF-8 bytes, or the signing keys of two days, one after the other. */
  readonly keyHash: string;
  /** When the enrollment is to end, in seconds since 1970. */
  readonly expires: number;
  /** At least 16 random bytes in base64url. */
  readonly nonce: string;
  /** Hex SHA-256 of the ID token that is enrolled along; undefined without one. */
  readonly idTokenHash?: string;
}

/** What a proof in a request commits to. */
export interface RequestBinding {
  /** The host name of the gate, as its operator configured it. */
  readonly audience: string;
  readonly method: string;
  /** The request target as on the wire. */
  readonly target: string;
  /** The value of `Content-Type`; empty without one. */
  readonly contentType: string;
  /** Hex SHA-256 of the body. */
  readonly bodyHash: string;
  /** When the proof is over, in seconds since 1970. */
  readonly expires: number;
  /** At least 16 random bytes in base64url. */
  readonly nonce: string;
}

/**
 * The lines whose SHA-256 the proof of an enrollment signs.
 *
 * @throws TypeError where a field holds a line break, which would make two bindings look the same.
 */
export function enrollmentLines(binding: EnrollmentBinding): string {
  const { audience, mode, accessKeyId, region, service, keyHash, expires, nonce, idTokenHash = "" } = binding;
  return lines([
    enrollmentProtocol,
    ...[audience, mode, accessKeyId, region, service],
    ...[keyHash, String(expires), nonce, idTokenHash],
  ]);
}

/**
 * The lines whose SHA-256 the proof in a request signs.
 *
 * @throws TypeError where a field holds a line break.
 */
export function requestLines({
  audience,
  method,
  target,
  contentType,
  bodyHash,
  expires,
  nonce,
}: RequestBinding): string {
  return lines([requestProtocol, audience, method, target, contentType, bodyHash, String(expires), nonce]);
}

function lines(fields: readonly string[]): string {
  if (fields.some((field) => /[\r\n]/.test(field))) throw new TypeError("a field of a binding holds a line break");
  return fields.map((field) => `${field}\n`).join("");
}
