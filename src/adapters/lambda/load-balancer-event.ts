import { ConfigurationError } from "../../configuration.ts";
import { AuthError } from "../../errors.ts";
import { forwardedAddress } from "../../ip-address.ts";
import type { AuthRequest, RequestHeaders } from "../../request.ts";
import { withinBasePath } from "./base-path.ts";
import {
  anyMethod,
  type EventFields,
  field,
  foreignEvent,
  optionalFields,
  requireMethod,
  requireText,
  type TextLists,
  type Texts,
} from "./event-fields.ts";
import { headersOf, listPairs, type Pair, singlePairs } from "./event-pairs.ts";

/**
 * What an Application Load Balancer sends to a function that is its target, as far as it is read. Headers and query stand in one
 * of two forms, by the attribute `lambda.multi_value_headers.enabled` of the target group.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export interface LoadBalancerEvent {
  readonly requestContext: { readonly elb: { readonly targetGroupArn: string } };
  readonly httpMethod: string;
  /** As on the wire. */
  readonly path: string;
  /** The last value of each name, as on the wire. */
  readonly queryStringParameters?: Texts | null | undefined;
  readonly multiValueQueryStringParameters?: TextLists | null | undefined;
  /** The last value of each name. */
  readonly headers?: Texts | null | undefined;
  readonly multiValueHeaders?: TextLists | null | undefined;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

/** What load balancers do with `X-Forwarded-For`, by the name of their attribute's value; others than this hide the caller. */
export type ForwardedFor = "append";

/**
 * Checks the option `forwardedFor`.
 *
 * @param owner the function that the operator called, for messages.
 * @throws ConfigurationError
 */
export function readForwardedFor(owner: string, value: unknown): ForwardedFor | undefined {
  if (value === undefined || value === "append") return value;
  throw new ConfigurationError(
    "invalid_option",
    `${owner}.forwardedFor`,
    'write "append" where the load balancer appends, or leave it out: otherwise the header is the caller\'s own word',
  );
}

const arnOfGroup = /^arn:aws(?:-[a-z]+)*:elasticloadbalancing:[\w-]+:\d{12}:targetgroup\/[\w-]+\/[\da-f]+$/;

/**
 * Makes the request of a load balancer's event.
 *
 * The query is as on the wire but for its order: "If the query parameters are URL-encoded, the load balancer does not decode
 * them." What the documentation leaves open for the path shows in no harm: it is judged as the function sees it. Signatures over
 * it are verified like those behind other gateways.
 *
 * @param forwardedFor where undefined, nothing is known of the caller's address: only the load balancer's own word could tell.
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function loadBalancerRequest(
  event: EventFields,
  forwardedFor: ForwardedFor | undefined,
  basePath = "",
): AuthRequest {
  if (!arnOfGroup.test(requireText(optionalFields(optionalFields(event, "requestContext"), "elb"), "targetGroupArn"))) {
    throw foreignEvent("the event names no target group");
  }
  const [headerPairs, queryPairs] = hasLists(event)
    ? [listPairs(event, "multiValueHeaders"), listPairs(event, "multiValueQueryStringParameters")]
    : [singlePairs(event, "headers"), singlePairs(event, "queryStringParameters")];
  const query = queryPairs.map(rawPair).join("&");
  const path = withinBasePath(requireText(event, "path"), basePath);
  if (path.includes("?")) throw refusal("the path holds a question mark");
  const headers = headersOf(headerPairs);
  return {
    method: requireMethod(event, "httpMethod", anyMethod),
    target: query === "" ? path : `${path}?${query}`,
    wire: false,
    headers,
    ...(forwardedFor === "append" && appendedAddress(headers)),
  };
}

/**
 * Whether an event has its headers in lists, which its answer must have as well.
 *
 * @throws AuthError `configuration_error` where it has both forms or neither.
 */
function hasLists(event: EventFields): boolean {
  const there = (name: string) => (field(event, name) ?? null) !== null;
  const lists = there("multiValueHeaders");
  if (lists === there("headers")) throw foreignEvent("the event has not its headers in one of the two forms");
  if (there(lists ? "queryStringParameters" : "multiValueQueryStringParameters")) {
    throw foreignEvent("the event has its query in another form than its headers");
  }
  return lists;
}

/** Joins a name and a value that have not been decoded: neither can hold what parts them. */
function rawPair([name, value]: Pair): string {
  if (/[&=#]/.test(name) || /[&#]/.test(value)) throw refusal("the load balancer has decoded the query");
  return `${name}=${value}`;
}

/**
 * The entry that the load balancer has appended; those ahead of it are the caller's own words. With more than one such header
 * nobody can tell to which.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
function appendedAddress(headers: RequestHeaders): Pick<AuthRequest, "remoteAddress"> {
  const values = headers.all("x-forwarded-for");
  const last = values.length === 1 ? values[0]?.split(",").at(-1)?.trim() : undefined;
  const remoteAddress = last === undefined ? undefined : forwardedAddress(last);
  return remoteAddress === undefined ? {} : { remoteAddress };
}

function refusal(reason: string): AuthError {
  return new AuthError("target_not_canonical", { reason });
}
