import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { createReplayer } from "../../../src/cli/replay/replayer.ts";
import type { DecisionLogOptions } from "../../../src/observe/decision-log-options.ts";
import type { LoggedDecision } from "../../../src/observe/logged-decision.ts";
import {
  allOf,
  anyOf,
  anyone,
  authenticated,
  claim,
  custom,
  equal,
  group,
  guest,
  header,
  ip,
  not,
  param,
  query,
  role,
  scope,
  stepUp,
} from "../../../src/policy/combinators.ts";
import { definePolicy, type Policy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import type { FieldName } from "../../../src/policy/field-key.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { type Asking, callers, type DoorName, type Doors, openDoors } from "./doors.ts";

const everything: Partial<DecisionLogOptions> = {
  ...{ claims: ["plan"], headers: ["x-beta"], queries: ["room", "lang"], address: true },
};
const policyOf = (init: Partial<PolicyInit>) =>
  definePolicy({ routes: { "POST /graphql": anyone }, ...init } as PolicyInit, { functions: { yes: () => true } });
const nobody = not(anyone);
const open = policyOf({ fields: { "*": anyone }, connect: anyone });
const closed = policyOf({ fields: { "*": nobody }, connect: { group: "nobody" } });

let doors: Doors;
beforeEach(async () => {
  doors = await openDoors();
});

/** What becomes of what a door logged under one policy, under another one. */
async function replayed(
  old: Policy,
  next: Policy,
  door: DoorName,
  asking: Asking,
  options: Partial<DecisionLogOptions> = everything,
) {
  const line = await doors.lineBy(old, door, asking, options);
  const found = createReplayer(next, undefined)(line as LoggedDecision);
  if (found.outcome === "cannot-tell") return `cannot tell: ${found.reason}`;
  const { fields, route = "nowhere" } = found.place;
  return found.outcome === "same" ? "same" : `${found.outcome} ${fields?.join(", ") ?? route}`;
}

describe("a decision about GraphQL fields", () => {
  it.each<[string, DoorName, string, PolicyInit["fields"]]>([
    ["same", "appsyncAuthorizer", "{ me { id } }", { "Query.me": authenticated }],
    ["would-deny Query.me", "appsyncAuthorizer", "{ me { id } }", { "Query.me": group("admins") }],
    ["would-deny Query.me", "appsyncAuthorizer without a schema", "{ me { id } }", { "Query.*": group("admins") }],
    ["would-deny Query.me", "guardOperation", "{ health me { id } }", { "Query.health": anyone, "*": nobody }],
    ["same", "guardOperation", "{ health me { id } }", { "*": nobody, "Query.*": group("editors", "admins") }],
    // Fields further in, which the old policy did not name.
    ["would-deny User.email", "guardOperation", "{ me { id email } }", { "User.email": group("admins") }],
    [
      "would-deny User.email",
      "appsyncAuthorizer",
      "{ me { ...F } } fragment F on User { email }",
      { "User.*": nobody },
    ],
    ["same", "guardOperation", "{ me { id } }", { "User.email": group("admins") }],
    ["same", "appsyncAuthorizer without a schema", "{ me { email } }", { "User.email": nobody }],
    ["same", "appsyncAuthorizer", "{ me { email } }", { "Query.me": anyone, "*": authenticated, "User.email": anyone }],
    ["same", "guardOperation", "{ me { email } }", { "Query.me": anyone, "*": nobody }],
    // Fields of the types that operations begin with, further in.
    ["would-deny Query.me", "guardOperation", "mutation { ping { query { me { id } } } }", { "Query.me": nobody }],
    [
      "would-deny Reads.me",
      "appsyncAuthorizer with other roots",
      "mutation { ping { query { me { id } } } }",
      { "Mutation.ping": anyone, "*": nobody },
    ],
    // Introspection.
    ["would-deny Query.__schema", "appsyncAuthorizer", "{ __schema { types { name } } }", { "Query.__schema": nobody }],
    ["same", "guardOperation", "{ __schema { types { name } } }", { "Query.*": authenticated }],
    [
      "would-deny Query.__type",
      "guardOperation",
      'mutation { ping { query { __type(name: "User") { name } } } }',
      { "Query.__type": nobody },
    ],
    // Several fields, one of which is denied.
    [
      "would-deny Mutation.deleteUser",
      "appsyncAuthorizer",
      "mutation { rename { title } deleteUser { id } }",
      { "Mutation.deleteUser": group("admins") },
    ],
    ["would-deny Subscription.onUser", "appsyncAuthorizer", "subscription { onUser { id } }", { "*": scope("x") }],
  ])("that was allowed is: %s (%s: %s)", async (expected, door, document, fields) => {
    expect(await replayed(open, policyOf({ fields: fields ?? {} }), door, { caller: "ada", document })).toBe(expected);
  });

  it("that was denied tells all fields that would be allowed, and stays denied where one is", async () => {
    const asking = { caller: "ada", document: "{ health me { email } }" } as const;
    expect(await replayed(closed, open, "appsyncAuthorizer", asking)).toBe("would-allow Query.health, Query.me");
    const next = policyOf({ fields: { "User.email": nobody } });
    expect(await replayed(closed, next, "appsyncAuthorizer", asking)).toBe("same");
    // The old policy named what the new one leaves to the field that leads to it.
    const named = policyOf({ fields: { "User.email": nobody } });
    const least = policyOf({ fields: { "*": nobody, "Query.*": anyone } });
    expect(await replayed(named, least, "appsyncAuthorizer", asking)).toBe(
      "would-allow Query.health, Query.me, User.email",
    );
  });

  it("is one of an AppSync query that was answered with null for the denied field", async () => {
    const half = policyOf({ fields: { "Query.health": anyone, "*": nobody } });
    const asking = { caller: "ada", document: "{ health me { id } }" } as const;
    const line = await doors.lineBy(half, "appsyncAuthorizer", asking);
    expect(line).toMatchObject({ allowed: false, fields: ["Query.health", "Query.me"], nested: ["User.id"] });
    expect(await replayed(half, open, "appsyncAuthorizer", asking)).toBe("would-allow Query.health, Query.me");
    expect(await replayed(half, closed, "appsyncAuthorizer", asking)).toBe("same");
  });

  it.each<[string, Rule, Asking["caller"], object]>([
    ["same", equal(claim("plan"), "pro"), "ada", {}],
    ["same", equal(header("x-beta"), "yes"), "ada", { "x-beta": "yes" }],
    ["would-deny Query.me", equal(header("x-beta"), "yes"), "ada", { "x-beta": "no" }],
    ["would-deny Query.me", equal(header("x-beta"), "yes"), "batch", {}],
    [
      "cannot tell: whether a header was signed is not logged",
      equal(header("x-beta"), "yes"),
      "batch",
      { "x-beta": "yes" },
    ],
    ["would-deny Query.me", ip("192.0.2.0/24"), "ada", {}],
    ["cannot tell: what functions and engines answered is not logged", custom("yes"), "ada", {}],
    ["same", anyOf(group("editors"), custom("yes")), "ada", {}],
    ["would-deny Query.me", allOf(group("admins"), custom("yes")), "ada", {}],
    ["would-deny Query.me", not(group("admins")), "batch", {}],
    ["would-deny Query.me", authenticated, "visitor", {}],
    ["would-deny Query.me", authenticated, "anonymous", {}],
  ])("is judged like that about a route: %s under %j", async (expected, rule, caller, headers) => {
    const asking = { caller, document: "{ me { id } }", headers: headers as Record<string, string> };
    const next = policyOf({ fields: { "Query.me": rule } });
    expect(await replayed(open, next, "appsyncAuthorizer", asking)).toBe(expected);
  });

  it.each<[string, Rule]>([
    ['claim "plan" is not logged', equal(claim("plan"), "pro")],
    ['header "x-beta" is not logged', equal(header("x-beta"), "yes")],
    ["the address is not logged", ip("192.0.2.0/24")],
  ])("cannot be told where %s", async (reason, rule) => {
    const asking = { caller: "ada", document: "{ health me { id } }" } as const;
    const next = policyOf({ fields: { "Query.me": rule } });
    expect(await replayed(open, next, "guardOperation", asking, {})).toBe(`cannot tell: ${reason}`);
    const denied = policyOf({ fields: { "Query.me": rule, "Query.health": nobody } });
    expect(await replayed(open, denied, "guardOperation", asking, {})).toBe("would-deny Query.health");
  });

  it("is denied where the new policy has no fields, and judged with `require`, but for anyone", async () => {
    const asking = { caller: "ada", document: "{ me { id } }" } as const;
    expect(await replayed(open, policyOf({}), "guardOperation", asking)).toBe("would-deny Query.me");
    expect(await replayed(policyOf({}), policyOf({}), "guardOperation", asking)).toBe("same");
    expect(await replayed(policyOf({}), open, "guardOperation", asking)).toBe("would-allow Query.me, User.id");
    const required = (rule: Rule) => policyOf({ require: group("admins"), fields: { "Query.me": rule } });
    expect(await replayed(open, required(authenticated), "guardOperation", asking)).toBe("would-deny Query.me");
    expect(await replayed(open, required(anyone), "guardOperation", asking)).toBe("same");
  });

  it("is judged by the very fields that a resolver's gate or an own one named", async () => {
    const next = policyOf({ fields: { "*": nobody, "Query.*": anyone, "User.salary": nobody } });
    const resolved = { caller: "ada", fields: ["User.email"] } as const;
    expect(await replayed(open, next, "guardResolver", resolved)).toBe("would-deny User.email");
    const own = { caller: "ada", fields: ["Query.me", "User.email"] } as const;
    expect(await replayed(open, next, "authorize", own)).toBe("would-deny User.email");
    expect(await replayed(open, next, "authorize", { caller: "ada", fields: ["Query.me"] })).toBe("same");
    // What is in both lists is judged under any policy.
    expect(await replayed(open, next, "authorize", { ...own, nested: ["User.email", "User.id"] })).toBe(
      "would-deny User.email",
    );
    expect(await replayed(open, next, "authorize", { ...own, fields: ["Query.me"], nested: ["User.id"] })).toBe("same");
  });

  it("is judged with its guard", async () => {
    const asking = (rule: Rule, params = {}): Asking => ({
      caller: "ada",
      fields: ["Query.me"],
      guard: { rule, params },
    });
    const next = policyOf({ require: group("editors"), fields: { "*": anyone } });
    expect(await replayed(open, next, "authorize", asking(authenticated))).toBe("same");
    const strict = policyOf({ require: group("admins"), fields: { "*": anyone } });
    expect(await replayed(open, strict, "authorize", asking(authenticated))).toBe("would-deny Query.me");
    expect(await replayed(open, next, "authorize", asking(equal(param("id"), "7"), { id: "7" }))).toBe("same");
    expect(await replayed(open, next, "authorize", asking(equal(query("lang"), "en")))).toBe("same");
    expect(await replayed(open, next, "authorize", asking(equal(query("lang"), "en")), {})).toBe(
      'cannot tell: query "lang" is not logged',
    );
    expect(await replayed(open, policyOf({}), "authorize", asking(equal(query("lang"), "en")), {})).toBe(
      "would-deny Query.me",
    );
  });

  it("cannot be told where the line was too long for all fields, unless one that was judged is denied", async () => {
    const line = await doors.lineBy(open, "guardOperation", { caller: "ada", document: "{ me { email } }" });
    const cut = { ...line, fields: ["Query.me", "User.id", "Mutation.ping"], nested: null } as LoggedDecision;
    const under = (fields: PolicyInit["fields"]) => createReplayer(policyOf({ fields: fields ?? {} }), undefined)(cut);
    const untold = { outcome: "cannot-tell", reason: "the fields that were asked are not logged in full" };
    expect(under({ "*": anyone })).toEqual(untold);
    expect(under({ "*": nobody, "Query.me": anyone })).toEqual(untold);
    expect(under({ "*": nobody })).toMatchObject({ outcome: "would-deny", place: { fields: ["Query.me"] } });
    expect(under({ "User.id": nobody })).toMatchObject({ outcome: "would-deny", place: { fields: ["User.id"] } });
  });
});

describe("a decision about a WebSocket connection", () => {
  it.each<[string, Rule, Asking["caller"]]>([
    ["same", group("editors"), "ada"],
    ["would-deny $connect", group("admins"), "ada"],
    ["would-deny $connect", authenticated, "visitor"],
    ["would-deny $connect", authenticated, "anonymous"],
    ["same", guest, "visitor"],
    ["same", equal(query("room"), "7"), "ada"],
    ["would-deny $connect", equal(query("room"), "8"), "ada"],
    ["same", equal(header("x-beta"), "yes"), "ada"],
    ["cannot tell: whether a header was signed is not logged", equal(header("x-beta"), "yes"), "batch"],
    ["cannot tell: what functions and engines answered is not logged", custom("yes"), "ada"],
  ])("is %s under %j", async (expected, connect, caller) => {
    const asking = { caller, query: { room: "7" }, headers: { "x-beta": "yes" } };
    expect(await replayed(open, policyOf({ connect }), "webSocketAuthorizer", asking)).toBe(expected);
  });

  it("is denied where the new policy has no rule for it, and allowed where the old one had none", async () => {
    const without = policyOf({ routes: { "GET /": anyone } });
    const asking = { caller: "ada" } as const;
    expect(await replayed(open, without, "webSocketAuthorizer", asking)).toBe("would-deny $connect");
    expect(await replayed(without, open, "webSocketAuthorizer", asking)).toBe("would-allow $connect");
    expect(await replayed(without, without, "webSocketAuthorizer", asking)).toBe("same");
    expect(await replayed(closed, open, "webSocketAuthorizer", asking)).toBe("would-allow $connect");
    expect(await replayed(without, open, "webSocketAuthorizer", { caller: "anonymous" })).toBe("would-allow $connect");
  });

  it("cannot be told of AppSync where the new policy has no rule for it, since nobody asks then", async () => {
    const door = "appsyncAuthorizer, a connection";
    const reason = "cannot tell: without connect, AppSync lets whoever is known open a connection";
    expect(await replayed(open, policyOf({}), door, { caller: "ada" })).toBe(reason);
    expect(await replayed(open, policyOf({}), door, { caller: "visitor" })).toBe(reason);
    expect(await replayed(open, policyOf({}), door, { caller: "anonymous" })).toBe("would-deny $connect");
    expect(await replayed(open, closed, door, { caller: "ada" })).toBe("would-deny $connect");
    expect(await replayed(open, policyOf({ connect: authenticated }), door, { caller: "ada" })).toBe("same");
  });

  it.each<Partial<DecisionLogOptions>>([{ hashKey: new Uint8Array(32) }, { params: "omit" }, { ids: "omit" }])(
    "is judged whatever is hidden in its path: %j",
    async (options) => {
      const next = policyOf({ connect: group("admins") });
      for (const door of ["webSocketAuthorizer", "appsyncAuthorizer, a connection"] as const) {
        expect(await replayed(open, next, door, { caller: "ada" }, options)).toBe("would-deny $connect");
        expect(await replayed(open, open, door, { caller: "ada" }, options)).toBe("same");
      }
    },
  );
});

const leaf = fc.constantFrom<Rule>(
  ...[anyone, authenticated, guest, group("editors"), group("admins"), scope("articles/read"), custom("yes")],
  ...[role("123456789012/Batch"), equal(claim("plan"), "pro"), equal(header("x-beta"), "yes"), ip("192.0.2.0/24")],
  ...[stepUp({ maxAge: 600 }), stepUp({ acr: "urn:cognito:loa:2" }), nobody],
);
const { tree } = fc.letrec<{ tree: Rule }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.tuple(tie("tree"), tie("tree")).map(([left, right]) => allOf(left, right)) },
    { weight: 1, arbitrary: fc.tuple(tie("tree"), tie("tree")).map(([left, right]) => anyOf(left, right)) },
    { weight: 1, arbitrary: tie("tree").map(not) },
  ),
}));
const keys = [
  ...["*", "Query.*", "Query.me", "Query.articles", "Query.health", "Query.__schema", "Reads.*", "Reads.me"],
  ...["Mutation.*", "Mutation.rename", "Mutation.ping", "Subscription.onUser"],
  ...["User.*", "User.email", "Article.author", "Ping.query"],
];

