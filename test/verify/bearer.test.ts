import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { anyone, authenticated } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { anonymous } from "../../src/principal.ts";
import { RequestHeaders } from "../../src/request.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Store } from "../../src/stores/store.ts";
import { cookieToken } from "../../src/tokens/cookie-token.ts";
import { createRevocations } from "../../src/tokens/create-revocations.ts";
import { oidc } from "../../src/tokens/oidc.ts";
import type { Revocation } from "../../src/tokens/revocation.ts";
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
  sub,
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
    [{ issuers: [access], token: "query" }, "invalid_option", "bearer.token"],
    [{ issuers: [access], clock: now }, "invalid_option", "bearer.clock"],
    [{ issuers: [access], revocations: undefined }, "invalid_option", "bearer.revocations"],
    [{ issuers: [access], revocations: null }, "invalid_option", "bearer.revocations"],
    [{ issuers: [access], revocations: {} }, "invalid_option", "bearer.revocations"],
    [{ issuers: [access], cache: null }, "missing_option", "bearer.cache"],
    [{ issuers: [access], cache: false }, "missing_option", "bearer.cache"],
    [{ issuers: [access], cache: { entries: 0 } }, "invalid_option", "bearer.cache.entries"],
    [{ issuers: [access], cache: { maxAgeSeconds: 86_401 } }, "invalid_option", "bearer.cache.maxAgeSeconds"],
    [{ issuers: [access], cache: { max: 1 } }, "unknown_option", "bearer.cache.max"],
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

  it.each<readonly [string, unknown]>([
    [
      "a foreign promise that rejects",
      // biome-ignore lint/suspicious/noThenProperty: such objects are what it is about.
      { then: (_: unknown, reject: (fault: Error) => void) => reject(new Error("no")) },
    ],
    // biome-ignore lint/suspicious/noThenProperty: such objects are what it is about.
    ["a foreign promise that is never kept", { then: () => {} }],
    ["no token", {}],
    ["nothing", undefined],
  ])("lets nobody in where an issuer in JavaScript gives %s, not even on a route for anyone", async (_name, given) => {
    for (const cache of [{}, "off"] as const) {
      const careless = { ...access, verify: () => given } as unknown as TokenIssuer;
      const policy = definePolicy({ routes: { "GET /": anyone } });
      const authorizer = createAuthorizer({ verifiers: [bearer({ issuers: [careless], cache })], policy });
      const decision = authorizer.authorize(requestWith(`Bearer ${signer.sign(accessClaims())}`));
      const soon = new Promise((resolve) => setTimeout(resolve, 10, { allowed: false }));
      expect(await Promise.race([decision, soon])).toMatchObject({ allowed: false });
    }
  });

  it("waits for a foreign promise of an issuer", async () => {
    const verify = (token: Parameters<TokenIssuer["verify"]>[0]) => {
      const verified = access.verify(token);
      // biome-ignore lint/suspicious/noThenProperty: such objects are what it is about.
      return { then: (resolve: (value: unknown) => void) => resolve(verified) };
    };
    const gate = bearer({ issuers: [{ ...access, verify } as unknown as TokenIssuer], cache: "off" });
    const { principal } = await gate.verify(requestWith(`Bearer ${signer.sign(accessClaims())}`));
    expect(principal.id).toBe(`user:${userPoolId}:${sub}`);
  });

  it.each<readonly [string, unknown]>([
    ["nothing", undefined],
    ["a promise of nothing", Promise.resolve()],
    ["null", null],
    ["a foreign promise", { ...Promise.resolve(false) }],
  ])("takes no %s of a list in JavaScript for the word that nothing was revoked", async (_name, given) => {
    const list = createRevocations({ store: memoryStore(), audience: "api.example.com" });
    const gate = bearer({ issuers: [access], revocations: { ...list, covers: () => given as boolean } });
    await expect(gate.verify(requestWith(`Bearer ${signer.sign(accessClaims())}`))).rejects.toMatchObject({
      code: "configuration_error",
    });
  });

  it.each<readonly [string, unknown]>([
    ["false", false],
    ["a promise of false", Promise.resolve(false)],
    ["a promise of null", Promise.resolve(null)],
  ])("takes no %s of an issuer in JavaScript for a confirmation", async (_name, given) => {
    const verify: TokenIssuer["verify"] = async (token) => ({
      ...(await access.verify(token)),
      confirm: () => given as undefined,
    });
    const gate = bearer({ issuers: [{ ...access, verify }] });
    await expect(gate.verify(requestWith(`Bearer ${signer.sign(accessClaims())}`))).rejects.toMatchObject({
      code: "configuration_error",
    });
  });

  it("is ready when all its issuers are", async () => {
    await expect(bearer({ issuers: [access, id] }).ready?.()).resolves.toBeUndefined();
    const down = userPool({ userPoolId, clientId, tokenUse: "id", clock, fetch: async () => Response.error() });
    await expect(bearer({ issuers: [access, down] }).ready?.()).rejects.toMatchObject({ code: "keys_unavailable" });
  });

  it("tells how each of its issuers stands, and asks the others where one is down", async () => {
    const remote = { userPoolId, clientId, clock } as const;
    const up = userPool({ ...remote, tokenUse: "access", fetch: async () => Response.json(jwks) });
    const down = userPool({ ...remote, tokenUse: "id", fetch: async () => Response.error() });
    const { readiness: _readiness, ...silent } = oidc({ issuer: "https://a.example", audience: "a", jwks });
    const apart = { groups: "as-is", scopes: "as-is", tags: "as-is" } as const;
    const third = oidc({ issuer: "https://b.example", audience: "b", jwks, ...apart });
    const gate = bearer({
      issuers: [down, up, silent, third].map((one) => ({
        ...one,
        trusted: { ...one.trusted, declared: true },
      })) as never,
    });
    expect(gate.readiness?.()).toEqual([
      { source: "keys", issuer, tokenUse: "id", state: "not-asked" },
      { source: "keys", issuer, tokenUse: "access", state: "not-asked" },
      { source: "keys", issuer: "https://b.example", state: "ready" },
    ]);
    await expect(gate.ready?.()).rejects.toMatchObject({ code: "keys_unavailable" });
    expect(gate.readiness?.()).toMatchObject([{ state: "unavailable" }, { state: "ready" }, { state: "ready" }]);
  });

  it("rejects with the faults of all issuers that are down", async () => {
    const remote = { userPoolId, clientId, clock, fetch: async () => Response.error() } as const;
    const pools = [userPool({ ...remote, tokenUse: "access" }), userPool({ ...remote, tokenUse: "id" })] as const;
    await expect(bearer({ issuers: pools }).ready?.()).rejects.toMatchObject({
      name: "AggregateError",
      errors: [{ code: "keys_unavailable" }, { code: "keys_unavailable" }],
    });
  });

  it("is ready when the list of revocations can be read, without which no token is accepted", async () => {
    const store = memoryStore({ clock });
    let down = true;
    const list: Store["list"] = (prefix) => (down ? Promise.reject(new Error("down")) : store.list(prefix));
    const revocations = createRevocations({ store: { ...store, list }, audience: "api.example.com", clock });
    const gate = bearer({ issuers: [access], revocations, clock });
    await expect(gate.ready?.()).rejects.toMatchObject({ code: "store_unavailable" });
    expect(gate.readiness?.()).toMatchObject([
      { source: "keys", issuer, tokenUse: "access", state: "ready" },
      { source: "revocations", state: "unavailable", code: "store_unavailable" },
    ]);
    down = false;
    await gate.ready?.();
    expect(gate.readiness?.()[1]).toMatchObject({ source: "revocations", state: "ready" });
  });
});

