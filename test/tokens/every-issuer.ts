import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { alb } from "../../src/tokens/alb.ts";
import { identityPoolToken } from "../../src/tokens/identity-pool-token.ts";
import { oidc } from "../../src/tokens/oidc.ts";
import { stsWebIdentity } from "../../src/tokens/sts-web-identity.ts";
import { keyForms, type TokenAlgorithm } from "../../src/tokens/token-algorithm.ts";
import type { TokenIssuer } from "../../src/tokens/token-issuer.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { albClaims, header as albHeaderName, albKey, arrangeAlb, common } from "./alb-fixtures.ts";
import { type Arrange, arrangedKey, createForeignKey, type ForeignKey, paddedKey } from "./foreign-key.ts";
import { accessClaims, clientId, idClaims, now, requestWith, seconds, sub, userPoolId } from "./token-fixtures.ts";

type Members = Readonly<Record<string, unknown>>;

/** A kind of token that the issuers of {@link everyIssuer} accept, with one key that signs it. */
export interface KindOfToken {
  readonly name: string;
  readonly key: ForeignKey;
  /** Moves claims to where the issuer writes them. */
  readonly arrange: Arrange;
  /** A key that writes tokens as the issuer does. */
  readonly writer: (key: ForeignKey) => ForeignKey;
  readonly issuer: TokenIssuer;
  /** `Principal.id` of whom a good token is about. */
  readonly caller: string;
  /** The claims of a good token; `undefined` leaves one out. */
  readonly claims: (claims?: Members) => Members;
  /** The name and the value of the header that brings a token of this kind. */
  readonly bring: (raw: string) => readonly [name: string, value: string];
  /** A request that brings one. */
  readonly request: (raw: string) => AuthRequest;
}

const account = "123456789012";
const identityPoolId = "eu-west-1:11111111-2222-3333-4444-555555555555";
const identityId = "eu-west-1:99999999-2222-3333-4444-555555555555";
const login = `cognito-idp.eu-west-1.amazonaws.com/${userPoolId}`;
const machine = "9machine8765432";
const audience = "https://api.example.com";
const provider = "https://login.example.com/tenant";
const services = "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws";
const algorithms = Object.keys(keyForms) as readonly TokenAlgorithm[];

// A pool signs its access tokens with another key than its ID tokens.
const access = createForeignKey("RS256", "access");
const id = createForeignKey("RS256", "id");
const openId = createForeignKey("RS512", "eu-west-1-15");
const rsaOfSts = createForeignKey("RS256");
const ecOfSts = createForeignKey("ES384");
const ofProvider = algorithms.map((alg) => createForeignKey(alg));

const published = (...keys: readonly ForeignKey[]) => ({
  jwks: { keys: keys.map(({ jwk }) => jwk) },
  clock: () => now,
});
const named = { groups: "as-is", scopes: "as-is", tags: "as-is" } as const;

const accessTokens = userPool({
  ...{ userPoolId, clientId: [clientId, machine], tokenUse: "access" },
  ...published(access, id),
  ...named,
});
const idTokens = userPool({ userPoolId, clientId, tokenUse: "id", ...published(access, id), ...named });
const identities = identityPoolToken({ identityPoolId, userPools: [userPoolId], guests: true, ...published(openId) });
const roles = stsWebIdentity({
  ...{ account, issuer: services, audience },
  roles: { "123456789012/Nightly": { groups: ["reporters"] } },
  ...published(rsaOfSts, ecOfSts),
});
const staff = oidc({ issuer: provider, audience, algorithms, ...published(...ofProvider) });

// It signs in the users of the same pool, so that its tokens have the same `iss`.
const balancer = alb(common);

/** An issuer of every kind, for one `bearer`, at the time of the tests. */
export const everyIssuer: readonly [TokenIssuer, ...TokenIssuer[]] = [
  ...([accessTokens, idTokens, identities, roles, staff] as const),
  balancer,
];

const openIdClaims = (claims: Members = {}): Members => ({
  iss: "https://cognito-identity.amazonaws.com",
  sub: identityId,
  aud: identityPoolId,
  amr: ["authenticated", login, `${login}:CognitoSignIn:${sub}`],
  iat: seconds - 1,
  exp: seconds + 600,
  ...claims,
});
const roleClaims = (claims: Members = {}): Members => ({
  iss: services,
  sub: `arn:aws:iam::${account}:role/Nightly`,
  aud: audience,
  iat: seconds - 10,
  exp: seconds + 290,
  jti: "55555555-2222-3333-4444-555555555555",
  "https://sts.amazonaws.com/": { aws_account: account, principal_tags: { team: "data" } },
  ...claims,
});
const providerClaims = (claims: Members = {}): Members => ({
  iss: provider,
  sub: "ada",
  aud: audience,
  azp: "web",
  iat: seconds - 10,
  exp: seconds + 300,
  ...claims,
});
const machineClaims = (claims: Members = {}): Members =>
  accessClaims({ sub: machine, client_id: machine, username: undefined, "cognito:groups": undefined, ...claims });

const plain: Arrange = (claims, header) => [claims, header];

function kind(
  name: string,
  issuer: TokenIssuer,
  key: ForeignKey,
  claims: KindOfToken["claims"],
  caller: string,
): KindOfToken {
  return {
    ...{ name: `${name} with ${key.jwk.alg}`, issuer, key, claims, caller, arrange: plain },
    writer: (any) => any,
    bring: (raw) => ["Authorization", `Bearer ${raw}`],
    request: (raw) => requestWith(`Bearer ${raw}`),
  };
}

/** A kind of token of a load balancer, by how its parts are written. */
function albKind(name: string, form: (key: ForeignKey) => ForeignKey): KindOfToken {
  const bring = (raw: string) => [albHeaderName, raw] as const;
  return {
    ...kind(name, balancer, albKey, albClaims, `user:${userPoolId}:${sub}`),
    arrange: arrangeAlb,
    writer: (key) => arrangedKey(form(key), arrangeAlb),
    bring,
    request: (raw) => ({ ...requestWith(), headers: new RequestHeaders(bring(raw)) }),
  };
}

/** Every kind of token, with every algorithm that its issuer may sign with. */
export const everyKind: readonly KindOfToken[] = [
  kind("userPool, access token", accessTokens, access, accessClaims, `user:${userPoolId}:${sub}`),
  kind("userPool, ID token", idTokens, id, idClaims, `user:${userPoolId}:${sub}`),
  kind("userPool, access token of a machine", accessTokens, access, machineClaims, `client:${userPoolId}:${machine}`),
  kind("identityPoolToken", identities, openId, openIdClaims, `user:${userPoolId}:${sub}`),
  kind(
    "identityPoolToken of a guest",
    identities,
    openId,
    (claims) => openIdClaims({ amr: ["unauthenticated"], ...claims }),
    `guest:${identityId}`,
  ),
  ...[rsaOfSts, ecOfSts].map((key) => kind("stsWebIdentity", roles, key, roleClaims, `role:${account}/Nightly`)),
  ...ofProvider.map((key) => kind("oidc", staff, key, providerClaims, `user:${provider}#ada`)),
  albKind("alb, bare parts", (key) => key),
  albKind("alb, padded parts", paddedKey),
];
