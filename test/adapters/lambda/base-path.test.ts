import { describe, expect, it } from "vitest";
import { readBasePath, withinBasePath } from "../../../src/adapters/lambda/base-path.ts";
import { ConfigurationError } from "../../../src/configuration.ts";

describe("the option basePath", () => {
  it.each([
    [undefined, ""],
    ["", ""],
    ["/v1", "/v1"],
    ["/api/v1.2", "/api/v1.2"],
  ])("may be %j", (value, read) => {
    expect(readBasePath("guardHandler", value)).toBe(read);
  });

  it.each(["/", "v1", "/v1/", "/v1//a", "/..", "/v1/.", "/a%20b", "/a b", "/*", "/v1?", null, 7, ["/v1"]])(
    "may not be %j",
    (value) => {
      expect(() => readBasePath("guardHandler", value)).toThrow(ConfigurationError);
      expect(() => readBasePath("guardHandler", value)).toThrow(
        expect.objectContaining({ option: "guardHandler.basePath" }),
      );
    },
  );
});

describe("a base path", () => {
  it.each([
    ["/v1/articles", "/articles"],
    ["/v1/a?b", "/a?b"],
    ["/v1/v1", "/v1"],
    ["/v1/", "/"],
    ["/v1", "/"],
    ["/v1//a", "//a"],
    ["/v1/../a", "/../a"],
  ])("leaves of %s no more than %s", (path, rest) => {
    expect(withinBasePath(path, "/v1")).toBe(rest);
  });

  it.each([
    "/articles",
    "/",
    "/v",
    "/v12/a",
    "/V1/a",
    "//v1/a",
    "/%761/a",
    "?/v1/a",
    "/v1%2Fa",
    "/v1.a",
    "/v1#/a",
    "/v1?a",
    "/v1?/a",
  ])("refuses %s, which does not begin with it", (path) => {
    expect(() => withinBasePath(path, "/v1")).toThrow(expect.objectContaining({ code: "target_not_canonical" }));
  });

  it("leaves a path alone where there is none", () => {
    expect(withinBasePath("/articles", "")).toBe("/articles");
  });
});
