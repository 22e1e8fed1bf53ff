import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { readOperation } from "../../../src/adapters/graphql/operation.ts";
import { AuthError } from "../../../src/errors.ts";

/** The kind and the name of the operation that is chosen, and the names of the fragments that it may use. */
function chosen(source: unknown, name?: unknown): string {
  const { node, fragments } = readOperation(source, name);
  return [node.operation, node.name?.value ?? "-", ...fragments.keys()].join(" ");
}

/** The reason why a document is refused. */
function refusalOf(source: unknown, name?: unknown): unknown {
  try {
    readOperation(source, name);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown).toMatchObject({ code: "invalid_request", status: 400 });
    return / \((.*)\)$/.exec((thrown as AuthError).message)?.[1];
  }
  throw new Error("it was read");
}

const several = "query A { a } mutation B { b } subscription C { c } fragment F on Query { a }";

describe("the operation of a document", () => {
  it.each<[string, unknown, string]>([
    ["{ a }", undefined, "query -"],
    ["{ a }", null, "query -"],
    ["{ a }", "", "query -"],
    ["mutation B { b }", undefined, "mutation B"],
    ["mutation B { b }", "", "mutation B"],
    [several, "A", "query A F"],
    [several, "B", "mutation B F"],
    [several, "C", "subscription C F"],
    ["fragment F on Query { a } fragment G on Query { a } { ...F }", undefined, "query - F G"],
    ["query A { a } fragment A on Query { a }", "A", "query A A"],
    ["query toString { a } query A { a }", "toString", "query toString"],
    ["{ a } query A { a }", "A", "query A"],
    ["#\n{ a }", undefined, "query -"],
  ])("%s, of which the request names %j, is %s", (document, name, expected) => {
    expect(chosen(document, name)).toBe(expected);
    expect(chosen(parse(document), name)).toBe(expected);
  });

  it.each<[string, string, unknown, string]>([
    ["is of another name", several, "D", "no operation of the chosen name"],
    ["differs in case", several, "a", "no operation of the chosen name"],
    ["has a space", several, "A ", "no operation of the chosen name"],
    ["is a fragment's", several, "F", "no operation of the chosen name"],
    ["is of the one operation that has none", "{ a }", "A", "no operation of the chosen name"],
    ["is a member of any object", several, "constructor", "no operation of the chosen name"],
    ["is a list", several, ["A"], "no operation of the chosen name"],
    ["is a number", "{ a }", 0, "no operation of the chosen name"],
    ["is false", "{ a }", false, "no operation of the chosen name"],
    ["is missing", several, undefined, "several operations, and none is chosen"],
    ["is null", several, null, "several operations, and none is chosen"],
    ["is empty", several, "", "several operations, and none is chosen"],
    [
      "is empty beside an operation without a name",
      "{ a } query A { a }",
      "",
      "several operations, and none is chosen",
    ],
  ])("is none where the chosen name %s", (_, document, name, reason) => {
    expect(refusalOf(document, name)).toContain(reason);
  });
});

describe("a document that executors could read differently", () => {
  it.each([[["A"]], [1], [null], [{}]])(
    "is refused where it was no parser that named a fragment %j, which an executor makes a text of",
    (name) => {
      const document = JSON.parse(
        JSON.stringify(parse("{ ...A } fragment A on Query { a } fragment B on Query { b }")),
      );
      document.definitions[2].name.value = name;
      expect(refusalOf(document)).toBe("the document is not as a parser makes it");
    },
  );

  it.each<[string, string, string]>([
    ["two operations of one name", "query A { a } mutation A { b }", "two operations of the document have one name"],
    ["two operations without a name", "{ a } { b }", "two operations of the document have one name"],
    [
      "two fragments of one name",
      "{ ...F } fragment F on Query { a } fragment F on Query { b }",
      "two fragments of the document have one name",
    ],
    [
      "two fragments of one name that nothing uses",
      "{ a } fragment F on Query { a } fragment F on Query { a }",
      "two fragments of the document have one name",
    ],
    ["a type", "{ a } type Query { a: Int }", "more than operations and fragments"],
    ["a schema", "schema { query: Q } { a }", "more than operations and fragments"],
    ["an extension", "{ a } extend type Query { a: Int }", "more than operations and fragments"],
    ["a directive", "{ a } directive @a on FIELD", "more than operations and fragments"],
    ["no operation", "fragment F on Query { a }", "the document has no operation"],
  ])("is refused, whatever is chosen: %s", (_, document, reason) => {
    for (const name of [undefined, "A"]) {
      expect(refusalOf(document, name)).toContain(reason);
      expect(refusalOf(parse(document), name)).toContain(reason);
    }
  });

  it("is none where the names alone are those of one another's kind", () => {
    expect(chosen("query F { ...F } fragment F on Query { a }", "F")).toBe("query F F");
  });
});

describe("what is no document", () => {
  it.each<[unknown]>([
    [undefined],
    [null],
    [0],
    [true],
    [[]],
    [{}],
    [{ definitions: null }],
    [{ definitions: {} }],
    [{ definitions: "{ a }" }],
    [Symbol("a")],
  ])("is refused: %s", (source) => {
    expect(refusalOf(source)).toBe("there is no document");
  });

  it("is refused where it is a list of nothing", () => {
    expect(refusalOf({ definitions: [] })).toBe("the document has no operation");
    expect(refusalOf({ definitions: [{ kind: "Query" }] })).toBe(
      "the document holds more than operations and fragments",
    );
  });

  it.each([
    "",
    " ",
    "#",
    "{",
    "{ }",
    "query",
    "{ a } }",
    "{ a: }",
    '{ a(b: """) }',
    "{ a\u0000 }",
    "fragment on on A { a }",
  ])("is refused without a word of it: %j", (source) => {
    expect(refusalOf(source)).toBe("the document is no GraphQL, or too large");
  });

  it("is refused where a fragment has variables, which only some executors read", () => {
    expect(refusalOf("{ ...F } fragment F($a: Int) on Query { a }")).toBe("the document is no GraphQL, or too large");
  });
});

describe("how long a document may be", () => {
  const long = (length: number) => `{ a } #${"x".repeat(length - 7)}`;
  const wide = (tokens: number) => `{ ${"a ".repeat(tokens - 2)}}`;

  it("is 256 thousand characters, comments included", () => {
    expect(chosen(long(262_144))).toBe("query -");
    expect(refusalOf(long(262_145))).toBe("the document is too long");
  });

  it("is ten thousand tokens", () => {
    expect(chosen(wide(10_000))).toBe("query -");
    expect(refusalOf(wide(10_001))).toBe("the document is no GraphQL, or too large");
  });
});

describe("characters that end a line for some parsers", () => {
  it.each(["\u2028", "\u2029"])("are refused wherever they stand: %j", (character) => {
    for (const document of [
      `${character}{ a }`,
      `{ a } #${character}`,
      `{ a(b: "${character}") }`,
      `{ a ${character} }`,
    ]) {
      expect(refusalOf(document)).toBe("the document has a character that ends a line for some parsers");
    }
  });

  it.each(["\n", "\r", "\r\n"])("are not those that end a line for all: %j", (character) => {
    expect(chosen(`{ a #${character} }`)).toBe("query -");
  });

  it.each(["\u0085", "\u000b", "\u000c", "\u2027", "\u202a"])(
    "are not those that end a line for none: %j",
    (character) => {
      expect(chosen(`{ a } # ${character}`)).toBe("query -");
    },
  );
});
