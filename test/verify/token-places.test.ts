import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { AuthError } from "../../src/errors.ts";
import { anyone, group } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { alb } from "../../src/tokens/alb.ts";
import { cookieToken } from "../../src/tokens/cookie-token.ts";
import { createRevocations } from "../../src/tokens/create-revocations.ts";
import type { TokenIssuer } from "../../src/tokens/token-issuer.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { type BearerOptions, bearer } from "../../src/verify/bearer.ts";
import { albHeader, albKey, albToken, common, header, otherArn, userInfo } from "../tokens/alb-fixtures.ts";
import { accessClaims, clientId, createSigner, now, sub, userPoolId } from "../tokens/token-fixtures.ts";

const signer = createSigner("one");
const clock = () => now;
const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks: { keys: [signer.jwk] }, clock });
const balancer = alb(common);
const replacing = alb({ ...common, replaces: true });
const poolToken = signer.sign(accessClaims());
const ada = `user:${userPoolId}:${sub}`;
const ownOrigin = ["Origin", "https://app.example.com"];

const request = (...headers: readonly string[]): AuthRequest => ({
  method: "GET",
  target: "/",
  wire: true,
  headers: new RequestHeaders(headers),
});
const stated = (token: string = albToken()) => ["X-Amzn-Oidc-Data", token];
const shown = (token: string = poolToken) => ["Authorization", `Bearer ${token}`];
const gateOf = (...issuers: [TokenIssuer, ...TokenIssuer[]]) => bearer({ issuers, clock });
const both = gateOf(balancer, access);
const beside = gateOf(replacing, access);
const outcome = (gate: typeof both, ...headers: readonly string[]) =>
  gate.verify(request(...headers)).then(
    ({ principal }) => [principal.verifiedBy, principal.id],
    (thrown: AuthError) => thrown.code,
  );

describe("bearer with a load balancer", () => {
  it("finds each token in its own place, without being told", async () => {
    expect(await outcome(both, ...stated())).toEqual(["alb", ada]);
    expect(await outcome(both, ...shown())).toEqual(["user-pool", ada]);
    expect(both.detects(request(...stated("")))).toBe(true);
    expect(both.detects(request())).toBe(false);
    expect(await outcome(both)).toBe("no_credentials");
    expect(await outcome(gateOf(balancer))).toBe("no_credentials");
  });

  it("is judged for each request, since more than the token decides", () => {
    expect(both.perRequest).toBe(true);
    expect(gateOf(access)).not.toHaveProperty("perRequest");
  });

  const bare = albKey.forge(userInfo(), albHeader());
  it("takes no token from the place of another, not even one that was just accepted in its own", async () => {
    for (const gate of [both, beside]) {
      expect(await outcome(gate, ...stated(bare))).toEqual(["alb", ada]);
      expect(await outcome(gate, ...shown())).toEqual(["user-pool", ada]);
      expect(await outcome(gate, ...shown(bare))).toBe("invalid_token");
      expect(await outcome(gate, ...stated(poolToken))).toBe("invalid_token");
    }
  });

  it("takes no token of a load balancer from a cookie or a function", async () => {
    const cookie = cookieToken({ name: "token", origins: [] });
    const elsewhere = bearer({
      issuers: [balancer, access],
      token: [cookie, ({ headers }) => headers.get("x-token")],
      clock,
    });
    expect(await outcome(elsewhere, ...stated(bare))).toEqual(["alb", ada]);
    expect(await outcome(elsewhere, "Cookie", `token=${bare}`)).toBe("invalid_token");
    expect(await outcome(elsewhere, "X-Token", bare)).toBe("invalid_token");
    expect(await outcome(elsewhere, "X-Token", poolToken)).toEqual(["user-pool", ada]);
    expect(await outcome(elsewhere, ...stated(bare), "Cookie", `token=${poolToken}`)).toBe("ambiguous_credentials");
  });

  it.each<readonly [string, readonly string[]]>([
    ["twice", [...stated(), ...stated()]],
    ["twice in one header", stated(`${albToken()},${albToken()}`)],
    ["beside a pool token", [...stated(), ...shown()]],
    ["beside a pool token that is bad", [...stated(), ...shown("bad")]],
    ["beside another scheme", [...stated(), "Authorization", "Basic eDp5"]],
    ["beside an empty Authorization", [...stated(), "Authorization", ""]],
  ])("refuses a token %s", async (_, headers) => {
    expect(await outcome(both, ...headers)).toBe("ambiguous_credentials");
  });

  it.each(["Bearer x", "Basic eDp5"])("refuses %s beside it where there is no other issuer", async (authorization) => {
    const alone = gateOf(balancer);
    expect(alone.detects(request("Authorization", authorization))).toBe(false);
    expect(await outcome(alone, ...stated(), "Authorization", authorization)).toBe("ambiguous_credentials");
  });

  it("reads no other header of the load balancer", async () => {
    const others = ["X-Amzn-Oidc-Accesstoken", poolToken, "X-Amzn-Oidc-Identity", sub];
    expect(both.detects(request(...others))).toBe(false);
    const strange = ["X-Amzn-Oidc-Accesstoken", "x", "X-Amzn-Oidc-Identity", "eve"];
    expect(await outcome(both, ...stated(), ...strange)).toEqual(["alb", ada]);
  });

  it.each<readonly [string, Partial<AuthRequest>, readonly string[], boolean]>([
    ["a read from anywhere", {}, ["Origin", "https://evil.example"], true],
    ["a change from a page of ours", { method: "POST" }, ownOrigin, true],
    ["a change from another page", { method: "POST" }, ["Origin", "https://evil.example"], false],
    ["a change from nowhere", { method: "DELETE" }, [], false],
    ["a change from two pages", { method: "PUT" }, [...ownOrigin, ...ownOrigin], false],
    ["a WebSocket from another page", {}, ["Upgrade", "websocket", "Origin", "https://evil.example"], false],
    ["a WebSocket from a page of ours", {}, ["Upgrade", "websocket", ...ownOrigin], true],
  ])("judges %s by the cookie behind the token", async (_, members, headers, accepted) => {
    const verification = both.verify({ ...request(...stated(), ...headers), ...members });
    if (accepted) await expect(verification).resolves.toBeDefined();
    else await expect(verification).rejects.toEqual(new AuthError("origin_not_accepted"));
  });
});

