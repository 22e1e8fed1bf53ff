import { describe, expect, it, vi } from "vitest";
import { problemAnswer } from "../src/answer.ts";
import { ConfigurationError } from "../src/configuration.ts";
import { denied } from "../src/decision.ts";
import { AuthError } from "../src/errors.ts";
import { readExplainToCallers, refusalAnswer } from "../src/refusal-answer.ts";
import { editor } from "./policy/rule-input.ts";

const error = new AuthError("access_denied");
const decision = denied(error, { principal: editor, route: "GET /a", rules: () => [], nearest: () => [["go"]] });

describe("refusalAnswer", () => {
  it("is the plain problem document unless the caller is to be told why", () => {
    expect(refusalAnswer(decision, false)).toEqual(problemAnswer(error));
  });

  it("carries the explanation of the decision as data and as text", () => {
    const { body = "", ...head } = refusalAnswer(decision, true);
    const { body: plain = "", ...plainHead } = problemAnswer(error);
    expect(head).toEqual(plainHead);
    expect(JSON.parse(body)).toEqual({
      ...JSON.parse(plain),
      explanation: {
        allowed: false,
        code: "access_denied",
        sentence: "The caller may not do this.",
        route: "GET /a",
        caller: { kind: "user", id: editor.id, verifiedBy: "user-pool" },
        rules: [],
        nearest: [["go"]],
        text: decision.explain().text,
      },
    });
  });

  it("tells no more than the code where the credential was refused", () => {
    const refused = denied(new AuthError("token_expired", { reason: "a reason" }), { rules: () => [] });
    expect(refusalAnswer(refused, true)).toEqual(problemAnswer(refused.error));
  });

  it.each([undefined, new Error("secret"), { status: 200 }])(
    "is a fault of ours where %j is all that was given",
    (given) => {
      const answer = refusalAnswer({ ...decision, error: given } as typeof decision, true);
      expect([answer.status, JSON.parse(answer.body ?? "").code]).toEqual([500, "configuration_error"]);
    },
  );

  it("does without an explanation that cannot be had", () => {
    const explain = () => {
      throw new Error("secret");
    };
    expect(refusalAnswer({ ...decision, explain }, true)).toEqual(problemAnswer(error));
    expect(refusalAnswer({ error, principal: editor } as typeof decision, true)).toEqual(problemAnswer(error));
  });
});

describe("explainToCallers", () => {
  it("is off by default, and on by one word alone, which warns", () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    try {
      expect(readExplainToCallers("guard", undefined)).toBe(false);
      expect(warning).not.toHaveBeenCalled();
      expect(readExplainToCallers("guard", "in development")).toBe(true);
      expect(warning.mock.calls).toEqual([
        [
          "guard tells callers why they are refused; leave explainToCallers out in production",
          { code: "POOLGATE_EXPLAINS_TO_CALLERS" },
        ],
      ]);
    } finally {
      warning.mockRestore();
    }
  });

  it.each([true, false, null, "", "yes", "development", "In Development", 1, {}])("is not %j", (value) => {
    const read = () => readExplainToCallers("guard", value);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow('guard.explainToCallers: write "in development", or leave it out');
  });
});
