import { type ChallengeParameters, challengeOf } from "./challenge.ts";
import { ConfigurationError } from "./configuration.ts";

/** One row of the error table: what a code means to HTTP and to a person. */
interface ErrorRow {
  /** HTTP status of the answer. */
  readonly status: number;
  /**
   * The `WWW-Authenticate` challenge: `bare` names the schemes only, any other value is the parameter that follows the
   * scheme. Absent where the status carries no challenge.
   */
  readonly challenge?: "bare" | `error="${string}"`;
  /** What happened, in one sentence that is safe to show to the caller. */
  readonly sentence: string;
}

/**
 * The one table of request faults: code to status, challenge and sentence.
 *
 * Every code has a heading in `docs/errors.md`. Challenges follow RFC 6750 Section 3, RFC 9470 Section 3
 * and RFC 9110 Section 11.6.1.
 */
export const errorTable = {
  target_not_canonical: {
    status: 400,
    sentence: "The request target could be read in two ways and is refused.",
  },
  ambiguous_credentials: {
    status: 400,
    sentence: "The request carries more than one credential.",
  },
  duplicate_header: {
    status: 400,
    sentence: "A header that may occur only once occurs more than once.",
  },
  method_override: {
    status: 400,
    sentence: "The request asks for another method than the one on its request line.",
  },
  malformed_credentials: {
    status: 400,
    challenge: 'error="invalid_request"',
    sentence: "The credential does not follow the grammar of its scheme.",
  },
  invalid_request: {
    status: 400,
    sentence: "The request does not follow the protocol of this endpoint.",
  },
  path_not_verifiable: {
    status: 400,
    sentence:
      "The gateway decoded the path, so a signature over it cannot be checked; sign a path of unreserved characters.",
  },
  ambiguous_framing: {
    status: 400,
    sentence: "The length of the body is given in two ways.",
  },
  body_incomplete: {
    status: 400,
    sentence: "The connection ended before the whole body was received.",
  },
  no_credentials: {
    status: 401,
    challenge: "bare",
    sentence: "This request needs a credential and carries none.",
  },
  unsupported_scheme: {
    status: 401,
    challenge: "bare",
    sentence: "The credential is of a kind that is not accepted here.",
  },
  invalid_token: {
    status: 401,
    challenge: 'error="invalid_token"',
    sentence: "The token is not valid here.",
  },
  token_expired: {
    status: 401,
    challenge: 'error="invalid_token"',
    sentence: "The token has expired.",
  },
  invalid_signature: {
    status: 401,
    challenge: "bare",
    sentence: "The signature or the session behind it is not valid.",
  },
  clock_skew: {
    status: 401,
    challenge: "bare",
    sentence: "The time of signing is too far from the server's time.",
  },
  request_replayed: {
    status: 401,
    challenge: "bare",
    sentence: "This signature has been used before; sign the request anew.",
  },
  proof_expired: {
    status: 401,
    challenge: "bare",
    sentence: "The proof has expired.",
  },
  presigned_expired: {
    status: 401,
    challenge: "bare",
    sentence: "The presigned URL has expired.",
  },
  invalid_credential_scope: {
    status: 401,
    challenge: "bare",
    sentence: "The signature is for another date, region or service.",
  },
  header_not_signed: {
    status: 401,
    challenge: "bare",
    sentence: "A header that must be covered by the signature is not.",
  },
  payload_mismatch: {
    status: 401,
    challenge: "bare",
    sentence: "The body is not the one that was signed.",
  },
  payload_not_signed: {
    status: 401,
    challenge: "bare",
    sentence: "The body is not covered by the signature; send a signed x-amz-content-sha256 with its SHA-256.",
  },
  presigned_not_accepted: {
    status: 401,
    challenge: "bare",
    sentence: "Presigned URLs are not accepted here; sign the request in its Authorization header.",
  },
  host_not_accepted: {
    status: 401,
    challenge: "bare",
    sentence: "The signed host is not one that this gate answers for.",
  },
  insufficient_user_authentication: {
    status: 401,
    challenge: 'error="insufficient_user_authentication"',
    sentence: "This request needs a stronger or a more recent authentication of the user.",
  },
  origin_not_accepted: {
    status: 403,
    sentence: "A request with a cookie must come from a page of this site.",
  },
  access_denied: {
    status: 403,
    sentence: "The caller may not do this.",
  },
  no_route: {
    status: 403,
    sentence: "No rule covers this request.",
  },
  insufficient_scope: {
    status: 403,
    challenge: 'error="insufficient_scope"',
    sentence: "The token lacks a scope that this request needs.",
  },
  role_not_allowed: {
    status: 403,
    sentence: "The role of the caller is not on the list of accepted roles.",
  },
  gateway_not_trusted: {
    status: 403,
    sentence: "The gateway that this request came through is not on the list of trusted gateways.",
  },
  identity_not_accepted: {
    status: 403,
    sentence: "The caller is of an identity pool, a user pool or a provider that is not accepted here.",
  },
  method_not_allowed: {
    status: 405,
    sentence: "This endpoint does not answer that method.",
  },
  body_timeout: {
    status: 408,
    sentence: "The body did not arrive in time.",
  },
  body_too_large: {
    status: 413,
    sentence: "The body is larger than this gate reads.",
  },
  unsupported_media_type: {
    status: 415,
    sentence: "The body is of another media type than this endpoint reads.",
  },
  too_many_requests: {
    status: 429,
    sentence: "Too many requests; try again later.",
  },
  configuration_error: {
    status: 500,
    sentence: "The server is not set up correctly for this request.",
  },
  internal_error: {
    status: 500,
    sentence: "The request could not be judged.",
  },
  keys_unavailable: {
    status: 503,
    sentence: "The keys of the token's issuer cannot be fetched now.",
  },
  store_unavailable: {
    status: 503,
    sentence: "The session store cannot be reached now.",
  },
  upstream_unavailable: {
    status: 503,
    sentence: "AWS cannot be asked now.",
  },
  decision_unavailable: {
    status: 503,
    sentence: "Somebody who decides on this request cannot be asked now.",
  },
  overloaded: {
    status: 503,
    sentence: "The server reads as many bodies as it may; try again shortly.",
  },
} as const;

