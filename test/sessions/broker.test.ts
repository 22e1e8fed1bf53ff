import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Answer } from "../../src/answer.ts";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { closedGroups, createPrincipal } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { broker } from "../../src/sessions/broker.ts";
import type { BrokerOptions } from "../../src/sessions/broker-options.ts";
import type { ClassicFlow } from "../../src/sessions/classic-flow.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Store } from "../../src/stores/store.ts";
import { type Pools, startPools } from "../../src/testing/pools.ts";
import type { Revocation } from "../../src/tokens/revocation.ts";
import { type UserPool, userPool } from "../../src/tokens/user-pool.ts";
import type { UserPoolIdOptions } from "../../src/tokens/user-pool-options.ts";
import * as fake from "./fake-aws.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const minute = 60_000;
const ada = { name: "ada", groups: ["editors", "staff"], attributes: { "custom:tenant": "acme" } };
const path = "/.well-known/poolgate/credentials";

let pools: Pools;
beforeAll(async () => {
  pools = await startPools({ clock: () => noon });
});
afterAll(() => pools.close());
afterEach(() => {
  vi.useRealTimers();
});

function pool(options: Partial<UserPoolIdOptions> = {}): UserPool<"id"> {
  const { userPoolId, clientId, jwks } = pools;
  const principalTags = { tenant: "custom:tenant" };
  return userPool({ userPoolId, clientId, jwks, tokenUse: "id", principalTags, clock: () => noon, ...options });
}

interface SetUpOptions {
  readonly aws?: Readonly<Record<string, fake.Responder>>;
  readonly store?: Store;
  readonly broker?: Partial<BrokerOptions>;
}

/** A broker in front of a fake AWS, on a clock that the test sets. */
function setUp(options: SetUpOptions = {}) {
  const time = { now: noon };
  const clock = () => time.now;
  const aws = fake.fakeAws(clock, options.aws);
  const store = options.store ?? memoryStore({ clock });
  const sessions = createSessions({ service: "api.example.com", region: "eu-west-1", store, clock });
  const { identityPoolId } = fake;
  const endpoint = broker({ sessions, userPool: pool(), identityPoolId, fetch: aws.fetch, ...options.broker });
  return { time, aws, store, sessions, endpoint };
}

function request(
  authorization?: string,
  changes: Partial<AuthRequest> & { headers?: RequestHeaders } = {},
): AuthRequest {
  const headers = new RequestHeaders(authorization === undefined ? [] : ["Authorization", authorization]);
  return { method: "GET", target: path, wire: true, headers, remoteAddress: "192.0.2.1", ...changes };
}

const bearer = (token: string = pools.idToken(ada)) => request(`Bearer ${token}`);
const bodyOf = (answer: Answer): Record<string, unknown> => JSON.parse(answer.body ?? "");
const codeOf = (answer: Answer) => bodyOf(answer).code;

