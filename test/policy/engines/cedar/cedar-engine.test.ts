import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../../../src/configuration.ts";
import { cedarEngine } from "../../../../src/policy/engines/cedar/cedar-engine.ts";
import type { CedarEngineOptions } from "../../../../src/policy/engines/cedar/cedar-engine-options.ts";
import { closedGroups, createPrincipal, openGroups, type Principal } from "../../../../src/principal.ts";
import { editor, editorRole, machine, signedEditor, visitor } from "../../rule-input.ts";
import { answeredAtOnce, inquiryWith, inquiryWithoutRoute, outcomeOf, replyOf } from "../ask-engine.ts";

const permitAll = "permit(principal, action, resource);";

const schema = `
  entity Group;
  entity User in [Group] { scopes?: Set<String> } tags String;
  entity Article { owner: User };
  action "write" appliesTo { principal: [User], resource: [Article], context: { draft: Bool } };
`;

/** What the construction of an engine says is wrong. */
function faultOf(options: object): string {
  try {
    cedarEngine(options as CedarEngineOptions);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ConfigurationError);
    return (thrown as ConfigurationError).message;
  }
  throw new Error("nothing is wrong");
}

const userWith = (members: Partial<Principal>): Principal =>
  createPrincipal({ kind: "user", id: "user:pool:1", issuer: "pool", verifiedBy: "user-pool", ...members });

describe("the options of cedarEngine", () => {
  it.each<[object, string]>([
    [{}, "cedarEngine.policies: write policies as text, or texts by id"],
    [{ policies: ["x"] }, "cedarEngine.policies: write policies as text, or texts by id"],
    [{ policies: "" }, "cedarEngine.policies: there is no policy, so nobody is let in"],
    [{ policies: "// nothing yet" }, "cedarEngine.policies: there is no policy, so nobody is let in"],
    [{ policies: {} }, "cedarEngine.policies: there is no policy, so nobody is let in"],
    [{ policies: { a: 1 } }, 'cedarEngine.policies["a"]: must be the text of one policy'],
    [{ policies: permitAll, policy: "x" }, "cedarEngine.policy: there is no such option"],
    [
      { policies: `${permitAll}\nforbid(principal == User::"é\u{1f600}", action, resource) wen {true};` },
      "cedarEngine.policies: line 2, column 52: invalid policy condition: wen (condition must be either `when` or `unless`)",
    ],
    [{ policies: { a: "permit(principal, action)" } }, 'cedarEngine.policies["a"]: line 1, column '],
    [{ policies: { a: `${permitAll}${permitAll}` } }, 'cedarEngine.policies["a"]: line 1, column 37: '],
    [{ policies: "permit(principal == ?principal, action, resource);" }, "templates cannot be linked here"],
    [{ policies: { a: "permit(principal == ?principal, action, resource);" } }, "got a template"],
    [{ policies: `@id("a")${permitAll}@id("a")${permitAll}` }, 'two policies are called "a"'],
    [{ policies: `@id("policy1")${permitAll}${permitAll}` }, 'two policies are called "policy1"'],
    [{ policies: 'permit(principal == User::"\ud800", action, resource);' }, "half of a surrogate pair"],
    [{ policies: { a: 'permit(principal == User::"\ud800", action, resource);' } }, "half of a surrogate pair"],
    [{ policies: permitAll, schema: "entity User; // \ud800" }, "half of a surrogate pair"],
    [{ policies: permitAll, schema: { "\ud800": {} } }, "cedarEngine.schema: Cedar cannot read it"],
    [{ policies: permitAll, schema: 1 }, "cedarEngine.schema: must be a schema of Cedar as text or as JSON"],
    [{ policies: permitAll, schema: null }, "cedarEngine.schema: must be a schema of Cedar as text or as JSON"],
    [{ policies: permitAll, schema: "entity User {\n  name: Strin\n};" }, "cedarEngine.schema: line 2, column 9: "],
    [{ policies: permitAll, schema: { "": {} } }, "cedarEngine.schema: failed to parse schema from JSON"],
    [
      {
        policies: `@id("a")permit(principal is User, action, resource);\n@id("b")\npermit(principal is User, action, resource) when { principal.nme };`,
        schema,
      },
      'cedarEngine.policies["b"]: line 2, column 52: for policy `b`, attribute `nme`',
    ],
    [
      { policies: "permit(principal is User, action, resource) when { false };", schema },
      'cedarEngine.policies["policy0"]: line 1, column 1: for policy `policy0`, policy is impossible',
    ],
  ])("refuse %j", (options, message) => {
    expect(faultOf(options)).toContain(message);
  });

  it("take a schema as text and as JSON", async () => {
    const appliesTo = { principalTypes: ["User"], resourceTypes: ["Article"] };
    const json = { "": { entityTypes: { User: {}, Article: {} }, actions: { write: { appliesTo } } } };
    for (const given of [schema, json]) {
      const engine = cedarEngine({ policies: "permit(principal is User, action, resource);", schema: given });
      // Neither lets an action be taken on what this asks about.
      expect(await outcomeOf(engine, { principal: editor })).toBeUndefined();
    }
  });

  it("give the engine a time of its own, and none where they say none", () => {
    expect(cedarEngine({ policies: permitAll, timeoutSeconds: 3 }).timeoutSeconds).toBe(3);
    expect("timeoutSeconds" in cedarEngine({ policies: permitAll })).toBe(false);
  });

  it("may be the same for two engines, which then are kept once", async () => {
    const engines = [cedarEngine({ policies: permitAll }), cedarEngine({ policies: permitAll })];
    expect(await Promise.all(engines.map((engine) => outcomeOf(engine, {})))).toEqual([true, true]);
  });
});

