import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { parseJws } from "../../src/tokens/jws.ts";
import { liveCheck } from "../../src/tokens/live-check.ts";
import type { LiveCheckOptions } from "../../src/tokens/live-check-options.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import type { UserPoolAccessOptions } from "../../src/tokens/user-pool-options.ts";
import { accessClaims, clientId, createSigner, now, sub, userPoolId } from "./token-fixtures.ts";

const signer = createSigner("one");
const access = { userPoolId, clientId, tokenUse: "access", jwks: { keys: [signer.jwk] }, clock: () => now } as const;
const headers = { "content-type": "application/x-amz-json-1.1" };

/** A pool that asks, what it asked where, and the answer that it gets. */
function setUp(live: LiveCheckOptions = {}, options: Partial<UserPoolAccessOptions> = {}) {
  const calls: string[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    calls.push(String(input));
    return new Response(JSON.stringify({ Username: "ada", UserAttributes: [{ Name: "sub", Value: sub }] }), {
      headers,
    });
  };
  return { calls, pool: userPool({ ...access, fetch, liveCheck: liveCheck(live), ...options }) };
}

async function confirm({ pool }: ReturnType<typeof setUp>, claims = accessClaims()): Promise<boolean> {
  const raw = signer.sign(claims);
  const verified = await pool.verify(parseJws(raw));
  await verified.confirm?.(raw);
  return verified.confirm !== undefined;
}

