import { describe, expect, it, vi } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { parseJws } from "../../src/tokens/jws.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { json, startJwksServer } from "./jwks-server.ts";
import {
  accessClaims,
  clientId,
  createSigner,
  idClaims,
  issuer,
  now,
  seconds,
  sub,
  updatedIssuer,
  userPoolId,
} from "./token-fixtures.ts";

const signer = createSigner("one");
const jwks = { keys: [signer.jwk] };
const clock = () => now;
const access = { userPoolId, clientId, tokenUse: "access", jwks, clock } as const;
const id = { ...access, tokenUse: "id" } as const;
const token = (claims: Parameters<typeof signer.sign>[0], header?: Parameters<typeof signer.sign>[1]) =>
  parseJws(signer.sign(claims, header));

describe("userPool", () => {
  it("says who it is", () => {
    expect(userPool(access)).toMatchObject({
      userPoolId,
      tokenUse: "access",
      loginProvider: "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_PoolOne",
      issuers: [issuer, updatedIssuer],
      algorithms: ["RS256"],
      trusted: { issuer, declared: false },
    });
    const named = userPool({ ...id, groups: "as-is", tags: "as-is" });
    expect(named.trusted).toEqual({ issuer, declared: true });
  });

  it("makes the principal of an access token", async () => {
    const claims = accessClaims();
    expect((await userPool(access).verify(token(claims))).principal).toEqual({
      kind: "user",
      id: `user:${userPoolId}:${sub}`,
      userId: sub,
      clientId,
      issuer,
      verifiedBy: "user-pool",
      groups: { names: new Set(["editors"]), closed: true },
      scopes: new Set(["aws.cognito.signin.user.admin", "articles/read"]),
      tags: new Map(),
      claims: Object.assign(Object.create(null), claims),
      authenticatedAt: new Date((seconds - 60) * 1000),
      expiresAt: new Date((seconds + 3600) * 1000),
    });
  });

  it("makes the same principal of an ID token, but cannot tell its scopes", async () => {
    const { principal } = await userPool({ ...id, principalTags: { tenant: "custom:tenant" } }).verify(
      token(idClaims()),
    );
    expect(principal).toMatchObject({ kind: "user", id: `user:${userPoolId}:${sub}`, userId: sub, issuer });
    expect(principal.groups).toEqual({ names: new Set(["editors"]), closed: true });
    expect(principal.scopes).toBeUndefined();
    expect(principal.tags).toEqual(new Map([["tenant", "acme"]]));
  });

  it("makes a client of a machine token, in no group and without a user", async () => {
    const machine = accessClaims({
      sub: clientId,
      username: undefined,
      "cognito:groups": undefined,
      auth_time: undefined,
      scope: "articles/write",
    });
    const { principal } = await userPool(access).verify(token(machine));
    expect(principal).toMatchObject({ kind: "client", id: `client:${userPoolId}:${clientId}`, issuer });
    expect(principal.groups).toEqual({ names: new Set(), closed: true });
    expect(principal.scopes).toEqual(new Set(["articles/write"]));
    expect(principal).not.toHaveProperty("userId");
    expect(principal).not.toHaveProperty("authenticatedAt");
  });

  it("closes the groups of a user who is in none", async () => {
    const { principal } = await userPool(access).verify(token(accessClaims({ "cognito:groups": undefined })));
    expect(principal.groups).toEqual({ names: new Set(), closed: true });
  });

  it("knows the pool by one name, whichever format its issuer has", async () => {
    const { principal } = await userPool(access).verify(token(accessClaims({ iss: updatedIssuer })));
    expect(principal.issuer).toBe(issuer);
    expect(principal.claims.iss).toBe(updatedIssuer);
  });

  it("accepts a further issuer by its exact value", async () => {
    const replica = "https://cognito-idp.eu-west-2.amazonaws.com/eu-west-1_PoolOne";
    const pool = userPool({ ...access, issuers: [replica] });
    expect((await pool.verify(token(accessClaims({ iss: replica })))).principal.issuer).toBe(issuer);
    await expect(pool.verify(token(accessClaims({ iss: `${replica}/` })))).rejects.toEqual(
      new AuthError("invalid_token", { reason: "iss is none of the configured issuers" }),
    );
  });

  it("takes group names as they are, however odd, and each alone", async () => {
    const odd = ["constructor", "__proto__", "toString", "*", "a,b", "編集者"];
    const { principal } = await userPool(access).verify(token(accessClaims({ "cognito:groups": odd })));
    expect(principal.groups?.names).toEqual(new Set(odd));
    const { principal: none } = await userPool(access).verify(token(accessClaims({ "cognito:groups": [] })));
    expect(none.groups?.names.has("constructor")).toBe(false);
  });

  it("names groups and scopes as it is told", async () => {
    const pool = userPool({
      ...access,
      groups: { map: { editors: "authors" } },
      scopes: { prefix: "one:" },
      tags: "as-is",
    });
    const { principal } = await pool.verify(
      token(accessClaims({ "cognito:groups": ["editors", "admins"], scope: "read" })),
    );
    expect(principal.groups).toEqual({ names: new Set(["authors"]), closed: true });
    expect(principal.scopes).toEqual(new Set(["one:read"]));
  });

  it("leaves out a tag whose claim is absent or no string", async () => {
    const principalTags = { a: "custom:a", b: "custom:b", c: "constructor", p: "__proto__", e: "custom:e" };
    const pool = userPool({ ...id, principalTags });
    const { principal } = await pool.verify(token(idClaims({ "custom:a": ["x"], "custom:e": "" })));
    expect(principal.tags).toEqual(new Map([["e", ""]]));
  });

  it("reads a tag from a claim with an odd name", async () => {
    const pool = userPool({ ...id, principalTags: { p: "__proto__" } });
    const text = JSON.stringify(idClaims()).replace("{", '{"__proto__":"own",');
    expect((await pool.verify(token(text))).principal.tags).toEqual(new Map([["p", "own"]]));
  });

  it.each([
    ["custom:plan", "gold"],
    ["cognito:groups", ["admins"]],
    ["scope", "articles/write"],
  ])("reads no %s from Object.prototype, even if another library has put it there", async (name, value) => {
    const pool = userPool({ ...access, principalTags: { plan: "custom:plan" } });
    const bare = signer.sign(accessClaims({ "cognito:groups": undefined, scope: undefined }));
    Object.defineProperty(Object.prototype, name, { value, configurable: true });
    try {
      const { groups, scopes, tags } = (await pool.verify(parseJws(bare))).principal;
      expect([groups?.names.size, scopes?.size, tags.size]).toEqual([0, 0, 0]);
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
  });

  it.each(["exp", "token_use", "client_id", "sub"])("misses %s even if it is in Object.prototype", async (name) => {
    const claims = accessClaims();
    const bare = signer.sign({ ...claims, [name]: undefined });
    Object.defineProperty(Object.prototype, name, { value: claims[name], configurable: true });
    try {
      await expect(async () => userPool(access).verify(parseJws(bare))).rejects.toMatchObject({
        code: "invalid_token",
      });
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
  });

  it("freezes the claims and keeps the token out of the principal", async () => {
    const raw = signer.sign(accessClaims({ deep: { list: [{}] } }));
    const { principal } = await userPool(access).verify(parseJws(raw));
    expect(Object.isFrozen(principal)).toBe(true);
    expect(Object.isFrozen((principal.claims.deep as { list: unknown[] }).list[0])).toBe(true);
    const seen = JSON.stringify(principal);
    for (const part of raw.split(".")) expect(seen).not.toContain(part);
  });

  it("accepts every client of a list, and any with null", async () => {
    const other = token(accessClaims({ client_id: "2other" }));
    expect(await userPool({ ...access, clientId: [clientId, "2other"] }).verify(other)).toBeDefined();
    expect(await userPool({ ...access, clientId: null }).verify(other)).toBeDefined();
    await expect(userPool(access).verify(other)).rejects.toMatchObject({ code: "invalid_token" });
  });

  it("accepts the tokens of its resources alone, and says nothing of the client by that", async () => {
    const bound = token(accessClaims({ aud: "https://api.example.com" }));
    const resource = "https://api.example.com";
    expect(await userPool({ ...access, resource }).verify(bound)).toBeDefined();
    expect(await userPool({ ...access, resource: [resource, "x"] }).verify(bound)).toBeDefined();
    expect(await userPool({ ...access, resource: null }).verify(bound)).toBeDefined();
    await expect(userPool(access).verify(bound)).rejects.toMatchObject({ code: "invalid_token" });
    await expect(userPool({ ...access, resource }).verify(token(accessClaims()))).rejects.toMatchObject({
      code: "invalid_token",
    });
    await expect(userPool({ ...access, resource, clientId: "2other" }).verify(bound)).rejects.toMatchObject({
      code: "invalid_token",
    });
  });

  it("goes by the clock that it is given, and by its tolerance", async () => {
    const old = token(accessClaims({ exp: seconds - 200 }));
    await expect(userPool(access).verify(old)).rejects.toEqual(new AuthError("token_expired"));
    expect(await userPool({ ...access, toleranceSeconds: 300 }).verify(old)).toBeDefined();
    await expect(userPool({ ...access, clock: () => now - 300_000 }).verify(old)).rejects.toEqual(
      new AuthError("invalid_token", { reason: "iat is in the future" }),
    );
  });

  it("gives the facts by which the token can be revoked", async () => {
    const user = `user:${userPoolId}:${sub}`;
    const { facts } = await userPool(access).verify(token(accessClaims({ origin_jti: "o", jti: "j" })));
    expect(facts).toEqual({ user, originJti: "o", jti: "j", issuedAt: now - 60_000 });
    const bare = accessClaims({ origin_jti: undefined, jti: undefined, iat: undefined });
    expect((await userPool(access).verify(token(bare))).facts).toEqual({ user, issuedAt: 0 });
  });

  it("looks again at the times by the clock that it is given", async () => {
    let time = now;
    const pool = userPool({ ...access, clock: () => time, toleranceSeconds: 10 });
    const { recheck } = await pool.verify(token(accessClaims({ exp: seconds + 60 })));
    time = now + 70_000 - 1;
    expect(recheck).not.toThrow();
    time = now + 70_000;
    expect(recheck).toThrow(new AuthError("token_expired"));
  });

  it("goes by the process clock where it is given none", async () => {
    const { clock: _clock, ...options } = access;
    const at = Math.floor(Date.now() / 1000);
    const fresh = { iat: at, auth_time: at, exp: at + 60 };
    expect(await userPool(options).verify(token(accessClaims(fresh)))).toBeDefined();
    await expect(userPool(options).verify(token(accessClaims({ ...fresh, exp: at - 1 })))).rejects.toMatchObject({
      code: "token_expired",
    });
  });

  it("checks by itself what bearer checks too, for callers that come without it", async () => {
    await expect(userPool(access).verify(token(accessClaims(), { alg: "RS512" }))).rejects.toEqual(
      new AuthError("invalid_token", { reason: "alg is not RS256" }),
    );
    await expect(userPool(access).verify(token(idClaims()))).rejects.toEqual(
      new AuthError("invalid_token", { reason: "token_use is not access" }),
    );
  });
});

describe("userPool with keys to fetch", () => {
  const { jwks: _jwks, ...remote } = access;

  it("fetches them from a loopback address where that is allowed", async () => {
    await using server = await startJwksServer(signer.jwk);
    const pool = userPool({ ...remote, jwksUri: server.uri, allowLoopbackHttp: true });
    await pool.ready();
    expect(await pool.verify(token(accessClaims()))).toMatchObject({ principal: { kind: "user" } });
    expect(await pool.verify(token(accessClaims({ iss: updatedIssuer })))).toMatchObject({
      principal: { issuer },
    });
    expect(server.requests).toBe(1);
  });

  it("picks up a key that the pool has rotated in", async () => {
    const fresh = createSigner("fresh");
    await using server = await startJwksServer(signer.jwk);
    const pool = userPool({ ...remote, jwksUri: server.uri, allowLoopbackHttp: true });
    await pool.ready();
    server.answer = json({ keys: [signer.jwk, fresh.jwk] });
    expect(await pool.verify(parseJws(fresh.sign(accessClaims())))).toMatchObject({
      principal: { kind: "user" },
    });
  });

  it("refuses at the next look a token whose key the pool has withdrawn", async () => {
    const fresh = createSigner("fresh");
    await using server = await startJwksServer(signer.jwk);
    let time = now;
    const pool = userPool({ ...remote, jwksUri: server.uri, allowLoopbackHttp: true, clock: () => time });
    const { recheck } = await pool.verify(token(accessClaims()));
    expect(recheck).not.toThrow();
    server.answer = json({ keys: [fresh.jwk] });
    time += 10_000;
    await pool.verify(parseJws(fresh.sign(accessClaims())));
    expect(recheck).toThrow(new AuthError("invalid_token", { reason: "the issuer has withdrawn its key" }));
  });

  it("fetches nothing for a token that is refused without keys", async () => {
    await using server = await startJwksServer(signer.jwk);
    const pool = userPool({ ...remote, jwksUri: server.uri, allowLoopbackHttp: true });
    for (const claims of [{ iss: "https://evil.example" }, { exp: 1 }, { token_use: "id" }, { client_id: "3" }]) {
      await expect(pool.verify(token(accessClaims(claims)))).rejects.toBeInstanceOf(AuthError);
    }
    expect(server.requests).toBe(0);
  });

  it("asks the host of the token's own issuer", async () => {
    const asked: string[] = [];
    const pool = userPool({
      ...remote,
      fetch: async (input) => {
        asked.push(String(input));
        return Response.json(jwks);
      },
    });
    await pool.verify(token(accessClaims({ iss: updatedIssuer })));
    expect(asked).toEqual([`${updatedIssuer}/.well-known/jwks.json`]);
    await pool.ready();
    expect(asked).toEqual([`${updatedIssuer}/.well-known/jwks.json`, `${issuer}/.well-known/jwks.json`]);
  });

  it("is ready when one format of its issuer answers, and not when none does", async () => {
    const reach =
      (host: string): typeof fetch =>
      async (input) => {
        if (!String(input).startsWith(host)) throw new TypeError("fetch failed");
        return Response.json(jwks);
      };
    await expect(userPool({ ...remote, fetch: reach(issuer) }).ready()).resolves.toBeUndefined();
    await expect(userPool({ ...remote, fetch: reach(updatedIssuer) }).ready()).resolves.toBeUndefined();
    await expect(userPool({ ...remote, fetch: reach("nowhere") }).ready()).rejects.toMatchObject({
      code: "keys_unavailable",
      status: 503,
      retryAfter: 10,
    });
  });

  it("stands as the better of its hosts does, since the pool signs in one format", async () => {
    let up: readonly string[] = [];
    let time = now;
    const pool = userPool({
      ...remote,
      clock: () => time,
      fetch: async (input) => {
        if (!up.some((host) => String(input).startsWith(host))) throw new TypeError("fetch failed");
        return Response.json(jwks);
      },
    });
    expect(pool.readiness?.()).toEqual({ state: "not-asked" });
    await expect(pool.verify(token(accessClaims({ iss: updatedIssuer })))).rejects.toBeInstanceOf(AuthError);
    expect(pool.readiness?.()).toMatchObject({ state: "unavailable", code: "keys_unavailable" });
    up = [updatedIssuer];
    await pool.ready();
    expect(pool.readiness?.()).toMatchObject({ state: "ready", answeredAt: new Date(now) });
    up = [];
    time += 600_000;
    await pool.ready();
    await vi.waitFor(() => expect(pool.readiness?.().state).toBe("stale"), 30_000);
    up = [issuer];
    await pool.ready();
    expect(pool.readiness?.()).toMatchObject({ state: "ready", answeredAt: new Date(time) });
  });

  it("allows nobody while the keys cannot be fetched", async () => {
    const pool = userPool({ ...remote, fetch: async () => Response.error() });
    await expect(pool.verify(token(accessClaims()))).rejects.toMatchObject({ code: "keys_unavailable" });
  });
});
