import { foreignEvent } from "../event-fields.ts";
import { parseStageArn } from "../method-arn.ts";
import { invokeStatement, type PolicyStatement, type PolicyStatements } from "../policy-answer.ts";
import type { Asked } from "../question.ts";
import { ambiguousPaths } from "./ambiguous-paths.ts";

/** Patterns for what follows the stage in an ARN, such as `GET/articles/?*`. */
export interface ArnPatterns {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

const maximumArnLength = 512;

/**
 * The statements that grant what patterns grant, for the gateway to keep and to hold against other requests.
 *
 * A path with a wildcard cannot be named in a policy, so what is denied of it, if it was asked about, is every path that is
 * the same but for these characters.
 *
 * @returns undefined where a pattern is too long to stand in a policy.
 * @throws AuthError `configuration_error` where the ARN is not of the request, as behind a base path.
 */
export function keptStatements(asked: Asked, { allow, deny }: ArnPatterns): PolicyStatements | undefined {
  const parts = parseStageArn(asked.arn);
  if (parts === undefined) throw foreignEvent("the ARN of the event is no ARN of a method");
  const { partition, stage, method, path } = parts;
  // Only of these does every gateway write the same into the path and into the ARN.
  const plain = /^[\w\-.~/]*$/;
  const other = plain.test(path) && plain.test(asked.path) && path !== asked.path;
  // Patterns that are held against routes say nothing of paths; local gateways name routes so.
  const template = /[{}]/.test(path) && !/[{}%]/.test(asked.path);
  if (method !== asked.method || other || template) {
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
  if (first === undefined) return [invokeStatement("Deny", `${stage}*`)];
  return second === undefined ? [first] : [first, second];
}

function statement(effect: PolicyStatement["Effect"], resources: string[]): readonly PolicyStatement[] {
  return resources.length === 0 ? [] : [invokeStatement(effect, resources)];
}
