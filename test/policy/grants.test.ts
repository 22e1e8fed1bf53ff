import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { definePolicy, type Policy, type PolicyInit } from "../../src/policy/define-policy.ts";
import type { Granting } from "../../src/policy/grants.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { anonymous, createPrincipal, type Principal } from "../../src/principal.ts";
import { parseTarget } from "../../src/target.ts";
import { generatedAnswer, generatedCase, neighborOf } from "./generated-case.ts";
import { functionNames } from "./generated-rule.ts";
import { type ReferenceCase, referenceDecide } from "./reference-decision.ts";
import { editor, editorRole, machine, visitor } from "./rule-input.ts";

const asking = { functions: { quiet: () => true }, engines: { cedar: { decide: () => true } } };

/** What one route gives, as plain data. */
function grantOf(rule: Rule, caller: Principal, init: Partial<PolicyInit> = {}): unknown {
  const policy = definePolicy({ ...init, routes: { "* /x/:a/:b": rule } }, asking);
  const [grant] = policy.grants(caller);
  return plain(grant as Granting);
}

function plain(grant: Granting): unknown {
  if (grant.granted === "where") return grant.where.map((one) => Object.fromEntries(one));
  return grant.granted === "undecided" ? grant.on : grant.granted;
}

const ownTenant: Rule = { equal: [{ tag: "tenant" }, { param: "a" }] };
const office: Rule = { ip: "10.0.0.0/8" };

describe("a grant", () => {
  it.each<[Rule, Principal, unknown]>([
    ["anyone", anonymous, "always"],
    ["authenticated", editor, "always"],
    ["authenticated", visitor, "never"],
    [{ group: "editors" }, editor, "always"],
    [{ group: "admins" }, editor, "never"],
    [{ not: { group: "admins" } }, editor, "always"],
    [{ not: { group: "admins" } }, editorRole, "never"],
    [{ scope: "articles/write" }, machine, "always"],
    [{ stepUp: { amr: "pwd" } }, editor, "always"],
    [ownTenant, editor, [{ a: "acme" }]],
    [ownTenant, visitor, "never"],
    [{ equal: [{ param: "a" }, { userId: true }] }, editor, [{ a: "11111111-aaaa" }]],
    [{ equal: [{ param: "a" }, "latest"] }, visitor, [{ a: "latest" }]],
    [{ equal: [{ claim: "level" }, { param: "a" }] }, editor, "never"],
    [{ equal: [{ tag: "tenant" }, "acme"] }, editor, "always"],
    [{ oneOf: [{ param: "a" }, ["x", "y"]] }, editor, [{ a: "x" }, { a: "y" }]],
    [{ oneOf: [{ tag: "tenant" }, ["acme", "y"]] }, editor, "always"],
    [{ allOf: [ownTenant, { group: "editors" }] }, editor, [{ a: "acme" }]],
    [{ allOf: [ownTenant, { group: "admins" }] }, editor, "never"],
    [{ anyOf: [ownTenant, { group: "editors" }] }, editor, "always"],
    [{ anyOf: [ownTenant, { equal: [{ param: "b" }, "x"] }] }, editor, [{ a: "acme" }, { b: "x" }]],
    [{ allOf: [ownTenant, { equal: [{ param: "b" }, "x"] }] }, editor, [{ a: "acme", b: "x" }]],
    [{ not: { not: ownTenant } }, editor, [{ a: "acme" }]],
    [{ not: { anyOf: [{ not: ownTenant }, { not: { group: "editors" } }] } }, editor, [{ a: "acme" }]],
    [{ not: { allOf: [{ not: ownTenant }, { group: "editors" }] } }, editor, [{ a: "acme" }]],
    [{ not: ownTenant }, editor, ['not(equal(tag("tenant"), param("a")))']],
    [{ not: ownTenant }, visitor, "never"],
    [{ not: { oneOf: [{ param: "a" }, ["x"]] } }, editor, ['not(oneOf(param("a"), ["x"]))']],
    [{ equal: [{ param: "a" }, { param: "b" }] }, editor, ['equal(param("a"), param("b"))']],
    [office, editor, ['ip("10.0.0.0/8")']],
    [{ not: office }, editor, ['not(ip("10.0.0.0/8"))']],
    [{ allOf: [office, { group: "admins" }] }, editor, "never"],
    [{ anyOf: [office, { group: "editors" }] }, editor, "always"],
    [{ stepUp: { maxAge: 60 } }, editor, ["stepUp({ maxAge: 60 })"]],
    [{ equal: [{ query: "q" }, "x"] }, editor, ['equal(query("q"), "x")']],
    [{ equal: [{ header: "x-a" }, { param: "a" }] }, editor, ['equal(header("x-a"), param("a"))']],
    [{ oneOf: [{ header: "x-a" }, ["x"]] }, editor, ['oneOf(header("x-a"), ["x"])']],
    [{ custom: "quiet" }, editor, ['custom("quiet")']],
    [{ delegate: "cedar" }, editor, ['delegate("cedar")']],
  ])("of %j", (rule, caller, expected) => {
    expect(grantOf(rule, caller)).toEqual(expected);
  });

  it("takes a tag for the very text that it is", () => {
    const starred = createPrincipal({ ...editor, tags: new Map([["tenant", "*"]]) });
    expect(grantOf(ownTenant, starred)).toEqual([{ a: "*" }]);
  });

  it("counts require, but for what is exactly anyone", () => {
    const require: Rule = { not: { group: "editors" } };
    expect(grantOf("authenticated", editor, { require })).toBe("never");
    expect(grantOf("anyone", editor, { require })).toBe("always");
    expect(grantOf(ownTenant, editor, { require: office })).toEqual(['ip("10.0.0.0/8")']);
  });

  it("goes by named rules", () => {
    expect(grantOf({ rule: "own" }, editor, { rules: { own: { group: "editors" } } })).toBe("always");
  });
});

