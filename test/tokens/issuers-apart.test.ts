import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { group } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { identityPoolToken } from "../../src/tokens/identity-pool-token.ts";
import { oidc } from "../../src/tokens/oidc.ts";
import { stsWebIdentity } from "../../src/tokens/sts-web-identity.ts";
import type { TokenIssuer } from "../../src/tokens/token-issuer.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { createForeignKey } from "./foreign-key.ts";
import {
  accessClaims,
  clientId,
  idClaims,
  now,
  issuer as poolIssuer,
  requestWith,
  seconds,
  sub,
  userPoolId,
} from "./token-fixtures.ts";

type Members = Readonly<Record<string, unknown>>;
type Issuers = readonly [TokenIssuer, ...TokenIssuer[]];

const clock = () => now;
const account = "123456789012";
const otherPoolId = "eu-west-1_PoolTwo";
const identityPoolId = "eu-west-1:11111111-2222-3333-4444-555555555555";
const staffIssuer = "https://login.example.com/tenant";
const namesakes = [`${staffIssuer}/`, "https://login.example.com/Tenant"] as const;
const audience = "https://api.example.com";
const stsIssuer = "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws";
const naming = (prefix: string) =>
  ({ groups: { prefix }, scopes: { prefix }, tags: { prefix } }) as const satisfies Members;

// One kid for all: not by its name is a key the key of an issuer.
const keys = {
  pool: createForeignKey("RS256", "one"),
  otherPool: createForeignKey("RS256", "one"),
  staff: createForeignKey("RS256", "one"),
  slash: createForeignKey("RS256", "one"),
  capital: createForeignKey("RS256", "one"),
  sts: createForeignKey("RS256", "one"),
  identities: createForeignKey("RS512", "one"),
} as const;
type Name = keyof typeof keys;
const names = Object.keys(keys) as readonly Name[];
const given = (name: Name) => ({ clock, jwks: { keys: [keys[name].jwk] } });

const pool = { userPoolId, clientId, ...given("pool"), groups: "as-is", scopes: "as-is", tags: "as-is" } as const;
const provider = (name: Name, issuer: string) =>
  oidc({ issuer, audience, groupsClaim: "groups", scopesClaim: "scope", ...given(name), ...naming(`${name}:`) });
const issuers: Issuers = [
  userPool({ ...pool, tokenUse: "access" }),
  userPool({ ...pool, tokenUse: "id" }),
  userPool({
    ...{ userPoolId: otherPoolId, clientId, tokenUse: "access" as const },
    ...given("otherPool"),
    ...naming("otherPool:"),
  }),
  provider("staff", staffIssuer),
  provider("slash", namesakes[0]),
  provider("capital", namesakes[1]),
  stsWebIdentity({
    ...{ account, issuer: stsIssuer, audience, ...given("sts") },
    roles: { "123456789012/Nightly": { groups: ["reporters"] } },
    principalTags: { group: "cognito:groups" },
    tags: { prefix: "sts:" },
  }),
  identityPoolToken({ identityPoolId, userPools: [userPoolId], guests: true, ...given("identities") }),
];

/** What each of them would say of an admin, and nothing beside it could be read by another. */
const admin: Members = { groups: ["admins"], "cognito:groups": ["admins"], roles: ["admins"], scope: "admins" };
const ofProvider = (iss: string): Members => ({ iss, sub, aud: audience, exp: seconds + 300, ...admin });
const login = `cognito-idp.eu-west-1.amazonaws.com/${userPoolId}`;
const claims: Readonly<Record<Name, Members>> = {
  pool: accessClaims(admin),
  otherPool: accessClaims({ ...admin, iss: poolIssuer.replace(userPoolId, otherPoolId) }),
  staff: ofProvider(staffIssuer),
  slash: ofProvider(namesakes[0]),
  capital: ofProvider(namesakes[1]),
  sts: {
    ...ofProvider(stsIssuer),
    sub: `arn:aws:iam::${account}:role/Nightly`,
    "https://sts.amazonaws.com/": { aws_account: account, principal_tags: { "cognito:groups": "admins", ...admin } },
  },
  identities: {
    ...ofProvider("https://cognito-identity.amazonaws.com"),
    sub: "eu-west-1:99999999-2222-3333-4444-555555555555",
    aud: identityPoolId,
    amr: ["authenticated", login, `${login}:CognitoSignIn:${sub}`],
  },
};