/** Rules that nobody could pass are none, and are left out. */
function arbitraryPolicy(
  fields: readonly (readonly [string, Rule])[] | undefined,
  connect: Rule | undefined,
  require: Rule | undefined,
): Policy {
  const isSound = (init: Partial<PolicyInit>) => {
    try {
      policyOf(init);
      return true;
    } catch {
      return false;
    }
  };
  const narrowing = require !== undefined && isSound({ require }) ? { require } : {};
  const sound = fields?.filter(([key, rule]) => isSound({ ...narrowing, fields: { [key]: rule } }));
  return policyOf({
    ...narrowing,
    ...(sound !== undefined && { fields: Object.fromEntries(sound) }),
    ...(connect !== undefined && isSound({ ...narrowing, connect }) && { connect }),
  });
}

const rarely = { freq: 8 };
const policies = fc
  .tuple(
    fc.option(fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), tree), { selector: ([key]) => key, maxLength: 8 }), {
      ...rarely,
      nil: undefined,
    }),
    fc.option(tree, { ...rarely, nil: undefined }),
    fc.option(fc.constantFrom<Rule>(not(group("admins")), authenticated, equal(claim("plan"), "pro")), {
      freq: 1,
      nil: undefined,
    }),
  )
  .map(([fields, connect, require]) => arbitraryPolicy(fields, connect, require));
