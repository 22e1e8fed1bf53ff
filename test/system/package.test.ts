import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "poolgate-package-"));

const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const write = (name: string, text: string): void => writeFileSync(join(project, name), text);

const consumer = `
import { bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
import { authorize, principalOf } from "poolgate/express";
import { lambdaAuthorizer } from "poolgate/lambda";

const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
const authorizer = createAuthorizer({
  verifiers: [bearer({ issuers: [access] })],
  policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
});
export const handler = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
export const middleware = authorize(authorizer);
console.log(typeof handler, typeof middleware, typeof principalOf);
`;

describe("the package, installed into an empty project", () => {
  beforeAll(() => {
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], {
        cwd: root,
        encoding: "utf8",
      }),
    ) as readonly { readonly filename: string }[];
    write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
    run("npm", "install", "--no-audit", "--no-fund", `./${packed?.filename}`);
  });

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it("brings its two runtime dependencies and no optional peer", () => {
    const has = (name: string) => existsSync(join(project, "node_modules", name));
    expect(["aws-jwt-verify", "lru.min", "poolgate"].filter((name) => !has(name))).toEqual([]);
    expect(["express", "graphql", "@smithy/signature-v4", "@aws-sdk/client-sts", "redis", "yaml"].filter(has)).toEqual(
      [],
    );
    expect(["@cedar-policy/cedar-wasm", "@aws-sdk/client-verifiedpermissions"].filter(has)).toEqual([]);
  });

  it("works from an ECMAScript module", () => {
    write("consumer.mjs", consumer);
    expect(run("node", "consumer.mjs")).toBe("function function function\n");
  });

  it("works from require", () => {
    write(
      "consumer.cjs",
      `const { definePolicy, anyone } = require("poolgate");
       const { authorize } = require("poolgate/express");
       const { lambdaAuthorizer } = require("poolgate/lambda");
       definePolicy({ routes: { "GET /": anyone } });
       console.log(typeof authorize, typeof lambdaAuthorizer);`,
    );
    expect(run("node", "--no-warnings", "consumer.cjs")).toBe("function function\n");
  });

  it("type-checks under strict options, with the library's declarations checked too", () => {
    write("consumer.ts", consumer);
    write(
      "subpaths.ts",
      `import { definePolicy, delegate } from "poolgate";
       import { createSignedFetch, type SignedFetch } from "poolgate/client";
       import { type CedarEngineOptions, cedarEngine } from "poolgate/cedar";
       import { redisStore } from "poolgate/redis";
       import { verifiedPermissionsEngine } from "poolgate/verified-permissions";
       import { type Pools, startPools } from "poolgate/testing";
       export const signedFetch: SignedFetch = createSignedFetch({
         url: "https://api.example.com",
         region: "eu-west-1",
         broker: { idToken: () => "", role: "arn:aws:iam::123456789012:role/Editor" },
       });
       export const start: () => Promise<Pools> = () => startPools();
       export const options: CedarEngineOptions = { policies: "permit(principal, action, resource);" };
       definePolicy({ routes: { "GET /": delegate("cedar") } }, { engines: { cedar: cedarEngine(options) } });
       export const permissions = verifiedPermissionsEngine({ client: { send: async () => ({}) }, policyStoreId: "PS1" });
       export const store = redisStore;`,
    );
    write(
      "wrong.ts",
      `import { userPool } from "poolgate";\nuserPool({ userPoolId: "eu-west-1_Example01", tokenUse: "access" });\n`,
    );
    run(
      "npm",
      "install",
      "--no-audit",
      "--no-fund",
      "typescript@7.0.2",
      "@types/node@20.19.43",
      "@types/express@5.0.6",
    );
    const tsc = (file: string) =>
      run("npx", "tsc", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--types", "node", file);
    expect(tsc("consumer.ts")).toBe("");
    expect(tsc("subpaths.ts")).toBe("");
    expect(() => tsc("wrong.ts")).toThrow();
  });

  it("runs its command", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(run("npx", "--no-install", "poolgate", "--version")).toBe(`${version}\n`);
    expect(run("npx", "--no-install", "poolgate", "credentials", "--help")).toMatch(/^Usage: poolgate credentials /);
  });

  it.each([
    ["poolgate/testing", "@smithy/signature-v4"],
    ["poolgate/client", "aws4fetch"],
    ["poolgate/graphql", "graphql"],
    ["poolgate/cedar", "@cedar-policy/cedar-wasm"],
    ["poolgate/verified-permissions", "@aws-sdk/client-verifiedpermissions"],
  ])("says which package %s needs where it is missing: %s", (subpath, missing) => {
    expect(() => run("node", "--input-type=module", "-e", `await import("${subpath}")`)).toThrow(
      `Cannot find package '${missing}'`,
    );
  });

  it("needs no client of Redis to load poolgate/redis, which is given one", () => {
    write("redis.mjs", `import { redisStore } from "poolgate/redis";\nconsole.log(typeof redisStore);`);
    expect(run("node", "redis.mjs")).toBe("function\n");
  });

  it("says before anybody calls which package the classic flow of the broker needs", () => {
    write(
      "classic.mjs",
      `import { generateKeyPairSync } from "node:crypto";
       import { broker, createSessions, userPool } from "poolgate";
       const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
       const key = { ...publicKey.export({ format: "jwk" }), kid: "key", alg: "RS256", use: "sig" };
       const identityPoolId = "eu-west-1:00000000-0000-4000-8000-000000000000";
       const id = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "id", jwks: { keys: [key] } });
       const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
       const roleArn = "arn:aws:iam::123456789012:role/ArticleEditor";
       const classic = { roleArn, sessionName: "articles", policy: null };
       const credentials = broker({ sessions, userPool: id, identityPoolId, classic });
       await credentials.ready().catch((error) => console.log(error.message));`,
    );
    expect(run("node", "classic.mjs")).toContain("@aws-sdk/client-sts");
  });
});
