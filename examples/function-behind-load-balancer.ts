/** A function behind an Application Load Balancer: the broker, the gate and the handler, for tokens and signatures. */
import { setTimeout as pause } from "node:timers/promises";
import {
  bearer,
  broker,
  createAuthorizer,
  createSessions,
  definePolicy,
  group,
  signedRequest,
  userPool,
} from "poolgate";
import { endpointHandler, guardHandler, type LoadBalancerEvent } from "poolgate/lambda";
import { type BrokerCredentials, startPools } from "poolgate/testing";

await using pools = await startPools({ roles: { editors: "ArticleEditor" } });
const { region, userPoolId, clientId, identityPoolId, jwks, endpoints } = pools;
const host = "api.example.com";

// Each instance of a function has its own memory: give createSessions a shared store.
const sessions = createSessions({ service: host, region });
const authorizer = createAuthorizer({
  verifiers: [
    bearer({ issuers: [userPool({ userPoolId, clientId, tokenUse: "access", jwks })] }),
    signedRequest({ sessions }),
  ],
  policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
});
const credentials = broker({
  sessions,
  userPool: userPool({ userPoolId, clientId, tokenUse: "id", jwks }),
  identityPoolId,
  endpoints: { identity: endpoints.identity, sts: endpoints.sts },
  allowLoopbackHttp: true,
});

const articles = guardHandler(
  authorizer,
  async (_event: LoadBalancerEvent, _context: object, caller) => ({
    statusCode: 201,
    // Lists, because the target group sends lists.
    multiValueHeaders: { "content-type": ["application/json"] },
    body: JSON.stringify({ by: caller.verifiedBy }),
  }),
  // The load balancer appends to X-Forwarded-For, which is its default.
  { forwardedFor: "append" },
);
export const handler = endpointHandler([credentials], articles);

/** What the load balancer sends, with the attribute `lambda.multi_value_headers.enabled` of its target group. */
const eventOf = (method: string, path: string, headers: object, body = ""): LoadBalancerEvent => ({
  requestContext: {
    elb: {
      targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/articles/6d0ecf831eec9f09",
    },
  },
  httpMethod: method,
  path,
  multiValueQueryStringParameters: {},
  multiValueHeaders: Object.fromEntries(
    Object.entries({ host, "x-forwarded-for": "203.0.113.7", ...headers }).map(([name, value]) => [
      name,
      [String(value)],
    ]),
  ),
  body,
  isBase64Encoded: false,
});

const ada = { name: "ada", groups: ["editors"] };
const rob = { name: "rob" };
const wanted = { method: "POST", host, path: "/articles", body: '{"title":"Behind a load balancer"}' };

async function post(who: string, headers: object, body = wanted.body): Promise<void> {
  const { statusCode, body: answer } = await handler(eventOf("POST", "/articles", headers, body), {});
  const { by, code } = JSON.parse(answer);
  console.log(who, statusCode, by ?? code);
}

await post("ada, by token", { authorization: `Bearer ${pools.accessToken(ada)}` });
await post("rob, by token", { authorization: `Bearer ${pools.accessToken(rob)}` });
await post("nobody", {});

const exchange = async (idToken = ""): Promise<BrokerCredentials> => {
  const asked = eventOf("GET", "/.well-known/poolgate/credentials", { authorization: `Bearer ${idToken}` });
  let answer = await handler(asked, {});
  // A broker that AWS keeps waiting says 503, and to come again: the exchange goes on, and the next call joins it.
  for (let attempt = 1; answer.statusCode === 503 && attempt < 20; attempt += 1) {
    await pause(1_000);
    answer = await handler(asked, {});
  }
  return JSON.parse(answer.body);
};
const signed = await pools.signer(ada, { service: host, broker: exchange }).sign(wanted);
await post("ada, by signature", signed);
await post("another body", signed, "{}");
