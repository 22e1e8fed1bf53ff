import { invalidToken } from "./invalid-token.ts";
import type { JsonObject } from "./strict-json.ts";

/** What a Cognito token is for: an access token for an API, an ID token about the user. */
export type TokenUse = "access" | "id";

/** The claims that a Principal is made of, checked. */
export interface CognitoClaims {
  readonly sub: string;
  readonly clientId: string;
  /** Whether an app client got the token for itself, by client credentials. */
  readonly machine: boolean;
  readonly groups: readonly string[];
  /** Undefined for ID tokens, which have no scopes. */
  readonly scopes?: readonly string[];
}

const none: readonly string[] = [];

/**
 * Checks the claims that Cognito puts into its tokens.
 *
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html and
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
 *
 * @param clients the app clients whose tokens are accepted; null for any.
 * @param resources the resources of which an access token must be bound to one (RFC 8707); undefined where it must be bound to
 * none, null where nobody looks.
 * @throws AuthError `invalid_token`
 */
export function readCognitoClaims(
  payload: JsonObject,
  tokenUse: TokenUse,
  clients: ReadonlySet<string> | null,
  resources?: ReadonlySet<string> | null,
): CognitoClaims {
  if (payload.token_use !== tokenUse) throw invalidToken(`token_use is not ${tokenUse}`);
  // An access token may have an aud as well, for a bound resource (RFC 8707); it says nothing about the client.
  const clientClaim = tokenUse === "access" ? "client_id" : "aud";
  const clientId = readText(payload, clientClaim);
  if (clients !== null && !clients.has(clientId)) {
    throw invalidToken(`${clientClaim} is none of the configured clients`);
  }
  if (tokenUse === "access" && resources !== null) requireResource(payload.aud, resources);
  const sub = readText(payload, "sub");
  const { "cognito:groups": groups = none, scope = "" } = payload;
  if (!isTextArray(groups)) throw invalidToken("cognito:groups is not an array of strings");
  if (typeof scope !== "string") throw invalidToken("scope is not a string");
  // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
  const machine = tokenUse === "access" && payload.username === undefined && sub === clientId;
  return {
    sub,
    clientId,
    machine,
    groups,
    ...(tokenUse === "access" && { scopes: scope.split(" ").filter((name) => name !== "") }),
  };
}

function readText(payload: JsonObject, name: "sub" | "aud" | "client_id"): string {
  const value = payload[name];
  if (typeof value !== "string" || value === "") throw invalidToken(`${name} is not one string`);
  return value;
}

/** A token that was bound to another API must not open this one, whoever its user is. */
function requireResource(aud: unknown, resources: ReadonlySet<string> | undefined): void {
  if (resources === undefined) {
    if (aud !== undefined) throw invalidToken("aud binds it to a resource and none is configured");
    return;
  }
  const bound: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!isTextArray(bound) || !bound.some((resource) => resources.has(resource))) {
    throw invalidToken("aud is none of the configured resources");
  }
}

function isTextArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
