import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { APIGatewayProxyResult } from "aws-lambda";
import { startPools } from "poolgate/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayCache } from "../../examples/sam/src/gateway-cache.ts";
import { policy } from "../../examples/sam/src/policy.ts";
import { createGateway } from "../adapters/lambda/gateway-cache.ts";
import { restProxy } from "../fixtures/rest-proxy.ts";
import { restRequest } from "../fixtures/rest-request.ts";
import { answerOf, compile, deploy, readTemplate, resourcesOf, type Template } from "./example-stack.ts";
import type { LambdaFunction } from "./lambda-runtime.ts";
import { run } from "./programs.ts";

const example = fileURLToPath(new URL("../../examples/sam/", import.meta.url));
const templateFile = `${example}template.yaml`;
const ada = { name: "ada", groups: ["editors"] };
const rob = { name: "rob" };

const pools = await startPools();
const bearing = (person: typeof ada | typeof rob) => `Bearer ${pools.accessToken(person)}`;
const asking = (token: string) => ({
  ...restRequest,
  headers: { ...restRequest.headers, Authorization: token },
  multiValueHeaders: { ...restRequest.multiValueHeaders, Authorization: [token] },
});

/** As CloudFormation takes it: one that it would not take is not read. */
let template: Template;
beforeAll(async () => {
  template = await readTemplate(templateFile);
});

const running: LambdaFunction[] = [];
afterAll(async () => {
  await Promise.all(running.map((fn) => fn.close()));
  await pools.close();
});

/** The properties of a resource. */
const propertiesOf = (name: string) => template.Resources[name]?.Properties;

describe("the template of the example with SAM", () => {
  it("stands beside code that compiles with the built package", async () => {
    expect(await compile(example)).toBe("");
  });

  it("would not be read with a mistake", async () => {
    const mistaken = readFileSync(templateFile, "utf8").replace("MemorySize: 512", "MemorySizes: 512");
    const file = join(tmpdir(), `poolgate-template-${process.pid}.yaml`);
    writeFileSync(file, mistaken);
    try {
      await expect(readTemplate(file)).rejects.toThrow("'MemorySizes' is not a supported property of 'Function'");
    } finally {
      rmSync(file);
    }
  });

  it("has the gateway keep answers as the authorizer declares it", () => {
    expect(propertiesOf("Api")?.Auth).toEqual({
      DefaultAuthorizer: "Gate",
      Authorizers: {
        Gate: {
          FunctionPayloadType: "REQUEST",
          FunctionArn: { "Fn::GetAtt": "AuthorizerFunction.Arn" },
          Identity: {
            Headers: gatewayCache.identitySource.map((source) => source.replace("method.request.header.", "")),
            ReauthorizeEvery: gatewayCache.cacheTtl,
          },
        },
      },
    });
  });

  it("has a route for each route of the policy, and no other, all behind the default authorizer", () => {
    const events = resourcesOf(template, "AWS::Serverless::Function").flatMap(({ Properties }) =>
      Object.values((Properties.Events ?? {}) as Record<string, { Type: string; Properties: Record<string, unknown> }>),
    );
    for (const { Type, Properties } of events) {
      expect([Type, Object.keys(Properties).sort()]).toEqual(["Api", ["Method", "Path", "RestApiId"]]);
      expect(Properties.RestApiId).toEqual({ Ref: "Api" });
    }
    const routes = events.map(
      ({ Properties: { Method, Path } }) => `${Method} ${String(Path).replaceAll(/\{(\w+)\}/g, ":$1")}`,
    );
    expect(routes.sort()).toEqual(Object.keys(policy.document.routes).sort());
  });
});

describe("the functions of the example with SAM, each in a process of its own", () => {
  let authorizer: LambdaFunction;
  let articles: LambdaFunction;
  const deployed = async (name: string) => {
    const fn = template.Resources[name];
    if (fn === undefined) throw new Error(`there is no ${name}`);
    const started = await deploy(template, fn, `${example}${fn.Properties.CodeUri}`, pools);
    running.push(started);
    return started;
  };

  beforeAll(async () => {
    const { status, stderr } = await run("npm", ["run", "build"], { cwd: example, env: { PATH: process.env.PATH } });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    authorizer = await deployed("AuthorizerFunction");
    articles = await deployed("ArticlesFunction");
  });

  it("have the keys before the first request", async () => {
    const fetched = pools.calls("GetJwks");
    expect(fetched).toBeGreaterThan(0);
    await answerOf(authorizer, asking(bearing(rob)));
    expect(pools.calls("GetJwks")).toBe(fetched);
  });

  it("let a caller do what the policy grants by one answer that the gateway keeps", async () => {
    const gateway = createGateway({
      format: "rest-request",
      authorizer: (event) => answerOf(authorizer, event),
      ttl: gatewayCache.cacheTtl,
      keyed: [],
      clock: Date.now,
    });
    const tokens = { ada: bearing(ada), rob: bearing(rob) };
    const requests = [
      ["rob", "GET", "/articles/7", 200],
      ["rob", "POST", "/articles", 403],
      ["rob", "GET", `/people/${pools.userId(rob)}/drafts`, 200],
      ["rob", "GET", `/people/${pools.userId(ada)}/drafts`, 403],
      ["ada", "POST", "/articles", 201],
      ["ada", "GET", `/people/${pools.userId(ada)}/drafts`, 200],
    ] as const;
    const seen: unknown[] = [];
    const kept: boolean[] = [];
    for (const [who, method, path] of requests) {
      const answer = await gateway({ method, path, token: tokens[who] });
      kept.push(answer.kept);
      seen.push([
        who,
        method,
        path,
        answer.status === 200 ? await behind(method, path, answer.context) : answer.status,
      ]);
    }
    expect(seen).toEqual(requests);
    expect(kept).toEqual([false, true, true, true, false, true]);
  });

  async function behind(method: string, path: string, context: Readonly<Record<string, string>>): Promise<number> {
    const requestContext = { ...restProxy.requestContext, authorizer: context };
    const event = { ...restProxy, httpMethod: method, path, requestContext };
    const { statusCode, body } = await answerOf<APIGatewayProxyResult>(articles, event);
    expect(JSON.parse(body).caller).toMatch(/^user:/);
    return statusCode;
  }

  it("refuse who is not proven, and who comes around the gateway", async () => {
    await expect(answerOf(authorizer, asking("Bearer a.b.c"))).rejects.toThrow(/^Unauthorized$/);
    expect(await answerOf(articles, restProxy)).toMatchObject({
      statusCode: 500,
      body: expect.stringContaining("code"),
    });
  });

  it("start without the keys, and tell the gateway that it is their fault", async () => {
    pools.fail("jwks", { status: 500 });
    try {
      const blind = await deployed("AuthorizerFunction");
      const answer = answerOf(blind, asking(bearing(rob)));
      await expect(answer).rejects.toThrow(/keys/);
    } finally {
      pools.recover();
    }
  });
});
