import type { Authorizer } from "../../authorizer.ts";
import { refuseUnknownOptions } from "../../configuration.ts";
import { AuthError } from "../../errors.ts";
import type { Principal } from "../../principal.ts";
import { type HandedOver, readAuthorizerContext } from "./authorizer-context.ts";
import { requireBodyHash } from "./event-body.ts";
import { asFields, type EventFields, eventFields, field, foreignEvent } from "./event-fields.ts";

/** What {@link principalOf} may take. */
export interface PrincipalOfOptions {
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/** Whom `guardHandler` let through, and by which authorizer. */
interface LetThrough {
  readonly principal: Principal;
  readonly authorizer: Authorizer;
}

/** How much later than its last use a kept answer may get here: the time that a gateway waits for a function, twice. */
const leewayMs = 60_000;

const verified = new WeakMap<object, LetThrough>();

/** Takes note of whom `guardHandler` let through with an event. */
export function rememberPrincipal(event: object, principal: Principal, authorizer: Authorizer): void {
  verified.set(event, { principal, authorizer });
}

/**
 * Who is calling, in a function behind `lambdaAuthorizer` or inside `guardHandler`.
 *
 * Behind an authorizer it is read from the event: `requestContext.authorizer` of a REST API, `requestContext.authorizer.lambda`
 * of an HTTP API. It has no claims, is refused once its credential has ended, and for a signed request the body must be the one
 * that was signed.
 *
 * The event is believed. Whoever may invoke the function directly (`lambda:InvokeFunction`) can write any caller into it, so
 * grant that to the gateway alone.
 *
 * With the authorizer of `guardHandler` in place of the options, the caller and his claims have the types that its verifiers
 * give. Behind `lambdaAuthorizer` nothing vouches for them, so there that is refused.
 *
 * @throws AuthError `token_expired`, `payload_mismatch`; `configuration_error` where the event carries no caller, or one whom the
 * given authorizer did not let through, or where the gateway kept the answer for longer than its `cacheTtl`.
 *
 * @example
 * ```ts
 * import type { APIGatewayProxyEventV2 } from "aws-lambda";
 * import { principalOf } from "poolgate/lambda";
 *
 * export async function handler(event: APIGatewayProxyEventV2) {
 *   return { statusCode: 200, body: `Hello ${principalOf(event).id}` };
 * }
 * ```
 */
export function principalOf(event: object, options?: PrincipalOfOptions): Principal;
export function principalOf<P extends Principal>(event: object, authorizer: Authorizer<P>): P;
export function principalOf(event: object, second: PrincipalOfOptions | Authorizer = {}): Principal {
  const known = verified.get(event);
  if ("authorize" in second) {
    if (known?.authorizer === second) return known.principal;
    throw foreignEvent("guardHandler did not let this event through by the authorizer that principalOf was given");
  }
  refuseUnknownOptions("principalOf", second, ["clock"]);
  const { clock = Date.now } = second;
  if (known !== undefined) return known.principal;
  const fields = eventFields(event);
  const handedOver = handedOverBy(fields);
  if (handedOver === undefined) {
    throw foreignEvent(
      "the event carries no caller; put lambdaAuthorizer ahead of this function or guardHandler around it",
    );
  }
  const { principal, contentSha256, keptUntil } = handedOver;
  if (keptUntil !== undefined && !(clock() < keptUntil.getTime() + leewayMs)) {
    throw foreignEvent("the gateway kept the answer of the authorizer for longer than cacheTtl says");
  }
  // Not "<=": a clock that gives no number must not make a credential last.
  if (principal.expiresAt !== undefined && !(clock() < principal.expiresAt.getTime())) {
    throw new AuthError("token_expired");
  }
  if (contentSha256 !== undefined) requireBodyHash(fields, contentSha256);
  return principal;
}

/**
 * What an authorizer of ours handed over in an event; undefined where none did.
 *
 * @throws AuthError `configuration_error` where it is malformed.
 */
export function handedOverBy(event: EventFields): HandedOver | undefined {
  const authorizer = asFields(field(asFields(field(event, "requestContext")) ?? {}, "authorizer"));
  if (authorizer === undefined) return undefined;
  return readAuthorizerContext(asFields(field(authorizer, "lambda")) ?? authorizer);
}
