import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../configuration.ts";
import { type FieldName, isFieldName } from "../../policy/field-key.ts";
import type { Rule } from "../../policy/rule.ts";
import type { Principal } from "../../principal.ts";
import { foreignEvent } from "./event-fields.ts";
import { rememberPrincipal } from "./principal-of.ts";
import { type ResolverEvent, resolvedField, resolverRequest } from "./resolver-request.ts";

/** What {@link guardResolver} may take. */
export interface GuardResolverOptions {
  /** The field that the function resolves; by default it is read from the event, and one function may resolve several. */
  readonly field?: FieldName;
  /** A rule that must hold beside that of the field. */
  readonly rule?: Rule;
}

/** What a resolver is called with: one event, or those of a batch. */
export type ResolverEvents = ResolverEvent | readonly ResolverEvent[];

/**
 * Puts the gate into the function behind an AppSync field: judges the caller by the policy's `fields`, and only then calls the
 * resolver. For direct Lambda resolvers, and for batches of events.
 *
 * Who calls is what the authorizer's verifiers make of the event: `gatewayEvent` of a signed request, `resolverContext` of what
 * `appsyncAuthorizer` handed over, `bearer` of the token of a user pool or OpenID provider, which is verified once more.
 *
 * A refusal is thrown as an AuthError, which AppSync puts into the `errors` of its answer; a batch is refused as a whole. What the
 * resolver throws is thrown on.
 *
 * @throws ConfigurationError where an option is faulty, the policy has no `fields`, or no key that names the field.
 *
 * @example
 * ```ts
 * import type { AppSyncResolverEvent, Context } from "aws-lambda";
 * import { createAuthorizer, definePolicy, group } from "poolgate";
 * import { guardResolver, resolverContext } from "poolgate/lambda";
 *
 * const authorizer = createAuthorizer({
 *   verifiers: [resolverContext({ hosts: ["graphql.example.com"] })],
 *   policy: definePolicy({ fields: { "Mutation.deleteUser": group("admins") } }),
 * });
 * export const handler = guardResolver(
 *   authorizer,
 *   async (event: AppSyncResolverEvent<{ id: string }>, context: Context, principal) => ({ by: principal.id }),
 *   { field: "Mutation.deleteUser" },
 * );
 * ```
 */
export function guardResolver<Event extends ResolverEvents, Context, Result, P extends Principal = Principal>(
  authorizer: Authorizer<P>,
  resolver: (event: Event, context: Context, principal: P) => Result | PromiseLike<Result>,
  options: GuardResolverOptions = {},
): (event: Event, context: Context) => Promise<Result> {
  const owner = "guardResolver";
  refuseUnknownOptions(owner, options, ["field", "rule"]);
  const { field: ownField, rule } = options;
  const policy = authorizer?.policy;
  if (policy?.document.fields === undefined) {
    const advice = "the authorizer needs a policy with rules for fields; write definePolicy({ fields: { ... } })";
    throw new ConfigurationError("missing_option", owner, advice);
  }
  if (typeof resolver !== "function") {
    throw new ConfigurationError("missing_option", owner, "pass the resolver that is to be guarded");
  }
  if (ownField !== undefined && (!isFieldName(ownField) || policy.matchField(ownField)?.field === "*")) {
    const advice = "must be a field that a key of the policy's fields names, such as Mutation.deleteUser";
    throw new ConfigurationError("invalid_option", `${owner}.field`, advice);
  }
  if (rule !== undefined) authorizer.prepare(rule);

  async function judge(event: ResolverEvent): Promise<P> {
    const field = ownField ?? resolvedField(event);
    if (!isFieldName(field)) throw foreignEvent("the event is none of a resolver");
    const fields: readonly [FieldName] = [field];
    const decision = await authorizer.authorize(resolverRequest(event), {
      fields,
      ...(rule !== undefined && { rule }),
    });
    if (decision.allowed !== true) throw decision.error;
    rememberPrincipal(event, decision.principal, authorizer);
    return decision.principal;
  }

  return async function guardedResolver(event, context) {
    const [first, ...others] = await Promise.all(eventsOf(event).map(judge));
    if (first === undefined) throw foreignEvent("the batch is empty");
    // AppSync joins what one operation asks, and that has one caller.
    if (others.some(({ id }) => id !== first.id)) throw foreignEvent("the batch has several callers");
    return resolver(event, context, first);
  };
}

function eventsOf(event: ResolverEvents): readonly ResolverEvent[] {
  return Array.isArray(event) ? event : [event as ResolverEvent];
}
