import { describe, expect, it } from "vitest";
import { type AuthorizerOptions, createAuthorizer } from "../src/authorizer.ts";
import { isPending, valueAtHand } from "../src/awaitable.ts";
import type { Decision } from "../src/decision.ts";
import { AuthError } from "../src/errors.ts";
import { allOf, anyOf, anyone, custom, delegate, group, header, not, param, scope } from "../src/policy/combinators.ts";
import { definePolicy, type PolicyDocument, type PolicyInit } from "../src/policy/define-policy.ts";
import type { PolicyExtensions } from "../src/policy/extensions.ts";
import type { Inquiry } from "../src/policy/inquiry.ts";
import type { Rule } from "../src/policy/rule.ts";
import { closedGroups, createPrincipal } from "../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../src/request.ts";
import type { Verifier } from "../src/verifier.ts";

const editor = createPrincipal({
  kind: "user",
  id: "user:pool:1",
  issuer: "pool",
  verifiedBy: "test",
  userId: "1",
  groups: closedGroups(["editors"]),
  scopes: new Set(["articles/read"]),
});

const verifier = (signedHeaders?: ReadonlySet<string>): Verifier => ({
  scheme: "Test",
  detects: (request) => request.headers.all("authorization").length > 0,
  verify: async () => ({ principal: editor, ...(signedHeaders !== undefined && { signedHeaders }) }),
});

const requestOf = (line: string, ...headers: readonly string[]): AuthRequest => {
  const [method = "", target = ""] = line.split(" ");
  return { method, target, wire: true, headers: new RequestHeaders(["Authorization", "Test x", ...headers]) };
};

const outcome = (decision: Decision): string =>
  decision.allowed ? "allowed" : `${decision.error.status} ${decision.error.code}`;

/** An authorizer whose functions take note of what they are asked. */
function gate(
  routes: PolicyDocument["routes"],
  extensions: PolicyExtensions = {},
  init: Partial<PolicyInit> = {},
  options: Partial<AuthorizerOptions> = {},
) {
  const asked: Inquiry[] = [];
  const says = (answer: boolean) => async (inquiry: Inquiry) => {
    asked.push(inquiry);
    return answer;
  };
  const functions = {
    yes: says(true),
    no: says(false),
    down: () => Promise.reject(new AuthError("store_unavailable", { retryAfter: 9 })),
    slow: () => new Promise<boolean>(() => {}),
    broken: () => Promise.reject(new Error("secret")),
    ...extensions.functions,
  };
  const policy = definePolicy({ ...init, routes }, { timeoutSeconds: 0.02, ...extensions, functions });
  return { authorizer: createAuthorizer({ verifiers: [verifier()], policy, ...options }), asked };
}

async function judge(rule: Rule): Promise<string> {
  return outcome(await gate({ "GET /": rule }).authorizer.authorize(requestOf("GET /")));
}

