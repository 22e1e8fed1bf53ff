import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { alb } from "../../src/tokens/alb.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import type { Verified } from "../../src/verifier.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { albHeader, header as albHeaderName, common, kid, userInfo } from "./alb-fixtures.ts";
import { verifyWith } from "./issuer-contract.ts";
import { bare, type Encode, forgeriesOfEs256, forgeriesOfRs256, type Loot, negated, padded } from "./jws-forgeries.ts";
import { accessClaims, clientId, now, requestWith, sub, userPoolId } from "./token-fixtures.ts";

type Verify = (token: string) => Promise<Pick<Verified, "principal">>;

const withHeader = (name: string, value: string): AuthRequest => ({
  ...requestWith(),
  headers: new RequestHeaders([name, value]),
});

/** A good token, and what it is made of. */
function lootOf(
  header: Loot["header"],
  given: Loot["claims"],
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
  encode: Encode,
): Loot & { readonly jwks: { readonly keys: readonly object[] } } {
  const make = (jti: string) => {
    const claims = { ...given, jti };
    const input = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(claims))}`;
    const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
    return { claims, good: `${input}.${encode(signature)}` };
  };
  // In standard base64 its signature must be another. That of RSA over the same claims is always the same.
  let round = 0;
  let token = make("0");
  while (!/[-_][^.]*$/.test(token.good)) token = make(String(++round));
  const { alg } = header;
  // All that a forger could point to is there: a secret as well.
  const jwks = {
    keys: [
      { ...publicKey.export({ format: "jwk" }), kid: header.kid, alg, use: "sig" },
      { kty: "oct", kid: "secret", alg: "HS256", k: "AAAA" },
    ],
  };
  return { header, ...token, privateKey, encode, jwks };
}

const pool = lootOf(
  { kid: "one", alg: "RS256" },
  accessClaims(),
  generateKeyPairSync("rsa", { modulusLength: 2048 }),
  bare,
);
const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks: pool.jwks, clock: () => now });
const inHeader = bearer({ issuers: [access] });
const anywhere = bearer({ issuers: [access], token: ({ headers }) => headers.get("x-token") });

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const balancers = ([bare, padded] as const).map((encode) => {
  const loot = lootOf({ kid, alg: "ES256", ...albHeader() }, userInfo(), pair, encode);
  const balancer = alb({ ...common, jwks: loot.jwks });
  const verifier = bearer({ issuers: [balancer] });
  return {
    name: `of a load balancer, with ${encode === bare ? "bare" : "padded"} parts`,
    loot,
    forgeries: forgeriesOfEs256(loot),
    byRequest: ((token) => verifier.verify(withHeader(albHeaderName, token))) as Verify,
    byToken: ((token) => verifyWith(balancer, Promise.resolve(token))) as Verify,
  };
});

describe.each([
  {
    name: "of a user pool",
    loot: pool,
    forgeries: forgeriesOfRs256(pool),
    byRequest: ((token) => inHeader.verify(requestWith(`Bearer ${token}`))) as Verify,
    byToken: ((token) => anywhere.verify(withHeader("X-Token", token))) as Verify,
  },
  ...balancers,
])("forged and malformed tokens $name", ({ loot, forgeries, byRequest, byToken }) => {
  const { good } = loot;

  it("are made from a token that is good, each another, and none of them good", async () => {
    for (const verify of [byRequest, byToken]) await expect(verify(good)).resolves.toBeDefined();
    expect(forgeries.length).toBeGreaterThan(130);
    expect(new Set([good, ...forgeries.map(([, token]) => token)]).size).toBe(forgeries.length + 1);
  });

  it.each(forgeries)("are refused: %s", async (_, token) => {
    const outcome = await byRequest(token).then(
      () => "accepted",
      (thrown: unknown) => thrown,
    );
    expect(outcome).toBeInstanceOf(AuthError);
    expect(["invalid_token", "malformed_credentials", "ambiguous_credentials"]).toContain((outcome as AuthError).code);
    await expect(byToken(token)).rejects.toMatchObject({ name: "AuthError", code: "invalid_token" });
  });
});

describe("the other signature that every signature of ECDSA has", () => {
  it.each(balancers)("is no forgery, since all that it signs is the same: $name", async ({ loot, byRequest }) => {
    const other = negated(loot);
    expect(other).not.toBe(loot.good);
    expect((await byRequest(other)).principal.id).toBe(`user:${userPoolId}:${sub}`);
  });
});
