import {
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
  ip,
  issuer,
  not,
  oneOf,
  type Principal,
  param,
  query,
  type Rule,
  role,
  rule,
  scope,
  stepUp,
  tag,
  userId,
} from "poolgate";
import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { nearestWays } from "../../src/policy/nearest-way.ts";
import { anonymous } from "../../src/principal.ts";
import { processorTime } from "../processor-time.ts";
import { editor, editorRole, type Given, machine, ruleInput, signedEditor, visitor } from "./rule-input.ts";

const rules: Readonly<Record<string, Rule>> = { office: ip("10.0.0.0/8") };

/** The nearest ways of a rule for a caller, each as one line. */
function nearest(written: Rule, principal: Principal, given: Given = {}): readonly string[] {
  const extensions = { functions: { owns: () => true }, engines: { cedar: { decide: () => true } } };
  const policy = definePolicy({ rules, routes: {} }, extensions);
  const compiled = policy.compile(written);
  const explained = compiled.explain(ruleInput({ ...given, principal }));
  return nearestWays([[compiled.source, explained]], policy.document.rules).map(({ steps }) => steps.join(", and "));
}

describe("nearestWays", () => {
  it.each<[string, Rule, Principal, readonly (string | RegExp)[]]>([
    ["authenticated", authenticated, visitor, ["come as a user, a client or a role"]],
    ["guest", guest, editor, ["come as a guest"]],
    ["group", group("admins", "staff of a"), editor, ['be in the group "admins" or "staff of a"']],
    ["scope of a token that tells them", scope("articles/write"), editor, ['have the scope "articles/write"']],
    [
      "scope of a signed caller",
      scope("articles/write"),
      signedEditor,
      ['come with a token that has the scope "articles/write" (a signed caller has no scopes)'],
    ],
    [
      "role",
      role("123456789012/Batch"),
      editor,
      ['act in the role "123456789012/Batch" (a user verified by user-pool acts in no role)'],
    ],
    ["account", account("210987654321"), signedEditor, ['act in a role of the account "210987654321"']],
    ["issuer", issuer("https://a.example"), editor, ['be vouched for by "https://a.example"']],
    ["client", client("app"), editor, ['come through the OAuth client "app"']],
    ["custom", custom("owns"), editor, ['have custom("owns") come out true (the function "owns" was not asked)']],
    ["delegate", delegate("cedar"), editor, [/^have delegate\("cedar"\) come out true \(/]],
    ["ip", ip("10.0.0.0/8"), editor, [expect.stringMatching(/^call from "10\.0\.0\.0\/8" \(/)]],
    ["equal with a value", equal(tag("tenant"), "globex"), editor, ['have tag("tenant") = "globex"']],
    [
      "equal of two",
      equal(userId, claim("owner")),
      editor,
      [expect.stringMatching(/^have userId = claim\("owner"\), or have claim/)],
    ],
    ["oneOf", oneOf(claim("level"), [4, 5]), editor, ['have claim("level") = 4 or 5']],
    [
      "stepUp",
      stepUp({ acr: "urn:cognito:loa:3", amr: ["otp", "hwk"], maxAge: 60 }),
      visitor,
      [
        'have signed in with acr "urn:cognito:loa:3" or higher, by "otp" or "hwk", 60 seconds ago at most (a guest is no user, and so did not sign in)',
      ],
    ],
    [
      "stepUp for its level alone",
      stepUp({ acr: "urn:cognito:loa:2" }),
      editor,
      [/acr "urn:cognito:loa:2" or higher \(/],
    ],
    ["stepUp for its age alone", stepUp({ maxAge: 9 }), editor, [/^have signed in 9 seconds ago at most \(/]],
    ["a part beside anyone", allOf(anyone, guest), editor, ["come as a guest"]],
    ["a rule by name", rule("office"), editor, [expect.stringMatching(/^call from/)]],
    ["not authenticated", not(authenticated), editor, ["come as a guest or as nobody"]],
    ["not guest", not(guest), visitor, ["come as another than a guest"]],
    ["not in a group", not(group("editors")), editor, ['not be in the group "editors"']],
    [
      "not in a group that may be his",
      not(group("suspended")),
      editorRole,
      [
        'come with a credential that tells all groups, and not be in the group "suspended" (of the groups of a signed caller only some are known)',
      ],
    ],
    ["not another leaf", not(client("1example23456789")), machine, ['have client("1example23456789") come out false']],
    ["nothing at all", not(anyone), editor, []],
    ["a rule that is true", authenticated, editor, [""]],
  ])("tells what %s lacks", (_, written, principal, expected) => {
    const lines = expected.map((line) => (line instanceof RegExp ? expect.stringMatching(line) : line));
    expect(nearest(written, principal)).toEqual(lines);
  });

  it("names the value of the other side where it may be shown", () => {
    const params = { tenantId: "globex" };
    const own = ['ask with param("tenantId") = "acme", or have tag("tenant") = "globex"'];
    expect(nearest(equal(tag("tenant"), param("tenantId")), editor, { params })).toEqual(own);
    expect(nearest(equal(param("tenantId"), tag("tenant")), editor, { params })).toEqual(own);
    const target = "/?tenant=s3cret";
    expect(nearest(equal(query("tenant"), tag("tenant")), editor, { target })).toEqual([
      'ask with query("tenant") = "acme", or have tag("tenant") = query("tenant")',
    ]);
    expect(nearest(equal(header("x-a"), query("tenant")), editor, { target })).toEqual([
      expect.stringMatching(
        /^ask with header\("x-a"\) = query\("tenant"\), or ask with query\("tenant"\) = header\("x-a"\) /,
      ),
    ]);
  });

  it("takes of several rules the fewest, and all that are as near", () => {
    const far = allOf(group("a"), group("b"));
    expect(nearest(anyOf(far, scope("x"), group("c")), editor)).toEqual(['have the scope "x"', 'be in the group "c"']);
    expect(nearest(allOf(anyOf(far, guest), group("editors")), editor)).toEqual([
      'be in the group "a", and be in the group "b"',
    ]);
  });

  it("gives no way that needs two kinds of caller at once", () => {
    expect(nearest(allOf(anyOf(guest, scope("x")), authenticated), anonymous)).toEqual([
      expect.stringMatching(/^come with a token that has the scope "x".*, and come as a user, a client or a role$/),
    ]);
    expect(nearest(allOf(guest, group("a")), editor)).toEqual([]);
  });

  it("turns what is joined around under not", () => {
    expect(nearest(not(anyOf(group("editors"), group("staff"))), editor)).toEqual([
      'not be in the group "editors", and not be in the group "staff"',
    ]);
    expect(nearest(not(allOf(group("editors"), group("staff"))), editor)).toEqual([
      'not be in the group "editors"',
      'not be in the group "staff"',
    ]);
  });

  it("takes bounded time over rules of thousands of leaves, and tells no more steps than somebody reads", () => {
    const of = (make: (index: number) => Rule) => {
      const parts = Array.from({ length: 2_000 }, (_, index) => make(index)) as [Rule, ...Rule[]];
      const started = processorTime();
      const ways = nearest(allOf(...parts), editor);
      return { ways, took: processorTime() - started };
    };
    const { ways } = of((index) => group(`g${index}`));
    const steps = Array.from({ length: 50 }, (_, index) => `be in the group "g${index}"`);
    expect(ways).toEqual([[...steps, "more than is told here"].join(", and ")]);

    const pairs = of((index) => anyOf(group(`g${index}`), scope(`s${index}`)));
    expect(pairs.ways).toHaveLength(1);
    expect(pairs.took).toBeLessThan(10_000);
    // Of what is kept, some can still be joined with the rest.
    const kinds = of((index) => anyOf(guest, group(`g${index}`)));
    expect(kinds.ways).toEqual(["come as a guest"]);
  });
});
