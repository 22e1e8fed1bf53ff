import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { policyToYaml } from "../../src/policy/policy-to-yaml.ts";
import { extensions, policyInit, policyOf } from "./arbitrary-policy.ts";

describe("a policy as YAML", () => {
  it("is written as a person would write it", () => {
    const policy = definePolicy({
      require: { not: { group: "suspended" } },
      rules: { office: { ip: ["10.0.0.0/8"] }, no: { group: ["no", "a b"] } },
      routes: {
        "GET /articles/:id": { anyOf: ["authenticated", "guest"] },
        "* /admin/**": { allOf: [{ group: "admins" }, { stepUp: { maxAge: 900, acr: "urn:cognito:loa:3" } }] },
        "POST /batch/{job}": { role: "arn:aws:iam::123456789012:role/batch-*" },
        "PUT /long": {
          allOf: [
            { anyOf: [{ group: ["first-of-the-groups", "second-of-the-groups"] }, { scope: "articles/write" }] },
            { oneOf: [{ claim: "level" }, ["a".repeat(70), "b".repeat(60), 1, 1e21, 1e-7, 0.5, -3, true]] },
            "authenticated",
          ],
        },
      },
      strict: true,
      acrLevels: ["low", "urn:cognito:loa:3"],
    });
    expect(policyToYaml(policy)).toBe(`version: 1
strict: true
acrLevels: [low, "urn:cognito:loa:3"]
require: { not: { group: suspended } }
rules:
  office: { ip: [10.0.0.0/8] }
  "no": { group: ["no", "a b"] }
routes:
  GET /articles/:id: { anyOf: [authenticated, guest] }
  "* /admin/**": { allOf: [{ group: admins }, { stepUp: { acr: "urn:cognito:loa:3", maxAge: 15m } }] }
  POST /batch/{job}: { role: "arn:aws:iam::123456789012:role/batch-*" }
  PUT /long:
    allOf:
      - { anyOf: [{ group: [first-of-the-groups, second-of-the-groups] }, { scope: articles/write }] }
      - oneOf:
          - { claim: level }
          - - ${"a".repeat(70)}
            - ${"b".repeat(60)}
            - 1
            - 1.0e+21
            - 1.0e-7
            - 0.5
            - -3
            - true
      - authenticated
`);
  });

  it("is short where the policy is", () => {
    expect(policyToYaml(definePolicy({ routes: {}, caseSensitive: true }))).toBe(
      "version: 1\ncaseSensitive: true\nroutes: {}\n",
    );
  });

  it("writes names too long for a key of YAML as what they are", async () => {
    const [name, argument] = ["n".repeat(1_100), "a".repeat(1_100)];
    const asking = { functions: { f: () => true } };
    const policy = definePolicy(
      {
        rules: { [name]: { group: "editors" } },
        routes: { "GET /a": { allOf: [{ rule: name }, { custom: { name: "f", arguments: { [argument]: 1 } } }] } },
      },
      asking,
    );
    const yaml = policyToYaml(policy);
    expect(yaml).toContain(`\n  ? ${name}\n  : { group: editors }\n`);
    expect(yaml).toContain(`? ${argument}`);
    expect((await parsePolicy(yaml, { extensions: asking })).document).toEqual(policy.document);
  });

  it("loses nothing on the way from TypeScript through JSON and YAML and back", async () => {
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(policyInit, async (init) => {
        const policy = policyOf(init);
        if (policy === undefined) return;
        const json = JSON.stringify(policy.document, undefined, 2);
        const fromJson = await parsePolicy(escaped(json), { format: "json", extensions });
        expect(fromJson.document).toEqual(policy.document);
        const yaml = policyToYaml(fromJson);
        const fromYaml = await parsePolicy(yaml, { extensions });
        expect(fromYaml.document).toEqual(policy.document);
        expect(JSON.stringify(fromYaml.document)).toBe(JSON.stringify(policy.document));
        expect(policyToYaml(definePolicy(fromYaml.document, extensions))).toBe(yaml);
        kept++;
      }),
      { numRuns: 100, examples: [[{ routes: { "GET /a": { group: "b\u3164\u{e0020}\u00ad" } } }]] },
    );
    expect(kept).toBeGreaterThan(10);
  });

  it.each(["1.1", "1.2"] as const)("is the same data to a parser of YAML %s", (version) => {
    let seen = 0;
    fc.assert(
      fc.property(policyInit, (init) => {
        const policy = policyOf(init);
        if (policy === undefined) return;
        const data: unknown = parse(policyToYaml(policy), { version, merge: true });
        expect(definePolicy(data as never, extensions).document).toEqual(policy.document);
        seen++;
      }),
      { numRuns: 40 },
    );
    expect(seen).toBeGreaterThan(0);
  });
});

/** JSON.stringify leaves characters that a document may not hold as they are. */
function escaped(json: string): string {
  return json.replace(/[\u007f-\u009f\u2028\u2029\p{Default_Ignorable_Code_Point}]/gu, (found) =>
    found
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
