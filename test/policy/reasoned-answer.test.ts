import { describe, expect, it } from "vitest";
import { readReasonedAnswer, Undecided } from "../../src/policy/reasoned-answer.ts";

describe("an answer with reasons", () => {
  it.each([true, false])("is a boolean with what decided: %s", (value) => {
    expect(readReasonedAnswer({ value, decidedBy: ["policy0"] })).toEqual({ value, decidedBy: ["policy0"] });
    expect(readReasonedAnswer({ value, decidedBy: [] })).toEqual({ value, decidedBy: [] });
  });

  it.each<[unknown]>([
    [undefined],
    [null],
    [true],
    ["allow"],
    [() => ({ value: true, decidedBy: [] })],
    [[]],
    [{}],
    [{ value: true }],
    [{ decidedBy: [] }],
    [{ value: undefined, decidedBy: [] }],
    [{ value: "true", decidedBy: [] }],
    [{ value: 1, decidedBy: [] }],
    [{ value: Promise.resolve(true), decidedBy: [] }],
    [{ value: true, decidedBy: "policy0" }],
    [{ value: true, decidedBy: null }],
    [{ value: true, decidedBy: { 0: "policy0", length: 1 } }],
    [{ value: true, decidedBy: ["policy0", 1] }],
    [{ value: true, decidedBy: [undefined] }],
    [{ value: true, decidedBy: [], errors: [] }],
    [{ value: true, decidedBy: [], error: undefined }],
  ])("is none of any other form: %j", (answer) => {
    expect(readReasonedAnswer(answer)).toBeUndefined();
  });

  it("is a copy that nobody changes later", () => {
    const decidedBy = ["policy0"];
    const answer = readReasonedAnswer({ value: true, decidedBy });
    decidedBy.push("policy1");
    expect(answer?.decidedBy).toEqual(["policy0"]);
    expect(Object.isFrozen(answer?.decidedBy)).toBe(true);
  });
});

describe("what an engine throws that cannot tell", () => {
  it("has words for the explanation, and others for the operator", () => {
    const cause = new Error("why");
    const thrown = new Undecided("it has no such group", "the group a is in no entity", { cause });
    expect(thrown).toMatchObject({ name: "Undecided", because: "it has no such group", cause });
    expect(thrown.message).toBe("the group a is in no entity");
    expect(thrown).toBeInstanceOf(Error);
  });

  it("may have the same words for both", () => {
    expect(new Undecided("it is down")).toMatchObject({ because: "it is down", message: "it is down" });
  });
});
