import { describe, expect, it } from "vitest";
import { firstSeed } from "../first-seed.ts";
import { judgeCases } from "../policy/differential.ts";

// A longer run of what the unit tests do in seconds. A failure names the seed of its case.
const cases = 200_000;

describe("the authorizer with generated policies", () => {
  it("decides as the slow and obvious reference does, over allows, denies and unknowns alike", async () => {
    const balance = await judgeCases(firstSeed, cases);
    console.log(`from seed ${firstSeed}: ${JSON.stringify(balance)}`);
    expect(balance.cases).toBeGreaterThanOrEqual(cases);
    for (const value of ["true", "false", "undefined"] as const) {
      expect(balance[value], `${value} from seed ${firstSeed}`).toBeGreaterThan(balance.cases / 5);
    }
    expect(balance.asked, `asked from seed ${firstSeed}`).toBeGreaterThan(balance.cases / 20);
    for (const outcome of ["allowed", "refused", "no route", "not signed", "unavailable"]) {
      expect(balance.outcomes[outcome], `${outcome} from seed ${firstSeed}`).toBeGreaterThan(balance.cases / 200);
    }
  });
});
