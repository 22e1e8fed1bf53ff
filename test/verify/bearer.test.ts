import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { anonymous } from "../../src/principal.ts";
import type { TokenIssuer } from "../../src/tokens/token-issuer.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { type BearerOptions, bearer } from "../../src/verify/bearer.ts";
import {
  accessClaims,
  clientId,
  createSigner,
  idClaims,
  issuer,
  now,
  requestWith,
  userPoolId,
} from "../tokens/token-fixtures.ts";

const signer = createSigner("one");
const otherSigner = createSigner("two");
const otherPoolId = "eu-west-1_PoolTwo";
const otherIssuer = `https://cognito-idp.eu-west-1.amazonaws.com/${otherPoolId}`;
const clock = () => now;
const jwks = { keys: [signer.jwk] };
const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks, clock });
const id = userPool({ userPoolId, clientId, tokenUse: "id", jwks, clock });
const naming = { groups: { prefix: "two:" }, scopes: "as-is", tags: "as-is" } as const;
const other = {
  userPoolId: otherPoolId,
  clientId,
  tokenUse: "access",
  jwks: { keys: [otherSigner.jwk] },
  clock,
} as const;

describe("bearer", () => {
  it("claims the scheme and challenges with its realm", () => {
    expect(bearer({ issuers: [access] })).toMatchObject({ scheme: "Bearer", challenge: 'Bearer realm="poolgate"' });
    expect(bearer({ issuers: [access], realm: "The (API), v1" }).challenge).toBe('Bearer realm="The (API), v1"');
  });

  it.each(["", 'a"b', "a\\b", "a\r\nb", "a\u00e4", 1, null])("refuses the realm %j", (realm) => {
    expect(() => bearer({ issuers: [access], realm: realm as string })).toThrow(
      /^bearer\.realm: must be visible ASCII/,
    );
  });

  it("detects its scheme in any case, and no other", () => {
    const gate = bearer({ issuers: [access] });
    expect(gate.detects(requestWith("bEARER x"))).toBe(true);
    expect(gate.detects(requestWith("Basic eDp5"))).toBe(false);
    expect(gate.detects(requestWith())).toBe(false);
  });

  it("makes nobody of a request without a token", async () => {
    await expect(bearer({ issuers: [access] }).verify(requestWith())).rejects.toEqual(new AuthError("no_credentials"));
  });

  it("gives each token to the issuer with its iss and token_use", async () => {
    const gate = bearer({ issuers: [access, id] });
    const byAccess = await gate.verify(requestWith(`Bearer ${signer.sign(accessClaims())}`));
    expect(byAccess.principal.scopes?.has("articles/read")).toBe(true);
    const byId = await gate.verify(requestWith(`bearer ${signer.sign(idClaims())}`));
    expect(byId.principal.claims.email_verified).toBe(true);
    expect(byId.principal.id).toBe(byAccess.principal.id);
    expect(byId).not.toHaveProperty("signedHeaders");
  });

  it("keeps the groups of several pools apart", async () => {
    const gate = bearer({
      issuers: [
        userPool({ userPoolId, clientId, tokenUse: "access", jwks, clock, ...naming, groups: "as-is" }),
        userPool({ ...other, ...naming }),
      ],
    });
    const first = await gate.verify(requestWith(`Bearer ${signer.sign(accessClaims())}`));
    expect(first.principal).toMatchObject({ issuer, groups: { names: new Set(["editors"]) } });
    const second = await gate.verify(requestWith(`Bearer ${otherSigner.sign(accessClaims({ iss: otherIssuer }))}`));
    expect(second.principal).toMatchObject({ issuer: otherIssuer, groups: { names: new Set(["two:editors"]) } });
    const confused = otherSigner.sign(accessClaims({ iss: issuer }));
    await expect(gate.verify(requestWith(`Bearer ${confused}`))).rejects.toMatchObject({ code: "invalid_token" });
  });

  it("refuses several pools of which one does not say how its groups are named", () => {
    const silent = userPool({ userPoolId, clientId, tokenUse: "access", jwks });
    expect(() => bearer({ issuers: [silent, userPool({ ...other, ...naming })] })).toThrow(ConfigurationError);
    expect(() => bearer({ issuers: [silent, userPool({ ...other, ...naming })] })).toThrow(
      /^bearer\.issuers: .*"as-is".* for https:\/\/cognito-idp\.eu-west-1\.amazonaws\.com\/eu-west-1_PoolOne$/,
    );
  });

  it("lists each issuer once, declared only if it is declared in every place", () => {
    const declared = userPool({ userPoolId, clientId, tokenUse: "id", jwks, groups: "as-is", tags: "as-is" });
    expect(bearer({ issuers: [access, id] }).issuers).toEqual([{ issuer, declared: false }]);
    expect(bearer({ issuers: [access, declared] }).issuers).toEqual([{ issuer, declared: false }]);
    expect(bearer({ issuers: [declared, access] }).issuers).toEqual([{ issuer, declared: false }]);
    expect(bearer({ issuers: [declared] }).issuers).toEqual([{ issuer, declared: true }]);
  });

  it("refuses two issuers that would take the same tokens", () => {
    const again = userPool({ userPoolId, clientId: "2other", tokenUse: "access", jwks });
    expect(() => bearer({ issuers: [access, again] })).toThrow(
      `bearer.issuers: two issuers take the same tokens of ${issuer}; write one with all client ids: clientId: ["...", "..."]`,
    );
  });

  it.each([
    [undefined, "missing_option", "bearer"],
    [{}, "missing_option", "bearer.issuers"],
    [{ issuers: [] }, "missing_option", "bearer.issuers"],
    [{ issuers: access }, "missing_option", "bearer.issuers"],
    [{ issuers: [undefined] }, "invalid_option", "bearer.issuers"],
    [{ issuers: [null] }, "invalid_option", "bearer.issuers"],
    [{ issuers: [{ verify: () => {} }] }, "invalid_option", "bearer.issuers"],
    [{ issuers: [{ ...access, issuers: issuer }] }, "invalid_option", "bearer.issuers"],
    [{ issuers: [{ ...access, algorithms: "RS256" }] }, "invalid_option", "bearer.issuers"],
    [{ issuers: [{ ...access, trusted: undefined }] }, "invalid_option", "bearer.issuers"],
    [{ issuers: [{ ...access, trusted: {} }] }, "invalid_option", "bearer.issuers"],
    [{ issuers: [{ ...access, verify: undefined }] }, "invalid_option", "bearer.issuers"],
    [{ issuers: [{ ...access, ready: undefined }] }, "invalid_option", "bearer.issuers"],
    [{ issuers: [access], Realm: "x" }, "unknown_option", "bearer.Realm"],
  ])("refuses the options %j", (options, code, option) => {
    let thrown: unknown;
    try {
      bearer(options as BearerOptions);
    } catch (fault) {
      thrown = fault;
    }
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown).toMatchObject({ code, option });
  });

  it("takes issuers of other kinds, and checks the algorithm before it asks them", async () => {
    const asked: string[] = [];
    const custom: TokenIssuer = {
      issuers: ["https://issuer.example"],
      algorithms: ["ES256", "RS512"],
      trusted: { issuer: "https://issuer.example", declared: true },
      async verify(token) {
        asked.push(token.header.alg);
        return { principal: anonymous, facts: { issuedAt: now }, recheck() {} };
      },
      ready: async () => {},
    };
    const gate = bearer({ issuers: [custom] });
    const claims = { iss: "https://issuer.example", sub: "1" };
    const signed = (alg: string, more = {}) => requestWith(`Bearer ${signer.sign({ ...claims, ...more }, { alg })}`);
    await expect(gate.verify(signed("RS512"))).resolves.toEqual({ principal: anonymous });
    await expect(gate.verify(signed("RS256"))).rejects.toEqual(
      new AuthError("invalid_token", { reason: "alg is not ES256 or RS512" }),
    );
    await expect(gate.verify(signed("RS512", { token_use: "access" }))).rejects.toMatchObject({
      code: "invalid_token",
    });
    expect(asked).toEqual(["RS512"]);
  });

  it("is ready when all its issuers are", async () => {
    await expect(bearer({ issuers: [access, id] }).ready?.()).resolves.toBeUndefined();
    const down = userPool({ userPoolId, clientId, tokenUse: "id", clock, fetch: async () => Response.error() });
    await expect(bearer({ issuers: [access, down] }).ready?.()).rejects.toMatchObject({ code: "keys_unavailable" });
  });
});

