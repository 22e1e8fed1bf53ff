import { describe, expect, it } from "vitest";
import type { ExplainedOperand } from "../../src/policy/explain.ts";
import { readOperand } from "../../src/policy/operands.ts";
import { type PolicyFault, placeOf } from "../../src/policy/policy-error.ts";
import type { Operand } from "../../src/policy/rule.ts";
import { anonymous, createPrincipal } from "../../src/principal.ts";
import { editor, type Given, ruleInput, signedEditor, visitor } from "./rule-input.ts";

const email = { operand: 'claim("email")', state: "present", value: "e@example.com" } as const;

const found: readonly (readonly [Operand, Given, ExplainedOperand, lack?: string])[] = [
  [{ claim: "email" }, { principal: editor }, email],
  [{ claim: "level" }, { principal: editor }, { operand: 'claim("level")', state: "present", value: 3 }],
  [
    { claim: "email" },
    { principal: signedEditor },
    { operand: 'claim("email")', state: "missing" },
    'a signed caller has no claim "email"',
  ],
  [
    { claim: "amr" },
    { principal: editor },
    { operand: 'claim("amr")', state: "unreadable" },
    'the claim "amr" of a user verified by user-pool is no string, number or boolean',
  ],
  [
    { claim: "nothing" },
    { principal: editor },
    { operand: 'claim("nothing")', state: "unreadable" },
    'the claim "nothing" of a user verified by user-pool is no string, number or boolean',
  ],
  [
    { claim: "constructor" },
    { principal: editor },
    { operand: 'claim("constructor")', state: "missing" },
    'a user verified by user-pool has no claim "constructor"',
  ],
  [{ tag: "tenant" }, { principal: editor }, { operand: 'tag("tenant")', state: "present", value: "acme" }],
  [
    { tag: "size" },
    { principal: editor },
    { operand: 'tag("size")', state: "missing" },
    'a user verified by user-pool has no tag "size"',
  ],
  [{ param: "id" }, { params: { id: "7" } }, { operand: 'param("id")', state: "present", value: "7" }],
  [{ param: "id" }, {}, { operand: 'param("id")', state: "missing" }, 'the route has no parameter "id"'],
  [
    { param: "toString" },
    {},
    { operand: 'param("toString")', state: "missing" },
    'the route has no parameter "toString"',
  ],
  [
    { param: "path" },
    { params: { path: ["a", "b"] } },
    { operand: 'param("path")', state: "unreadable" },
    'the parameter "path" is no text',
  ],
  [
    { param: "id" },
    { params: { id: 7 } },
    { operand: 'param("id")', state: "unreadable" },
    'the parameter "id" is no text',
  ],
  [
    { param: "id" },
    { params: { id: undefined } },
    { operand: 'param("id")', state: "unreadable" },
    'the parameter "id" is no text',
  ],
  [{ query: "q" }, { target: "/?q=secret" }, { operand: 'query("q")', state: "present" }],
  [
    { query: "q" },
    { target: "/?Q=1" },
    { operand: 'query("q")', state: "missing" },
    'the request has no query parameter "q"',
  ],
  [
    { query: "q" },
    { target: "/?q=1&q=1" },
    { operand: 'query("q")', state: "repeated" },
    'the query parameter "q" occurs more than once',
  ],
  [
    { query: "q" },
    { target: "/?q=1&q[]=2" },
    { operand: 'query("q")', state: "unreadable" },
    'the query parameter "q" cannot be read in one way only',
  ],
  [{ header: "X-Plan" }, { headers: ["x-plan", "secret"] }, { operand: 'header("X-Plan")', state: "present" }],
  [{ header: "x-plan" }, { headers: ["X-PLAN", "secret"] }, { operand: 'header("x-plan")', state: "present" }],
  [{ header: "x-plan" }, {}, { operand: 'header("x-plan")', state: "missing" }, 'the request has no header "x-plan"'],
  [
    { header: "x-plan" },
    { headers: ["x-plan", "a", "X-Plan", "a"] },
    { operand: 'header("x-plan")', state: "repeated" },
    'the header "x-plan" occurs more than once',
  ],
  [{ userId: true }, { principal: editor }, { operand: "userId", state: "present", value: "11111111-aaaa" }],
  [{ userId: true }, { principal: visitor }, { operand: "userId", state: "missing" }, "a guest has no user id"],
  [
    { identityId: true },
    { principal: signedEditor },
    { operand: "identityId", state: "present", value: "eu-west-1:22222222-bbbb" },
  ],
  [
    { identityId: true },
    { principal: anonymous },
    { operand: "identityId", state: "missing" },
    "an anonymous caller has no identity id",
  ],
];

function read(value: unknown) {
  const faults: PolicyFault[] = [];
  const node = readOperand(value, placeOf("operand", faults));
  return { node, faults };
}

