import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../src/authorizer.ts";
import { AuthError } from "../src/errors.ts";
import { type ExplanationFacts, explanationOf } from "../src/explanation.ts";
import {
  allOf,
  anyOf,
  authenticated,
  claim,
  custom,
  equal,
  group,
  header,
  not,
  param,
  query,
  rule,
  scope,
  stepUp,
  tag,
} from "../src/policy/combinators.ts";
import { definePolicy } from "../src/policy/define-policy.ts";
import type { Rule } from "../src/policy/rule.ts";
import type { Principal } from "../src/principal.ts";
import { RequestHeaders } from "../src/request.ts";
import type { Verifier } from "../src/verifier.ts";
import { editor, editorRole, signedEditor, visitor } from "./policy/rule-input.ts";

const callers: Readonly<Record<string, Principal>> = { editor, signedEditor, editorRole, visitor };

/** It takes the name of a caller for a credential. */
const verifier: Verifier = {
  scheme: "Bearer",
  detects: ({ headers }) => headers.all("authorization").length > 0,
  async verify({ headers }) {
    const principal = callers[headers.all("authorization")[0]?.replace("Bearer ", "") ?? ""];
    if (principal === undefined) throw new AuthError("token_expired");
    return { principal };
  },
};

const policy = definePolicy(
  {
    require: not(group("suspended")),
    rules: { writers: allOf(group("editors", "admins"), scope("articles/write")) },
    routes: {
      "GET /articles/:id": authenticated,
      "POST /articles": rule("writers"),
      "GET /admin": stepUp({ acr: "urn:cognito:loa:3", maxAge: 900 }),
      "GET /quiet": anyOf(custom("no"), custom("down")),
      "GET /no": custom("no"),
      "GET /preview": allOf(equal(header("x-preview"), claim("preview")), equal(query("key"), claim("key"))),
      "GET /tenants/:tenantId": equal(tag("tenant"), param("tenantId")),
      "GET /@private": authenticated,
      "PUT /@private": authenticated,
    },
  },
  {
    functions: {
      no: async () => false,
      async down() {
        throw new AuthError("store_unavailable");
      },
    },
  },
);
const authorizer = createAuthorizer({ verifiers: [verifier], policy, methodOverride: "judge-both" });

async function explain(
  caller: string,
  line: string,
  given: { readonly guard?: Rule; readonly headers?: readonly string[] } = {},
) {
  const [method = "", target = ""] = line.split(" ");
  const credential = caller === "anonymous" ? [] : ["authorization", `Bearer ${caller}`];
  const headers = new RequestHeaders([...credential, ...(given.headers ?? [])]);
  const decision = await authorizer.authorize(
    { method, target, wire: true, headers },
    given.guard === undefined ? {} : { rule: given.guard },
  );
  return decision.explain();
}

