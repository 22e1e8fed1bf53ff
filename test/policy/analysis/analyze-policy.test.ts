import { describe, expect, it } from "vitest";
import { analyzePolicy } from "../../../src/policy/analysis/analyze-policy.ts";
import { definePolicy, type Policy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import { parsePolicy } from "../../../src/policy/parse-policy.ts";
import type { Rule } from "../../../src/policy/rule.ts";

const functions = { owns: () => true, other: () => false };

function policyOf(routes: Record<string, Rule>, more: Partial<PolicyInit> = {}): Policy {
  return definePolicy({ routes, ...more } as PolicyInit, { functions });
}

/** The findings of a policy, each as its code with what follows `routes["GET /a"]` or where else it is. */
function briefly(policy: Policy, options = {}): readonly string[] {
  return analyzePolicy(policy, options).findings.map(
    ({ code, severity, where }) =>
      `${severity === "warning" ? "!" : "i"} ${code} ${where.replace('routes["GET /a"]', "")}`,
  );
}

const tags: Rule = { equal: [{ tag: "t" }, "x"] };
const notTags: Rule = { not: tags };

describe("a rule that is always true", () => {
  it.each<[Rule, readonly string[]]>([
    [{ anyOf: ["authenticated", { not: "authenticated" }] }, ["! always_true "]],
    [
      { anyOf: ["authenticated", "guest", { allOf: [{ not: "authenticated" }, { not: "guest" }] }] },
      ["! always_true "],
    ],
    [{ not: { allOf: ["guest", "authenticated"] } }, ["! always_true "]],
    [{ anyOf: ["anyone", { group: "a" }] }, ["! always_true "]],
    ["anyone", []],
    [{ allOf: ["anyone"] }, []],
    [{ anyOf: [{ allOf: ["anyone"] }] }, []],
    // Of whom the tag is missing, neither is true.
    [{ anyOf: [tags, notTags] }, []],
    [{ anyOf: ["authenticated", "guest"] }, []],
    [{ not: { group: "a" } }, []],
  ])("%j: %j", (rule, expected) => {
    expect(briefly(policyOf({ "GET /a": rule }))).toEqual(expected);
  });

  it("is found by its name, and not where the name stands for anyone", () => {
    const always: Rule = { anyOf: ["authenticated", { not: "authenticated" }] };
    const named = policyOf({ "GET /a": { rule: "all" } }, { rules: { all: always } });
    expect(briefly(named)).toEqual(["! always_true rules.all", "! always_true "]);
    expect(briefly(policyOf({ "GET /a": { rule: "all" } }, { rules: { all: "anyone" } }))).toEqual([]);
    expect(briefly(policyOf({ "GET /a": "guest" }, { require: always }))).toEqual(["! always_true require"]);
    expect(briefly(policyOf({ "GET /a": "guest" }, { require: "anyone" }))).toEqual([]);
  });

  it("is no mistake beside require, which it leaves to decide", () => {
    const require: Rule = { not: { group: "suspended" } };
    expect(briefly(policyOf({ "GET /a": { not: { allOf: ["guest", "authenticated"] } } }, { require }))).toEqual([
      "i always_true ",
    ]);
    expect(briefly(policyOf({ "GET /a": { allOf: ["anyone"] } }, { require }))).toEqual([]);
    expect(briefly(policyOf({ "GET /a": "authenticated" }, { require }))).toEqual([]);
  });
});

describe("a route out of reach", () => {
  it.each<[Rule, readonly string[]]>([
    [{ scope: "a" }, ["! no_signed_caller "]],
    [{ client: "a" }, ["! no_signed_caller "]],
    [{ equal: [{ claim: "a" }, "x"] }, ["! no_signed_caller "]],
    [{ stepUp: { acr: "urn:cognito:loa:2" } }, ["! no_signed_caller "]],
    [
      { allOf: [{ group: "a" }, { allOf: [{ group: "b" }, { scope: "a" }] }] },
      ["! no_signed_caller .allOf[1].allOf[1]"],
    ],
    [{ allOf: [{ anyOf: [{ scope: "a" }, { client: "a" }] }, { group: "a" }] }, ["! no_signed_caller .allOf[0]"]],
    // Who signs as a user has a time of authentication, and no level.
    [{ stepUp: { maxAge: 60 } }, []],
    [{ anyOf: [{ scope: "a" }, { group: "a" }] }, []],
    [{ not: { scope: "a" } }, ["! no_signed_caller "]],
    [{ group: "a" }, []],
    [tags, []],
    // Web identity tokens of STS have a role.
    [{ role: "111111111111/a" }, []],
    [{ allOf: [{ role: "111111111111/a" }, { equal: [{ userId: true }, "x"] }] }, ["! no_token_caller "]],
    [{ allOf: [{ role: "111111111111/a" }, { group: "a" }, { not: { group: "b" } }] }, ["! no_token_caller "]],
    // Callers of other verifiers may, so that it loads.
    [{ allOf: [{ role: "111111111111/a" }, { scope: "a" }] }, ["! no_signed_caller .allOf[1]", "! no_token_caller "]],
    [{ allOf: [{ not: "authenticated" }, { not: "guest" }] }, ["! no_signed_caller ", "! no_token_caller "]],
    ["guest", []],
  ])("%j: %j", (rule, expected) => {
    expect(briefly(policyOf({ "GET /a": rule }))).toEqual(expected);
  });

  it("may be so by require", () => {
    const policy = policyOf({ "GET /a": { role: "111111111111/a" } }, { require: { not: { group: "b" } } });
    expect(analyzePolicy(policy).findings).toEqual([]);
    const users = policyOf({ "GET /a": { role: "111111111111/a" } }, { require: { equal: [{ userId: true }, "x"] } });
    expect(analyzePolicy(users).findings).toMatchObject([
      {
        code: "no_token_caller",
        where: 'routes["GET /a"]',
        finding: "nobody with a token can ever pass both this rule and require",
      },
    ]);
  });

  it("is none where other verifiers may make such callers", () => {
    expect(briefly(policyOf({ "GET /a": { scope: "a" } }), { customVerifiers: true })).toEqual([]);
  });

  it("has a witness who passes", () => {
    const rule: Rule = { allOf: [{ scope: "a" }, { equal: [{ param: "rest" }, "x/é y"] }] };
    const [finding] = analyzePolicy(policyOf({ "GET /a/:id/*rest": rule })).findings;
    expect(finding).toEqual({
      code: "no_signed_caller",
      severity: "warning",
      where: 'routes["GET /a/:id/*rest"].allOf[0]',
      route: "GET /a/:id/*rest",
      finding: 'nobody who signs can ever pass scope("a")',
      witness: {
        caller: {
          who: "a user with an access or ID token of a user pool",
          kind: "user",
          verifiedBy: "user-pool",
          scopes: ["a"],
        },
        request: { method: "GET", target: "/a/other-1/x/%C3%A9%20y" },
        provided: [],
      },
    });
  });
});

describe("a part that never matters", () => {
  it.each<[Rule, readonly string[]]>([
    // A guest may stand in a role for a group, so that this is no mistake by logic alone.
    [{ anyOf: ["authenticated", { group: "a" }] }, []],
    [{ anyOf: ["authenticated", { scope: "a" }] }, ["! redundant_alternative .anyOf[1]"]],
    [{ anyOf: [{ group: "a" }, { group: ["a", "b"] }] }, ["! redundant_alternative .anyOf[0]"]],
    [{ anyOf: [{ group: "a" }, { group: ["c", "b"] }] }, []],
    [{ anyOf: [{ group: "a" }, { group: "a" }] }, ["! redundant_alternative .anyOf[1]"]],
    [{ anyOf: [{ group: "a" }, { allOf: ["guest", "authenticated"] }] }, ["! redundant_alternative .anyOf[1]"]],
    [{ allOf: [{ group: "a" }, { anyOf: [{ group: "a" }, { group: "b" }] }] }, ["i redundant_condition .allOf[1]"]],
    [
      { allOf: [{ group: "a" }, { anyOf: [{ allOf: [{ group: "a" }, tags] }, { group: "b" }] }] },
      ["i redundant_condition .allOf[1].anyOf[0].allOf[0]"],
    ],
    [{ allOf: [{ group: "a" }, { anyOf: [tags, { group: "b" }] }] }, []],
    [{ allOf: [{ group: "a" }, { not: { allOf: ["guest", "authenticated"] } }] }, ["i redundant_condition .allOf[1]"]],
    [{ allOf: ["authenticated", { not: "guest" }] }, ["i redundant_condition .allOf[1]"]],
    [{ allOf: ["authenticated", { not: { group: "a" } }] }, []],
    [{ not: { anyOf: [{ group: "a" }, { group: ["a", "b"] }] } }, ["i redundant_condition .not.anyOf[0]"]],
    [{ not: { anyOf: [{ group: "a" }, { group: ["c", "b"] }] } }, []],
    [{ not: { allOf: [{ group: "a" }, { group: ["a", "b"] }] } }, ["! redundant_alternative .not.allOf[1]"]],
    [{ anyOf: [{ ip: "10.0.0.0/8" }, { ip: "10.1.0.0/16" }] }, ["! redundant_alternative .anyOf[1]"]],
    [{ anyOf: [{ ip: "10.0.0.0/8" }, { ip: "11.1.0.0/16" }] }, []],
    [{ anyOf: [tags, { allOf: [tags, { group: "a" }] }, { group: "b" }] }, ["! redundant_alternative .anyOf[1]"]],
    [{ allOf: [{ custom: "owns" }, { custom: "owns" }] }, ["i redundant_condition .allOf[1]", "i cannot_tell "]],
    [{ allOf: [{ custom: "owns" }, { custom: "other" }] }, ["i cannot_tell "]],
  ])("%j: %j", (rule, expected) => {
    expect(briefly(policyOf({ "GET /a": rule }))).toEqual(expected);
  });

  it("is told as what it is", () => {
    const sentence = (rule: Rule) => analyzePolicy(policyOf({ "GET /a": rule })).findings[0]?.finding;
    expect(sentence({ anyOf: [{ group: "a" }, { allOf: ["guest", "authenticated"] }] })).toBe(
      "nobody can ever pass this part; mend it, or leave it out",
    );
    expect(sentence({ anyOf: [{ group: "a" }, { group: "a" }] })).toBe(
      "this part lets nobody in whom the rest does not; leave it out, or mend the rest, which lets in more than it seems",
    );
    expect(sentence({ allOf: [{ group: "a" }, { not: { allOf: ["guest", "authenticated"] } }] })).toBe(
      "this part is always true, so that it shuts nobody out",
    );
    expect(sentence({ allOf: ["authenticated", { not: "guest" }] })).toBe(
      "this part shuts nobody out whom the rest does not; it can be left out",
    );
    expect(sentence({ not: { anyOf: [{ group: "a" }, { allOf: ["guest", "authenticated"] }] } })).toBe(
      "this part shuts nobody out whom the rest does not; it can be left out",
    );
  });

  it("may be so by require, which is no part of the route", () => {
    const require: Rule = { allOf: ["authenticated", { not: { group: "suspended" } }] };
    const rule: Rule = { allOf: ["authenticated", { group: "a" }] };
    expect(briefly(policyOf({ "GET /a": rule }, { require }))).toEqual(["i redundant_condition .allOf[0]"]);
    expect(briefly(policyOf({ "GET /a": "authenticated" }, { require }))).toEqual([]);
    const admins = policyOf({ "GET /a": { anyOf: [{ group: "x" }, { group: "y" }] } }, { require: { group: "x" } });
    expect(briefly(admins)).toEqual(["! redundant_alternative .anyOf[1]"]);
    expect(briefly(policyOf({ "GET /a": "guest" }, { require: { anyOf: ["guest", "guest"] } }))).toEqual([
      "! redundant_alternative require.anyOf[1]",
    ]);
  });

  it("is found in a named rule only where it matters neither to be true nor to be false", () => {
    const named = (own: Rule) => briefly(policyOf({ "GET /a": { rule: "own" } }, { rules: { own } }));
    expect(named({ anyOf: [{ group: "a" }, { group: ["a", "b"] }] })).toEqual([
      "! redundant_alternative rules.own.anyOf[0]",
    ]);
    // A caller without scopes is no machine; but of him the second part is unknown and not false.
    expect(named({ anyOf: ["authenticated", { scope: "a" }] })).toEqual([]);
    const own: Rule = {
      anyOf: [{ equal: [{ tag: "t" }, { param: "id" }] }, { equal: [{ param: "id" }, { tag: "t" }] }],
    };
    const withParam = policyOf({ "GET /a/:id": { rule: "own" } }, { rules: { own } });
    expect(briefly(withParam)).toEqual(["! redundant_alternative rules.own.anyOf[1]"]);
  });
});

describe("a named rule that nobody uses", () => {
  it("is found, and so is what it alone uses", () => {
    const rules: Record<string, Rule> = {
      used: { allOf: [{ rule: "by way" }, { not: { rule: "below" } }] },
      "by way": { group: "a" },
      below: { group: "b" },
      required: { group: "c" },
      unused: { anyOf: [{ rule: "alone" }, { rule: "below" }] },
      alone: { group: "d" },
    };
    const policy = policyOf(
      { "GET /a": { anyOf: [{ rule: "used" }, "guest"] } },
      { rules, require: { not: { rule: "required" } } },
    );
    expect(briefly(policy)).toEqual(["! unused_rule rules.alone", "! unused_rule rules.unused"]);
    const graph = definePolicy({
      rules: { alone: { group: "a" }, of: { group: "b" }, to: { group: "c" } },
      fields: { "Query.a": { rule: "of" } },
      connect: { rule: "to" },
    });
    expect(briefly(graph)).toEqual(["! unused_rule rules.alone"]);
    expect(analyzePolicy(policy).findings[1]).toEqual({
      code: "unused_rule",
      severity: "warning",
      where: "rules.unused",
      key: "rules.unused",
      rule: "unused",
      finding:
        "neither a route, a field, connect nor require uses this rule; leave it out, unless a guard in the code uses it",
    });
  });
});

describe("groups that differ in case", () => {
  it("are found where the rarer spelling stands first", () => {
    const policy = policyOf(
      {
        "GET /a": { not: { group: ["x", "Admins"] } },
        "GET /b": { group: "ADMINS" },
        "GET /c": { allOf: [{ group: "admins" }, { anyOf: [{ group: "y" }, { group: "ADMINS" }] }] },
      },
      { require: { not: { group: "Suspended" } }, rules: { bad: { group: "suspended" } } },
    );
    const findings = analyzePolicy(policy).findings.filter(({ code }) => code === "group_case");
    expect(findings).toEqual([
      {
        code: "group_case",
        severity: "warning",
        where: "rules.bad.group",
        rule: "bad",
        finding:
          'the group "suspended" is "Suspended" in require.not.group; names are compared exactly, so these are two groups',
      },
      {
        code: "group_case",
        severity: "warning",
        where: 'routes["GET /a"].not.group[1]',
        route: "GET /a",
        finding:
          'the group "Admins" is "ADMINS" in routes["GET /b"].group; names are compared exactly, so these are two groups',
      },
      expect.objectContaining({ where: 'routes["GET /c"].allOf[0].group' }),
    ]);
  });

  it("are meant where both stand in one list, and are none where they are written alike", () => {
    expect(briefly(policyOf({ "GET /a": { group: ["admins", "Admins"] }, "GET /b": { group: "admins" } }))).toEqual([]);
    expect(briefly(policyOf({ "GET /a": { group: "admins" }, "GET /b": { group: "admins" } }))).toEqual([]);
    expect(briefly(policyOf({ "GET /a": { group: "admins" }, "GET /b": { group: "admin" } }))).toEqual([]);
  });
});

describe("what functions and engines answer", () => {
  it("is not guessed", () => {
    expect(analyzePolicy(policyOf({ "GET /a": { custom: "owns" } })).findings).toEqual([
      {
        code: "cannot_tell",
        severity: "note",
        where: 'routes["GET /a"]',
        route: "GET /a",
        finding:
          'cannot tell whether everybody passes, whether anybody who signs passes, whether anybody with a token passes: custom("owns") may answer either way',
        witness: {
          caller: {
            who: "a user who signs with credentials of an identity pool",
            kind: "user",
            verifiedBy: "signed-request",
          },
          request: { method: "GET", target: "/a" },
          provided: [{ leaf: 'custom("owns")', answer: true }],
        },
      },
    ]);
    const text = analyzePolicy(policyOf({ "GET /a": { custom: "owns" } })).text;
    expect(text).toContain(
      'who passes: a user who signs with credentials of an identity pool, asking GET /a, where custom("owns") is true',
    );
  });

  it.each<[Rule, string | undefined]>([
    [{ anyOf: [{ custom: "owns" }, "authenticated"] }, "whether everybody passes:"],
    [{ anyOf: [{ allOf: [{ custom: "owns" }, "authenticated"] }, { group: "a" }] }, undefined],
    [{ anyOf: [{ custom: "owns" }, { custom: "other" }] }, 'custom("owns") and custom("other") may answer either way'],
    [{ allOf: [{ custom: "owns" }, { scope: "a" }] }, "cannot tell whether anybody with a token passes:"],
  ])("%j: %s", (rule, expected) => {
    const open = analyzePolicy(policyOf({ "GET /a": rule })).findings.find(({ code }) => code === "cannot_tell");
    if (expected === undefined) expect(open).toBeUndefined();
    else expect(open?.finding).toContain(expected);
  });

  it("does not keep from telling what holds whatever they are", () => {
    const briefs = (rule: Rule) => briefly(policyOf({ "GET /a": rule }));
    expect(briefs({ allOf: [{ custom: "owns" }, { scope: "a" }] })).toEqual([
      "! no_signed_caller .allOf[1]",
      "i cannot_tell ",
    ]);
    expect(briefs({ anyOf: [{ custom: "owns" }, { not: { allOf: ["guest", "authenticated"] } }] })).toEqual([
      "! always_true ",
    ]);
    // The answer may be that it cannot be told.
    expect(briefs({ anyOf: [{ custom: "owns" }, { not: { custom: "owns" } }] })).toEqual(["i cannot_tell "]);
  });
});

describe("an analysis", () => {
  const text = [
    "version: 1",
    "rules:",
    "  spare: guest",
    "routes:",
    "  GET /b/:id:",
    "    anyOf:",
    "      - group: a",
    "      - group: [a, a-b]",
    "  GET /b/mine: { scope: x }",
    "",
  ].join("\n");

  it("tells where in a text its findings are, in the order of the text", async () => {
    const analysis = analyzePolicy(await parsePolicy(text, { file: "policy.yaml" }));
    const places = analysis.findings.map(({ code, location }) => [
      code,
      location?.file,
      location?.line,
      location?.column,
    ]);
    expect(places).toEqual([
      ["unused_rule", "policy.yaml", 3, 3],
      ["overlapping_routes", "policy.yaml", 5, 3],
      ["redundant_alternative", "policy.yaml", 7, 9],
      ["no_signed_caller", "policy.yaml", 9, 18],
    ]);
    expect(analysis.text).toBe(
      [
        "  policy.yaml:3:3: warning unused_rule: rules.spare: neither a route, a field, connect nor require uses this rule; leave it out, unless a guard in the code uses it",
        "    3 |   spare: guest",
        "      |   ^^^^^",
        '  policy.yaml:5:3: note overlapping_routes: routes["GET /b/:id"]: more specific routes match some of its requests too, and win: "GET /b/mine", such as GET /b/mine',
        "    5 |   GET /b/:id:",
        "      |   ^^^^^^^^^^",
        '  policy.yaml:7:9: warning redundant_alternative: routes["GET /b/:id"].anyOf[0]: this part lets nobody in whom the rest does not; leave it out, or mend the rest, which lets in more than it seems',
        "    7 |       - group: a",
        "      |         ^^^^^",
        '  policy.yaml:9:18: warning no_signed_caller: routes["GET /b/mine"]: nobody who signs can ever pass scope("x")',
        "    9 |   GET /b/mine: { scope: x }",
        "      |                  ^^^^^",
        '    who passes: a user with an access or ID token of a user pool, scopes ["x"], asking GET /b/mine',
      ].join("\n"),
    );
    expect(analyzePolicy(await parsePolicy(text)).text).toMatch(/^ {2}line 3, column 3: warning unused_rule/);
  });

  it("finds nothing in a policy as it should be, and looks at the live one of a policy that changes", () => {
    const good = policyOf({ "GET /a": "anyone", "GET /b": "authenticated" });
    expect(analyzePolicy(good)).toEqual({ findings: [], text: "" });
    const changing = { ...policyOf({ "GET /a": { scope: "a" } }), current: good };
    expect(analyzePolicy(changing).findings).toEqual([]);
  });

  it("shows names as what they are where they would turn the direction of writing", () => {
    const text = analyzePolicy(policyOf({ "GET /a": { scope: "a" }, "GET /b": { client: "a\u202eb" } })).text;
    expect(text).toContain('client("a\\u202eb")');
  });

  it("leaves the request of a witness out where it would go to another route", () => {
    const rule: Rule = { allOf: [{ scope: "a" }, { equal: [{ param: "id" }, "mine"] }] };
    const findings = analyzePolicy(policyOf({ "* /:id": rule, "* /mine": "guest" })).findings;
    expect(findings).toMatchObject([{ code: "no_signed_caller" }, { code: "overlapping_routes" }]);
    expect(findings[0]?.witness).toMatchObject({ caller: { scopes: ["a"] } });
    expect(findings[0]?.witness).not.toHaveProperty("request");
  });

  it("cannot tell of what is too complex, and is done in bounded time", () => {
    const tags = Array.from({ length: 12 }, (_, index) => ({ tag: `t${index}` }));
    const different = tags.flatMap((one, index) =>
      tags.slice(index + 1).map((other): Rule => ({ not: { equal: [one, other] } })),
    );
    const values = tags.map((own): Rule => ({ oneOf: [own, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]] }));
    const hard = { allOf: [...values, ...different] } as unknown as Rule;
    const policy = policyOf({ "GET /a": hard, "GET /b": { rule: "hard" } }, { rules: { hard } });
    expect(analyzePolicy(policy).findings.map(({ code, where, finding }) => [code, where, finding])).toEqual([
      ["cannot_tell", "rules.hard", "cannot tell whether each part of the rule matters: it is too complex"],
      ...['routes["GET /a"]', 'routes["GET /b"]'].map((where) => [
        "cannot_tell",
        where,
        "cannot tell whether everybody passes, whether anybody who signs passes, whether anybody with a token passes, whether each part of the rule matters: the rule is too complex",
      ]),
    ]);
  });

  it("says of a rule of very many parts only that these were not looked at one by one", () => {
    const parts = Array.from({ length: 151 }, (_, index) => ({
      allOf: [{ group: `g${index % 12}` }, { group: `g${(index * 5 + 1) % 12}` }],
    }));
    const many = { anyOf: parts } as unknown as Rule;
    expect(analyzePolicy(policyOf({ "GET /a": many })).findings).toMatchObject([
      { finding: "cannot tell whether each part of the rule matters: the rule is too complex" },
    ]);
  });

  it.each<[string, unknown]>([
    ["groups", { not: { group: Array.from({ length: 1_100 }, (_, index) => `g${index}`) } }],
    ["ranges", { ip: Array.from({ length: 4_100 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`) }],
    ["values", { oneOf: [{ tag: "t" }, Array.from({ length: 10_100 }, (_, index) => `v${index}`)] }],
    ["issuers", { issuer: Array.from({ length: 10_100 }, (_, index) => `i${index}`) }],
  ])("cannot tell of a rule that names thousands: %s", (_, rule) => {
    expect(analyzePolicy(policyOf({ "GET /a": rule as Rule })).findings).toMatchObject([
      { code: "cannot_tell", finding: expect.stringContaining("the rule is too complex") },
    ]);
  });

  it("cannot tell of patterns of roles that match in too many ways", () => {
    const role = Array.from(
      { length: 12 },
      (_, index) => `111111111111/*${"abcdefghijkl"[index]}*${"mnopqrstuvwx"[index]}*`,
    );
    expect(analyzePolicy(policyOf({ "GET /a": { role } as unknown as Rule })).findings).toMatchObject([
      { code: "cannot_tell", finding: expect.stringContaining("the rule is too complex") },
    ]);
  });

  it("cannot tell which routes overlap where there are too many ways", async () => {
    const keys = Array.from({ length: 1_500 }, (_, index) => [`GET /x${index}/:b/a${index}`, `GET /:a/:b/y${index}`]);
    const routes = Object.fromEntries(keys.flat().map((key): [string, Rule] => [key, "guest"]));
    const policy = await parsePolicy(JSON.stringify({ version: 1, routes }), { format: "json" });
    expect(analyzePolicy(policy).findings).toMatchObject([
      { code: "cannot_tell", where: "routes", finding: "cannot tell which routes overlap: there are too many ways" },
    ]);
  });

  it("tells of many winners, and of requests that a third route takes", () => {
    const routes = Object.fromEntries(
      ["GET /**", ...Array.from({ length: 22 }, (_, index) => `GET /a${index}`)].map((key): [string, Rule] => [
        key,
        "guest",
      ]),
    );
    const sentences = (of: Record<string, Rule>) => analyzePolicy(policyOf(of)).findings.map(({ finding }) => finding);
    const start = "more specific routes match some of its requests too, and win: ";
    const three = [0, 1, 2].map((index) => `"GET /a${index}", such as GET /a${index}`).join("; ");
    expect(sentences(routes)).toEqual([`${start}${three} and others`]);
    expect(sentences(Object.fromEntries(Object.entries(routes).slice(0, 6)))).toEqual([`${start}${three} and 2 more`]);
    const third = policyOf({ "GET /:a/y": "guest", "GET /x/:b": "guest", "GET /x/y": "guest" });
    expect(analyzePolicy(third).findings[0]?.finding).toBe(`${start}"GET /x/y", such as GET /x/y; "GET /x/:b"`);
  });

  it("refuses options that there are not", () => {
    expect(() => analyzePolicy(policyOf({}), { strict: true } as object)).toThrow("strict");
  });
});
