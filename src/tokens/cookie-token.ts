import { ConfigurationError, refuseUnknownOptions, requireText } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { readOrigins, requireOwnOrigin } from "./own-origins.ts";

/**
 * A token in a cookie. Browsers send it along with requests that other sites bring about, so that a request which could change
 * something, or open a WebSocket, must come from one of our own origins.
 *
 * Set the cookie with `Secure; HttpOnly; SameSite=Lax; Path=/` under a name that begins with `__Host-`: then no page on a
 * neighboring host can set another one in its place (RFC 6265bis Section 4.1.3.2).
 */
export interface CookieSource {
  /** The name of the cookie, such as `__Host-token`; case matters. */
  readonly cookie: string;
  /**
   * The origins of our own pages, each exactly as browsers send it, such as `https://app.example.com`. All methods but GET, HEAD and
   * OPTIONS, and every request with `Upgrade`, need one `Origin` header with one of them; an empty list lets none of these pass.
   */
  readonly origins: readonly string[];
}

// RFC 6265 Section 4.1.1: a cookie-name is a token of RFC 9110 Section 5.6.2.
const cookieName = /^[!#$%&'*+\-.^_`|~\w]+$/;

/**
 * Checks a cookie source, and gives what finds the token in a request.
 *
 * What is given back for a request with the cookie reads its value, and throws AuthError `ambiguous_credentials` where the
 * cookie is there twice, `origin_not_accepted` where the request must come from a page of ours and does not say so.
 *
 * @throws ConfigurationError
 */
export function cookieToken(
  option: string,
  source: CookieSource,
): (request: AuthRequest) => (() => string) | undefined {
  refuseUnknownOptions(option, source, ["cookie", "origins"]);
  const name = requireText(`${option}.cookie`, source.cookie, '"__Host-token"');
  if (!cookieName.test(name)) {
    throw new ConfigurationError("invalid_option", `${option}.cookie`, "must be the name of a cookie alone");
  }
  const origins = readOrigins(`${option}.origins`, source.origins);
  return function findToken(request) {
    const values = cookieValues(request, name);
    const [value, ...others] = values;
    if (value === undefined) return undefined;
    return function readToken() {
      if (others.length > 0) throw new AuthError("ambiguous_credentials");
      requireOwnOrigin(origins, request);
      return value;
    };
  };
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
