import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import {
  allOf,
  anyOf,
  anyone,
  authenticated,
  equal,
  group,
  guest,
  not,
  param,
  role,
  rule,
  scope,
  stepUp,
  tag,
} from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { maximumLength, parsePolicy, parseText } from "../../src/policy/parse-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";
import { brokenDocuments } from "./broken-documents.ts";

const yaml = `version: 1
require: { not: { group: suspended } }          # holds on every route that is not anyone
rules:                                          # named, reusable
  office: { ip: [10.0.0.0/8] }
routes:
  GET /health: anyone
  GET /articles/:id: { anyOf: [authenticated, guest] }
  POST /articles: { allOf: [{ group: [editors, admins] }, { scope: articles/write }] }
  "* /admin/**": { allOf: [{ group: admins }, { stepUp: { maxAge: 15m, acr: "urn:cognito:loa:3" } }] }
  "* /tenants/:tenantId/**": { equal: [{ tag: tenant }, { param: tenantId }] }
  POST /batch/:job: { role: "arn:aws:iam::123456789012:role/batch-*" }
  GET /reports: { rule: office }
`;

const json = `{
  "version": 1,
  "require": { "not": { "group": "suspended" } },
  "rules": { "office": { "ip": ["10.0.0.0/8"] } },
  "routes": {
    "GET /health": "anyone",
    "GET /articles/:id": { "anyOf": ["authenticated", "guest"] },
    "POST /articles": { "allOf": [{ "group": ["editors", "admins"] }, { "scope": "articles/write" }] },
    "* /admin/**": { "allOf": [{ "group": "admins" }, { "stepUp": { "acr": "urn:cognito:loa:3", "maxAge": "15m" } }] },
    "* /tenants/:tenantId/**": { "equal": [{ "tag": "tenant" }, { "param": "tenantId" }] },
    "POST /batch/:job": { "role": "arn:aws:iam::123456789012:role/batch-*" },
    "GET /reports": { "rule": "office" }
  }
}`;

const typescript = definePolicy({
  require: not(group("suspended")),
  rules: { office: { ip: ["10.0.0.0/8"] } },
  routes: {
    "GET /health": anyone,
    "GET /articles/:id": anyOf(authenticated, guest),
    "POST /articles": allOf(group("editors", "admins"), scope("articles/write")),
    "* /admin/**": allOf(group("admins"), stepUp({ maxAge: 900, acr: "urn:cognito:loa:3" })),
    "* /tenants/:tenantId/**": equal(tag("tenant"), param("tenantId")),
    "POST /batch/:job": role("arn:aws:iam::123456789012:role/batch-*"),
    "GET /reports": rule("office"),
  },
});

async function errorOf(text: string, options: Parameters<typeof parsePolicy>[1]): Promise<PolicyError> {
  const thrown: unknown = await parsePolicy(text, options).then(
    () => new Error("the policy was loaded"),
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof PolicyError)) throw thrown;
  return thrown;
}

/** What the carets of an excerpt stand below. */
function marked(excerpt: string): string {
  const [line = "", carets = ""] = excerpt.split("\n");
  return line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1);
}

describe("a document", () => {
  it("is the same policy in YAML, in JSON and in TypeScript", async () => {
    const fromYaml = await parsePolicy(yaml);
    expect(fromYaml.document).toStrictEqual(typescript.document);
    expect((await parsePolicy(json, { format: "json" })).document).toStrictEqual(typescript.document);
    expect(JSON.stringify(fromYaml.document)).toBe(JSON.stringify(typescript.document));
    expect((await parsePolicy(json, { format: "yaml" })).document).toStrictEqual(typescript.document);
  });

  it("is what the page on policies shows", async () => {
    const page = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");
    const documents = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text as string);
    const policies = documents.filter((text) => text.includes("version:"));
    const read = await Promise.all(policies.map(async (text) => (await parsePolicy(text)).document));
    expect(read.map(({ routes, fields = {} }) => [Object.keys(routes).length, Object.keys(fields).length])).toEqual([
      [6, 0],
      [0, 6],
    ]);
  });

  it("is read with carriage returns, with a marker at its begin and its end, and from block style", async () => {
    const document = definePolicy({ routes: { "GET /a": anyOf(group("a b"), group("no", "x\n"), guest) } }).document;
    const text = [
      "---",
      "version: 1",
      "routes:",
      "  ? GET /a",
      "  : anyOf:",
      "    - group: a",
      "        b",
      "    - { group: ['no', \"x\\n\"] } # a comment",
      "    - guest",
      "...",
      "",
    ];
    expect((await parsePolicy(text.join("\r\n"))).document).toEqual(document);
    expect((await parsePolicy(text.join("\n"), { file: "a.YML" })).document).toEqual(document);
  });

  it("takes named rules of any name in quotes", async () => {
    const text = 'version: 1\nrules: { "__proto__": guest, "404": guest, "no": guest }\nroutes: {}\n';
    expect(Object.keys((await parsePolicy(text)).document.rules)).toEqual(["404", "__proto__", "no"]);
  });

  it("tells where its parts are", async () => {
    const { locate } = await parseText(yaml, { file: "policy.yaml", format: "yaml" });
    expect(locate('routes["POST /articles"].allOf[0].group[1]')).toEqual({
      file: "policy.yaml",
      line: 8,
      column: 48,
      excerpt: `8 | ${yaml.split("\n")[7]}\n  | ${" ".repeat(47)}^^^^^^`,
    });
    expect(locate("routes").line).toBe(6);
    expect(locate('routes["GET /nowhere"].group')).toEqual(locate("routes"));
    expect(locate("policy").line).toBe(1);
    expect(locate("nothing[0]")).toEqual(locate("policy"));
  });
});

