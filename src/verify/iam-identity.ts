import { parseAssumedRoleArn, type Role } from "../arn.ts";
import { AuthError } from "../errors.ts";
import { identityIdForm } from "../tokens/identity-id.ts";
import { factOf, foreignFacts, type GatewayFacts, textOf } from "./gateway-facts.ts";

/** Whom a gateway has let in by his signature. */
export interface IamIdentity {
  readonly role: Role;
  /** The identity whose credentials they were; undefined for those of no identity pool. */
  readonly cognito: CognitoIdentity | undefined;
}

/** An identity of an identity pool. */
export interface CognitoIdentity {
  readonly identityPoolId: string;
  readonly identityId: string;
  /** By which providers it has signed in, as the gateway lists them; undefined for a guest. */
  readonly providers: readonly string[] | undefined;
}

/**
 * Reads what one kind of gateway says of a caller who signed.
 *
 * @throws AuthError `configuration_error` where no gateway would say so, `role_not_allowed` where the caller is no assumed role.
 */
export type IamReader = (identity: GatewayFacts) => IamIdentity;

/**
 * Reads the ARN of the caller, who must be an assumed role: those of identity pools are, and users of IAM are nobody's callers.
 *
 * @param account the account of the caller, where the gateway says it apart.
 */
export function readRole(arn: string, account: string | undefined): Role {
  const role = parseAssumedRoleArn(arn);
  if (role === undefined) throw new AuthError("role_not_allowed", { reason: "the caller is no assumed role" });
  if (account !== undefined && account !== role.account) throw foreignFacts("the account is not that of the ARN");
  return role;
}

/**
 * Checks an identity, and that it is either signed in, with providers, or a guest, without.
 *
 * @param type `authenticated` or `unauthenticated`.
 */
export function readCognitoIdentity(
  identityPoolId: string,
  identityId: string,
  type: unknown,
  providers: readonly string[] | undefined,
): CognitoIdentity {
  const region = identityIdForm.exec(identityPoolId)?.[1];
  if (region === undefined) throw foreignFacts("the identity pool has no id of one");
  if (identityIdForm.exec(identityId)?.[1] !== region) throw foreignFacts("the identity is none of its pool's region");
  if (type !== "authenticated" && type !== "unauthenticated") {
    throw foreignFacts("the identity is neither authenticated nor unauthenticated");
  }
  if ((type === "authenticated") !== (providers !== undefined)) {
    throw foreignFacts("the providers are not those of a signed-in identity or of a guest");
  }
  return { identityPoolId, identityId, providers };
}

/** The names under which a gateway says how an identity has signed in. */
export interface SignInNames {
  /** `authenticated` or `unauthenticated`. */
  readonly type: string;
  /** The providers, in one text. */
  readonly provider: string;
}

/**
 * Reads what REST APIs and AppSync say in the same way, but for two names and the list in one text.
 *
 * @param split takes the list of providers apart.
 */
export function readTexts(
  identity: GatewayFacts,
  { type, provider }: SignInNames,
  split: (text: string) => readonly string[],
): IamIdentity {
  const role = readRole(textOf(identity, "userArn"), textOf(identity, "accountId"));
  const names = ["cognitoIdentityPoolId", "cognitoIdentityId", type, provider];
  if (names.every((name) => factOf(identity, name) === undefined)) return { role, cognito: undefined };
  const poolId = textOf(identity, "cognitoIdentityPoolId");
  const id = textOf(identity, "cognitoIdentityId");
  const providers = factOf(identity, provider) === undefined ? undefined : split(textOf(identity, provider));
  return { role, cognito: readCognitoIdentity(poolId, id, factOf(identity, type), providers) };
}
