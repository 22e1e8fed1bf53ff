import fc from "fast-check";
import { expect, it } from "vitest";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import { ada, credentials, now, type Received, toAuthRequest } from "./gate.ts";
import { queries } from "./generated-requests.ts";
import { headerMutators } from "./header-mutators.ts";
import { insertions, type Mutator } from "./mutation.ts";
import { presign } from "./reference-presigner.ts";
import { sign } from "./reference-signer.ts";
import { targetMutators } from "./target-mutators.ts";

// A spelling that means the same verifies, so each of them must be known for the request that was sent before.

const mutators: Readonly<Record<string, Mutator>> = { ...targetMutators, ...headerMutators };
const changes = fc.array(
  fc.record({ kind: fc.constantFrom(...Object.keys(mutators)), at: fc.nat(500), other: fc.nat(500), text: insertions }),
  { minLength: 1, maxLength: 80, size: "max" },
);
const forms = fc.constantFrom("strict" as const, "sorted" as const, "wire" as const);

it("no other spelling of a request that was sent is let in a second time", async () => {
  const clock = () => now.getTime();
  const seen = { replayed: 0, refused: 0 };
  const attempt = async (presigned: boolean, query: string | undefined, queryForm: "strict" | "sorted" | "wire") => {
    const sessions = createSessions({
      ...{ service: "api.example.com", region: "eu-west-1", clock, store: memoryStore({ clock }) },
    });
    await sessions.open({ ...credentials, principal: ada, notAfter: new Date(clock() + 3_600_000) });
    const verifier = signedRequest({ sessions, replayProtection: "all", presignedUrls: { maxSeconds: 300 } });
    const outcome = (request: Received) =>
      verifier.verify(toAuthRequest(request)).then(
        () => "let in",
        (error: { code?: string }) => String(error.code),
      );
    const wanted = { queryForm, ...(query !== undefined && { query }) };
    return { outcome, request: presigned ? presign(wanted) : sign({ ...wanted, path: "/caf%C3%A9", body: "a" }) };
  };
  await fc.assert(
    fc.asyncProperty(fc.boolean(), queries, forms, changes, async (presigned, query, form, chosen) => {
      const { outcome, request } = await attempt(presigned, query, form);
      expect(await outcome(request)).toBe("let in");
      expect(await outcome(request)).toBe("request_replayed");
      for (const { kind, ...choice } of chosen) {
        const code = await outcome((mutators[kind] as Mutator)(request, { ...choice, neighbor: request }));
        expect(code).not.toBe("let in");
        seen[code === "request_replayed" ? "replayed" : "refused"] += 1;
      }
    }),
    { numRuns: 150 },
  );
  expect(seen.replayed).toBeGreaterThan(500);
  expect(seen.refused).toBeGreaterThan(500);
});