describe("the routes on which more decides than who calls", () => {
  it("are told with the rules by which it does, whoever calls", () => {
    const policy = definePolicy(
      {
        rules: { office },
        routes: {
          "GET /plain": { group: "editors" },
          "GET /own/:a": ownTenant,
          "GET /not/:a": { not: ownTenant },
          "GET /office": { anyOf: [{ group: "editors" }, { rule: "office" }] },
          "GET /mixed": {
            allOf: [
              { not: { custom: "quiet" } },
              { delegate: "cedar" },
              { anyOf: [{ delegate: "cedar" }, { group: "editors" }] },
            ],
          },
        },
      },
      asking,
    );
    expect(policy.varying()).toEqual([
      { route: "GET /office", on: ['ip("10.0.0.0/8")'] },
      { route: "GET /mixed", on: ['not(custom("quiet"))', 'delegate("cedar")'] },
      { route: "GET /not/:a", on: ['not(equal(tag("tenant"), param("a")))'] },
    ]);
  });
});

/** The policy of a case; undefined where some of it could have no effect. */
function policyOf({ policy }: ReferenceCase): Policy | undefined {
  const functions = Object.fromEntries(functionNames.map((name) => [name, () => true]));
  const engines = Object.fromEntries(functionNames.map((name) => [name, { decide: () => true }]));
  try {
    return definePolicy(policy as unknown as PolicyInit, { functions, engines });
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return undefined;
  }
}

/** What the grants say of a request: the first route that matches it decides. */
function judgedByGrants(policy: Policy, { principal, method, target }: ReferenceCase): boolean | undefined {
  const path = parseTarget(target);
  const match = policy.match(method, path);
  if (match === undefined) return false;
  const grant = policy.grants(principal).find(({ route }) => route === match.route);
  if (grant === undefined || grant.granted === "undecided") return undefined;
  if (grant.granted !== "where") return grant.granted === "always";
  return grant.where.some((one) => [...one].every(([name, value]) => match.params[name] === value));
}

describe("the grants of generated policies", () => {
  it("say of every request what the slow and obvious reference says, unless they leave it open", () => {
    const seen = { true: 0, false: 0, undefined: 0 };
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        let { guard: _, ...given } = generatedCase(seed);
        const policy = policyOf(given);
        if (policy === undefined) return;
        for (let near = 0; near < 4; near++) {
          const said = judgedByGrants(policy, given);
          const asked = { ...given, override: undefined, signed: undefined };
          seen[`${said}`] += 1;
          if (said !== undefined) expect(said).toBe(referenceDecide(asked, generatedAnswer).outcome === "allowed");
          ({ guard: _, ...given } = neighborOf(given, seed + near));
        }
      }),
      { numRuns: 200 },
    );
    expect(seen.true).toBeGreaterThan(20);
    expect(seen.false).toBeGreaterThan(20);
  });

  it("stand in such an order that the first to match a path is the most specific", () => {
    const key = fc
      .tuple(
        fc.constantFrom("GET", "POST", "*"),
        fc.array(fc.constantFrom("a", "b", "C", ":p", "*"), { maxLength: 3 }),
        fc.constantFrom("", "/**", "/*q"),
      )
      .map(([method, parts, end]) => {
        const named = parts.map((part, index) => (part === ":p" ? `:p${index}` : part));
        return `${method} /${named.join("/")}${end === "" ? "" : named.length === 0 ? end.slice(1) : end}`;
      });
    const path = fc.array(fc.constantFrom("a", "b", "c", "x"), { maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { minLength: 2, maxLength: 8 }),
        fc.constantFrom("GET", "POST", "HEAD"),
        path,
        (keys, method, asked) => {
          const policy = definePolicyOf(keys);
          if (policy === undefined) return;
          const match = policy.match(method, parseTarget(asked));
          const judged = method === "HEAD" ? "GET" : method;
          const first = policy.grants(editor).find(({ route, method: own }) => {
            if (own !== "*" && own !== judged) return false;
            return definePolicyOf([route])?.match(method, parseTarget(asked)) !== undefined;
          });
          expect(first?.route).toBe(match?.route);
        },
      ),
      { numRuns: 200 },
    );
  });
});

function definePolicyOf(keys: readonly string[]): Policy | undefined {
  try {
    return definePolicy({ routes: Object.fromEntries(keys.map((key) => [key, "authenticated"])) });
  } catch {
    return undefined;
  }
}