describe("bearer, asked twice with one token", () => {
  const raw = signer.sign(accessClaims());
  const request = requestWith(`Bearer ${raw}`);

  /** An issuer that counts what it verifies. */
  function counting(pool = access) {
    const verified: string[] = [];
    const verify: TokenIssuer["verify"] = (token) => {
      verified.push(token.raw);
      return pool.verify(token);
    };
    return { verified, issuer: { ...pool, verify } };
  }

  it("verifies it once, and gives the same frozen principal", async () => {
    const { verified, issuer } = counting();
    const gate = bearer({ issuers: [issuer], clock });
    const first = await gate.verify(request);
    expect((await gate.verify(requestWith(`bearer ${raw}`))).principal).toBe(first.principal);
    expect(Object.isFrozen(first.principal)).toBe(true);
    expect(verified).toEqual([raw]);
  });

  it("verifies it anew where it keeps nothing", async () => {
    const { verified, issuer } = counting();
    const gate = bearer({ issuers: [issuer], cache: "off" });
    await gate.verify(request);
    await gate.verify(request);
    expect(verified).toEqual([raw, raw]);
  });

  it("keeps it for five minutes, or as long as it is told", async () => {
    for (const [options, seconds] of [
      [{}, 300],
      [{ cache: { maxAgeSeconds: 10 } }, 10],
    ] as const) {
      let time = now;
      const { verified, issuer } = counting();
      const gate = bearer({ issuers: [issuer], clock: () => time, ...options });
      await gate.verify(request);
      time += seconds * 1_000 - 1;
      await gate.verify(request);
      expect(verified).toHaveLength(1);
      time += 1;
      await gate.verify(request);
      expect(verified).toHaveLength(2);
    }
  });

  it("refuses it once it has expired, however lately it was verified", async () => {
    let time = now;
    const pool = userPool({ userPoolId, clientId, tokenUse: "access", jwks, clock: () => time });
    const gate = bearer({ issuers: [pool], clock: () => time });
    const short = requestWith(`Bearer ${signer.sign(accessClaims({ exp: now / 1000 + 60 }))}`);
    await gate.verify(short);
    time += 60_000 - 1;
    await expect(gate.verify(short)).resolves.toBeDefined();
    time += 1;
    await expect(gate.verify(short)).rejects.toEqual(new AuthError("token_expired"));
  });

  it("refuses it once its key has been withdrawn, however lately it was verified", async () => {
    let time = now;
    let published: object[] = [signer.jwk];
    const options = { userPoolId, clientId, tokenUse: "access", clock: () => time } as const;
    const gate = bearer({
      issuers: [userPool({ ...options, fetch: async () => Response.json({ keys: published }) })],
      clock: () => time,
    });
    await gate.verify(request);
    published = [otherSigner.jwk];
    time += 20_000;
    await expect(gate.verify(request)).resolves.toBeDefined();
    await gate.verify(requestWith(`Bearer ${otherSigner.sign(accessClaims())}`));
    await expect(gate.verify(request)).rejects.toEqual(
      new AuthError("invalid_token", { reason: "kid is none of the issuer's keys" }),
    );
  });

  it("keeps nothing of a token that it refuses", async () => {
    const { verified, issuer } = counting();
    const gate = bearer({ issuers: [issuer] });
    const forged = `${raw.slice(0, -2)}${raw.endsWith("AA") ? "BA" : "AA"}`;
    for (let time = 0; time < 3; time++) {
      await expect(gate.verify(requestWith(`Bearer ${forged}`))).rejects.toMatchObject({ code: "invalid_token" });
    }
    expect(verified).toEqual([forged, forged, forged]);
  });

  it("knows no other spelling of it", async () => {
    const gate = bearer({ issuers: [access], token: ({ headers }) => headers.get("x-token") });
    const sent = (token: string) => ({ ...request, headers: new RequestHeaders(["X-Token", token]) });
    await gate.verify(sent(raw));
    for (const other of [`${raw}=`, `${raw}.`, ` ${raw}`, `${raw} `, raw.replace(".", "=."), `${raw}\ud800`]) {
      await expect(gate.verify(sent(other))).rejects.toMatchObject({ code: "invalid_token" });
    }
  });

  it("shares nothing with another bearer, whose clients are others", async () => {
    await bearer({ issuers: [access] }).verify(request);
    const others = userPool({ userPoolId, clientId: "2other", tokenUse: "access", jwks, clock });
    await expect(bearer({ issuers: [others] }).verify(request)).rejects.toMatchObject({ code: "invalid_token" });
  });
});

