import type { Authorizer } from "../../authorizer.ts";
import { AuthError } from "../../errors.ts";
import type { FieldKey, FieldName } from "../../policy/field-key.ts";
import type { Principal } from "../../principal.ts";
import type { AuthRequest } from "../../request.ts";
import { type AuthorizerContext, authorizerContext } from "../lambda/authorizer-context.ts";
import { type AppSyncAuthorizerEvent, readAppSyncEvent } from "./appsync-event.ts";
import { type AppSyncAuthorizerOptions, type AppSyncSettings, readAppSyncOptions } from "./appsync-options.ts";
import { type AskedFields, askedFields } from "./asked-fields.ts";
import { type Operation, readOperation } from "./operation.ts";
import { type SchemaTypes, usualRoots } from "./schema-types.ts";

/**
 * What AppSync is answered.
 *
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
 */
export interface AppSyncAnswer {
  isAuthorized: boolean;
  /** Who calls, flat and of strings, for resolvers: AppSync takes no nested values. */
  resolverContext?: AuthorizerContext;
  /** The fields that become null, whatever their resolvers give. */
  deniedFields?: string[];
  /** For how many seconds AppSync may repeat the answer. */
  ttlOverride: number;
}

/**
 * Makes the handler of an AppSync Lambda authorizer: verifies the token, and judges the operation by the policy's `fields`.
 *
 * A query whose caller may not ask some of its fields is let in, and AppSync makes these null (`deniedFields`); one of which he may
 * not begin with any field is refused, and so is one that asks for the schema where he may not. Since AppSync runs the resolver of a
 * denied field all the same, a mutation or subscription that begins with a field which its caller may not ask is refused as a whole,
 * and so is a subscription with such a field further in. Fields count as asked through fragments and aliases, and whatever `@skip`
 * and `@include` say. A document that cannot be read in one way is refused. A connection for subscriptions may be opened by whoever
 * comes with a good token, and by the policy's `connect` where it has one.
 *
 * Whatever is our own fault - keys that cannot be fetched, an event of another kind - is thrown as an AuthError, so that the
 * function's error metric shows it; AppSync lets nobody in then, and keeps no answer.
 *
 * @throws ConfigurationError where an option is faulty, where the policy has no `fields`, or a rule that would guard nothing.
 *
 * @example
 * ```ts
 * import { bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
 * import { appsyncAuthorizer } from "poolgate/graphql";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const authorizer = createAuthorizer({
 *   verifiers: [bearer({ issuers: [access] })],
 *   policy: definePolicy({ fields: { "Mutation.deleteUser": group("admins") } }),
 * });
 * export const handler = appsyncAuthorizer(authorizer);
 * ```
 */
