import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { safeCause } from "../src/safe-cause.ts";

const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const coded = (code: unknown, cause?: unknown) => Object.assign(new Error(secret, { cause }), { code });

describe("safeCause", () => {
  const nothing = "something that is no Error was thrown";
  it.each<[string, unknown, string]>([
    ["the code of a fault", coded("ECONNRESET"), "ECONNRESET"],
    ["its name, where it has no code", new TypeError(secret), "TypeError"],
    ["its name, where the code is a number", coded(20), "Error"],
    ["its name, where the code is a sentence", coded(`SET ${secret}`), "Error"],
    ["its name, where the code has a line end", coded("ECONNRESET\n"), "Error"],
    ["its name, where the code is longer than 64 characters", coded("E".repeat(65)), "Error"],
    ["a code of 64 characters", coded("E".repeat(64)), "E".repeat(64)],
    ["Error, where the name is a sentence", Object.assign(new Error(secret), { name: secret }), "Error"],
    [
      "the codes underneath, the outermost first",
      coded("A1", coded("B2", new RangeError(secret))),
      "A1: B2: RangeError",
    ],
    ["four codes at most", coded("A1", coded("B2", coded("C3", coded("D4", coded("E5"))))), "A1: B2: C3: D4"],
    ["nothing of a cause that is no Error", coded("A1", secret), "A1"],
    ["nothing of a string", secret, nothing],
    ["nothing of an object with a code", { code: "ECONNRESET" }, nothing],
    ["nothing of undefined", undefined, nothing],
  ])("keeps %s", (_, thrown, message) => {
    expect(safeCause(thrown).message).toBe(message);
  });

  it("comes to an end where a fault is its own cause", () => {
    const fault = coded("A1");
    fault.cause = fault;
    expect(safeCause(fault).message).toBe("A1: A1: A1: A1");
  });

  it("leaves messages, members and the fault itself behind", () => {
    const fault = Object.assign(coded("A1", coded("B2")), { command: { args: [secret] } });
    const cause = safeCause(fault);
    expect(cause.cause).toBeUndefined();
    expect(inspect(cause, { depth: 9, showHidden: true })).not.toContain(secret);
  });
});
