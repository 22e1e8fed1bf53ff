import {
  allOf,
  anyone,
  authenticated,
  bearer,
  broker,
  createAuthorizer,
  createSessions,
  definePolicy,
  group,
  protectedResource,
  scope,
  signedRequest,
  stepUp,
  userPool,
} from "poolgate";
import { authorize, endpoints, guard } from "poolgate/express";
import { guardHandler, lambdaAuthorizer } from "poolgate/lambda";
import { type BrokerCredentials, type Person, startPools } from "poolgate/testing";
import request from "supertest";
import { afterAll, describe, expect, it } from "vitest";
import { frameworks } from "./adapters/express/frameworks.ts";
import {
  functionUrlEvent,
  httpAuthorizerEvent,
  httpProxyEvent,
  restProxyEvent,
  restRequestEvent,
  restTokenEvent,
} from "./adapters/lambda/events.ts";
import { patient } from "./sessions/patient-broker.ts";

// What each kind of refusal tells a client, at every door: RFC 6750 Section 3, RFC 9470 Section 3 and RFC 9728 Section 5.1.
const service = "api.example.com";
const pools = await startPools({ roles: { editors: "ArticleEditor" } });
const { region, userPoolId, clientId, identityPoolId, jwks } = pools;
const sessions = createSessions({ service, region });
const id = userPool({ userPoolId, clientId, tokenUse: "id", jwks });
const metadata = protectedResource({
  resource: `https://${service}`,
  authorizationServers: [`https://cognito-idp.${region}.amazonaws.com/${userPoolId}`],
});
const strong = stepUp({ acr: "urn:cognito:loa:3" });
const authorizer = createAuthorizer({
  verifiers: [
    bearer({
      issuers: [userPool({ userPoolId, clientId, tokenUse: "access", jwks }), id],
      realm: "articles",
      resourceMetadata: metadata.url,
    }),
    signedRequest({ sessions }),
  ],
  policy: definePolicy({
    routes: {
      "POST /open": anyone,
      "POST /articles": allOf(group("editors"), scope("articles/write")),
      "POST /transfers": allOf(group("editors"), strong),
      "POST /recent": stepUp({ maxAge: 900 }),
      "POST /guarded": authenticated,
    },
  }),
});

const apps = frameworks.map(([name, express]) => {
  const app = express();
  app.use(
    endpoints(
      metadata,
      patient(
        broker({
          sessions,
          userPool: id,
          identityPoolId,
          endpoints: { identity: pools.endpoints.identity, sts: pools.endpoints.sts },
          allowLoopbackHttp: true,
        }),
      ),
    ),
  );
  app.use(authorize(authorizer));
  app.use("/guarded", guard(authorizer, strong));
  app.use((_req, res) => void res.json({ done: true }));
  return [name, app] as const;
});

afterAll(() => pools.close());

const ada: Person = { name: "ada", groups: ["editors"] };
const rob: Person = { name: "rob", groups: ["readers"] };
const mark = `Bearer realm="articles", resource_metadata="https://${service}/.well-known/oauth-protected-resource"`;
const levels = 'acr_values="urn:cognito:loa:3 urn:cognito:loa:4"';
const stepUpError = 'error="insufficient_user_authentication"';
const tokenOf = (claims: Readonly<Record<string, unknown>>) => pools.idToken(ada, { claims });
const hourAgo = () => Math.floor(Date.now() / 1000) - 3600;

type Row = [name: string, path: string, token: () => string | undefined, status: number, challenge?: string];

const rows: readonly Row[] = [
  ["no credential", "/articles", () => undefined, 401, `${mark}, AWS4-HMAC-SHA256`],
  ["no credential where a step-up is demanded", "/transfers", () => undefined, 401, `${mark}, AWS4-HMAC-SHA256`],
  ["a bad token", "/open", () => "x.y.z", 401, `${mark}, error="invalid_token"`],
  [
    "a token that has expired",
    "/open",
    () => pools.accessToken(ada, { expiresInSeconds: -1 }),
    401,
    `${mark}, error="invalid_token"`,
  ],
  [
    "a missing scope",
    "/articles",
    () => pools.accessToken(ada),
    403,
    `${mark}, error="insufficient_scope", scope="articles/write"`,
  ],
  ["a missing group", "/articles", () => pools.accessToken(rob, { scopes: ["articles/write"] }), 403],
  ["all that is asked for", "/articles", () => pools.accessToken(ada, { scopes: ["articles/write"] }), 200],
  ["a token without acr", "/transfers", () => tokenOf({}), 401, `${mark}, ${stepUpError}, ${levels}`],
  [
    "a level that is too low",
    "/transfers",
    () => tokenOf({ acr: "urn:cognito:loa:2" }),
    401,
    `${mark}, ${stepUpError}, ${levels}`,
  ],
  ["the least level", "/transfers", () => tokenOf({ acr: "urn:cognito:loa:3" }), 200],
  ["a missing group beside the level", "/transfers", () => pools.idToken(rob), 403],
  ["a fresh sign-in", "/recent", () => pools.accessToken(rob), 200],
  [
    "an old sign-in",
    "/recent",
    () => pools.accessToken(rob, { claims: { auth_time: hourAgo() } }),
    401,
    `${mark}, ${stepUpError}, max_age="900"`,
  ],
  [
    "a refreshed token of an old sign-in, at any level",
    "/recent",
    () => tokenOf({ acr: "urn:cognito:loa:4", auth_time: hourAgo() }),
    401,
    `${mark}, ${stepUpError}, max_age="900"`,
  ],
  ["a machine, which cannot sign in", "/recent", () => pools.machineToken(), 403],
];

