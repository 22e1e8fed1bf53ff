import { ConfigurationError, requireText } from "../configuration.ts";

/** What follows from the id of a user pool. */
export interface UserPoolNames {
  readonly userPoolId: string;
  /** The issuer in the ORIGINAL format, by which the pool is known everywhere in poolgate. */
  readonly issuer: string;
  /** The issuer in the UPDATED format. */
  readonly updatedIssuer: string;
  /** The name under which an identity pool knows the pool, in `Logins`. */
  readonly loginProvider: string;
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html: at most 55 of
// [\w-]+_[0-9a-zA-Z]+; what precedes the underscore is the region.
const poolId = /^([a-z]{2,8}(?:-[a-z]{1,16}){1,3}-\d{1,2})_[0-9A-Za-z]{1,40}$/;

const issuerForm = /^https:\/\/(?:issuer-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/([^/]+)$/;

/** The pool whose issuer this is, in either format and from any of its regions; undefined where it is no pool's. */
export function userPoolOfIssuer(issuer: string): UserPoolNames | undefined {
  const userPoolId = issuerForm.exec(issuer)?.[1];
  return userPoolId !== undefined && poolId.test(userPoolId) ? userPoolNames("issuer", userPoolId) : undefined;
}

/**
 * Derives issuers and login provider from the id of a user pool.
 *
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html
 *
 * @throws ConfigurationError
 */
export function userPoolNames(option: string, value: unknown): UserPoolNames {
  const userPoolId = requireText(option, value, '"eu-west-1_Example01"');
  const match = poolId.exec(userPoolId);
  if (match === null) {
    throw new ConfigurationError(
      "invalid_option",
      option,
      'must be a region, an underscore and an id, such as "eu-west-1_Example01"',
    );
  }
  const host = `cognito-idp.${match[1]}.amazonaws.com`;
  return {
    userPoolId,
    issuer: `https://${host}/${userPoolId}`,
    updatedIssuer: `https://issuer-${host}/${userPoolId}`,
    loginProvider: `${host}/${userPoolId}`,
  };
}