/** A stable code of a request fault, the discriminant to branch on; messages may change, codes do not. */
export type AuthErrorCode = keyof typeof errorTable;

/** Facts that one fault has beyond its row in the table. */
export interface AuthErrorOptions extends ChallengeParameters {
  /** A fixed phrase of our own that narrows the sentence, for logs and answers; never anything from the request. */
  readonly reason?: string;
  /** The scheme or schemes to challenge with, such as `Bearer realm="api"`; the authorizer adds them. */
  readonly scheme?: string;
  /** Seconds after which to try again; every 503 has one, 5 by default. */
  readonly retryAfter?: number;
  /** The server's time for `clock_skew`, so that a client can correct its own. */
  readonly serverTime?: Date;
  /** The fault underneath, for logs on the server; it must not hold a credential. */
  readonly cause?: unknown;
}

/**
 * The one error class of requests: a credential was refused, or the policy said no.
 *
 * It holds no token, signature, key or secret, so it is safe to log.
 *
 * @example
 * ```ts
 * import { AuthError } from "poolgate";
 *
 * const error = new AuthError("token_expired");
 * console.log(error.status); // 401
 * ```
 */
export class AuthError extends Error {
  override readonly name = "AuthError";
  /** The stable code; `docs/errors.md` has a heading for each. */
  readonly code: AuthErrorCode;
  /** HTTP status of the answer. */
  readonly status: number;
  /** The value of `WWW-Authenticate`, if the answer carries one. */
  readonly challenge?: string;
  /** Seconds after which to try again. */
  readonly retryAfter?: number;
  /** The server's time, on `clock_skew`. */
  readonly serverTime?: Date;
  /** The facts that it was made with. */
  readonly options: AuthErrorOptions;

  constructor(code: AuthErrorCode, options: AuthErrorOptions = {}) {
    const row: ErrorRow = errorTable[code];
    const { reason, scheme, serverTime } = options;
    super(reason === undefined ? row.sentence : `${row.sentence} (${reason})`);
    if (options.cause !== undefined) this.cause = options.cause;
    this.code = code;
    this.status = row.status;
    this.options = options;
    if (row.challenge !== undefined && scheme !== undefined)
      this.challenge = challengeOf(scheme, row.challenge, options);
    const retryAfter = options.retryAfter ?? (row.status === 503 ? 5 : undefined);
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
    if (serverTime !== undefined) this.serverTime = serverTime;
  }

  /** The same fault with the schemes to challenge with, unless it names some already or its status carries no challenge. */
  challengedBy(scheme: string): AuthError {
    const row: ErrorRow = errorTable[this.code];
    if (this.options.scheme !== undefined || row.challenge === undefined) return this;
    return new AuthError(this.code, { ...this.options, scheme });
  }
}

/** Turns whatever was thrown into an AuthError: a configuration fault is `configuration_error`, all else `internal_error`. */
export function toAuthError(thrown: unknown): AuthError {
  if (thrown instanceof AuthError) return thrown;
  return new AuthError(thrown instanceof ConfigurationError ? "configuration_error" : "internal_error", {
    cause: thrown,
  });
}
