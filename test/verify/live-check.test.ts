import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { createRevocations } from "../../src/tokens/create-revocations.ts";
import type { TokenIssuer } from "../../src/tokens/token-issuer.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { type BearerOptions, bearer } from "../../src/verify/bearer.ts";
import { accessClaims, clientId, createSigner, now, requestWith, userPoolId } from "../tokens/token-fixtures.ts";

const signer = createSigner("one");
const clock = () => now;
const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks: { keys: [signer.jwk] }, clock });
const raw = signer.sign(accessClaims({ jti: "j" }));
const request = requestWith(`Bearer ${raw}`);
const revoked = new AuthError("invalid_token", { reason: "revoked" });

/** The pool, as one that asks; what it was asked about, and what it says from now on. */
function setUp(options: Partial<BearerOptions> = {}) {
  const state: { asked: string[]; verdict?: AuthError } = { asked: [] };
  const asking: TokenIssuer = {
    ...access,
    async verify(token) {
      const verified = await access.verify(token);
      return {
        ...verified,
        async confirm(shown) {
          state.asked.push(shown);
          if (state.verdict !== undefined) throw state.verdict;
        },
      };
    },
  };
  return { state, gate: bearer({ issuers: [asking], clock, ...options }) };
}

describe("bearer with an issuer that asks whether a token is still good", () => {
  it.each([{}, "off"] as const)("has it asked for every request, with the cache %j", async (cache) => {
    const { gate, state } = setUp({ cache });
    await gate.verify(request);
    await gate.verify(request);
    expect(state.asked).toEqual([raw, raw]);
    state.verdict = revoked;
    await expect(gate.verify(request)).rejects.toBe(revoked);
    delete state.verdict;
    await expect(gate.verify(request)).resolves.toBeDefined();
  });

  it("waits for a promise of another class", async () => {
    // biome-ignore lint/suspicious/noThenProperty: a promise as some libraries make it
    const foreign = { then: (_: unknown, reject: (fault: unknown) => void) => void setTimeout(reject, 5, revoked) };
    const asking: TokenIssuer = {
      ...access,
      verify: async (token) => ({
        ...(await access.verify(token)),
        confirm: () => foreign as unknown as Promise<void>,
      }),
    };
    await expect(bearer({ issuers: [asking], clock }).verify(request)).rejects.toBe(revoked);
  });

  it("does not have it asked about a token that is refused anyway", async () => {
    const revocations = createRevocations({ store: memoryStore({ clock }), audience: "api.example.com", clock });
    await revocations.revoke({ jti: "j" });
    const { gate, state } = setUp({ revocations });
    await expect(gate.verify(request)).rejects.toMatchObject({ code: "invalid_token" });
    const forged = requestWith(`Bearer ${createSigner("one").sign(accessClaims())}`);
    await expect(gate.verify(forged)).rejects.toMatchObject({ code: "invalid_token" });
    const expired = requestWith(`Bearer ${signer.sign(accessClaims({ exp: now / 1000 }))}`);
    await expect(gate.verify(expired)).rejects.toMatchObject({ code: "token_expired" });
    expect(state.asked).toEqual([]);
  });
});
