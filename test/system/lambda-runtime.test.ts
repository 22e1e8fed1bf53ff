import { type SigningCredentials, signer, startPools } from "poolgate/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  consoleTestEvent,
  httpAuthorizerEvent,
  httpProxyEvent,
  loadBalancerEvent,
  restProxyEvent,
  restRequestEvent,
  restTokenEvent,
} from "../adapters/lambda/events.ts";
import { appSyncAuthorizer } from "../fixtures/appsync-authorizer.ts";
import { httpAuthorizerV1 } from "../fixtures/http-authorizer-v1.ts";
import { webSocketAuthorizerQuery } from "../fixtures/websocket.ts";
import { type Invocation, type LambdaFunction, startFunction } from "./lambda-runtime.ts";
import { ownAddress } from "./own-address.ts";

const service = "api.example.com";
const ada = { name: "ada", groups: ["editors"] };
const rob = { name: "rob" };
const pools = await startPools({ roles: { editors: "ArticleEditor" } });
const { region, userPoolId, clientId } = pools;
const pool = { userPoolId, clientId, jwksUri: pools.endpoints.jwksUri, allowLoopbackHttp: true };
const credentials = { ada: await credentialsOf(ada), rob: await credentialsOf(rob) };

const running: LambdaFunction[] = [];

/** Starts a function with the same sessions and pools as all others. */
async function deploy(name: string, options: Partial<typeof pool> = {}): Promise<LambdaFunction> {
  const signers = [
    { credentials: credentials.ada, userId: pools.userId(ada), groups: ["editors"] },
    { credentials: credentials.rob, userId: pools.userId(rob), groups: [] },
  ];
  const gate = { pool: { ...pool, ...options }, service, region, signers };
  const started = await startFunction(name, { GATE: JSON.stringify(gate) });
  running.push(started);
  return started;
}

afterAll(async () => {
  await Promise.all(running.map((one) => one.close()));
  await pools.close();
});

async function credentialsOf(person: typeof rob): Promise<SigningCredentials> {
  const { accessKeyId, secretAccessKey, sessionToken } = await pools.credentials(person);
  return { accessKeyId, secretAccessKey, sessionToken };
}

const article = '{"title":"Two pools, one gate"}';

/** The headers of POST /articles, signed with the hash of its body. */
function signed(who: keyof typeof credentials, body = article): Promise<Record<string, string>> {
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", host: service, path: "/articles", headers, body };
  return signer({ credentials: credentials[who], region, service }).sign(request);
}

const bearing = (person: typeof rob) => ({ authorization: `Bearer ${pools.accessToken(person)}` });
const facts = { method: "POST", path: "/articles" };
const arn = restTokenEvent(facts).methodArn;
const { routeArn } = httpAuthorizerEvent(facts);
const httpEventV1 = (headers: Readonly<Record<string, string>>) => ({
  ...httpAuthorizerV1,
  methodArn: routeArn,
  httpMethod: facts.method,
  path: facts.path,
  resource: facts.path,
  pathParameters: {},
  queryStringParameters: null,
  headers: { ...("host" in headers ? {} : { Host: service }), ...headers },
});
const unauthorized = { error: expect.objectContaining({ errorType: "Error", errorMessage: "Unauthorized" }) };
const refused = { answer: expect.objectContaining({ isAuthorized: false }) };

/** The policy of an answer. */
function policyThat(effect: "Allow" | "Deny", resource = arn): object {
  const statement = { Action: "execute-api:Invoke", Effect: effect, Resource: resource };
  const policyDocument = { Version: "2012-10-17", Statement: [statement] };
  return { answer: expect.objectContaining({ principalId: expect.stringMatching(/./), policyDocument }) };
}

/** A door: the event for some headers, and what it answers to whom. */
interface Door {
  readonly handler: string;
  readonly event: (headers: Readonly<Record<string, string>>) => unknown;
  readonly allowed: object;
  /** Proven, and in no group. */
  readonly denied: object;
  /** Not proven. */
  readonly unproven: object;
}

