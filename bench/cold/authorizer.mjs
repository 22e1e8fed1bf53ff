/**
 * An authorizer as it stands in a Lambda function, with tokens and a policy. It fetches nothing while it is imported: the keys of a
 * user pool are fetched for the first token, or by `ready()`, which a function awaits here and which is left out because it
 * would measure a network.
 */
import {
  anyone,
  authenticated,
  bearer,
  createAuthorizer,
  definePolicy,
  equal,
  group,
  param,
  tag,
  userPool,
} from "poolgate";
import { lambdaAuthorizer } from "poolgate/lambda";

const access = userPool({
  userPoolId: "eu-west-1_Example01",
  clientId: "1example23456789",
  tokenUse: "access",
  principalTags: { tenant: "custom:tenant" },
});

const authorizer = createAuthorizer({
  verifiers: [bearer({ issuers: [access] })],
  policy: definePolicy({
    routes: {
      "GET /health": anyone,
      "GET /articles/:id": authenticated,
      "POST /articles": group("editors"),
      "* /tenants/:tenantId/**": equal(tag("tenant"), param("tenantId")),
    },
  }),
});

export const handler = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
