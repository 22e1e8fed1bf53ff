import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AuthorizeOptions, createAuthorizer } from "../../src/authorizer.ts";
import { readLines } from "../../src/cli/replay/read-lines.ts";
import { createReplayer } from "../../src/cli/replay/replayer.ts";
import { replayCommand } from "../../src/cli/replay.ts";
import { decisionLog } from "../../src/observe/decision-log.ts";
import type { DecisionLogOptions } from "../../src/observe/decision-log-options.ts";
import type { LoggedDecision } from "../../src/observe/logged-decision.ts";
import {
  allOf,
  anyOf,
  anyone,
  authenticated,
  claim,
  client,
  custom,
  equal,
  group,
  guest,
  header,
  identityId,
  ip,
  issuer,
  not,
  oneOf,
  param,
  query,
  role,
  rule,
  scope,
  stepUp,
  tag,
  userId,
} from "../../src/policy/combinators.ts";
import { definePolicy, type Policy, type PolicyDocument, type PolicyInit } from "../../src/policy/define-policy.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { anonymous, closedGroups, createPrincipal, openGroups, type Principal } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { runCommand } from "./run-command.ts";
import { runPoolgate } from "./run-poolgate.ts";
import { temporaryFiles } from "./temporary-files.ts";

const now = Date.UTC(2026, 0, 2);
const hashKey = new Uint8Array(32).fill(7);
const file = temporaryFiles();

const ada = createPrincipal({
  kind: "user",
  id: "user:pool:ada",
  issuer: "pool",
  verifiedBy: "user-pool",
  userId: "ada",
  clientId: "web",
  groups: closedGroups(["editors"]),
  scopes: new Set(["articles/read"]),
  tags: new Map([["tenant", "acme"]]),
  claims: { plan: "pro", acr: "urn:cognito:loa:2", amr: ["mfa"] },
  authenticatedAt: new Date(now - 600_000),
});
const batch = createPrincipal({
  kind: "role",
  id: "role:123456789012/Batch",
  issuer: "123456789012",
  verifiedBy: "signed-request",
  groups: openGroups(["editors"]),
  role: {
    arn: "arn:aws:sts::123456789012:assumed-role/Batch/s1",
    ...{ partition: "aws", account: "123456789012", name: "Batch", sessionName: "s1" },
  },
});
const visitor = createPrincipal({
  kind: "guest",
  id: "guest:eu-west-1:1",
  issuer: "eu-west-1:pool",
  verifiedBy: "identity-pool-token",
  identityId: "eu-west-1:1",
  groups: closedGroups(),
});

interface Ask {
  readonly line: string;
  readonly principal?: Principal;
  readonly headers?: readonly string[];
  readonly guard?: { readonly rule: Rule; readonly params?: Readonly<Record<string, unknown>> };
  readonly subject?: Pick<AuthorizeOptions, "fields" | "nested" | "connect">;
}

const everything: Partial<DecisionLogOptions> = {
  tags: ["tenant", "plan"],
  claims: ["plan", "acr", "amr"],
  queries: ["lang"],
  headers: ["x-beta"],
  address: true,
};

/** Judges requests by a policy, and gives the lines of the log of that. */
async function logOf(policy: Policy, asks: readonly Ask[], options: Partial<DecisionLogOptions> = {}): Promise<string> {
  let text = "";
  const log = decisionLog({
    write: (chunk) => {
      text += chunk;
    },
    clock: () => now,
    ...options,
  });
  for (const { line, principal = ada, headers = [], guard, subject } of asks) {
    const verifier = {
      scheme: "Test",
      detects: () => principal !== anonymous,
      verify: async () =>
        principal.verifiedBy === "signed-request" ? { principal, signedHeaders: new Set(["x-beta"]) } : { principal },
    };
    const authorizer = createAuthorizer({
      verifiers: [verifier],
      policy,
      onDecision: log.onDecision,
      clock: () => now,
      methodOverride: "judge-both",
    });
    const [method = "", target = ""] = line.split(" ");
    const request: AuthRequest = {
      ...{ method, target, wire: true, remoteAddress: "192.0.2.7" },
      headers: new RequestHeaders(principal === anonymous ? headers : ["authorization", "Test x", ...headers]),
    };
    await authorizer.authorize(request, { ...guard, ...subject });
  }
  await log.flush();
  return text;
}

