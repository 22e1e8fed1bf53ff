import { expect, it } from "vitest";
import { ambiguousPaths } from "../../../../src/adapters/lambda/cache/ambiguous-paths.ts";

const patterns = ambiguousPaths("aws").map((pattern) => {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^]*");
  return new RegExp(`^${source}$`);
});
const isDenied = (path: string, method = "GET", stage = "prod") =>
  patterns.some((pattern) =>
    pattern.test(`arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/${stage}/${method}${path}`),
  );

it.each([
  "//",
  "//a",
  "/a//",
  "/a//b",
  "/.",
  "/..",
  "/a/.",
  "/a/..",
  "/./a",
  "/../a",
  "/a/./b",
  "/a/../b",
  "/%",
  "/a%2fb",
  "/a%",
  "/%2e%2e/a",
  "/\\",
  "/a\\..\\b",
])("no path %s is granted by a wildcard, by any method and on any stage", (path) => {
  expect(isDenied(path)).toBe(true);
  expect(isDenied(path, "DELETE", "$default")).toBe(true);
});

it.each(["/", "/a", "/a/", "/a/b", "/a.b", "/.a", "/a./b", "/..a", "/a../b", "/.../a", "/a/.well-known/b", "/a/b.."])(
  "the path %s can be read in one way alone",
  (path) => {
    expect(isDenied(path)).toBe(false);
  },
);

it("is said for the partition of the API, and for all its regions, accounts and stages", () => {
  for (const pattern of ambiguousPaths("aws-cn")) expect(pattern).toMatch(/^arn:aws-cn:execute-api:\*:\*:\*[^:]+$/);
});