describe("the explanation of a denied caller", () => {
  it.each<[string, string, string, string, readonly (readonly string[])[]]>([
    [
      "who signed, on a rule about scopes",
      "signedEditor",
      "POST /articles",
      "access_denied",
      [['come with a token that has the scope "articles/write" (a signed caller has no scopes)']],
    ],
    [
      "who holds a token without the scope",
      "editor",
      "POST /articles",
      "insufficient_scope",
      [['have the scope "articles/write"']],
    ],
    [
      "whom require shuts out, as not all of his groups are known",
      "editorRole",
      "GET /articles/7",
      "access_denied",
      [
        [
          'come with a credential that tells all groups, and not be in the group "suspended" (of the groups of a signed caller only some are known)',
        ],
      ],
    ],
    ["who is a guest", "visitor", "GET /articles/7", "access_denied", [["come as a user, a client or a role"]]],
    ["who is nobody", "anonymous", "GET /articles/7", "no_credentials", [["come as a user, a client or a role"]]],
    [
      "who has to sign in anew",
      "editor",
      "GET /admin",
      "insufficient_user_authentication",
      [[expect.stringMatching(/^have signed in with acr "urn:cognito:loa:3" or higher, 900 seconds ago at most/)]],
    ],
    ["whom a function refuses", "editor", "GET /no", "access_denied", [['have custom("no") come out true']]],
    [
      "of whom nobody can be asked",
      "editor",
      "GET /quiet",
      "store_unavailable",
      [
        ['have custom("no") come out true'],
        [expect.stringMatching(/^have custom\("down"\) come out true \(the function/)],
      ],
    ],
    [
      "of another tenant",
      "editor",
      "GET /tenants/globex",
      "access_denied",
      [['ask with param("tenantId") = "acme", or have tag("tenant") = "globex"']],
    ],
  ])("%s tells the nearest ways as data and as text", async (_, caller, line, code, nearest) => {
    const explanation = await explain(caller, line);
    expect(explanation).toMatchObject({ allowed: false, code, nearest });
    expect(explanation.otherRoutes).toBeUndefined();
    const told = (explanation.nearest ?? []).map((steps) => `  ${steps.join(", and ")}`);
    const heading = told.length === 1 ? "to be allowed:" : "to be allowed, one of:";
    expect(explanation.text.split("\n").slice(-1 - told.length)).toEqual([heading, ...told]);
  });

  it("takes the route and the guard together", async () => {
    const { nearest, rules } = await explain("editor", "POST /articles", { guard: group("admins") });
    expect(rules.map(({ value }) => value)).toEqual([false, false]);
    expect(nearest).toEqual([['have the scope "articles/write"', 'be in the group "admins"']]);
    const same = await explain("editor", "POST /articles", { guard: rule("writers") });
    expect(same.nearest).toEqual([['have the scope "articles/write"']]);
    const never = await explain("editor", "GET /articles/7", { guard: not(authenticated) });
    expect(never.nearest).toEqual([]);
    expect(never.text).toMatch(/\nnothing that a caller could bring would allow it$/);
  });

  it("knows a guard that stands without a policy", async () => {
    const alone = createAuthorizer({ verifiers: [verifier] });
    const headers = new RequestHeaders([]);
    const decision = await alone.authorize(
      { method: "GET", target: "/", wire: true, headers },
      { rule: group("admins") },
    );
    expect(decision.explain()).toMatchObject({ code: "no_credentials", nearest: [['be in the group "admins"']] });
  });

  it("tells the routes of other methods where none matches", async () => {
    const explanation = await explain("editor", "DELETE /articles");
    expect(explanation).toMatchObject({ code: "no_route", rules: [], nearest: [], otherRoutes: ["POST /articles"] });
    expect(explanation.text).toMatch(/so that nobody may do this; of other methods: POST \/articles$/);
    expect((await explain("anonymous", "GET /x")).text).toMatch(/nobody may do this; none of another method does$/);
  });

  it("tells no route of a path that spells one in other escapes", async () => {
    expect(await explain("editor", "PROPFIND /@private")).toMatchObject({
      otherRoutes: ["GET /@private", "PUT /@private"],
    });
    expect(await explain("editor", "PROPFIND /%40private")).toMatchObject({ code: "no_route", otherRoutes: [] });
  });

  it("says which of two methods has no route", async () => {
    const explanation = await explain("editor", "POST /articles", { headers: ["x-http-method-override", "PATCH"] });
    expect(explanation).toMatchObject({ code: "no_route", nearest: [], otherRoutes: ["POST /articles"] });
  });

  it("shows no value of a header or of the query", async () => {
    const explanation = await explain("editor", "GET /preview?key=s3cret-key", {
      headers: ["x-preview", "s3cret-preview"],
    });
    expect(explanation.nearest).toHaveLength(1);
    expect(JSON.stringify(explanation)).not.toContain("s3cret");
  });
});

describe("the explanation of any other decision", () => {
  it("tells no ways where the caller is allowed", async () => {
    const explanation = await explain("editor", "GET /articles/7");
    expect(explanation).toMatchObject({ allowed: true, route: "GET /articles/:id" });
    expect(Object.keys(explanation)).toEqual(["allowed", "route", "caller", "rules", "text"]);
    expect(explanation.text).not.toContain("to be allowed");
  });

  it("tells nothing of the policy where the credential is refused", async () => {
    const explanation = await explain("forged", "POST /articles");
    expect(explanation).toEqual({
      allowed: false,
      code: "token_expired",
      sentence: "The token has expired.",
      rules: [],
      text: "denied: token_expired - The token has expired.",
    });
  });
});

describe("explanationOf", () => {
  it("works out what may be dear when it is first read, and once", () => {
    let times = 0;
    const facts: ExplanationFacts = {
      principal: editor,
      rules: () => [],
      nearest() {
        times += 1;
        return [["come as a guest"]];
      },
    };
    const explanation = explanationOf(facts, new AuthError("access_denied"));
    expect(explanation).toBeDefined();
    expect(times).toBe(0);
    expect(JSON.parse(JSON.stringify(explanation))).toMatchObject({
      nearest: [["come as a guest"]],
      text: expect.stringContaining("to be allowed:\n  come as a guest"),
    });
    expect({ ...explanation }.nearest).toBe(explanation.nearest);
    expect(times).toBe(1);
  });
});
