import { ConfigurationError } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { carriesBearerToken, readBearerCredentials, readBearerToken, requireToken68 } from "./bearer-token.ts";
import type { CookieToken } from "./cookie-token.ts";

/**
 * Where a token is taken from: `"header"` is `Authorization: Bearer`, and what {@link cookieToken} gives a cookie.
 *
 * A function gives the token that stands in another place, such as a header of a proxy, and undefined where there is none. It is
 * asked more than once for a request. It answers for what that place means: queries end up in logs and in `Referer`, and
 * bodies and forms can be sent by pages of others. The `Authorization` header is not for it.
 */
export type TokenSource = "header" | CookieToken | ((request: AuthRequest) => string | undefined);

/** Finds the token in a request, wherever it may stand. */
export interface TokenReader {
  /** Whether a request carries a token, good or bad. */
  detects(request: AuthRequest): boolean;
  /**
   * The token as received; undefined where there is none.
   *
   * @throws AuthError `ambiguous_credentials` where there are several, or a token beside an `Authorization` header; and what
   * the one place refuses.
   */
  read(request: AuthRequest): string | undefined;
  /**
   * Looks at what {@link TokenReader.read} leaves out, and what cannot differ for the same token: whoever knows the token as good
   * need not ask.
   *
   * @throws AuthError `malformed_credentials`.
   */
  requireForm(token: string): void;
  /** Whether more of a request than the token decides whether it is taken. */
  readonly perRequest: boolean;
}

/** Where a token stands in a request, what reads it; undefined where there is none. */
type Find = (request: AuthRequest) => (() => string | undefined) | undefined;

const inHeader: Find = (request) => (carriesBearerToken(request) ? () => readBearerToken(request) : undefined);

/**
 * Checks the `token` option of {@link bearer}: one source, or a list of several.
 *
 * @throws ConfigurationError
 */
export function tokenReader(option: string, value: unknown): TokenReader {
  if (value === "header") {
    return {
      detects: carriesBearerToken,
      read: readBearerCredentials,
      requireForm: requireToken68,
      perRequest: false,
    };
  }
  const sources: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (sources.length === 0) throw invalid(option, "the list is empty, so that no token would ever be found");
  const finds = sources.map((source) => compileSource(option, source));
  if (new Set(finds).size < finds.length) throw invalid(option, 'it lists "header" twice');
  return {
    perRequest: true,
    detects: (request) => finds.some((find) => find(request) !== undefined),
    read(request) {
      const [found, ...others] = finds.flatMap((find) => {
        const read = find(request);
        return read === undefined ? [] : [{ find, read }];
      });
      if (found === undefined) return undefined;
      const beside = found.find !== inHeader && request.headers.all("authorization").length > 0;
      if (others.length > 0 || beside) throw new AuthError("ambiguous_credentials");
      return found.read();
    },
    // Each place has looked at all of it.
    requireForm: () => {},
  };
}

function compileSource(option: string, source: unknown): Find {
  if (source === "header") return inHeader;
  if (isCookieToken(source)) return (request) => source.findToken(request);
  if (typeof source !== "function") {
    throw invalid(option, 'write "header", cookieToken({ name, origins }), imported from "poolgate", or a function');
  }
  return function find(request) {
    const token: unknown = source(request);
    if (token === undefined) return undefined;
    if (typeof token === "string") return () => token;
    // A promise that rejects and that nobody waits for would end the process.
    if (token instanceof Promise) token.catch(() => undefined);
    throw new AuthError("configuration_error", { reason: "bearer.token gave neither a string nor undefined" });
  };
}

function isCookieToken(source: unknown): source is CookieToken {
  const { findToken } = (source ?? {}) as Partial<CookieToken>;
  return typeof source === "object" && typeof findToken === "function";
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", option, message);
}
