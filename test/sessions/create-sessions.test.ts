import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { closedGroups, createPrincipal, openGroups, type Principal } from "../../src/principal.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import type { Sealing } from "../../src/sessions/seal.ts";
import type { SessionInit } from "../../src/sessions/session.ts";
import type { SessionsOptions } from "../../src/sessions/session-options.ts";
import { deriveSigningKey } from "../../src/sigv4/signing-key.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Store } from "../../src/stores/store.ts";
import type { Revocation } from "../../src/tokens/revocation.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const hour = 3_600_000;
const accessKeyId = "ASIAEXAMPLE000000001";
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const sessionToken = "FwoGZXIvYXdzEXAMPLE//////////wEaDExampleSessionToken==";

const ada = createPrincipal({
  kind: "user",
  id: "user:eu-west-1_Example01:ada",
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
  verifiedBy: "signed-request",
  userId: "ada",
  groups: closedGroups(["editors"]),
});

/** Sessions on a clock that the test sets, and the store under them with its calls counted. */
function setUp(options: Partial<SessionsOptions> = {}) {
  const time = { now: noon };
  const clock = () => time.now;
  const inner = memoryStore({ clock });
  const calls = { get: 0, set: 0, delete: 0 };
  const store: Store = {
    ...inner,
    get: (key) => {
      calls.get += 1;
      return inner.get(key);
    },
    set: (key, value, expiresAt) => {
      calls.set += 1;
      return inner.set(key, value, expiresAt);
    },
    delete: (key) => {
      calls.delete += 1;
      return inner.delete(key);
    },
  };
  const sessions = createSessions({ service: "api.example.com", region: "eu-west-1", store, clock, ...options });
  return { time, calls, inner, store, sessions };
}

/** A store whose `get` answers when the test says so. */
function slowStore() {
  const inner = memoryStore({ clock: () => noon });
  const waiting: { resolve: (bytes: Uint8Array | undefined) => void; reject: (error: Error) => void }[] = [];
  const store: Store = {
    ...inner,
    get: () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
  };
  return { inner, store, waiting };
}

const init = (changes: Record<string, unknown> = {}): SessionInit =>
  ({ accessKeyId, secretAccessKey, principal: ada, notAfter: new Date(noon + hour), ...changes }) as SessionInit;

const outcome = (work: unknown) =>
  Promise.resolve(work).then(
    () => expect.fail("it should have been refused"),
    (thrown: unknown) => thrown,
  );

afterEach(() => {
  vi.useRealTimers();
});

