import aws4 from "aws4";
import fc, { type Scheduler } from "fast-check";
import { describe, expect, it } from "vitest";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Store } from "../../src/stores/store.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import { ada, now } from "../signed/gate.ts";

const service = "api.example.com";
const region = "eu-west-1";
const clock = () => now.getTime();

const callers = Array.from({ length: 8 }, (_, index) => ({
  accessKeyId: `ASIACALLER${String(index).padStart(10, "0")}`,
  secretAccessKey: `secret-of-caller-${index}`.padEnd(40, "/"),
  sessionToken: `token-of-caller-${index}`,
  id: `user:eu-west-1_Example01:${index}`,
}));
type Caller = (typeof callers)[0];

const kinds = ["genuine", "genuine", "wrong secret", "wrong token", "wrong id", "wrong body", "unknown id"] as const;
const orders = fc.array(
  fc.record({ caller: fc.nat(callers.length - 1), other: fc.nat(callers.length - 2), kind: fc.constantFrom(...kinds) }),
  { minLength: 2, maxLength: 30 },
);
type Order = typeof orders extends fc.Arbitrary<(infer One)[]> ? One : never;

/** Signs a POST for one caller, with parts of another where the order says so; its body arrives when the scheduler says so. */
function requestOf({ caller, other, kind }: Order, index: number, scheduler: Scheduler): AuthRequest {
  const own = callers[caller] as Caller;
  const another = callers[other < caller ? other : other + 1] as Caller;
  const body = `body ${index}`;
  const credentials = {
    ...own,
    ...(kind === "wrong secret" && { secretAccessKey: another.secretAccessKey }),
    ...(kind === "wrong token" && { sessionToken: another.sessionToken }),
    ...(kind === "wrong id" && { accessKeyId: another.accessKeyId }),
    ...(kind === "unknown id" && { accessKeyId: "ASIAUNKNOWNUNKNOWN00" }),
  };
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const { headers = {} } = aws4.sign(
    { method: "POST", host: service, service, region, path: `/${index}`, body, headers: { "X-Amz-Date": time } },
    credentials,
  );
  const received = Buffer.from(kind === "wrong body" ? "body of somebody" : body);
  return {
    method: "POST",
    target: `/${index}`,
    wire: true,
    headers: new RequestHeaders(Object.entries(headers).flatMap(([name, value]) => [name, String(value)])),
    body: () => scheduler.schedule(Promise.resolve(received), `body ${index}`),
  };
}

/** A store whose answers come in the order that the scheduler says, and which fails for some ids. */
function unruly(store: Store, scheduler: Scheduler, failing: ReadonlySet<string>): Store {
  return {
    ...store,
    get(key) {
      const id = key.slice(key.lastIndexOf("/") + 1);
      const answer = failing.has(id) ? Promise.reject(new Error("down")) : store.get(key);
      return scheduler.schedule(answer, `get ${id}`);
    },
    list: (prefix) => scheduler.schedule(store.list(prefix), "list"),
  };
}

describe("requests whose look-ups and bodies come back in any order", () => {
  it.each([0, 60])(
    "are each verified as their own caller's, or refused, with a cache of %d seconds",
    async (cacheSeconds) => {
      const memory = memoryStore({ clock });
      const notAfter = new Date(clock() + 3_600_000);
      const seen = { verified: 0, refused: 0, failed: 0 };
      const opener = createSessions({ service, region, clock, store: memory });
      for (const { id, ...credentials } of callers) {
        await opener.open({ ...credentials, principal: { ...ada, id }, notAfter });
      }
      const failures = fc.subarray(
        callers.map(({ accessKeyId }) => accessKeyId),
        { maxLength: 3 },
      );
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), orders, failures, async (scheduler, chosen, failing) => {
          const store = unruly(memory, scheduler, new Set(failing));
          const sessions = createSessions({ service, region, clock, store, cacheSeconds });
          const verifier = signedRequest({ sessions, bodyReaders: 1_000 });
          const before = JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(verifier)));
          const outcomes = chosen.map((order, index) =>
            verifier.verify(requestOf(order, index, scheduler)).then(
              ({ principal }) => principal.id,
              (error: { code?: string }) => String(error.code),
            ),
          );
          await scheduler.waitFor(Promise.all(outcomes));
          for (const [index, { caller, other, kind }] of chosen.entries()) {
            const presented = callers[kind === "wrong id" ? (other < caller ? other : other + 1) : caller] as Caller;
            const unreachable = kind !== "unknown id" && failing.includes(presented.accessKeyId);
            const own = kind === "genuine" ? presented.id : "invalid_signature";
            expect(await outcomes[index]).toBe(unreachable ? "store_unavailable" : own);
            seen[unreachable ? "failed" : kind === "genuine" ? "verified" : "refused"] += 1;
          }
          // S27: a competitor kept the callback of a request on the object that all requests shared.
          expect(JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(verifier)))).toBe(before);
        }),
        { numRuns: 100 },
      );
      for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
    },
  );
});
