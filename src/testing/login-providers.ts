import { ConfigurationError } from "../configuration.ts";
import { notAuthorized } from "./aws-error.ts";
import { generateTokenKey, type TokenKey } from "./token-key.ts";

/** One login of an identity, verified. */
export interface Login {
  readonly provider: string;
  readonly sub: string;
  /** The claims of an ID token of the user pool; undefined for other providers. */
  readonly claims?: Claims;
}

type Claims = Readonly<Record<string, unknown>>;

/** What {@link createLoginProviders} takes. */
export interface LoginProvidersSetup {
  /** The user pool that an identity pool believes: `cognito-idp.<region>.amazonaws.com/<pool>`. */
  readonly provider: string;
  readonly clientId: string;
  /** Providers beside it, which have keys of their own here. */
  readonly loginProviders: readonly string[];
  /** The claims of an ID token whose signature is the user pool's. */
  readonly readIdToken: (token: string) => Claims | undefined;
  readonly clock: () => number;
}

/** The providers whose tokens an identity pool takes as logins. */
export interface LoginProviders {
  /** Verifies one login; what it refuses it refuses as an identity pool does. */
  read(provider: string, token: unknown): Login;
  /** Mints a token as one of the providers beside the user pool would. */
  mint(provider: string, sub: string): Promise<string>;
}

/** Seconds that a token of another provider lives. */
const lifetime = 3_600;

/** Makes the providers that an identity pool trusts: one app client of one user pool, and others beside it. */
export function createLoginProviders(setup: LoginProvidersSetup): LoginProviders {
  const { provider, clientId, loginProviders, clock } = setup;
  const keys = new Map<string, TokenKey>();

  return {
    read(name, token) {
      const known = name === provider || loginProviders.includes(name);
      if (!known || typeof token !== "string") {
        throw notAuthorized("Token is not from a supported provider of this identity pool.");
      }
      const claims = name === provider ? setup.readIdToken(token) : keys.get(name)?.open(token);
      if (claims === undefined) throw notAuthorized("Invalid login token. Couldn't verify signed token.");
      if (claims.iss !== `https://${name}`)
        throw notAuthorized("Invalid login token. Issuer doesn't match providerName");
      if (name === provider && (claims.aud !== clientId || claims.token_use !== "id")) {
        throw notAuthorized("Invalid login token. Incorrect token audience.");
      }
      const now = Math.floor(clock() / 1000);
      if (typeof claims.exp !== "number" || claims.exp <= now) {
        throw notAuthorized(`Invalid login token. Token expired: ${claims.exp} >= ${now}`);
      }
      if (typeof claims.sub !== "string") throw notAuthorized("Invalid login token. Missing a required claim: sub");
      return { provider: name, sub: claims.sub, ...(name === provider && { claims }) };
    },
    async mint(name, sub) {
      if (!loginProviders.includes(name)) {
        throw new ConfigurationError(
          "invalid_option",
          "pools.loginToken",
          `the provider must be one of startPools.loginProviders: ${loginProviders.join(", ")}`,
        );
      }
      const fresh = keys.get(name) ?? (await generateTokenKey("RS256"));
      // Another call may have made the key in the meantime.
      const made = keys.get(name) ?? fresh;
      keys.set(name, made);
      const iat = Math.floor(clock() / 1000);
      return made.sign({ iss: `https://${name}`, sub, aud: "example", iat, exp: iat + lifetime });
    },
  };
}
