import { describe, expect, it } from "vitest";
import { readKeyAge } from "../../src/tokens/key-options.ts";

describe("readKeyAge", () => {
  it("refreshes keys after ten minutes and trusts them for a day by default", () => {
    expect(readKeyAge("userPool", {})).toEqual({ refreshSeconds: 600, maxStaleSeconds: 86_400, onKeys: undefined });
  });

  it("takes what is said", () => {
    const options = { refreshSeconds: 10, maxStaleSeconds: 10, onKeys: () => {} };
    expect(readKeyAge("userPool", options)).toEqual(options);
  });

  it.each<readonly [string, object]>([
    ["refreshSeconds", { refreshSeconds: 9 }],
    ["refreshSeconds", { refreshSeconds: 86_401 }],
    ["refreshSeconds", { refreshSeconds: null }],
    ["maxStaleSeconds", { maxStaleSeconds: 599 }],
    ["maxStaleSeconds", { maxStaleSeconds: 604_801 }],
    ["maxStaleSeconds", { maxStaleSeconds: "86400" }],
    ["onKeys", { onKeys: null }],
  ])("refuses the %s of %j", (name, options) => {
    expect(() => readKeyAge("userPool", options)).toThrow(
      expect.objectContaining({ code: "invalid_option", option: `userPool.${name}` }),
    );
  });
});