describe("an engine of Cedar", () => {
  const engine = cedarEngine({
    policies: `
      @id("editors write") permit(principal in Group::"editors", action == Action::"write", resource is Article);
      @id("owners write") permit(principal, action == Action::"write", resource is Article)
        when { resource has owner && resource.owner == principal };
      @id("nobody writes archives") forbid(principal, action, resource) when { context has archived && context.archived };
      @id("members read") permit(principal, action == Action::"GET", resource == Route::"GET /");`,
    entities: ({ params }) => [
      {
        uid: { type: "Article", id: params.id ?? "" },
        attrs: { owner: { __entity: { type: "User", id: "user:pool:owner" } } },
      },
    ],
  });
  const write = { action: "write", resourceType: "Article", resourceId: "7" };

  it.each<[string, object, boolean, readonly string[]]>([
    ["a member of the group", { principal: editor, arguments: write }, true, ["editors write"]],
    ["the role that stands for the group", { principal: editorRole, arguments: write }, true, ["editors write"]],
    ["a guest", { principal: visitor, arguments: write }, false, []],
    ["anybody, by the method and the route", { principal: visitor }, true, ["members read"]],
    ["anybody by HEAD, as by GET", { principal: visitor, method: "HEAD" }, true, ["members read"]],
    ["anybody by another method", { principal: visitor, method: "POST" }, false, []],
    [
      "the owner, by what the application tells of the article",
      { principal: userWith({ id: "user:pool:owner", groups: closedGroups() }), arguments: write, params: { id: "7" } },
      true,
      ["owners write"],
    ],
    [
      "a member of the group in an archive",
      { principal: editor, arguments: { ...write, archived: true } },
      false,
      ["nobody writes archives"],
    ],
  ])("decides at once about %s", (_, given, value, decidedBy) => {
    expect(answeredAtOnce(engine, given)).toEqual({ value, decidedBy });
  });

  it("waits for entities that are not at hand", async () => {
    const later = cedarEngine({
      policies: "permit(principal, action, resource) when { resource.open };",
      entities: async (inquiry) => [{ uid: { type: "Route", id: inquiry.route ?? "" }, attrs: { open: true } }],
    });
    expect(await outcomeOf(later, { principal: visitor })).toBe(true);
  });

  it("gives up on entities that fail, and allows nothing", async () => {
    const failing = cedarEngine({ policies: permitAll, entities: () => Promise.reject(new Error("no database")) });
    const { reply, failures } = await replyOf(failing, inquiryWith({}));
    expect(reply).toEqual({ value: undefined, failure: "threw an error" });
    expect(failures).toMatchObject([{ reason: "threw", error: { message: "no database" } }]);
  });

  it("knows groups that are in groups", async () => {
    const staff = cedarEngine({
      policies: 'permit(principal in Group::"staff", action, resource);',
      entities: [{ uid: { type: "Group", id: "editors" }, parents: [{ type: "Group", id: "staff" }] }],
    });
    const only = userWith({ groups: closedGroups(["editors"]) });
    expect(await outcomeOf(staff, { principal: only })).toBe(true);
    expect(await outcomeOf(staff, { principal: userWith({ groups: closedGroups(["visitors"]) }) })).toBe(false);
  });

  it("refuses a question that the schema does not have", async () => {
    const strict = cedarEngine({
      policies: 'permit(principal is User, action == Action::"write", resource) when { !context.draft };',
      schema,
      attributes: ["scopes", "tags"],
      entities: [{ uid: { type: "Article", id: "7" }, attrs: { owner: { __entity: { type: "User", id: "x" } } } }],
    });
    const ask = (given: object, principal = editor) => ({ principal, arguments: { ...write, ...given } });
    expect(await outcomeOf(strict, ask({ draft: false }))).toBe(true);
    expect(await outcomeOf(strict, ask({ draft: true }))).toBe(false);
    for (const wrong of [{}, { draft: "false" }, { draft: false, more: 1 }, { draft: false, action: "read" }]) {
      expect(await outcomeOf(strict, ask(wrong))).toBeUndefined();
    }
    const { reply, failures } = await replyOf(strict, inquiryWith(ask({ draft: false }, visitor)));
    expect(reply).toEqual({ value: undefined, failure: "could not tell: Cedar does not take the question" });
    expect(failures).toMatchObject([{ error: { message: expect.stringContaining("Guest") } }]);
  });

  it("cannot be asked about a guard without a route, unless the rule names the resource", async () => {
    const all = cedarEngine({ policies: permitAll });
    const { reply } = await replyOf(all, inquiryWithoutRoute({}));
    expect(reply.failure).toBe("could not tell: there is no route, and the rule names no resource");
    expect((await replyOf(all, inquiryWithoutRoute({ arguments: write }))).reply.value).toBe(true);
  });
});

