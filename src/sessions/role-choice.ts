import { parseRoleName, type RoleName, type RolePattern } from "../arn.ts";
import { ConfigurationError } from "../configuration.ts";
import { AuthError } from "../errors.ts";
import type { Principal } from "../principal.ts";
import { isSameRole, parseRoleArn, type RoleArn } from "../role-arn.ts";
import { decodeQueryText, parseTarget, rawQueryPairs } from "../target.ts";

/** Which roles callers may ask for: any that their token offers, or of those the ones that are listed. */
export type CustomRoles = boolean | readonly RoleName[];

/**
 * Says whether a caller may have the role that he asks for.
 *
 * @param caller the user of a verified token; undefined for a guest.
 * @throws AuthError `role_not_allowed`
 */
export type JudgeRoleChoice = (role: RoleArn, caller: Principal | undefined) => void;

/**
 * Reads the role that a request asks for: `?role=<ARN of the IAM role>`, the one thing that the query may hold.
 *
 * @returns undefined where it leaves the choice to the identity pool.
 * @throws AuthError `invalid_request` for any other query, so that nothing which was asked for is passed over in silence.
 */
export function readRoleChoice(target: string): RoleArn | undefined {
  const [pair, ...others] = rawQueryPairs(parseTarget(target).query);
  if (pair === undefined) return undefined;
  const [name, value] = pair;
  if (name !== "role" || others.length > 0) {
    throw new AuthError("invalid_request", { reason: "the query may hold role, once, and nothing else" });
  }
  const role = parseRoleArn(decodeQueryText(value) ?? "");
  if (role === undefined) throw new AuthError("invalid_request", { reason: "role must be the ARN of an IAM role" });
  return role;
}

/**
 * Compiles the option that lets callers choose a role.
 *
 * The role must stand in `cognito:roles` of the verified ID token to the letter: the user pool lists there the roles of the
 * caller's groups (https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html).
 *
 * @throws ConfigurationError
 */
export function compileRoleChoice(option: string, customRoles: CustomRoles): JudgeRoleChoice {
  const listed = readList(option, customRoles);
  return function judgeRoleChoice(role, caller) {
    const offered = caller?.claims["cognito:roles"];
    const allowed = listed === undefined ? customRoles === true : listed.some((known) => isSameRole(known, role));
    if (!allowed || !Array.isArray(offered) || !offered.includes(role.arn)) throw new AuthError("role_not_allowed");
  };
}

function readList(option: string, customRoles: unknown): readonly RolePattern[] | undefined {
  if (typeof customRoles === "boolean") return undefined;
  const advice = 'write true, or a list of roles such as ["123456789012/Editor"], without * or path';
  if (!Array.isArray(customRoles)) throw new ConfigurationError("invalid_option", option, advice);
  return customRoles.map((name: unknown) => {
    const role = typeof name === "string" ? parseRoleName(name) : undefined;
    if (role === undefined || role.name.includes("*")) throw new ConfigurationError("invalid_option", option, advice);
    return role;
  });
}
