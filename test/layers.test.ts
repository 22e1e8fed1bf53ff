import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesLoadedBy, importsOf, packagesLoadedBy, sourceFiles, sourceRoot } from "./imports.ts";

/** What a layer may import: other layers, single files for their types alone, and packages. */
interface Layer {
  readonly layers: readonly string[];
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
}

const table: Readonly<Record<string, Layer>> = {
  root: { layers: ["root"] },
  authorizer: { layers: ["root", "policy"] },
  sigv4: { layers: ["root"] },
  policy: { layers: ["root"], packages: ["yaml"] },
  "policy/engines": {
    layers: ["root", "policy"],
    packages: ["@aws-sdk/client-verifiedpermissions", "@cedar-policy/cedar-wasm", "lru.min"],
  },
  stores: { layers: [] },
  tokens: { layers: ["root"], types: ["stores/store.ts"], packages: ["aws-jwt-verify", "lru.min"] },
  sessions: {
    layers: ["root", "tokens", "sigv4"],
    types: ["stores/store.ts"],
    packages: ["@aws-sdk/client-sts", "lru.min"],
  },
  verify: { layers: ["root", "tokens", "sigv4", "sessions"], types: ["stores/store.ts"] },
  "adapters/express": { layers: ["root"], types: ["authorizer.ts", "decision.ts", "policy/rule.ts", "express"] },
  "adapters/lambda": {
    layers: ["root"],
    types: [
      "authorizer.ts",
      "decision.ts",
      "policy/define-policy.ts",
      "policy/grants.ts",
      "policy/route-key.ts",
      "policy/rule.ts",
    ],
  },
  "adapters/graphql": {
    layers: ["root", "adapters/lambda", "adapters/express"],
    types: ["authorizer.ts", "policy/define-policy.ts", "policy/field-key.ts"],
    packages: ["graphql"],
  },
  observe: { layers: ["root"], types: ["decision.ts", "policy/rule.ts"] },
  client: { layers: ["root"], packages: ["aws4fetch"] },
  personas: { layers: ["root", "policy", "authorizer"], packages: ["yaml"] },
  cli: { layers: ["root", "client", "observe", "policy", "authorizer", "personas"] },
  testing: { layers: ["root", "policy", "authorizer", "personas"], packages: ["@smithy/signature-v4"] },
};

/**
 * The default store is made where sessions are made; nobody else takes a store's code. What a query parameter came to, a log must
 * read as rules do.
 */
const allowed = new Set([
  "sessions/create-sessions.ts -> stores/memory.ts",
  "observe/decision-line.ts -> policy/query-value.ts",
  "adapters/lambda/guard-resolver.ts -> policy/field-key.ts",
]);

function layerOf(file: string): string {
  if (file === "index.ts") return "index";
  if (["authorizer.ts", "decider.ts", "decision.ts", "explanation.ts", "refusal.ts", "shadow.ts"].includes(file))
    return "authorizer";
  const folders = file.split("/").slice(0, -1);
  if (file.startsWith("policy/engines/")) return "policy/engines";
  return folders.length === 0 ? "root" : folders.slice(0, folders[0] === "adapters" ? 2 : 1).join("/");
}

const files = sourceFiles();

describe("the import table", () => {
  it("knows the layer of every source file", () => {
    expect(files.map(layerOf).filter((layer) => layer !== "index" && !Object.hasOwn(table, layer))).toEqual([]);
  });

  it.each(files.filter((file) => file !== "index.ts"))("holds in %s", (file) => {
    const own = layerOf(file);
    const layer = table[own] as Layer;
    const faults = importsOf(file).filter(({ to, kind }) => {
      if (to.startsWith("node:")) return false;
      if (kind === "type" && layer.types?.includes(to)) return false;
      if (!to.endsWith(".ts")) return !layer.packages?.includes(to);
      const other = layerOf(to);
      return other !== own && !layer.layers.includes(other) && !allowed.has(`${file} -> ${to}`);
    });
    expect(faults).toEqual([]);
  });

  it("lets nobody import index.ts", () => {
    expect(files.flatMap(importsOf).filter(({ to }) => layerOf(to) === "index")).toEqual([]);
  });

  it("has no cycles", () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
      if (path.includes(file)) return [...path, file];
      if (done.has(file)) return undefined;
      for (const { to } of importsOf(file)) {
        const cycle = to.endsWith(".ts") ? visit(to, [...path, file]) : undefined;
        if (cycle !== undefined) return cycle;
      }
      done.add(file);
      return undefined;
    };
    for (const file of files) expect(visit(file, [])).toBeUndefined();
  });
});