const routes = (table: PolicyDocument["routes"], more: Partial<PolicyInit> = {}) =>
  definePolicy({ ...more, routes: table });

/** What becomes of one decision under another policy. */
async function replayed(
  old: Policy,
  next: Policy,
  ask: Ask,
  options: Partial<DecisionLogOptions> = everything,
): Promise<string> {
  const line = JSON.parse(await logOf(old, [ask], options)) as LoggedDecision;
  const result = createReplayer(next, undefined)(line);
  return result.outcome === "cannot-tell" ? `cannot tell: ${result.reason}` : result.outcome;
}

const open = routes({ "* /**": anyone });

describe("a decision that is judged anew", () => {
  it.each<[string, Rule, Ask["principal"]]>([
    ["would-deny", group("admins"), ada],
    ["same", group("editors"), ada],
    ["same", scope("articles/read"), ada],
    ["would-deny", scope("articles/read"), batch],
    ["same", role("123456789012/B*"), batch],
    ["would-deny", role("123456789012/C*"), batch],
    ["same", client("web"), ada],
    ["same", issuer("pool"), ada],
    ["same", group("editors"), batch],
    ["would-deny", not(group("admins")), batch],
    ["same", not(group("admins")), ada],
    ["same", guest, visitor],
    ["would-deny", authenticated, visitor],
    ["would-deny", authenticated, anonymous],
    ["same", equal(identityId, "eu-west-1:1"), visitor],
    ["same", equal(userId, "ada"), ada],
    ["would-deny", equal(userId, "rob"), ada],
    ["same", equal(claim("plan"), "pro"), ada],
    ["would-deny", equal(claim("plan"), 1), ada],
    ["same", oneOf(tag("tenant"), ["acme", "globex"]), ada],
    ["would-deny", equal(tag("plan"), "pro"), ada],
    ["same", equal(query("lang"), "en"), ada],
    ["same", equal(header("x-beta"), "yes"), ada],
    ["same", stepUp({ maxAge: 600, acr: "urn:cognito:loa:2", amr: "mfa" }), ada],
    ["would-deny", stepUp({ maxAge: 599 }), ada],
    ["would-deny", stepUp({ acr: "urn:cognito:loa:3" }), ada],
    ["would-deny", stepUp({ acr: "urn:cognito:loa:1" }), visitor],
    ["same", ip("192.0.2.0/24"), ada],
    ["would-deny", ip("10.0.0.0/8"), ada],
    ["would-deny", equal(claim("nothing-logged"), tag("plan")), ada],
  ])("is %s under %j", async (expected, next, principal = ada) => {
    const ask = { line: "GET /x?lang=en", principal, headers: ["x-beta", "yes"] };
    expect(await replayed(open, routes({ "GET /x": next }), ask)).toBe(expected);
  });

  it.each<[string, Rule]>([
    ['tag "tenant" is not logged', equal(tag("tenant"), "acme")],
    ['claim "plan" is not logged', oneOf(claim("plan"), ["pro"])],
    ['query "lang" is not logged', equal(query("lang"), "en")],
    ['header "X-Beta" is not logged', equal(header("X-Beta"), "yes")],
    ['claim "acr" and claim "amr" is not logged', stepUp({ acr: "urn:cognito:loa:2", amr: "mfa" })],
    ["the address is not logged", ip("192.0.2.0/24")],
    ['tag "tenant" and claim "plan" is not logged', equal(tag("tenant"), claim("plan"))],
    ['tag "tenant" is not logged', allOf(group("editors"), not(equal(tag("tenant"), "acme")))],
    ['tag "tenant" is not logged', anyOf(group("admins"), equal(tag("tenant"), "acme"))],
  ])("cannot be told where %s", async (reason, next) => {
    const ask = { line: "GET /x?lang=en", headers: ["x-beta", "yes"] };
    expect(await replayed(open, routes({ "GET /x": next }), ask, {})).toBe(`cannot tell: ${reason}`);
  });

  it.each<[string, Rule]>([
    ["same", anyOf(group("editors"), equal(tag("tenant"), "acme"))],
    ["would-deny", allOf(group("admins"), equal(tag("tenant"), "acme"))],
    ["would-deny", allOf(equal(identityId, "x"), equal(tag("tenant"), "acme"))],
    ["same", rule("staff")],
  ])("is %s where what is not logged makes no difference: %j", async (expected, next) => {
    const policy = routes({ "GET /x": next }, { rules: { staff: anyOf(authenticated, equal(tag("a"), "b")) } });
    expect(await replayed(open, policy, { line: "GET /x" }, {})).toBe(expected);
  });

  it("cannot be told where a function or an engine decides", async () => {
    const next = definePolicy({ routes: { "GET /x": custom("owns") } }, { functions: { owns: () => true } });
    expect(await replayed(open, next, { line: "GET /x" })).toBe(
      "cannot tell: what functions and engines answered is not logged",
    );
  });

  it("cannot be told where a signed caller sent a header that now decides", async () => {
    const next = routes({ "GET /x": equal(header("x-beta"), "yes") });
    const ask = { line: "GET /x", principal: batch, headers: ["x-beta", "yes"] };
    expect(await replayed(open, next, ask)).toBe("cannot tell: whether a header was signed is not logged");
    expect(await replayed(open, next, { ...ask, headers: ["x-beta", "no"] })).toBe("would-deny");
  });

  it.each<[string, Ask, string]>([
    ["a route that is gone", { line: "DELETE /x" }, "would-deny"],
    ["a route that is new", { line: "POST /new" }, "would-allow"],
    ["a route that neither has", { line: "PUT /none" }, "same"],
    ["HEAD as GET", { line: "HEAD /x" }, "same"],
    ["a target that is no target", { line: "GET //x" }, "same"],
    ["each method of an override", { line: "GET /x", headers: ["x-http-method-override", "DELETE"] }, "would-deny"],
  ])("knows %s", async (_name, ask, expected) => {
    const old = routes({ "GET /x": anyone, "DELETE /x": anyone });
    const next = routes({ "GET /x": anyone, "POST /new": anyone });
    expect(await replayed(old, next, ask)).toBe(expected);
  });

  it("takes `require` of the new policy into account, but for anyone", async () => {
    const next = routes({ "GET /x": authenticated, "GET /open": anyone }, { require: not(group("editors")) });
    expect(await replayed(open, next, { line: "GET /x" })).toBe("would-deny");
    expect(await replayed(open, next, { line: "GET /open" })).toBe("same");
  });

  it("is no affair of the policy where the credential was refused", async () => {
    const bad: LoggedDecision = {
      ...{ v: 1, time: new Date(now).toISOString(), allowed: false, code: "token_expired", method: "GET", path: "/x" },
    };
    const replay = createReplayer(open, undefined);
    expect(replay(bad).outcome).toBe("same");
    for (const code of ["header_not_signed", "configuration_error", "internal_error", "target_not_canonical"]) {
      expect(replay({ ...bad, code }).outcome).toBe("cannot-tell");
    }
    expect(replay({ ...bad, cut: true }).outcome).toBe("cannot-tell");
    expect(replay({ ...bad, allowed: true }).outcome).toBe("cannot-tell");
  });

  it("is judged with its guard, and the guard with the names and `require` of the new policy", async () => {
    const old = routes({ "GET /users/:id": anyone }, { rules: { staff: group("editors") } });
    const next = routes({ "GET /users/:id": anyone }, { rules: { staff: group("admins") } });
    const line = "GET /users/ada";
    const own = { rule: equal(userId, param("id")), params: { id: "ada" } };
    expect(await replayed(old, next, { line, guard: { rule: rule("staff") } })).toBe("would-deny");
    expect(await replayed(old, next, { line, guard: own })).toBe("same");
    expect(await replayed(old, next, { line, guard: own }, { hashKey })).toBe("same");
    expect(await replayed(old, next, { line, guard: own }, { params: "omit" })).toBe(
      'cannot tell: param "id" is not logged',
    );
    expect(await replayed(old, next, { line, guard: { rule: equal(userId, param("none")), params: {} } })).toBe("same");
    expect(await replayed(old, routes({ "GET /users/:id": anyone }), { line, guard: { rule: rule("staff") } })).toBe(
      "cannot tell: the rule of its guard does not fit the policy",
    );
  });

  it("cannot be told where a guard may have stood alone", () => {
    const line: LoggedDecision = {
      ...{ v: 1, time: new Date(now).toISOString(), allowed: true, method: "GET", path: "/x" },
      principal: { kind: "user", id: "u", issuer: "p", verifiedBy: "user-pool" },
      guard: { rule: "authenticated", params: {} },
    };
    expect(createReplayer(open, undefined)(line)).toMatchObject({ outcome: "cannot-tell" });
    const { guard, path, ...rest } = line;
    expect([guard !== undefined, path]).toEqual([true, "/x"]);
    expect(createReplayer(open, undefined)(rest)).toMatchObject({ outcome: "cannot-tell" });
  });
});

