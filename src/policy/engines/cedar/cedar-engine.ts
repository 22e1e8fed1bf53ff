import { createHash } from "node:crypto";
import {
  type DetailedError,
  type PolicyJson,
  preparsePolicySet,
  preparseSchema,
  type Schema,
  statefulIsAuthorized,
  validate,
} from "@cedar-policy/cedar-wasm/nodejs";
import { proceed } from "../../../awaitable.ts";
import { ConfigurationError, refuseUnknownOptions } from "../../../configuration.ts";
import type { EngineAnswer, PolicyEngine } from "../../extensions.ts";
import { type ReasonedAnswer, Undecided } from "../../reasoned-answer.ts";
import type { CedarEntity } from "../cedar-value.ts";
import { type EngineQuestion, questionOf } from "../engine-question.ts";
import { mappingOptionNames, readMapping } from "../mapping-options.ts";
import type { CedarEngineOptions, CedarSchema } from "./cedar-engine-options.ts";
import { cedarFault, cedarWords, taken } from "./cedar-fault.ts";
import { type ParsedPolicy, parsePolicies } from "./parse-policies.ts";
import { failOnUnknownGroups } from "./unknown-groups.ts";

/**
 * Makes an engine for `delegate` rules that evaluates Cedar policies in this process. It needs `@cedar-policy/cedar-wasm`.
 *
 * Only where no policy fails to be evaluated the answer counts: Cedar skips a policy that fails, a `forbid` too.
 *
 * @throws ConfigurationError where an option is faulty, with Cedar's message and the place where it is in policies or schema.
 *
 * @example
 * ```ts
 * import { definePolicy, delegate, param } from "poolgate";
 * import { cedarEngine } from "poolgate/cedar";
 *
 * const cedar = cedarEngine({
 *   policies: `@id("editors write")
 *     permit(principal in Group::"editors", action == Action::"write", resource is Article);`,
 * });
 * const policy = definePolicy(
 *   {
 *     routes: {
 *       "PUT /articles/:id": delegate("cedar", { action: "write", resourceType: "Article", resourceId: param("id") }),
 *     },
 *   },
 *   { engines: { cedar } },
 * );
 * ```
 */
export function cedarEngine(options: CedarEngineOptions): PolicyEngine {
  refuseUnknownOptions("cedarEngine", options, ["policies", "schema", "timeoutSeconds", ...mappingOptionNames]);
  const mapping = readMapping("cedarEngine", options);
  const { schema, timeoutSeconds } = options;
  const policies = parsePolicies("cedarEngine.policies", options.policies);
  const schemaName = schema === undefined ? undefined : keepSchema(schema, policies);
  const known = keepPolicies(setOf(policies, ({ text }) => text));
  const rewritten = [...policies].map(([id, { json }]) => [id, failOnUnknownGroups(json)] as const);
  const guarded = rewritten.some(([, json]) => json === undefined)
    ? undefined
    : keepPolicies(new Map(rewritten as readonly (readonly [string, PolicyJson])[]));

  function answer(question: EngineQuestion): ReasonedAnswer {
    const preparsedPolicySetId = question.groupsKnown ? known : guarded;
    if (preparsedPolicySetId === undefined) throw new Undecided("not all groups of the caller are known");
    const { principal, action, resource, context, entities } = question;
    const outcome = statefulIsAuthorized({
      principal: principal.uid,
      action,
      resource,
      context: context as never,
      entities: [principal, ...entities].map(entityJson) as never,
      preparsedPolicySetId,
      ...(schemaName !== undefined && { preparsedSchemaName: schemaName, validateRequest: true }),
    });
    if (outcome.type === "failure") {
      throw new Undecided(
        "Cedar does not take the question",
        `Cedar does not take the question: ${cedarWords(outcome.errors)}`,
      );
    }
    const { decision, diagnostics } = outcome.response;
    if (diagnostics.errors.length > 0) throw failed(diagnostics.errors);
    return { value: decision === "allow", decidedBy: [...diagnostics.reason].sort() };
  }

  return {
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    decide: (inquiry, options): EngineAnswer => proceed(questionOf(inquiry, options, mapping), answer),
  };
}

function entityJson({ uid, attrs = {}, parents = [], tags = {} }: CedarEntity): CedarEntity {
  return { uid, attrs, parents, tags };
}

function failed(errors: readonly { readonly policyId: string; readonly error: DetailedError }[]): Undecided {
  const ids = errors.map(({ policyId }) => JSON.stringify(policyId)).sort();
  const missing = errors.map(({ error }) => missingAttribute(error.message));
  const reason = missing.every((name) => name === undefined)
    ? ""
    : `; not known: ${[...new Set(missing.filter((name) => name !== undefined))].sort().join(", ")}`;
  const words = errors.map(({ policyId, error }) => `${JSON.stringify(policyId)}: ${cedarWords([error])}`);
  return new Undecided(`${ids.join(", ")} could not be evaluated${reason}`, words.join("; "));
}

/** The name of an attribute that a policy reads and that is not there; it is the end of Cedar's message. */
function missingAttribute(message: string): string | undefined {
  return /does not have the attribute `([^`]*)`$/.exec(message)?.[1];
}

function setOf<Form>(
  policies: ReadonlyMap<string, ParsedPolicy>,
  form: (policy: ParsedPolicy) => Form,
): ReadonlyMap<string, Form> {
  return new Map([...policies].map(([id, policy]) => [id, form(policy)]));
}

/** Has Cedar keep a set of policies, and gives the name that it is kept under: the same for the same policies. */
function keepPolicies(policies: ReadonlyMap<string, string | PolicyJson>): string {
  const staticPolicies = namedSet(policies);
  const name = digest(staticPolicies);
  taken(() => preparsePolicySet(name, { staticPolicies }), "cedarEngine.policies");
  return name;
}

function keepSchema(schema: CedarSchema, policies: ReadonlyMap<string, ParsedPolicy>): string {
  const option = "cedarEngine.schema";
  if (typeof schema !== "string" && (typeof schema !== "object" || schema === null)) {
    throw new ConfigurationError("invalid_option", option, "must be a schema of Cedar as text or as JSON");
  }
  const name = digest(schema);
  taken(() => preparseSchema(name, schema as Schema), option, typeof schema === "string" ? schema : undefined);
  const staticPolicies = namedSet(setOf(policies, ({ text }) => text));
  const validation = taken(() => validate({ schema: schema as Schema, policies: { staticPolicies } }), option);
  // A warning is about a policy that says something else than it seems to, such as one that never applies.
  const [fault] = [...validation.validationErrors, ...validation.validationWarnings];
  if (fault === undefined) return name;
  const { policyId, error } = fault;
  throw cedarFault(`cedarEngine.policies[${JSON.stringify(policyId)}]`, [error], policies.get(policyId)?.text);
}

function namedSet<Form>(policies: ReadonlyMap<string, Form>): Record<string, Form> {
  return Object.assign(Object.create(null), Object.fromEntries(policies)) as Record<string, Form>;
}

/** Cedar keeps what it has parsed for the whole process, under names; one that comes of the content is no one else's. */
function digest(content: unknown): string {
  return `poolgate:${createHash("sha256").update(JSON.stringify(content)).digest("base64url")}`;
}
