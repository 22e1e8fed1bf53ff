import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../../../src/authorizer.ts";
import { allOf, anyone, delegate, not } from "../../../../src/policy/combinators.ts";
import { definePolicy } from "../../../../src/policy/define-policy.ts";
import { cedarEngine } from "../../../../src/policy/engines/cedar/cedar-engine.ts";
import { closedGroups, createPrincipal, type Principal } from "../../../../src/principal.ts";
import { RequestHeaders } from "../../../../src/request.ts";
import { editor, editorRole, signedEditor } from "../../rule-input.ts";
import { outcomeOf } from "../ask-engine.ts";

const hostile = [
  '"',
  '\\"',
  "::",
  'Group::"editors"',
  "editors\u0000",
  "Editors",
  "__proto__",
  "\n",
  "*",
  "\u2028",
  "\u202e",
  "",
];
const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...hostile, "editors"));

describe("a name that a caller brings", () => {
  const engine = cedarEngine({
    policies: `
      permit(principal in Group::"editors", action == Action::"group", resource);
      permit(principal, action == Action::"tag", resource) when { principal.getTag(context.name) == context.value };
      permit(principal == User::"user:pool:1", action == Action::"id", resource);
      permit(principal, action == Action::"resource", resource == Article::"editors");
      permit(principal, action == Action::"claim", resource) when { principal.claims.plan == context.value };`,
    claims: ["plan"],
  });

  it("is what it is in Cedar, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, anyText, async (one, other, third) => {
        const principal = createPrincipal({
          ...editor,
          id: one,
          groups: closedGroups([one, other]),
          tags: new Map([
            [one, other],
            [other, third],
          ]),
          claims: { plan: one },
        });
        const ask = (action: string, rest: object = {}) =>
          outcomeOf(engine, { principal, arguments: { action, ...rest } });
        expect(await ask("group")).toBe(one === "editors" || other === "editors");
        expect(await ask("id")).toBe(one === "user:pool:1");
        expect(await ask("resource", { resourceType: "Article", resourceId: one })).toBe(one === "editors");
        expect(await ask("claim", { value: other })).toBe(one === other);
        expect(await ask("tag", { name: other, value: third })).toBe(true);
        expect(await ask("tag", { name: one, value: third })).toBe(one === other || other === third);
        expect(await ask(one === "group" ? "" : one)).toBe(
          ["id", "resource", "tag", "claim"].includes(one) ? undefined : false,
        );
      }),
      { numRuns: 200, examples: [["__proto__", "editors", "x"]] },
    );
  });

  it("may be one of a great many", async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `name ${index}`);
    const principal = createPrincipal({
      ...editor,
      groups: closedGroups([...names, "editors"]),
      tags: new Map(names.map((name) => [name, "x".repeat(100)])),
    });
    expect(await outcomeOf(engine, { principal, arguments: { action: "group" } })).toBe(true);
    const last = { action: "tag", name: "name 4999", value: "x".repeat(100) };
    expect(await outcomeOf(engine, { principal, arguments: last })).toBe(true);
  });
});

describe("a policy of poolgate that asks Cedar", () => {
  const cedar = cedarEngine({
    policies: `permit(principal, action, resource);
      forbid(principal in Group::"suspended", action == Action::"GET", resource);
      forbid(principal, action == Action::"read", resource) unless { principal.scopes.contains("articles/read") };`,
  });
  const policy = definePolicy(
    {
      routes: {
        "GET /groups": delegate("cedar"),
        "GET /not-groups": not(delegate("cedar")),
        "GET /scopes": allOf(anyone, delegate("cedar", { action: "read" })),
        "GET /not-scopes": not(delegate("cedar", { action: "read" })),
      },
    },
    { engines: { cedar } },
  );
  const outcomesFor = async (principal: Principal) => {
    const verifier = { scheme: "Test", detects: () => true, verify: async () => ({ principal }) };
    const authorizer = createAuthorizer({ verifiers: [verifier], policy });
    const targets = ["/groups", "/not-groups", "/scopes", "/not-scopes"];
    const headers = () => new RequestHeaders(["Authorization", "Test x"]);
    const decisions = targets.map((target) =>
      authorizer.authorize({ method: "GET", target, wire: true, headers: headers() }),
    );
    return (await Promise.all(decisions)).map((decision) => (decision.allowed ? "allowed" : decision.error.code));
  };

  it.each<[string, Principal, readonly string[]]>([
    ["all is known", editor, ["allowed", "access_denied", "allowed", "access_denied"]],
    ["the scopes are not known", signedEditor, ["allowed", "access_denied", "access_denied", "access_denied"]],
    ["neither scopes nor all groups are known", editorRole, Array(4).fill("access_denied")],
    [
      "the caller is in the group",
      createPrincipal({ ...editor, groups: closedGroups(["suspended"]) }),
      ["access_denied", "allowed", "allowed", "access_denied"],
    ],
  ])("lets nobody in by what is not known, nor by its opposite: %s", async (_, principal, outcomes) => {
    expect(await outcomesFor(principal)).toEqual(outcomes);
  });
});