describe("a log with pseudonyms", () => {
  const old = routes({ "GET /users/:id": anyone, "GET /t/:tenant/**": anyone, "GET /f/*path": anyone });
  const options = { ...everything, hashKey };

  it.each<[string, string, PolicyDocument["routes"]]>([
    ["same", "GET /users/ada", { "GET /users/:id": equal(userId, param("id")) }],
    ["would-deny", "GET /users/rob", { "GET /users/:id": equal(userId, param("id")) }],
    ["same", "GET /t/acme/x", { "GET /t/:tenant/**": equal(tag("tenant"), param("tenant")) }],
    ['cannot tell: param "path" is not logged', "GET /f/a/b", { "GET /f/*path": equal(tag("tenant"), param("path")) }],
    [
      'cannot tell: of claim "plan" and param "id" one alone is logged as a pseudonym',
      "GET /users/pro",
      { "GET /users/:id": equal(claim("plan"), param("id")) },
    ],
    [
      "cannot tell: userId is logged as a pseudonym; pass --hash-key-file",
      "GET /users/ada",
      { "GET /users/:id": equal(userId, "ada") },
    ],
    [
      "cannot tell: the path is not logged in full",
      "GET /users/me",
      { "GET /users/me": anyone, "GET /users/:id": group("admins") },
    ],
    ["would-deny", "GET /users/me", { "GET /other/me": anyone, "GET /users/:id": group("admins") }],
    ["would-deny", "GET /users/me", { "POST /users/me": anyone, "GET /users/:id/me": anyone }],
  ])("is %s for %s under %j", async (expected, line, table) => {
    expect(await replayed(old, routes(table), { line }, options)).toBe(expected);
  });

  it("can be compared with what a rule spells out by who has the key", async () => {
    const { createSecretKey } = await import("node:crypto");
    const line = JSON.parse(await logOf(old, [{ line: "GET /users/ada" }], options)) as LoggedDecision;
    const outcomeUnder = (next: Rule) =>
      createReplayer(routes({ "GET /users/:id": next }), createSecretKey(hashKey))(line).outcome;
    expect(outcomeUnder(equal(userId, "ada"))).toBe("same");
    expect(outcomeUnder(oneOf(param("id"), ["rob", "ada"]))).toBe("same");
    expect(outcomeUnder(equal(userId, "rob"))).toBe("would-deny");
    expect(outcomeUnder(not(equal(userId, "rob")))).toBe("same");
  });

  it("is never told of more than the plain log tells", async () => {
    const leaf = fc.constantFrom<Rule>(
      ...[authenticated, guest, group("editors"), group("admins"), scope("articles/read"), client("web")],
      ...[
        equal(userId, param("id")),
        equal(tag("tenant"), param("id")),
        equal(userId, "ada"),
        equal(tag("tenant"), "acme"),
      ],
      ...[equal(claim("plan"), "pro"), stepUp({ maxAge: 600 }), stepUp({ acr: "urn:cognito:loa:2" })],
      ...[ip("192.0.2.0/24"), equal(query("lang"), "en"), equal(header("x-beta"), "yes"), role("123456789012/Batch")],
    );
    const { tree } = fc.letrec<{ tree: Rule }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.tuple(tie("tree"), tie("tree")).map(([left, right]) => allOf(left, right)),
        fc.tuple(tie("tree"), tie("tree")).map(([left, right]) => anyOf(left, right)),
        tie("tree").map(not),
      ),
    }));
    const seen = { told: 0, flipped: 0, untold: 0 };
    const property = fc.asyncProperty(
      tree,
      fc.constantFrom(ada, batch, visitor, anonymous),
      fc.constantFrom("ada", "acme", "x"),
      fc.constantFrom<Partial<DecisionLogOptions>>(
        {},
        everything,
        options,
        { ids: "omit" },
        { hashKey, params: "plain" },
      ),
      async (next, principal, id, logged) => {
        let policy: Policy;
        try {
          policy = routes({ "GET /users/:id": next });
        } catch {
          return; // A rule that nobody could pass is none.
        }
        const ask = { line: `GET /users/${id}?lang=en`, principal, headers: ["x-beta", "yes"] };
        const found = await replayed(old, policy, ask, logged);
        const truth = (JSON.parse(await logOf(policy, [ask])) as LoggedDecision).allowed;
        if (found.startsWith("cannot tell")) seen.untold += 1;
        else {
          seen.told += 1;
          if (found === "would-deny") seen.flipped += 1;
          expect(found).toBe(truth ? "same" : "would-deny");
        }
      },
    );
    await fc.assert(property, { numRuns: 1000 });
    expect(Math.min(seen.told - seen.flipped, seen.flipped, seen.untold)).toBeGreaterThan(100);
  });
});

