import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Awaitable, isPending } from "../../../src/awaitable.ts";
import { type EngineQuestion, questionOf } from "../../../src/policy/engines/engine-question.ts";
import { type MappingOptions, readMapping } from "../../../src/policy/engines/mapping-options.ts";
import { anonymous, closedGroups, createPrincipal, openGroups, type Principal } from "../../../src/principal.ts";
import { editor, editorRole, machine, signedEditor, visitor } from "../rule-input.ts";
import { type GivenQuestion, inquiryWith, noSignal } from "./ask-engine.ts";

function ask(given: GivenQuestion, options: MappingOptions = {}): EngineQuestion {
  const question: Awaitable<EngineQuestion> = questionOf(
    inquiryWith(given),
    noSignal(),
    readMapping("engine", options),
  );
  if (isPending(question)) throw new Error("it has to be waited for");
  return question;
}

const group = (id: string) => ({ type: "Group", id });
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("the entity of a caller", () => {
  it.each<[Principal, object]>([
    [
      editor,
      {
        uid: { type: "User", id: "user:eu-west-1_Example01:11111111-aaaa" },
        attrs: {
          issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
          verifiedBy: "user-pool",
          userId: "11111111-aaaa",
          clientId: "1example23456789",
          scopes: ["articles/read"],
        },
        parents: [group("editors"), group("staff")],
        tags: { tenant: "acme" },
      },
    ],
    [
      signedEditor,
      {
        uid: { type: "User", id: "user:eu-west-1_Example01:11111111-aaaa" },
        attrs: {
          issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
          verifiedBy: "signed-request",
          userId: "11111111-aaaa",
          identityId: "eu-west-1:22222222-bbbb",
          role: { partition: "aws", account: "123456789012", name: "ArticleEditor" },
        },
        parents: [group("editors"), group("staff")],
        tags: { tenant: "acme" },
      },
    ],
    [
      anonymous,
      { uid: { type: "Anonymous", id: "anonymous" }, attrs: { verifiedBy: "nothing" }, parents: [], tags: {} },
    ],
  ])("says what is known of $verifiedBy, and nothing of what is not", (principal, entity) => {
    expect(plain(ask({ principal }).principal)).toEqual(entity);
  });

  it.each<[Principal, string, boolean]>([
    [machine, "Client", true],
    [editorRole, "Role", false],
    [visitor, "Guest", true],
  ])("has a type by the kind of the caller: $kind", (principal, type, groupsKnown) => {
    expect(ask({ principal })).toMatchObject({ principal: { uid: { type } }, groupsKnown });
  });

  it("has types and attributes by option", () => {
    const options: MappingOptions = {
      namespace: "Api",
      types: { user: "People::Person" },
      attributes: ["scopes"],
      claims: ["email", "level", "amr", "email_verified", "nothing", "absent", "constructor"],
    };
    const question = ask({ principal: editor }, options);
    expect(plain(question.principal)).toEqual({
      uid: { type: "People::Person", id: editor.id },
      attrs: {
        scopes: ["articles/read"],
        claims: { email: "e@example.com", level: 3, amr: ["pwd"], email_verified: true },
      },
      parents: [
        { type: "Api::Group", id: "editors" },
        { type: "Api::Group", id: "staff" },
      ],
    });
    expect(question.action).toEqual({ type: "Api::Action", id: "GET" });
    expect(question.resource).toEqual({ type: "Api::Route", id: "GET /" });
  });

  it("has no claim that could pass for an entity, and none that Cedar has no value for", () => {
    const claims = {
      entity: { __entity: { type: "Group", id: "admins" } },
      list: [{ __entity: { type: "Group", id: "admins" } }],
      half: 0.5,
      large: 2 ** 53,
      none: null,
      record: { a: 1 },
    };
    const principal = createPrincipal({ ...editor, claims });
    expect(ask({ principal }, { claims: Object.keys(claims) }).principal.attrs?.claims).toEqual({});
  });

  it("has no groups where policies are said to read none, and then they do not matter", () => {
    expect(ask({ principal: editorRole }, { groups: false })).toMatchObject({
      principal: { parents: [] },
      groupsKnown: true,
    });
  });
});

