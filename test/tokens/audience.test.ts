import { describe, expect, it } from "vitest";
import { readAudiences, requireAudience } from "../../src/tokens/audience.ts";

const ours = new Set(["https://api.example.com", "spare"]);

describe("readAudiences", () => {
  it("takes one or several", () => {
    expect(readAudiences("x.audience", "a", '"a"')).toEqual(new Set(["a"]));
    expect(readAudiences("x.audience", ["a", "b"], '"a"')).toEqual(new Set(["a", "b"]));
  });

  it.each([
    [undefined, "missing_option"],
    [null, "invalid_option"],
    ["", "invalid_option"],
    [[], "invalid_option"],
    [["a", ""], "invalid_option"],
    [["a", undefined], "missing_option"],
    [7, "invalid_option"],
  ])("refuses %j", (value, code) => {
    expect(() => readAudiences("x.audience", value, '"a"')).toThrow(
      expect.objectContaining({ code, option: "x.audience" }),
    );
  });
});

describe("requireAudience", () => {
  it.each([
    ["https://api.example.com", ["https://api.example.com"]],
    [
      ["other", "spare"],
      ["other", "spare"],
    ],
  ])("accepts %j", (aud, named) => {
    expect(requireAudience({ aud }, ours)).toEqual(named);
  });

  it("accepts any audience, or none, where that was decided", () => {
    expect(requireAudience({ aud: "other" }, null)).toEqual(["other"]);
    expect(requireAudience({}, null)).toEqual([]);
  });

  it.each([
    [undefined],
    ["https://api.example.com/"],
    ["https://API.example.com"],
    ["spare,https://api.example.com"],
    ["spare https://api.example.com"],
    [""],
    [[]],
    [["other"]],
    [["spare", 7]],
    [["spare", ""]],
    [[["spare"]]],
    [{ spare: true }],
    [7],
    [null],
  ])("refuses %j", (aud) => {
    expect(() => requireAudience({ aud }, ours)).toThrow(expect.objectContaining({ code: "invalid_token" }));
  });

  it.each([[[]], [[7]], [null], [""]])("refuses %j even where any audience will do", (aud) => {
    expect(() => requireAudience({ aud }, null)).toThrow(expect.objectContaining({ code: "invalid_token" }));
  });
});
