import { closedGroups, createPrincipal, openGroups, type Principal, type PrincipalInit } from "../../principal.ts";
import { RequestHeaders } from "../../request.ts";
import { parseTarget } from "../../target.ts";
import type { RuleInput } from "../evaluation.ts";
import type { Membership } from "./memberships.ts";
import type { OperandSource } from "./operand-source.ts";
import type { WitnessFacts } from "./witness-facts.ts";

/** A time that means nothing: a witness is as old at any other. */
const now = Date.UTC(2026, 0, 1);

/** Makes a witness flesh: a principal and a request as rules get them, but for the parameters of the route. */
export function witnessInput(facts: WitnessFacts, method: string, path: string): Omit<RuleInput, "params"> {
  const query = new URLSearchParams();
  const headers: string[] = [];
  for (const { operand, value } of presentOperands(facts)) {
    if ("query" in operand) query.set(operand.query, String(value));
    if ("header" in operand) headers.push(operand.header, String(value));
  }
  const target = query.size === 0 ? path : `${path}?${query}`;
  const request = {
    ...{ method, target, wire: true, headers: new RequestHeaders(headers) },
    ...(facts.address !== undefined && { remoteAddress: facts.address }),
  };
  return { principal: principalOf(facts), request, target: parseTarget(target), now };
}

/** The operands that a witness has a value of. */
export function presentOperands({ operands }: WitnessFacts): readonly {
  readonly operand: OperandSource["operand"];
  readonly value: string | number | boolean;
}[] {
  return operands.flatMap(({ source: { operand }, held }) =>
    typeof held === "object" ? [{ operand, value: held.value }] : [],
  );
}

function principalOf(facts: WitnessFacts): Principal {
  const { profile, age, methods } = facts;
  const { kind, verifiedBy } = profile;
  const role = profile.role === "always" ? (facts.role ?? plainRole) : facts.role;
  const tags = new Map<string, string>();
  const claims: Record<string, unknown> = {};
  let { userId, identityId }: { userId?: string; identityId?: string } = {
    ...(profile.userId === "always" && { userId: "user-1" }),
    ...(profile.identityId === "always" && { identityId: "eu-west-1:11111111-2222-3333-4444-555555555555" }),
  };
  for (const { operand, value } of presentOperands(facts)) {
    if ("tag" in operand) tags.set(operand.tag, String(value));
    if ("claim" in operand) Object.defineProperty(claims, operand.claim, { value, enumerable: true });
    if ("userId" in operand) userId = String(value);
    if ("identityId" in operand) identityId = String(value);
  }
  for (const { source, held } of facts.operands) {
    if (held === "list" && "claim" in source.operand) claims[source.operand.claim] = methods;
  }
  const clientId = facts.clientId ?? (profile.clientId === "always" ? "client-1" : undefined);
  const known: PrincipalInit = {
    kind,
    id: kind === "anonymous" ? "anonymous" : `${kind}:witness`,
    issuer: issuerOf(facts, role?.account),
    verifiedBy,
    tags,
    claims,
    ...groupsOf(facts.groups ?? { known: profile.groups[0], names: [] }),
    ...scopesOf(facts.scopes ?? { known: profile.scopes === "always" ? "closed" : "unknown", names: [] }),
  };
  return createPrincipal({
    ...known,
    ...(userId !== undefined && { userId }),
    ...(identityId !== undefined && { identityId }),
    ...(clientId !== undefined && { clientId }),
    ...(role !== undefined && {
      role: { ...role, arn: `arn:${role.partition}:sts::${role.account}:assumed-role/${role.name}/session` },
    }),
    ...(age !== undefined && { authenticatedAt: new Date(now - age * 1000) }),
  });
}

const plainRole = { partition: "aws", account: "999999999999", name: "Role" };

function issuerOf({ profile, issuer }: WitnessFacts, account: string | undefined): string {
  if (profile.issuer === "never") return "";
  if (profile.issuer === "account") return account as string;
  return issuer ?? "https://issuer.example";
}

function groupsOf({ known, names }: Membership): Pick<PrincipalInit, "groups"> {
  if (known === "unknown") return {};
  if (known === "none") return { groups: closedGroups() };
  return { groups: known === "closed" ? closedGroups(names) : openGroups(names) };
}

function scopesOf({ known, names }: Membership): Pick<PrincipalInit, "scopes"> {
  return known === "closed" ? { scopes: new Set(names) } : {};
}
