import { ConfigurationError, refuseUnknownOptions, requireText } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { readOrigins, requireOwnOrigin } from "./own-origins.ts";

/** What {@link cookieToken} takes. */
export interface CookieTokenOptions {
  /** The name of the cookie, such as `__Host-token`; case matters. */
  readonly name: string;
  /**
   * The origins of our own pages, each exactly as browsers send it, such as `https://app.example.com`. All methods but GET, HEAD and
   * OPTIONS, and every request with `Upgrade`, need one `Origin` header with one of them; an empty list lets none of these pass.
   */
  readonly origins: readonly string[];
}

/** A cookie as the place of a token, see {@link BearerOptions.token}. */
export interface CookieToken {
  /**
   * Finds the token in a request; undefined where the cookie is not there. {@link bearer} calls it.
   *
   * What is given back reads the value, and throws AuthError `ambiguous_credentials` where the cookie is there twice,
   * `origin_not_accepted` where the request must come from a page of ours and does not say so.
   */
  findToken(request: AuthRequest): (() => string) | undefined;
}

// RFC 6265 Section 4.1.1: a cookie-name is a token of RFC 9110 Section 5.6.2.
const cookieName = /^[!#$%&'*+\-.^_`|~\w]+$/;

/**
 * Takes the token from a cookie, for {@link bearer}. Browsers send it along with requests that other sites bring about, so that a
 * request which could change something, or open a WebSocket, must come from one of our own origins.
 *
 * Set the cookie with `Secure; HttpOnly; SameSite=Lax; Path=/` under a name that begins with `__Host-`: then no page on a
 * neighboring host can set another one in its place (RFC 6265bis Section 4.1.3.2).
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { bearer, cookieToken, userPool } from "poolgate";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const token = cookieToken({ name: "__Host-token", origins: ["https://app.example.com"] });
 * const verifier = bearer({ issuers: [access], token });
 * ```
 */
export function cookieToken(options: CookieTokenOptions): CookieToken {
  refuseUnknownOptions("cookieToken", options, ["name", "origins"]);
  const name = requireText("cookieToken.name", options.name, '"__Host-token"');
  if (!cookieName.test(name)) {
    throw new ConfigurationError("invalid_option", "cookieToken.name", "must be the name of a cookie alone");
  }
  const origins = readOrigins("cookieToken.origins", options.origins);
  return Object.freeze<CookieToken>({
    findToken(request) {
      const [value, ...others] = cookieValues(request, name);
      if (value === undefined) return undefined;
      return function readToken() {
        if (others.length > 0) throw new AuthError("ambiguous_credentials");
        requireOwnOrigin(origins, request);
        return value;
      };
    },
  });
}

/** Every value of a cookie, in all `Cookie` headers: HTTP/2 may split one (RFC 9113 Section 8.2.3). */
function cookieValues({ headers }: AuthRequest, name: string): readonly string[] {
  const values: string[] = [];
  for (const header of headers.all("cookie")) {
    for (const pair of header.split(";")) {
      const equals = pair.indexOf("=");
      if (equals !== -1 && trimBlanks(pair.slice(0, equals)) === name) {
        values.push(trimBlanks(pair.slice(equals + 1)));
      }
    }
  }
  return values;
}

/** Takes away no more than browsers do, unlike `trim`: a name that they do not hold for `__Host-` must not become one. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  // No expression: from each of many blanks in the middle, it would look for the end again.
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
