import { type AwsConnection, unavailable } from "../aws-call.ts";
import { AuthError } from "../errors.ts";
import { callAwsJson } from "./aws-json-call.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";

/** The user whom a token names. */
export interface TokenUser {
  readonly sub: string;
  /** The claim `username`. */
  readonly username: unknown;
}

/** A connection to the user pools API, and how long one call of it may take. */
export interface UserPoolConnection extends AwsConnection {
  /** In milliseconds. */
  readonly timeout: number;
}

// A profile of 75 attributes of 2,048 characters in UTF-8 fits, or users with much to tell could not be asked about:
// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const maxBytes = 1_048_576;

/**
 * Asks Cognito whether it still accepts an access token, by GetUser.
 *
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html
 *
 * @returns false where Cognito refuses the token, or its user has not confirmed, must choose a new password, or is gone.
 * @throws AuthError `upstream_unavailable` where that cannot be known now, `configuration_error` where asking again is no use.
 */
export async function getUser(connection: UserPoolConnection, token: string, user: TokenUser): Promise<boolean> {
  const answer = await callAwsJson(connection, {
    target: "AWSCognitoIdentityProviderService.GetUser",
    input: { AccessToken: token },
    timeout: connection.timeout,
    maxBytes,
  });
  if ("refusal" in answer) return judgeRefusal(answer.refusal);
  if (!isAbout(answer.document, user)) throw unavailable("the user pool told of another user");
  return true;
}

function judgeRefusal(code: string | undefined): false {
  switch (code) {
    // "Access Token has been revoked" after GlobalSignOut, AdminUserGlobalSignOut, RevokeToken and AdminDisableUser.
    case "NotAuthorizedException":
    case "UserNotFoundException":
    case "UserNotConfirmedException":
    case "PasswordResetRequiredException":
      return false;
    case "ResourceNotFoundException":
    case "InvalidParameterException":
      throw new AuthError("configuration_error", {
        reason:
          "the user pool cannot be asked about its tokens: it does not exist, or liveCheck.endpoint is not its own",
      });
    // Throttling, faults of AWS, and a ForbiddenException of AWS WAF, whose rules may count requests.
    default:
      throw unavailable("the user pool cannot answer");
  }
}

/** `sub` never changes and belongs to one user; the name decides where the app client may not read `sub`. */
function isAbout({ Username: name, UserAttributes: attributes }: JsonObject, { sub, username }: TokenUser): boolean {
  if (!Array.isArray(attributes)) return false;
  const found = attributes.find((attribute: unknown) => isJsonObject(attribute) && attribute.Name === "sub");
  if (found !== undefined) return found.Value === sub;
  return typeof name === "string" && name === username;
}
