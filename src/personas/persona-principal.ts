import { parseRoleName, type RolePattern } from "../arn.ts";
import { anonymous, closedGroups, createPrincipal, openGroups, type Principal } from "../principal.ts";
import type { ReadPersona } from "./persona.ts";

/** The principal that a verifier would make of a persona. */
export function personaPrincipal(persona: ReadPersona, now: number): Principal {
  const { name, kind, credential, groups, scopes, tags = {}, claims, authAge } = persona;
  if (kind === "anonymous") return anonymous;
  const role = persona.role && (parseRoleName(persona.role) as RolePattern);
  const issuer = persona.issuer ?? (kind === "role" && role !== undefined ? role.account : "testing");
  const userId = persona.userId ?? (kind === "user" ? name : undefined);
  const identityId = persona.identityId ?? (kind === "guest" ? `eu-west-1:${name}` : undefined);
  const clientId = persona.clientId ?? (kind === "client" ? name : undefined);
  const ids = {
    user: `user:${issuer}:${userId}`,
    client: `client:${issuer}:${clientId}`,
    role: `role:${persona.role}`,
    guest: `guest:${identityId}`,
  };
  return createPrincipal({
    kind,
    id: ids[kind],
    issuer,
    verifiedBy: credential === "signature" ? "signed-request" : kind === "role" ? "sts-web-identity" : "user-pool",
    ...(userId !== undefined && { userId }),
    ...(identityId !== undefined && { identityId }),
    ...(clientId !== undefined && { clientId }),
    // A role is all that is known of its caller's groups.
    ...(kind !== "role" && { groups: closedGroups(groups) }),
    ...(kind === "role" && groups !== undefined && { groups: openGroups(groups) }),
    ...(scopes !== undefined && { scopes: new Set(scopes) }),
    tags: new Map(Object.entries(tags)),
    ...(claims !== undefined && { claims }),
    ...(role !== undefined && {
      role: {
        arn: `arn:${role.partition}:sts::${role.account}:assumed-role/${role.name}/${sessionName(name)}`,
        ...role,
        sessionName: sessionName(name),
      },
    }),
    ...(authAge !== undefined && { authenticatedAt: new Date(now - authAge * 1000) }),
  });
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: RoleSessionName
function sessionName(name: string): string {
  return name
    .replace(/[^\w+=,.@-]/g, "-")
    .slice(0, 64)
    .padEnd(2, "-");
}
