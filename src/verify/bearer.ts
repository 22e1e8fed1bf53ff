import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import { requireIssuersApart } from "../pools-apart.ts";
import { carriesBearerToken, readBearerToken } from "../tokens/bearer-token.ts";
import { invalidToken } from "../tokens/invalid-token.ts";
import { parseJws } from "../tokens/jws.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import type { TrustedIssuer, Verifier } from "../verifier.ts";

/** What {@link bearer} takes. */
export interface BearerOptions {
  /** Whose tokens are accepted; a token goes to the one with its exact `iss` and `token_use`. */
  readonly issuers: readonly [TokenIssuer, ...TokenIssuer[]];
  /** The realm in the challenge, `poolgate` by default: visible ASCII and spaces, without `"` and `\`. */
  readonly realm?: string;
}

/** The issuers that share one `iss`, by the `token_use` that each answers for. */
type IssuersByUse = Map<unknown, TokenIssuer>;

// RFC 9110 Section 5.6.4: what a quoted-string holds without escapes.
const quotedText = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Verifies the token in `Authorization: Bearer ...` (RFC 6750).
 *
 * Which issuer a token goes to is decided by its exact `iss` and its `token_use`, and its `alg` is checked, before any key
 * is looked up.
 *
 * @throws ConfigurationError where two issuers would take the same tokens, or where the groups of several pools could be
 * mixed up.
 *
 * @example
 * ```ts
 * import { bearer, userPool } from "poolgate";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const verifier = bearer({ issuers: [access], realm: "articles" });
 * ```
 */
export function bearer(options: BearerOptions): Verifier {
  refuseUnknownOptions("bearer", options, ["issuers", "realm"]);
  const { issuers, realm = "poolgate" } = options;
  if (typeof realm !== "string" || !quotedText.test(realm)) {
    throw new ConfigurationError(
      "invalid_option",
      "bearer.realm",
      'must be visible ASCII and spaces, without " and \\',
    );
  }
  const table = tabulate(issuers);
  const trusted = distinct(issuers);
  requireIssuersApart("bearer.issuers", trusted);
  return {
    scheme: "Bearer",
    challenge: `Bearer realm="${realm}"`,
    issuers: trusted,
    detects: carriesBearerToken,
    async verify(request) {
      const raw = readBearerToken(request);
      if (raw === undefined) throw new AuthError("no_credentials");
      const token = parseJws(raw);
      const { iss, token_use: tokenUse } = token.payload;
      const byUse = table.get(iss);
      if (byUse === undefined) throw invalidToken("iss is none of the configured issuers");
      const issuer = byUse.get(tokenUse);
      if (issuer === undefined) throw invalidToken(`token_use is not ${[...byUse.keys()].join(" or ")}`);
      if (!issuer.algorithms.includes(token.header.alg)) {
        throw invalidToken(`alg is not ${issuer.algorithms.join(" or ")}`);
      }
      const { principal } = await issuer.verify(token);
      return { principal };
    },
    ready: async () => void (await Promise.all(issuers.map((issuer) => issuer.ready()))),
  };
}

function tabulate(issuers: unknown): ReadonlyMap<string, IssuersByUse> {
  if (!Array.isArray(issuers) || issuers.length === 0) {
    throw new ConfigurationError("missing_option", "bearer.issuers", "list at least one, such as userPool({ ... })");
  }
  const table = new Map<string, IssuersByUse>();
  for (const issuer of issuers as readonly unknown[]) {
    if (!isTokenIssuer(issuer)) {
      throw new ConfigurationError(
        "invalid_option",
        "bearer.issuers",
        "each must be an issuer, such as userPool({ ... })",
      );
    }
    for (const iss of issuer.issuers) {
      const byUse: IssuersByUse = table.get(iss) ?? new Map();
      if (byUse.has(issuer.tokenUse)) {
        throw new ConfigurationError(
          "invalid_option",
          "bearer.issuers",
          `two issuers take the same tokens of ${iss}; write one with all client ids: clientId: ["...", "..."]`,
        );
      }
      table.set(iss, byUse.set(issuer.tokenUse, issuer));
    }
  }
  return table;
}

function isTokenIssuer(value: unknown): value is TokenIssuer {
  const { issuers, algorithms, trusted, verify, ready } = (value ?? {}) as Partial<TokenIssuer>;
  // A text instead of a list of algorithms would accept every part of itself.
  const lists = Array.isArray(issuers) && Array.isArray(algorithms);
  return lists && typeof trusted?.issuer === "string" && typeof verify === "function" && typeof ready === "function";
}

/** Each issuer once; it counts as declared if it is wherever it stands. */
function distinct(issuers: readonly TokenIssuer[]): readonly TrustedIssuer[] {
  const declared = new Map<string, boolean>();
  for (const { trusted } of issuers) {
    declared.set(trusted.issuer, trusted.declared && declared.get(trusted.issuer) !== false);
  }
  return [...declared].map(([issuer, all]) => ({ issuer, declared: all }));
}
