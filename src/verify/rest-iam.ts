import { type IamReader, readTexts } from "./iam-identity.ts";

/**
 * Reads `requestContext.identity` of a REST API.
 *
 * `cognitoAuthenticationProvider` is a list joined with commas, and the subject of a provider may hold one. Nobody can tell such a
 * text from a list of several providers, so that a list is only ever taken as a whole.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export const readRestIam: IamReader = (identity) =>
  readTexts(identity, { type: "cognitoAuthenticationType", provider: "cognitoAuthenticationProvider" }, (text) =>
    text.split(","),
  );
