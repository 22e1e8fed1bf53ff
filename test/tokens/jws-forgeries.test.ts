import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { RequestHeaders } from "../../src/request.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { forgeriesOfRs256 } from "./jws-forgeries.ts";
import { accessClaims, clientId, now, requestWith, userPoolId } from "./token-fixtures.ts";

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("forged and malformed tokens", () => {
  const kid = "one";
  const claims = accessClaims();
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const input = `${encode({ kid, alg: "RS256" })}.${encode(claims)}`;
  const good = `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
  // All that a forger could point to is there: another key, a secret, and a key for encryption.
  const jwks = {
    keys: [
      { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" },
      { kty: "oct", kid: "secret", alg: "HS256", k: "AAAA" },
    ],
  };
  const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks, clock: () => now });
  const inHeader = bearer({ issuers: [access] });
  const anywhere = bearer({ issuers: [access], token: ({ headers }) => headers.get("x-token") });
  const bare = (token: string) => ({ ...requestWith(), headers: new RequestHeaders(["X-Token", token]) });
  const forgeries = forgeriesOfRs256({ kid, claims, privateKey, good });

  it("are made from a token that is good, each another, and none of them good", async () => {
    await expect(inHeader.verify(requestWith(`Bearer ${good}`))).resolves.toBeDefined();
    await expect(anywhere.verify(bare(good))).resolves.toBeDefined();
    expect(forgeries.length).toBeGreaterThan(130);
    expect(new Set(forgeries.map(([, token]) => token)).size).toBe(forgeries.length);
  });

  it.each(forgeries)("are refused: %s", async (_, token) => {
    for (const verification of [inHeader.verify(requestWith(`Bearer ${token}`)), anywhere.verify(bare(token))]) {
      const outcome = await verification.then(
        () => "accepted",
        (thrown: unknown) => thrown,
      );
      expect(outcome).toBeInstanceOf(AuthError);
      expect(["invalid_token", "malformed_credentials", "ambiguous_credentials"]).toContain(
        (outcome as AuthError).code,
      );
    }
    await expect(anywhere.verify(bare(token))).rejects.toMatchObject({ code: "invalid_token" });
  });
});
