import { ConfigurationError } from "../configuration.ts";
import { invalidToken } from "./invalid-token.ts";
import { type KeySource, readJwks } from "./jwks.ts";

/**
 * Keys from a JWKS document that the operator hands in; nothing is ever fetched.
 *
 * @throws ConfigurationError where it holds no key that can be used.
 */
export function offlineKeys(option: string, jwks: unknown): KeySource {
  const keys = readJwks(jwks);
  if (keys === undefined || keys.size === 0) {
    throw new ConfigurationError(
      "invalid_option",
      option,
      "must be a JWKS document with at least one RSA signing key of 2048 bits and a kid of its own",
    );
  }
  return {
    async find(kid) {
      const key = keys.get(kid);
      if (key === undefined) throw invalidToken("kid is none of the issuer's keys");
      return key;
    },
    trusts: (key) => keys.get(key.jwk.kid) === key,
    ready: async () => {},
  };
}
