import { describe, expect, it } from "vitest";
import { proxyAnswer } from "../../../src/adapters/lambda/proxy-answer.ts";
import { problemAnswer } from "../../../src/answer.ts";
import { AuthError } from "../../../src/errors.ts";
import {
  functionUrlEvent,
  httpProxyEvent,
  latticeEvent,
  loadBalancerEvent,
  loadBalancerListEvent,
  restProxyEvent,
} from "./events.ts";

const problem = problemAnswer(new AuthError("no_credentials", { scheme: "Bearer" }));
const headers = {
  "content-type": "application/problem+json",
  "cache-control": "no-store",
  "www-authenticate": "Bearer",
};
const body =
  '{"title":"Unauthorized","status":401,"detail":"This request needs a credential and carries none.","code":"no_credentials"}';

describe("a problem", () => {
  it.each([
    ["a REST API", restProxyEvent()],
    ["an HTTP API", httpProxyEvent()],
    ["a function URL", functionUrlEvent()],
    ["nobody that is known", { Records: [] }],
    ["nothing", null],
    ["a broken event", { requestContext: { http: null } }],
  ])("has status, headers and body for %s", (_, event) => {
    expect(proxyAnswer(event, problem)).toEqual({ statusCode: 401, headers, body });
  });

  it.each([
    ["a load balancer", loadBalancerEvent()],
    ["VPC Lattice", latticeEvent()],
    ["a load balancer whose event is broken", { requestContext: { elb: null } }],
  ])("has the words of the status, and says that it is not base64, for %s", (_, event) => {
    const told = { statusDescription: "401 Unauthorized", isBase64Encoded: false };
    expect(proxyAnswer(event, problem)).toEqual({ statusCode: 401, headers, body, ...told });
  });

  it("has its headers in lists for a load balancer that sends lists", () => {
    expect(proxyAnswer(loadBalancerListEvent(), problem)).toEqual({
      statusCode: 401,
      statusDescription: "401 Unauthorized",
      multiValueHeaders: {
        "content-type": ["application/problem+json"],
        "cache-control": ["no-store"],
        "www-authenticate": ["Bearer"],
      },
      body,
      isBase64Encoded: false,
    });
  });
});

describe("an answer", () => {
  it("has an empty body where there is none", () => {
    expect(proxyAnswer(restProxyEvent(), { status: 204, headers: {} })).toEqual({
      statusCode: 204,
      headers: {},
      body: "",
    });
  });

  it.each([restProxyEvent, httpProxyEvent, functionUrlEvent, loadBalancerEvent, latticeEvent])(
    "has an empty body for HEAD: door %#",
    (event) => {
      expect(proxyAnswer(event({ method: "HEAD" }), problem)).toMatchObject({ statusCode: 401, body: "" });
    },
  );

  it("has words for a status that HTTP does not know", () => {
    const answer = proxyAnswer(loadBalancerEvent(), { status: 499, headers: {} });
    expect(answer.statusDescription).toBe("499 Unknown");
  });
});
