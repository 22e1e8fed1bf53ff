import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { readPlainScalar } from "../../src/policy/plain-scalar.ts";
import { processorTime } from "../processor-time.ts";

describe("a scalar without quotes", () => {
  it.each<[text: string, value: string | number | boolean | null]>([
    ["admins", "admins"],
    ["articles/write", "articles/write"],
    ["urn:cognito:loa:3", "urn:cognito:loa:3"],
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["10.0.0.1", "10.0.0.1"],
    ["fe80::1", "fe80::1"],
    ["15m", "15m"],
    ["1e", "1e"],
    ["-", "-"],
    ["nope", "nope"],
    ["2026-01", "2026-01"],
    ["true", true],
    ["false", false],
    ["null", null],
    ["~", null],
    ["", null],
    ["0", 0],
    ["-7", -7],
    ["900", 900],
    ["123456789012", 123_456_789_012],
    ["1.5", 1.5],
    ["1.0e+21", 1e21],
    ["1.5E-7", 1.5e-7],
  ])("%j is %j", (text, value) => {
    expect(readPlainScalar(text)).toEqual({ value });
  });

  it.each([
    ["yes", "a boolean"],
    ["No", "a boolean"],
    ["ON", "a boolean"],
    ["off", "a boolean"],
    ["y", "a boolean"],
    ["N", "a boolean"],
    ["True", "a boolean"],
    ["FALSE", "a boolean"],
    ["Null", "null"],
    ["0777", "a number"],
    ["089", "a number"],
    ["0o17", "a number"],
    ["0x1F", "a number"],
    ["0b101", "a number"],
    ["1_000", "a number"],
    ["+1", "a number"],
    ["1.", "a number"],
    [".5", "a number"],
    [".", "a number"],
    ["E0", "a number"],
    ["1e3", "a number"],
    ["1.5e3", "a number"],
    ["-.Inf", "a number"],
    [".nan", "a number"],
    ["15:30", "a number"],
    ["190:20:30.15", "a number"],
    ["2026-01-01", "a date"],
    ["2026-1-1T10:00:00Z", "a date"],
    ["<<", "a merge key"],
    ["=", "a default value"],
  ])("is refused where it is %j, as some read %s", (text, kind) => {
    expect(readPlainScalar(text)).toMatchObject({
      text,
      fault: expect.stringMatching(new RegExp(`^some YAML parsers read .* as ${kind}; put it in quotes if it is text`)),
    });
  });

  it.each(["9007199254740992", "-12345678901234567890", "1.0e+999", "9".repeat(400)])(
    "is refused where parsers lose digits of %.30j",
    (text) => {
      expect(readPlainScalar(text)).toMatchObject({ fault: expect.stringMatching(/^parsers lose digits/) });
    },
  );

  it("is, where it is taken, what the parser of YAML 1.1 and that of YAML 1.2 say", () => {
    const piece = fc.constantFrom(..."0123456789.:_+-eExobTfny~", "no", "true", "null", "inf", ".nan", "2026-01-02");
    let taken = 0;
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const text = pieces.join("");
        const found = readPlainScalar(text);
        if (!("value" in found)) return;
        for (const options of [{ version: "1.2" }, { version: "1.1", resolveKnownTags: true }] as const) {
          // In a list, since --- alone on a line begins a document.
          const document = parseDocument(`- ${text}`, options);
          if (document.errors.length > 0 || document.warnings.length > 0) return;
          const [value]: unknown[] = document.toJS();
          if (typeof value === "object" && value !== null) return;
          expect([text, value]).toEqual([text, found.value]);
        }
        taken++;
      }),
      { numRuns: 5_000, examples: [[["-", "-", "-"]], [[".", ".", "."]]] },
    );
    expect(taken).toBeGreaterThan(300);
  });

  it("is judged at once, however long", () => {
    for (const text of [
      "1".repeat(500_000),
      `${"1_".repeat(250_000)}x`,
      `${"1:".repeat(250_000)}x`,
      `1${":1".repeat(250_000)}.x`,
    ]) {
      const start = processorTime();
      readPlainScalar(text);
      expect(processorTime() - start).toBeLessThan(5_000);
    }
  });
});