const gate = bearer({ issuers });
const policy = definePolicy({ routes: { "GET /": group("admins") } });
const authorizer = createAuthorizer({ verifiers: [gate], policy });
const good = async (name: Name) => requestWith(`Bearer ${await keys[name].sign(claims[name])}`);

describe("a bearer with issuers of every kind", () => {
  it("knows the admins of the issuer that names its groups as they are, and of no other", async () => {
    const allowed: Name[] = [];
    for (const name of names) {
      await expect(gate.verify(await good(name))).resolves.toBeDefined();
      if ((await authorizer.authorize(await good(name))).allowed) allowed.push(name);
    }
    expect(allowed).toEqual(["pool"]);
  });

  it("gives each caller an id of his own, but for the user whom the user pool knows either way", async () => {
    const ids = await Promise.all(names.map(async (name) => (await gate.verify(await good(name))).principal.id));
    expect(ids).toEqual([
      `user:${userPoolId}:${sub}`,
      `user:${otherPoolId}:${sub}`,
      ...[staffIssuer, ...namesakes].map((issuer) => `user:${issuer}#${sub}`),
      `role:${account}/Nightly`,
      `user:${userPoolId}:${sub}`,
    ]);
  });

  it("takes the signature of no issuer for that of another", async () => {
    for (const claimed of names) {
      for (const signer of names.filter((other) => other !== claimed)) {
        const alg = keys[claimed].jwk.alg as string;
        for (const raw of [await keys[signer].sign(claims[claimed]), keys[signer].forge(claims[claimed], { alg })]) {
          await expect(gate.verify(requestWith(`Bearer ${raw}`))).rejects.toMatchObject({ code: "invalid_token" });
        }
      }
    }
  });

  it("has a token judged by nobody but the issuer of its iss and token_use", async () => {
    const strayed: readonly (readonly [Name, Members])[] = [
      ["pool", { ...claims.pool, token_use: undefined }],
      ["pool", { ...claims.pool, token_use: ["access"] }],
      ["pool", { ...claims.pool, token_use: "id" }],
      ["pool", idClaims({ token_use: "access" })],
      ["otherPool", { ...claims.otherPool, token_use: "id" }],
      ["staff", { ...claims.staff, token_use: "access" }],
      ["sts", { ...claims.sts, token_use: "access" }],
      ["identities", { ...claims.identities, token_use: "id" }],
      ["staff", { ...claims.staff, iss: [staffIssuer] }],
      ["staff", { ...claims.staff, iss: staffIssuer.replace("login", "LOGIN") }],
    ];
    for (const [name, payload] of strayed) {
      const raw = await keys[name].sign(payload);
      await expect(gate.verify(requestWith(`Bearer ${raw}`))).rejects.toMatchObject({ code: "invalid_token" });
    }
  });

  it.each([
    ["a user pool", userPool({ userPoolId, clientId, tokenUse: "access", ...given("pool") })],
    ["groups", oidc({ issuer: staffIssuer, audience, groupsClaim: "groups", ...given("staff") })],
    ["tags", oidc({ issuer: staffIssuer, audience, principalTags: { tenant: "org" }, ...given("staff") })],
    [
      "role tags",
      stsWebIdentity({
        ...{ account, issuer: stsIssuer, audience, roles: null, principalTags: { tenant: "team" } },
        ...given("sts"),
      }),
    ],
  ])("is refused with an issuer beside others that does not name %s", (_name, silent) => {
    const others = issuers.filter(({ trusted }) => trusted.issuer !== silent.trusted.issuer);
    expect(() => bearer({ issuers: [silent, ...others] })).toThrow(/^bearer\.issuers: .*"as-is"/);
  });
});