describe("a token beside that of a load balancer which replaces it", () => {
  it("is verified too, and what the load balancer states stands", async () => {
    expect(await outcome(beside, ...stated(), ...shown())).toEqual(["alb", ada]);
    expect(await outcome(beside, ...stated())).toEqual(["alb", ada]);
    expect(await outcome(beside, ...shown())).toEqual(["user-pool", ada]);
  });

  it("lends the caller none of its groups", async () => {
    const policy = definePolicy({ routes: { "GET /": group("editors") } });
    const authorizer = createAuthorizer({ verifiers: [beside], policy });
    expect((await authorizer.authorize(request(...shown()))).allowed).toBe(true);
    expect((await authorizer.authorize(request(...stated(), ...shown()))).allowed).toBe(false);
  });

  const stale = signer.sign(accessClaims({ exp: now / 1000 - 1 }));
  it.each<readonly [string, readonly string[], string]>([
    [
      "a forged statement beside a good token",
      [...stated(albToken({}, { signer: otherArn })), ...shown()],
      "invalid_token",
    ],
    ["an empty statement beside a good token", [...stated(""), ...shown()], "invalid_token"],
    [
      "a forged token beside a good statement",
      [...stated(), ...shown(`${poolToken.slice(0, -4)}${poolToken.endsWith("AAAA") ? "BAAA" : "AAAA"}`)],
      "invalid_token",
    ],
    ["an expired token beside a good statement", [...stated(), ...shown(stale)], "token_expired"],
    ["a malformed one beside a good statement", [...stated(), "Authorization", "Bearer"], "malformed_credentials"],
    ["the statement in both places", [...stated(), ...shown(albKey.forge(userInfo(), albHeader()))], "invalid_token"],
    [
      "a good token of somebody else",
      [...stated(), ...shown(signer.sign(accessClaims({ sub: "eve" })))],
      "ambiguous_credentials",
    ],
    ["another scheme", [...stated(), "Authorization", "Basic eDp5"], "ambiguous_credentials"],
    ["two of them", [...stated(), ...shown(), ...shown()], "ambiguous_credentials"],
    ["two statements", [...stated(), ...stated(), ...shown()], "ambiguous_credentials"],
  ])("is refused together with it: %s", async (_, headers, code) => {
    expect(await outcome(beside, ...headers)).toBe(code);
  });

  it("does not open a gate that accepts anyone when it is bad", async () => {
    const policy = definePolicy({ routes: { "GET /": anyone } });
    const authorizer = createAuthorizer({ verifiers: [beside], policy });
    for (const headers of [
      [...stated("bad"), ...shown()],
      [...stated(), ...shown("bad")],
    ]) {
      expect(await authorizer.authorize(request(...headers))).toMatchObject({
        allowed: false,
        error: { status: 401 },
      });
    }
  });

  it("is refused once either is revoked", async () => {
    const revocations = createRevocations({ store: memoryStore({ clock }), audience: "api.example.com", clock });
    const gate = bearer({ issuers: [replacing, access], revocations, clock });
    expect(await outcome(gate, ...stated(), ...shown())).toEqual(["alb", ada]);
    await revocations.revoke({ jti: String(accessClaims().jti) });
    expect(await outcome(gate, ...stated())).toEqual(["alb", ada]);
    expect(await outcome(gate, ...stated(), ...shown())).toBe("invalid_token");
    await revocations.revoke({ user: ada });
    expect(await outcome(gate, ...stated())).toBe("invalid_token");
  });
});

