import { describe, expect, it } from "vitest";
import { AuthError } from "../../../../src/errors.ts";
import {
  callFault,
  readAnswer,
  readAnswers,
} from "../../../../src/policy/engines/verified-permissions/permissions-answer.ts";
import {
  type PermissionsQuestion,
  permissionsQuestion,
} from "../../../../src/policy/engines/verified-permissions/permissions-question.ts";
import { Undecided } from "../../../../src/policy/reasoned-answer.ts";

const answer = (more: object = {}) => ({ decision: "ALLOW", determiningPolicies: [], errors: [], ...more });
const unavailable = expect.objectContaining({ code: "decision_unavailable" });
const ask = (action: string): PermissionsQuestion =>
  permissionsQuestion(
    {
      principal: { uid: { type: "User", id: "ada" } },
      action: { type: "Action", id: action },
      resource: { type: "Route", id: "/" },
      context: {},
      entities: [],
      groupsKnown: true,
    },
    "store",
  );
const [read, write] = [ask("read"), ask("write")];

describe("an answer of Verified Permissions", () => {
  it.each<[object, object]>([
    [answer(), { value: true, decidedBy: [] }],
    [answer({ decision: "DENY" }), { value: false, decidedBy: [] }],
    [answer({ determiningPolicies: [{ policyId: "b" }, { policyId: "a" }] }), { value: true, decidedBy: ["a", "b"] }],
  ])("%j is %j", (output, expected) => {
    expect(readAnswer(output)).toEqual(expected);
  });

  it.each<[unknown]>([
    [undefined],
    [null],
    [true],
    ["ALLOW"],
    [[]],
    [{}],
    [answer({ decision: undefined })],
    [answer({ decision: true })],
    [answer({ decision: "allow" })],
    [answer({ decision: "ALLOWED" })],
    [answer({ decision: ["ALLOW"] })],
    [answer({ decision: "" })],
    [answer({ determiningPolicies: undefined })],
    [answer({ determiningPolicies: { length: 0 } })],
    [answer({ determiningPolicies: [null] })],
    [answer({ determiningPolicies: [{}] })],
    [answer({ determiningPolicies: [{ policyId: 1 }] })],
    [answer({ determiningPolicies: [{ policyId: "a" }, "b"] })],
    [answer({ errors: undefined })],
    [answer({ errors: null })],
    [answer({ errors: "" })],
    [answer({ errors: {} })],
  ])("cannot be read, and lets nobody in: %j", (output) => {
    expect(() => readAnswer(output)).toThrow(unavailable);
  });

  it.each(["ALLOW", "DENY"])("is none where a policy failed, which may be one that forbids: %s", (decision) => {
    const errors = [{ errorDescription: "a failed" }, { errorDescription: "b failed" }, {}];
    const outcome = readAnswer(answer({ decision, errors }));
    expect(outcome).toBeInstanceOf(Undecided);
    expect(outcome).toMatchObject({
      because: "policies of the store could not be evaluated",
      message: "a failed; b failed; undefined",
    });
    expect(readAnswer(answer({ decision, errors: [{ errorDescription: "a failed" }] }))).toBeInstanceOf(Undecided);
  });
});

describe("the answers to a batch", () => {
  const to = (question: PermissionsQuestion, decision: string) => ({ ...answer({ decision }), request: question.item });

  it("belong to the questions that they name, whatever their place", () => {
    const results = [to(write, "DENY"), to(read, "ALLOW")];
    expect(readAnswers({ results }, [read, write])).toEqual([
      { value: true, decidedBy: [] },
      { value: false, decidedBy: [] },
    ]);
    expect(readAnswers({ results: [] }, [])).toEqual([]);
  });

  const named = (part: string, member: string, value: unknown) => {
    const item = read.item as unknown as Record<string, object>;
    return { ...answer(), request: { ...item, [part]: { ...item[part], [member]: value } } };
  };
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["no results", {}],
    ["results that are no list", { results: { length: 2 } }],
    ["too few", { results: [to(read, "ALLOW")] }],
    ["too many", { results: [to(read, "ALLOW"), to(write, "ALLOW"), to(write, "ALLOW")] }],
    ["one twice", { results: [to(read, "ALLOW"), to(read, "ALLOW")] }],
    ["one to something else", { results: [to(read, "ALLOW"), to(ask("delete"), "ALLOW")] }],
    ["one that names nothing", { results: [answer(), to(write, "ALLOW")] }],
    ["one that names another caller", { results: [named("principal", "entityId", "eve"), to(write, "ALLOW")] }],
    [
      "one that names a caller of another type",
      { results: [named("principal", "entityType", "Robot"), to(write, "ALLOW")] },
    ],
    ["one that names another resource", { results: [named("resource", "entityId", "/a"), to(write, "ALLOW")] }],
    ["one of another type of resource", { results: [named("resource", "entityType", "Photo"), to(write, "ALLOW")] }],
    ["one of another type of action", { results: [named("action", "actionType", "Deed"), to(write, "ALLOW")] }],
    ["one that names half", { results: [named("action", "actionId", undefined), to(write, "ALLOW")] }],
    ["one that names a number", { results: [named("action", "actionId", 1), to(write, "ALLOW")] }],
    ["one that cannot be read", { results: [{ ...to(read, "ALLOW"), decision: "YES" }, to(write, "ALLOW")] }],
  ])("cannot be read, and let nobody in: %s", (_, output) => {
    expect(() => readAnswers(output, [read, write])).toThrow(unavailable);
  });
});

describe("a call that failed", () => {
  it("is the fault that it is, where it is one of ours", () => {
    const fault = new AuthError("decision_unavailable");
    expect(callFault(fault)).toBe(fault);
  });

  it("is a question that cannot be put, where that is what was said", () => {
    const thrown = Object.assign(new Error("an entity is there twice"), { name: "ValidationException" });
    expect(callFault(thrown)).toBeInstanceOf(Undecided);
    expect(callFault(thrown)).toMatchObject({
      because: "Verified Permissions does not take the question",
      message: "an entity is there twice",
    });
  });

  it.each<[string, unknown]>([
    ["another error", new Error("down")],
    ["one that is throttled", Object.assign(new Error("slow"), { name: "ThrottlingException" })],
    ["what has the name and is no error", { name: "ValidationException", message: "x" }],
    ["nothing", undefined],
    ["a text", "ValidationException"],
  ])("means that nobody knows now: %s", (_, thrown) => {
    expect(callFault(thrown)).toBeInstanceOf(AuthError);
    expect(callFault(thrown)).toMatchObject({ code: "decision_unavailable" });
  });

  it("keeps for the operator what kind of fault it was, and none of its words", () => {
    const thrown = Object.assign(new Error("the secret of user ada"), { name: "ThrottlingException" });
    expect(callFault(thrown).cause).toEqual(new Error("ThrottlingException"));
  });
});