describe("a policy that fails to be evaluated", () => {
  const unsure = { value: undefined, failure: 'could not tell: "b" could not be evaluated; not known: scopes' };

  it.each([
    [
      "a permit beside a permit that holds",
      'permit(principal, action, resource) when { principal.scopes.contains("x") };',
    ],
    [
      "a forbid beside a permit that holds",
      'forbid(principal, action, resource) when { principal.scopes.contains("x") };',
    ],
    ["a forbid in its unless", 'forbid(principal, action, resource) unless { principal.scopes.contains("x") };'],
  ])("allows nobody: %s", async (_, text) => {
    const engine = cedarEngine({ policies: { a: permitAll, b: text } });
    const { reply, failures } = await replyOf(engine, inquiryWith({ principal: signedEditor }));
    expect(reply).toEqual(unsure);
    expect(failures).toMatchObject([{ reason: "threw", error: { message: expect.stringContaining("scopes") } }]);
  });

  it("is no denial either, for a denial can be turned round", async () => {
    const engine = cedarEngine({
      policies: { b: 'permit(principal, action, resource) when { principal.scopes.contains("x") };' },
    });
    expect((await replyOf(engine, inquiryWith({ principal: signedEditor }))).reply).toEqual(unsure);
    expect(await outcomeOf(engine, { principal: machine })).toBe(false);
  });

  it("is one that leaves something open for an evaluation in parts", async () => {
    const policies = `${permitAll} forbid(principal, action, resource) when { unknown("x") };`;
    expect(await outcomeOf(cedarEngine({ policies }), { principal: editor })).toBeUndefined();
    const entities = [{ uid: { type: "Route", id: "GET /" }, attrs: { a: { __extn: { fn: "unknown", arg: "x" } } } }];
    const reading = `${permitAll} forbid(principal, action, resource) when { resource.a };`;
    expect(await outcomeOf(cedarEngine({ policies: reading, entities }), { principal: editor })).toBeUndefined();
  });

  it("is told without the values that it failed on", async () => {
    const engine = cedarEngine({
      policies: { a: permitAll, b: "forbid(principal, action, resource) when { context.plan + 1 == 2 };" },
    });
    const { reply } = await replyOf(engine, inquiryWith({ arguments: { plan: "hunter2" } }));
    expect(reply).toEqual({ value: undefined, failure: 'could not tell: "b" could not be evaluated' });
  });

  it.each(["tags", "userId", "identityId", "clientId", "role", "claims", "issuer"])(
    "is one that reads what is not known of a caller: %s",
    async (name) => {
      const read = name === "tags" ? 'principal.getTag("plan") == "x"' : `principal.${name} == "x"`;
      const engine = cedarEngine({
        policies: `${permitAll} forbid(principal, action, resource) when { ${read} };`,
        claims: [],
        attributes: [],
      });
      expect(await outcomeOf(engine, { principal: editor })).toBe(name === "claims" ? true : undefined);
    },
  );
});

