import { describe, expect, it } from "vitest";
import { type Answering, askGateway, newTally, type Tally } from "../adapters/lambda/cached-world.ts";
import type { ModeledFormat } from "../adapters/lambda/gateway-cache.ts";
import { firstSeed } from "../first-seed.ts";

// A longer run of what the unit tests do in seconds. A failure names the seed of its policy.
const interleavings = 72_000;
const policyFormats: readonly ModeledFormat[] = ["rest-token", "rest-request", "http-policy", "http-policy-1.0"];

/** Asks until so many requests were judged, over formats in turn. */
async function tallyOf(
  answering: Answering,
  formats: readonly ModeledFormat[],
  requests: number,
  seed: number,
): Promise<Tally> {
  const tally = newTally();
  for (let next = seed; tally.requests < requests; next += 1) {
    await askGateway(next, answering, formats[next % formats.length] as ModeledFormat, 200, tally);
  }
  console.log(`${answering} from seed ${seed}: ${JSON.stringify({ ...tally, examples: undefined })}`);
  return tally;
}

describe("what a gateway keeps of authorizers", () => {
  it.each<[Answering, readonly ModeledFormat[]]>([
    ["table", policyFormats],
    ["table, routes as the policy", policyFormats],
    ["coarse", [...policyFormats, "http-simple"]],
    ["exact", ["rest-request", "http-simple", "http-policy", "http-policy-1.0"]],
  ])("gives nobody more than the policy, and nobody less now and then: %s", async (answering, formats) => {
    const tally = await tallyOf(answering, formats, interleavings / 4, firstSeed);
    expect(tally.overGrants, tally.examples.join("\n")).toBe(0);
    expect(tally.randomDenies, tally.examples.join("\n")).toBe(0);
    expect(tally.kept).toBeGreaterThan(answering === "exact" ? tally.requests / 20 : tally.requests / 2);
    expect(tally.allowed).toBeGreaterThan(tally.requests / 20);
    expect(tally.denied).toBeGreaterThan(tally.requests / 20);
  });

  it("denies now and then where the one request is allowed that was asked about first, as most examples do", async () => {
    const tally = await tallyOf("naive exact", policyFormats, 5_000, firstSeed);
    expect(tally.overGrants).toBe(0);
    expect(tally.randomDenies).toBeGreaterThan(100);
  });

  it("lets in too many where all of the stage is allowed instead, as the advice against that goes", async () => {
    const tally = await tallyOf("naive wildcard", policyFormats, 5_000, firstSeed);
    expect(tally.overGrants).toBeGreaterThan(100);
  });
});
