import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Metafile } from "esbuild";
import { startPools } from "poolgate/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { httpAuthorizerEvent } from "./adapters/lambda/events.ts";
import { sourceRoot } from "./imports.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "poolgate-bundle-"));
const pools = await startPools();
afterAll(async () => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
  await pools.close();
});

/** An authorizer with tokens and a policy, as it stands in a Lambda function. */
const source = `
import { bearer, createAuthorizer, definePolicy, equal, group, param, tag, userPool } from "poolgate";
import { lambdaAuthorizer } from "poolgate/lambda";

const access = userPool({
  userPoolId: "${pools.userPoolId}",
  clientId: "${pools.clientId}",
  tokenUse: "access",
  principalTags: { tenant: "custom:tenant" },
});
const authorizer = createAuthorizer({
  verifiers: [bearer({ issuers: [access] })],
  policy: definePolicy({
    routes: { "POST /articles": group("editors"), "* /tenants/:tenantId/**": equal(tag("tenant"), param("tenantId")) },
  }),
});
await authorizer.ready();
export const handler = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
`;

/** The flags of the command in docs/cold-start.md, without the names of its files. */
function documentedFlags(): readonly string[] {
  const page = readFileSync(join(root, "docs", "cold-start.md"), "utf8");
  const flags = /^esbuild src\/authorizer\.ts (--.+) --outfile=build\/index\.mjs$/m.exec(page)?.[1];
  if (flags === undefined) throw new Error("docs/cold-start.md has no command");
  return flags.split(" ");
}

/** Bundles the source as docs/cold-start.md says, from src and not from dist. */
function bundle() {
  const [entry, outfile, meta] = [join(folder, "authorizer.ts"), join(folder, "index.mjs"), join(folder, "meta.json")];
  writeFileSync(entry, source);
  execFileSync(join(root, "node_modules", ".bin", "esbuild"), [
    ...[entry, ...documentedFlags(), `--outfile=${outfile}`, `--metafile=${meta}`, "--log-level=warning"],
    `--alias:poolgate=${join(sourceRoot, "index.ts")}`,
    `--alias:poolgate/lambda=${join(sourceRoot, "adapters", "lambda", "index.ts")}`,
  ]);
  const { outputs } = JSON.parse(readFileSync(meta, "utf8")) as Metafile;
  const [output] = Object.values(outputs);
  if (output === undefined) throw new Error("esbuild made no file");
  const packages = Object.keys(output.inputs).map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return { outfile, bytes: output.bytes, imports: output.imports, packages: new Set(packages) };
}

describe("a bundled authorizer with tokens and a policy", () => {
  let bundled: ReturnType<typeof bundle>;
  beforeAll(() => {
    bundled = bundle();
  });

  it("has at most 150 KB", () => {
    expect(bundled.bytes).toBeLessThanOrEqual(153_600);
  });

  it("holds the two dependencies, neither an AWS SDK nor an optional peer, and leaves nothing to be found but what Node has", () => {
    expect([...bundled.packages].sort()).toEqual(["aws-jwt-verify", "lru.min", undefined]);
    expect(bundled.imports.filter(({ path }) => !isBuiltin(path))).toEqual([]);
  });

  it("fetches the keys while it is imported, and decides", async () => {
    const fetched = vi.fn(async (_address: string | URL | Request) => Response.json(pools.jwks));
    vi.stubGlobal("fetch", fetched);
    const { handler } = await import(/* @vite-ignore */ pathToFileURL(bundled.outfile).href);
    expect(fetched).toHaveBeenCalled();
    fetched.mockClear();
    const ask = (user: { name: string; groups?: string[] }) => {
      const headers = { authorization: `Bearer ${pools.accessToken(user)}` };
      return handler(httpAuthorizerEvent({ method: "POST", path: "/articles", headers }));
    };
    expect(await ask({ name: "ada", groups: ["editors"] })).toMatchObject({ isAuthorized: true });
    expect(await ask({ name: "rob" })).toMatchObject({ isAuthorized: false });
    expect(fetched).not.toHaveBeenCalled();
  });
});
