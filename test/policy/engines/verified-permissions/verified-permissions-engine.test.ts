import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConfigurationError } from "../../../../src/configuration.ts";
import { verifiedPermissionsEngine } from "../../../../src/policy/engines/verified-permissions/verified-permissions-engine.ts";
import type { VerifiedPermissionsOptions } from "../../../../src/policy/engines/verified-permissions/verified-permissions-options.ts";
import { type InquiryFailure, readExtensions } from "../../../../src/policy/extensions.ts";
import type { Inquiry } from "../../../../src/policy/inquiry.ts";
import type { Reply } from "../../../../src/policy/replies.ts";
import { closedGroups, createPrincipal, openGroups } from "../../../../src/principal.ts";
import { editor, editorRole, machine, signedEditor, visitor } from "../../rule-input.ts";
import { type GivenQuestion, inquiryWith, outcomeOf, replyOf } from "../ask-engine.ts";
import { type StandIn, startStandIn } from "./stand-in.ts";

let store: StandIn;

beforeAll(async () => {
  store = await startStandIn(`
    permit(principal in Group::"editors", action == Action::"write", resource is Article);
    permit(principal, action == Action::"write", resource is Article)
      when { resource has owner && resource.owner == principal };
    permit(principal, action == Action::"read", resource)
      when { principal has userId && principal.hasTag("tenant") && principal.getTag("tenant") == context.tenant };
    permit(principal, action == Action::"list", resource) when { context.flag };
    permit(principal, action == Action::"scoped", resource);
    forbid(principal, action == Action::"scoped", resource) unless { principal.scopes.contains("articles/write") };
    permit(principal, action == Action::"from", resource)
      when { context.request.ip.isInRange(ip("10.0.0.0/8")) && context.request.now > 0 };`);
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => {
  store.calls.length = 0;
  store.next.length = 0;
});

const engineWith = (options: Partial<VerifiedPermissionsOptions> = {}) =>
  verifiedPermissionsEngine({ client: store.client, policyStoreId: "PSEXAMPLEabcdefg111111", ...options });

const write = { action: "write", resourceType: "Article", resourceId: "7" };
const editing: GivenQuestion = { principal: editor, arguments: write };

/** Asks as a policy does: all at once. */
async function askAll(
  options: Partial<VerifiedPermissionsOptions>,
  questions: readonly GivenQuestion[],
): Promise<readonly (boolean | undefined)[]> {
  const engine = engineWith(options);
  return Promise.all(questions.map((given) => outcomeOf(engine, given)));
}

describe("the options of verifiedPermissionsEngine", () => {
  const client = { send: () => Promise.resolve({}) };
  it.each<[object, string]>([
    [{ policyStoreId: "PS1" }, "verifiedPermissionsEngine.client: pass new VerifiedPermissionsClient"],
    [{ client: null, policyStoreId: "PS1" }, "verifiedPermissionsEngine.client"],
    [{ client: {}, policyStoreId: "PS1" }, "verifiedPermissionsEngine.client"],
    [{ client }, "verifiedPermissionsEngine.policyStoreId: is required"],
    [{ client, policyStoreId: "PS/1" }, "verifiedPermissionsEngine.policyStoreId: must be the id of a policy store"],
    [{ client, policyStoreId: "PS1", store: "PS1" }, "verifiedPermissionsEngine.store: there is no such option"],
    [{ client, policyStoreId: "PS1", claims: [1] }, "verifiedPermissionsEngine.claims"],
    [{ client, policyStoreId: "PS1", cache: true }, "verifiedPermissionsEngine.cache: pass one object"],
    [{ client, policyStoreId: "PS1", cache: {} }, "verifiedPermissionsEngine.cache.maxAgeSeconds: must be a whole"],
    [
      { client, policyStoreId: "PS1", cache: { maxAgeSeconds: 0 } },
      "maxAgeSeconds: must be a whole number from 1 to 300",
    ],
    [{ client, policyStoreId: "PS1", cache: { maxAgeSeconds: 301 } }, "maxAgeSeconds: must be a whole number"],
    [{ client, policyStoreId: "PS1", cache: { maxAgeSeconds: 1, entries: 0 } }, "entries: must be a whole number"],
    [{ client, policyStoreId: "PS1", cache: { maxAgeSeconds: 1, ttl: 1 } }, "cache.ttl: there is no such option"],
  ])("refuse %#", (options, message) => {
    const make = () => verifiedPermissionsEngine(options as VerifiedPermissionsOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
  });

  it("give the engine a time of its own, and none where they say none", () => {
    expect(engineWith({ timeoutSeconds: 3 }).timeoutSeconds).toBe(3);
    expect("timeoutSeconds" in engineWith()).toBe(false);
  });
});

describe("an engine of Verified Permissions", () => {
  it.each<[string, GivenQuestion, Partial<VerifiedPermissionsOptions>, boolean]>([
    ["a member of the group", editing, {}, true],
    ["a guest", { principal: visitor, arguments: write }, {}, false],
    [
      "the owner, by what the application tells",
      { principal: machine, arguments: write },
      {
        entities: [
          { uid: { type: "Article", id: "7" }, attrs: { owner: { __entity: { type: "Client", id: machine.id } } } },
        ],
      },
      true,
    ],
    ["the tenant of a tag", { principal: editor, arguments: { action: "read", tenant: "acme" } }, {}, true],
    ["another tenant", { principal: editor, arguments: { action: "read", tenant: "globex" } }, {}, false],
    ["whoever has the scope", { principal: machine, arguments: { action: "scoped" } }, {}, true],
    ["whoever has not", { principal: editor, arguments: { action: "scoped" } }, {}, false],
    ["a flag", { arguments: { action: "list", flag: true } }, {}, true],
    ["the address", { arguments: { action: "from" }, remoteAddress: "10.1.1.1" }, { request: ["ip", "now"] }, true],
  ])("decides about %s", async (_, given, options, value) => {
    expect(await outcomeOf(engineWith(options), given)).toBe(value);
    expect(store.calls.map(({ operation }) => operation)).toEqual(["IsAuthorized"]);
  });

  it("says what decided", async () => {
    expect((await replyOf(engineWith(), inquiryWith(editing))).reply).toEqual({ value: true, decidedBy: ["policy0"] });
  });

  it("is indeterminate where a policy fails to be evaluated, whatever the decision", async () => {
    const given = { principal: signedEditor, arguments: { action: "scoped" } };
    const { reply, failures } = await replyOf(engineWith(), inquiryWith(given));
    expect(reply).toEqual({
      value: undefined,
      failure: "could not tell: policies of the store could not be evaluated",
    });
    expect(failures).toMatchObject([{ reason: "threw", error: { message: expect.stringContaining("scopes") } }]);
    const denied = { principal: editor, arguments: { action: "list" } };
    expect(await outcomeOf(engineWith(), denied)).toBeUndefined();
  });

  it("is not asked about callers whose groups are not all known, unless policies read none", async () => {
    for (const principal of [editorRole, createPrincipal({ ...machine, groups: openGroups([]) })]) {
      const { reply } = await replyOf(engineWith(), inquiryWith({ principal, arguments: write }));
      expect(reply.failure).toBe("could not tell: not all groups of the caller are known");
    }
    expect(store.calls).toEqual([]);
    expect(await outcomeOf(engineWith({ groups: false }), { principal: editorRole, arguments: write })).toBe(false);
  });

  it("cannot be asked with a type that Verified Permissions does not have", async () => {
    const entities = [{ uid: { type: "A", id: "" }, attrs: { a: { __extn: { fn: "unknown", arg: "x" } } } }];
    const { reply } = await replyOf(engineWith({ entities }), inquiryWith(editing));
    expect(reply.failure).toContain("a type that Verified Permissions does not have");
    expect(store.calls).toEqual([]);
  });
});

describe("questions of the same moment", () => {
  const reading = (tenant: string): GivenQuestion => ({ principal: editor, arguments: { action: "read", tenant } });
  const article = (id: number): GivenQuestion => ({
    principal: editor,
    arguments: { ...write, resourceId: String(id) },
  });
  const operations = () => store.calls.map(({ operation, input }) => [operation, input.requests?.length]);

  it("go in one call", async () => {
    const listing = { principal: editor, arguments: { action: "list", flag: false } };
    expect(await askAll({}, [editing, reading("acme"), listing])).toEqual([true, true, false]);
    expect(operations()).toEqual([["BatchIsAuthorized", 3]]);
  });

  it("are put once where they are the same", async () => {
    expect(await askAll({}, [editing, editing, reading("acme"), editing])).toEqual([true, true, true, true]);
    expect(operations()).toEqual([["BatchIsAuthorized", 2]]);
    store.calls.length = 0;
    expect(await askAll({}, [editing, editing])).toEqual([true, true]);
    expect(operations()).toEqual([["IsAuthorized", undefined]]);
  });

  it("go in as many calls as it takes, thirty in each", async () => {
    const answers = await askAll(
      {},
      Array.from({ length: 61 }, (_, index) => article(index)),
    );
    expect(answers).toEqual(Array(61).fill(true));
    expect(operations().sort()).toEqual([
      ["BatchIsAuthorized", 30],
      ["BatchIsAuthorized", 30],
      ["IsAuthorized", undefined],
    ]);
  });

  it("go in one call for each caller, and for each form that a caller is known in", async () => {
    const other = createPrincipal({ ...editor, groups: closedGroups() });
    const asked = [
      editing,
      article(8),
      { principal: other, arguments: write },
      { principal: machine, arguments: write },
    ];
    expect(await askAll({}, asked)).toEqual([true, true, false, false]);
    expect(operations().sort()).toEqual([
      ["BatchIsAuthorized", 2],
      ["IsAuthorized", undefined],
      ["IsAuthorized", undefined],
    ]);
  });

  it("go apart where only their context differs, for their answers could not be told apart", async () => {
    expect(await askAll({}, [reading("acme"), reading("globex"), reading("acme")])).toEqual([true, false, true]);
    expect(operations()).toEqual([
      ["IsAuthorized", undefined],
      ["IsAuthorized", undefined],
    ]);
  });

  it("go apart where an entity has two forms, and together where it has one", async () => {
    let owner = 0;
    const entities = ({ arguments: { same } }: Inquiry) => [
      {
        uid: { type: "Article", id: "7" },
        attrs: { owner: { __entity: { type: "User", id: same === true ? "x" : String(owner++) } } },
      },
    ];
    const asking = (action: string, same: boolean) => ({ principal: editor, arguments: { ...write, action, same } });
    await askAll({ entities }, [asking("write", true), asking("erase", true)]);
    expect(operations()).toEqual([["BatchIsAuthorized", 2]]);
    store.calls.length = 0;
    await askAll({ entities }, [asking("write", false), asking("erase", false)]);
    expect(operations()).toEqual([
      ["IsAuthorized", undefined],
      ["IsAuthorized", undefined],
    ]);
  });

  it("go apart where they have too many entities for one call", async () => {
    const entities = ({ arguments: { resourceId } }: Inquiry) =>
      Array.from({ length: 60 }, (_, index) => ({ uid: { type: "Part", id: `${resourceId}-${index}` } }));
    expect(await askAll({ entities }, [article(1), article(2)])).toEqual([true, true]);
    expect(operations()).toEqual([
      ["IsAuthorized", undefined],
      ["IsAuthorized", undefined],
    ]);
  });

  it("are answered by the request that each answer names, in whatever order", async () => {
    const listing = { principal: editor, arguments: { action: "list", flag: false } };
    store.next.push({ change: ({ results }) => ({ results: (results as []).reverse() }) });
    expect(await askAll({}, [editing, listing, reading("globex")])).toEqual([true, false, false]);
  });

  it("fail by themselves where policies fail for one of them", async () => {
    const failing = { principal: editor, arguments: { action: "list" } };
    expect(await askAll({}, [editing, failing])).toEqual([true, undefined]);
    expect(operations()).toEqual([["BatchIsAuthorized", 2]]);
  });

  it.each<[string, (results: Record<string, unknown>[]) => unknown]>([
    ["no results", () => undefined],
    ["results that are no list", () => ({})],
    ["too few", (results) => results.slice(1)],
    ["too many", (results) => [...results, ...results]],
    ["one twice", ([first]) => [first, first]],
    ["one without a request", ([first, second]) => [{ ...first, request: undefined }, second]],
    ["one to another request", ([first, second]) => [first, { ...second, request: elsewhere(second) }]],
    [
      "one of another caller",
      ([first, second]) => [
        first,
        { ...second, request: { ...(second?.request as object), principal: { entityType: "User", entityId: "x" } } },
      ],
    ],
    [
      "one with an id that is no text",
      ([first, second]) => [
        first,
        { ...second, request: { ...(second?.request as object), resource: { entityType: "Article", entityId: 7 } } },
      ],
    ],
    ["one without a decision", ([first, second]) => [first, { ...second, decision: undefined }]],
    ["one that is null", ([first]) => [first, null]],
  ])("are answered with 503 where the answer holds %s", async (_, change) => {
    store.next.push({ change: ({ results }) => ({ results: change(results as Record<string, unknown>[]) }) });
    const engine = engineWith();
    const given = [editing, { principal: editor, arguments: { action: "list", flag: true } }];
    for (const { reply } of await Promise.all(given.map((one) => replyOf(engine, inquiryWith(one))))) {
      expect(reply).toMatchObject({ value: undefined, outage: { code: "decision_unavailable", status: 503 } });
      expect(reply.outage?.message).toContain("cannot be read");
    }
  });

  const elsewhere = (result: Record<string, unknown> | undefined) => ({
    ...(result?.request as object),
    action: { actionType: "Action", actionId: "erase" },
  });
});

describe("an answer that is none", () => {
  const allow = { decision: "ALLOW", determiningPolicies: [{ policyId: "a" }], errors: [] };

  it.each<[string, object]>([
    ["nothing", {}],
    ["another decision", { ...allow, decision: "allow" }],
    ["a list as decision", { ...allow, decision: ["ALLOW"] }],
    ["no policies", { ...allow, determiningPolicies: undefined }],
    ["policies that are no list", { ...allow, determiningPolicies: {} }],
    ["a policy without an id", { ...allow, determiningPolicies: [{}] }],
    ["a policy that is null", { ...allow, determiningPolicies: [null] }],
    ["no errors", { ...allow, errors: undefined }],
    ["errors that are no list", { ...allow, errors: "none" }],
  ])("is an outage: %s", async (_, body) => {
    // Clients of other versions may leave out what is missing, or fill it in; what they give is what counts.
    const engine = engineWith({ client: { send: async () => body } });
    const { reply } = await replyOf(engine, inquiryWith(editing));
    expect(reply).toMatchObject({ value: undefined, outage: { code: "decision_unavailable" } });
  });

  it("is indeterminate where it holds errors of whatever form", async () => {
    for (const errors of [[{ errorDescription: "x" }], [{}], [null], ["x"]]) {
      const engine = engineWith({ client: { send: async () => ({ ...allow, errors }) } });
      const { reply } = await replyOf(engine, inquiryWith(editing));
      expect(reply).toMatchObject({ value: undefined, failure: expect.stringContaining("could not be evaluated") });
      expect(reply.outage).toBeUndefined();
    }
  });

  it.each<[string, object]>([
    ["no JSON", { body: "<html>hunter2</html>", type: "text/html" }],
    ["an error of the service", { status: 500, body: { __type: "InternalServerException", message: "hunter2" } }],
    ["throttling", { status: 400, body: { __type: "com.amazonaws.verifiedpermissions#ThrottlingException" } }],
    ["a missing permission", { status: 403, body: { __type: "AccessDeniedException", message: "hunter2" } }],
    ["a store that is not there", { status: 404, body: { __type: "ResourceNotFoundException", message: "hunter2" } }],
    ["something unheard of", { status: 418, body: { __type: "TeapotException", message: "hunter2" } }],
  ])("is an outage over the wire: %s", async (_, answer) => {
    store.next.push(answer);
    const { reply, failures } = await replyOf(engineWith(), inquiryWith(editing));
    expect(reply).toMatchObject({ value: undefined, outage: { status: 503, retryAfter: 5 } });
    expect(failures).toMatchObject([{ reason: "unavailable" }]);
    expect(JSON.stringify([reply.outage?.message, String(reply.outage?.cause)])).not.toContain("hunter2");
  });

  it("is no outage where the question is not taken", async () => {
    store.next.push({ status: 400, body: { __type: "ValidationException", message: "entityId is too long" } });
    const { reply, failures } = await replyOf(engineWith(), inquiryWith(editing));
    expect(reply).toEqual({
      value: undefined,
      failure: "could not tell: Verified Permissions does not take the question",
    });
    expect(failures).toMatchObject([{ reason: "threw", error: { message: "entityId is too long" } }]);
  });

  it("is an outage where nobody listens, and where a client throws at once", async () => {
    const gone = await startStandIn("permit(principal, action, resource);");
    await gone[Symbol.asyncDispose]();
    const throwing = {
      send(): Promise<never> {
        throw new Error("hunter2");
      },
    };
    for (const client of [gone.client, throwing, { send: () => Promise.reject("hunter2") }]) {
      const { reply } = await replyOf(engineWith({ client }), inquiryWith(editing));
      expect(reply).toMatchObject({ outage: { code: "decision_unavailable" } });
      expect(String(reply.outage?.cause)).not.toContain("hunter2");
    }
  });
});

describe("an answer that takes too long", () => {
  const askInTime = async (given: readonly GivenQuestion[]): Promise<readonly Reply[]> => {
    const failures: InquiryFailure[] = [];
    const { engines } = readExtensions({
      engines: { slow: engineWith({ timeoutSeconds: 2 }) },
      onFailure: (failure) => failures.push(failure),
    });
    const replies = await Promise.all(given.map((one) => engines.get("slow")?.ask(inquiryWith(one))));
    expect(failures.map(({ reason }) => reason)).toEqual(given.map(() => "late"));
    return replies as readonly Reply[];
  };

  it("is given up: 503, and the call is ended when nobody waits for it any more", async () => {
    store.next.push({ afterMilliseconds: 30_000 });
    const before = store.abandoned();
    const replies = await askInTime([editing, { principal: editor, arguments: { action: "list", flag: true } }]);
    for (const reply of replies) expect(reply).toMatchObject({ value: undefined, outage: { status: 503 } });
    expect(store.calls).toHaveLength(1);
    await expect.poll(() => store.abandoned(), { timeout: 30_000 }).toBe(before + 1);
  });

  it("is not waited for where time was over before it was asked", async () => {
    const controller = new AbortController();
    const answer = engineWith().decide(inquiryWith(editing), { signal: controller.signal });
    controller.abort();
    await expect(answer).rejects.toMatchObject({ code: "decision_unavailable" });
    const dead = engineWith().decide(inquiryWith(editing), { signal: AbortSignal.abort() });
    await expect(dead).rejects.toMatchObject({ code: "decision_unavailable" });
  });
});

describe("answers that are kept", () => {
  const at = (now: number, given: GivenQuestion = editing) => ({ ...given, now });

  it("are none by default", async () => {
    const engine = engineWith();
    for (const now of [1000, 1001]) expect(await outcomeOf(engine, at(now))).toBe(true);
    expect(store.calls).toHaveLength(2);
  });

  it("are kept as long as they may be, counted from when they were asked for", async () => {
    const engine = engineWith({ cache: { maxAgeSeconds: 2 } });
    for (const now of [10_000, 11_999]) expect(await outcomeOf(engine, at(now))).toBe(true);
    expect(store.calls).toHaveLength(1);
    expect(await outcomeOf(engine, at(12_000))).toBe(true);
    expect(store.calls).toHaveLength(2);
    // The clock was set back.
    expect(await outcomeOf(engine, at(11_000))).toBe(true);
    expect(store.calls).toHaveLength(3);
  });

  it("are kept for that question only: caller, groups, tags, action, resource, context and entities", async () => {
    let title = "a";
    const engine = engineWith({
      cache: { maxAgeSeconds: 60 },
      entities: () => [{ uid: { type: "Article", id: "7" }, attrs: { title } }],
    });
    const questions: readonly GivenQuestion[] = [
      editing,
      { principal: createPrincipal({ ...editor, groups: closedGroups(["x"]) }), arguments: write },
      { principal: createPrincipal({ ...editor, tags: new Map([["tenant", "globex"]]) }), arguments: write },
      { principal: createPrincipal({ ...editor, scopes: new Set<string>() }), arguments: write },
      { principal: machine, arguments: write },
      { principal: editor, arguments: { ...write, action: "erase" } },
      { principal: editor, arguments: { ...write, resourceId: "8" } },
      { principal: editor, arguments: { ...write, plan: "gold" } },
    ];
    for (const given of questions) await outcomeOf(engine, at(0, given));
    expect(store.calls).toHaveLength(questions.length);
    title = "b";
    await outcomeOf(engine, at(0));
    expect(store.calls).toHaveLength(questions.length + 1);
    await outcomeOf(engine, at(1));
    expect(store.calls).toHaveLength(questions.length + 1);
  });

  it("are so many at most, those used last", async () => {
    const engine = engineWith({ cache: { maxAgeSeconds: 60, entries: 1 } });
    const other = { principal: editor, arguments: { ...write, resourceId: "8" } };
    for (const given of [editing, other, editing]) await outcomeOf(engine, at(0, given));
    expect(store.calls).toHaveLength(3);
  });

  it("are denials too, and never failures", async () => {
    const engine = engineWith({ cache: { maxAgeSeconds: 60 } });
    const denied = { principal: visitor, arguments: write };
    for (const now of [0, 1]) expect(await outcomeOf(engine, at(now, denied))).toBe(false);
    expect(store.calls).toHaveLength(1);
    const failing = { principal: editor, arguments: { action: "list" } };
    for (const now of [0, 1]) expect(await outcomeOf(engine, at(now, failing))).toBeUndefined();
    expect(store.calls).toHaveLength(3);
    store.next.push({ status: 500, body: {} });
    expect(await outcomeOf(engine, at(0))).toBeUndefined();
    expect(await outcomeOf(engine, at(0))).toBe(true);
  });
});