describe("sessions.open and sessions.find", () => {
  it("finds a session by its access key id, with the principal and the keys of its days", async () => {
    const { sessions } = setUp();
    await sessions.open(init());
    const session = await sessions.find(accessKeyId);
    expect(session).toMatchObject({ accessKeyId, mode: "opened", notAfter: noon + hour, principal: ada });
    const expected = deriveSigningKey(secretAccessKey, "20260115", "eu-west-1", "api.example.com");
    expect(session?.signingKey("20260115")?.export()).toEqual(expected);
    expect(session?.signingKey("20260114")).toBeUndefined();
    expect(session?.signingKey("20260116")).toBeUndefined();
    expect(session).not.toHaveProperty("tokenHash");
  });

  it("makes the key object of a day once", async () => {
    const { sessions } = setUp();
    await sessions.open(init());
    const first = (await sessions.find(accessKeyId))?.signingKey("20260115");
    expect((await sessions.find(accessKeyId))?.signingKey("20260115")).toBe(first);
    expect(first?.type).toBe("secret");
  });

  it("gives back every member of a principal exactly, frozen, and apart from the one that was handed in", async () => {
    const { sessions } = setUp();
    const names = new Set(["editors", "__proto__", "a,b", "\ud800"]);
    const principal = createPrincipal({
      kind: "user",
      id: "user:eu-west-1_Example01:ada",
      issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
      verifiedBy: "signed-request",
      userId: "ada",
      identityId: "eu-west-1:00000000-0000-4000-8000-000000000001",
      groups: { names, closed: true },
      scopes: new Set(["articles/read"]),
      tags: new Map([
        ["tenant", "acme"],
        ["empty", ""],
        ["__proto__", "x"],
      ]),
      role: {
        arn: "arn:aws:sts::123456789012:assumed-role/ArticleEditor/CognitoIdentityCredentials",
        partition: "aws",
        account: "123456789012",
        name: "ArticleEditor",
        sessionName: "CognitoIdentityCredentials",
      },
      claims: JSON.parse('{"nested":{"list":[1,"two",null,{"__proto__":true}]},"__proto__":{"admin":true},"n":-1.5}'),
      authenticatedAt: new Date(noon - 1),
      expiresAt: new Date(noon + hour),
    });
    await sessions.open(init({ principal, mode: "broker" }));
    names.add("admins");
    const session = await sessions.find(accessKeyId);
    const found = session?.principal as Principal;
    expect(session?.mode).toBe("broker");
    expect(found).toStrictEqual({ ...principal, groups: closedGroups(["editors", "__proto__", "a,b", "\ud800"]) });
    expect(Object.getPrototypeOf(found.claims)).toBeNull();
    for (const part of [session, found, found.groups, found.role, found.claims, found.claims.nested]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it("gives back a principal with nothing but what it must have", async () => {
    const { sessions } = setUp();
    const principal = createPrincipal({ kind: "guest", id: "guest:x", issuer: "x", verifiedBy: "signed-request" });
    await sessions.open(init({ principal }));
    const found = (await sessions.find(accessKeyId))?.principal;
    expect(found).toStrictEqual(principal);
    expect(Object.keys(found ?? {}).toSorted()).toEqual(Object.keys(principal).toSorted());
  });

  it("keeps open groups open, and a role without a session name without one", async () => {
    const { sessions } = setUp();
    const role = { arn: "arn:aws:iam::123456789012:role/R", partition: "aws", account: "123456789012", name: "R" };
    const principal = createPrincipal({
      ...({
        kind: "role",
        id: "role:123456789012/R",
        issuer: "123456789012",
        verifiedBy: "signed-request",
        role,
      } as const),
      groups: openGroups(["editors"]),
    });
    await sessions.open(init({ principal }));
    expect((await sessions.find(accessKeyId))?.principal).toStrictEqual(principal);
  });

  it("ends a session at notAfter to the millisecond, cached or not", async () => {
    const { sessions, time, calls } = setUp({ cacheSeconds: 300 });
    await sessions.open(init({ notAfter: new Date(noon + 10_000) }));
    time.now = noon + 9_999;
    expect(await sessions.find(accessKeyId)).toBeDefined();
    time.now = noon + 10_000;
    expect(await sessions.find(accessKeyId)).toBeUndefined();
    expect(calls.get).toBe(1);
  });

  it("ends a session at notAfter even where the store still has it", async () => {
    const inner = memoryStore({ clock: () => noon });
    const { sessions, time } = setUp({ store: inner });
    await sessions.open(init({ notAfter: new Date(noon + 10_000) }));
    time.now = noon + 10_000;
    expect(await sessions.find(accessKeyId)).toBeUndefined();
  });

  it("finds no session while the clock tells no time", async () => {
    const { sessions, inner, time } = setUp();
    await sessions.open(init());
    expect(await sessions.find(accessKeyId)).toBeDefined();
    // The store still has it: it goes by another clock.
    const { sessions: lost } = setUp({ store: inner, clock: () => Number.NaN });
    expect(await lost.find(accessKeyId)).toBeUndefined();
    time.now = Number.NaN;
    expect(await sessions.find(accessKeyId)).toBeUndefined();
  });

  it("replaces a session with the same access key id at once", async () => {
    const { sessions } = setUp();
    await sessions.open(init());
    await sessions.find(accessKeyId);
    const bob = createPrincipal({ ...ada, id: "user:eu-west-1_Example01:bob", userId: "bob" });
    await sessions.open(init({ principal: bob }));
    expect((await sessions.find(accessKeyId))?.principal.userId).toBe("bob");
  });

  it("finds nothing under another access key id, audience, region or service", async () => {
    const { sessions, store, time } = setUp();
    const clock = () => time.now;
    await sessions.open(init());
    expect(await sessions.find("ASIAEXAMPLE000000002")).toBeUndefined();
    expect(await sessions.find(accessKeyId.toLowerCase())).toBeUndefined();
    for (const other of [
      { service: "api.example.com", region: "eu-west-1", audience: "staging" },
      { service: "api.example.com", region: "eu-west-2" },
      { service: "b.example.com", region: "eu-west-1", audience: "api.example.com" },
    ]) {
      expect(await createSessions({ ...other, store, clock }).find(accessKeyId)).toBeUndefined();
    }
    const same = createSessions({ service: "api.example.com", region: "eu-west-1", store, clock });
    expect(await same.find(accessKeyId)).toBeDefined();
  });

  it.each(["", "short", "a".repeat(129), "ASIAEXAMPLE/00000001", "ASIAEXAMPLE000000001\n", "../../../../../../a"])(
    "asks no store for what is no access key id: %j",
    async (id) => {
      const { sessions, calls } = setUp();
      expect(await sessions.find(id)).toBeUndefined();
      expect(calls.get).toBe(0);
    },
  );
});

describe("what sessions.open refuses", () => {
  const refusals: readonly [string, Record<string, unknown>, string][] = [
    ["an access key id that is missing", { accessKeyId: undefined }, "sessions.open.accessKeyId"],
    ["an unknown mode", { mode: "enrolled" }, "sessions.open"],
    ["a principal that is missing", { principal: undefined }, "sessions.open"],
    ["an anonymous principal", { principal: createPrincipal({ ...ada, kind: "anonymous" }) }, "sessions.open"],
    ["a principal without an id", { principal: { ...ada, id: "" } }, "sessions.open"],
    ["a principal without an issuer", { principal: { ...ada, issuer: undefined } }, "sessions.open"],
    ["a principal without verifiedBy", { principal: { ...ada, verifiedBy: undefined } }, "sessions.open"],
    ["a principal with an unknown member", { principal: { ...ada, admin: true } }, "sessions.open"],
    ["groups that are a list", { principal: { ...ada, groups: ["editors"] } }, "sessions.open"],
    ["group names that are a list", { principal: { ...ada, groups: { names: ["a"], closed: true } } }, "sessions.open"],
    ["group names that are numbers", { principal: { ...ada, groups: closedGroups([1 as never]) } }, "sessions.open"],
    ["groups neither open nor closed", { principal: { ...ada, groups: { names: new Set() } } }, "sessions.open"],
    ["scopes that are a string", { principal: { ...ada, scopes: "a b" } }, "sessions.open"],
    ["tags that are an object", { principal: { ...ada, tags: { tenant: "acme" } } }, "sessions.open"],
    ["a tag that is a number", { principal: { ...ada, tags: new Map([["tenant", 1]]) } }, "sessions.open"],
    ["a role that is a string", { principal: { ...ada, role: "R" } }, "sessions.open"],
    [
      "a role without an ARN",
      { principal: { ...ada, role: { partition: "aws", account: "1", name: "R" } } },
      "sessions.open",
    ],
    ["claims with NaN", { principal: { ...ada, claims: { a: Number.NaN } } }, "sessions.open"],
    ["claims with undefined", { principal: { ...ada, claims: { a: { b: undefined } } } }, "sessions.open"],
    ["claims with a function", { principal: { ...ada, claims: { a: () => 1 } } }, "sessions.open"],
    ["claims with a bigint", { principal: { ...ada, claims: { a: 1n } } }, "sessions.open"],
    ["claims of 64 KiB", { principal: { ...ada, claims: { a: "x".repeat(65_536) } } }, "sessions.open"],
    ["an expiry that is no time", { principal: { ...ada, expiresAt: new Date(Number.NaN) } }, "sessions.open"],
    ["an expiry that is a number", { principal: { ...ada, expiresAt: noon } }, "sessions.open"],
    ["token facts without sub", { token: { iat: 1 } }, "sessions.open"],
    ["token facts without iat", { token: { sub: "ada" } }, "sessions.open"],
    ["token facts with a fraction in iat", { token: { sub: "ada", iat: 1.5 } }, "sessions.open"],
    ["token facts with an unknown member", { token: { sub: "ada", iat: 1, raw: "x" } }, "sessions.open"],
    ["token facts with a jti that is no string", { token: { sub: "ada", iat: 1, jti: 7 } }, "sessions.open"],
    ["token facts that are null", { token: null }, "sessions.open"],
    ["a misspelled member", { secretAcessKey: "x" }, "sessions.open.secretAcessKey"],
  ];

  it.each(refusals)("%s", async (_, changes, option) => {
    const { sessions, calls } = setUp();
    const thrown = await outcome(sessions.open(init(changes)));
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown).toMatchObject({ option });
    expect(calls.set).toBe(0);
  });

  it("no object at all", async () => {
    const { sessions } = setUp();
    const nothing: unknown = undefined;
    expect(await outcome(sessions.open(nothing as SessionInit))).toBeInstanceOf(ConfigurationError);
  });

  it("shows no value of what it refuses", async () => {
    const { sessions } = setUp();
    const secrets = { secretAccessKey: `${secretAccessKey} `, sessionToken: `${sessionToken} ` };
    for (const changes of [{ secretAccessKey: secrets.secretAccessKey }, { sessionToken: secrets.sessionToken }]) {
      const thrown = await outcome(sessions.open(init(changes)));
      const shown = inspect(thrown, { depth: 9, showHidden: true }) + JSON.stringify(thrown) + String(thrown);
      expect(shown).not.toContain(secretAccessKey);
      expect(shown).not.toContain(sessionToken);
    }
  });

  it("takes a session of exactly 12 hours, and a longer one where maxSessionHours allows it", async () => {
    await setUp().sessions.open(init({ notAfter: new Date(noon + 12 * hour) }));
    const { sessions } = setUp({ maxSessionHours: 168 });
    await sessions.open(init({ notAfter: new Date(noon + 168 * hour) }));
    const thrown = await outcome(sessions.open(init({ notAfter: new Date(noon + 168 * hour + 1) })));
    expect(thrown).toMatchObject({ message: expect.stringContaining("at most 168 hours ahead") });
  });
});

describe("what is stored", () => {
  it("holds neither the secret access key nor the session token, in no spelling", async () => {
    const { sessions, inner } = setUp();
    await sessions.open(init({ sessionToken, token: { sub: "ada", originJti: "o", jti: "j", iat: 1_768_478_400 } }));
    const keys = await inner.list("");
    expect(keys).toEqual([`poolgate/1/session/api.example.com/eu-west-1/api.example.com/${accessKeyId}`]);
    const stored = Buffer.from((await inner.get(keys[0] as string)) as Uint8Array);
    const session = await sessions.find(accessKeyId);
    const everything = [
      stored.toString("latin1"),
      inspect(session, { depth: 9, showHidden: true }),
      JSON.stringify(session),
    ];
    for (const secret of [secretAccessKey, sessionToken]) {
      for (const spelling of ["utf8", "base64", "base64url", "hex"] as const) {
        for (const text of everything) expect(text).not.toContain(Buffer.from(secret).toString(spelling).slice(0, 40));
      }
    }
    const signingKey = deriveSigningKey(secretAccessKey, "20260115", "eu-west-1", "api.example.com");
    for (const text of everything.slice(1)) expect(text).not.toContain(signingKey.toString("base64url"));
  });

  it("holds the facts of the token by which it can be revoked", async () => {
    const { sessions, inner } = setUp();
    await sessions.open(init({ token: { sub: "ada", originJti: "o", jti: "j", iat: 1_768_478_400 } }));
    const [key] = await inner.list("");
    const record: unknown = JSON.parse(Buffer.from((await inner.get(key as string)) as Uint8Array).toString());
    expect(record).toMatchObject({ token: { sub: "ada", originJti: "o", jti: "j", iat: 1_768_478_400 } });
  });

  it("ends in the store with the session", async () => {
    const { sessions, inner, time } = setUp();
    await sessions.open(init());
    time.now = noon + hour;
    expect(await inner.list("")).toEqual([]);
  });
});

describe("sessions.close", () => {
  it("ends a session at this node at once", async () => {
    const { sessions } = setUp();
    await sessions.open(init());
    await sessions.find(accessKeyId);
    await sessions.close(accessKeyId);
    expect(await sessions.find(accessKeyId)).toBeUndefined();
  });

  it("finds no fault with an id that is unknown", async () => {
    await expect(setUp().sessions.close(accessKeyId)).resolves.toBeUndefined();
  });

  it.each([undefined, null, {}, "", `${accessKeyId} `, `${accessKeyId}\n`])(
    "refuses %j, which can be no session, so that nobody takes it for closed",
    async (id) => {
      const { sessions, calls } = setUp();
      const thrown = await outcome(sessions.close(id as string));
      expect(thrown).toBeInstanceOf(ConfigurationError);
      expect(thrown).toMatchObject({ option: "sessions.close" });
      expect(calls.delete).toBe(0);
    },
  );

  it("is seen by another node of the same store after cacheSeconds at most", async () => {
    const { sessions, store, time } = setUp();
    const other = createSessions({ service: "api.example.com", region: "eu-west-1", store, clock: () => time.now });
    await sessions.open(init());
    await other.find(accessKeyId);
    await sessions.close(accessKeyId);
    time.now = noon + 59_999;
    expect(await other.find(accessKeyId)).toBeDefined();
    time.now = noon + 60_000;
    expect(await other.find(accessKeyId)).toBeUndefined();
  });

  it("is not undone by a look-up that was under way", async () => {
    const { inner, store, waiting } = slowStore();
    const { sessions } = setUp({ store });
    await sessions.open(init());
    const record = await inner.get((await inner.list(""))[0] as string);
    const early = sessions.find(accessKeyId);
    await vi.waitFor(() => expect(waiting).toHaveLength(1), 30_000);
    await sessions.close(accessKeyId);
    waiting[0]?.resolve(record);
    await early;
    const late = sessions.find(accessKeyId);
    await vi.waitFor(() => expect(waiting).toHaveLength(2), 30_000);
    waiting[1]?.resolve(undefined);
    expect(await late).toBeUndefined();
  });

  it("rejects where the store cannot delete, and trusts its own copy no more", async () => {
    const { inner } = setUp();
    const { sessions } = setUp({ store: { ...inner, delete: () => Promise.reject(new Error("down")) } });
    await sessions.open(init());
    const before = await sessions.find(accessKeyId);
    expect(await outcome(sessions.close(accessKeyId))).toMatchObject({ code: "store_unavailable" });
    expect(await sessions.find(accessKeyId)).not.toBe(before);
  });
});

describe("the cache in front of the store", () => {
  it("asks the store once in cacheSeconds", async () => {
    const { sessions, calls, time } = setUp({ cacheSeconds: 10 });
    await sessions.open(init());
    const first = await sessions.find(accessKeyId);
    time.now = noon + 9_999;
    expect(await sessions.find(accessKeyId)).toBe(first);
    expect(calls.get).toBe(1);
    time.now = noon + 10_000;
    await sessions.find(accessKeyId);
    expect(calls.get).toBe(2);
  });

  it("asks the store each time where cacheSeconds is 0", async () => {
    const { sessions, calls } = setUp({ cacheSeconds: 0 });
    await sessions.open(init());
    await sessions.find(accessKeyId);
    await sessions.find(accessKeyId);
    expect(calls.get).toBe(2);
  });

  it("serves no session again that it knows to be closed, however the clock is set", async () => {
    const { sessions, store, time } = setUp();
    const other = createSessions({ service: "api.example.com", region: "eu-west-1", store, clock: () => time.now });
    await sessions.open(init());
    expect(await sessions.find(accessKeyId)).toBeDefined();
    time.now = noon - 10_000;
    await other.close(accessKeyId);
    expect(await sessions.find(accessKeyId)).toBeUndefined();
    time.now = noon + 1;
    expect(await sessions.find(accessKeyId)).toBeUndefined();
  });

  it("keeps cacheEntries sessions", async () => {
    const { sessions, calls } = setUp({ cacheEntries: 2 });
    const ids = ["ASIAEXAMPLE000000001", "ASIAEXAMPLE000000002", "ASIAEXAMPLE000000003"];
    for (const id of ids) await sessions.open(init({ accessKeyId: id }));
    for (const id of ids) await sessions.find(id);
    await sessions.find(ids[2] as string);
    await sessions.find(ids[1] as string);
    expect(calls.get).toBe(3);
    await sessions.find(ids[0] as string);
    expect(calls.get).toBe(4);
  });

  it("believes for one second that an id is unknown", async () => {
    const { sessions, calls, time, store } = setUp();
    const other = createSessions({ service: "api.example.com", region: "eu-west-1", store, clock: () => time.now });
    expect(await sessions.find(accessKeyId)).toBeUndefined();
    await other.open(init());
    time.now = noon + 999;
    expect(await sessions.find(accessKeyId)).toBeUndefined();
    expect(calls.get).toBe(1);
    time.now = noon + 1_000;
    expect(await sessions.find(accessKeyId)).toBeDefined();
  });

  it("forgets that an id is unknown when it is opened here", async () => {
    const { sessions } = setUp();
    expect(await sessions.find(accessKeyId)).toBeUndefined();
    await sessions.open(init());
    expect(await sessions.find(accessKeyId)).toBeDefined();
  });

  it("lets no look-up that was under way hide a session that was opened meanwhile", async () => {
    const { inner, store, waiting } = slowStore();
    const { sessions } = setUp({ store });
    const early = sessions.find(accessKeyId);
    await vi.waitFor(() => expect(waiting).toHaveLength(1), 30_000);
    await sessions.open(init());
    waiting[0]?.resolve(undefined);
    expect(await early).toBeUndefined();
    const late = sessions.find(accessKeyId);
    await vi.waitFor(() => expect(waiting).toHaveLength(2), 30_000);
    waiting[1]?.resolve(await inner.get((await inner.list(""))[0] as string));
    expect(await late).toBeDefined();
  });

  it("gives every concurrent look-up the same outage, and asks anew afterwards", async () => {
    const { store, waiting } = slowStore();
    const { sessions } = setUp({ store });
    const both = [outcome(sessions.find(accessKeyId)), outcome(sessions.find(accessKeyId))];
    await vi.waitFor(() => expect(waiting).toHaveLength(1), 30_000);
    waiting[0]?.reject(new Error("down"));
    for (const thrown of await Promise.all(both)) expect(thrown).toMatchObject({ code: "store_unavailable" });
    const again = sessions.find(accessKeyId);
    await vi.waitFor(() => expect(waiting).toHaveLength(2), 30_000);
    waiting[1]?.resolve(undefined);
    expect(await again).toBeUndefined();
  });
});

describe("a store that cannot tell", () => {
  const failing = (thrown: unknown): Store => {
    const fail = () => Promise.reject(thrown);
    return { local: true, get: fail, set: fail, add: fail, delete: fail, list: fail };
  };

  it.each(["open", "close", "find", "ready"] as const)("makes %s reject with store_unavailable", async (name) => {
    const { sessions } = setUp({ store: failing(new Error("down")) });
    const work = { open: () => sessions.open(init()), close: () => sessions.close(accessKeyId) };
    const call = { ...work, find: () => sessions.find(accessKeyId), ready: () => sessions.ready() }[name];
    const thrown = await outcome(call());
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown).toMatchObject({ code: "store_unavailable", status: 503, retryAfter: 5 });
  });

  it("may throw at once as well", async () => {
    const get = () => {
      throw new Error("down");
    };
    const { sessions } = setUp({ store: { ...failing(0), get } });
    expect(await outcome(sessions.find(accessKeyId))).toMatchObject({ code: "store_unavailable" });
  });

  it("is waited for a second", async () => {
    vi.useFakeTimers({ now: noon });
    const { sessions } = setUp({ store: { ...failing(0), get: () => new Promise(() => {}) } });
    const seen: unknown[] = [];
    const settled = outcome(sessions.find(accessKeyId)).then((thrown) => seen.push(thrown));
    await vi.advanceTimersByTimeAsync(999);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await settled;
    expect(seen).toMatchObject([{ code: "store_unavailable" }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves no rejection unhandled when it fails after everybody went away", async () => {
    vi.useFakeTimers({ now: noon });
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const fail: ((fault: Error) => void)[] = [];
    const hang = () => new Promise<never>((_, reject) => fail.push(reject));
    const { inner } = setUp();
    const { sessions } = setUp({ store: { ...inner, get: hang, set: hang, delete: hang } });
    const { find, open, close, ready } = sessions;
    const work = [find(accessKeyId), find(accessKeyId), open(init()), close(accessKeyId), ready()];
    const settled = Promise.allSettled(work);
    await vi.advanceTimersByTimeAsync(1_000);
    for (const { status } of await settled) expect(status).toBe("rejected");
    for (const reject of fail) reject(new Error("late"));
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", unhandled);
    expect(fail).toHaveLength(4);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("is told of by readiness, the list of revocations apart, until it answers again", async () => {
    const { inner } = setUp();
    const faults = { get: true, list: false };
    const ask = <T>(name: keyof typeof faults, question: () => Promise<T>) =>
      faults[name] ? Promise.reject(new Error("down")) : question();
    const { sessions, time } = setUp({
      store: {
        ...inner,
        get: (key) => ask("get", () => inner.get(key)),
        list: (prefix) => ask("list", () => inner.list(prefix)),
      },
    });
    const states = () => sessions.readiness().map(({ source, state, code }) => [source, state, code]);
    expect(sessions.readiness()).toEqual([
      { source: "sessions", state: "not-asked" },
      { source: "revocations", state: "not-asked" },
    ]);
    await expect(sessions.ready()).rejects.toMatchObject({ code: "store_unavailable" });
    expect(states()).toEqual([
      ["sessions", "unavailable", "store_unavailable"],
      ["revocations", "ready", undefined],
    ]);
    faults.get = false;
    time.now += 60_000;
    faults.list = true;
    await expect(sessions.ready()).rejects.toMatchObject({ code: "store_unavailable" });
    expect(sessions.readiness()).toMatchObject([
      { source: "sessions", state: "ready", answeredAt: new Date(noon + 60_000) },
      { source: "revocations", state: "unavailable", answeredAt: new Date(noon) },
    ]);
    faults.list = false;
    await sessions.ready();
    expect(states()).toEqual([
      ["sessions", "ready", undefined],
      ["revocations", "ready", undefined],
    ]);
    faults.get = true;
    await outcome(sessions.find(accessKeyId));
    expect(sessions.readiness()[0]).toEqual({
      ...{ source: "sessions", state: "unavailable", code: "store_unavailable" },
      ...{ answeredAt: new Date(noon + 60_000), failedAt: new Date(noon + 60_000) },
    });
  });

  it("leaves sessions that were looked up lately usable", async () => {
    const { inner } = setUp();
    let down = false;
    const get = (key: string) => (down ? Promise.reject(new Error("down")) : inner.get(key));
    const { sessions, time } = setUp({ store: { ...inner, get } });
    await sessions.open(init());
    await sessions.find(accessKeyId);
    down = true;
    time.now = noon + 59_999;
    expect(await sessions.find(accessKeyId)).toBeDefined();
    time.now = noon + 60_000;
    expect(await outcome(sessions.find(accessKeyId))).toMatchObject({ code: "store_unavailable" });
  });

  it("shows nothing of the command that failed", async () => {
    const fault = Object.assign(new Error(`SET ${secretAccessKey}`, { cause: new Error(secretAccessKey) }), {
      code: "ECONNRESET",
      command: { args: [secretAccessKey] },
    });
    const { sessions } = setUp({ store: failing(fault) });
    const thrown = await outcome(sessions.open(init()));
    const shown = inspect(thrown, { depth: 9, showHidden: true }) + JSON.stringify(thrown);
    expect(shown).not.toContain(secretAccessKey);
    expect(shown).toContain("ECONNRESET");
  });

  it.each([
    ["bytes that are no UTF-8", () => Uint8Array.of(0xff)],
    ["text that is no JSON", () => new TextEncoder().encode(`{"secret":"${secretAccessKey}"`)],
    ["nothing", () => new Uint8Array()],
  ])("is one that holds %s, which is neither a session nor none", async (_, bytes) => {
    const { inner } = setUp();
    const { sessions } = setUp({ store: { ...inner, get: async () => bytes() } });
    const thrown = await outcome(sessions.find(accessKeyId));
    expect(thrown).toMatchObject({ code: "store_unavailable" });
    expect(inspect(thrown, { depth: 9 })).not.toContain(secretAccessKey);
  });
});

describe("sessions.trust", () => {
  const first = { issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01", declared: false };
  const second = { issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example02", declared: true };

  it("collects issuers, each once", () => {
    const { sessions } = setUp();
    expect(sessions.issuers).toEqual([]);
    sessions.trust(first, "broker.userPool");
    sessions.trust({ ...first }, "broker.userPool");
    expect(sessions.issuers).toEqual([first]);
    sessions.trust({ ...first, declared: true }, "broker.userPool");
    expect(sessions.issuers).toEqual([first, { ...first, declared: true }]);
  });

  it("takes several issuers where each says how its groups, scopes and tags are named", () => {
    const { sessions } = setUp();
    sessions.trust({ ...first, declared: true }, "broker.userPool");
    sessions.trust(second, "broker.userPool");
    expect(sessions.issuers).toHaveLength(2);
  });

  it.each([
    ["the first", first, second],
    ["the second", second, first],
  ])("refuses a second issuer where %s is silent, and keeps what it had", (_, one, other) => {
    const { sessions } = setUp();
    sessions.trust(one, "broker.userPool");
    expect(() => sessions.trust(other, "enrollment.idToken")).toThrow(ConfigurationError);
    expect(() => sessions.trust(other, "enrollment.idToken")).toThrow(/^enrollment\.idToken: /);
    expect(() => sessions.trust(other, "broker.userPool")).toThrow(
      /write groups, scopes and tags as "as-is", \{ prefix \} or \{ map \}/,
    );
    expect(sessions.issuers).toEqual([one]);
  });
});

describe("createSessions", () => {
  it("says what callers sign for, and by which clock it goes", () => {
    const clock = () => noon;
    const sessions = createSessions({ service: "api.example.com", region: "eu-west-1", clock, skewSeconds: 60 });
    expect(sessions).toMatchObject({ service: "api.example.com", region: "eu-west-1", clock, skewSeconds: 60 });
    expect(createSessions({ service: "a.b", region: "local" })).toMatchObject({ skewSeconds: 300, clock: Date.now });
  });

  it("brings a memory store on the same clock", async () => {
    const sessions = createSessions({ service: "api.example.com", region: "eu-west-1", clock: () => noon });
    await sessions.open(init());
    expect(await sessions.find(accessKeyId)).toBeDefined();
    await expect(sessions.ready()).resolves.toBeUndefined();
  });

  it("refuses faulty options", () => {
    expect(() => createSessions({ service: "api", region: "eu-west-1" })).toThrow(ConfigurationError);
  });
});

describe("revocations", () => {
  const facts = { sub: "ada", originJti: "sign-in", jti: "token", iat: noon / 1_000 - 30 };
  const role = {
    arn: "arn:aws:sts::123456789012:assumed-role/ArticleEditor/CognitoIdentityCredentials",
    partition: "aws",
    account: "123456789012",
    name: "ArticleEditor",
  };
  const principal = createPrincipal({ ...ada, role, identityId: "eu-west-1:1" });
  const brokered = () => init({ principal, mode: "broker", token: facts, enrolledBy: "ASIAEXAMPLE000000009" });

  it.each<[string, Revocation]>([
    ["itself", { accessKeyId }],
    ["what enrolled it", { accessKeyId: "ASIAEXAMPLE000000009" }],
    ["its user", { user: ada.id }],
    ["its role", { role: "123456789012/ArticleEditor" }],
    ["its sign-in", { originJti: "sign-in" }],
    ["its token", { jti: "token" }],
    ["its identity", { identityId: "eu-west-1:1" }],
  ])("end a session by %s, here at once and at other nodes after revocationSeconds", async (_, revocation) => {
    const { sessions, store, time } = setUp({ cacheSeconds: 300 });
    const options = { service: "api.example.com", region: "eu-west-1", store, clock: () => time.now };
    const other = createSessions({ ...options, cacheSeconds: 300, revocationSeconds: 10 });
    await sessions.open(brokered());
    expect(await sessions.find(accessKeyId)).toBeDefined();
    expect(await other.find(accessKeyId)).toBeDefined();
    await sessions.revocations.revoke(revocation);
    expect(sessions.find(accessKeyId)).toBeUndefined();
    time.now = noon + 4_999;
    expect(other.find(accessKeyId)).toBeDefined();
    time.now = noon + 10_000;
    expect(await other.find(accessKeyId)).toBeUndefined();
  });

  it("leave other sessions alone", async () => {
    const { sessions } = setUp();
    await sessions.open(brokered());
    await sessions.revocations.revoke({ user: "user:eu-west-1_Example01:bob" });
    await sessions.revocations.revoke({ role: "123456789012/Reader" });
    expect(await sessions.find(accessKeyId)).toBeDefined();
  });

  it("end sessions of a user that were opened before, and of tokens issued before, not those of a new sign-in", async () => {
    const { sessions, time } = setUp();
    await sessions.open(init());
    await sessions.revocations.revoke({ user: ada.id });
    time.now = noon + 1_000;
    expect(await sessions.find(accessKeyId)).toBeUndefined();
    await sessions.open(init({ token: facts }));
    expect(await sessions.find(accessKeyId)).toBeUndefined();
    await sessions.open(init({ token: { ...facts, iat: noon / 1_000 + 1 } }));
    expect(await sessions.find(accessKeyId)).toBeDefined();
    await sessions.open(init());
    expect(await sessions.find(accessKeyId)).toBeDefined();
  });

  it("are not taken for permission to open: a revoked session opens, and is found nowhere", async () => {
    const { sessions } = setUp();
    await sessions.revocations.revoke({ role: "123456789012/ArticleEditor" });
    await sessions.open(brokered());
    expect(await sessions.find(accessKeyId)).toBeUndefined();
  });

  it("are remembered as long as sessions may live, at least as long as tokens may", async () => {
    for (const [maxSessionHours, remembered] of [
      [12, 25],
      [168, 168],
    ] as const) {
      const { sessions, inner, time } = setUp({ maxSessionHours });
      await sessions.revocations.revoke({ jti: "token" });
      time.now = noon + remembered * hour - 1;
      expect(await inner.list("poolgate/1/revoked/")).toHaveLength(1);
      time.now = noon + remembered * hour;
      expect(await inner.list("poolgate/1/revoked/")).toEqual([]);
    }
  });

  it("let a session be found without a promise while the list is fresh", async () => {
    const { sessions, time } = setUp();
    await sessions.open(init());
    await sessions.find(accessKeyId);
    await sessions.revocations.revoke({ jti: "another" });
    time.now = noon + 59_999;
    expect(sessions.find(accessKeyId)).toMatchObject({ accessKeyId });
  });

  it("that cannot be known any more are an outage, also for a session that is known", async () => {
    const { inner } = setUp();
    let down = false;
    const list = (prefix: string) => (down ? Promise.reject(new Error("down")) : inner.list(prefix));
    const { sessions, time } = setUp({ store: { ...inner, list }, cacheSeconds: 300, revocationSeconds: 20 });
    await sessions.open(init());
    await sessions.find(accessKeyId);
    down = true;
    time.now = noon + 19_999;
    expect(await sessions.find(accessKeyId)).toBeDefined();
    time.now = noon + 20_000;
    expect(await outcome(sessions.find(accessKeyId))).toMatchObject({ code: "store_unavailable", status: 503 });
    expect(await outcome(sessions.ready())).toMatchObject({ code: "store_unavailable" });
    down = false;
    expect(await sessions.find(accessKeyId)).toBeDefined();
  });

  it("are not asked for where there is no session", async () => {
    const { inner } = setUp();
    const { sessions } = setUp({ store: { ...inner, list: () => Promise.reject(new Error("down")) } });
    expect(await sessions.find(accessKeyId)).toBeUndefined();
  });
});

describe("sessions that are enrolled with the same credentials", () => {
  const proven = "ASIAEXAMPLE000000009";
  const enrolled = (id: string, changes = {}) =>
    init({ accessKeyId: id, mode: "virtual", enrolledBy: proven, ...changes });
  const [first, second] = ["pg-example-session-1", "pg-example-session-2"] as const;

  it("follow each other: the one before ends here at once, and nothing is left of it", async () => {
    const { sessions, inner } = setUp();
    await sessions.open(enrolled(first));
    expect(await sessions.find(first)).toMatchObject({ accessKeyId: first, mode: "virtual" });
    await sessions.open(enrolled(second));
    expect(await sessions.find(first)).toBeUndefined();
    expect(await sessions.find(second)).toBeDefined();
    expect(await inner.list("poolgate/1/session/")).toHaveLength(1);
  });

  it("follow each other at other nodes after cacheSeconds", async () => {
    const { sessions, store, time } = setUp();
    const other = createSessions({ service: "api.example.com", region: "eu-west-1", store, clock: () => time.now });
    await sessions.open(enrolled(first));
    await other.find(first);
    await sessions.open(enrolled(second));
    time.now = noon + 60_000;
    expect(await other.find(first)).toBeUndefined();
    expect(await other.find(second)).toBeDefined();
  });

  it("leave one live when several nodes open them at once, whatever the order of what they write", async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `pg-example-session-${index}`);
    for (let round = 0; round < 40; round += 1) {
      const { inner, time } = setUp();
      let seed = round + 1;
      const slowly = <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) => {
        return async (...args: Args) => {
          seed = (seed * 48_271) % 2_147_483_647;
          for (let turns = seed % 7; turns > 0; turns -= 1) await null;
          return await call(...args);
        };
      };
      const store: Store = { ...inner, get: slowly(inner.get), set: slowly(inner.set), delete: slowly(inner.delete) };
      const options = { service: "api.example.com", region: "eu-west-1", store, clock: () => time.now };
      await Promise.all(ids.map((id) => createSessions(options).open(enrolled(id))));
      const fresh = createSessions(options);
      const live = (await Promise.all(ids.map((id) => fresh.find(id)))).filter((session) => session !== undefined);
      expect(live).toHaveLength(1);
    }
  });

  it("may have the access key id of the credentials, as derived ones do, and be renewed", async () => {
    const { sessions } = setUp();
    await sessions.open(enrolled(proven, { mode: "derived" }));
    await sessions.open(enrolled(proven, { mode: "derived", notAfter: new Date(noon + 2 * hour) }));
    expect(await sessions.find(proven)).toMatchObject({ mode: "derived", notAfter: noon + 2 * hour });
    await sessions.open(enrolled(first));
    expect(await sessions.find(proven)).toBeUndefined();
    expect(await sessions.find(first)).toBeDefined();
  });

  it("are found as soon as they are opened, also by who looked for them while they were", async () => {
    const { inner, time } = setUp();
    const seen: unknown[] = [];
    const { sessions } = setUp({
      clock: () => time.now,
      store: {
        ...inner,
        async set(key, value, expiresAt) {
          // The record stands there, and nothing says yet that it is the last.
          if (key.includes("/enrolled/")) seen.push(await sessions.find(proven));
          await inner.set(key, value, expiresAt);
        },
      },
    });
    await sessions.open(enrolled(first));
    await sessions.open(enrolled(proven, { mode: "derived" }));
    expect(seen).toEqual([undefined, undefined]);
    expect(await sessions.find(proven)).toMatchObject({ mode: "derived" });
  });

  it("do not come back when the last of them is closed or over", async () => {
    const { sessions, inner, time } = setUp();
    await sessions.open(enrolled(first, { notAfter: new Date(noon + 2 * hour) }));
    const [key] = await inner.list("poolgate/1/session/");
    const record = (await inner.get(key as string)) as Uint8Array;
    await sessions.open(enrolled(second));
    await sessions.close(second);
    await inner.set(key as string, record, noon + 2 * hour);
    expect(await sessions.find(first)).toBeUndefined();
    time.now = noon + hour + 1;
    expect(await sessions.find(first)).toBeUndefined();
  });

  it("are apart from those of other credentials, and from sessions that were not enrolled", async () => {
    const { sessions } = setUp();
    await sessions.open(init());
    await sessions.open(enrolled(first));
    await sessions.open(enrolled(second, { enrolledBy: "ASIAEXAMPLE000000008" }));
    for (const id of [accessKeyId, first, second]) expect(await sessions.find(id)).toBeDefined();
  });

  it.each(["", "short", "ASIAEXAMPLE/00000009", 7, null])("are refused with credentials %j", async (enrolledBy) => {
    const { sessions, calls } = setUp();
    const thrown = await outcome(sessions.open(init({ enrolledBy })));
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(calls.set).toBe(0);
  });

  it("are an outage where it cannot be told which was the last", async () => {
    const { inner } = setUp();
    const get = (key: string) => (key.includes("/enrolled/") ? Promise.reject(new Error("down")) : inner.get(key));
    await setUp({ store: inner }).sessions.open(enrolled(first));
    const { sessions } = setUp({ store: { ...inner, get } });
    const thrown = await outcome(sessions.find(first));
    expect(thrown).toMatchObject({ code: "store_unavailable", message: expect.not.stringContaining("cannot be read") });
    expect(await outcome(sessions.open(enrolled(second)))).toMatchObject({ code: "store_unavailable" });
  });
});

describe("a store that others can reach", () => {
  const keyOf = (id: string, first: number) => ({ id, key: Uint8Array.from({ length: 32 }, (_, at) => first + at) });
  const sealing = { current: keyOf("2026-01", 1) };

  /** A store that does not say that it is local, and two nodes that share it. */
  function shared() {
    const time = { now: noon };
    const clock = () => time.now;
    const { local, ...store } = memoryStore({ clock });
    const options = { service: "api.example.com", region: "eu-west-1", store, clock };
    const node = (changes: Partial<SessionsOptions> = {}) => createSessions({ ...options, sealing, ...changes });
    return { time, store, options, node };
  }

  const placeOf = (id: string) => `poolgate/1/session/api.example.com/eu-west-1/api.example.com/${id}`;
  const unreadable = {
    code: "store_unavailable",
    message: expect.stringContaining("the record of the session cannot be read"),
  };

  it("is not used without a key", () => {
    const { options } = shared();
    expect(() => createSessions(options)).toThrow(
      expect.objectContaining({ code: "missing_option", option: "createSessions.sealing" }),
    );
  });

  it("holds nothing of a session but its access key id and its end, and every node with the key finds it", async () => {
    const { node, store } = shared();
    await node().open(init({ sessionToken, enrolledBy: "ASIAEXAMPLE000000009", token: { sub: "ada", iat: 7 } }));
    const stored = await Promise.all(
      (await store.list("")).map(async (key) => Buffer.from((await store.get(key)) ?? [])),
    );
    expect(stored).toHaveLength(2);
    const key = deriveSigningKey(secretAccessKey, "20260115", "eu-west-1", "api.example.com");
    for (const text of [
      // Of what is sealed, three letters are there by chance now and then.
      ada.id,
      "editors",
      "principal",
      accessKeyId,
      key.toString("base64url"),
      key.toString("latin1"),
    ]) {
      for (const bytes of stored) expect(bytes.toString("latin1")).not.toContain(text);
    }
    const found = await node().find(accessKeyId);
    expect(found?.principal).toStrictEqual(ada);
    expect(found?.signingKey("20260115")?.export()).toEqual(key);
  });

  it("is believed in nothing that was changed, moved from another session, or written without the key", async () => {
    const { node, store } = shared();
    const other = "ASIAEXAMPLE000000002";
    await node().open(init());
    await node().open(
      init({ accessKeyId: other, principal: createPrincipal({ ...ada, groups: closedGroups(["admins"]) }) }),
    );
    const [mine, admins] = [placeOf(accessKeyId), placeOf(other)];
    const good = (await store.get(mine)) as Uint8Array;
    const plain = memoryStore({ clock: () => noon });
    await createSessions({ service: "api.example.com", region: "eu-west-1", store: plain, clock: () => noon }).open(
      init(),
    );
    const forgeries: readonly [string, Uint8Array][] = [
      ["the record of an administrator", (await store.get(admins)) as Uint8Array],
      ["a record that is not sealed", (await plain.get(mine)) as Uint8Array],
      ["a record with another last byte", good.map((byte, at) => (at === good.length - 1 ? byte ^ 1 : byte))],
      ["a record cut short", good.subarray(0, 40)],
      ["nothing", new Uint8Array()],
      ["a megabyte", new Uint8Array(1_048_576).fill(1)],
    ];
    for (const [what, bytes] of forgeries) {
      await store.set(mine, bytes, noon + hour);
      expect(await outcome(node().find(accessKeyId)), what).toMatchObject(unreadable);
    }
    await store.set(mine, good, noon + hour);
    expect(await node().find(accessKeyId)).toBeDefined();
  });

  it("is asked each time, but a record whose bytes are the same is opened once", async () => {
    const { node } = shared();
    const [here, there] = [node({ cacheSeconds: 0 }), node()];
    await there.open(init());
    const first = await here.find(accessKeyId);
    expect(first?.principal).toStrictEqual(ada);
    expect(await here.find(accessKeyId)).toBe(first);
    await there.open(init({ principal: createPrincipal({ ...ada, groups: closedGroups([]) }) }));
    expect((await here.find(accessKeyId))?.principal.groups?.names).toEqual(new Set());
    await there.close(accessKeyId);
    expect(await here.find(accessKeyId)).toBeUndefined();
  });

  it("is believed in no change of a record that was opened before, be it of one bit", async () => {
    const { node, store } = shared();
    const here = node({ cacheSeconds: 0 });
    await node().open(init());
    const sealed = (await store.get(placeOf(accessKeyId))) as Uint8Array;
    const first = await here.find(accessKeyId);
    for (const at of [0, 10, sealed.length >> 1, sealed.length - 1]) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] as number) ^ 1;
      await store.set(placeOf(accessKeyId), changed, noon + hour);
      expect(await outcome(here.find(accessKeyId))).toMatchObject(unreadable);
    }
    await store.set(placeOf(accessKeyId), sealed, noon + hour);
    expect(await here.find(accessKeyId)).toStrictEqual({ ...first, signingKey: expect.any(Function) });
  });

  it("keeps bytes of its own of a record, and no buffer of the store's client", async () => {
    const { node, store } = shared();
    const lent = new Uint8Array(4_096);
    const lending: Store = {
      ...store,
      async get(key) {
        const bytes = await store.get(key);
        if (bytes === undefined) return undefined;
        lent.set(bytes);
        return lent.subarray(0, bytes.length);
      },
    };
    const here = node({ cacheSeconds: 0, store: lending });
    await node().open(init());
    const first = await here.find(accessKeyId);
    expect(await here.find(accessKeyId)).toBe(first);
    // As long as the one before, so that it stands in the very same bytes.
    await node().open(init({ principal: createPrincipal({ ...ada, groups: closedGroups(["readers"]) }) }));
    expect((await here.find(accessKeyId))?.principal.groups?.names).toEqual(new Set(["readers"]));
  });

  it("ends an enrolled session that another followed, also where its record was opened before and is put back", async () => {
    const { node, store } = shared();
    const here = node({ cacheSeconds: 0 });
    const enrolledBy = "ASIAEXAMPLE000000009";
    await node().open(init({ enrolledBy }));
    const sealed = (await store.get(placeOf(accessKeyId))) as Uint8Array;
    expect(await here.find(accessKeyId)).toBeDefined();
    await node().open(init({ enrolledBy, accessKeyId: "ASIAEXAMPLE000000002" }));
    await store.set(placeOf(accessKeyId), sealed, noon + hour);
    expect(await here.find(accessKeyId)).toBeUndefined();
  });

  it("shares nothing between gates, even if they share the key", async () => {
    const { node, store } = shared();
    await node({ audience: "staging" }).open(init());
    const place = placeOf(accessKeyId).replace("session/api.example.com", "session/staging");
    await store.set(placeOf(accessKeyId), (await store.get(place)) as Uint8Array, noon + hour);
    expect(await outcome(node().find(accessKeyId))).toMatchObject(unreadable);
  });

  it("is believed in no index of enrolled sessions that was moved or written without the key", async () => {
    const { node, store } = shared();
    const place = "poolgate/1/enrolled/api.example.com/eu-west-1/api.example.com/ASIAEXAMPLE000000009";
    await node().open(init({ enrolledBy: "ASIAEXAMPLE000000009" }));
    await store.set(place, Buffer.from(accessKeyId), noon + hour);
    expect(await outcome(node().find(accessKeyId))).toMatchObject(unreadable);
  });

  it("goes on through a change of keys without losing a session", async () => {
    const { node } = shared();
    const next = keyOf("2026-02", 101);
    const steps = [
      { current: sealing.current },
      { ...sealing, previous: next },
      { current: next, previous: sealing.current },
    ];
    for (const [before, after] of [
      [steps[0], steps[1]],
      [steps[1], steps[0]],
      [steps[1], steps[2]],
      [steps[2], steps[1]],
    ] as [Sealing, Sealing][]) {
      await node({ sealing: before }).open(init());
      expect(await node({ sealing: after }).find(accessKeyId)).toBeDefined();
    }
  });

  it("is an outage, and not a refusal, to a node that lacks the key", async () => {
    const { node } = shared();
    await node().open(init());
    const lacking = node({ sealing: { current: keyOf("2026-02", 101) } });
    expect(await outcome(lacking.find(accessKeyId))).toMatchObject({ ...unreadable, status: 503 });
  });
});

describe("sessions.once", () => {
  const digest = "a".repeat(64);

  it("is true once, for one use of one gate, until its end", async () => {
    const { sessions, store, time } = setUp();
    const options = { service: "api.example.com", region: "eu-west-1", store, clock: () => time.now };
    expect(await sessions.once("nonce", digest, noon + 1_000)).toBe(true);
    expect(await createSessions(options).once("nonce", digest, noon + 1_000)).toBe(false);
    expect(await sessions.once("signature", digest, noon + 1_000)).toBe(true);
    expect(await createSessions({ ...options, audience: "staging" }).once("nonce", digest, noon + 1_000)).toBe(true);
    time.now = noon + 1_000;
    expect(await sessions.once("nonce", digest, noon + 2_000)).toBe(true);
  });

  it.each([[1], ["OK"], [{}], [[true]], [null], [undefined]])(
    "is not true where the store says %j, which is no answer",
    async (answer) => {
      const { inner } = setUp();
      const add = (() => Promise.resolve(answer)) as unknown as Store["add"];
      const { sessions } = setUp({ store: { ...inner, add } });
      expect(await sessions.once("signature", digest, noon + 1_000)).toBe(false);
    },
  );

  it("rejects where the store cannot tell", async () => {
    const { inner } = setUp();
    const { sessions } = setUp({ store: { ...inner, add: () => Promise.reject(new Error("down")) } });
    expect(await outcome(sessions.once("nonce", digest, noon + 1_000))).toMatchObject({ code: "store_unavailable" });
  });
});

describe("what is done at the same time", () => {
  /** A clock that goes on, and a store that takes its time before and after each call, both by a seed. */
  function slowly(seed: number) {
    const time = { now: noon };
    const clock = () => time.now;
    let state = seed;
    const random = (below: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const pass = async (below: number) => {
      for (let turns = random(below); turns > 0; turns -= 1) {
        await null;
        time.now += 1;
      }
    };
    const slow = <Args extends unknown[], T>(call: (...args: Args) => Promise<T>, until = 5) => {
      return async (...args: Args) => {
        await pass(5);
        const answer = await call(...args);
        await pass(until);
        return answer;
      };
    };
    const inner = memoryStore({ clock });
    const { get, set, list } = inner;
    const store: Store = {
      ...inner,
      ...{ get: slow(get, 40), set: slow(set), list: slow(list, 40), delete: slow(inner.delete) },
    };
    return { clock, random, pass, store };
  }

  it.each([
    [1, 60],
    [1, 0],
    [2, 0],
  ])(
    "has an order: %i node(s) with cacheSeconds %i find what was opened last, and nothing closed",
    async (nodes, cacheSeconds) => {
      for (let seed = 1; seed <= 40; seed += 1) {
        const { clock, random, pass, store } = slowly(seed * 7_919);
        const options = { service: "api.example.com", region: "eu-west-1", store, clock, cacheSeconds };
        const gates = Array.from({ length: nodes }, () => createSessions(options));
        const anyGate = () => gates[random(nodes)] as (typeof gates)[number];
        const writes: { start: number; end: number; id: string | undefined }[] = [{ start: 0, end: 0, id: undefined }];
        let step = 0;
        const write = async () => {
          for (let count = 0; count < 5; count += 1) {
            await pass(20);
            const id = random(2) === 0 ? undefined : `${ada.id}-${count}`;
            const entry = { start: ++step, end: Number.POSITIVE_INFINITY, id };
            writes.push(entry);
            if (id === undefined) await anyGate().close(accessKeyId);
            else await anyGate().open(init({ principal: createPrincipal({ ...ada, id }) }));
            entry.end = ++step;
          }
        };
        const read = async () => {
          for (let count = 0; count < 12; count += 1) {
            await pass(6);
            const start = ++step;
            const found = (await anyGate().find(accessKeyId))?.principal.id;
            const end = ++step;
            // Another node may believe for a second that the id is unknown.
            if (nodes > 1 && found === undefined) continue;
            const last = writes.findLast((entry) => entry.end < start);
            const allowed = [last, ...writes.filter((entry) => entry.end > start && entry.start < end)];
            expect(allowed.map((entry) => entry?.id)).toContain(found);
          }
        };
        await Promise.all([write(), read(), read(), read()]);
      }
    },
  );

  it("finds nothing that was revoked here before, or elsewhere where revocationSeconds is 0", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { clock, pass, store } = slowly(seed * 7_919);
      const options = { service: "api.example.com", region: "eu-west-1", store, clock };
      const [here, there] = [createSessions(options), createSessions({ ...options, revocationSeconds: 0 })];
      await here.open(init());
      const revoked = { called: false, done: false };
      const revoke = async () => {
        await pass(40);
        const work = here.revocations.revoke({ accessKeyId });
        revoked.called = true;
        await work;
        await pass(2);
        revoked.done = true;
      };
      const read = async (node: typeof here, when: "called" | "done") => {
        for (let count = 0; count < 10; count += 1) {
          await pass(5);
          const before = revoked[when];
          const found = await node.find(accessKeyId);
          if (before) expect(found).toBeUndefined();
        }
      };
      await Promise.all([revoke(), read(here, "called"), read(there, "done"), read(there, "done")]);
    }
  });
});