describe("an operand", () => {
  it.each(found.map(([operand, given, shown, lack]) => ({ operand, given, shown, lack })))(
    "$operand of %#",
    ({ operand, given, shown, lack }) => {
      const { node, faults } = read(operand);
      expect(faults).toEqual([]);
      expect(node?.source).toStrictEqual(operand);
      expect(Object.isFrozen(node?.source)).toBe(true);
      expect(node?.observe?.(ruleInput(given))).toStrictEqual(lack === undefined ? { shown } : { shown, lack });
      expect(node?.value(ruleInput(given)) !== undefined).toBe(shown.state === "present");
      if ("value" in shown) expect(node?.value(ruleInput(given))).toBe(shown.value);
    },
  );

  it("finds the values of headers and query parameters, decoded, though it does not show them", () => {
    const input = ruleInput({ target: "/?q=a%20b+c", headers: ["x-plan", "pro, max"] });
    expect(read({ query: "q" }).node?.value(input)).toBe("a b c");
    expect(read({ header: "x-plan" }).node?.value(input)).toBe("pro, max");
  });

  it("finds nothing in a prototype, whoever made the claims and parameters", () => {
    const principal = { ...createPrincipal({ kind: "user", id: "u", issuer: "i", verifiedBy: "test" }), claims: {} };
    const input = ruleInput({ principal, params: Object.create({ id: "inherited" }) });
    expect(read({ claim: "constructor" }).node?.value(input)).toBeUndefined();
    expect(read({ claim: "__proto__" }).node?.value(input)).toBeUndefined();
    expect(read({ param: "id" }).node?.value(input)).toBeUndefined();
  });

  it("takes any name for a claim, a tag and a parameter", () => {
    const claims = JSON.parse('{"__proto__":"p","a,b":"c","*":"s"}');
    const principal = createPrincipal({ kind: "user", id: "u", issuer: "i", verifiedBy: "test", claims });
    const input = ruleInput({ principal });
    expect(read({ claim: "__proto__" }).node?.value(input)).toBe("p");
    expect(read({ claim: "a,b" }).node?.value(input)).toBe("c");
    expect(read({ claim: "*" }).node?.value(input)).toBe("s");
  });

  it.each([
    [
      undefined,
      "operand",
      "an operand is an object with one of the keys claim, tag, param, query, header, userId, identityId, not undefined",
    ],
    [
      "tenant",
      "operand",
      "an operand is an object with one of the keys claim, tag, param, query, header, userId, identityId, not a string",
    ],
    [
      ["tag", "x"],
      "operand",
      "an operand is an object with one of the keys claim, tag, param, query, header, userId, identityId, not a list",
    ],
    [
      {},
      "operand",
      "the object is empty; an operand is an object with one of the keys claim, tag, param, query, header, userId, identityId",
    ],
    [
      { tag: "a", claim: "b" },
      "operand",
      'it has 2 keys ("tag", "claim") and must have one; join rules with allOf or anyOf',
    ],
    [
      { tags: "a" },
      "operand",
      'there is no operand "tags" (did you mean "tag"?); the operands are claim, tag, param, query, header, userId, identityId',
    ],
    [
      { constructor: "a" },
      "operand",
      'there is no operand "constructor"; the operands are claim, tag, param, query, header, userId, identityId',
    ],
    [{ tag: 1 }, "operand.tag", "write a name as a string, not a number"],
    [{ claim: "" }, "operand.claim", "write a name; an empty string matches nothing"],
    [{ param: ["id"] }, "operand.param", "write a name as a string, not a list"],
    [{ query: null }, "operand.query", "write a name as a string, not null"],
    [{ header: {} }, "operand.header", "write the name of a header as a string, not an object"],
    [{ header: "a b" }, "operand.header", '"a b" cannot be the name of a header (RFC 9110 Section 5.6.2)'],
    [{ header: "x:" }, "operand.header", '"x:" cannot be the name of a header (RFC 9110 Section 5.6.2)'],
    [{ userId: false }, "operand.userId", "write true"],
    [{ identityId: "true" }, "operand.identityId", "write true"],
  ])("is not %j", (value, where, fault) => {
    expect(read(value)).toMatchObject({ node: undefined, faults: [{ where, fault }] });
  });

  it.each([
    "authorization",
    "Authorization",
    "proxy-authorization",
    "cookie",
    "Set-Cookie",
    "date",
    "x-amz-algorithm",
    "X-Amz-Content-Sha256",
    "x-amz-credential",
    "X-Amz-Date",
    "x-amz-expires",
    "X-Amz-Security-Token",
    "x-amz-signature",
    "X-Amz-SignedHeaders",
    "x-amzn-oidc-accesstoken",
    "x-amzn-oidc-data",
    "x-amzn-oidc-identity",
  ])("is not the header %s, which belongs to a credential", (name) => {
    expect(read({ header: name }).faults).toEqual([
      {
        where: "operand.header",
        fault: `the header ${name} carries a credential or proof; rules read who is calling from the principal`,
      },
    ]);
  });
});
