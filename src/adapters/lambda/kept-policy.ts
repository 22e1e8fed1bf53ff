import type { Principal } from "../../principal.ts";
import type { AuthorizerContext } from "./authorizer-context.ts";
import { foreignEvent } from "./event-fields.ts";
import { parseStageArn } from "./method-arn.ts";
import type { PolicyAnswer, PolicyStatement } from "./policy-answer.ts";
import { ambiguousPaths } from "./table/arn-table.ts";

/** Patterns for what follows the stage in an ARN, such as `GET/articles/?*`. */
export interface ArnPatterns {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** Every request to the stage. */
export const wholeStage: ArnPatterns = Object.freeze({ allow: Object.freeze(["*"]), deny: Object.freeze([]) });

const maximumArnLength = 512;

/**
 * The policy that grants what patterns grant, for the gateway to keep and to hold against other requests.
 *
 * A path with a wildcard cannot be named in a policy, so what is denied of it, if it was asked about, is every path that is
 * the same but for these characters.
 *
 * @param path of the request within the stage.
 * @returns undefined where a pattern is too long to stand in a policy.
 * @throws AuthError `configuration_error` where the ARN is not of the request, as behind a base path.
 */
export function keptPolicy(
  arn: string,
  asked: { readonly method: string; readonly path: string },
  principal: Principal,
  context: AuthorizerContext,
  { allow, deny }: ArnPatterns,
): PolicyAnswer | undefined {
  const parts = parseStageArn(arn);
  if (parts === undefined) throw foreignEvent("the ARN of the event is no ARN of a method");
  const { partition, stage, method, path } = parts;
  // Only of these does every gateway write the same into the path and into the ARN.
  const plain = /^[\w\-.~/]*$/;
  const other = plain.test(path) && plain.test(asked.path) && path !== asked.path;
  if (method !== asked.method || other) {
    throw foreignEvent("the ARN of the event is of another request, so answers by ARN cannot be kept here");
  }
  const wild = [path, asked.path].some((text) => /[*?$]/.test(text));
  const own = `${stage}${method}${path}`.replace(/[*?$]/g, "?");
  const denied = [
    ...(allow.some((pattern) => pattern !== "*" && pattern.includes("*")) ? ambiguousPaths(partition) : []),
    ...deny.map((pattern) => `${stage}${pattern}`),
    ...(wild ? [own.length > maximumArnLength ? `${own.slice(0, maximumArnLength - 1)}*` : own] : []),
  ];
  const allowed = allow.map((pattern) => `${stage}${pattern}`);
  if ([...allowed, ...denied].some((pattern) => pattern.length > maximumArnLength)) return undefined;
  const [first, second] = [...statement("Allow", allowed), ...statement("Deny", denied)];
  if (first === undefined) return policyOf(principal, context, [{ ...invoke, Effect: "Deny", Resource: `${stage}*` }]);
  return policyOf(principal, context, second === undefined ? [first] : [first, second]);
}

const invoke = { Action: "execute-api:Invoke" } as const;

function statement(effect: PolicyStatement["Effect"], resources: readonly string[]): readonly PolicyStatement[] {
  return resources.length === 0 ? [] : [{ ...invoke, Effect: effect, Resource: [...resources] }];
}

function policyOf(
  principal: Principal,
  context: AuthorizerContext,
  statements: PolicyAnswer["policyDocument"]["Statement"],
): PolicyAnswer {
  return { principalId: principal.id, policyDocument: { Version: "2012-10-17", Statement: statements }, context };
}
