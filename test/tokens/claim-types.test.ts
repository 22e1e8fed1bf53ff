import { describe, expect, it } from "vitest";
import type { Principal } from "../../src/principal.ts";
import type { AlbClaims } from "../../src/tokens/alb-principal.ts";
import type { IdentityPoolTokenClaims } from "../../src/tokens/identity-pool-principal.ts";
import type { OidcClaims } from "../../src/tokens/oidc-principal.ts";
import type { StsWebIdentityClaims } from "../../src/tokens/sts-web-identity-principal.ts";
import type { UserPoolAccessClaims, UserPoolIdClaims } from "../../src/tokens/user-pool-claims.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { everyIssuer, everyKind } from "./every-issuer.ts";

/** Every claim that a type requires, by name; it does not compile with one too few or too many. */
type Required<Claims> = Readonly<
  Record<
    keyof {
      [Name in keyof Claims as string extends Name ? never : undefined extends Claims[Name] ? never : Name]: true;
    },
    true
  >
>;

const access: Required<UserPoolAccessClaims> = { iss: true, exp: true, token_use: true, sub: true, client_id: true };
const id: Required<UserPoolIdClaims> = { iss: true, exp: true, token_use: true, sub: true, aud: true };
const identity: Required<IdentityPoolTokenClaims> = { iss: true, exp: true, sub: true, aud: true, amr: true };
const sts: Required<StsWebIdentityClaims> = {
  ...{ iss: true, exp: true, sub: true, aud: true },
  "https://sts.amazonaws.com/": true,
};
const plain: Required<OidcClaims> = { iss: true, exp: true, sub: true, aud: true };

const stated: Required<AlbClaims> = { iss: true, exp: true, sub: true };

const requiredOf = (name: string): Readonly<Record<string, true>> => {
  if (name.startsWith("userPool, access")) return access;
  if (name.startsWith("userPool, ID")) return id;
  if (name.startsWith("identityPool")) return identity;
  if (name.startsWith("alb")) return stated;
  return name.startsWith("sts") ? sts : plain;
};

const verifier = bearer({ issuers: everyIssuer, cache: "off" });
const kinds = everyKind.filter(({ key, name }) => !name.startsWith("oidc") || key.jwk.alg === "ES256");
const verify = async ({ key, writer, claims, request }: (typeof kinds)[number], changes = {}): Promise<Principal> =>
  (await verifier.verify(request(await writer(key).sign(claims(changes))))).principal;

describe("a claim that its type requires", () => {
  it.each(
    kinds.flatMap((kind) => Object.keys(requiredOf(kind.name)).map((claim) => [kind.name, claim, kind] as const)),
  )("of %s, %s, is in every principal, since a token without it is refused", async (_, claim, kind) => {
    expect((await verify(kind)).claims[claim]).toBeDefined();
    await expect(verify(kind, { [claim]: undefined })).rejects.toMatchObject({ code: "invalid_token" });
  });
});

describe("a claim that its type says is checked where it is there", () => {
  it.each(
    kinds.flatMap((kind) => {
      const times = ["exp", "iat", "nbf", "auth_time"].map((claim) => [claim, "1"] as const);
      const ids = ["jti", "origin_jti"].map((claim) => [claim, 1] as const);
      const own = kind.name.startsWith("userPool")
        ? ([
            ["cognito:groups", "admins"],
            ["scope", ["a"]],
          ] as const)
        : [];
      const wrong = [...times, ...ids, ...own, ...(kind.name.startsWith("oidc") ? [["azp", 1] as const] : [])];
      return wrong.map(([claim, value]) => [kind.name, claim, value, kind] as const);
    }),
  )("of %s, %s, is refused as %j", async (_, claim, value, kind) => {
    await expect(verify(kind, { [claim]: value })).rejects.toMatchObject({ code: "invalid_token" });
  });
});

describe("what the type of a principal requires beside its claims", () => {
  it.each(kinds.map((kind) => [kind.name, kind] as const))("is there, by %s", async (name, kind) => {
    const principal = await verify(kind);
    expect(principal.expiresAt).toBeInstanceOf(Date);
    if (name.startsWith("userPool")) expect(principal.groups?.closed).toBe(true);
    if (name.startsWith("userPool, access")) expect(principal.scopes).toBeInstanceOf(Set);
    if (principal.kind === "user" && !name.startsWith("oidc")) expect(typeof principal.userId).toBe("string");
    if (name.startsWith("identityPool")) expect(typeof principal.identityId).toBe("string");
    if (name.startsWith("alb")) expect(principal).toMatchObject({ kind: "user", verifiedBy: "alb" });
    if (name.startsWith("sts")) expect(principal.role?.account).toBe("123456789012");
    if (principal.kind === "guest") expect(principal.groups?.names.size).toBe(0);
  });
});
