import { httpAuthorizerV1 } from "../../fixtures/http-authorizer-v1.ts";
import { httpAuthorizerEvent, methodArn, restRequestEvent, restTokenEvent } from "./events.ts";

// A model of what API Gateway does with the answers of Lambda authorizers, written from these pages:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html (the key of the cache
//   is the token, or all identity sources; a missing one is a 401 without a call; a time to live of 0 keeps nothing)
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html (what an answer is)
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html (identity sources of HTTP APIs; a kept
//   simple response allows or denies all requests with the same values; a kept answer is used for all routes)
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html (ARNs)
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html (wildcards take in any characters)
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html (an explicit deny wins, silence denies)

/** The formats that the model speaks. */
export type ModeledFormat = "rest-token" | "rest-request" | "http-simple" | "http-policy" | "http-policy-1.0";

/** What a client asks for. */
export interface ModeledRequest {
  readonly method: string;
  readonly path: string;
  readonly token: string;
}

/** What the gateway did. */
export interface ModeledAnswer {
  /** 200 where the request went on to the function behind. */
  readonly status: 200 | 401 | 403 | 500;
  readonly kept: boolean;
  readonly context: Readonly<Record<string, string>>;
}

/** A statement as an authorizer may write it. */
interface Statement {
  readonly Effect: string;
  readonly Resource: string | readonly string[];
}

/** What an authorizer may answer. */
type AuthorizerAnswer =
  | { readonly isAuthorized: boolean; readonly context?: Readonly<Record<string, string>> }
  | {
      readonly principalId: string;
      readonly policyDocument: { readonly Statement: readonly Statement[] };
      readonly context?: Readonly<Record<string, string>>;
    };

/** How the gateway's authorizer is set up. */
export interface ModeledGateway {
  readonly format: ModeledFormat;
  /** An event in, and whatever comes out. */
  readonly authorizer: (event: never) => Promise<unknown>;
  /** Seconds. */
  readonly ttl: number;
  /** Beside the token, which is always one. */
  readonly keyed: readonly ("method" | "path")[];
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Makes a gateway whose authorizer keeps answers. */
export function createGateway({ format, authorizer, ttl, keyed, clock }: ModeledGateway) {
  const cache = new Map<string, { readonly answer: AuthorizerAnswer; readonly until: number }>();

  return async function request(asked: ModeledRequest): Promise<ModeledAnswer> {
    const sources = [asked.token, ...keyed.map((part) => asked[part])];
    if (sources.some((value) => value === "")) return { status: 401, kept: false, context: {} };
    const key = JSON.stringify(sources);
    const known = cache.get(key);
    if (known !== undefined && clock() < known.until) return { ...judged(format, known.answer, asked), kept: true };
    let answer: AuthorizerAnswer;
    try {
      // Through JSON, as between two machines.
      answer = JSON.parse(JSON.stringify(await authorizer(eventOf(format, asked, sources) as never)));
    } catch (thrown) {
      // Only a REST API knows the word, and an answer that is none is not kept.
      const unauthorized = format.startsWith("rest") && (thrown as Error).message === "Unauthorized";
      return { status: unauthorized ? 401 : 500, kept: false, context: {} };
    }
    if (ttl > 0) cache.set(key, { answer, until: clock() + ttl * 1_000 });
    return { ...judged(format, answer, asked), kept: false };
  };
}

/** The event for a request. */
function eventOf(format: ModeledFormat, { method, path, token }: ModeledRequest, sources: readonly string[]): object {
  const facts = { method, path, headers: { authorization: token } };
  if (format === "rest-token") return restTokenEvent({ method, path, token });
  if (format === "rest-request") return restRequestEvent(facts);
  if (format !== "http-policy-1.0") return { ...httpAuthorizerEvent(facts), identitySource: [...sources] };
  return {
    ...httpAuthorizerV1,
    methodArn: arnOf(format, method, path),
    identitySource: sources.join(","),
    authorizationToken: sources.join(","),
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers: { Authorization: token },
    pathParameters: { proxy: path.slice(1) },
    requestContext: { ...httpAuthorizerV1.requestContext, path, httpMethod: method, resourcePath: "/{proxy+}" },
  };
}

function arnOf(format: ModeledFormat, method: string, path: string): string {
  return methodArn(method, path, format.startsWith("rest") ? "prod" : "$default");
}

/** What an answer, old or new, says of a request. */
function judged(
  format: ModeledFormat,
  answer: AuthorizerAnswer,
  { method, path }: ModeledRequest,
): Pick<ModeledAnswer, "status" | "context"> {
  const { context = {} } = answer;
  if ("isAuthorized" in answer) return { status: answer.isAuthorized === true ? 200 : 403, context };
  const arn = arnOf(format, method, path);
  const says = (effect: string) =>
    answer.policyDocument.Statement.some(
      ({ Effect, Resource }) => Effect === effect && [Resource].flat().some((pattern) => matches(pattern, arn)),
    );
  return { status: says("Allow") && !says("Deny") ? 200 : 403, context };
}

/** `*` takes in any characters, even none, and `?` any one; slashes are characters like others. */
function matches(pattern: string, arn: string): boolean {
  let fits = compiled.get(pattern);
  if (fits === undefined) {
    const text = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^]*")
      .replaceAll("?", "[^]");
    fits = new RegExp(`^${text}$`);
    compiled.set(pattern, fits);
  }
  return fits.test(arn);
}

const compiled = new Map<string, RegExp>();
