import { mkdtempSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { startPools } from "poolgate/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { httpAuthorizerEvent } from "./adapters/lambda/events.ts";
import { sourceRoot } from "./imports.ts";

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

/** Bundles the source with the flags of docs/cold-start.md, from src and not from dist. */
async function bundle() {
  const outfile = join(folder, "authorizer.mjs");
  const { metafile } = await build({
    stdin: { contents: source, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: {
      poolgate: join(sourceRoot, "index.ts"),
      "poolgate/lambda": join(sourceRoot, "adapters", "lambda", "index.ts"),
    },
    metafile: true,
    logLevel: "warning",
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error("esbuild made no file");
  const packages = Object.keys(output.inputs).map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return { outfile, bytes: output.bytes, imports: output.imports, packages: new Set(packages) };
}

describe("a bundled authorizer with tokens and a policy", () => {
  let bundled: Awaited<ReturnType<typeof bundle>>;
  beforeAll(async () => {
    bundled = await bundle();
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
