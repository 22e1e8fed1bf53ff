import { describe, expect, it } from "vitest";
import { anonymous } from "../src/principal.ts";
import { requireVerifiers } from "../src/require-verifiers.ts";

const verifier = (more: object = {}) => ({
  scheme: "Test",
  detects: () => true,
  verify: async () => ({ principal: anonymous }),
  ...more,
});

describe("requireVerifiers", () => {
  it.each<[string, unknown[]]>([
    ["one verifier", [verifier()]],
    ["two of different schemes", [verifier(), verifier({ scheme: "Test-2" })]],
    ["a challenge with parameters", [verifier({ challenge: 'Test realm="a b"' })]],
  ])("accepts %s", (_, list) => {
    expect(() => requireVerifiers(list)).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ["no list", undefined, "missing_option"],
    ["an empty list", [], "missing_option"],
    ["null in place of a verifier", [null], "invalid_option"],
    ["a scheme that is no token", [verifier({ scheme: "a b" })], "invalid_option"],
    ["a challenge that begins with a space", [verifier({ challenge: " Test" })], "invalid_option"],
    ["a challenge outside ASCII", [verifier({ challenge: 'Test realm="\u00e9"' })], "invalid_option"],
    ["what cannot detect", [verifier({ detects: true })], "invalid_option"],
    ["what cannot verify", [verifier({ verify: undefined })], "invalid_option"],
    ["one scheme in two spellings", [verifier(), verifier({ scheme: "TEST" })], "invalid_option"],
  ])("refuses %s", (_, list, code) => {
    expect(() => requireVerifiers(list)).toThrow(
      expect.objectContaining({ code, option: "createAuthorizer.verifiers" }),
    );
  });
});