describe("a question", () => {
  it("takes action and resource from the rule, and all other arguments for the context", () => {
    const args = {
      action: "write",
      resourceType: "Api::Article",
      resourceId: "7",
      plan: "gold",
      size: 3,
      draft: false,
    };
    expect(ask({ arguments: args })).toMatchObject({
      action: { type: "Action", id: "write" },
      resource: { type: "Api::Article", id: "7" },
      context: { plan: "gold", size: 3, draft: false },
    });
  });

  it("tells of the request what it is to tell", () => {
    const given = {
      method: "HEAD",
      target: "/a%20b?x=1",
      params: { name: "a b" },
      remoteAddress: "::ffff:10.1.2.255",
      now: 1_767_225_600_000,
    };
    expect(ask(given).context).toEqual({});
    expect(plain(ask(given, { request: ["method", "path", "route", "params", "ip", "now"] }).context)).toEqual({
      request: {
        method: "HEAD",
        path: "/a%20b",
        route: "GET /",
        params: { name: "a b" },
        ip: { __extn: { fn: "ip", arg: "10.1.2.255" } },
        now: 1_767_225_600_000,
      },
    });
    expect(plain(ask({ ...given, remoteAddress: "fe80::1%eth0" }, { request: ["ip"] }).context)).toEqual({
      request: { ip: { __extn: { fn: "ip", arg: "fe80:0:0:0:0:0:0:1" } } },
    });
    expect(plain(ask({ remoteAddress: "somewhere" }, { request: ["ip"] }).context)).toEqual({ request: {} });
    expect(plain(ask({}, { request: ["ip"] }).context)).toEqual({ request: {} });
  });

  it.each<[string, GivenQuestion, string]>([
    ["an action that is no text", { arguments: { action: 1 } }, "the argument action is no text"],
    [
      "a type that is no text",
      { arguments: { resourceType: true, resourceId: "7" } },
      "the argument resourceType is no text",
    ],
    [
      "an id that is no text",
      { arguments: { resourceType: "A", resourceId: 7 } },
      "the argument resourceId is no text",
    ],
    ["a type without an id", { arguments: { resourceType: "A" } }, "resourceType and resourceId belong together"],
    ["an id without a type", { arguments: { resourceId: "A" } }, "resourceType and resourceId belong together"],
    ["a type that is none", { arguments: { resourceType: 'A"', resourceId: "" } }, "the resource holds what"],
    [
      "a type that is a word of Cedar",
      { arguments: { resourceType: "in", resourceId: "" } },
      "the resource holds what",
    ],
    ["an action with half a character", { arguments: { action: "\ud800" } }, "the action holds what"],
    ["an id with half a character", { arguments: { resourceType: "A", resourceId: "\udfff" } }, "the resource holds"],
    ["a number that is not whole", { arguments: { size: 0.5 } }, "the context holds what"],
    ["a number that is too large", { arguments: { size: 2 ** 53 } }, "the context holds what"],
    ["a name that stands for an entity", { arguments: { __entity: "x" } }, "the context holds what"],
    ["a name that stands for a function", { arguments: { __extn: "x" } }, "the context holds what"],
    ["a value with half a character", { arguments: { plan: "\ud83d" } }, "the context holds what"],
    ["a name with half a character", { arguments: { "\ud83d": "x" } }, "the context holds what"],
    ["an argument in the place of the request", { arguments: { request: "x" } }, "an argument has the name request"],
    ["a parameter that stands for an entity", { params: { __entity: "x" } }, "the context holds what"],
    ["a caller with half a character", { principal: createPrincipal({ ...editor, id: "\ud800" }) }, "the caller holds"],
    [
      "a group with half a character",
      { principal: createPrincipal({ ...editor, groups: closedGroups(["\ud800"]) }) },
      "the caller holds what",
    ],
    [
      "a tag with half a character",
      { principal: createPrincipal({ ...editor, tags: new Map([["plan", "\ud800"]]) }) },
      "the caller holds what",
    ],
    [
      "a tag that stands for an entity",
      { principal: createPrincipal({ ...editor, tags: new Map([["__entity", "x"]]) }) },
      "the caller holds what",
    ],
  ])("cannot be put with %s", (_, given, because) => {
    expect(() => ask(given, { request: ["params"] })).toThrow(because);
  });

  it.each<[string, unknown, string]>([
    ["no list", {}, "must be a list of entities"],
    ["nothing", undefined, "must be a list of entities"],
    ["what is no entity", [null], "write { uid:"],
    ["a text", ["Article"], "write { uid:"],
    ["a name alone", [{ type: "Article", id: "7" }], 'there is no "type"'],
    ["a number as id", [{ uid: { type: "Article", id: 7 } }], "uid must be"],
    ["a null", [{ uid: { type: "Article", id: "7" }, attrs: { a: null } }], "attrs must be"],
    ["attributes that are a list", [{ uid: { type: "Article", id: "7" }, attrs: [] }], "attrs must be"],
    ["tags that are a text", [{ uid: { type: "Article", id: "7" }, tags: "x" }], "tags must be"],
    ["parents that are names", [{ uid: { type: "Article", id: "7" }, parents: ["x"] }], "parents must be"],
    ["parents that are no list", [{ uid: { type: "Article", id: "7" }, parents: {} }], "parents must be"],
    [
      "an entity with more beside",
      [{ uid: { type: "A", id: "7" }, attrs: { a: { __entity: { type: "A", id: "" }, b: 1 } } }],
      "attrs must be",
    ],
    ["an entity that is none", [{ uid: { type: "A", id: "7" }, attrs: { a: { __entity: "x" } } }], "attrs must be"],
    [
      "a function that is none",
      [{ uid: { type: "A", id: "7" }, attrs: { a: { __extn: { fn: "ip" } } } }],
      "attrs must be",
    ],
    ["an expression", [{ uid: { type: "A", id: "7" }, attrs: { a: { __expr: "1 == 1" } } }], "attrs must be"],
    [
      "two of one uid",
      [{ uid: { type: "A", id: "7" } }, { uid: { id: "7", type: "A" } }],
      "[1]: there is another entity of this uid",
    ],
    ["another caller's attributes for the caller", [{ uid: { type: "User", id: editor.id } }], "the caller himself"],
  ])("is not put where entities give %s", (_, entities, message) => {
    expect(() => ask({ principal: editor }, { entities: () => entities as never })).toThrow(message);
  });

  it("takes entities with every form of value", () => {
    const entities = [
      {
        uid: { type: "Article", id: "7" },
        attrs: {
          owner: { __entity: { type: "User", id: "x" } },
          price: { __extn: { fn: "decimal", arg: "1.5" } },
          list: [1, "a", true, { b: ["c"] }],
        },
        parents: [{ type: "Folder", id: "" }],
        tags: { a: "b" },
      },
    ];
    expect(ask({}, { entities }).entities).toEqual(entities);
  });

  it("goes only so deep", () => {
    const nested = (depth: number) => {
      let value: unknown = "x";
      for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { value };
      return [{ uid: { type: "A", id: "" }, attrs: { value } }];
    };
    expect(() => ask({}, { entities: () => nested(31) as never })).not.toThrow();
    expect(() => ask({}, { entities: () => nested(33) as never })).toThrow("attrs must be");
  });
});

describe("whatever a caller is called", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      '"',
      "::",
      'x" || true',
      "__proto__",
      "constructor",
      "\n",
      "\u0000",
      "\u2028",
      '{"__entity":1}',
      "",
    ),
  );

  it("is handed over as it is, in its own place and in no other", () => {
    const names = fc.uniqueArray(anyText, { maxLength: 5 });
    const values = fc.uniqueArray(fc.tuple(anyText, anyText), { maxLength: 5, selector: ([name]) => name });
    fc.assert(
      fc.property(anyText, names, names, values, (id, groups, scopes, tags) => {
        const principal = createPrincipal({
          ...editor,
          id,
          groups: openGroups(groups),
          scopes: new Set(scopes),
          tags: new Map(tags),
        });
        const { uid, parents, attrs, tags: given } = ask({ principal }).principal;
        expect(uid).toEqual({ type: "User", id });
        expect(parents).toEqual(groups.map(group));
        expect(attrs?.scopes).toEqual(scopes);
        expect(Object.entries(given ?? {})).toEqual(expect.arrayContaining(tags));
        expect(Object.keys(given ?? {})).toHaveLength(tags.length);
      }),
    );
  });
});