const doors: readonly Door[] = [
  {
    handler: "restRequest",
    event: (headers) => restRequestEvent({ ...facts, headers }),
    allowed: policyThat("Allow"),
    denied: policyThat("Deny"),
    unproven: unauthorized,
  },
  {
    handler: "httpSimple",
    event: (headers) => httpAuthorizerEvent({ ...facts, headers }),
    allowed: { answer: { isAuthorized: true, context: expect.objectContaining({ userId: pools.userId(ada) }) } },
    denied: refused,
    unproven: refused,
  },
  {
    handler: "httpPolicy",
    event: (headers) => httpAuthorizerEvent({ ...facts, headers }),
    allowed: policyThat("Allow", routeArn),
    denied: policyThat("Deny", routeArn),
    unproven: policyThat("Deny", routeArn),
  },
  {
    handler: "httpPolicyV1",
    event: (headers) => httpEventV1(headers),
    allowed: policyThat("Allow", routeArn),
    denied: policyThat("Deny", routeArn),
    unproven: policyThat("Deny", routeArn),
  },
];

const malformed: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["an empty object", {}],
  ["a list", []],
  ["text", "event"],
  ["a number", 7],
  ["an event of a load balancer", loadBalancerEvent()],
  ["a call by hand without a type", { methodArn: arn, authorizationToken: "Bearer x" }],
  ["headers that are none", { ...restRequestEvent(facts), headers: "x", multiValueHeaders: 7 }],
  ["a header that is no text", { ...httpAuthorizerEvent(facts), headers: { authorization: ["Bearer x"] } }],
  ["an ARN that is none", { ...restTokenEvent(facts), methodArn: "arn" }],
  ["no request context", { ...httpAuthorizerEvent(facts), requestContext: null }],
  ["nested arrays", { ...restTokenEvent(facts), authorizationToken: [[["Bearer x"]]] }],
];

/** Whether an answer lets anybody in. */
function allows(invocation: Invocation): boolean {
  const text = JSON.stringify(invocation);
  return text.includes('"Allow"') || text.includes('"isAuthorized":true');
}

describe.each(doors)("the authorizer $handler, in a process of its own", (door) => {
  let deployed: LambdaFunction;
  const ask = (headers: Readonly<Record<string, string>>) => deployed.invoke(door.event(headers));

  beforeAll(async () => {
    deployed = await deploy(door.handler);
  });

  it("lets the editor in by his token and by his signature, by the same rule", async () => {
    expect(await ask(bearing(ada))).toEqual(door.allowed);
    expect(await ask(await signed("ada"))).toEqual(door.allowed);
  });

  it("denies whoever is in no group, by either", async () => {
    expect(await ask(bearing(rob))).toEqual(door.denied);
    expect(await ask(await signed("rob"))).toEqual(door.denied);
  });

  it("refuses whoever is not proven", async () => {
    const token = pools.accessToken(ada);
    const headers = await signed("ada");
    const attempts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      nobody: {},
      "an ID token": { authorization: `Bearer ${pools.idToken(ada)}` },
      "an expired token": { authorization: `Bearer ${pools.accessToken(ada, { expiresInSeconds: -60 })}` },
      "an altered token": { authorization: `Bearer ${token.slice(0, -5)}AAAAA` },
      "another body than was signed": { ...headers, "x-amz-content-sha256": "0".repeat(64) },
      "another time": { ...headers, "x-amz-date": "20260101T000000Z" },
      "another scheme": { authorization: "Basic YWRhOmFkYQ==" },
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      expect({ name, ...(await ask(attempt)) }).toEqual({ name, ...door.unproven });
    }
  });

  it.each(malformed)("lets nobody in with %s, and goes on", async (_name, event) => {
    expect(allows(await deployed.invoke(event))).toBe(false);
    expect(await ask(bearing(ada))).toEqual(door.allowed);
  });

  it("reports keys that cannot be fetched as a fault of ours", async () => {
    const blind = await deploy(door.handler, { jwksUri: closedAddress });
    const { error } = (await blind.invoke(door.event(bearing(ada)))) as { readonly error?: object };
    expect(error).toMatchObject({ errorType: "AuthError", errorMessage: expect.not.stringMatching(/^Unauthorized$/) });
    expect(await blind.invoke(door.event(await signed("ada")))).toEqual(door.allowed);
  });
});

