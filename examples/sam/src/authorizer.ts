import { bearer, createAuthorizer, userPool } from "poolgate";
import { lambdaAuthorizer, tableCache } from "poolgate/lambda";
import { gatewayCache } from "./gateway-cache.ts";
import { policy } from "./policy.ts";

const { USER_POOL_ID = "", CLIENT_ID = "" } = process.env;
const access = userPool({ userPoolId: USER_POOL_ID, clientId: CLIENT_ID, tokenUse: "access" });
const authorizer = createAuthorizer({ verifiers: [bearer({ issuers: [access] })], policy });

// The keys are fetched while the function starts. Where that fails it starts all the same, and a request fetches them.
await authorizer.ready().catch((fault: Error) => console.warn(fault.message));

export const handler = lambdaAuthorizer(authorizer, {
  format: "rest-request",
  cache: tableCache({ ...gatewayCache, unrouted: "gateway" }),
});