describe("groups of which not all are known", () => {
  const open = userWith({ groups: openGroups(["editors"]) });
  const untold = userWith({});
  const closed = userWith({ groups: closedGroups(["editors"]) });
  const group = (name: string) => `Group::"${name}"`;

  it.each<[string, string]>([
    ["in the head", `forbid(principal in ${group("suspended")}, action, resource);`],
    ["in the head, beside a type", `forbid(principal is User in ${group("suspended")}, action, resource);`],
    ["in a condition", `forbid(principal, action, resource) when { principal in ${group("suspended")} };`],
    ["in a list", `forbid(principal, action, resource) when { principal in [${group("x")}, ${group("suspended")}] };`],
    ["beside a type", `forbid(principal, action, resource) when { principal is User in ${group("suspended")} };`],
    ["in an unless", `forbid(principal, action, resource) unless { !(principal in ${group("suspended")}) };`],
    [
      "in an if",
      `forbid(principal, action, resource) when { if principal in ${group("suspended")} then true else false };`,
    ],
    ["in a record", `forbid(principal, action, resource) when { {a: principal in ${group("suspended")}}.a };`],
    ["in a set", `forbid(principal, action, resource) when { [principal in ${group("suspended")}].contains(true) };`],
    ["by an attribute", `forbid(principal, action, resource) when { principal in resource.banned };`],
    [
      "of who owns the resource",
      `forbid(principal, action, resource) when { resource.owner in ${group("suspended")} };`,
    ],
    ["of a resource of the caller", `forbid(principal, action, resource in ${group("suspended")});`],
    [
      "by a permit that excepts them",
      `permit(principal, action, resource) unless { principal in ${group("suspended")} };`,
    ],
  ])("let nobody pass a policy that reads another group %s", async (_, policy) => {
    const others = policy.startsWith("permit") ? "" : permitAll;
    const engine = cedarEngine({
      policies: others + policy,
      entities: ({ principal, arguments: { mine } }) => [
        {
          uid: { type: "Route", id: "GET /" },
          attrs: {
            owner: { __entity: { type: "User", id: principal.id } },
            banned: { __entity: { type: "Group", id: "suspended" } },
          },
          parents: mine === false ? [] : [{ type: "User", id: principal.id }],
        },
      ],
    });
    const { reply } = await replyOf(engine, inquiryWith({ principal: open }));
    expect(reply).toMatchObject({ value: undefined, failure: expect.stringContaining("not known: group") });
    expect(await outcomeOf(engine, { principal: untold })).toBeUndefined();
    expect(await outcomeOf(engine, { principal: closed })).toBe(true);
    expect(await outcomeOf(engine, { principal: userWith({ groups: openGroups(["suspended"]) }) })).not.toBe(true);
    expect(await outcomeOf(engine, { principal: userWith({ groups: closedGroups(["suspended"]) }) })).toBe(false);
  });

  it.each<[string, string, boolean]>([
    ["a listed group", `permit(principal in ${group("editors")}, action, resource);`, true],
    ["no group", "permit(principal is User, action, resource);", true],
    [
      "another group, where the rest is false",
      `permit(principal in ${group("a")}, action, resource) when { false };`,
      false,
    ],
    [
      "another group, for another action",
      `permit(principal in ${group("a")}, action == Action::"x", resource);`,
      false,
    ],
    ["a group of the resource", `permit(principal, action, resource in ${group("a")});`, false],
    ["himself", "permit(principal, action, resource) when { principal in principal };", true],
    [
      "no group, but all else that Cedar has",
      `permit(principal, action, resource) when {
         ip("10.0.0.1").isInRange(ip("10.0.0.0/8")) && !(principal has nothing) && {"in": 1}["in"] == -(-1)
         && "a*b" like "a\\*b" && [].isEmpty() && resource is Route && decimal("1.0").lessThan(decimal("2.0"))
       };`,
      true,
    ],
  ])("do not matter to a policy that reads %s", async (_, policies, value) => {
    const engine = cedarEngine({ policies });
    expect(await outcomeOf(engine, { principal: open })).toBe(value);
    expect(await outcomeOf(engine, { principal: closed })).toBe(value);
  });

  it("cannot be asked about where a policy cannot be written again exactly", async () => {
    const engine = cedarEngine({
      policies: "permit(principal, action, resource) unless { 1 == 9223372036854775807 };",
    });
    const { reply } = await replyOf(engine, inquiryWith({ principal: open }));
    expect(reply.failure).toBe("could not tell: not all groups of the caller are known");
    expect(await outcomeOf(engine, { principal: closed })).toBe(true);
  });

  it("do not matter where policies are said to read none", async () => {
    const policies = `${permitAll} forbid(principal in ${group("editors")}, action, resource);`;
    const engine = cedarEngine({ policies, groups: false });
    for (const principal of [open, untold, closed]) expect(await outcomeOf(engine, { principal })).toBe(true);
  });
});
