import { lambdaAuthorizer } from "poolgate/lambda";
import { gate } from "./gate.ts";

export const handler = lambdaAuthorizer(gate, { format: "http-simple", cache: "off" });
