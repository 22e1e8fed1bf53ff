import type { Answer } from "./answer.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "./configuration.ts";
import { hasSignatureQuery } from "./credentials.ts";
import type { AuthRequest } from "./request.ts";
import { targetOf } from "./target.ts";
import type { Verifier } from "./verifier.ts";

/** What is answered to CORS preflight requests, which browsers send without a credential. */
export interface PreflightOptions {
  /** Origins exactly as browsers send them, such as `https://app.example.com`, or `"*"` for all, without `credentials`. */
  readonly origins: readonly string[] | "*";
  /** The methods that scripts may use, such as `["GET", "POST"]`. */
  readonly methods: readonly string[];
  /** The request headers that scripts may set, such as `["authorization", "content-type"]`; none by default. */
  readonly headers?: readonly string[];
  /** Whether browsers may send cookies and client certificates; false by default. poolgate reads neither. */
  readonly credentials?: boolean;
  /** How long browsers may keep the answer, in seconds up to 86400; by default it is left to them. */
  readonly maxAgeSeconds?: number;
}

/** Answers a request that is a preflight; undefined for any other, which is then judged. */
export type Preflight = (request: AuthRequest, verifiers: readonly Verifier[]) => Answer | undefined;

const optionNames = ["origins", "methods", "headers", "credentials", "maxAgeSeconds"] as const;
// RFC 9110 Section 5.6.2, without the asterisk: `*` never stands for `authorization`, so it would not do what it says.
const token = /^[!#$%&'+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Compiles the option: the answer does not depend on the request but for its origin.
 *
 * @throws ConfigurationError
 */
export function createPreflight(owner: string, options: PreflightOptions): Preflight {
  refuseUnknownOptions(owner, options, optionNames);
  const { origins, methods, headers = [], credentials = false, maxAgeSeconds } = options;
  requireOrigins(`${owner}.origins`, origins, credentials);
  requireTokens(`${owner}.methods`, methods, '"GET"', 1);
  requireTokens(`${owner}.headers`, headers, '"authorization"', 0);
  if (typeof credentials !== "boolean") {
    throw new ConfigurationError("invalid_option", `${owner}.credentials`, "write true or false");
  }
  const granted: Readonly<Record<string, string>> = {
    "access-control-allow-methods": methods.join(", "),
    ...(headers.length > 0 && { "access-control-allow-headers": headers.join(", ") }),
    ...(credentials && { "access-control-allow-credentials": "true" }),
    ...(maxAgeSeconds !== undefined && {
      "access-control-max-age": String(requireInteger(`${owner}.maxAgeSeconds`, maxAgeSeconds, 0, 86_400)),
    }),
  };
  const vary = { vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers" };

  return function preflight(request, verifiers) {
    const origin = preflightOrigin(request);
    if (origin === undefined || mayCarryCredential(request, verifiers)) return undefined;
    if (origins !== "*" && !origins.includes(origin)) return { status: 204, headers: vary };
    const allowed = { "access-control-allow-origin": origins === "*" ? "*" : origin };
    return { status: 204, headers: { ...vary, ...allowed, ...granted } };
  };
}

/** Fetch Standard, "CORS-preflight request": OPTIONS with an origin and the method that is asked for. */
function preflightOrigin({ method, headers }: AuthRequest): string | undefined {
  if (method !== "OPTIONS" || headers.all("access-control-request-method").length !== 1) return undefined;
  const origins = headers.all("origin");
  return origins.length === 1 ? origins[0] : undefined;
}

/** Whether a request carries a credential, or something so odd that this cannot be told; then it is refused as any other is. */
function mayCarryCredential(request: AuthRequest, verifiers: readonly Verifier[]): boolean {
  try {
    return (
      request.headers.all("authorization").length > 0 ||
      hasSignatureQuery(targetOf(request)) ||
      verifiers.some((verifier) => verifier.detects(request))
    );
  } catch {
    return true;
  }
}

function requireOrigins(option: string, origins: unknown, credentials: unknown): void {
  if (origins === "*") {
    if (credentials === false) return;
    throw new ConfigurationError("invalid_option", option, 'list the origins: "*" does not go with credentials');
  }
  if (!Array.isArray(origins) || origins.length === 0 || !origins.every(isOrigin)) {
    throw new ConfigurationError(
      "invalid_option",
      option,
      'list exact origins as browsers send them, such as "https://app.example.com", lower-case and without a path',
    );
  }
}

/** An origin spelled as browsers spell it; any other spelling would never match. `null` is everybody's. */
function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || value.includes("*") || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.origin === "null" ? /^[a-z][a-z0-9+\-.]*:\/\/[^/?#\s]+$/.test(value) : url.origin === value;
}

function requireTokens(option: string, list: unknown, example: string, minimum: number): void {
  const valid = Array.isArray(list) && list.length >= minimum && list.every((item) => token.test(String(item)));
  if (!valid) throw new ConfigurationError("invalid_option", option, `list names, such as ${example}; "*" is none`);
}