describe("the broker's answer to a user", () => {
  it.each(["GET", "POST"])("to %s is credentials in the shape that SDKs of AWS read", async (method) => {
    const { endpoint } = setUp();
    const answer = await endpoint.handle({ ...bearer(), method });
    expect(answer.status).toBe(200);
    expect(answer.headers).toEqual({ "content-type": "application/json", "cache-control": "no-store" });
    expect(bodyOf(answer)).toEqual({
      AccessKeyId: fake.accessKeyId,
      SecretAccessKey: fake.secretAccessKey,
      Token: fake.sessionToken,
      Expiration: "2026-01-15T13:00:00Z",
    });
  });

  it("comes with a session of the user of the token, in the role of the credentials", async () => {
    const { endpoint, sessions } = setUp();
    await endpoint.handle(bearer());
    const session = await sessions.find(fake.accessKeyId);
    expect(session).toMatchObject({ mode: "broker", notAfter: noon + 60 * minute });
    expect(session?.principal).toStrictEqual(
      createPrincipal({
        kind: "user",
        id: `user:${pools.userPoolId}:${pools.userId(ada)}`,
        issuer: pools.issuer,
        verifiedBy: "signed-request",
        userId: pools.userId(ada),
        identityId: fake.identityId,
        groups: closedGroups(["editors", "staff"]),
        tags: new Map([["tenant", "acme"]]),
        role: {
          arn: fake.roleArn,
          partition: "aws",
          account: "123456789012",
          name: "ArticleEditor",
          sessionName: "CognitoIdentityCredentials",
        },
        authenticatedAt: new Date(noon),
        expiresAt: new Date(noon + 60 * minute),
      }),
    );
    expect(session?.tokenHash).toMatch(/^[0-9a-f]{64}$/);
    expect(session?.signingKey("20260115")).toBeDefined();
  });

  it("gives a user in no group a session in no group, closed", async () => {
    const { endpoint, sessions } = setUp();
    await endpoint.handle(bearer(pools.idToken({ name: "bob" })));
    expect((await sessions.find(fake.accessKeyId))?.principal.groups).toEqual(closedGroups());
  });

  it("leaves the facts by which the session can be revoked", async () => {
    const { endpoint, store } = setUp();
    await endpoint.handle(bearer(pools.idToken(ada, { claims: { origin_jti: "o1", jti: "j1" } })));
    const [key] = await store.list("");
    const record = JSON.parse(Buffer.from((await store.get(key as string)) ?? []).toString());
    expect(record.token).toEqual({ sub: pools.userId(ada), iat: noon / 1_000, originJti: "o1", jti: "j1" });
  });

  it("needs neither origin_jti nor jti", async () => {
    const { endpoint, store } = setUp();
    const token = pools.idToken(ada, { claims: { origin_jti: undefined, jti: undefined, auth_time: undefined } });
    expect((await endpoint.handle(bearer(token))).status).toBe(200);
    const [key] = await store.list("");
    const record = JSON.parse(Buffer.from((await store.get(key as string)) ?? []).toString());
    expect(record.token).toEqual({ sub: pools.userId(ada), iat: noon / 1_000 });
    expect(record.principal).not.toHaveProperty("authenticatedAt");
  });

  it("asks AWS three times, with the token for the identity pool alone", async () => {
    const { endpoint, aws } = setUp();
    const token = pools.idToken(ada);
    await endpoint.handle(bearer(token));
    expect(aws.operations()).toEqual(["GetId", "GetCredentialsForIdentity", "GetCallerIdentity"]);
    const [id, credentials, sts] = aws.calls;
    const Logins = { [`cognito-idp.eu-west-1.amazonaws.com/${pools.userPoolId}`]: token };
    expect(JSON.parse(id?.body ?? "")).toEqual({ IdentityPoolId: fake.identityPoolId, Logins });
    expect(JSON.parse(credentials?.body ?? "")).toEqual({ IdentityId: fake.identityId, Logins });
    expect(aws.calls.map(({ url }) => url)).toEqual([
      "https://cognito-identity.eu-west-1.amazonaws.com/",
      "https://cognito-identity.eu-west-1.amazonaws.com/",
      "https://sts.eu-west-1.amazonaws.com/",
    ]);
    expect(inspect(sts)).not.toContain(token);
    expect(sts?.headers.get("authorization")).toContain("/eu-west-1/sts/aws4_request");
  });

  it("goes to the region of the identity pool, whichever that of the user pool is", async () => {
    const { endpoint, aws } = setUp({
      broker: { identityPoolId: "us-gov-west-1:00000000-0000-4000-8000-000000000000" },
    });
    await endpoint.handle(bearer());
    expect(aws.calls[0]?.url).toBe("https://cognito-identity.us-gov-west-1.amazonaws.com/");
    expect(aws.calls[2]?.url).toBe("https://sts.us-gov-west-1.amazonaws.com/");
    expect(aws.calls[2]?.headers.get("authorization")).toContain("/us-gov-west-1/sts/aws4_request");
  });

  it.each([
    ["the credentials' end, where that is sooner", 60, 30 * minute + 700, "2026-01-15T12:30:00Z"],
    ["the operator's maximum, where that is sooner", 20, 60 * minute, "2026-01-15T12:20:00Z"],
    ["no later than 60 minutes by default", undefined, 12 * 60 * minute, "2026-01-15T13:00:00Z"],
  ])("ends at %s", async (_, maxSessionMinutes, left, expected) => {
    const { endpoint, sessions } = setUp({
      aws: { GetCredentialsForIdentity: () => fake.credentials((noon + left) / 1_000) },
      broker: maxSessionMinutes === undefined ? {} : { maxSessionMinutes },
    });
    expect(bodyOf(await endpoint.handle(bearer())).Expiration).toBe(expected);
    const session = await sessions.find(fake.accessKeyId);
    expect(session?.notAfter).toBe(Date.parse(expected));
    expect(session?.principal.expiresAt).toEqual(new Date(expected));
  });

  it.each([
    ["19:59", 20 * minute - 1_000, 2],
    ["20:00", 20 * minute, 1],
  ])("exchanges credentials with %s minutes left %s times", async (_, left, times) => {
    let given = 0;
    const GetCredentialsForIdentity = () => {
      given += 1;
      return fake.credentials((noon + (given === 1 ? left : 60 * minute)) / 1_000);
    };
    const { endpoint } = setUp({ aws: { GetCredentialsForIdentity } });
    const answer = await endpoint.handle(bearer());
    expect(given).toBe(times);
    expect(bodyOf(answer).Expiration).toBe(times === 2 ? "2026-01-15T13:00:00Z" : "2026-01-15T12:20:00Z");
  });

  it("is short-lived credentials, where the identity pool has no others", async () => {
    const { endpoint, aws } = setUp({
      aws: { GetCredentialsForIdentity: () => fake.credentials((noon + minute) / 1_000) },
    });
    expect(bodyOf(await endpoint.handle(bearer())).Expiration).toBe("2026-01-15T12:01:00Z");
    expect(aws.operations().filter((name) => name === "GetCredentialsForIdentity")).toHaveLength(2);
  });

  it.each([0, 900, -minute])("is an outage where the credentials end in %d ms", async (left) => {
    const { endpoint, store } = setUp({
      aws: { GetCredentialsForIdentity: () => fake.credentials((noon + left) / 1_000) },
    });
    expect(codeOf(await endpoint.handle(bearer()))).toBe("upstream_unavailable");
    expect(await store.list("")).toEqual([]);
  });
});

