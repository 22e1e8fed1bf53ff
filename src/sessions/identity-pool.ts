import { accessKeyIdForm } from "../access-key-id.ts";
import { type AwsConnection, unavailable } from "../aws-call.ts";
import { AuthError } from "../errors.ts";
import { callAwsJson } from "../tokens/aws-json-call.ts";
import { identityIdForm } from "../tokens/identity-id.ts";
import { isJsonObject, type JsonObject } from "../tokens/strict-json.ts";
import { secretForm, sessionTokenForm } from "./session-init.ts";

/** Tokens by the login provider that issued them; none for a guest. */
export type Logins = Readonly<Record<string, string>>;

/** Temporary credentials as an identity pool gives them. They are handed on to the caller and kept nowhere. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiration: number;
}

/** A JWT. */
const openIdTokenForm = /^[\w-]{1,4096}\.[\w-]{1,8192}\.[\w-]{1,4096}$/;
const shapeReason = "the answer of the identity pool cannot be read";

/** The region of an identity pool; undefined where the id is not of the form of one. */
export function identityPoolRegion(identityPoolId: string): string | undefined {
  return identityIdForm.exec(identityPoolId)?.[1];
}

/**
 * Asks an identity pool for the identity of a login; without logins each call creates another guest.
 *
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetId.html
 *
 * @throws AuthError, see {@link refusalOf}.
 */
export async function getId(connection: AwsConnection, identityPoolId: string, logins?: Logins): Promise<string> {
  const { IdentityId: identityId } = await call(connection, "GetId", {
    IdentityPoolId: identityPoolId,
    Logins: logins,
  });
  if (typeof identityId !== "string" || !identityIdForm.test(identityId)) throw unavailable(shapeReason);
  return identityId;
}

/**
 * Asks an identity pool for temporary credentials of an identity, by the enhanced flow.
 *
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
 *
 * @param customRoleArn one of the roles that the login's token offers; the pool chooses where it is undefined.
 * @throws AuthError, see {@link refusalOf}.
 */
export async function getCredentialsForIdentity(
  connection: AwsConnection,
  identityId: string,
  logins?: Logins,
  customRoleArn?: string,
): Promise<AwsCredentials> {
  const answer = await call(connection, "GetCredentialsForIdentity", {
    IdentityId: identityId,
    Logins: logins,
    CustomRoleArn: customRoleArn,
  });
  if (!isJsonObject(answer.Credentials)) throw unavailable(shapeReason);
  const { AccessKeyId, SecretKey, SessionToken, Expiration } = answer.Credentials;
  if (
    answer.IdentityId !== identityId ||
    !isText(AccessKeyId, accessKeyIdForm) ||
    !isText(SecretKey, secretForm) ||
    !isText(SessionToken, sessionTokenForm) ||
    typeof Expiration !== "number" ||
    !(Expiration > 0 && Expiration < 1e11)
  ) {
    throw unavailable(shapeReason);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretKey,
    sessionToken: SessionToken,
    expiration: Math.floor(Expiration * 1_000),
  };
}

/**
 * Asks an identity pool for an OpenID token of an identity, which STS takes in the classic flow.
 *
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetOpenIdToken.html
 *
 * @throws AuthError, see {@link refusalOf}.
 */
export async function getOpenIdToken(connection: AwsConnection, identityId: string, logins?: Logins): Promise<string> {
  const answer = await call(connection, "GetOpenIdToken", { IdentityId: identityId, Logins: logins });
  const { Token: token } = answer;
  if (answer.IdentityId !== identityId || !isText(token, openIdTokenForm)) throw unavailable(shapeReason);
  return token;
}

/** What an operation takes; JSON leaves out what is undefined. */
interface Input {
  readonly Logins: Logins | undefined;
  readonly IdentityPoolId?: string;
  readonly IdentityId?: string;
  readonly CustomRoleArn?: string | undefined;
}

async function call(connection: AwsConnection, operation: string, input: Input): Promise<JsonObject> {
  const answer = await callAwsJson(connection, { target: `AWSCognitoIdentityService.${operation}`, input });
  if ("refusal" in answer) throw refusalOf(answer.refusal, input);
  return answer.document;
}

/**
 * Tells what a refusal means for the caller: his token is refused, the gate is set up wrongly, or the pool cannot say now.
 *
 * The pool's message is left behind: it quotes ids and tokens.
 */
function refusalOf(code: string | undefined, { Logins: logins, CustomRoleArn: role }: Input): AuthError {
  switch (code) {
    case "NotAuthorizedException":
      // The pool has taken the token by then: it gave the identity of it.
      if (role !== undefined) return new AuthError("role_not_allowed", { reason: "the identity pool refuses it" });
      return logins === undefined
        ? new AuthError("no_credentials", { reason: "the identity pool admits no guests" })
        : new AuthError("invalid_token", { reason: "the identity pool refuses it" });
    case "ResourceConflictException":
      return new AuthError("access_denied", { reason: "the login is linked to another identity" });
    case "ResourceNotFoundException":
    case "InvalidParameterException":
    case "InvalidIdentityPoolConfigurationException":
      return new AuthError("configuration_error", {
        reason:
          "the identity pool does not exist, does not trust the user pool, has no usable role, or allows no classic flow",
      });
    default:
      return unavailable("the identity pool cannot answer");
  }
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === "string" && form.test(value);
}