describe("the authorizer restToken, in a process of its own", () => {
  let deployed: LambdaFunction;
  const ask = (token: string) => deployed.invoke(restTokenEvent({ ...facts, token }));

  beforeAll(async () => {
    deployed = await deploy("restToken");
  });

  it("lets the editor in, and denies whoever is in no group", async () => {
    expect(await ask(bearing(ada).authorization)).toEqual(policyThat("Allow"));
    expect(await ask(bearing(rob).authorization)).toEqual(policyThat("Deny"));
  });

  it("answers Unauthorized to a bad token, and to a signature, which a token alone cannot prove", async () => {
    expect(await ask("Bearer a.b.c")).toEqual(unauthorized);
    expect(await ask((await signed("ada")).authorization ?? "")).toEqual(unauthorized);
  });

  it.each(malformed)("lets nobody in with %s, and goes on", async (_name, event) => {
    expect(allows(await deployed.invoke(event))).toBe(false);
    expect(await ask(bearing(ada).authorization)).toEqual(policyThat("Allow"));
  });

  it("reports keys that cannot be fetched as a fault of ours", async () => {
    const blind = await deploy("restToken", { jwksUri: closedAddress });
    const { error } = (await blind.invoke(restTokenEvent({ ...facts, token: bearing(ada).authorization }))) as {
      readonly error?: object;
    };
    expect(error).toMatchObject({ errorType: "AuthError", errorMessage: expect.not.stringMatching(/^Unauthorized$/) });
  });
});

describe.each(["webSocket", "byEvent"])("the authorizer of a WebSocket API as %s, in a process of its own", (name) => {
  it("lets the editor connect, denies whoever is in no group, and refuses whoever is not proven", async () => {
    const deployed = await deploy(name);
    const ask = (token: string) =>
      deployed.invoke({
        ...webSocketAuthorizerQuery,
        queryStringParameters: { token },
        multiValueQueryStringParameters: { token: [token] },
      });
    const { methodArn } = webSocketAuthorizerQuery;
    expect(await ask(pools.accessToken(ada))).toEqual(policyThat("Allow", methodArn));
    expect(await ask(pools.accessToken(rob))).toEqual(policyThat("Deny", "*"));
    expect(await ask(pools.accessToken(ada, { expiresInSeconds: -60 }))).toEqual(unauthorized);
    for (const [, event] of malformed) expect(allows(await deployed.invoke(event))).toBe(false);
  });
});

describe.each(["appsync", "byEvent"])("the authorizer of AppSync as %s, in a process of its own", (name) => {
  it("lets the editor change, and nobody else", async () => {
    const deployed = await deploy(name);
    const ask = (authorizationToken: string) => {
      const requestContext = {
        ...appSyncAuthorizer.requestContext,
        ...{ queryString: 'mutation { deleteUser(id: "1") }', operationName: null, variables: {} },
      };
      return deployed.invoke({ ...appSyncAuthorizer, authorizationToken, requestContext });
    };
    expect(await ask(pools.accessToken(ada))).toEqual({ answer: expect.objectContaining({ isAuthorized: true }) });
    expect(await ask(pools.accessToken(rob))).toEqual(refused);
    expect(await ask(pools.accessToken(ada, { expiresInSeconds: -60 }))).toEqual(refused);
    for (const [, event] of malformed) expect(allows(await deployed.invoke(event))).toBe(false);
  });
});

