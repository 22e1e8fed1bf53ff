import { describe, expect, it } from "vitest";
import { readJsonText } from "../../src/policy/read-json-text.ts";
import { dataOf, indexSource, type SourceNode, type Span } from "../../src/policy/source-node.ts";

const text =
  '{"require": {}, "routes": {"GET /a": {"allOf": [{"group": "a"}, "guest"]}, "policy": 1}, "a.b": {"c\\"]": 2}}';
const root = readJsonText(text, () => expect.unreachable()) as SourceNode;
const index = indexSource(root);
const at = ({ start, end }: Span) => text.slice(start, end);

describe("the index of a document", () => {
  it.each([
    ["require", "{}", '"require"'],
    ["routes", '"GET /a"', '"routes"'],
    ['routes["GET /a"]', '"allOf"', '"GET /a"'],
    ['routes["GET /a"].allOf', '[{"group": "a"}, "guest"]', '"allOf"'],
    ['routes["GET /a"].allOf[0].group', '"a"', '"group"'],
    ['routes["GET /a"].allOf[1]', '"guest"', '"guest"'],
    ["routes.policy", "1", '"policy"'],
    ['["a.b"]["c\\"]"]', "2", '"c\\"]"'],
  ])("finds %s", (path, value, key) => {
    expect([at(index.value(path)), at(index.key(path))]).toEqual([value, key]);
  });

  it.each([
    ["policy", '"require"'],
    ["version", '"require"'],
    ["", '"require"'],
    ["a.b", '"require"'],
    ["no path at all!", '"require"'],
    ["routes.nothing[3].group", '"GET /a"'],
    ['routes["GET /a"].allOf[7]["a]"]', '[{"group": "a"}, "guest"]'],
  ])("finds what is nearest to %j", (path, value) => {
    expect([at(index.value(path)), at(index.key(path))]).toEqual([
      value,
      path.startsWith("routes") ? expect.anything() : value,
    ]);
  });

  it("is of the data that JSON.parse gives", () => {
    expect(dataOf(root)).toEqual(JSON.parse(text));
  });
});
