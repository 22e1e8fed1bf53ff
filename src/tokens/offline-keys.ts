import { ConfigurationError } from "../configuration.ts";
import { invalidToken } from "./invalid-token.ts";
import { type KeySource, readJwks } from "./jwks.ts";
import type { TokenAlgorithm } from "./token-algorithm.ts";

/**
 * Keys from a JWKS document that the operator hands in; nothing is ever fetched, and they do not age.
 *
 * @param algorithms those of the issuer; RS256 alone by default.
 * @throws ConfigurationError where it holds no key that can be used.
 */
export function offlineKeys(option: string, jwks: unknown, algorithms?: readonly TokenAlgorithm[]): KeySource {
  const keys = readJwks(jwks, algorithms);
  if (keys === undefined || keys.size === 0) {
    throw new ConfigurationError(
      "invalid_option",
      option,
      `must be a JWKS document with at least one key for ${algorithms?.join(" or ") ?? "RS256"} and a kid of its own; RSA has 2048 bits`,
    );
  }
  return {
    find: (kid) => keys.get(kid) ?? Promise.reject(invalidToken("kid is none of the issuer's keys")),
    trusts: (key) => keys.get(key.jwk.kid) === key,
    ready: async () => {},
    readiness: () => ({ state: "ready" }),
  };
}
