import { createHmac, createSecretKey, generateKeyPairSync } from "node:crypto";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { decisionLog } from "../../src/observe/decision-log.ts";
import type { DecisionLogOptions } from "../../src/observe/decision-log-options.ts";
import { authenticated, equal, group, param, userId } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { anonymous, closedGroups, createPrincipal } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { ada, allow, hashKey, keptLog, now, read, requestOf } from "./log.ts";

const pseudonym = (text: string) =>
  `hmac-${createHmac("sha256", hashKey).update(text).digest("base64url").slice(0, 22)}`;

/** The one line of a decision. */
async function lineOf(options: Partial<DecisionLogOptions>, request = requestOf("GET /users/7"), decision = allow()) {
  const log = keptLog(options);
  log.onDecision(decision, request);
  const lines = await log.lines();
  expect(lines).toHaveLength(1);
  return lines[0] as string;
}

describe("the options of decisionLog", () => {
  const write = () => {};
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["nowhere to write to", {}],
    ["two places to write to", { write, stream: process.stdout }],
    ["a write that cannot be called", { write: "log" }],
    ["a stream that is none", { stream: { write } }],
    ["null as the stream", { stream: null }],
    ["an unknown option", { write, sampel: 1 }],
    ["a sample above 1", { write, sample: 1.5 }],
    ["a sample that is no number", { write, sample: Number.NaN }],
    ["a buffer of nothing", { write, bufferLines: 0 }],
    ["a buffer without end", { write, bufferLines: Number.POSITIVE_INFINITY }],
    ["a text as a key", { write, hashKey: "0123456789abcdef0123456789abcdef" }],
    ["a short key", { write, hashKey: new Uint8Array(31) }],
    ["a short key object", { write, hashKey: createSecretKey(new Uint8Array(16)) }],
    ["a private key", { write, hashKey: rsa }],
    ["a key that is undefined", { write, hashKey: undefined }],
    ["to hash without a key", { write, ids: "hash" }],
    ["to hash parameters without a key", { write, params: "hash" }],
    ["an unknown way with ids", { write, ids: "drop" }],
    ["names that are no list", { write, tags: "tenant" }],
    ["a name that is no text", { write, claims: [1] }],
    ["an empty name", { write, headers: [""] }],
    ["the header of the credential", { write, headers: ["Authorization"] }],
    ["the header of a session token", { write, headers: ["X-Amz-Security-Token"] }],
    ["cookies", { write, headers: ["cookie"] }],
    ["the signature of a presigned URL", { write, queries: ["X-Amz-Signature"] }],
    ["a token in the query", { write, queries: ["access_token"] }],
    ...["Client_Secret", "password", "api_key", "apikey", "client_assertion", "X-Amz-Date", "jwt"].map(
      (name) => [`the query parameter ${name}`, { write, queries: ["lang", name] }] as [string, unknown],
    ),
    ...[
      "X-Api-Key",
      "x-forwarded-access-token",
      "cf-access-jwt-assertion",
      "x-xsrf-token",
      "x-original-authorization",
    ].map((name) => [`the header ${name}`, { write, headers: [name] }] as [string, unknown]),
    ["an address that is no switch", { write, address: "yes" }],
    ["a clock that cannot be asked", { write, clock: 0 }],
    ["a random that cannot be asked", { write, random: 0.5 }],
  ])("refuse %s", (_name, options) => {
    expect(() => decisionLog(options as DecisionLogOptions)).toThrow(ConfigurationError);
  });

  it("take names that only sound like credentials", () => {
    const names = ["tokens", "token_type", "keyword", "passenger", "signature-input"];
    expect(decisionLog({ write, headers: names, queries: names }).dropped).toBe(0);
  });

  it("take streams and keys of all kinds", () => {
    expect(decisionLog({ stream: new PassThrough(), hashKey: createSecretKey(hashKey) }).dropped).toBe(0);
  });
});

