import { bearer, createAuthorizer, userPool } from "poolgate";
import { policy } from "./policy.ts";

const { USER_POOL_ID = "", CLIENT_ID = "" } = process.env;
const access = userPool({ userPoolId: USER_POOL_ID, clientId: CLIENT_ID, tokenUse: "access" });

export const gate = createAuthorizer({ verifiers: [bearer({ issuers: [access] })], policy });

// The keys are fetched while the function starts. Where that fails it starts all the same, and a request fetches them.
await gate.ready().catch((fault: Error) => console.warn(fault.message));
