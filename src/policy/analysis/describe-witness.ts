import type { WitnessCaller, WitnessRequest } from "./policy-diff.ts";
import type { WitnessFacts } from "./witness-facts.ts";
import { presentOperands } from "./witness-input.ts";

/** A witness as plain data, with what matters of him alone. */
export function describeCaller(facts: WitnessFacts): WitnessCaller {
  const { profile, groups, scopes, role, issuer, clientId, age, address, methods } = facts;
  const tags: [string, string][] = [];
  const claims: [string, string | number | boolean | readonly string[]][] = [];
  const ids: { userId?: string; identityId?: string } = {};
  for (const { operand, value } of presentOperands(facts)) {
    if ("tag" in operand) tags.push([operand.tag, String(value)]);
    if ("claim" in operand) claims.push([operand.claim, value]);
    if ("userId" in operand) ids.userId = String(value);
    if ("identityId" in operand) ids.identityId = String(value);
  }
  for (const { source, held } of facts.operands) {
    if (held === "list" && "claim" in source.operand) claims.push([source.operand.claim, methods]);
  }
  return Object.freeze({
    ...{ who: profile.text, kind: profile.kind, verifiedBy: profile.verifiedBy },
    ...(issuer !== undefined && { issuer }),
    ...(groups !== undefined && { groupsKnown: groups.known }),
    ...(groups !== undefined && hasNames(groups.known) && { groups: Object.freeze(groups.names) }),
    ...(scopes !== undefined && scopes.known === "closed" && { scopes: Object.freeze(scopes.names) }),
    ...(tags.length > 0 && { tags: Object.freeze(Object.fromEntries(tags)) }),
    ...(claims.length > 0 && { claims: Object.freeze(Object.fromEntries(claims)) }),
    ...(role !== undefined && { role: roleText(role) }),
    ...ids,
    ...(clientId !== undefined && { clientId }),
    ...(age !== undefined && { authAge: age }),
    ...(address !== undefined && { ip: address }),
  });
}

/** @param target with the query that the witness sends. */
export function describeRequest(facts: WitnessFacts, method: string, target: string): WitnessRequest {
  return Object.freeze({ method, target, ...describeHeaders(facts) });
}

/** The headers that a witness sends, if any. */
export function describeHeaders(facts: WitnessFacts): Pick<WitnessRequest, "headers"> {
  const headers = presentOperands(facts).flatMap(({ operand, value }) =>
    "header" in operand ? [[operand.header, String(value)] as const] : [],
  );
  return headers.length > 0 ? { headers: Object.freeze(Object.fromEntries(headers)) } : {};
}

function hasNames(known: string): boolean {
  return known === "closed" || known === "open";
}

function roleText({ partition, account, name }: NonNullable<WitnessFacts["role"]>): string {
  return partition === "aws" ? `${account}/${name}` : `arn:${partition}:iam::${account}:role/${name}`;
}
