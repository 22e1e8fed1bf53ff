import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Answering, askGateway, newTally, type Tally } from "./cached-world.ts";
import { createGateway, type ModeledFormat } from "./gateway-cache.ts";

const request = { method: "GET", path: "/a/b", token: "Bearer x" };

/** A gateway whose authorizer answers with patterns, and counts how often it was asked. */
function gatewayWith(allow: readonly string[], deny: readonly string[] = [], ttl = 300) {
  let asked = 0;
  let now = 0;
  const stage = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/";
  const statements = [
    { Effect: "Allow", Resource: allow.map((pattern) => stage + pattern) },
    { Effect: "Deny", Resource: deny.map((pattern) => stage + pattern) },
  ];
  const ask = createGateway({
    format: "rest-token",
    authorizer: async () => {
      asked += 1;
      return { principalId: "x", policyDocument: { Statement: statements } };
    },
    ttl,
    keyed: [],
    clock: () => now,
  });
  return { ask, asked: () => asked, wait: (ms: number) => (now += ms) };
}

describe("the model of the gateway", () => {
  it.each<[path: string, allow: string, deny: string[], status: number]>([
    ["/a/b", "GET/a/b", [], 200],
    ["/a/b", "GET/a/B", [], 403],
    ["/a/b", "POST/a/b", [], 403],
    ["/a/b/c", "GET/a/*", [], 200],
    ["/a/", "GET/a/*", [], 200],
    ["/a", "GET/a/*", [], 403],
    ["/a/b", "???/a/?", [], 200],
    ["/a/b", "*", ["GET/a/*"], 403],
    ["/a/b", "*", ["GET/b"], 200],
    ["/x/a/b", "*/a/b", [], 200],
    ["/a.b", "GET/a?b", [], 200],
    ["/axb", "GET/a.b", [], 403],
  ])("holds %s against an allow for %s and denies for %j: %i", async (path, allow, deny, status) => {
    expect(await gatewayWith([allow], deny).ask({ ...request, path })).toMatchObject({ status });
  });

  it("keeps an answer for its token as long as it lives, and judges each request by it anew", async () => {
    const { ask, asked, wait } = gatewayWith(["GET/a/b"]);
    expect(await ask(request)).toMatchObject({ status: 200, kept: false });
    expect(await ask({ ...request, path: "/c" })).toMatchObject({ status: 403, kept: true });
    expect(await ask({ ...request, token: "Bearer y" })).toMatchObject({ status: 200, kept: false });
    wait(300_000);
    expect(await ask(request)).toMatchObject({ kept: false });
    expect(asked()).toBe(3);
  });

  it("asks each time with a time to live of 0, and nobody without a token", async () => {
    const { ask, asked } = gatewayWith(["*"], [], 0);
    await ask(request);
    expect(await ask(request)).toMatchObject({ status: 200, kept: false });
    expect(await ask({ ...request, token: "" })).toMatchObject({ status: 401 });
    expect(asked()).toBe(2);
  });

  it("keeps a simple answer for every request, and no failure", async () => {
    let failing = true;
    const ask = createGateway({
      format: "http-simple",
      authorizer: async () => {
        if (failing) throw new Error("Unauthorized");
        return { isAuthorized: true };
      },
      ttl: 300,
      keyed: [],
      clock: () => 0,
    });
    expect(await ask(request)).toMatchObject({ status: 500 });
    failing = false;
    expect(await ask(request)).toMatchObject({ status: 200, kept: false });
    expect(await ask({ ...request, path: "/c" })).toMatchObject({ status: 200, kept: true });
  });
});

const policyFormats: readonly ModeledFormat[] = ["rest-token", "rest-request", "http-policy", "http-policy-1.0"];
const modes: readonly (readonly [Answering, readonly ModeledFormat[]])[] = [
  ["exact", ["rest-request", "http-simple", "http-policy", "http-policy-1.0"]],
  ["coarse", [...policyFormats, "http-simple"]],
  ["table", policyFormats],
  ["table, routes as the policy", policyFormats],
];

describe.each(modes)("answers that are kept: %s", (answering, formats) => {
  it("give no caller more than the policy, whatever it is, and nobody less now and then", async () => {
    const tally: Tally = newTally();
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...formats), async (seed, format) => {
        const before = tally.overGrants + tally.randomDenies;
        await askGateway(seed, answering, format, 40, tally);
        expect(tally.overGrants + tally.randomDenies - before, tally.examples.join("\n")).toBe(0);
      }),
      { numRuns: 100 },
    );
    expect(tally.withoutTable).toBeLessThan(10);
    expect(tally.kept).toBeGreaterThan(100);
    expect(tally.allowed).toBeGreaterThan(100);
    expect(tally.denied).toBeGreaterThan(100);
  });
});
