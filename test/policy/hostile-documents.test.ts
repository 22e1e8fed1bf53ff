import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import { processorTime } from "../processor-time.ts";
import { brokenDocuments } from "./broken-documents.ts";

/** The error that a text is refused with; undefined where it is a policy. Anything else that is thrown fails the test. */
async function refusalOf(text: string, format: "yaml" | "json"): Promise<PolicyError | undefined> {
  try {
    await parsePolicy(text, { file: "p", format });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return thrown;
  }
}

const length = 100_000;
const hostile: Readonly<Record<string, string>> = {
  "open lists": "[".repeat(length),
  "open maps": "{a: ".repeat(length / 4),
  "closed lists": "]".repeat(length),
  "lists in lists": "- ".repeat(length / 2),
  "keys of keys": "? ".repeat(length / 2),
  "values of values": ": ".repeat(length / 2),
  "keys on a line": "a: b: ".repeat(length / 6),
  "a stairway": Array.from({ length: 400 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
  anchors: "&a ".repeat(length / 3),
  tags: "!a ".repeat(length / 3),
  directives: "%a\n".repeat(length / 3),
  documents: "---\n".repeat(length / 4),
  quotes: '"'.repeat(length),
  backslashes: `"${"\\".repeat(length)}`,
  "keys in quotes": '"a": '.repeat(length / 5),
  commas: ",".repeat(length),
  comments: "#\n".repeat(length / 2),
  spaces: " ".repeat(length),
  "lines of spaces": " \n".repeat(length / 2),
  tabs: "\t".repeat(length),
  "block scalars": "|\n".repeat(length / 2),
  "a plain scalar of many lines": "a\n".repeat(length / 2),
  zeros: "\0".repeat(length),
  "carriage returns": "\r".repeat(length),
  digits: "1".repeat(length),
  "the same key": `version: 1\nroutes:\n${"  GET /a: guest\n".repeat(length / 16)}`,
  "different keys": `version: 1\nroutes:\n${Array.from({ length: length / 16 }, (_, count) => `  x${count}: no\n`).join("")}`,
  "an alias bomb": [
    "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
    ...Array.from(
      { length: 60 },
      (_, count) => `a${count + 1}: &a${count + 1} [${Array(10).fill(`*a${count}`).join(", ")}]`,
    ),
  ].join("\n"),
};

describe("a hostile document", () => {
  it.each(Object.entries(hostile))("of %s is refused, and soon", async (_, text) => {
    const start = processorTime();
    for (const format of ["yaml", "json"] as const) {
      const error = await refusalOf(text, format);
      expect(error?.faults.length).toBeGreaterThan(0);
      expect(error?.message.length).toBeLessThan(100_000);
      for (const { location } of error?.faults ?? []) expect(location?.line).toBeGreaterThan(0);
    }
    expect(processorTime() - start).toBeLessThan(20_000);
  });

  it("made of pieces of YAML is refused with a PolicyError, or is a policy", async () => {
    const piece = fc.constantFrom(
      ..."[]{}:,-?&*!|>%#\"'@`~ \n\t\r\0",
      "\n  ",
      ": ",
      "- ",
      "<<: ",
      "---\n",
      "...\n",
      "version: 1\n",
      "routes:\n",
      "GET /a: ",
      "guest",
      "{ group: no }",
      "&a ",
      "*a",
      "!!str ",
      "%YAML 1.1\n",
      "\u2028",
      "\ud800",
      "\ufeff",
      "0777",
      "1e400",
      "__proto__: ",
      "|-\n",
      "null",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.constantFrom("yaml", "json"), async (pieces, format) => {
        await refusalOf(pieces.join(""), format as "yaml" | "json");
      }),
      { numRuns: 2_000 },
    );
  });

  it("made of a good one by a small change is refused with a PolicyError, or is a policy", async () => {
    const texts = brokenDocuments.map(({ text }) => text);
    const insert = fc.constantFrom(..."[]{}:,-?&*!|>%#\"' \n\t", "\n ", "no", "'", "? ", "<<");
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(4),
        insert,
        async (text, where, removed, added) => {
          const at = Math.floor(where * text.length);
          if ((await refusalOf(text.slice(0, at) + added + text.slice(at + removed), "yaml")) !== undefined) refused++;
        },
      ),
      { numRuns: 1_500 },
    );
    expect(refused).toBeGreaterThan(1_000);
  });
});
