import { type IamReader, readTexts } from "./iam-identity.ts";

// AWS documents the member and not its form. Each provider has been seen in quotation marks.
const quoted = /^"([^"]*)","([^"]*)"$/;

/**
 * Reads `identity` of an AppSync resolver. Its list of providers stands in quotation marks; one without is taken as that of a REST
 * API.
 *
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html
 */
export const readAppSyncIam: IamReader = (identity) =>
  readTexts(
    identity,
    { type: "cognitoIdentityAuthType", provider: "cognitoIdentityAuthProvider" },
    (text) => quoted.exec(text)?.slice(1) ?? text.split(","),
  );