describe("userPool with liveCheck", () => {
  it("asks in the region of the pool", async () => {
    const set = setUp();
    expect(await confirm(set)).toBe(true);
    expect(set.calls).toEqual(["https://cognito-idp.eu-west-1.amazonaws.com/"]);
  });

  it("asks where it is told", async () => {
    const elsewhere = setUp({ endpoint: "https://vpce-1.example.com/" });
    await confirm(elsewhere);
    const local = setUp({ endpoint: "http://127.0.0.1:1/" }, { allowLoopbackHttp: true });
    await confirm(local);
    expect([...elsewhere.calls, ...local.calls]).toEqual(["https://vpce-1.example.com/", "http://127.0.0.1:1/"]);
  });

  it("asks nobody without it", async () => {
    const { pool } = setUp();
    expect(await confirm({ pool: userPool(access), calls: [] })).toBe(false);
    expect(pool).not.toHaveProperty("confirm");
  });

  it("asks about the tokens of one user a tenth as often as it may, so that he locks out nobody else", async () => {
    const set = setUp({ callsPerSecond: 11 });
    const fresh = (jti: string) => confirm(set, accessClaims({ jti }));
    expect([await fresh("1"), await fresh("2")]).toEqual([true, true]);
    await expect(fresh("3")).rejects.toMatchObject({ code: "upstream_unavailable", retryAfter: 1 });
    expect(set.calls).toHaveLength(2);
  });

  it("believes no answer about another user", async () => {
    const set = setUp();
    await expect(confirm(set, accessClaims({ sub: "somebody-else" }))).rejects.toMatchObject({
      code: "upstream_unavailable",
    });
  });

  it("goes by the name of the token's user where the app client may not read sub", async () => {
    const answering = (Username: string) => async () =>
      new Response(JSON.stringify({ Username, UserAttributes: [] }), { headers });
    expect(await confirm(setUp({}, { fetch: answering("ada") }))).toBe(true);
    await expect(confirm(setUp({}, { fetch: answering("eve") }))).rejects.toMatchObject({
      code: "upstream_unavailable",
    });
  });

  it("uses the global fetch, and the options' own defaults, by default", () => {
    expect(() => userPool({ ...access, liveCheck: liveCheck() })).not.toThrow();
  });

  it("lets pools share it, each with verdicts and calls of its own", async () => {
    const shared = liveCheck({ callsPerSecond: 1 });
    const [one, other] = [setUp({}, { liveCheck: shared }), setUp({}, { liveCheck: shared })];
    expect([await confirm(one), await confirm(other), await confirm(one), await confirm(other)]).toEqual(
      Array(4).fill(true),
    );
    expect([one.calls, other.calls].map(({ length }) => length)).toEqual([1, 1]);
  });

  it.each(["", "openid articles/read", "aws.cognito.signin.user.admin2"])(
    "refuses a token with the scopes %j, and says which one it lacks",
    async (scope) => {
      const set = setUp({}, { scopes: { prefix: "one:" } });
      const refused = confirm(set, accessClaims({ scope }));
      await expect(refused).rejects.toThrow(AuthError);
      await expect(refused).rejects.toMatchObject({
        code: "insufficient_scope",
        status: 403,
        options: { scope: ["aws.cognito.signin.user.admin"], reason: "the live check needs it" },
      });
      expect(set.calls).toEqual([]);
    },
  );

  it("finds the scope whatever it is called in the policy", async () => {
    expect(await confirm(setUp({}, { scopes: { map: {} } }))).toBe(true);
  });

  const machine = accessClaims({ sub: clientId, username: undefined, scope: "aws.cognito.signin.user.admin" });

  it("refuses the tokens of app clients, which have no user", async () => {
    for (const set of [setUp(), setUp({ machineTokens: "refuse" })]) {
      await expect(confirm(set, machine)).rejects.toMatchObject({ code: "invalid_token" });
    }
  });

  it("accepts them unchecked where that is said, and checks users all the same", async () => {
    const set = setUp({ machineTokens: "unchecked" });
    expect(await confirm(set, machine)).toBe(false);
    expect(set.calls).toEqual([]);
    expect(await confirm(set)).toBe(true);
    expect(set.calls).toHaveLength(1);
  });

  it.each([undefined, null, true, {}, { maxAgeSeconds: 60 }, liveCheck])("refuses %j in its place", (value) => {
    const make = () => userPool({ ...access, liveCheck: value } as unknown as UserPoolAccessOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(
      'userPool.liveCheck: import { liveCheck } from "poolgate" and write liveCheck({ ... }); leave it out for no check',
    );
  });

  it("asks over http only where the pool allows it", () => {
    const local = liveCheck({ endpoint: "http://127.0.0.1:1/" });
    const make = () => userPool({ ...access, liveCheck: local });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow("userPool.liveCheck.endpoint: http to this machine needs allowLoopbackHttp: true");
    expect(() => userPool({ ...access, liveCheck: local, allowLoopbackHttp: true })).not.toThrow();
  });

  it("is refused with ID tokens", () => {
    expect(() => userPool({ ...access, tokenUse: "id", liveCheck: liveCheck() as never })).toThrow(
      "userPool.liveCheck: Cognito cannot be asked about ID tokens; take access tokens",
    );
  });
});

describe("liveCheck", () => {
  it.each<[string, unknown]>([
    ["liveCheck", null],
    ["liveCheck", true],
    ["liveCheck.maxAge", { maxAge: 60 }],
    ["liveCheck.maxAgeSeconds", { maxAgeSeconds: 0 }],
    ["liveCheck.maxAgeSeconds", { maxAgeSeconds: 3_601 }],
    ["liveCheck.maxAgeSeconds", { maxAgeSeconds: "60" }],
    ["liveCheck.maxStaleSeconds", { maxStaleSeconds: 59 }],
    ["liveCheck.maxStaleSeconds", { maxStaleSeconds: 86_401 }],
    ["liveCheck.timeoutSeconds", { timeoutSeconds: 0 }],
    ["liveCheck.timeoutSeconds", { timeoutSeconds: 31 }],
    ["liveCheck.callsPerSecond", { callsPerSecond: 0 }],
    ["liveCheck.callsPerSecond", { callsPerSecond: 10_001 }],
    ["liveCheck.entries", { entries: 0 }],
    ["liveCheck.entries", { entries: 1_000_001 }],
    ["liveCheck.machineTokens", { machineTokens: true }],
    ["liveCheck.endpoint", { endpoint: null }],
    ["liveCheck.endpoint", { endpoint: "cognito-idp.eu-west-1.amazonaws.com" }],
    ["liveCheck.endpoint", { endpoint: "http://cognito-idp.eu-west-1.amazonaws.com/" }],
  ])("refuses %s: %j", (option, options) => {
    const make = () => liveCheck(options as LiveCheckOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(new RegExp(`^${option.replace(".", "\\.")}: `));
  });
});
