import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { policyInit, policyOf } from "./arbitrary-policy.ts";
import { brokenDocuments } from "./broken-documents.ts";

const schema = JSON.parse(readFileSync(new URL("../../policy.schema.json", import.meta.url), "utf8"));
const validate = new Ajv({ strict: true, strictTypes: false, strictTuples: false, allowUnionTypes: true }).compile(
  schema,
);
const accepts = (data: unknown): boolean => validate(data);

/** The data that an editor sees, which may well not be what the loader accepts as a text. */
function dataOf(text: string, format: "json" | undefined): { readonly data: unknown } | undefined {
  try {
    if (format === "json") return { data: JSON.parse(text) };
    return { data: parse(text, { merge: false, uniqueKeys: false, logLevel: "error" }) };
  } catch {
    return undefined;
  }
}

describe("the published JSON Schema", () => {
  it("is of the draft that editors read, and describes each key", () => {
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    for (const part of [schema, schema.definitions.ruleObject, schema.definitions.operand]) {
      for (const [key, member] of Object.entries<{ description?: string }>(part.properties)) {
        expect([key, member.description]).toEqual([key, expect.stringMatching(/^[A-Z].*\.$/)]);
      }
    }
  });

  it("accepts every policy that the loader accepts", () => {
    let seen = 0;
    fc.assert(
      fc.property(policyInit, (init) => {
        const policy = policyOf(init);
        if (policy === undefined) return;
        expect(accepts(JSON.parse(JSON.stringify(init)))).toBe(true);
        expect(accepts(JSON.parse(JSON.stringify(policy.document)))).toBe(true);
        seen++;
      }),
      { numRuns: 120 },
    );
    expect(seen).toBeGreaterThan(10);
  });

  it("refuses nothing but what the loader refuses, after any change to a policy", () => {
    const piece = fc.constantFrom<unknown>(
      null,
      "",
      "anyone",
      0,
      -1,
      1.5,
      true,
      [],
      {},
      ["a", "a"],
      { group: "a" },
      { rule: "first" },
    );
    const change = (value: unknown, path: readonly number[], put: unknown, key: string | undefined): unknown => {
      if (typeof value !== "object" || value === null || path.length === 0) return put;
      const entries = Object.entries(value);
      if (entries.length === 0) return put;
      const [step = 0, ...rest] = path;
      const at = step % entries.length;
      const changed = entries.map(([name, inner], index): [string, unknown] =>
        index !== at
          ? [name, inner]
          : [rest.length === 0 && key !== undefined ? key : name, change(inner, rest, put, key)],
      );
      return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
    };
    const keys = fc.constantFrom(undefined, undefined, "groups", "allOf", "GET /x", "HEAD /x", "tag", "");
    const seen = { both: 0, neither: 0, loader: 0 };
    fc.assert(
      fc.property(
        policyInit.filter((init) => policyOf(init) !== undefined),
        fc.array(fc.nat(7), { minLength: 1, maxLength: 7 }),
        piece,
        keys,
        (init, path, put, key) => {
          const data = change(JSON.parse(JSON.stringify(init)), path, put, key);
          const loaded = policyOf(data) !== undefined && typeof data === "object" && data !== null && "version" in data;
          const valid = accepts(data);
          if (loaded) expect([JSON.stringify(data), valid]).toEqual([JSON.stringify(data), true]);
          seen[loaded ? "both" : valid ? "loader" : "neither"]++;
        },
      ),
      { numRuns: 400 },
    );
    expect(seen.neither).toBeGreaterThan(150);
    expect(seen.both).toBeGreaterThan(2);
  });

  it.each(brokenDocuments.map(({ schema: verdict, ...broken }) => ({ ...broken, verdict })))(
    "$verdict: $name",
    ({ text, format, verdict }) => {
      const read = dataOf(text, format);
      if (verdict === "tells") expect(read && accepts(read.data)).toBe(false);
      else expect(read === undefined || accepts(read.data)).toBe(true);
    },
  );

  it.each([
    ["GET /", true],
    ["* /", true],
    ["GET /a", true],
    ["GET /a/", true],
    ["PATCH /a/:id/b/{name}/*", true],
    ["DELETE /files/**", true],
    ["GET /**", true],
    ["GET /files/*rest", true],
    ["GET /files/{rest+}", true],
    ["GET /a%20b/~me/@x;v=1", true],
    ["GET a", false],
    ["GET  /a", false],
    ["HEAD /a", false],
    ["TRACE /a", false],
    ["GET /a?x", false],
    ["GET /a b", false],
    ["GET /a//b", false],
    ["GET /a**", false],
    ["GET /**/a", false],
    ["GET /**/", false],
    ["GET /v:id", false],
    ["GET /a+b", false],
    ["GET /é", false],
  ])("takes the route %j as the loader does: %s", (key, taken) => {
    const data = { version: 1, routes: { [key]: "guest" } };
    expect([policyOf(data) !== undefined, accepts(data)]).toEqual([taken, taken]);
  });
});
