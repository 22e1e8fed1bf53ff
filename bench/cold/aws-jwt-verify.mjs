/** What a hand-written authorizer is bundled of: one verifier of aws-jwt-verify, and no policy. */
import { CognitoJwtVerifier } from "aws-jwt-verify";

const verifier = CognitoJwtVerifier.create({
  userPoolId: "eu-west-1_Example01",
  clientId: "1example23456789",
  tokenUse: "access",
});

export const handler = async (event) => {
  try {
    await verifier.verify(event.headers.authorization.slice("Bearer ".length));
    return { isAuthorized: true };
  } catch {
    return { isAuthorized: false };
  }
};
