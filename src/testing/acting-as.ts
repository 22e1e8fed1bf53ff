import { parseRoleName, type RoleName } from "../arn.ts";
import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import { closedGroups, createPrincipal, openGroups, type Principal, type PrincipalKind } from "../principal.ts";
import type { Verifier } from "../verifier.ts";

/** A caller as a test describes him; what is left out gets a plain default. */
export interface ActingCaller {
  /** `user` by default. */
  readonly kind?: Exclude<PrincipalKind, "anonymous">;
  /** The `sub`; `test-user` by default for a user, and for him alone. */
  readonly userId?: string;
  /** The identity pool's identity; `eu-west-1:test-guest` by default for a guest. */
  readonly identityId?: string;
  /** The OAuth client of the token; `test-client` by default for a client, else unknown. */
  readonly clientId?: string;
  /** {@link Principal.id}; by default it follows from the kind. */
  readonly id?: string;
  /** The pool or account that vouches; `testing` by default. */
  readonly issuer?: string;
  /** The groups: closed for a user or client (none by default), open for a role or guest (unknown by default). */
  readonly groups?: readonly string[];
  /** The scopes; unknown by default. */
  readonly scopes?: readonly string[];
  /** The principal tags, such as `{ tenant: "acme" }`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The claims. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The role, such as `123456789012/ArticleEditor`. */
  readonly role?: RoleName;
  readonly authenticatedAt?: Date;
  readonly expiresAt?: Date;
}

const optionNames = [
  "kind",
  "userId",
  "identityId",
  "clientId",
  "id",
  "issuer",
  "groups",
  "scopes",
  "tags",
  "claims",
  "role",
  "authenticatedAt",
  "expiresAt",
];
const kinds: readonly unknown[] = ["user", "client", "role", "guest"];

/**
 * A verifier that verifies nothing: it takes every request without a credential for one from the given caller. For tests of
 * policies and routes alone; **in production it lets everyone in**.
 *
 * Its scheme is `Testing-Verifies-Nothing`, which challenges and logs then show, and `verifiedBy` is `testing`. A request that
 * does carry a credential is refused with `ambiguous_credentials`.
 *
 * @throws ConfigurationError where a member is misspelled or of the wrong kind.
 *
 * @example
 * ```ts
 * import { createAuthorizer, definePolicy, group } from "poolgate";
 * import { actingAs } from "poolgate/testing";
 *
 * const authorizer = createAuthorizer({
 *   verifiers: [actingAs({ groups: ["editors"], tags: { tenant: "acme" } })],
 *   policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
 * });
 * ```
 */
export function actingAs(caller: ActingCaller): Verifier {
  refuseUnknownOptions("actingAs", caller, optionNames);
  const principal = principalFor(caller);
  return Object.freeze({
    scheme: "Testing-Verifies-Nothing",
    detects: () => true,
    verify: async () => ({ principal }),
  });
}

function principalFor(caller: ActingCaller): Principal {
  const { kind = "user", issuer = "testing", groups, scopes, tags = {}, claims, role } = caller;
  if (!kinds.includes(kind)) {
    throw new ConfigurationError("invalid_option", "actingAs.kind", "must be user, client, role or guest");
  }
  const acting = role === undefined ? undefined : parseRoleName(role);
  if (role !== undefined && acting === undefined) {
    throw new ConfigurationError("invalid_option", "actingAs.role", "must be of the form 123456789012/ArticleEditor");
  }
  const userId = caller.userId ?? (kind === "user" ? "test-user" : undefined);
  const identityId = caller.identityId ?? (kind === "guest" ? "eu-west-1:test-guest" : undefined);
  const clientId = caller.clientId ?? (kind === "client" ? "test-client" : undefined);
  const ids = {
    user: `user:${issuer}:${userId}`,
    client: `client:${issuer}:${clientId}`,
    role: `role:${acting?.account ?? "123456789012"}/${acting?.name ?? "Test"}`,
    guest: `guest:${identityId}`,
  };
  const closed = kind === "user" || kind === "client";
  return createPrincipal({
    kind,
    id: caller.id ?? ids[kind],
    issuer,
    verifiedBy: "testing",
    ...(userId !== undefined && { userId }),
    ...(identityId !== undefined && { identityId }),
    ...(clientId !== undefined && { clientId }),
    ...(closed && { groups: closedGroups(groups) }),
    ...(!closed && groups !== undefined && { groups: openGroups(groups) }),
    ...(scopes !== undefined && { scopes: new Set(scopes) }),
    tags: new Map(Object.entries(tags)),
    ...(claims !== undefined && { claims }),
    ...(acting !== undefined && {
      role: {
        arn: `arn:${acting.partition}:sts::${acting.account}:assumed-role/${acting.name}/testing`,
        ...acting,
        sessionName: "testing",
      },
    }),
    ...(caller.authenticatedAt !== undefined && { authenticatedAt: caller.authenticatedAt }),
    ...(caller.expiresAt !== undefined && { expiresAt: caller.expiresAt }),
  });
}
