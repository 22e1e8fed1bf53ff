import { describe } from "vitest";
import { holdsThroughOutages } from "./outage-drill.ts";
import { requestWith } from "./token-fixtures.ts";

describe("an outage of the JWKS endpoint, behind bearer", () => {
  holdsThroughOutages((authorizer) => async (raw) => {
    const decision = await authorizer.authorize({ ...requestWith(`Bearer ${raw}`), target: "/articles" });
    if (decision.allowed) return { status: 200 };
    const { status, code, retryAfter, challenge } = decision.error;
    return { status, code, retryAfter, challenge };
  });
});