const documents = [
  "{ me { id } }",
  "{ health me { id email } articles { title author { email } } }",
  "{ articles { title } }",
  "{ __schema { types { name } } }",
  "mutation { rename { title } }",
  "mutation { ping { query { me { email } } } }",
  "mutation { rename { author { email } } ping { query { __schema { types { name } } } } }",
  "subscription { onUser { id salary } }",
];
const fieldLists = [
  ["Query.me"],
  ["User.email"],
  ["Query.me", "User.email", "Article.author"],
  ["Mutation.rename", "Query.health"],
] satisfies Asking["fields"][];
const askings: fc.Arbitrary<Asking> = fc.record({
  caller: fc.constantFrom(...(Object.keys(callers) as Asking["caller"][])),
  document: fc.constantFrom(...documents),
  fields: fc.constantFrom<NonNullable<Asking["fields"]>>(...fieldLists),
  nested: fc.subarray<FieldName>(["User.email", "User.id", "Article.author", "Ping.query", "User.email"]),
  headers: fc.constantFrom<Record<string, string>>({}, { "x-beta": "yes" }, { "x-beta": "no" }),
});
const logs = fc.constantFrom<Partial<DecisionLogOptions>>(
  ...([{}, everything, everything, { ids: "omit" }, { ...everything, hashKey: new Uint8Array(32) }] as const),
);