const oldPolicy = routes({ "GET /articles/:id": authenticated, "POST /articles": group("editors") });
const newPolicy = `
version: 1
routes:
  GET /articles/:id: anyone
  POST /articles: { group: admins }
`;
const asks: readonly Ask[] = [
  { line: "GET /articles/1" },
  { line: "GET /articles/2", principal: anonymous },
  { line: "GET /articles/3", principal: visitor },
  { line: "POST /articles" },
];

describe("poolgate replay", () => {
  it("groups what would flip by route and direction, with counts and an example", async () => {
    const log = file("a.jsonl", await logOf(oldPolicy, asks));
    const { status, stdout } = await runCommand(replayCommand, [log, file("a.yaml", newPolicy)]);
    expect(stdout).toBe(
      [
        "✗ 4 decisions: 1 as they were, 3 would flip",
        "  would be allowed: GET /articles/:id (2), such as line 2: anonymous GET /articles/2 at 2026-01-02T00:00:00.000Z",
        "  would be denied: POST /articles (1), such as line 4: user:pool:ada POST /articles at 2026-01-02T00:00:00.000Z",
        "",
      ].join("\n"),
    );
    expect(status).toBe(1);
  });

  it("says the same as JSON", async () => {
    const log = file("b.jsonl", await logOf(oldPolicy, asks));
    const { status, stdout } = await runCommand(replayCommand, [log, file("b.yaml", newPolicy), "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ decisions: 4, same: 1, cannotTell: [], unreadable: { count: 0 }, dropped: 0, sampled: false },
      flips: [
        { direction: "would-allow", route: "GET /articles/:id", count: 2, example: { line: 2, caller: "anonymous" } },
        { direction: "would-deny", route: "POST /articles", count: 1, example: { line: 4, path: "/articles" } },
      ],
    });
    expect(status).toBe(1);
  });

  it("names the fields and the connections that would flip", async () => {
    const old = definePolicy({ fields: { "*": authenticated }, connect: group("editors") });
    const next = "version: 1\nfields: { Query.a: { group: admins }, '*': anyone }\nconnect: { group: admins }";
    const fields = ["Query.b", "Query.c", "Query.d", "Query.e"] as const;
    const beside: readonly Ask[] = [
      { line: "POST /graphql", subject: { fields: ["Query.b", "Query.a"] } },
      { line: "POST /graphql", subject: { fields: ["Query.a"] } },
      { line: "POST /graphql", subject: { fields, nested: ["User.id"] }, principal: anonymous },
      { line: "POST /graphql", subject: { fields: ["Query.b"] } },
      { line: "GET /", subject: { connect: true } },
    ];
    const log = file("k.jsonl", await logOf(old, beside));
    const { status, stdout } = await runCommand(replayCommand, [log, file("k.yaml", next)]);
    const at = "at 2026-01-02T00:00:00.000Z";
    expect(stdout).toBe(
      [
        "✗ 5 decisions: 1 as they were, 4 would flip",
        `  would be denied: fields Query.a (2), such as line 1: user:pool:ada POST /graphql ${at}`,
        `  would be allowed: fields Query.b, Query.c, Query.d and 1 more (1), such as line 3: anonymous POST /graphql ${at}`,
        `  would be denied: $connect (1), such as line 5: user:pool:ada GET / ${at}`,
        "",
      ].join("\n"),
    );
    expect(status).toBe(1);
    const json = await runCommand(replayCommand, [log, file("k.yaml", next), "--json"]);
    expect(JSON.parse(json.stdout).flips).toMatchObject([
      { direction: "would-deny", route: null, fields: ["Query.a"], example: { fields: ["Query.b", "Query.a"] } },
      { direction: "would-allow", route: null, fields, example: { fields } },
      { direction: "would-deny", route: "$connect", example: { path: "/" } },
    ]);
  });

  it("ends with 0 where none flips, and with 2 where of some nobody can tell", async () => {
    const log = await logOf(oldPolicy, [asks[0] as Ask], { sample: 0.5, random: () => 0 });
    const same = await runCommand(replayCommand, [file("c.jsonl", log), file("c.yaml", newPolicy)]);
    expect(same).toMatchObject({ status: 0, stdout: expect.stringContaining("a sample of what was allowed") });
    const byTag = "version: 1\nroutes: { GET /articles/:id: { equal: [{ tag: tenant }, { param: id }] } }";
    const unknown = await runCommand(replayCommand, [file("c.jsonl", log), file("d.yaml", byTag)]);
    expect(unknown.status).toBe(2);
    expect(unknown.stdout).toBe(
      [
        "✓ 1 decisions: 0 as they were, 0 would flip, of 1 nobody can tell",
        '  cannot tell: tag "tenant" is not logged (1), such as line 1',
        "  the log holds a sample of what was allowed",
        "",
      ].join("\n"),
    );
  });

  it("counts lines that are none of a log, and never takes them for decisions", async () => {
    const good = await logOf(oldPolicy, [asks[0] as Ask]);
    const bad = [
      ...["", "{}", "null", "[]", "not json", '{"v":2}', good.slice(0, 40), '{"v":1,"time":"x","dropped":3}'],
      '{"v":1,"time":"2026-01-02T00:00:00.000Z","dropped":-3}',
      good.trim().replace('"allowed":true', '"allowed":"true"'),
      good.trim().replace('"kind":"user"', '"kind":"god"'),
      good.trim().replace('"names":["editors"]', '"names":"editors"'),
      good.trim().replace('"method"', '"fields":[],"method"'),
      good.trim().replace('"method"', '"fields":["Query.a"],"nested":"User.id","method"'),
      `${" ".repeat(70_000)}{}`,
    ];
    const lost = '{"v":1,"time":"2026-01-02T00:00:00.000Z","dropped":3}';
    const log = file("e.jsonl", `${good}${lost}\n${bad.join("\n")}\n`);
    const { status, stdout } = await runCommand(replayCommand, [log, file("e.yaml", newPolicy), "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ decisions: 1, same: 1, flips: [], unreadable: { count: bad.length, first: 3 }, dropped: 3 },
    });
    expect(status).toBe(2);
    const text = await runCommand(replayCommand, [log, file("e.yaml", newPolicy)]);
    expect(text.stdout).toContain(`unreadable: ${bad.length} lines, such as line 3`);
    expect(text.stdout).toContain("3 decisions are not in the log");
  });

  it("survives any change of a line, and prints nothing that moves a cursor", async () => {
    const good = await logOf(oldPolicy, asks, everything);
    const policy = file("f.yaml", newPolicy);
    const property = fc.asyncProperty(fc.nat(good.length - 1), fc.string({ maxLength: 9 }), async (at, text) => {
      const log = file("f.jsonl", `${good.slice(0, at)}${text}${good.slice(at + text.length)}\n${good}`);
      const { status, stdout } = await runCommand(replayCommand, [log, policy]);
      expect([1, 2]).toContain(status);
      expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it("prints what stands in a log escaped", async () => {
    const good = await logOf(oldPolicy, asks.slice(1, 2));
    const log = file("g.jsonl", good.replace('"path":"/articles/2"', '"path":"/articles/2","route":"\\u001b[2J\\n"'));
    const { stdout } = await runCommand(replayCommand, [log, file("g.yaml", newPolicy)]);
    expect(stdout).toContain("would be allowed: \\u001b[2J\\n (1)");
  });

  it("reads a policy that asks functions, and leaves open what they would answer", async () => {
    const policy = file("asks.yaml", "version: 1\nroutes: { GET /articles/:id: { custom: mayRead } }");
    const module = file("asks.mjs", 'export default { functions: { mayRead() { throw new Error("asked"); } } };');
    const log = file("asks.jsonl", await logOf(oldPolicy, [asks[0] as Ask]));
    await expect(runCommand(replayCommand, [log, policy])).rejects.toThrow("--extensions");
    const { status, stdout } = await runCommand(replayCommand, [log, policy, "--extensions", module]);
    expect(status).toBe(2);
    expect(stdout).toContain("cannot tell: what functions and engines answered is not logged (1)");
  });

  it.each<[string, readonly string[], string]>([
    ["no log", [], "write LOG NEW"],
    ["no policy", ["log.jsonl"], "write LOG NEW"],
    ["an argument too many", ["a", "b", "c"], "write LOG NEW"],
    ["a log that is not there", ["/nowhere/log.jsonl", "policy"], "/nowhere/log.jsonl: there is no such file"],
    ["a log that is a folder", ["/", "policy"], "/: it cannot be read (EISDIR)"],
    ["a log without a decision", ["empty", "policy"], "it holds no decision that could be read"],
    ["a key that is not there", ["log", "policy", "--hash-key-file", "/nowhere/key"], "cannot be read"],
    ["a key that is too short", ["log", "policy", "--hash-key-file", "empty"], "must hold the 32 bytes"],
  ])("refuses %s", async (_name, args, message) => {
    const files = new Map([
      ["policy", file("h.yaml", newPolicy)],
      ["empty", file("h-empty", "\n")],
      ["log", file("h.jsonl", "")],
    ]);
    const run = runCommand(
      replayCommand,
      args.map((argument) => files.get(argument) ?? argument),
    );
    await expect(run).rejects.toThrow(message);
  });

  it("takes the key of the pseudonyms from a file", async () => {
    const log = file("i.jsonl", await logOf(oldPolicy, [asks[0] as Ask], { hashKey }));
    const key = file("i.key", "");
    writeFileSync(key, hashKey);
    const policy = file("i.yaml", "version: 1\nroutes: { GET /articles/:id: { equal: [{ userId: true }, ada] } }");
    expect((await runCommand(replayCommand, [log, policy])).status).toBe(2);
    expect((await runCommand(replayCommand, [log, policy, "--hash-key-file", key])).status).toBe(0);
  });

  it("is a command of poolgate", async () => {
    const log = file("j.jsonl", await logOf(oldPolicy, asks));
    const { status, stdout } = await runPoolgate(["replay", log, file("j.yaml", newPolicy)]);
    expect(stdout).toContain("3 would flip");
    expect(status).toBe(1);
    expect((await runPoolgate(["replay", "/nowhere/log.jsonl", file("j.yaml", newPolicy)])).status).toBe(2);
  });
});

describe("readLines", () => {
  it("finds the lines wherever a chunk ends, the last with a line feed or without", async () => {
    const texts = ["a", "", "é".repeat(40_000), "b".repeat(65_536), "c".repeat(65_537), "d"];
    const read = async (text: string) => {
      const lines: (string | undefined)[] = [];
      for await (const line of readLines(file("lines", text))) {
        lines.push(line.text);
        expect(line.number).toBe(lines.length);
      }
      return lines;
    };
    const expected = ["a", "", undefined, "b".repeat(65_536), undefined, "d"];
    expect(await read(texts.join("\n"))).toEqual(expected);
    expect(await read(`${texts.join("\n")}\n`)).toEqual(expected);
    expect(await read("")).toEqual([]);
  });

  it("takes what is no UTF-8 for no text", async () => {
    const path = file("bytes", "");
    writeFileSync(path, Buffer.from([0x61, 0x0a, 0xff, 0x0a]));
    const texts: unknown[] = [];
    for await (const { text } of readLines(path)) texts.push(text);
    expect(texts).toEqual(["a", undefined]);
  });
});
