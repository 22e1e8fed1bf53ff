import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrictObject } from "../../src/tokens/strict-json.ts";

const parse = (text: string) => parseStrictObject(Buffer.from(text));

describe("parseStrictObject", () => {
  it("gives the object", () => {
    expect(parse(' {"a":[1,{"b":null}],"c":"x:\\"y\\\\"} ')).toEqual({ a: [1, { b: null }], c: 'x:"y\\' });
  });

  it("keeps names of Object.prototype as members like any other", () => {
    const object = parse('{"__proto__":{"admin":true},"constructor":1}');
    expect(Object.keys(object)).toEqual(["__proto__", "constructor"]);
  });

  it("gives an object without a prototype, so that what is absent is found nowhere", () => {
    expect(Object.getPrototypeOf(parse('{"a":1}'))).toBeNull();
    expect(Object.getPrototypeOf(parse('{"__proto__":{"admin":true}}'))).toBeNull();
  });

  it.each([
    ["is not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ["is not UTF-8", Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
    ["is not JSON", Buffer.from("\ufeff{}")],
    ["is not JSON", Buffer.from("{'a':1}")],
    ["is not JSON", Buffer.from("{}{}")],
    ["is not JSON", Buffer.from("")],
    ["is not a JSON object", Buffer.from("[]")],
    ["is not a JSON object", Buffer.from("null")],
    ["is not a JSON object", Buffer.from('"text"')],
    ["has a name twice in one object", Buffer.from('{"a":1,"a":1}')],
    ["has a name twice in one object", Buffer.from('{"a":1,"\\u0061":2}')],
    ["has a name twice in one object", Buffer.from('{"x":[{"a":1,"b":{},"a":1}]}')],
    ["has a name twice in one object", Buffer.from('{"__proto__":1,"__proto__":2}')],
    ["has a name twice in one object", Buffer.from('{"a":{"b":1,"c":2},"a":{"b":1,"c":2}}')],
    ["has a name twice in one object", Buffer.from('{"":1,"":2}')],
    ["has a name twice in one object", Buffer.from('{"a" :1,"a"\n\t:1}')],
    ["has a name twice in one object", Buffer.from('{"a":":x","a":":x"}')],
  ])("says that it %s: %s", (fault, bytes) => {
    expect(parseStrictObject(bytes)).toBe(fault);
  });

  it("accepts 32 levels and refuses 33, whether of objects or arrays", () => {
    expect(parse(`{"a":${"[".repeat(31)}${"]".repeat(31)}}`)).toBeTypeOf("object");
    expect(parse(`{"a":${"[".repeat(32)}${"]".repeat(32)}}`)).toBe("is nested deeper than 32");
    expect(parse(`${'{"a":'.repeat(32)}1${"}".repeat(32)}`)).toBeTypeOf("object");
    expect(parse(`${'{"a":'.repeat(33)}1${"}".repeat(33)}`)).toBe("is nested deeper than 32");
  });

  it("refuses a nesting that would exhaust the stack", () => {
    expect(parse(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toBe("is nested deeper than 32");
  });

  it("accepts whatever JSON.stringify writes, and refuses it with any member written twice", () => {
    const object = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 4 }), { minKeys: 1 });
    fc.assert(
      fc.property(object, fc.nat(), (value, choice) => {
        const text = JSON.stringify(value);
        expect(parse(text)).toEqual(JSON.parse(text));
        const names = Object.keys(value);
        const name = names[choice % names.length] as string;
        const escaped = [...name].map((unit) => escapeAll(unit)).join("");
        expect(parse(`{"${escaped}":0,${text.slice(1)}`)).toBe("has a name twice in one object");
      }),
      { numRuns: 500 },
    );
  });
});

function escapeAll(text: string): string {
  return Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
    "",
  );
}