describe("one authorizer for several APIs, in a process of its own", () => {
  it("answers each as the function for it alone does", async () => {
    const deployed = await deploy("byEvent");
    for (const { handler, event, allowed, denied, unproven } of doors) {
      if (handler === "httpPolicy") continue;
      const answers = [
        await deployed.invoke(event(bearing(ada))),
        await deployed.invoke(event(await signed("ada"))),
        await deployed.invoke(event(bearing(rob))),
        await deployed.invoke(event({})),
      ];
      expect({ handler, answers }).toEqual({ handler, answers: [allowed, allowed, denied, unproven] });
    }
    const token = bearing(ada).authorization;
    expect(await deployed.invoke(restTokenEvent({ ...facts, token }))).toEqual(policyThat("Allow"));
    for (const [, event] of malformed) expect(allows(await deployed.invoke(event))).toBe(false);
  });
});

describe("the console's test of a REST authorizer", () => {
  it("is answered like a caller without a credential", async () => {
    const deployed = await deploy("restRequest");
    expect(await deployed.invoke(consoleTestEvent())).toEqual(unauthorized);
  });
});

describe.each([
  ["a REST API", restProxyEvent],
  ["an HTTP API", httpProxyEvent],
])("a function that guards itself, behind %s", (_name, eventOf) => {
  let deployed: LambdaFunction;
  const ask = async (headers: Readonly<Record<string, string>>, body = article) => {
    const { answer } = (await deployed.invoke(eventOf({ ...facts, headers, body }))) as { readonly answer?: object };
    return answer;
  };

  beforeAll(async () => {
    deployed = await deploy("guarded");
  });

  it("calls its handler for the editor, by his token and by his signature", async () => {
    const created = { statusCode: 201, body: JSON.stringify({ by: pools.userId(ada), same: true }) };
    expect(await ask(bearing(ada))).toEqual(created);
    expect(await ask(await signed("ada"))).toEqual(created);
  });

  it("answers everybody else by itself", async () => {
    expect(await ask(bearing(rob))).toMatchObject({ statusCode: 403 });
    expect(await ask(await signed("rob"))).toMatchObject({ statusCode: 403 });
    expect(await ask({})).toMatchObject({ statusCode: 401 });
    expect(await ask(await signed("ada"), article.replace("one", "own"))).toMatchObject({ statusCode: 401 });
  });

  it.each(malformed)("does not call its handler with %s, and goes on", async (_case, event) => {
    expect(JSON.stringify(await deployed.invoke(event))).not.toContain('"statusCode":201');
    expect(await ask(bearing(ada))).toMatchObject({ statusCode: 201 });
  });
});

describe("a function behind an authorizer, each in a process of its own", () => {
  it("knows the caller, and refuses another body than the one that was signed", async () => {
    const [ahead, behind] = [await deploy("httpSimple"), await deploy("behind")];
    const headers = await signed("ada");
    const { answer } = (await ahead.invoke(httpAuthorizerEvent({ ...facts, headers }))) as {
      readonly answer: { readonly context: Record<string, string> };
    };
    const event = { ...facts, headers, context: answer.context };
    expect(await behind.invoke(httpProxyEvent({ ...event, body: article }))).toEqual({
      answer: { statusCode: 201, body: JSON.stringify({ by: pools.userId(ada) }) },
    });
    const { error } = (await behind.invoke(httpProxyEvent({ ...event, body: "{}" }))) as { readonly error?: object };
    expect(error).toMatchObject({ errorType: "AuthError", errorMessage: expect.stringContaining("body") });
  });
});

describe("a function that is set up wrongly", () => {
  it("does not start", async () => {
    await expect(deploy("httpSimple", { clientId: "" })).rejects.toThrow(/userPool\.clientId/);
  });
});

/** An address at which nobody listens. */
const closedAddress = `http://${ownAddress}:16378/jwks.json`;
