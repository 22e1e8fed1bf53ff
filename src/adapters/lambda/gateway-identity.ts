import type { GatewayIdentity } from "../../request.ts";
import { asFields, type EventFields, field } from "./event-fields.ts";

// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html: `<url-id>.lambda-url.<region>.on.aws`
const functionUrlHost = /^[\da-z]+\.lambda-url\.[\da-z-]+\.on\.aws$/;

/** What `requestContext.identity` of a REST API holds of a caller who signed. */
const signerNames = [
  "accessKey",
  "accountId",
  "caller",
  "cognitoAuthenticationProvider",
  "cognitoAuthenticationType",
  "cognitoIdentityId",
  "cognitoIdentityPoolId",
  "user",
  "userArn",
];

/**
 * Copies from an event whom a gateway says that it has let in, and which gateway it is. It judges nothing, and throws nothing
 * for an event of another form.
 *
 * @returns undefined where the gateway says nothing of the kind.
 */
export function gatewayIdentity(event: EventFields): GatewayIdentity | undefined {
  const context = asFields(field(event, "requestContext"));
  if (context === undefined) return appSync(event);
  const version = field(event, "version");
  if (version === undefined) return restApi(context);
  return version === "2.0" ? (httpApi(context) ?? lattice(context)) : undefined;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html */
function restApi(context: EventFields): GatewayIdentity | undefined {
  const identity = asFields(field(context, "identity")) ?? {};
  if (signerNames.some((name) => isThere(identity, name))) {
    return { format: "rest-iam", gateway: apiStage(context), identity };
  }
  // Another authorizer's context holds no objects.
  const claims = asFields(field(asFields(field(context, "authorizer")) ?? {}, "claims"));
  return claims && { format: "rest-cognito", gateway: apiStage(context), identity: claims };
}

/**
 * HTTP APIs and function URLs.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
function httpApi(context: EventFields): GatewayIdentity | undefined {
  const authorizer = asFields(field(context, "authorizer")) ?? {};
  const iam = asFields(field(authorizer, "iam"));
  if (iam !== undefined) {
    const host = field(context, "domainName");
    return typeof host === "string" && functionUrlHost.test(host)
      ? { format: "function-url-iam", gateway: { urlId: field(context, "apiId") }, identity: iam }
      : { format: "http-iam", gateway: apiStage(context), identity: iam };
  }
  const claims = asFields(field(asFields(field(authorizer, "jwt")) ?? {}, "claims"));
  return claims && { format: "http-jwt", gateway: apiStage(context), identity: claims };
}

/** https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html */
function lattice(context: EventFields): GatewayIdentity | undefined {
  const identity = asFields(field(context, "identity")) ?? {};
  // Without an auth policy the identity holds no more than a network.
  if (!isThere(identity, "type") && !isThere(identity, "principal")) return undefined;
  const gateway = { serviceNetworkArn: field(context, "serviceNetworkArn"), serviceArn: field(context, "serviceArn") };
  return { format: "vpc-lattice", gateway, identity };
}

/**
 * Events of resolvers, which tell neither the id of the API nor its account: the host of its endpoint, or its custom domain,
 * stands for them.
 *
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html
 */
function appSync(event: EventFields): GatewayIdentity | undefined {
  const identity = asFields(field(event, "identity")) ?? {};
  if (!isThere(identity, "userArn")) return undefined;
  const request = asFields(field(event, "request")) ?? {};
  const host = field(request, "domainName") ?? field(asFields(field(request, "headers")) ?? {}, "host");
  return { format: "appsync-iam", gateway: { host }, identity };
}

function apiStage(context: EventFields): GatewayIdentity["gateway"] {
  return { account: field(context, "accountId"), apiId: field(context, "apiId"), stage: field(context, "stage") };
}

function isThere(fields: EventFields, name: string): boolean {
  return (field(fields, name) ?? null) !== null;
}
