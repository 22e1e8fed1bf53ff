import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { authorizationOf, requestProof } from "../proofs/prover.ts";
import { editor, openGate, type Stage, setStage } from "../proofs/proving-gate.ts";
import { type Received, toAuthRequest } from "./gate.ts";
import { wantedRequests } from "./generated-requests.ts";
import { insertions, type Mutator, spliced } from "./mutation.ts";
import { readRequest } from "./read-request.ts";
import { targetMutators } from "./target-mutators.ts";

// Proofs in requests beside signatures: the same requests and changes, before an STS that really checks.

const mutators: Readonly<Record<string, Mutator>> = {
  ...targetMutators,
  "method: another": (request, { at }) => ({
    ...request,
    method: ["GET", "PUT", "DELETE", "get", "A\nB"][at % 5] as string,
  }),
  "body: characters": (request, choice) => ({ ...request, body: spliced(String(request.body), choice) }),
  "content-type: characters": (request, choice) => ({
    ...request,
    headers: request.headers.map(([name, value]) => [name, name === "content-type" ? spliced(value, choice) : value]),
  }),
  "content-type: more": (request, { text }) => ({ ...request, headers: [...request.headers, ["Content-Type", text]] }),
};
const change = fc.record({
  kind: fc.constantFrom(...Object.keys(mutators)),
  at: fc.nat(500),
  other: fc.nat(500),
  text: insertions,
});

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

it("a proof is good for the request that it was made for, and for no other", async () => {
  const { proofs } = openGate(stage);
  const prover = await stage.prover(editor);
  const seen = { altered: 0, same: 0 };
  let source = 0;
  const outcome = (request: Received) => {
    source += 1;
    const remoteAddress = `10.0.${source >> 8}.${source & 255}`;
    return proofs.verify({ ...toAuthRequest(request), remoteAddress }).then(
      () => "let in",
      (error: { status?: number }) => `refused with ${error.status}`,
    );
  };
  await fc.assert(
    fc.asyncProperty(wantedRequests, change, async (wanted, { kind, ...choice }) => {
      const { method, path, query } = wanted;
      const target = path + (query === undefined ? "" : `?${query}`);
      const body = Buffer.from(wanted.body ?? "").toString("latin1");
      const contentType = "text/plain";
      const make = async (): Promise<Received> => {
        const proof = await requestProof(prover, { method, target, contentType, body });
        return {
          method,
          target,
          body,
          headers: [
            ["authorization", authorizationOf(proof)],
            ["content-type", contentType],
          ],
        };
      };
      const genuine = await make();
      expect(await outcome(genuine)).toBe("let in");
      expect(await outcome(genuine)).toBe("refused with 401");
      const fresh = await make();
      const changed = (mutators[kind] as Mutator)(fresh, { ...choice, neighbor: genuine });
      const same = readRequest(changed, ["content-type"]) === readRequest(fresh, ["content-type"]);
      seen[same ? "same" : "altered"] += 1;
      if (!same) expect(await outcome(changed)).toMatch(/^refused with 4/);
    }),
    { numRuns: 150 },
  );
  expect(seen.altered).toBeGreaterThan(50);
});
