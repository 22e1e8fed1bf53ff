import { describe, expect, it } from "vitest";
import { compileRule } from "../../src/policy/compile.ts";
import type { Ternary } from "../../src/policy/evaluation.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { anonymous, closedGroups, createPrincipal, type Principal } from "../../src/principal.ts";
import { editor, editorRole, machine, ruleInput, signedEditor, visitor } from "./rule-input.ts";

const noGroups = createPrincipal({ kind: "user", id: "user:x", issuer: "x", verifiedBy: "test" });
const strange = createPrincipal({
  kind: "user",
  id: "user:x",
  issuer: "constructor",
  verifiedBy: "test",
  groups: closedGroups(["__proto__", "a,b", "*"]),
});

const outcomes: readonly (readonly [who: string, principal: Principal, rule: Rule, value: Ternary])[] = [
  ["anonymous", anonymous, "anyone", true],
  ["a user", editor, "anyone", true],

  ["a user", editor, "authenticated", true],
  ["a client", machine, "authenticated", true],
  ["a role", editorRole, "authenticated", true],
  ["a guest", visitor, "authenticated", false],
  ["anonymous", anonymous, "authenticated", false],

  ["a guest", visitor, "guest", true],
  ["a user", editor, "guest", false],
  ["anonymous", anonymous, "guest", false],

  ["a user", editor, { group: "editors" }, true],
  ["a signed user", signedEditor, { group: "editors" }, true],
  ["a user", editor, { group: ["admins", "editors"] }, true],
  ["a user", editor, { group: "admins" }, false],
  ["a user", editor, { group: ["admins", "owners"] }, false],
  ["a user", editor, { group: "Editors" }, false],
  ["a user", editor, { group: "editors " }, false],
  ["a user", editor, { group: "editors,staff" }, false],
  ["a user", editor, { group: "*" }, false],
  ["a user", editor, { group: "constructor" }, false],
  ["a user", editor, { group: "__proto__" }, false],
  ["a user with strange groups", strange, { group: "__proto__" }, true],
  ["a user with strange groups", strange, { group: "a,b" }, true],
  ["a user with strange groups", strange, { group: "a" }, false],
  ["a user with strange groups", strange, { group: "*" }, true],
  ["a machine", machine, { group: "editors" }, false],
  ["anonymous", anonymous, { group: "editors" }, false],
  ["anonymous", anonymous, { not: { group: "suspended" } }, true],
  ["a role with open groups", editorRole, { group: "editors" }, true],
  ["a role with open groups", editorRole, { group: ["admins", "editors"] }, true],
  ["a role with open groups", editorRole, { group: "admins" }, undefined],
  ["a role with open groups", editorRole, { not: { group: "suspended" } }, undefined],
  ["a role with open groups", editorRole, { not: { group: "editors" } }, false],
  ["a caller whose groups are unknown", noGroups, { group: "editors" }, undefined],
  ["a caller whose groups are unknown", noGroups, { not: { group: "suspended" } }, undefined],

  ["a user", editor, { scope: "articles/read" }, true],
  ["a user", editor, { scope: ["articles/write", "articles/read"] }, true],
  ["a user", editor, { scope: "articles/write" }, false],
  ["a user", editor, { scope: "articles" }, false],
  ["a signed user", signedEditor, { scope: "articles/read" }, undefined],
  ["a signed user", signedEditor, { not: { scope: "articles/read" } }, undefined],
  ["anonymous", anonymous, { scope: "articles/read" }, undefined],

  ["a role", editorRole, { role: "123456789012/ArticleEditor" }, true],
  ["a role", editorRole, { role: "arn:aws:iam::123456789012:role/ArticleEditor" }, true],
  ["a role", editorRole, { role: "123456789012/Article*" }, true],
  ["a role", editorRole, { role: ["123456789012/Other", "123456789012/*Editor"] }, true],
  ["a signed user", signedEditor, { role: "123456789012/ArticleEditor" }, true],
  ["a role", editorRole, { role: "123456789012/articleeditor" }, false],
  ["a role", editorRole, { role: "123456789012/Article" }, false],
  ["a role", editorRole, { role: "210987654321/ArticleEditor" }, false],
  ["a role", editorRole, { role: "arn:aws-cn:iam::123456789012:role/ArticleEditor" }, false],
  ["a user without a role", editor, { role: "123456789012/ArticleEditor" }, undefined],
  ["a user without a role", editor, { not: { role: "123456789012/ArticleEditor" } }, undefined],
  ["anonymous", anonymous, { role: "123456789012/*" }, undefined],

  ["a role", editorRole, { account: "123456789012" }, true],
  ["a role", editorRole, { account: ["210987654321", "123456789012"] }, true],
  ["a role", editorRole, { account: "210987654321" }, false],
  ["a user without a role", editor, { account: "123456789012" }, undefined],
  ["anonymous", anonymous, { not: { account: "123456789012" } }, undefined],

  ["a user", editor, { issuer: editor.issuer }, true],
  ["a user", editor, { issuer: ["https://example.com", editor.issuer] }, true],
  ["a user", editor, { issuer: `${editor.issuer}/` }, false],
  ["a user", editor, { issuer: "https://cognito-idp.eu-west-1.amazonaws.com" }, false],
  ["a user of a strange issuer", strange, { issuer: "constructor" }, true],
  ["anonymous", anonymous, { issuer: editor.issuer }, undefined],
  ["anonymous", anonymous, { not: { issuer: editor.issuer } }, undefined],

  ["a user", editor, { client: "1example23456789" }, true],
  ["a machine", machine, { client: ["other", "1example23456789"] }, true],
  ["a user", editor, { client: "other" }, false],
  ["a user", editor, { client: "1EXAMPLE23456789" }, false],
  ["a user", editor, { client: "1example23456789,other" }, false],
  ["a user", editor, { not: { client: "other" } }, true],
  ["a signed user", signedEditor, { client: "1example23456789" }, undefined],
  ["a signed user", signedEditor, { not: { client: "other" } }, undefined],
  ["a role", editorRole, { client: "1example23456789" }, undefined],
  ["anonymous", anonymous, { client: "1example23456789" }, undefined],
];

describe("a rule about the caller", () => {
  it.each(outcomes)("for %s: %#", (_, principal, rule, value) => {
    const compiled = compileRule(rule);
    const input = ruleInput({ principal });
    expect([rule, compiled.evaluate(input)]).toEqual([rule, value]);
    expect(compiled.explain(input).value).toBe(value ?? "indeterminate");
  });

  it("keeps one name as one name and a list as a list", () => {
    expect(compileRule({ group: "a" }).source).toStrictEqual({ group: "a" });
    expect(compileRule({ group: ["a"] }).source).toStrictEqual({ group: ["a"] });
  });

  it("judges by the names that it was compiled with", () => {
    const names: [string, ...string[]] = ["editors"];
    const compiled = compileRule({ group: names });
    names[0] = "admins";
    expect(compiled.evaluate(ruleInput({ principal: editor }))).toBe(true);
    expect(compiled.source).toStrictEqual({ group: ["editors"] });
  });
});
