import { describe, expect, it } from "vitest";
import { readTokenType, requireTokenType } from "../../src/tokens/token-type.ts";

describe("readTokenType", () => {
  it.each([
    [undefined, undefined],
    ["at+jwt", "at+jwt"],
    ["application/AT+JWT", "at+jwt"],
    ["JWT", "jwt"],
    ["example/token", "example/token"],
  ])("reads %j as %j", (value, type) => {
    expect(readTokenType("oidc.type", value)).toBe(type);
  });

  it.each([[""], [null], [7], ["at jwt"], ["at+jwt;a=b"], [["at+jwt"]]])("refuses %j", (value) => {
    expect(() => readTokenType("oidc.type", value)).toThrow(expect.objectContaining({ code: "invalid_option" }));
  });
});

describe("requireTokenType", () => {
  it.each([
    ["at+jwt", "at+jwt"],
    ["AT+JWT", "at+jwt"],
    ["application/at+jwt", "at+jwt"],
    [undefined, undefined],
    [7, undefined],
  ])("accepts %j where %j is asked for", (typ, type) => {
    expect(requireTokenType(typ, type)).toBeUndefined();
  });

  it.each([["JWT"], [undefined], [["at+jwt"]], ["text/at+jwt"], ["application/x/at+jwt"], ["at+jwt "]])(
    "refuses %j where at+jwt is asked for",
    (typ) => {
      expect(() => requireTokenType(typ, "at+jwt")).toThrow(
        expect.objectContaining({ code: "invalid_token", options: { reason: "typ is not the configured type" } }),
      );
    },
  );
});
