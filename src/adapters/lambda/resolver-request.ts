import { isIP } from "node:net";
import { isCredentialHeader } from "../../credential-headers.ts";
import { createNotes } from "../../notes.ts";
import { type AuthRequest, RequestHeaders } from "../../request.ts";
import {
  asFields,
  type EventFields,
  eventFields,
  field,
  foreignEvent,
  requireFields,
  type Texts,
} from "./event-fields.ts";
import { singlePairs } from "./event-pairs.ts";
import { gatewayIdentity } from "./gateway-identity.ts";

/**
 * What AppSync sends to a function behind a direct Lambda resolver, as far as it is read.
 *
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html
 */
export interface ResolverEvent {
  readonly identity?: object | null | undefined;
  readonly request: { readonly headers: Texts; readonly domainName?: string | null };
  readonly info: { readonly parentTypeName: string; readonly fieldName: string };
}

/** What an authorizer handed over, and the host of the API, of a request that was made of an event. */
interface Context {
  readonly fields: EventFields;
  readonly host: unknown;
}

const contexts = createNotes<AuthRequest, Context>();

/** The context of an AppSync authorizer that an event held of which the request was made. */
export function resolverContextOf(request: AuthRequest): Context | undefined {
  return contexts.get(request);
}

// AppSync takes the token of a user pool or an OpenID provider with its scheme and without.
const bareJwt = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Makes the request of a resolver's event. Behind a Lambda authorizer its word is the only credential: the token in the headers
 * has a form of the API's own.
 *
 * @throws AuthError `configuration_error` where the event is none of a resolver.
 */
export function resolverRequest(event: unknown): AuthRequest {
  const fields = eventFields(event);
  const native = requireFields(fields, "request");
  const pairs = singlePairs(native, "headers");
  const identity = asFields(field(fields, "identity")) ?? {};
  const handedOver = asFields(field(identity, "resolverContext"));
  const gateway = gatewayIdentity(fields);
  const texts = pairs.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (handedOver !== undefined && isCredentialHeader(lower)) return [];
    return [
      name,
      lower === "authorization" && gateway === undefined && bareJwt.test(value) ? `Bearer ${value}` : value,
    ];
  });
  const [address, ...more] = addressesOf(identity);
  const request: AuthRequest = {
    method: "POST",
    target: "/graphql",
    wire: false,
    headers: new RequestHeaders(texts),
    ...(gateway !== undefined && { gateway }),
    ...(address !== undefined && more.length === 0 && isIP(address) !== 0 && { remoteAddress: address }),
  };
  if (handedOver !== undefined) {
    const [host, ...others] = request.headers.all("host");
    const only = others.length === 0 ? host : undefined;
    contexts.set(request, { fields: handedOver, host: field(native, "domainName") ?? only });
  }
  return request;
}

/** The field that an event is about. */
export function resolvedField(event: unknown): string {
  const info = asFields(field(eventFields(event), "info")) ?? {};
  const [type, name] = [field(info, "parentTypeName"), field(info, "fieldName")];
  if (typeof type !== "string" || typeof name !== "string") throw foreignEvent("the event is none of a resolver");
  return `${type}.${name}`;
}

function addressesOf(identity: EventFields): readonly string[] {
  const addresses = field(identity, "sourceIp");
  return Array.isArray(addresses) ? addresses.filter((address) => typeof address === "string") : [];
}
