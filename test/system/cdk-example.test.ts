import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { startPools } from "poolgate/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policy } from "../../examples/cdk/functions/policy.ts";
import { reportsCache } from "../../examples/cdk/functions/reports-cache.ts";
import { createGateway } from "../adapters/lambda/gateway-cache.ts";
import { httpAuthorizerV2 } from "../fixtures/http-authorizer-v2.ts";
import { httpProxyV2 } from "../fixtures/http-proxy-v2.ts";
import {
  answerOf,
  compile,
  deploy,
  type Resource,
  readTemplate,
  resourcesOf,
  resourceWith,
  type Template,
} from "./example-stack.ts";
import type { LambdaFunction } from "./lambda-runtime.ts";
import { run } from "./programs.ts";

const example = fileURLToPath(new URL("../../examples/cdk/", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "poolgate-cdk-"));
const output = join(home, "cdk.out");
const ada = { name: "ada", groups: ["editors", "analysts"] };
const rob = { name: "rob" };

const pools = await startPools();
const bearing = (person: typeof ada | typeof rob) => `Bearer ${pools.accessToken(person)}`;

/** What was asked of the proxy, which is all that a program could reach. */
const called: (string | undefined)[] = [];
const proxy = createServer((request, response) => {
  called.push(request.url);
  response.writeHead(502).end();
});
proxy.on("connect", (request, socket) => {
  called.push(request.url);
  socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
});

let template: Template;
const running: LambdaFunction[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  // Neither credentials nor a region, and nobody is told that it runs.
  const env = {
    ...{ PATH: process.env.PATH, HOME: home, CI: "true", CDK_DISABLE_CLI_TELEMETRY: "true" },
    ...{ HTTP_PROXY: address, HTTPS_PROXY: address },
  };
  const quiet = ["--no-notices", "--no-version-reporting", "--no-lookups"];
  const args = ["cdk", "synth", "--quiet", "--output", output, ...quiet];
  const synth = await run("npx", ["--no-install", ...args], { cwd: example, env });
  expect(synth).toMatchObject({ status: 0 });
  template = JSON.parse(readFileSync(join(output, "PoolgateExample.template.json"), "utf8"));
});

afterAll(async () => {
  await Promise.all(running.map((fn) => fn.close()));
  await pools.close();
  proxy.close();
  rmSync(home, { recursive: true });
});

const authorizerNamed = (name: string) => resourceWith(template, "AWS::ApiGatewayV2::Authorizer", { Name: name });

/** The function behind an integration or an authorizer, by the URI in which its logical id stands. */
function functionIn(resource: Resource): Resource {
  const text = JSON.stringify(resource.Properties);
  const [found] = Object.entries(template.Resources).filter(
    ([name, { Type }]) => Type === "AWS::Lambda::Function" && text.includes(`"${name}"`),
  );
  if (found === undefined) throw new Error(`no function in ${text}`);
  return found[1];
}

/** Starts the function with the bundle that synth has made of it. */
async function deployed(resource: Resource): Promise<LambdaFunction> {
  const { S3Key } = resource.Properties.Code as { readonly S3Key: string };
  const fn = await deploy(template, resource, join(output, `asset.${S3Key.replace(".zip", "")}`), pools);
  running.push(fn);
  return fn;
}

