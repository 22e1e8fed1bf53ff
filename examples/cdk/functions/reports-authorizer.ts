import { exactCache, lambdaAuthorizer } from "poolgate/lambda";
import { gate } from "./gate.ts";
import { reportsCache } from "./reports-cache.ts";

export const handler = lambdaAuthorizer(gate, { format: "http-simple", cache: exactCache(reportsCache) });