describe("what a replay tells of fields and connections", () => {
  it.each<[DoorName, number]>([
    ["authorize", 200],
    ["guardResolver", 200],
    ["guardOperation", 200],
    ["appsyncAuthorizer", 400],
    ["appsyncAuthorizer without a schema", 200],
    ["appsyncAuthorizer with other roots", 300],
    ["webSocketAuthorizer", 200],
    ["appsyncAuthorizer, a connection", 200],
  ])("of %s is what the authorizer would decide under the new policy", async (door, numRuns) => {
    const seen = { same: 0, "would-allow": 0, "would-deny": 0, "cannot-tell": 0 };
    const property = fc.asyncProperty(policies, policies, askings, logs, async (old, next, asking, options) => {
      const line = await doors.lineBy(old, door, asking, options);
      if (line === undefined) return;
      const { outcome } = createReplayer(next, undefined)(JSON.parse(JSON.stringify(line)));
      seen[outcome] += 1;
      if (outcome === "cannot-tell") return;
      const truth = await doors.lineBy(next, door, asking);
      // Where AppSync does not ask, it lets in whoever is known.
      const allowed = truth?.allowed ?? asking.caller !== "anonymous";
      expect(outcome).toBe(line.allowed === allowed ? "same" : allowed ? "would-allow" : "would-deny");
    });
    await fc.assert(property, { numRuns });
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(numRuns / 200);
  });
});