describe("the stack of the example with CDK", () => {
  it("is synthesized without credentials and without a network", () => {
    expect(called).toEqual([]);
  });

  it("stands beside code that compiles with the built package", async () => {
    expect(await compile(example)).toBe("");
  });

  it("gives a template that CloudFormation takes", async () => {
    await expect(readTemplate(join(output, "PoolgateExample.template.json"))).resolves.toEqual(template);
  });

  it("has the gateway keep no answer that is for one request", () => {
    expect(authorizerNamed("EachRequest").Properties).toMatchObject({
      AuthorizerType: "REQUEST",
      AuthorizerPayloadFormatVersion: "2.0",
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: ["$request.header.Authorization"],
    });
  });

  it("has the gateway keep the other answers as their authorizer declares it", () => {
    expect(authorizerNamed("Kept").Properties).toMatchObject({
      AuthorizerType: "REQUEST",
      AuthorizerPayloadFormatVersion: "2.0",
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: reportsCache.cacheTtl,
      IdentitySource: reportsCache.identitySource,
    });
  });

  it("has a route for each route of the policy, and no other, each behind an authorizer", () => {
    const routes = resourcesOf(template, "AWS::ApiGatewayV2::Route").map(({ Properties }) => Properties);
    for (const route of routes) {
      expect(route).toMatchObject({ AuthorizationType: "CUSTOM", AuthorizerId: { Ref: expect.any(String) } });
    }
    const keys = routes.map(({ RouteKey }) => String(RouteKey).replaceAll(/\{(\w+)\}/g, ":$1"));
    expect(keys.sort()).toEqual(Object.keys(policy.document.routes).sort());
  });

  it("bundles each function into one file", () => {
    const assets = readdirSync(output).filter((name) => name.startsWith("asset."));
    expect(assets.map((name) => readdirSync(join(output, name)))).toEqual([
      ["index.mjs"],
      ["index.mjs"],
      ["index.mjs"],
    ]);
  });
});

describe("the functions of the example with CDK, each in a process of its own", () => {
  let articles: LambdaFunction;
  beforeAll(async () => {
    articles = await deployed(functionIn(resourcesOf(template, "AWS::ApiGatewayV2::Integration")[0] as Resource));
  });

  it.each([
    ["EachRequest", "POST", "/articles", 201],
    ["Kept", "GET", "/reports/7", 200],
  ] as const)("decide behind the authorizer %s", async (name, method, path, status) => {
    const { Properties } = authorizerNamed(name);
    const sources = Properties.IdentitySource as readonly string[];
    const fetched = pools.calls("GetJwks");
    const authorizer = await deployed(functionIn(authorizerNamed(name)));
    expect(pools.calls("GetJwks")).toBeGreaterThan(fetched);
    const gateway = createGateway({
      format: "http-simple",
      authorizer: (event) => answerOf(authorizer, event),
      ttl: Properties.AuthorizerResultTtlInSeconds as number,
      keyed: [
        ...(sources.includes("$context.httpMethod") ? (["method"] as const) : []),
        ...(sources.includes("$context.path") ? (["path"] as const) : []),
      ],
      clock: Date.now,
    });
    const token = bearing(ada);
    const answer = await gateway({ method, path, token });
    expect(answer.status).toBe(200);
    expect(await behind(method, answer.context)).toBe(status);
    expect(await gateway({ method, path, token })).toMatchObject({ status: 200, kept: name === "Kept" });
    expect(await gateway({ method, path: `${path}/more`, token })).toMatchObject({ status: 403, kept: false });
    expect((await gateway({ method, path, token: bearing(rob) })).status).toBe(403);
    expect((await gateway({ method, path, token: "Bearer a.b.c" })).status).toBe(403);
  });

  async function behind(method: string, context: Readonly<Record<string, string>>): Promise<number | undefined> {
    const { requestContext } = httpProxyV2;
    const event = {
      ...httpProxyV2,
      requestContext: { ...requestContext, http: { ...requestContext.http, method }, authorizer: { lambda: context } },
    };
    const { statusCode, body = "" } = await answerOf<APIGatewayProxyStructuredResultV2>(articles, event);
    expect(JSON.parse(body).caller).toBe(`user:${pools.userPoolId}:${pools.userId(ada)}`);
    return statusCode;
  }

  it("let nobody in where the gateway keeps answers under less than was declared", async () => {
    const authorizer = await deployed(functionIn(authorizerNamed("Kept")));
    const token = bearing(ada);
    const event = { ...httpAuthorizerV2, headers: { authorization: token }, identitySource: [token] };
    await expect(answerOf(authorizer, event)).rejects.toThrow(/identity source/);
  });

  it("refuse who comes around the gateway", async () => {
    expect(await answerOf(articles, httpProxyV2)).toMatchObject({ statusCode: 500 });
  });
});