describe("what the broker refuses", () => {
  const refusals: readonly [string, () => AuthRequest, number, string, string | undefined][] = [
    ["no credential", () => request(), 401, "no_credentials", "Bearer"],
    ["another scheme", () => request("Basic YTpi"), 401, "unsupported_scheme", "Bearer"],
    ["an empty Authorization", () => request(""), 401, "unsupported_scheme", "Bearer"],
    ["a signature", () => request("AWS4-HMAC-SHA256 Credential=a"), 401, "unsupported_scheme", "Bearer"],
    [
      "the bare token, as SDKs send it without the scheme",
      () => request(pools.idToken(ada)),
      401,
      "unsupported_scheme",
      "Bearer",
    ],
    [
      "a presigned URL",
      () => request(undefined, { target: `${path}?X-Amz-Signature=00` }),
      401,
      "unsupported_scheme",
      "Bearer",
    ],
    [
      "a token in the query",
      () => request(undefined, { target: `${path}?token=${pools.idToken(ada)}` }),
      401,
      "no_credentials",
      "Bearer",
    ],
    [
      "a token and a presigned URL",
      () => request(`Bearer ${pools.idToken(ada)}`, { target: `${path}?x-amz-algorithm=a` }),
      400,
      "ambiguous_credentials",
      undefined,
    ],
    [
      "two tokens",
      () => {
        const value = `Bearer ${pools.idToken(ada)}`;
        return request(undefined, { headers: new RequestHeaders(["authorization", value, "Authorization", value]) });
      },
      400,
      "ambiguous_credentials",
      undefined,
    ],
    [
      "a token with a line end",
      () => request(`Bearer ${pools.idToken(ada)}\n`),
      400,
      "malformed_credentials",
      'Bearer error="invalid_request"',
    ],
    ["no token behind Bearer", () => request("Bearer"), 400, "malformed_credentials", 'Bearer error="invalid_request"'],
    ["no JWT", () => request("Bearer abc"), 401, "invalid_token", 'Bearer error="invalid_token"'],
    ["an access token", () => bearer(pools.accessToken(ada)), 401, "invalid_token", 'Bearer error="invalid_token"'],
    ["a machine's token", () => bearer(pools.machineToken()), 401, "invalid_token", 'Bearer error="invalid_token"'],
    [
      "an expired token",
      () => bearer(pools.idToken(ada, { expiresInSeconds: -1 })),
      401,
      "token_expired",
      'Bearer error="invalid_token"',
    ],
    [
      "a token for another client",
      () => bearer(pools.idToken(ada, { clientId: "another" })),
      401,
      "invalid_token",
      'Bearer error="invalid_token"',
    ],
    [
      "a token of another pool",
      () =>
        bearer(
          pools.idToken(ada, { claims: { iss: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other0001" } }),
        ),
      401,
      "invalid_token",
      'Bearer error="invalid_token"',
    ],
    [
      "a token with another alg",
      () => bearer(pools.idToken(ada, { header: { alg: "HS256" } })),
      401,
      "invalid_token",
      'Bearer error="invalid_token"',
    ],
    [
      "a token without iat",
      () => bearer(pools.idToken(ada, { claims: { iat: undefined } })),
      401,
      "invalid_token",
      'Bearer error="invalid_token"',
    ],
    [
      "a tampered token",
      () =>
        bearer(pools.idToken(ada).replace(/\.([^.]*)$/, (_, signature: string) => `.${signature.slice(0, -6)}AAAAAA`)),
      401,
      "invalid_token",
      'Bearer error="invalid_token"',
    ],
    [
      "a path that two parsers read differently",
      () => request(undefined, { target: `${path}//` }),
      400,
      "target_not_canonical",
      undefined,
    ],
    ["PUT", () => ({ ...bearer(), method: "PUT" }), 405, "method_not_allowed", undefined],
    ["HEAD", () => ({ ...bearer(), method: "HEAD" }), 405, "method_not_allowed", undefined],
    ["OPTIONS", () => ({ ...bearer(), method: "OPTIONS" }), 405, "method_not_allowed", undefined],
    ["get in lower case", () => ({ ...bearer(), method: "get" }), 405, "method_not_allowed", undefined],
  ];

  it.each(refusals)("%s, before it asks AWS", async (_, make, status, code, challenge) => {
    for (const guests of [false, true]) {
      if (guests && code === "no_credentials") continue;
      const { endpoint, aws, store } = setUp({ broker: { guests } });
      const answer = await endpoint.handle(make());
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
      expect(answer.headers["www-authenticate"]).toBe(challenge);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.headers.allow).toBe(status === 405 ? "GET, POST" : undefined);
      expect(aws.calls).toEqual([]);
      expect(await store.list("")).toEqual([]);
    }
  });

  it("a token whose issuer says that it is no user's", async () => {
    const principal = createPrincipal({ kind: "client", id: "client:x", issuer: "x", verifiedBy: "user-pool" });
    const verify = () => ({ principal: principal as never, facts: { issuedAt: 0 }, recheck() {} });
    const { endpoint, aws } = setUp({ broker: { userPool: { ...pool(), verify } } });
    expect(codeOf(await endpoint.handle(bearer()))).toBe("invalid_token");
    expect(aws.calls).toEqual([]);
  });

  it.each([
    [
      "iss",
      () => pools.idToken(ada, { claims: { iss: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other0001" } }),
    ],
    ["alg", () => pools.idToken(ada, { header: { alg: "RS512" } })],
  ])("a token whose %s is not the pool's, before it asks the pool to verify it", async (_, mint) => {
    const verify = vi.fn(pool().verify);
    const { endpoint } = setUp({ broker: { userPool: { ...pool(), verify } } });
    expect(codeOf(await endpoint.handle(bearer(mint())))).toBe("invalid_token");
    expect(verify).not.toHaveBeenCalled();
  });

  it("tells an issuer whose keys cannot be had as an outage", async () => {
    const jwksUri = "https://example.com/jwks.json";
    const failing = pool({ jwks: undefined as never, jwksUri, fetch: () => Promise.reject(new Error("down")) });
    const { endpoint } = setUp({ broker: { userPool: failing } });
    const answer = await endpoint.handle(bearer());
    expect([answer.status, codeOf(answer)]).toEqual([503, "keys_unavailable"]);
    expect(answer.headers["retry-after"]).toBeDefined();
  });

  it("tells a fault that nobody thought of as internal_error", async () => {
    const verify = () => Promise.reject(new Error("bug"));
    const { endpoint } = setUp({ broker: { userPool: { ...pool(), verify } } });
    const answer = await endpoint.handle(bearer());
    expect([answer.status, codeOf(answer)]).toEqual([500, "internal_error"]);
    expect(answer.body).not.toContain("bug");
  });
});

describe("a guest", () => {
  it("gets credentials of a new identity and a session of kind guest, where the option allows it", async () => {
    const { endpoint, aws, sessions } = setUp({ broker: { guests: true } });
    const answer = await endpoint.handle(request());
    expect(bodyOf(answer)).toMatchObject({ AccessKeyId: fake.accessKeyId, Expiration: "2026-01-15T13:00:00Z" });
    expect(JSON.parse(aws.calls[0]?.body ?? "")).toEqual({ IdentityPoolId: fake.identityPoolId });
    expect(JSON.parse(aws.calls[1]?.body ?? "")).toEqual({ IdentityId: fake.identityId });
    const session = await sessions.find(fake.accessKeyId);
    expect(session?.principal).toStrictEqual(
      createPrincipal({
        kind: "guest",
        id: `guest:${fake.identityId}`,
        issuer: fake.identityPoolId,
        verifiedBy: "signed-request",
        identityId: fake.identityId,
        groups: closedGroups(),
        role: {
          arn: fake.roleArn,
          partition: "aws",
          account: "123456789012",
          name: "ArticleEditor",
          sessionName: "CognitoIdentityCredentials",
        },
        expiresAt: new Date(noon + 60 * minute),
      }),
    );
  });

  it("shares no exchange with another guest", async () => {
    const { endpoint, aws } = setUp({ broker: { guests: true } });
    await Promise.all([endpoint.handle(request()), endpoint.handle(request())]);
    expect(aws.operations().filter((name) => name === "GetId")).toHaveLength(2);
  });

  it("is 401 where the identity pool admits none", async () => {
    const { endpoint } = setUp({
      broker: { guests: true },
      aws: { GetId: () => fake.refusal("NotAuthorizedException") },
    });
    const answer = await endpoint.handle(request());
    expect([answer.status, codeOf(answer), answer.headers["www-authenticate"]]).toEqual([
      401,
      "no_credentials",
      "Bearer",
    ]);
  });
});

describe("when AWS or the store fails", () => {
  const outage = () => fake.refusal("InternalErrorException", 500);
  const failures: readonly [string, Readonly<Record<string, fake.Responder>>, number, string][] = [
    ["GetId is down", { GetId: outage }, 503, "upstream_unavailable"],
    ["GetCredentialsForIdentity is down", { GetCredentialsForIdentity: outage }, 503, "upstream_unavailable"],
    [
      "GetCallerIdentity is down",
      { GetCallerIdentity: () => fake.xml("", { status: 500 }) },
      503,
      "upstream_unavailable",
    ],
    ["the pool refuses the token", { GetId: () => fake.refusal("NotAuthorizedException") }, 401, "invalid_token"],
    [
      "the pool is throttled",
      { GetId: () => fake.refusal("TooManyRequestsException", 429) },
      503,
      "upstream_unavailable",
    ],
    ["the pool does not exist", { GetId: () => fake.refusal("ResourceNotFoundException") }, 500, "configuration_error"],
    ["the login is another's", { GetId: () => fake.refusal("ResourceConflictException") }, 403, "access_denied"],
    [
      "a connection fails",
      { GetId: () => Promise.reject(new Error(fake.secretAccessKey)) },
      503,
      "upstream_unavailable",
    ],
    [
      "the credentials are of no role",
      { GetCallerIdentity: () => fake.xml(fake.callerIdentity("arn:aws:iam::123456789012:user/Alice")) },
      503,
      "upstream_unavailable",
    ],
  ];

  it.each(failures)("and %s, no session is opened and nothing secret told", async (_, aws, status, code) => {
    const { endpoint, store } = setUp({ aws });
    const token = pools.idToken(ada);
    const answer = await endpoint.handle(bearer(token));
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(answer.headers["retry-after"] !== undefined).toBe(status === 503);
    for (const secret of [fake.secretAccessKey, fake.sessionToken, token]) {
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
    expect(await store.list("")).toEqual([]);
  });

  it("gives no credentials that the gate could not verify later", async () => {
    const inner = memoryStore({ clock: () => noon });
    const { endpoint } = setUp({ store: { ...inner, set: () => Promise.reject(new Error("down")) } });
    const answer = await endpoint.handle(bearer());
    expect([answer.status, codeOf(answer)]).toEqual([503, "store_unavailable"]);
    expect(answer.body).not.toContain(fake.secretAccessKey);
  });

  it("asks anew after a failure", async () => {
    let failing = true;
    const GetId = () => (failing ? outage() : fake.json({ IdentityId: fake.identityId }));
    const { endpoint } = setUp({ aws: { GetId } });
    expect((await endpoint.handle(bearer())).status).toBe(503);
    failing = false;
    expect((await endpoint.handle(bearer())).status).toBe(200);
  });
});

describe("concurrent calls", () => {
  it("for one token share one exchange and one answer", async () => {
    const { endpoint, aws } = setUp();
    const token = pools.idToken(ada);
    const answers = await Promise.all(Array.from({ length: 10 }, () => endpoint.handle(bearer(token))));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(aws.operations()).toEqual(["GetId", "GetCredentialsForIdentity", "GetCallerIdentity"]);
  });

  it("for two tokens of one user share nothing", async () => {
    const { endpoint, aws } = setUp();
    await Promise.all([endpoint.handle(bearer(pools.idToken(ada))), endpoint.handle(bearer(pools.idToken(ada)))]);
    expect(aws.operations().filter((name) => name === "GetId")).toHaveLength(2);
  });

  it("give each caller the credentials and the session of his own token, in whatever order AWS answers", async () => {
    const subjects: string[] = [];
    const identityOf = (index: number) => `eu-west-1:${String(index).padStart(8, "0")}-2222-4333-8444-555555555555`;
    let given = 0;
    const pause = () => new Promise((resolve) => setTimeout(resolve, (given * 7) % 11));
    const { endpoint, sessions } = setUp({
      aws: {
        async GetId({ body }) {
          const [token] = Object.values(JSON.parse(body).Logins as Record<string, string>);
          const { sub } = JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());
          await pause();
          return fake.json({ IdentityId: identityOf(subjects.indexOf(sub)) });
        },
        async GetCredentialsForIdentity({ body }) {
          const { IdentityId } = JSON.parse(body);
          given += 1;
          const AccessKeyId = `ASIA${IdentityId.slice(10, 18)}${String(given).padStart(8, "0")}`;
          await pause();
          const changes = await fake.credentials(noon / 1_000 + 3_600, { AccessKeyId }).json();
          return fake.json({ ...(changes as object), IdentityId });
        },
      },
    });
    const people = Array.from({ length: 8 }, (_, index) => ({ name: `user${index}`, groups: [`group${index}`] }));
    for (const person of people) subjects.push(pools.userId(person));
    const calls = people.flatMap((person, index) => {
      const shared = pools.idToken(person);
      return [shared, shared, pools.idToken(person)].map(async (token) => {
        const { AccessKeyId } = bodyOf(await endpoint.handle(bearer(token)));
        expect(String(AccessKeyId).slice(4, 12)).toBe(identityOf(index).slice(10, 18));
        expect((await sessions.find(String(AccessKeyId)))?.principal).toMatchObject({
          userId: pools.userId(person),
          identityId: identityOf(index),
          groups: closedGroups([`group${index}`]),
        });
      });
    });
    await Promise.all(calls);
    expect(given).toBe(16);
  });

  it("later ones are exchanged anew: nothing is kept", async () => {
    const { endpoint, aws } = setUp();
    const token = pools.idToken(ada);
    await endpoint.handle(bearer(token));
    await endpoint.handle(bearer(token));
    expect(aws.operations().filter((name) => name === "GetId")).toHaveLength(2);
  });

  it("do not share before each one's token is verified", async () => {
    const { endpoint, aws } = setUp({ aws: { GetId: () => new Promise(() => {}) } });
    const token = pools.idToken(ada);
    vi.useFakeTimers({ now: noon });
    const first = endpoint.handle(bearer(token));
    await vi.advanceTimersByTimeAsync(1);
    expect(codeOf(await endpoint.handle(bearer(`${token.slice(0, -6)}AAAAAA`)))).toBe("invalid_token");
    await vi.advanceTimersByTimeAsync(1_500);
    expect(codeOf(await first)).toBe("upstream_unavailable");
    expect(aws.calls).toHaveLength(1);
  });

  it("are 256 at most", async () => {
    vi.useFakeTimers({ now: noon });
    const { endpoint, aws } = setUp({
      aws: { GetId: () => new Promise(() => {}) },
      broker: { guests: true, limits: { perSourcePerMinute: 6_000 } },
    });
    const all = Array.from({ length: 257 }, () => endpoint.handle(request()));
    const last = await (all[256] as Promise<Answer>);
    expect([last.status, codeOf(last), last.headers["retry-after"]]).toEqual([429, "too_many_requests", "1"]);
    expect(aws.calls).toHaveLength(256);
    // Each call to AWS gives up after 3 seconds, and makes room.
    await vi.advanceTimersByTimeAsync(3_000);
    await Promise.all(all);
    void endpoint.handle(request());
    await vi.advanceTimersByTimeAsync(1);
    expect(aws.calls).toHaveLength(257);
    await vi.advanceTimersByTimeAsync(3_000);
  });
});

describe("a slow AWS", () => {
  it("makes the broker answer 503 within 1.5 seconds, and the next call joins the exchange", async () => {
    vi.useFakeTimers({ now: noon });
    let answerId: (response: Response) => void = () => {};
    const { endpoint, aws } = setUp({
      aws: {
        GetId: () =>
          new Promise((resolve) => {
            answerId = resolve;
          }),
      },
    });
    const token = pools.idToken(ada);
    const seen: Answer[] = [];
    const first = endpoint.handle(bearer(token)).then((answer) => seen.push(answer));
    await vi.advanceTimersByTimeAsync(1_499);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await first;
    expect(seen[0]?.status).toBe(503);
    expect(seen[0]?.headers["retry-after"]).toBe("1");
    expect(codeOf(seen[0] as Answer)).toBe("upstream_unavailable");
    const second = endpoint.handle(bearer(token));
    await vi.advanceTimersByTimeAsync(1);
    answerId(fake.json({ IdentityId: fake.identityId }));
    expect((await second).status).toBe(200);
    expect(aws.operations()).toEqual(["GetId", "GetCredentialsForIdentity", "GetCallerIdentity"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves no rejection unhandled when it fails after everybody went away", async () => {
    vi.useFakeTimers({ now: noon });
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { endpoint } = setUp({ aws: { GetId: () => new Promise(() => {}) } });
    const answer = endpoint.handle(bearer());
    await vi.advanceTimersByTimeAsync(4_000);
    expect((await answer).status).toBe(503);
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("the limits", () => {
  it("for a source are charged before AWS is asked, and end with the minute", async () => {
    const { endpoint, aws, time } = setUp({ broker: { guests: true, limits: { perSourcePerMinute: 2 } } });
    for (const status of [200, 200, 429]) expect((await endpoint.handle(request())).status).toBe(status);
    const refused = await endpoint.handle(bearer());
    expect([refused.status, codeOf(refused), refused.headers["retry-after"]]).toEqual([429, "too_many_requests", "30"]);
    expect(aws.operations().filter((name) => name === "GetId")).toHaveLength(2);
    expect((await endpoint.handle(request(undefined, { remoteAddress: "192.0.2.2" }))).status).toBe(200);
    time.now = noon + 30_000;
    expect((await endpoint.handle(request())).status).toBe(200);
  });

  it("for a user count his tokens together, from whatever source", async () => {
    const { endpoint } = setUp({ broker: { limits: { perUserPerMinute: 2 } } });
    const from = (remoteAddress: string, person = ada) =>
      endpoint.handle({ ...bearer(pools.idToken(person)), remoteAddress });
    expect((await from("192.0.2.1")).status).toBe(200);
    expect((await from("192.0.2.2")).status).toBe(200);
    expect((await from("192.0.2.3")).status).toBe(429);
    expect((await from("192.0.2.3", { ...ada, name: "bob" })).status).toBe(200);
  });

  it("are not charged for calls that join an exchange", async () => {
    const { endpoint } = setUp({ broker: { limits: { perUserPerMinute: 1, perSourcePerMinute: 1 } } });
    const token = pools.idToken(ada);
    const answers = await Promise.all([1, 2, 3].map(() => endpoint.handle(bearer(token))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await endpoint.handle(bearer(token))).status).toBe(429);
  });

  it("are not charged for tokens that are refused", async () => {
    const { endpoint } = setUp({ broker: { limits: { perSourcePerMinute: 1 } } });
    await endpoint.handle(bearer(pools.accessToken(ada)));
    expect((await endpoint.handle(bearer())).status).toBe(200);
  });

  it("are 60 for a source and 20 for a user unless told otherwise", async () => {
    const { endpoint } = setUp({ broker: { guests: true } });
    const statuses: number[] = [];
    for (let index = 0; index < 21; index += 1) statuses.push((await endpoint.handle(bearer())).status);
    expect(statuses.indexOf(429)).toBe(20);
    for (let index = 0; index < 40; index += 1) statuses.push((await endpoint.handle(request())).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(59);
  });

  it("are shared by all addresses of one caller", async () => {
    const { endpoint } = setUp({ broker: { guests: true, limits: { perSourcePerMinute: 1 } } });
    const statusOf = async (remoteAddress: string) =>
      (await endpoint.handle(request(undefined, { remoteAddress }))).status;
    expect(await statusOf("2001:db8::1")).toBe(200);
    expect(await statusOf("2001:db8::ffff:2")).toBe(429);
    expect(await statusOf("2001:db8:0:1::1")).toBe(200);
  });

  it("are shared by all callers whose address is unknown", async () => {
    const { endpoint } = setUp({ broker: { guests: true, limits: { perSourcePerMinute: 1 } } });
    const { remoteAddress: _, ...unknown } = request();
    expect((await endpoint.handle(unknown)).status).toBe(200);
    expect((await endpoint.handle(unknown)).status).toBe(429);
  });
});

describe("broker", () => {
  const options = (): BrokerOptions => {
    const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
    return { sessions, userPool: pool(), identityPoolId: fake.identityPoolId };
  };

  it("answers GET and POST at its well-known path, or at another", () => {
    expect(broker(options())).toMatchObject({ methods: ["GET", "POST"], path });
    expect(broker({ ...options(), path: "/credentials" }).path).toBe("/credentials");
  });

  it("has the sessions take note of the user pool", () => {
    const given = options();
    broker(given);
    broker({ ...given, path: "/again" });
    expect(given.sessions.issuers).toEqual([{ issuer: pools.issuer, declared: false }]);
  });

  it("refuses a second user pool on the same sessions unless both say how their groups are named", () => {
    const given = options();
    const other = (more: object) => pool({ userPoolId: "eu-west-1_Other0001", ...more });
    broker(given);
    expect(() => broker({ ...given, userPool: other({}) })).toThrow(/broker\.userPool: with several issuers/);
    const fresh = options();
    broker({ ...fresh, userPool: pool({ groups: "as-is", tags: "as-is" }) });
    broker({ ...fresh, userPool: other({ groups: { prefix: "b:" }, tags: { prefix: "b:" } }) });
    expect(fresh.sessions.issuers).toHaveLength(2);
  });

  it("refuses faulty options when it is made", () => {
    const make = () => broker({ ...options(), guests: "yes" } as unknown as BrokerOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(expect.objectContaining({ option: "broker.guests" }));
  });
});

describe("a role that the caller asks for", () => {
  const editor = "arn:aws:iam::123456789012:role/ArticleEditor";
  const admin = "arn:aws:iam::123456789012:role/Admin";
  const holder = (roles: unknown = [editor, admin]) => pools.idToken(ada, { claims: { "cognito:roles": roles } });
  const asking = (role: string, token = holder()) => ({ ...bearer(token), target: `${path}?role=${role}` });

  it.each([
    ["any role of the token", true],
    ["a listed role", ["123456789012/ArticleEditor"]],
  ] as const)("is asked for at the identity pool where %s is allowed", async (_, customRoles) => {
    const { endpoint, aws, sessions } = setUp({ broker: { customRoles } });
    expect((await endpoint.handle(asking(editor))).status).toBe(200);
    expect(JSON.parse(aws.calls[1]?.body ?? "").CustomRoleArn).toBe(editor);
    expect((await sessions.find(fake.accessKeyId))?.principal.role?.name).toBe("ArticleEditor");
  });

  const refusals: readonly (readonly [string, Partial<BrokerOptions>, () => AuthRequest, number, string])[] = [
    ["where the option is off", {}, () => asking(editor), 403, "role_not_allowed"],
    ["that is not listed", { customRoles: ["123456789012/Other"] }, () => asking(editor), 403, "role_not_allowed"],
    [
      "that the token does not offer",
      { customRoles: true },
      () => asking(admin, holder([editor])),
      403,
      "role_not_allowed",
    ],
    [
      "with a token without roles",
      { customRoles: true },
      () => asking(editor, pools.idToken(ada)),
      403,
      "role_not_allowed",
    ],
    [
      "as a guest",
      { customRoles: true, guests: true },
      () => request(undefined, { target: `${path}?role=${editor}` }),
      403,
      "role_not_allowed",
    ],
    ["in the classic flow", { classic: { roleArn: admin } }, () => asking(editor), 403, "role_not_allowed"],
    ["by a short name", { customRoles: true }, () => asking("123456789012/ArticleEditor"), 400, "invalid_request"],
    ["and then another", { customRoles: true }, () => asking(`${editor}&role=${admin}`), 400, "invalid_request"],
    [
      "with a token that has expired",
      { customRoles: true },
      () => asking(editor, pools.idToken(ada, { expiresInSeconds: -1 })),
      401,
      "token_expired",
    ],
  ];

  it.each(refusals)("%s is refused before AWS is asked", async (_, changes, make, status, code) => {
    const { endpoint, aws } = setUp({ broker: changes });
    const answer = await endpoint.handle(make());
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(aws.calls).toEqual([]);
  });

  it("gets no session where STS names another one", async () => {
    const { endpoint, store } = setUp({ broker: { customRoles: true } });
    const answer = await endpoint.handle(asking(admin));
    expect([answer.status, codeOf(answer)]).toEqual([503, "upstream_unavailable"]);
    expect(await store.list("")).toEqual([]);
  });

  it("shares no exchange with another role of the same token", async () => {
    const { endpoint, aws } = setUp({ broker: { customRoles: true } });
    const token = holder();
    const [chosen, usual, again] = await Promise.all([
      endpoint.handle(asking(editor, token)),
      endpoint.handle(bearer(token)),
      endpoint.handle(asking(editor, token)),
    ]);
    expect([chosen?.status, usual?.status, again?.status]).toEqual([200, 200, 200]);
    const asked = aws.calls.filter(({ operation }) => operation === "GetCredentialsForIdentity");
    expect(asked.map(({ body }) => JSON.parse(body).CustomRoleArn)).toEqual([editor, undefined]);
  });

  it("shares no exchange with a role of the same name in another account", async () => {
    const { endpoint, aws } = setUp({ broker: { customRoles: true } });
    const elsewhere = editor.replace("123456789012", "999999999999");
    const token = holder([editor, elsewhere]);
    const answers = await Promise.all([editor, elsewhere].map((role) => endpoint.handle(asking(role, token))));
    // STS names the first account.
    expect(answers.map(({ status }) => status)).toEqual([200, 503]);
    expect(aws.operations().filter((name) => name === "GetId")).toHaveLength(2);
  });
});

describe("logins of other providers", () => {
  const logins = ["accounts.google.com"];
  const post = (body: string, authorization?: string): AuthRequest => ({
    ...request(authorization),
    method: "POST",
    headers: new RequestHeaders([
      ...["content-type", "application/json"],
      ...(authorization === undefined ? [] : ["authorization", authorization]),
    ]),
    body: async () => Buffer.from(body),
  });
  const google = '{"logins":{"accounts.google.com":"a.google.token"}}';

  it("go to the identity pool with the user's token, and change nobody's name", async () => {
    const { endpoint, aws, sessions } = setUp({ broker: { logins } });
    const token = pools.idToken(ada);
    expect((await endpoint.handle(post(google, `Bearer ${token}`))).status).toBe(200);
    const own = { [`cognito-idp.eu-west-1.amazonaws.com/${pools.userPoolId}`]: token };
    const [id, credentials] = aws.calls.map(({ body }) => body);
    expect(JSON.parse(id ?? "").Logins).toEqual(own);
    expect(JSON.parse(credentials ?? "").Logins).toEqual({ "accounts.google.com": "a.google.token", ...own });
    expect((await sessions.find(fake.accessKeyId))?.principal).toMatchObject({
      id: `user:${pools.userPoolId}:${pools.userId(ada)}`,
      issuer: pools.issuer,
    });
  });

  it("are not read where none are expected", async () => {
    const { endpoint, aws } = setUp();
    const token = pools.idToken(ada);
    expect((await endpoint.handle(post(google, `Bearer ${token}`))).status).toBe(200);
    expect(Object.keys(JSON.parse(aws.calls[0]?.body ?? "").Logins)).toHaveLength(1);
  });

  it.each<[string, string, number, string]>([
    ["of a provider that is not expected", '{"logins":{"graph.facebook.com":"x"}}', 400, "invalid_request"],
    ["in place of the user pool", `{"logins":{"cognito-idp.eu-west-1.amazonaws.com/x":"x"}}`, 400, "invalid_request"],
    ["beside something else", '{"logins":{},"role":"x"}', 400, "invalid_request"],
  ])("%s are refused before AWS is asked", async (_, body, status, code) => {
    const { endpoint, aws } = setUp({ broker: { logins } });
    const answer = await endpoint.handle(post(body, `Bearer ${pools.idToken(ada)}`));
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(aws.calls).toEqual([]);
  });

  it.each([
    ["with guests", true],
    ["without guests", false],
  ])("are nobody's without the user's token, %s", async (_, guests) => {
    const { endpoint, aws } = setUp({ broker: { logins, guests } });
    const answer = await endpoint.handle(post(google));
    expect([answer.status, codeOf(answer)]).toEqual([401, "no_credentials"]);
    expect(aws.calls).toEqual([]);
  });

  it("share no exchange with the same token without them", async () => {
    const { endpoint, aws } = setUp({ broker: { logins } });
    const authorization = `Bearer ${pools.idToken(ada)}`;
    await Promise.all([
      endpoint.handle(post(google, authorization)),
      endpoint.handle(post("", authorization)),
      endpoint.handle(post(google.replace("a.google", "another"), authorization)),
      endpoint.handle(post(google, authorization)),
    ]);
    expect(aws.operations().filter((name) => name === "GetId")).toHaveLength(3);
  });
});

describe("the classic flow", () => {
  const classic: ClassicFlow = {
    roleArn: "arn:aws:iam::123456789012:role/ArticleEditor",
    sessionName: ({ kind }) => (kind === "user" ? "CognitoIdentityCredentials" : "no"),
    policy: { Version: "2012-10-17", Statement: [] },
  };
  const flow = ["GetId", "GetOpenIdToken", "AssumeRoleWithWebIdentity", "GetCallerIdentity"];

  it("gives credentials of the operator's role for as long as a session may live", async () => {
    const { endpoint, aws, sessions } = setUp({ broker: { classic, maxSessionMinutes: 30 } });
    const answer = await endpoint.handle(bearer());
    expect(bodyOf(answer)).toEqual({
      AccessKeyId: fake.accessKeyId,
      SecretAccessKey: fake.secretAccessKey,
      Token: fake.sessionToken,
      Expiration: "2026-01-15T12:30:00Z",
    });
    expect(aws.operations()).toEqual(flow);
    const asked = new URLSearchParams(aws.calls[2]?.body);
    expect([asked.get("RoleArn"), asked.get("RoleSessionName"), asked.get("DurationSeconds")]).toEqual([
      ...["arn:aws:iam::123456789012:role/ArticleEditor", "CognitoIdentityCredentials", "1800"],
    ]);
    expect(aws.calls[2]?.url).toBe("https://sts.eu-west-1.amazonaws.com/");
    expect((await sessions.find(fake.accessKeyId))?.principal).toMatchObject({
      id: `user:${pools.userPoolId}:${pools.userId(ada)}`,
      identityId: fake.identityId,
      role: { name: "ArticleEditor" },
    });
  });

  it.each<[string, Readonly<Record<string, fake.Responder>>, number, string]>([
    [
      "STS names another session",
      { GetCallerIdentity: () => fake.xml(fake.callerIdentity(fake.roleArn.replace("Cognito", "Other"))) },
      503,
      "upstream_unavailable",
    ],
    [
      "STS names another role",
      { GetCallerIdentity: () => fake.xml(fake.callerIdentity(fake.roleArn.replace("Editor", "Admin"))) },
      503,
      "upstream_unavailable",
    ],
    [
      "the role cannot be assumed",
      { AssumeRoleWithWebIdentity: () => fake.stsRefusal("AccessDenied", 403) },
      500,
      "configuration_error",
    ],
    [
      "the pool allows no classic flow",
      { GetOpenIdToken: () => fake.refusal("InvalidParameterException") },
      500,
      "configuration_error",
    ],
    [
      "STS is down",
      { AssumeRoleWithWebIdentity: () => fake.stsRefusal("InternalFailure", 500) },
      503,
      "upstream_unavailable",
    ],
  ])("opens no session where %s", async (_, aws, status, code) => {
    const { endpoint, store } = setUp({ aws, broker: { classic } });
    const answer = await endpoint.handle(bearer());
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(await store.list("")).toEqual([]);
  });

  it("answers 500 where the operator's session name is none, and tells nothing of the caller", async () => {
    const { endpoint } = setUp({ broker: { classic: { ...classic, sessionName: () => "ada lovelace" } } });
    const answer = await endpoint.handle(bearer());
    expect([answer.status, codeOf(answer)]).toEqual([500, "configuration_error"]);
    expect(answer.body).not.toContain("lovelace");
  });

  it("answers 503 within 1.5 seconds where STS is slow", async () => {
    await import("@aws-sdk/client-sts");
    vi.useFakeTimers({ now: noon, toFake: ["setTimeout", "clearTimeout", "Date"] });
    const { endpoint, aws } = setUp({
      aws: { AssumeRoleWithWebIdentity: () => new Promise(() => {}) },
      broker: { classic },
    });
    const answer = endpoint.handle(bearer());
    await vi.waitFor(() => expect(aws.operations()).toContain("AssumeRoleWithWebIdentity"), 30_000);
    await vi.advanceTimersByTimeAsync(1_500);
    expect([(await answer).status, codeOf(await answer)]).toEqual([503, "upstream_unavailable"]);
    await vi.advanceTimersByTimeAsync(3_000);
  });
});

describe("what has been revoked", () => {
  const token = () => pools.idToken(ada, { claims: { origin_jti: "o1", jti: "j1" } });
  const user = () => `user:${pools.userPoolId}:${pools.userId(ada)}`;

  it.each<[string, () => Revocation]>([
    ["the user", () => ({ user: user(), issuedBefore: new Date(noon + 1) })],
    ["the sign-in", () => ({ originJti: "o1" })],
    ["the token", () => ({ jti: "j1" })],
  ])("refuses a token where it is %s, says no more, and asks AWS nothing", async (_, revocation) => {
    const { endpoint, sessions, aws } = setUp();
    const shown = token();
    await sessions.revocations.revoke(revocation());
    const answer = await endpoint.handle(bearer(shown));
    expect([answer.status, bodyOf(answer).detail]).toEqual([401, "The token is not valid here."]);
    expect(answer.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
    expect(aws.calls).toEqual([]);
  });

  it("goes by when the token was issued, not by when it is shown", async () => {
    const { endpoint, sessions, time } = setUp();
    const shown = token();
    await sessions.revocations.revoke({ user: user(), issuedBefore: new Date(noon + minute) });
    time.now = noon + 2 * minute;
    expect((await endpoint.handle(bearer(shown))).status).toBe(401);
  });

  it("lets the user in with a token that was issued later", async () => {
    const { endpoint, sessions, time } = setUp();
    await sessions.revocations.revoke({ user: user(), issuedBefore: new Date(noon) });
    time.now = noon + 1;
    expect((await endpoint.handle(bearer(token()))).status).toBe(200);
  });

  it.each<[string, Revocation, number, string, number]>([
    ["the role", { role: "123456789012/ArticleEditor" }, 403, "role_not_allowed", 3],
    ["the identity", { identityId: fake.identityId }, 403, "access_denied", 1],
  ])("opens no session where it is %s", async (_, revocation, status, code, calls) => {
    const { endpoint, sessions, aws } = setUp();
    await sessions.revocations.revoke(revocation);
    const answer = await endpoint.handle(bearer());
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(aws.calls).toHaveLength(calls);
    expect(await sessions.find(fake.accessKeyId)).toBeUndefined();
  });

  it("gives nothing while it cannot be known", async () => {
    const store = memoryStore({ clock: () => noon });
    const { endpoint, aws } = setUp({ store: { ...store, list: () => Promise.reject(new Error("down")) } });
    const answer = await endpoint.handle(bearer());
    expect([answer.status, codeOf(answer)]).toEqual([503, "store_unavailable"]);
    expect(aws.calls).toEqual([]);
  });
});

describe("ready", () => {
  it("resolves when keys, store and what the flow needs are there", async () => {
    const { endpoint, aws } = setUp({ broker: { classic: { roleArn: "arn:aws:iam::123456789012:role/Member" } } });
    await endpoint.ready();
    await setUp().endpoint.ready();
    expect(aws.calls).toEqual([]);
  });

  it("rejects while the store cannot be reached", async () => {
    const store = memoryStore({ clock: () => noon });
    const { endpoint } = setUp({ store: { ...store, get: () => Promise.reject(new Error("down")) } });
    await expect(endpoint.ready()).rejects.toMatchObject({ code: "store_unavailable" });
  });

  it("rejects while the keys of the user pool cannot be had", async () => {
    const ready = () => Promise.reject(new AuthError("keys_unavailable"));
    const { endpoint } = setUp({ broker: { userPool: { ...pool(), ready } } });
    await expect(endpoint.ready()).rejects.toMatchObject({ code: "keys_unavailable" });
  });
});

describe("what is kept of an exchange", () => {
  it("holds neither secret access key, session token nor ID token", async () => {
    const { endpoint, store, sessions } = setUp();
    const token = pools.idToken(ada);
    await endpoint.handle(bearer(token));
    const keys = await store.list("");
    expect(keys).toHaveLength(1);
    const stored = Buffer.from((await store.get(keys[0] as string)) ?? []).toString("latin1");
    const kept: readonly unknown[] = [stored, endpoint, sessions, await sessions.find(fake.accessKeyId)];
    const shown = kept.map((value) => inspect(value, { depth: 12, showHidden: true }) + JSON.stringify(value)).join();
    for (const secret of [fake.secretAccessKey, fake.sessionToken, token, token.split(".")[2] as string]) {
      for (const spelling of ["utf8", "base64", "base64url", "hex"] as const) {
        expect(shown).not.toContain(Buffer.from(secret).toString(spelling).slice(0, 40));
      }
    }
  });
});