describe("bearer with issuers in places of their own", () => {
  const refused = (options: BearerOptions) => {
    try {
      bearer(options);
    } catch (thrown) {
      return String(thrown);
    }
    return undefined;
  };
  const another = alb({ ...common, issuer: "https://login.example.com", tags: "as-is" });
  const place = { header: "x-token", origins: [], replaces: false, parse: () => raise() };

  it("takes several in one place, each for its issuer", async () => {
    const gate = gateOf(balancer, another);
    expect(await outcome(gate, ...stated())).toEqual(["alb", ada]);
    const token = albToken({}, { iss: "https://login.example.com" });
    expect(await outcome(gate, ...stated(token))).toEqual(["alb", `user:https://login.example.com#${sub}`]);
  });

  it("refuses a request with tokens in two such places", async () => {
    const elsewhere: TokenIssuer = { ...another, place };
    const gate = gateOf(balancer, elsewhere);
    expect(await outcome(gate, ...stated(), "X-Token", "x")).toBe("ambiguous_credentials");
    expect(await outcome(gate, "X-Token", "x")).toBe("invalid_token");
    expect(await outcome(gate, ...stated())).toEqual(["alb", ada]);
  });

  it.each<readonly [string, BearerOptions, RegExp]>([
    ["the same issuer twice in one place", { issuers: [balancer, alb(common)] }, /two issuers take the same tokens/],
    [
      "several origins in one place",
      { issuers: [balancer, alb({ ...common, issuer: "https://a.example", origins: [] })] },
      /must have the same origins/,
    ],
    [
      "replaces in one of them",
      { issuers: [access, balancer, { ...replacing, issuers: ["https://a.example"] }] },
      /replaces in all of them or in none/,
    ],
    [
      "replaces without another issuer",
      { issuers: [replacing] },
      /^ConfigurationError: bearer\.issuers: one replaces the tokens/,
    ],
    [
      "a place for tokens of no issuer",
      { issuers: [balancer], token: "header" },
      /^ConfigurationError: bearer\.token: leave it out/,
    ],
  ])("refuses %s", (_, options, message) => {
    expect(refused(options)).toMatch(message);
  });

  it("takes origins in any order for the same", () => {
    const [one, two] = ["https://a.example", "https://b.example"] as const;
    const first = alb({ ...common, origins: [one, two] });
    const second = alb({ ...common, issuer: "https://login.example.com", origins: [two, one] });
    expect(refused({ issuers: [first, second] })).toBeUndefined();
  });

  it("tells how the keys of each stand", async () => {
    await both.ready?.();
    expect(both.readiness?.()).toMatchObject([{ source: "keys" }, { source: "keys", tokenUse: "access" }]);
  });

  it("reads the header whose name it has in lower case", () => {
    expect(header).toBe(balancer.place?.header);
  });
});

function raise(): never {
  throw new AuthError("invalid_token");
}