describe("bearer with revocations", () => {
  const noon = now;
  const user = `user:${userPoolId}:${sub}`;
  const token = (claims = {}) => requestWith(`Bearer ${signer.sign(accessClaims(claims))}`);
  const revoked = new AuthError("invalid_token", { reason: "it has been revoked" });

  function setUp(cache: BearerOptions["cache"] = {}) {
    const time = { now: noon };
    const store = memoryStore({ clock: () => time.now });
    const fault: { down?: true } = {};
    const list: Store["list"] = async (prefix) => {
      if (fault.down) throw new Error("down");
      return store.list(prefix);
    };
    const options = { audience: "api.example.com", clock: () => time.now };
    const revocations = createRevocations({ ...options, store: { ...store, list } });
    return { time, fault, revocations, gate: bearer({ issuers: [access, id], clock, revocations, cache }) };
  }

  it.each<[string, Revocation]>([
    ["its sign-in", { originJti: "o" }],
    ["the token itself", { jti: "j" }],
    ["its user", { user }],
    ["what its user got before a time", { user, issuedBefore: new Date(noon - 60_000 + 1) }],
  ])("refuses a token from the moment on that %s is revoked, kept or not", async (_, revocation) => {
    for (const cache of [{}, "off"] as const) {
      const { gate, revocations } = setUp(cache);
      const request = token({ origin_jti: "o", jti: "j" });
      await expect(gate.verify(request)).resolves.toBeDefined();
      await revocations.revoke(revocation);
      await expect(gate.verify(request)).rejects.toEqual(revoked);
      await expect(gate.verify(request)).rejects.toEqual(revoked);
    }
  });

  it.each<[string, Revocation]>([
    ["another sign-in", { originJti: "p" }],
    ["another token", { jti: "k" }],
    ["another user", { user: `${user}2` }],
    ["what its user got before it", { user, issuedBefore: new Date(noon - 60_000) }],
  ])("accepts a token where %s is revoked", async (_, revocation) => {
    const { gate, revocations } = setUp();
    await revocations.revoke(revocation);
    await expect(gate.verify(token({ origin_jti: "o", jti: "j" }))).resolves.toBeDefined();
  });

  it("refuses with its user a token that does not say when it was issued", async () => {
    const { gate, revocations } = setUp();
    await revocations.revoke({ user, issuedBefore: new Date(noon - 86_400_000) });
    await expect(gate.verify(token({ iat: undefined }))).rejects.toEqual(revoked);
  });

  it("refuses a revoked token of a day to its end, were its clock ahead and its end tolerated", async () => {
    const { revocations, time } = setUp();
    const ticking = () => time.now;
    const day = userPool({ userPoolId, clientId, tokenUse: "access", jwks, clock: ticking, toleranceSeconds: 300 });
    const gate = bearer({ issuers: [day], clock: ticking, revocations });
    const iat = noon / 1_000 + 300;
    const request = token({ jti: "j", iat, exp: iat + 86_400 });
    await expect(gate.verify(request)).resolves.toBeDefined();
    await revocations.revoke({ jti: "j" });
    time.now += 86_400_000 + 600_000 - 1;
    await expect(gate.verify(request)).rejects.toEqual(revoked);
    time.now += 1;
    await expect(gate.verify(request)).rejects.toEqual(new AuthError("token_expired"));
  });

  it("lets a user's token live whose clock runs ahead, unless it is revoked past the lead of that clock", async () => {
    const { gate, revocations } = setUp();
    const request = token({ iat: noon / 1_000 + 5 });
    await revocations.revoke({ user });
    await expect(gate.verify(token())).rejects.toEqual(revoked);
    await expect(gate.verify(request)).resolves.toBeDefined();
    await revocations.revoke({ user, issuedBefore: new Date(noon + 6_000) });
    await expect(gate.verify(request)).rejects.toEqual(revoked);
  });

  it("cannot know while the list is too old and the store is down, and keeps to it until then", async () => {
    const { gate, time, fault } = setUp();
    await gate.verify(token());
    fault.down = true;
    time.now += 59_999;
    await expect(gate.verify(token())).resolves.toBeDefined();
    time.now += 1;
    await expect(gate.verify(token())).rejects.toMatchObject({ code: "store_unavailable", status: 503 });
  });

  it("tells a token that it does not accept from one that was revoked first", async () => {
    const { gate, fault } = setUp();
    fault.down = true;
    await expect(gate.verify(token({ client_id: "2other" }))).rejects.toMatchObject({ code: "invalid_token" });
  });
});

