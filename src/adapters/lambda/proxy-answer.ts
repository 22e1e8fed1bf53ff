import { STATUS_CODES } from "node:http";
import type { Answer } from "../../answer.ts";
import { asFields, type EventFields, field } from "./event-fields.ts";

/** An answer as a function behind a gateway gives it. */
export interface ProxyAnswer {
  statusCode: number;
  /** Only for load balancers and VPC Lattice, such as `403 Forbidden`. */
  statusDescription?: string;
  /** In the place of `headers` for load balancers that send them in lists; they take no others. */
  multiValueHeaders?: Record<string, string[]>;
  headers?: Record<string, string>;
  body: string;
  /** Only for load balancers and VPC Lattice, which want to be told; always false. */
  isBase64Encoded?: boolean;
}

/**
 * Turns an answer into what the gateway of an event takes. It throws for no event: one of no known form is answered as most
 * gateways have it. HEAD gets no body (RFC 9110 Section 9.3.2).
 *
 * REST APIs rename the header `WWW-Authenticate` to `x-amzn-Remapped-WWW-Authenticate`
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html). The forms of load balancers:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#respond-to-load-balancer; that of
 * VPC Lattice: https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html#respond-to-service
 */
export function proxyAnswer(event: unknown, { status, headers, body = "" }: Answer): ProxyAnswer {
  const fields = asFields(event) ?? {};
  const context = asFields(field(fields, "requestContext")) ?? {};
  const text = methodOf(fields, context) === "HEAD" ? "" : body;
  if (field(context, "elb") === undefined && field(context, "serviceArn") === undefined) {
    return { statusCode: status, headers: { ...headers }, body: text };
  }
  const statusDescription = `${status} ${STATUS_CODES[status] ?? "Unknown"}`;
  // VPC Lattice has lists in its events alone.
  const lists = field(context, "elb") !== undefined && (field(fields, "multiValueHeaders") ?? null) !== null;
  return {
    statusCode: status,
    statusDescription,
    ...(lists
      ? { multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) }
      : { headers: { ...headers } }),
    body: text,
    isBase64Encoded: false,
  };
}

function methodOf(fields: EventFields, context: EventFields): unknown {
  return (
    field(fields, "httpMethod") ?? field(fields, "method") ?? field(asFields(field(context, "http")) ?? {}, "method")
  );
}
