import { describe, expect, it } from "vitest";
import { firstSeed } from "../first-seed.ts";
import { judgeCases } from "./differential.ts";

describe("the authorizer with a generated policy", () => {
  it("decides as the reference does, over allows, denies and unknowns alike", async () => {
    const balance = await judgeCases(firstSeed, 3_000);
    for (const value of ["true", "false", "undefined"] as const) {
      expect(balance[value], `${value} from seed ${firstSeed}`).toBeGreaterThan(balance.cases / 5);
    }
  });
});
