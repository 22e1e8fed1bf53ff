import { ConfigurationError } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { requestedMethods } from "../requested-methods.ts";

/** RFC 9110 Section 9.2.1, without TRACE. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Checks the option that lists the origins of our own pages.
 *
 * @throws ConfigurationError
 */
export function readOrigins(option: string, value: unknown): ReadonlySet<string> {
  if (!Array.isArray(value)) {
    throw new ConfigurationError(
      value === undefined ? "missing_option" : "invalid_option",
      option,
      'list the origins of your own pages, such as ["https://app.example.com"]; [] lets a cookie only read',
    );
  }
  for (const origin of value as readonly unknown[]) {
    // Browsers send the serialized form; another spelling would never match, and the opaque "null" is everybody's.
    if (typeof origin !== "string" || !URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new ConfigurationError(
        "invalid_option",
        option,
        'write each as browsers send it: "https://app.example.com", without a path',
      );
    }
  }
  return new Set(value);
}

/**
 * Demands of a request that goes back to a cookie that a page of ours has made it: all methods but GET, HEAD and OPTIONS, and
 * every request with `Upgrade`, need one `Origin` header with one of our origins.
 *
 * @throws AuthError `origin_not_accepted`
 */
export function requireOwnOrigin(origins: ReadonlySet<string>, request: AuthRequest): void {
  if (needsOrigin(request) && !comesFrom(origins, request)) throw new AuthError("origin_not_accepted");
}

function needsOrigin(request: AuthRequest): boolean {
  // A handshake for a WebSocket is a GET, and no same-origin policy keeps its answers from the page that opened it.
  if (request.headers.all("upgrade").length > 0) return true;
  return !requestedMethods(request).every((method) => safeMethods.has(method));
}

function comesFrom(origins: ReadonlySet<string>, { headers }: AuthRequest): boolean {
  const [origin, ...others] = headers.all("origin");
  return origin !== undefined && others.length === 0 && origins.has(origin);
}
