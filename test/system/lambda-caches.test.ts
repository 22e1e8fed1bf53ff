import { startPools } from "poolgate/testing";
import { afterAll, describe, expect, it } from "vitest";
import { httpProxyEvent, restProxyEvent } from "../adapters/lambda/events.ts";
import { createGateway, type ModeledFormat } from "../adapters/lambda/gateway-cache.ts";
import { type LambdaFunction, startFunction } from "./lambda-runtime.ts";

const pools = await startPools();
const { region, userPoolId, clientId } = pools;
const pool = { userPoolId, clientId, jwksUri: pools.endpoints.jwksUri, allowLoopbackHttp: true };
const ada = { name: "ada", groups: ["editors"] };
const rob = { name: "rob" };
const tokens = { ada: `Bearer ${pools.accessToken(ada)}`, rob: `Bearer ${pools.accessToken(rob)}` };
const running: LambdaFunction[] = [];

async function deploy(name: string): Promise<LambdaFunction> {
  const started = await startFunction(name, {
    GATE: JSON.stringify({ pool, service: "api.example.com", region, signers: [] }),
  });
  running.push(started);
  return started;
}

afterAll(async () => {
  await Promise.all(running.map((one) => one.close()));
  await pools.close();
});

const doors: readonly (readonly [handler: string, format: ModeledFormat])[] = [
  ["restTokenTable", "rest-token"],
  ["restTokenCoarse", "rest-token"],
  ["restRequestExact", "rest-request"],
  ["restRequestTable", "rest-request"],
  ["restRequestCoarse", "rest-request"],
  ["httpSimpleExact", "http-simple"],
  ["httpSimpleCoarse", "http-simple"],
  ["httpPolicyExact", "http-policy"],
  ["httpPolicyTable", "http-policy"],
  ["httpPolicyCoarse", "http-policy"],
  ["httpPolicyV1Exact", "http-policy-1.0"],
  ["httpPolicyV1Table", "http-policy-1.0"],
  ["httpPolicyV1Coarse", "http-policy-1.0"],
];

/** What is asked for, one after the other, and how it is answered in the end. */
const requests = [
  ["ada", "POST", "/articles", 201],
  ["rob", "POST", "/articles", 403],
  ["ada", "GET", `/people/${pools.userId(ada)}/notes`, 201],
  ["ada", "GET", `/people/${pools.userId(rob)}/notes`, 403],
  ["rob", "DELETE", `/people/${pools.userId(rob)}`, 201],
  ["rob", "DELETE", `/people/${pools.userId(ada)}`, 403],
  ["ada", "GET", "/secrets", 403],
  ["rob", "GET", `/x/people/${pools.userId(rob)}`, 403],
  ["ada", "POST", "/articles", 201],
] as const;

describe.each(doors)(
  "the authorizer %s behind a gateway that keeps answers, each in a process of its own",
  (handler, format) => {
    it("lets everybody do what the policy grants, and nothing else", async () => {
      const [authorizer, behind] = [await deploy(handler), await deploy("keepingGuarded")];
      let asked = 0;
      const ask = createGateway({
        format,
        authorizer: async (event) => {
          asked += 1;
          const invocation = await authorizer.invoke(event);
          if ("error" in invocation) throw new Error(invocation.error.errorMessage);
          return invocation.answer;
        },
        ttl: 300,
        keyed: handler.endsWith("Exact") ? ["method", "path"] : [],
        clock: Date.now,
      });
      for (const [who, method, path, expected] of requests) {
        const answer = await ask({ method, path, token: tokens[who] });
        let status: number = answer.status;
        if (status === 200) {
          const eventOf = format.startsWith("rest") ? restProxyEvent : httpProxyEvent;
          const event = eventOf({ method, path, headers: { authorization: tokens[who] }, context: answer.context });
          const { answer: given } = (await behind.invoke(event)) as {
            readonly answer: { readonly statusCode: number };
          };
          // Only where all of the stage is allowed, the function behind is the one to say no.
          expect(given.statusCode === 201 || handler.endsWith("Coarse")).toBe(true);
          status = given.statusCode;
        }
        expect([who, method, path, status]).toEqual([who, method, path, expected]);
      }
      expect(asked).toBe(handler.endsWith("Exact") ? requests.length - 1 : 2);
      const token = `${tokens.ada.slice(0, -5)}AAAAA`;
      expect((await ask({ method: "POST", path: "/articles", token })).status).toBe(
        format.startsWith("rest") ? 401 : 403,
      );
    });
  },
);
