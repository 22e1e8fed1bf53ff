import { factOf, factsOf, foreignFacts, type GatewayFacts, textOf } from "./gateway-facts.ts";
import { type CognitoIdentity, type IamReader, readCognitoIdentity, readRole } from "./iam-identity.ts";

/**
 * Reads `requestContext.authorizer.iam` of an HTTP API or a function URL; the latter tells of no identity pool.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export const readHttpIam: IamReader = (identity) => {
  const role = readRole(textOf(identity, "userArn"), textOf(identity, "accountId"));
  const cognito = factOf(identity, "cognitoIdentity");
  if (cognito === undefined) return { role, cognito: undefined };
  const facts = factsOf(cognito);
  if (facts === undefined) throw foreignFacts("cognitoIdentity is no object");
  return { role, cognito: readIdentity(facts) };
};

function readIdentity(facts: GatewayFacts): CognitoIdentity {
  const poolId = textOf(facts, "identityPoolId");
  const id = textOf(facts, "identityId");
  const amr = factOf(facts, "amr");
  if (!Array.isArray(amr) || amr.length > 16 || !amr.every((entry) => typeof entry === "string")) {
    throw foreignFacts("amr is no list of a few texts");
  }
  const [type, ...others] = amr.filter((entry) => entry === "authenticated" || entry === "unauthenticated");
  if (others.length > 0) throw foreignFacts("amr says in several ways whether the identity has signed in");
  // A provider sorts ahead of the sign-in with it, which is longer.
  const providers = amr.filter((entry) => entry !== type).sort();
  return readCognitoIdentity(poolId, id, type, providers.length === 0 ? undefined : providers);
}