const headersOf = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

describe.each(apps)("the challenges of %s", (_, app) => {
  it.each<Row>(rows)("to %s", async (_name, path, token, status, challenge) => {
    const answer = await request(app).post(path).set(headersOf(token()));
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([status, challenge]);
  });

  it("of a guard are the same", async () => {
    const weak = await request(app)
      .post("/guarded")
      .set(headersOf(tokenOf({})));
    expect([weak.status, weak.headers["www-authenticate"], weak.body.code]).toEqual([
      401,
      `${mark}, ${stepUpError}, ${levels}`,
      "insufficient_user_authentication",
    ]);
    const proven = await request(app)
      .post("/guarded")
      .set(headersOf(tokenOf({ acr: "urn:cognito:loa:4" })));
    expect(proven.status).toBe(200);
  });

  it("name a document that is there for everybody", async () => {
    const answer = await request(app).get(new URL(metadata.url).pathname);
    expect([answer.status, answer.body.resource]).toEqual([200, `https://${service}`]);
    const head = await request(app).head(new URL(metadata.url).pathname);
    expect([head.status, head.text]).toEqual([200, undefined]);
  });

  it("ask a user who signs for a token, where a signature cannot tell what is demanded", async () => {
    const exchange = async (idToken = ""): Promise<BrokerCredentials> => {
      const asked = request(app).get("/.well-known/poolgate/credentials").auth(idToken, { type: "bearer" });
      return (await asked.expect(200)).body;
    };
    const signer = pools.signer(ada, { service, broker: exchange });
    const send = async (path: string) =>
      request(app)
        .post(path)
        .set(await signer.sign({ method: "POST", host: service, path }));
    const weak = await send("/transfers");
    expect([weak.status, weak.headers["www-authenticate"]]).toEqual([401, `${mark}, ${stepUpError}, ${levels}`]);
    expect((await send("/recent")).status).toBe(200);
  });
});

describe.each([
  ["a REST API", restProxyEvent],
  ["an HTTP API", httpProxyEvent],
  ["a function URL", functionUrlEvent],
] as const)("the challenges of a guarded function behind %s", (_, event) => {
  const handler = guardHandler(authorizer, (_event: never, _context: object) => ({ statusCode: 200, headers: {} }));

  it.each<Row>(rows)("to %s", async (_name, path, token, status, challenge) => {
    const answer = await handler(event({ method: "POST", path, headers: headersOf(token()) }) as never, {});
    const headers: Record<string, string> = answer.headers ?? {};
    expect([answer.statusCode, headers["www-authenticate"]]).toEqual([status, challenge]);
  });
});

describe("a Lambda authorizer, which cannot challenge,", () => {
  const path = "/transfers";
  const headers = () => headersOf(tokenOf({ acr: "urn:cognito:loa:1" }));

  it("lets a REST API answer 401 to a user who is to authenticate again", async () => {
    const byRequest = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
    await expect(byRequest(restRequestEvent({ method: "POST", path, headers: headers() }))).rejects.toThrow(
      /^Unauthorized$/,
    );
    const byToken = lambdaAuthorizer(authorizer, { format: "rest-token", cache: "off" });
    const token = headers().authorization ?? "";
    await expect(byToken(restTokenEvent({ method: "POST", path, token }))).rejects.toThrow(/^Unauthorized$/);
  });

  it("tells an HTTP API the code", async () => {
    const event = httpAuthorizerEvent({ method: "POST", path, headers: headers() });
    const simple = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
    expect(await simple(event as never)).toMatchObject({
      isAuthorized: false,
      context: { code: "insufficient_user_authentication" },
    });
  });
});