describe("a broken document", () => {
  it("stands in this table with fifty others", () => {
    expect(brokenDocuments.length).toBeGreaterThan(50);
  });

  it.each(brokenDocuments)("is $name", async ({ text, format, faults }) => {
    const error = await errorOf(text, { file: `policy.${format ?? "yaml"}` });
    const told = error.faults.map(({ where, fault, location }) => [
      location?.line,
      location?.column,
      marked(location?.excerpt ?? ""),
      where === "document" ? fault : `${where}: ${fault}`,
    ]);
    expect(told).toEqual(faults.map(([line, column, text, fault]) => [line, column, text, fault]));
    for (const [line, column, , fault] of faults) {
      expect(error.message).toContain(`  policy.${format ?? "yaml"}:${line}:${column}: ${fault}\n`);
    }
  });

  it("is shown in its message with carets below what is wrong", async () => {
    const text = "version: 1\nroutes:\n  GET /a: { group: [] }\n  HEAD /b: guest\n";
    expect((await errorOf(text, { file: "conf/policy.yaml" })).message).toBe(
      [
        "policy: 2 faults",
        '  conf/policy.yaml:3:20: routes["GET /a"].group: the list is empty; write one item at least',
        "    3 |   GET /a: { group: [] }",
        "      |                    ^^",
        '  conf/policy.yaml:4:3: routes["HEAD /b"]: HEAD takes the rule of GET; write GET',
        "    4 |   HEAD /b: guest",
        "      |   ^^^^^^^",
      ].join("\n"),
    );
    expect((await errorOf("version: 2\nroutes: {}", {})).message).toContain("  line 1, column 10: version: write 1\n");
  });

  it("is one that is too long", async () => {
    const text = `version: 1\nroutes: {}\n#${"x".repeat(maximumLength)}`;
    expect((await errorOf(text, {})).faults).toMatchObject([
      {
        fault: "the document is longer than 2097152 bytes; no policy needs that much",
        location: { line: 1, column: 1 },
      },
    ]);
  });

  it.each(["yaml", "json"] as const)(
    "is one in %s that nests too deeply, at the level that is too many",
    async (format) => {
      const nested = (depth: number) => `{"version":1,"routes":{},"extra":${"[".repeat(depth)}${"]".repeat(depth)}}`;
      const [{ fault, location } = { fault: "" }] = (await errorOf(nested(5_000), { format })).faults;
      expect(fault).toMatch(/the document is nested deeper than 100 levels; make it flatter$/);
      expect(location?.line).toBe(1);
      expect((await errorOf(nested(90), { format })).message).toContain("extra: there is no such key");
    },
  );
});

describe("parsePolicy", () => {
  it.each([
    [["a", { format: "toml" }], 'parsePolicy.format: write "yaml" or "json"'],
    [["a", { file: 1 }], "parsePolicy.file: must be a string, such as policy.yaml"],
    [["a", { name: "a" }], "parsePolicy.name: there is no such option; the options are file, format, extensions"],
    [[Buffer.from("a")], "parsePolicy.text: must be a string; loadPolicy takes a path"],
  ])("refuses options that it does not know: %j", async (given, message) => {
    await expect(parsePolicy(...(given as Parameters<typeof parsePolicy>))).rejects.toThrow(message);
  });

  it("passes on what is no fault of the document", async () => {
    vi.resetModules();
    vi.doMock("../../src/policy/define-policy.ts", () => ({
      definePolicy() {
        throw new RangeError("no fault of the document");
      },
    }));
    try {
      const parser = await import("../../src/policy/parse-policy.ts");
      await expect(parser.parsePolicy("version: 1\nroutes: {}")).rejects.toThrow(RangeError);
    } finally {
      vi.doUnmock("../../src/policy/define-policy.ts");
      vi.resetModules();
    }
  });

  it("takes the functions and engines that the rules ask beside the text", async () => {
    const text =
      "version: 1\nroutes: { GET /a: { custom: quiet }, GET /b: { delegate: { name: cedar, arguments: { x: 1 } } } }";
    const extensions = { functions: { quiet: () => true }, engines: { cedar: { decide: () => true } } };
    expect((await parsePolicy(text, { extensions })).document.routes).toEqual({
      "GET /a": { custom: "quiet" },
      "GET /b": { delegate: { name: "cedar", arguments: { x: 1 } } },
    });
    expect((await errorOf(text, {})).faults).toMatchObject([
      { where: 'routes["GET /a"].custom', location: { line: 2, column: 29 } },
      { where: 'routes["GET /b"].delegate', location: { line: 2, column: 60 } },
    ]);
    await expect(parsePolicy(text, { extensions: { functions: [] as never } })).rejects.toMatchObject({
      option: "definePolicy.functions",
    });
  });

  it("reads YAML where neither the file nor the format tells", async () => {
    expect((await parsePolicy("version: 1\nroutes: {}", { file: "policy" })).document.routes).toEqual({});
  });
});
