import { describe, expect, it } from "vitest";
import * as combinators from "../../src/policy/combinators.ts";

const {
  account,
  allOf,
  anyOf,
  anyone,
  authenticated,
  claim,
  client,
  custom,
  delegate,
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
} = combinators;

describe("the combinators", () => {
  it.each([
    [anyone, "anyone"],
    [authenticated, "authenticated"],
    [guest, "guest"],
    [group("editors"), { group: "editors" }],
    [group("editors", "admins"), { group: ["editors", "admins"] }],
    [scope("articles/read"), { scope: "articles/read" }],
    [scope("a", "b", "c"), { scope: ["a", "b", "c"] }],
    [role("123456789012/Editor"), { role: "123456789012/Editor" }],
    [
      role("123456789012/Editor", "arn:aws-cn:iam::123456789012:role/batch-*"),
      { role: ["123456789012/Editor", "arn:aws-cn:iam::123456789012:role/batch-*"] },
    ],
    [account("123456789012"), { account: "123456789012" }],
    [account("123456789012", "000000000001"), { account: ["123456789012", "000000000001"] }],
    [issuer("https://example.com"), { issuer: "https://example.com" }],
    [issuer("a", "b"), { issuer: ["a", "b"] }],
    [client("1example23456789"), { client: "1example23456789" }],
    [client("a", "b"), { client: ["a", "b"] }],
    [ip("10.0.0.0/8"), { ip: "10.0.0.0/8" }],
    [ip("10.0.0.0/8", "2001:db8::1"), { ip: ["10.0.0.0/8", "2001:db8::1"] }],
    [equal(tag("tenant"), param("tenantId")), { equal: [{ tag: "tenant" }, { param: "tenantId" }] }],
    [equal(claim("level"), 3), { equal: [{ claim: "level" }, 3] }],
    [equal(userId, query("user")), { equal: [{ userId: true }, { query: "user" }] }],
    [equal(identityId, header("x-identity")), { equal: [{ identityId: true }, { header: "x-identity" }] }],
    [oneOf(claim("plan"), ["pro", 1, true]), { oneOf: [{ claim: "plan" }, ["pro", 1, true]] }],
    [allOf(authenticated, group("a")), { allOf: ["authenticated", { group: "a" }] }],
    [anyOf(guest), { anyOf: ["guest"] }],
    [not(group("suspended")), { not: { group: "suspended" } }],
    [custom("owns"), { custom: "owns" }],
    [
      custom("owns", { article: param("id"), draft: true }),
      { custom: { name: "owns", arguments: { article: { param: "id" }, draft: true } } },
    ],
    [delegate("cedar"), { delegate: "cedar" }],
    [delegate("cedar", { a: "b" }), { delegate: { name: "cedar", arguments: { a: "b" } } }],
    [rule("office"), { rule: "office" }],
    [stepUp({ maxAge: 900 }), { stepUp: { maxAge: 900 } }],
    [stepUp({ acr: "a", amr: "mfa", maxAge: 1 }), { stepUp: { acr: "a", amr: "mfa", maxAge: 1 } }],
    [stepUp({ amr: ["mfa", "hwk"] }), { stepUp: { amr: ["mfa", "hwk"] } }],
  ])("return exactly the JSON %#", (built, json) => {
    expect(built).toStrictEqual(json);
    expect(JSON.parse(JSON.stringify(built))).toStrictEqual(json);
  });

  it("return what nobody can change", () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every((part) => frozen(part)));
    expect(frozen(stepUp({ amr: ["mfa"] }))).toBe(true);
    expect(frozen(custom("owns", { article: param("id") }))).toBe(true);
    expect(frozen(allOf(group("a", "b"), not(anyOf(equal(tag("t"), userId), oneOf(claim("c"), ["x"])))))).toBe(true);
  });

  it("keep their own copy of a list", () => {
    const list: [string, ...string[]] = ["free"];
    const built = oneOf(claim("plan"), list);
    list.push("pro");
    expect(built).toStrictEqual({ oneOf: [{ claim: "plan" }, ["free"]] });
    const methods: [string, ...string[]] = ["mfa"];
    const demanded = stepUp({ amr: methods });
    methods.push("pwd");
    const args: Record<string, string> = { kind: "draft" };
    const asking = delegate("cedar", args);
    args.kind = "other";
    expect(asking).toStrictEqual({ delegate: { name: "cedar", arguments: { kind: "draft" } } });
    expect(demanded).toStrictEqual({ stepUp: { amr: ["mfa"] } });
  });
});