describe("bearer, given a good token with any change", () => {
  const gate = bearer({ issuers: [access, id] });
  const tokens = [signer.sign(accessClaims()), signer.sign(idClaims())] as const;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/=, \t"\u00e9';

  async function refuses(mutated: string): Promise<void> {
    const outcome = await gate.verify(requestWith(`Bearer ${mutated}`)).then(
      () => "accepted",
      (thrown: unknown) => thrown,
    );
    expect(outcome).toBeInstanceOf(AuthError);
    const { code } = outcome as AuthError;
    expect(["invalid_token", "token_expired", "malformed_credentials", "ambiguous_credentials"]).toContain(code);
  }

  it.each(tokens)("refuses it with a character replaced, inserted or deleted", async (token) => {
    const change = fc.record({
      at: fc.nat(token.length - 1),
      deleted: fc.constantFrom(0, 1),
      inserted: fc.oneof(fc.constant(""), fc.constantFrom(...alphabet), fc.string({ maxLength: 3 })),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, deleted, inserted }) => {
        const mutated = token.slice(0, at) + inserted + token.slice(at + deleted);
        fc.pre(mutated !== token);
        await refuses(mutated);
      }),
      { numRuns: 3000 },
    );
  });

  it("refuses it with its parts in another order", async () => {
    const parts = tokens.flatMap((token) => token.split("."));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("", "e30", ...parts), { maxLength: 4 }), async (chosen) => {
        const mutated = chosen.join(".");
        fc.pre(!tokens.some((token) => token === mutated));
        await refuses(mutated);
      }),
      { numRuns: 500 },
    );
  });

  it("never fails in another way on claims of any kind that are well signed", async () => {
    const names = ["iss", "token_use", "exp", "iat", "sub", "client_id", "cognito:groups", "scope", "jti", "__proto__"];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.jsonValue(), async (name, value) => {
        const text = JSON.stringify({ ...accessClaims(), [name]: value });
        const outcome = await gate.verify(requestWith(`Bearer ${signer.sign(text)}`)).then(
          ({ principal }) => principal.kind,
          (thrown: unknown) => thrown,
        );
        if (typeof outcome !== "string") expect(outcome).toBeInstanceOf(AuthError);
      }),
      { numRuns: 300 },
    );
  });
});
