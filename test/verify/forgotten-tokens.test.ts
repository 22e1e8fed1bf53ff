import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { TokenIssuer } from "../../src/tokens/token-issuer.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { everyIssuer, everyKind } from "../tokens/every-issuer.ts";
import { now } from "../tokens/token-fixtures.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** The issuers, and weak references to the tokens that they have verified. */
function watched() {
  const seen: WeakRef<object>[] = [];
  const issuers = everyIssuer.map((issuer) => ({
    ...issuer,
    verify(token: Parameters<TokenIssuer["verify"]>[0]) {
      seen.push(new WeakRef(token));
      return issuer.verify(token);
    },
  }));
  return { seen, issuers: issuers as unknown as typeof everyIssuer };
}

it.each(everyKind)(
  "keeps the principal of a token, and nothing of the token: $name",
  async ({ key, writer, claims, request }) => {
    const { seen, issuers } = watched();
    const gate = bearer({ issuers, clock: () => now });
    const sent = request(await writer(key).sign(claims()));
    const { principal } = await gate.verify(sent);
    // What was verified is known by its digest still.
    expect((await gate.verify(sent)).principal).toBe(principal);
    expect(seen).toHaveLength(1);
    await new Promise(setImmediate);
    collectGarbage();
    expect(seen[0]?.deref()).toBeUndefined();
  },
);
