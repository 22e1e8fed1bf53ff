import { describe, expect, it } from "vitest";
import { judgeCases } from "./differential.ts";

describe("the authorizer with a generated policy", () => {
  it("decides as the reference does, over allows, denies and unknowns alike", async () => {
    const first = Math.floor(Math.random() * 2 ** 31);
    const balance = await judgeCases(first, 3_000);
    for (const value of ["true", "false", "undefined"] as const) {
      expect(balance[value], `${value} from seed ${first}`).toBeGreaterThan(balance.cases / 5);
    }
  });
});