describe("bearer with tokens in other places", () => {
  const raw = signer.sign(accessClaims());
  const sources: BearerOptions["token"] = [
    "header",
    cookieToken({ name: "__Host-token", origins: ["https://app.example.com"] }),
  ];
  const gate = bearer({ issuers: [access], token: sources, clock });
  const authorizer = createAuthorizer({
    verifiers: [gate],
    policy: definePolicy({ routes: { "* /public": anyone, "* /mine": authenticated } }),
  });
  async function outcome(method: string, target: string, ...headers: readonly string[]): Promise<string> {
    const request = { method, target, wire: true, headers: new RequestHeaders(headers) };
    const decision = await authorizer.authorize(request);
    return decision.allowed ? decision.principal.kind : decision.error.code;
  }
  const cookie = ["Cookie", `a=1; __Host-token=${raw}`];
  const header = ["Authorization", `Bearer ${raw}`];
  const origin = ["Origin", "https://app.example.com"];

  it.each<[string, string, string, readonly string[]]>([
    ["user", "GET", "/mine", cookie],
    ["user", "GET", "/mine", header],
    ["user", "POST", "/mine", header],
    ["user", "POST", "/mine", [...cookie, ...origin]],
    ["origin_not_accepted", "POST", "/mine", cookie],
    ["origin_not_accepted", "POST", "/public", cookie],
    ["origin_not_accepted", "GET", "/mine", [...cookie, "Upgrade", "websocket", "Origin", "https://evil.example"]],
    ["ambiguous_credentials", "GET", "/mine", [...cookie, ...header]],
    ["ambiguous_credentials", "GET", "/public", [...cookie, ...header]],
    ["ambiguous_credentials", "GET", "/mine", [...cookie, "Authorization", "Basic eDp5"]],
    ["ambiguous_credentials", "GET", "/mine", [...cookie, ...cookie]],
    ["ambiguous_credentials", "GET", "/mine?X-Amz-Signature=00", cookie],
    ["invalid_token", "GET", "/public", ["Cookie", "__Host-token="]],
    ["invalid_token", "GET", "/public", ["Cookie", "__Host-token=deleted"]],
    ["no_credentials", "GET", `/mine?access_token=${raw}&__Host-token=${raw}`, []],
    ["no_credentials", "GET", "/mine", ["Cookie", `token=${raw}`]],
    ["anonymous", "GET", "/public", ["Cookie", "a=1"]],
    ["unsupported_scheme", "GET", "/public", ["Authorization", "Basic eDp5"]],
  ])("answers %s to a %s, case %#", async (expected, method, target, headers) => {
    expect(await outcome(method, target, ...headers)).toBe(expected);
  });

  it.each(["DPoP", "dpop"])("takes no token by %s, with a proof or without", async (scheme) => {
    const proof = ["DPoP", raw];
    expect(await outcome("GET", "/public", "Authorization", `${scheme} ${raw}`)).toBe("unsupported_scheme");
    expect(await outcome("GET", "/public", "Authorization", `${scheme} ${raw}`, ...proof)).toBe("unsupported_scheme");
    const bound = signer.sign(accessClaims({ cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } }));
    expect(await outcome("GET", "/public", "Authorization", `Bearer ${bound}`, ...proof)).toBe("invalid_token");
  });

  it("refuses the header where the cookie alone is taken", async () => {
    const cookieOnly = bearer({ issuers: [access], token: cookieToken({ name: "t", origins: [] }), clock });
    const request = { method: "GET", target: "/mine", wire: true, headers: new RequestHeaders(header) };
    const decision = await createAuthorizer({ verifiers: [cookieOnly] }).authorize(request, { rule: anyone });
    expect(decision).toMatchObject({ allowed: false, error: { code: "unsupported_scheme" } });
  });

  it("lets no gateway keep a verdict for which more than the token counts", () => {
    expect(gate.perRequest).toBe(true);
    expect(bearer({ issuers: [access] })).not.toHaveProperty("perRequest");
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