describe("a line", () => {
  it("tells what a replay needs, and holds no claim, tag, query, header or address", async () => {
    const request = requestOf("GET /users/7?token=secret", "Authorization", "Bearer secret", "X-Beta", "secret");
    const line = await lineOf({}, request);
    expect(read(line)).toEqual({
      v: 1,
      time: "2026-01-02T03:04:05.006Z",
      allowed: true,
      route: "GET /users/:id",
      method: "GET",
      path: "/users/7",
      principal: {
        kind: "user",
        id: "user:eu-west-1_Example01:ada-sub",
        issuer: "eu-west-1_Example01",
        verifiedBy: "user-pool",
        userId: "ada-sub",
        identityId: "eu-west-1:ada-identity",
        clientId: "1example23456789",
        groups: { names: ["editors"], closed: true },
        scopes: ["articles/read"],
        authenticatedAt: "2026-01-02T03:03:05.006Z",
      },
    });
    for (const secret of ["secret", "acme", "example.com", "192.0.2.7"]) expect(line).not.toContain(secret);
  });

  it("tells the fields that were judged in place of a route", async () => {
    const log = keptLog();
    const { route: _, ...decision } = allow();
    log.onDecision({ ...decision, fields: ["Mutation.deleteUser"] }, requestOf("POST /graphql"));
    const [line] = await log.lines();
    expect(read(line)).toMatchObject({ allowed: true, fields: ["Mutation.deleteUser"] });
    expect(read(line).route).toBeUndefined();
  });

  it("tells what was asked further in, unless the line would be too long", async () => {
    const { route: _, ...decision } = allow();
    const linesOf = async (nested: readonly string[], principal = ada) => {
      const log = keptLog();
      log.onDecision(
        { ...decision, principal, fields: ["Query.user"], nested } as typeof decision,
        requestOf("POST /"),
      );
      return (await log.lines()).map(read);
    };
    expect(await linesOf(["User.email"])).toMatchObject([{ fields: ["Query.user"], nested: ["User.email"] }]);
    const many = Array.from({ length: 700 }, (_, index) => `User.field${index}`);
    const [long] = await linesOf(many);
    expect(long).toMatchObject({ fields: ["Query.user"], nested: null, principal: { kind: "user" } });
    expect(long).not.toHaveProperty("cut");
    const [longer] = await linesOf(many, createPrincipal({ ...ada, groups: closedGroups(many) }));
    expect(longer).toMatchObject({ cut: true });
    expect(longer).not.toHaveProperty("nested");
  });

  it("hides all of the path of a connection, of which no route tells which parts are parameters", async () => {
    const line = await lineOf({ hashKey, params: "omit" }, requestOf("GET /rooms/7"), allow(ada, "$connect"));
    expect(read(line)).toMatchObject({ route: "$connect", path: "/*/*", hidden: [0, 1] });
  });

  it("tells the values that are listed, and which of them are missing", async () => {
    const options = {
      tags: ["tenant", "__proto__"],
      claims: ["email", "amr", "plan", "nested", "toString"],
      queries: ["lang", "page", "tag"],
      headers: ["X-Beta", "X-Twice", "X-None"],
      address: true,
    };
    const request = requestOf("GET /users/7?lang=e%6E&page=1&page=2", "x-beta", "yes", "x-twice", "a", "x-twice", "b");
    const { principal, query, headers, address } = read(await lineOf(options, request));
    expect(Object.entries(principal?.tags ?? {})).toEqual([
      ["tenant", "acme"],
      ["__proto__", null],
    ]);
    expect(principal?.claims).toEqual({
      email: "ada@example.com",
      amr: ["mfa"],
      plan: 3,
      nested: { state: "unreadable" },
      toString: null,
    });
    expect(query).toEqual({ lang: "en", page: { state: "repeated" }, tag: null });
    expect(headers).toEqual({ "x-beta": "yes", "x-twice": { state: "repeated" }, "x-none": null });
    expect(address).toBe("192.0.2.7");
  });

  it("tells that an address was not known", async () => {
    const { remoteAddress, ...request } = requestOf("GET /users/7");
    expect(remoteAddress).toBe("192.0.2.7");
    expect(read(await lineOf({ address: true }, request)).address).toBeNull();
  });

  it("has pseudonyms in the place of ids, parameters and tags under a key, equal where those are", async () => {
    const line = read(await lineOf({ hashKey, tags: ["tenant"] }, requestOf("GET /users/ada-sub/")));
    expect(line).toMatchObject({
      ids: "hash",
      params: "hash",
      path: `/users/${pseudonym("ada-sub")}/`,
      hidden: [1],
      principal: {
        id: `user:${pseudonym("user:eu-west-1_Example01:ada-sub")}`,
        userId: pseudonym("ada-sub"),
        identityId: pseudonym("eu-west-1:ada-identity"),
        tags: { tenant: pseudonym("acme") },
      },
    });
    expect(JSON.stringify(line)).not.toMatch(/ada|acme/);
  });

  it("hashes a parameter as the rule sees it, decoded", async () => {
    const line = read(await lineOf({ hashKey }, requestOf("GET /users/a%20b")));
    expect(line.path).toBe(`/users/${pseudonym("a b")}`);
  });

  it("leaves out ids and parameters where it is told to", async () => {
    const line = await lineOf({ ids: "omit", tags: ["tenant"] }, requestOf("GET /users/ada-sub"));
    expect(read(line)).toMatchObject({ ids: "omit", params: "omit", path: "/users/*", hidden: [1] });
    expect(line).not.toContain("ada");
    expect(read(line).principal?.tags).toEqual({ tenant: "acme" });
  });

  it("keeps the ids of clients, roles and nobody, who are no persons", async () => {
    const client = createPrincipal({ kind: "client", id: "client:p:c", issuer: "p", verifiedBy: "user-pool" });
    for (const options of [{ hashKey }, { ids: "omit" as const }]) {
      expect(read(await lineOf(options, requestOf("GET /"), allow(client))).principal?.id).toBe("client:p:c");
      expect(read(await lineOf(options, requestOf("GET /"), allow(anonymous))).principal?.id).toBe("anonymous");
    }
  });

  it("leaves out the session name of a role, which callers choose", async () => {
    const role = createPrincipal({
      kind: "role",
      id: "role:123456789012/Batch",
      issuer: "123456789012",
      verifiedBy: "sts-proof",
      role: {
        arn: "arn:aws:sts::123456789012:assumed-role/Batch/ada@example.com",
        partition: "aws",
        account: "123456789012",
        name: "Batch",
        sessionName: "ada@example.com",
      },
    });
    const line = await lineOf({}, requestOf("GET /"), allow(role));
    expect(read(line).principal?.role).toEqual({ partition: "aws", account: "123456789012", name: "Batch" });
    expect(line).not.toContain("ada@");
  });

  it.each<[string, string, string, readonly number[]]>([
    ["GET /a/{id}/b", "/a/1/b", "/a/*/b", [1]],
    ["GET /files/*rest", "/files/x/y", "/files/*/*", [1, 2]],
    ["GET /files/{proxy+}", "/files/x/y", "/files/*/*", [1, 2]],
    ["GET /files/**", "/files/x/y", "/files/*/*", [1, 2]],
    ["GET /files/*", "/files/x", "/files/*", [1]],
    ["GET /", "/", "/", []],
  ])("of %s hides of %s what is no part of the route", async (route, path, shown, hidden) => {
    const line = read(await lineOf({ params: "omit" }, requestOf(`GET ${path}`), allow(ada, route)));
    expect(line).toMatchObject({ path: shown, hidden });
  });

  it("hides the whole path of what matched no route", async () => {
    const decision = { allowed: false, error: new AuthError("no_route"), principal: ada, explain: neverAsked } as const;
    const line = read(await lineOf({ hashKey, params: "omit" }, requestOf("GET /users/ada"), decision));
    expect(line).toMatchObject({ allowed: false, code: "no_route", path: "/*/*", hidden: [0, 1] });
  });

  it("has no path where the target was refused, which may be a URL with a password", async () => {
    const decision = { allowed: false, error: new AuthError("target_not_canonical"), explain: neverAsked } as const;
    const request = requestOf("GET http://ada:secret@example.com/");
    const line = await lineOf({ queries: ["q"] }, request, decision);
    expect(read(line)).toEqual({
      ...{ v: 1, time: "2026-01-02T03:04:05.006Z", allowed: false },
      ...{ code: "target_not_canonical", method: "GET" },
    });
  });

  it("tells all methods that were judged", async () => {
    const request = requestOf("POST /users/7", "X-HTTP-Method-Override", "delete");
    expect(read(await lineOf({}, request)).methods).toEqual(["POST", "DELETE"]);
  });

  it("is cut where it is too long", async () => {
    const principal = createPrincipal({
      ...ada,
      groups: closedGroups(Array.from({ length: 2000 }, (_, n) => `g${n}`)),
    });
    const line = await lineOf({}, requestOf("GET /users/7"), allow(principal));
    expect(read(line)).toEqual({
      ...{ v: 1, time: "2026-01-02T03:04:05.006Z", allowed: true },
      ...{ route: "GET /users/:id", method: "GET", cut: true },
    });
  });

  it("names the guard, with the parameters that are texts", async () => {
    const authorizer = (options: Partial<DecisionLogOptions>) => {
      const log = keptLog(options);
      const verifier = { scheme: "Test", detects: () => true, verify: async () => ({ principal: ada }) };
      const policy = definePolicy({ routes: { "GET /users/:id": authenticated } });
      return { log, gate: createAuthorizer({ verifiers: [verifier], policy, onDecision: log.onDecision }) };
    };
    const rule = equal(userId, param("id"));
    for (const [options, params] of [
      [{}, { id: "ada-sub" }],
      [{ hashKey }, { id: pseudonym("ada-sub") }],
      [{ params: "omit" }, undefined],
    ] as const) {
      const { log, gate } = authorizer(options);
      const given = { id: "ada-sub", list: ["a"] };
      await gate.authorize(requestOf("GET /users/ada-sub"), { rule, params: given });
      await gate.authorize(requestOf("GET /nowhere"), { rule: group("admins") });
      const lines = (await log.lines()).map(read);
      expect(lines[0]?.guard).toEqual({ rule, ...(params && { params }) });
      expect(lines[1]).toMatchObject({ code: "no_route", guard: { rule: group("admins") } });
    }
  });

  it("is one line of ASCII whatever stands in the request and in the principal", async () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\n",
        "\r\n",
        "\u2028",
        "\u2029",
        "\u0085",
        "\x1b[2J",
        "\u202e",
        "\ud800",
        '"}\n{"v":1',
        "\0",
        "{}",
      ),
    );
    const property = fc.asyncProperty(fc.array(hostile, { minLength: 12, maxLength: 12 }), async (texts) => {
      const [id = "", kind, tag = "", claim, header = "", query = "", method = "", path = "", groupName = ""] = texts;
      const principal = {
        ...ada,
        id,
        kind,
        issuer: texts[9],
        userId: texts[10],
        tags: new Map([["tenant", tag]]),
        claims: { email: claim, [claim as string]: claim },
        groups: closedGroups([groupName]),
        scopes: new Set([texts[11] as string]),
      } as unknown as typeof ada;
      const request: AuthRequest = {
        method,
        target: `/${path}?lang=${query}`,
        wire: true,
        headers: new RequestHeaders(["x-beta", header]),
        remoteAddress: header,
      };
      const canonical = { ...request, target: `/${encodeURIComponent("é")}?lang=%0A%0D` };
      const log = keptLog({
        tags: ["tenant"],
        claims: ["email"],
        queries: ["lang"],
        headers: ["x-beta"],
        address: true,
      });
      log.onDecision(allow(principal), request);
      log.onDecision(allow(principal), canonical);
      const lines = await log.lines();
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        expect(line).toMatch(/^[\x20-\x7e]+$/);
        const record = read(line);
        expect(record.principal?.id).toBe(id);
        expect(record.headers).toEqual({ "x-beta": header });
        expect(record).not.toHaveProperty("dropped");
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it("never lets out what is not listed, wherever it stands", async () => {
    const secret = "s3cr3t-value";
    const names = fc.constantFrom("authorization", "cookie", "x-amz-security-token", "x-api-key", "x-beta");
    const property = fc.asyncProperty(names, fc.boolean(), fc.boolean(), async (name, hashed, refused) => {
      const request = requestOf(`GET /users/7?${name}=${secret}&X-Amz-Signature=${secret}`, name, secret);
      const principal = createPrincipal({ ...ada, tags: new Map([[name, secret]]), claims: { [name]: secret } });
      const error = new AuthError("invalid_token", { cause: new Error(secret) });
      const decision = refused ? ({ allowed: false, error, explain: neverAsked } as const) : allow(principal);
      expect(await lineOf(hashed ? { hashKey } : {}, request, decision)).not.toContain(secret);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

describe("the sample", () => {
  it("holds all refusals, and of what was allowed as many as it says", async () => {
    const draws = [0, 0.09, 0.1, 0.99];
    const log = keptLog({ sample: 0.1, random: () => draws.shift() as number });
    for (let count = 0; count < 4; count += 1) log.onDecision(allow(), requestOf("GET /users/7"));
    const refused = {
      allowed: false,
      error: new AuthError("access_denied"),
      principal: ada,
      explain: neverAsked,
    } as const;
    log.onDecision(refused, requestOf("GET /users/7"));
    const lines = (await log.lines()).map(read);
    expect(lines.map(({ allowed, sampled }) => [allowed, sampled])).toEqual([
      [true, 0.1],
      [true, 0.1],
      [false, undefined],
    ]);
    expect(log.dropped).toBe(0);
  });

  it("asks for no random number where all are logged, and can hold none", async () => {
    const log = keptLog({ random: neverAsked });
    log.onDecision(allow(), requestOf("GET /users/7"));
    expect(await log.lines()).toHaveLength(1);
    const none = keptLog({ sample: 0, random: () => 0 });
    none.onDecision(allow(), requestOf("GET /users/7"));
    expect(await none.lines()).toEqual([]);
  });
});

describe("a decision that cannot be logged", () => {
  it.each<[string, Partial<DecisionLogOptions>, unknown]>([
    [
      "has a principal that throws",
      {},
      {
        ...ada,
        groups: {
          get names() {
            throw new Error("x");
          },
        },
      },
    ],
    ["has an id that JSON does not know", {}, { ...ada, id: 1n }],
    ["comes when the clock throws", { clock: neverAsked }, ada],
    ["comes when random throws", { sample: 0.5, random: neverAsked }, ada],
    ["comes at no time", { clock: () => Number.NaN }, ada],
  ])("%s is counted, and nothing is thrown", async (_name, options, principal) => {
    const log = keptLog(options);
    expect(() => log.onDecision(allow(principal as typeof ada), requestOf("GET /users/7"))).not.toThrow();
    expect(log.dropped).toBe(1);
  });

  it("is told of in the log", async () => {
    const log = keptLog();
    log.onDecision(allow({ ...ada, id: 1n } as unknown as typeof ada), requestOf("GET /users/7"));
    expect((await log.lines()).map(read)).toEqual([{ v: 1, time: new Date(now).toISOString(), dropped: 1 }]);
  });
});

function neverAsked(): never {
  throw new Error("nobody asked");
}
