import express from "express";
import { authorize } from "poolgate/express";
import { guardHandler, lambdaAuthorizer, webSocketAuthorizer } from "poolgate/lambda";
import request from "supertest";
import {
  type EventFacts,
  functionUrlEvent,
  functionUrlHost,
  httpAuthorizerEvent,
  httpProxyEvent,
  httpProxyEventV1,
  latticeEvent,
  loadBalancerEvent,
  loadBalancerListEvent,
  methodArn,
  restProxyEvent,
  restRequestEvent,
} from "../adapters/lambda/events.ts";
import { webSocketAuthorizer as webSocketConnection } from "../fixtures/websocket.ts";
import { authorizer, host } from "./gate.ts";

/** What a caller sends, the same through every door. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A door, and the host name by which callers know it. */
export interface Door {
  readonly name: string;
  readonly host: string;
  /** What the door says: `allow`, or the status and the code of a refusal as far as it tells them. */
  ask(asked: Asked): Promise<string>;
  /** What it says in the place of a status and a code. */
  says(refusal: string, method: string): string;
}

/** Status and code; an answer to HEAD has no document to tell the code. */
const everything = (refusal: string, method: string) => (method === "HEAD" ? refusal.slice(0, 3) : refusal);

const app = express();
app.use(authorize(authorizer));
app.use((_req, res) => res.sendStatus(204));

const inExpress: Door = {
  name: "Express",
  host,
  async ask({ method, path, query, headers, body }) {
    const parameters = new URLSearchParams(query).toString();
    const target = parameters === "" ? path : `${path}?${parameters}`;
    const agent = request(app);
    const call = { GET: agent.get, HEAD: agent.head, POST: agent.post, PUT: agent.put, DELETE: agent.delete };
    const sent = call[method as keyof typeof call].call(agent, target).set(headers);
    const answer = await (body === undefined ? sent : sent.send(body));
    return answer.status === 204 ? "allow" : told(answer.status, answer.text ?? "");
  },
  says: everything,
};

function told(status: number, body: string): string {
  return body === "" ? String(status) : `${status} ${(JSON.parse(body) as { code: string }).code}`;
}

const guarded = guardHandler(authorizer, (_event: never, _context: object) => ({ statusCode: 204, body: "" }));

/** A function behind a gateway, with the gate inside. */
function guardedBehind(name: string, event: (facts: EventFacts) => object, at = host): Door {
  return {
    name,
    host: at,
    async ask(asked) {
      const { statusCode, body } = await guarded(event(factsOf(asked)) as never, {});
      return statusCode === 204 ? "allow" : told(statusCode, body);
    },
    says: everything,
  };
}

function factsOf({ query, body, ...asked }: Asked): EventFacts {
  const lists = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]]));
  return { ...asked, query: lists, ...(body !== undefined && { body }) };
}

const codeOf = (refusal: string) => refusal.replace(/^\d+ /, "");
const restRequest = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
const httpSimple = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
const httpPolicy = lambdaAuthorizer(authorizer, { format: "http-policy", cache: "off" });
const httpPolicyV1 = lambdaAuthorizer(authorizer, { format: "http-policy-1.0", cache: "off" });

/** 401 is asked for by an error, and has no code; all else is 403 to the caller. */
const restAuthorizer: Door = {
  name: "a REST API's authorizer",
  host,
  async ask(asked) {
    try {
      const { policyDocument, context } = await restRequest(restRequestEvent(factsOf(asked)));
      return policyDocument.Statement[0].Effect === "Allow" ? "allow" : `Deny ${context.code}`;
    } catch (thrown) {
      return String(thrown);
    }
  },
  says: (refusal) => (refusal.startsWith("401 ") ? "Error: Unauthorized" : `Deny ${codeOf(refusal)}`),
};

const no = (refusal: string) => `no ${codeOf(refusal)}`;

/** Every no is 403 to the caller. */
const httpAuthorizers: readonly Door[] = [
  {
    name: "an HTTP API's authorizer",
    host,
    async ask(asked) {
      const { isAuthorized, context } = await httpSimple(httpAuthorizerEvent(factsOf(asked)));
      return isAuthorized ? "allow" : `no ${context.code}`;
    },
    says: no,
  },
  {
    name: "an HTTP API's authorizer that answers with policies",
    host,
    async ask(asked) {
      const { policyDocument, context } = await httpPolicy(httpAuthorizerEvent(factsOf(asked)));
      return policyDocument.Statement[0].Effect === "Allow" ? "allow" : `no ${context.code}`;
    },
    says: no,
  },
  {
    name: "an HTTP API's authorizer in payload format 1.0",
    host,
    async ask(asked) {
      const event = restRequestEvent(factsOf(asked));
      const requestContext = { ...event.requestContext, stage: "$default" };
      const arn = methodArn(asked.method, asked.path, "$default");
      const { policyDocument, context } = await httpPolicyV1({
        ...event,
        version: "1.0",
        methodArn: arn,
        requestContext,
      });
      return policyDocument.Statement[0].Effect === "Allow" ? "allow" : `no ${context.code}`;
    },
    says: no,
  },
];

const connect = webSocketAuthorizer(authorizer);

/** A connection has neither method nor path; headers and query are those of the handshake. */
export const webSocket: Door = {
  name: "a WebSocket API's authorizer",
  host,
  async ask(asked) {
    const { headers, multiValueHeaders, queryStringParameters, multiValueQueryStringParameters } = restRequestEvent(
      factsOf(asked),
    );
    const sent = { headers, multiValueHeaders, queryStringParameters, multiValueQueryStringParameters };
    try {
      const { policyDocument, context } = await connect({ ...webSocketConnection, ...sent });
      return policyDocument.Statement[0].Effect === "Allow" ? "allow" : `Deny ${context.code}`;
    } catch (thrown) {
      return String(thrown);
    }
  },
  says: restAuthorizer.says,
};

export const doors: readonly Door[] = [
  inExpress,
  guardedBehind("a REST API", restProxyEvent),
  guardedBehind("an HTTP API", httpProxyEvent),
  guardedBehind("an HTTP API in payload format 1.0", httpProxyEventV1),
  guardedBehind("a function URL", functionUrlEvent, functionUrlHost),
  guardedBehind("a load balancer", loadBalancerEvent),
  guardedBehind("a load balancer that sends lists", loadBalancerListEvent),
  guardedBehind("VPC Lattice", latticeEvent),
  restAuthorizer,
  ...httpAuthorizers,
];
