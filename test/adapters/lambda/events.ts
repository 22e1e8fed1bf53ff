import type {
  ALBEvent,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
} from "aws-lambda";
import { account, apiHost, apiId, sourceIp } from "../../fixtures/facts.ts";
import type { HttpProxyEventV1 } from "../../fixtures/http-proxy-v1.ts";
import { httpProxyV2Bare } from "../../fixtures/http-proxy-v2.ts";
import { restProxy } from "../../fixtures/rest-proxy.ts";
import { lattice, type VpcLatticeEvent } from "../../fixtures/vpc-lattice.ts";

// Events for what a test asks, by the fixtures of each gateway and the AWS page that each names.

/** A function URL has no other name. */
export const functionUrlHost = "url1234567890.lambda-url.eu-west-1.on.aws";

/** What differs from one event to the next. */
export interface EventFacts {
  readonly method?: string;
  /** The path within the stage, as the event has it. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The decoded values of each name. */
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly stage?: string;
  readonly body?: string;
  /** What an authorizer ahead of the function handed over. */
  readonly context?: Readonly<Record<string, string>>;
}

/** The ARN of a method, whose path has no leading slash. */
export function methodArn(method: string, path: string, stage = "prod"): string {
  return `arn:aws:execute-api:eu-west-1:${account}:${apiId}/${stage}/${method}${path}`;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html, "TOKEN input format"
export function restTokenEvent({
  method = "GET",
  path = "/articles",
  token = "Bearer editor",
}: {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string;
} = {}): APIGatewayTokenAuthorizerEvent {
  return { type: "TOKEN", authorizationToken: token, methodArn: methodArn(method, path) };
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html, "REQUEST input format"
export function restRequestEvent({
  method = "GET",
  path = "/articles",
  headers = { Authorization: "Bearer editor" },
  query = {},
}: EventFacts = {}): APIGatewayRequestAuthorizerEvent {
  const all = { ...hostOf(headers), Accept: "*/*", ...headers };
  return {
    type: "REQUEST",
    methodArn: methodArn(method, path),
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers: all,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    queryStringParameters: lastOfEach(query),
    multiValueQueryStringParameters: mutable(query),
    pathParameters: { proxy: path.slice(1) },
    stageVariables: {},
    requestContext: { ...restContext(method, path), authorizer: undefined },
  };
}

/**
 * The console's "Test authorizer" sends null for every map, words for the source address, a stage that is none, and a body
 * that a real call never has. https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
 */
export function consoleTestEvent(): APIGatewayRequestAuthorizerEvent & { body: null; isBase64Encoded: false } {
  const event = restRequestEvent({ path: "/" });
  return {
    ...event,
    methodArn: `arn:aws:execute-api:eu-west-1:${account}:${apiId}/null/GET/`,
    headers: null,
    multiValueHeaders: null,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      ...event.requestContext,
      stage: "test-invoke-stage",
      identity: { ...event.requestContext.identity, sourceIp: "test-invoke-source-ip" },
    },
    body: null,
    isBase64Encoded: false,
  };
}

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html, payload format 2.0. Without
 * `cookies` where the request has none, and without `identitySource` where the authorizer has none, whatever the types say.
 */
export function httpAuthorizerEvent({
  method = "GET",
  path = "/articles",
  headers = { authorization: "Bearer editor" },
  query = {},
  stage = "$default",
}: EventFacts = {}): Omit<APIGatewayRequestAuthorizerEventV2, "cookies" | "identitySource"> {
  return {
    version: "2.0",
    type: "REQUEST",
    routeArn: methodArn(method, path, stage),
    routeKey: `${method} ${path}`,
    rawPath: stage === "$default" ? path : `/${stage}${path}`,
    rawQueryString: rawQuery(query),
    headers: { host: apiHost, ...headers },
    requestContext: httpContext(method, path, stage),
  };
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html, "Input format of a Lambda
// function for proxy integration"; what an authorizer handed over stands in requestContext.authorizer, numbers beside it.
export function restProxyEvent({
  method = "GET",
  path = "/articles",
  headers = { Authorization: "Bearer editor" },
  query = {},
  body,
  context,
}: EventFacts = {}): APIGatewayProxyEvent {
  const all = { ...hostOf(headers), ...headers };
  return {
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers: all,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    queryStringParameters: lastOfEach(query),
    multiValueQueryStringParameters: mutable(query),
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      ...restContext(method, path),
      authorizer: context === undefined ? undefined : { ...context, integrationLatency: 12 },
    },
    body: body ?? null,
    isBase64Encoded: false,
  };
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, payload format 1.0
export function httpProxyEventV1({ stage = "$default", ...facts }: EventFacts = {}): HttpProxyEventV1 {
  const event = restProxyEvent(facts);
  const path = stage === "$default" ? event.path : `/${stage}${event.path}`;
  return { ...event, version: "1.0", path, requestContext: { ...event.requestContext, stage, path } };
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, payload format 2.0;
// what an authorizer handed over stands in requestContext.authorizer.lambda.
export function httpProxyEvent({
  method = "GET",
  path = "/articles",
  headers = { authorization: "Bearer editor" },
  query = {},
  stage = "$default",
  body,
  context,
}: EventFacts = {}): APIGatewayProxyEventV2 {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: stage === "$default" ? path : `/${stage}${path}`,
    rawQueryString: rawQuery(query),
    headers: { host: apiHost, ...headers },
    requestContext: {
      ...httpContext(method, path, stage),
      ...(context !== undefined && { authorizer: { lambda: { ...context } } }),
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}

// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, "Request payload format"
export function functionUrlEvent(facts: EventFacts = {}): APIGatewayProxyEventV2 {
  const event = httpProxyEvent(facts);
  return {
    ...event,
    headers: { ...event.headers, host: functionUrlHost },
    requestContext: {
      ...event.requestContext,
      accountId: "anonymous",
      domainName: functionUrlHost,
      domainPrefix: "url1234567890",
    },
  };
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html, one value for each name; path and
// query are as on the wire.
export function loadBalancerEvent({
  method = "GET",
  path = "/articles",
  headers = { authorization: "Bearer editor" },
  query = {},
  body,
}: EventFacts = {}): ALBEvent {
  return {
    requestContext: {
      elb: {
        targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:${account}:targetgroup/articles/6d0ecf831eec9f09`,
      },
    },
    httpMethod: method,
    path: encodeURI(path).replaceAll("?", "%3F"),
    queryStringParameters: Object.fromEntries(rawPairs(query)),
    headers: lowerCased({ host: "api.example.com", "x-forwarded-for": sourceIp, ...headers }),
    body: body ?? "",
    isBase64Encoded: false,
  };
}

/** The same with all values of each name, by the attribute `lambda.multi_value_headers.enabled` of the target group. */
export function loadBalancerListEvent(facts: EventFacts = {}): ALBEvent {
  const { headers = {}, queryStringParameters: _, ...event } = loadBalancerEvent(facts);
  const lists: Record<string, string[]> = {};
  for (const [name, value] of rawPairs(facts.query ?? {})) lists[name] = [...(lists[name] ?? []), value];
  return {
    ...event,
    multiValueQueryStringParameters: lists,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value = ""]) => [name, [value]])),
  };
}

// https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html, "Example event: V2"
export function latticeEvent({
  method = "GET",
  path = "/articles",
  headers = { authorization: "Bearer editor" },
  query = {},
  body,
}: EventFacts = {}): VpcLatticeEvent {
  const all = lowerCased({ host: "api.example.com", "x-forwarded-for": sourceIp, ...headers });
  return {
    ...lattice,
    method,
    path,
    headers: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    queryStringParameters: mutable(query) ?? {},
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}

/** The host that clients name unless they name another. */
function hostOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  return "host" in headers ? {} : { Host: apiHost };
}

function restContext(method: string, path: string): Omit<APIGatewayProxyEvent["requestContext"], "authorizer"> {
  const { authorizer: _, ...context } = restProxy.requestContext;
  return { ...context, httpMethod: method, path: `/prod${path}`, resourcePath: "/{proxy+}" };
}

function httpContext(method: string, path: string, stage: string): APIGatewayProxyEventV2["requestContext"] {
  const { requestContext: context } = httpProxyV2Bare;
  const http = { ...context.http, method, path: stage === "$default" ? path : `/${stage}${path}` };
  return { ...context, http, stage };
}

function rawQuery(query: Readonly<Record<string, readonly string[]>>): string {
  return rawPairs(query)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function rawPairs(query: Readonly<Record<string, readonly string[]>>): readonly [string, string][] {
  return Object.entries(query).flatMap(([name, values]) =>
    values.map((value): [string, string] => [encodeURIComponent(name), encodeURIComponent(value)]),
  );
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function lastOfEach(query: Readonly<Record<string, readonly string[]>>): Record<string, string> | null {
  const entries = Object.entries(query).map(([name, values]) => [name, values.at(-1) ?? ""] as const);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function mutable(query: Readonly<Record<string, readonly string[]>>): Record<string, string[]> | null {
  const entries = Object.entries(query).map(([name, values]): [string, string[]] => [name, [...values]]);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}