export function appsyncAuthorizer(
  authorizer: Authorizer,
  options: AppSyncAuthorizerOptions = {},
): (event: AppSyncAuthorizerEvent) => Promise<AppSyncAnswer> {
  const settings = readAppSyncOptions(authorizer, options);
  const { policy, schema } = settings;

  return async function appsyncAuthorizerHandler(event) {
    const question = readAppSyncEvent(event, settings);
    try {
      const request = question.toRequest();
      if (question.connects) return await connection(request);
      const operation = readOperation(question.document, question.operationName);
      return await answer(request, operation, askedFields(operation, schema));
    } catch (thrown) {
      if (thrown instanceof AuthError && thrown.status < 500) return refusal();
      throw thrown;
    }
  };

  /**
   * Whoever is known may connect, unless the policy says otherwise: nothing comes over a connection but by a subscription, which is
   * judged by itself.
   */
  async function connection(request: AuthRequest): Promise<AppSyncAnswer> {
    if ((policy.current ?? policy).connect !== undefined) {
      const decision = await authorizer.authorize(request, { connect: true });
      if (decision.allowed !== true) throw decision.error;
    }
    const { principal } = await authorizer.grants(request);
    if (principal.kind === "anonymous") return refusal();
    return { isAuthorized: true, resolverContext: authorizerContext(principal, undefined), ttlOverride: 0 };
  }

  async function answer(request: AuthRequest, operation: Operation, asked: AskedFields): Promise<AppSyncAnswer> {
    const { fields, nested } = asked;
    const decision = await authorizer.authorize(request, { fields, nested });
    if (decision.allowed !== true && (decision.error.status >= 500 || decision.principal === undefined)) {
      throw decision.error;
    }
    const judged = decision.fields as readonly FieldName[];
    const { principal, fieldGrants } = await authorizer.grants(request);
    const [first, ...more] = new Set([...judged, ...fieldGrants.flatMap(({ field }) => fieldsOf(field, settings))]);
    const named = [first as FieldName, ...more] as const;
    const allowed = await authorizer.allowedFields(request, named);
    if (isRefused(operation, asked, judged, allowed)) return refusal();
    const deniedFields = named.filter((field) => !allowed.has(field)).map((field) => fieldText(field, settings));
    return {
      isAuthorized: true,
      resolverContext: authorizerContext(principal, undefined),
      ...(deniedFields.length > 0 && { deniedFields }),
      ttlOverride: isForAnyOperation(fieldGrants, schema) ? secondsLeft(principal, settings) : 0,
    };
  }
}

/** Whether an operation asks what the schema tells of itself, which has no coordinate by which AppSync could make it null. */
function isIntrospection(field: FieldName): boolean {
  return field.endsWith(".__schema") || field.endsWith(".__type");
}

function refusal(): AppSyncAnswer {
  return { isAuthorized: false, ttlOverride: 0 };
}

/** Whether what is denied cannot be left to AppSync, which makes null what resolvers have given. */
function isRefused(
  { node }: Operation,
  { root }: AskedFields,
  judged: readonly FieldName[],
  allowed: ReadonlySet<FieldName>,
): boolean {
  const isAllowed = (field: FieldName) => allowed.has(field);
  if (!judged.filter(isIntrospection).every(isAllowed)) return true;
  if (node.operation === "query") return !root.some(isAllowed);
  return !(node.operation === "mutation" ? root : judged).every(isAllowed);
}

/** The fields that a key of the policy names: of a type that it names whole, all that the schema has. */
function fieldsOf(key: FieldKey, { schema }: AppSyncSettings): readonly FieldName[] {
  const [type, name] = key.split(".") as [string, string | undefined];
  if (name === undefined || name === "__schema" || name === "__type") return [];
  if (name !== "*") return [`${type}.${name}`];
  return [...(schema?.objects.get(type)?.keys() ?? [])].map((field) => `${type}.${field}` as const);
}

/**
 * Whether the answer would be the same for every operation of the caller: nothing is asked beside who he is, he may begin with any
 * field, and what he may not ask further in becomes null, which no subscription could be refused for.
 */
function isForAnyOperation(
  grants: Awaited<ReturnType<Authorizer["grants"]>>["fieldGrants"],
  schema: SchemaTypes | undefined,
): boolean {
  const roots = Object.values(schema?.roots ?? usualRoots);
  return grants.every(({ field, granted }) => {
    if (granted === "always") return true;
    const isRoot = field === "*" || roots.includes(field.slice(0, field.indexOf(".")));
    return granted === "never" && !isRoot && schema?.roots.subscription === undefined;
  });
}

function secondsLeft({ expiresAt }: Principal, { cacheTtl, clock }: AppSyncSettings): number {
  const left = expiresAt === undefined ? 0 : Math.floor((expiresAt.getTime() - clock()) / 1_000);
  return Math.max(0, Math.min(cacheTtl, left)) || 0;
}

/** The two forms that AppSync takes: the short one, and one with the API. */
function fieldText(name: FieldName, { api }: AppSyncSettings): string {
  const [type, field] = name.split(".");
  return api === undefined ? name : `${api.arn}/types/${type}/fields/${field}`;
}