describe("importing", () => {
  it("client/index.ts loads nothing of Node, so that it runs in browsers", () => {
    expect([...packagesLoadedBy("client/index.ts")].filter((name) => name !== "aws4fetch")).toEqual([]);
  });

  it.each(["index.ts", "adapters/express/index.ts", "adapters/lambda/index.ts", "observe/index.ts"])(
    "%s loads nothing optional",
    (entry) => {
      const loaded = [...packagesLoadedBy(entry)].filter((name) => !name.startsWith("node:"));
      expect(["aws-jwt-verify", "lru.min"]).toEqual(expect.arrayContaining(loaded));
    },
  );
});

describe("what an option takes as a value of its own", () => {
  it.each([
    ["tokens/user-pool.ts", ["tokens/live-check.ts", "tokens/get-user.ts", "aws-call.ts", "aws-endpoint.ts"]],
    ["verify/bearer.ts", ["tokens/cookie-token.ts"]],
    ["authorizer.ts", ["shadow.ts"]],
    ["adapters/lambda/lambda-authorizer.ts", files.filter((file) => file.startsWith("adapters/lambda/cache/"))],
    ["adapters/lambda/cache/exact-cache.ts", files.filter((file) => file.startsWith("adapters/lambda/cache/table"))],
    ["adapters/lambda/cache/coarse-cache.ts", files.filter((file) => file.startsWith("adapters/lambda/cache/table"))],
  ])("is not loaded by %s, so that bundles without the option do without", (file, values) => {
    const loaded = filesLoadedBy(file);
    expect(values.filter((value) => !files.includes(value))).toEqual([]);
    expect(values.filter((value) => loaded.has(value))).toEqual([]);
  });
});

describe("policy/define-policy.ts", () => {
  it("loads nothing that only those need who analyze a policy", () => {
    const analyses = ["analyze-policy.ts", "diff-policies.ts", "caller-model.ts"].map(
      (file) => `policy/analysis/${file}`,
    );
    expect(analyses.filter((file) => !files.includes(file))).toEqual([]);
    expect(analyses.filter((file) => filesLoadedBy("policy/define-policy.ts").has(file))).toEqual([]);
  });
});

describe("the engines", () => {
  const loadedBy = (entry: string) => [...packagesLoadedBy(entry)].filter((name) => !name.startsWith("node:"));

  it("load the package that they are for, and no other", () => {
    expect(loadedBy("policy/engines/cedar/index.ts")).toEqual(["@cedar-policy/cedar-wasm"]);
    expect(loadedBy("policy/engines/verified-permissions/index.ts").sort()).toEqual([
      "@aws-sdk/client-verifiedpermissions",
      "lru.min",
    ]);
  });

  it("are loaded by nobody but themselves", () => {
    const importing = files.flatMap(importsOf).filter(({ to }) => to.startsWith("policy/engines/"));
    expect(importing.filter(({ from }) => !from.startsWith("policy/engines/"))).toEqual([]);
  });
});

describe("source files", () => {
  it.each(files)("%s has at most 300 lines", (file) => {
    expect(readFileSync(join(sourceRoot, file), "utf8").split("\n").length).toBeLessThanOrEqual(300);
  });

  it.each(files)("%s reads no environment variable", (file) => {
    expect(readFileSync(join(sourceRoot, file), "utf8")).not.toMatch(/process\.env/);
  });
});
