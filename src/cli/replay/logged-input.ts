import type { LoggedDecision, LoggedPrincipal, LoggedValue, LoggedValues } from "../../observe/logged-decision.ts";
import type { RuleInput } from "../../policy/evaluation.ts";
import { createPrincipal, type Principal } from "../../principal.ts";
import { RequestHeaders } from "../../request.ts";
import type { Target } from "../../target.ts";

/** What a rule looks at, made from a line; what the line does not tell is missing in it. */
export function loggedInput(
  line: LoggedDecision,
  logged: LoggedPrincipal,
  target: Target,
): Omit<RuleInput, "params" | "method" | "route"> {
  const { method, address, time } = line;
  const query = queryOf(line.query ?? {});
  return {
    principal: principalOf(logged),
    request: {
      method,
      target: target.path,
      wire: true,
      headers: new RequestHeaders(headersOf(line.headers ?? {})),
      ...(typeof address === "string" && { remoteAddress: address }),
    },
    target: { ...target, query },
    now: Date.parse(time),
  };
}

function principalOf(logged: LoggedPrincipal): Principal {
  const { kind, id, issuer, verifiedBy, userId, identityId, clientId, groups, scopes, role, authenticatedAt } = logged;
  return createPrincipal({
    kind,
    id: id ?? kind,
    issuer,
    verifiedBy,
    ...(userId !== undefined && { userId }),
    ...(identityId !== undefined && { identityId }),
    ...(clientId !== undefined && { clientId }),
    ...(groups !== undefined && { groups: { names: new Set(groups.names), closed: groups.closed } }),
    ...(scopes !== undefined && { scopes: new Set(scopes) }),
    ...(role !== undefined && {
      role: { ...role, arn: `arn:${role.partition}:sts::${role.account}:assumed-role/${role.name}/replayed` },
    }),
    tags: new Map(present(logged.tags).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []))),
    claims: Object.fromEntries(present(logged.claims)),
    ...(authenticatedAt !== undefined && { authenticatedAt: new Date(authenticatedAt) }),
  });
}

/** A query in which each parameter comes to what was logged of it. */
function queryOf(values: LoggedValues): string | undefined {
  const pieces = present(values).flatMap(([name, value]) => {
    const key = encodeURIComponent(name);
    if (typeof value === "string") return [`${key}=${encodeURIComponent(value)}`];
    return isRepeated(value) ? [`${key}=`, `${key}=`] : [`${key}=%FF`];
  });
  return pieces.length === 0 ? undefined : pieces.join("&");
}

function headersOf(values: LoggedValues): readonly string[] {
  return present(values).flatMap(([name, value]) => (typeof value === "string" ? [name, value] : [name, "", name, ""]));
}

function present(values: LoggedValues = {}): readonly (readonly [string, Exclude<LoggedValue, null>])[] {
  return Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

function isRepeated(value: LoggedValue): boolean {
  return typeof value === "object" && value !== null && "state" in value && value.state === "repeated";
}
