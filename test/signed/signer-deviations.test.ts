import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signedRequest } from "../../src/verify/signed-request.ts";
import { now, sessionsOf, toAuthRequest } from "./gate.ts";
import { readRequest } from "./read-request.ts";
import { deviations } from "./signer-deviations.ts";
import { signers, type Wanted } from "./signers.ts";

// A deviation that a new version of a signer no longer shows must go from the list.

// aws-sigv4-fetch takes no time of signing.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => void vi.useRealTimers());

const gate = signedRequest({ sessions: sessionsOf() });

async function resultOf(name: string, wanted: Wanted): Promise<string> {
  const request = await signers[name]?.(wanted).catch(() => undefined);
  if (request === undefined) return "throws";
  const target = `${wanted.path}?${wanted.query ?? ""}`;
  if (readRequest({ ...request, target }, []) !== readRequest(request, [])) return "altered";
  return gate.verify(toAuthRequest(request)).then(
    () => "verified",
    () => "refused",
  );
}

it.each(Object.keys(signers))("%s is listed, and an ordinary request of its verifies", async (name) => {
  expect(deviations[name]).toBeDefined();
  expect(await resultOf(name, { method: "GET", path: "/a", query: "a=1&b=%20" })).toBe("verified");
});

describe.each(Object.entries(deviations))("%s", (name, list) => {
  it.each(list.map((deviation) => [deviation.what, deviation] as const))("%s", async (_, deviation) => {
    const { example, result, applies } = deviation;
    expect(applies(example)).toBe(true);
    expect(await resultOf(name, example)).toBe(result);
  });
});
