import type { EnrollmentMode, enrollmentProtocol, requestProtocol } from "./binding.ts";

/** Where a gate answers enrollments, unless its operator chose another path. */
export const enrollmentPath = "/.well-known/poolgate/enroll";

/** The scheme of a proof in each request: `Authorization: Poolgate-Request <base64url of a RequestProof as JSON>`. */
export const requestProofScheme = "Poolgate-Request";

/** The values of a signature over GetCallerIdentity, from which the gate builds the request again. */
export interface CallerProofFields {
  /** The access key id of temporary credentials: `ASIA` and sixteen characters. */
  readonly akid: string;
  /** The session token of these credentials. */
  readonly token: string;
  /** The time of signing as `x-amz-date` has it: `YYYYMMDDTHHMMSSZ`. */
  readonly date: string;
  /** The region of the STS endpoint, such as `eu-west-1`. */
  readonly region: string;
  /** The signature: 64 digits of lower-case hex. */
  readonly sig: string;
  /** When the enrollment or the proof is to end, in seconds since 1970. */
  readonly exp: number;
  /** 16 to 64 random bytes in base64url without padding, drawn anew for each proof. */
  readonly nonce: string;
}

/** The JSON that a client posts in order to enroll: these members and no others. */
export interface EnrollmentMessage extends CallerProofFields {
  readonly v: typeof enrollmentProtocol;
  readonly mode: EnrollmentMode;
  /**
   * `virtual`: the secret, 43 characters of base64url (32 random bytes), whose characters are the secret access key.
   * `derived`: the signing keys of the day of `date` and of the next, 64 bytes in 86 characters of base64url.
   */
  readonly key: string;
  /** The ID token that is enrolled along, where the gate takes one. */
  readonly idToken?: string;
}

/** The JSON that a gate answers with status 200. */
export interface EnrollmentAnswer {
  /** Sign with this access key id. */
  readonly accessKeyId: string;
  /** When the session ends: ISO 8601 in UTC, such as `2026-11-21T03:15:00.000Z`. */
  readonly notAfter: string;
  /** Sign for this region. */
  readonly region: string;
  /** Sign for this service. */
  readonly service: string;
  /** The gate's time, in the form of `notAfter`. */
  readonly serverTime: string;
}

/** The JSON in the `Authorization` header of a request that carries its own proof: these members and no others. */
export interface RequestProof extends CallerProofFields {
  readonly v: typeof requestProtocol;
}
