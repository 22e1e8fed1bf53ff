import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { userPool } from "../../src/tokens/user-pool.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { accessClaims, clientId, createSigner, now, requestWith, userPoolId } from "../tokens/token-fixtures.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
const { jwk, sign } = createSigner("one");
const pool = userPool({
  userPoolId,
  clientId,
  tokenUse: "access",
  jwksUri: "https://keys.example/",
  clock: () => now,
  fetch,
});
const gate = bearer({ issuers: [pool], clock: () => now });
const [, payload, signature] = sign(accessClaims()).split(".") as [string, string, string];

async function fetch(): Promise<Response> {
  return Response.json({ keys: [jwk] });
}

async function refuse(from: number, to: number): Promise<void> {
  for (let at = from; at < to; at++) {
    // Every other one names a key that exists, with the signature of another header.
    const header = JSON.stringify({ alg: "RS256", kid: at % 2 === 0 ? "one" : `forged-${at}`, at });
    const raw = `${Buffer.from(header).toString("base64url")}.${payload}.${signature}`;
    const refused = await Promise.resolve(gate.verify(requestWith(`Bearer ${raw}`))).then(
      () => false,
      ({ code }) => code === "invalid_token",
    );
    if (!refused) throw new Error("a forged token was not refused as invalid");
  }
}

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it("keeps nothing of 100,000 forged tokens: the heap grows by less than 5 MB", async () => {
  await refuse(0, 5_000);
  const before = heap();
  await refuse(5_000, 105_000);
  expect(heap() - before).toBeLessThan(5_000_000);
});