describe("a decision that hangs on a function", () => {
  it.each<[rule: Rule, expected: string]>([
    [custom("yes"), "allowed"],
    [custom("no"), "403 access_denied"],
    [not(custom("no")), "allowed"],
    [custom("broken"), "403 access_denied"],
    [not(custom("broken")), "403 access_denied"],
    [custom("down"), "503 store_unavailable"],
    [not(custom("down")), "503 store_unavailable"],
    [custom("slow"), "503 decision_unavailable"],
    [allOf(custom("down"), custom("no")), "403 access_denied"],
    [allOf(custom("down"), group("admins")), "403 access_denied"],
    [allOf(custom("down"), scope("articles/write")), "403 insufficient_scope"],
    [allOf(custom("no"), scope("articles/write")), "403 insufficient_scope"],
    [allOf(custom("no"), anyOf(custom("no"), scope("articles/write"))), "403 access_denied"],
    [anyOf(custom("no"), scope("articles/write")), "403 insufficient_scope"],
    [anyOf(custom("down"), custom("yes")), "allowed"],
    [anyOf(custom("slow"), group("editors")), "allowed"],
    [anyOf(custom("down"), scope("articles/write")), "503 store_unavailable"],
  ])("%j is %s", async (rule, expected) => {
    expect(await judge(rule)).toBe(expected);
  });

  it("says when to try again, and nothing of whom it asked", async () => {
    const { authorizer } = gate({ "GET /": custom("slow") });
    const decision = await authorizer.authorize(requestOf("GET /"));
    if (decision.allowed) throw new Error("allowed");
    expect(decision.error.retryAfter).toBe(5);
    expect(decision.error.message).not.toContain("slow");
    expect(decision.explain().text).toContain('the function "slow" did not answer within 0.02 seconds');
  });

  it("explains itself afterwards without asking again", async () => {
    const { authorizer, asked } = gate({ "GET /": anyOf(custom("no"), custom("yes")) });
    const decision = await authorizer.authorize(requestOf("GET /"));
    expect(decision.explain().rules[0]?.children?.map(({ value }) => value)).toEqual([false, true]);
    expect(decision.explain().allowed).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it("waits for nothing where the function answers at once, and where nobody is asked", async () => {
    const functions = { yes: () => true };
    const { authorizer } = gate(
      { "GET /now": custom("yes"), "GET /open": anyone, "GET /editors": anyOf(group("editors"), custom("slow")) },
      { functions },
      {},
      { verifiers: [{ ...verifier(), detects: () => false }] },
    );
    const anonymous = (line: string) => ({ ...requestOf(line), headers: new RequestHeaders([]) });
    for (const line of ["GET /now", "GET /open", "GET /nowhere"]) {
      expect(isPending(valueAtHand(authorizer.authorize(anonymous(line))))).toBe(false);
    }
    expect(isPending(valueAtHand(authorizer.authorize(anonymous("GET /editors"))))).toBe(true);
  });

  it("asks independent functions and engines in one turn", async () => {
    let together = 0;
    let most = 0;
    const slowly = async () => {
      most = Math.max(most, ++together);
      await new Promise((resolve) => setImmediate(resolve));
      together--;
      return true;
    };
    const { authorizer } = gate(
      { "GET /": allOf(custom("a"), custom("b"), delegate("c")) },
      { functions: { a: slowly, b: slowly }, engines: { c: { decide: slowly } }, timeoutSeconds: 5 },
    );
    expect(outcome(await authorizer.authorize(requestOf("GET /")))).toBe("allowed");
    expect(most).toBe(3);
  });

  it("is asked once for a request, at the table and at a guard, with the same words", async () => {
    const owns = custom("yes", { id: param("id") });
    const { authorizer, asked } = gate({ "GET /articles/:id": owns }, {}, { require: custom("yes") });
    const request = requestOf("GET /articles/7");
    expect(outcome(await authorizer.authorize(request))).toBe("allowed");
    expect(outcome(await authorizer.authorize(request, { rule: owns, params: { id: "7" } }))).toBe("allowed");
    expect(asked.map(({ route, arguments: { id } }) => [route, id])).toEqual([
      ["GET /articles/:id", undefined],
      ["GET /articles/:id", "7"],
    ]);
    expect(outcome(await authorizer.authorize(requestOf("GET /articles/7")))).toBe("allowed");
    expect(asked).toHaveLength(4);
  });

  it("is asked by no gate where one of the others stays closed anyway", async () => {
    const { authorizer, asked } = gate({ "GET /": custom("yes") });
    expect(outcome(await authorizer.authorize(requestOf("GET /"), { rule: group("admins") }))).toBe(
      "403 access_denied",
    );
    expect(outcome(await authorizer.authorize(requestOf("GET /"), { rule: scope("articles/write") }))).toBe(
      "403 insufficient_scope",
    );
    expect(asked).toHaveLength(0);
    expect(outcome(await authorizer.authorize(requestOf("GET /"), { rule: custom("no") }))).toBe("403 access_denied");
    expect(asked).toHaveLength(2);
  });

  it("asks for each method that is judged", async () => {
    const { authorizer, asked } = gate({ "* /": custom("yes") }, {}, {}, { methodOverride: "judge-both" });
    const override = () => requestOf("POST /", "X-HTTP-Method-Override", "DELETE");
    expect(outcome(await authorizer.authorize(override()))).toBe("allowed");
    expect(asked.map(({ method }) => method)).toEqual(["POST", "DELETE"]);
    expect(outcome(await authorizer.authorize(override(), { rule: custom("no") }))).toBe("403 access_denied");
    expect(asked.slice(4).map(({ method }) => method)).toEqual(["POST", "DELETE"]);
  });

  it("believes no header that a signed request does not sign", async () => {
    const rule = custom("yes", { beta: header("x-beta") });
    const { authorizer, asked } = gate({ "GET /": rule }, {}, {}, { verifiers: [verifier(new Set(["host"]))] });
    expect(outcome(await authorizer.authorize(requestOf("GET /", "X-Beta", "on")))).toBe("401 header_not_signed");
    expect(asked).toHaveLength(0);
  });

  it("knows no function where a guard stands without a policy", async () => {
    const authorizer = createAuthorizer({ verifiers: [verifier()] });
    expect(() => authorizer.prepare(custom("yes"))).toThrow('there is no function of the name "yes"');
    expect(outcome(await authorizer.authorize(requestOf("GET /"), { rule: custom("yes") }))).toBe(
      "500 configuration_error",
    );
  });

  it("is told to onDecision when it has been made", async () => {
    const seen: string[] = [];
    const onDecision = (decision: Decision) => seen.push(outcome(decision));
    const { authorizer } = gate({ "GET /": custom("yes") }, {}, {}, { onDecision });
    await authorizer.authorize(requestOf("GET /"));
    expect(seen).toEqual(["allowed"]);
  });

  it("is a refusal where judging by the answers throws", async () => {
    let calls = 0;
    const clock = () => 0;
    const claims = {
      get level(): unknown {
        return "x";
      },
    };
    const odd = {
      ...editor,
      claims: new Proxy(claims, {
        getOwnPropertyDescriptor() {
          if (++calls > 1) throw new RangeError("odd");
          return undefined;
        },
      }),
    };
    const policy = definePolicy(
      { routes: { "GET /": anyOf(allOf({ equal: [{ claim: "level" }, "x"] }, group("none")), custom("yes")) } },
      { functions: { yes: async () => true } },
    );
    const authorizer = createAuthorizer({
      verifiers: [{ ...verifier(), verify: async () => ({ principal: odd }) }],
      policy,
      clock,
    });
    expect(outcome(await authorizer.authorize(requestOf("GET /")))).toBe("500 internal_error");
  });
});
