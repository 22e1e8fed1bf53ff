import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import {
  type BearerOptions,
  bearer,
  createAuthorizer,
  definePolicy,
  group,
  not,
  type TokenUse,
  type UserPoolIdOptions,
  userPool,
} from "poolgate";
import { authorize, principalOf } from "poolgate/express";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CognitoLocal, startCognitoLocal } from "./cognito-local.ts";
import { ownAddress } from "./own-address.ts";

/** What a sign-in gives. */
interface Tokens {
  readonly AccessToken: string;
  readonly IdToken: string;
}

let cognito: CognitoLocal;
let clientId: string;
let otherClientId: string;
let jwks: { readonly keys: readonly object[] };
let ada: Tokens;
let rob: Tokens;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  cognito = await startCognitoLocal();
  const { userPoolId: UserPoolId } = cognito;
  clientId = await createClient("articles");
  otherClientId = await createClient("invoices");
  await cognito.call("CreateGroup", { UserPoolId, GroupName: "editors" });
  await cognito.call("CreateGroup", { UserPoolId, GroupName: "suspended" });
  ada = await signedIn("ada", ["editors"]);
  rob = await signedIn("rob", ["suspended"]);
  jwks = (await (await fetch(cognito.jwksUri)).json()) as { keys: object[] };
});

afterEach(() => Promise.all(closing.splice(0).map((close) => close())));
afterAll(() => cognito?.close());

async function createClient(name: string): Promise<string> {
  const { UserPoolClient } = await cognito.call("CreateUserPoolClient", {
    UserPoolId: cognito.userPoolId,
    ClientName: name,
    ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
  return (UserPoolClient as { readonly ClientId: string }).ClientId;
}

async function signedIn(name: string, groups: readonly string[]): Promise<Tokens> {
  const user = { UserPoolId: cognito.userPoolId, Username: name };
  const password = "a-Passw0rd-of-the-tests";
  await cognito.call("AdminCreateUser", {
    ...user,
    MessageAction: "SUPPRESS",
    TemporaryPassword: `${password}!`,
    UserAttributes: [
      { Name: "email", Value: `${name}@example.com` },
      { Name: "custom:tenant", Value: "acme" },
    ],
  });
  await cognito.call("AdminSetUserPassword", { ...user, Password: password, Permanent: true });
  for (const GroupName of groups) await cognito.call("AdminAddUserToGroup", { ...user, GroupName });
  const { AuthenticationResult } = await cognito.call("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: clientId,
    AuthParameters: { USERNAME: name, PASSWORD: password },
  });
  return AuthenticationResult as Tokens;
}

/** What one kind of token and the other have in common. */
type PoolOptions = Partial<Omit<UserPoolIdOptions, "tokenUse" | "resource" | "liveCheck">> & { tokenUse?: TokenUse };

/** Starts an Express app behind a gate that believes the pool, and gives a way to ask it. */
async function startGate(
  options: PoolOptions = {},
  cache: BearerOptions["cache"] = {},
): Promise<(token: string) => Promise<object>> {
  const keys = "jwksUri" in options ? {} : { jwks };
  const { userPoolId } = cognito;
  const pool = userPool({ userPoolId, clientId, tokenUse: "access", ...keys, ...options });
  const authorizer = createAuthorizer({
    verifiers: [bearer({ issuers: [pool], cache, ...(options.clock && { clock: options.clock }) })],
    policy: definePolicy({ require: not(group("suspended")), routes: { "POST /articles": group("editors") } }),
  });
  const app = express();
  app.use(authorize(authorizer));
  app.post("/articles", (req, res) => {
    const { kind, id, userId, issuer, groups, tags } = principalOf(req);
    res.json({ kind, id, userId, issuer, groups: [...(groups?.names ?? [])], tags: Object.fromEntries(tags) });
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return async (token) => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/articles`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    return { ...((await answer.json()) as object), status: answer.status };
  };
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
}

const encode = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");

describe("tokens of a running cognito-local", () => {
  it("are those of another program: its issuer, its key, its groups", () => {
    const claims = claimsOf(ada.AccessToken);
    expect(claims).toMatchObject({ iss: cognito.issuer, client_id: clientId, token_use: "access" });
    expect(claims["cognito:groups"]).toEqual(["editors"]);
    expect(jwks.keys.length).toBeGreaterThan(0);
  });

  it("let an editor in by his access token, with keys at hand", async () => {
    const ask = await startGate();
    const { sub } = claimsOf(ada.AccessToken);
    expect(await ask(ada.AccessToken)).toEqual({
      status: 200,
      kind: "user",
      id: `user:${cognito.userPoolId}:${sub}`,
      userId: sub,
      issuer: cognito.issuer,
      groups: ["editors"],
      tags: {},
    });
  });

  it("let an editor in by his ID token where ID tokens are accepted, with its attributes as tags", async () => {
    const ask = await startGate({ tokenUse: "id", principalTags: { tenant: "custom:tenant" } });
    expect(await ask(ada.IdToken)).toMatchObject({ status: 200, groups: ["editors"], tags: { tenant: "acme" } });
  });

  it.each(["access", "id"] as const)(
    "let an editor in by his %s token, with keys fetched over loopback",
    async (use) => {
      const ask = await startGate({ tokenUse: use, jwksUri: cognito.jwksUri, allowLoopbackHttp: true });
      expect(await ask(use === "access" ? ada.AccessToken : ada.IdToken)).toMatchObject({ status: 200, kind: "user" });
    },
  );

  it("do not let in whom the policy denies", async () => {
    const ask = await startGate();
    expect(await ask(rob.AccessToken)).toMatchObject({ status: 403, code: "access_denied" });
  });

  it("cannot be judged while the keys cannot be fetched, which is no refusal of the token", async () => {
    const ask = await startGate({ jwksUri: `http://${ownAddress}:16378/jwks.json`, allowLoopbackHttp: true });
    expect(await ask(ada.AccessToken)).toMatchObject({ status: 503, code: "keys_unavailable" });
  });
});

const ways: readonly (readonly [TokenUse, BearerOptions["cache"], string])[] = [
  ["access", {}, "with the cache"],
  ["access", "off", "without the cache"],
  ["id", {}, "with the cache"],
  ["id", "off", "without the cache"],
];

describe.each(ways)("a real %s token", (tokenUse, cache, how) => {
  const refused = { status: 401, code: "invalid_token" };
  const [own, other] =
    tokenUse === "access" ? (["AccessToken", "IdToken"] as const) : (["IdToken", "AccessToken"] as const);
  const start = (options: PoolOptions = {}) => startGate({ tokenUse, ...options }, cache);

  it(`is accepted each time, ${how}`, async () => {
    const ask = await start();
    for (const _ of [1, 2, 3]) expect(await ask(ada[own])).toMatchObject({ status: 200, groups: ["editors"] });
  });

  it(`is refused where another client is expected, ${how}`, async () => {
    const ask = await start({ clientId: otherClientId });
    for (const _ of [1, 2]) expect(await ask(ada[own])).toMatchObject(refused);
    expect(await (await start({ clientId: [otherClientId, clientId] }))(ada[own])).toMatchObject({ status: 200 });
  });

  it(`is refused where the other kind of token is expected, ${how}`, async () => {
    const ask = await start();
    expect(await ask(ada[other])).toMatchObject(refused);
    expect(await ask(ada[own])).toMatchObject({ status: 200 });
    expect(await ask(ada[other])).toMatchObject(refused);
  });

  it(`is refused where another pool is expected, by the same keys even, ${how}`, async () => {
    const ask = await start({ userPoolId: "us-east-1_AnotherOne" });
    for (const _ of [1, 2]) expect(await ask(ada[own])).toMatchObject(refused);
  });

  it(`is refused from its end on, though it was accepted up to then, ${how}`, async () => {
    const { exp } = claimsOf(ada[own]) as { readonly exp: number };
    let now = exp * 1000 - 1;
    const ask = await start({ clock: () => now });
    expect(await ask(ada[own])).toMatchObject({ status: 200 });
    now += 1;
    for (const _ of [1, 2]) expect(await ask(ada[own])).toMatchObject({ status: 401, code: "token_expired" });
  });

  it(`is refused when anything in it was altered, ${how}`, async () => {
    const ask = await start();
    const [header = "", payload = "", signature = ""] = ada[own].split(".");
    const [robsHeader = "", robsPayload = "", robsSignature = ""] = rob[own].split(".");
    const claims = claimsOf(rob[own]);
    const altered = {
      "groups of an editor": `${robsHeader}.${encode({ ...claims, "cognito:groups": ["editors"] })}.${robsSignature}`,
      "a later end": `${header}.${encode({ ...claimsOf(ada[own]), exp: 9_999_999_999 })}.${signature}`,
      "the payload of somebody else": `${robsHeader}.${payload}.${robsSignature}`,
      "the signature of somebody else": `${robsHeader}.${robsPayload}.${signature}`,
      "the signature of the other token": `${header}.${payload}.${ada[other].split(".")[2]}`,
      "a signature that differs": `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
      "no signature": `${encode({ alg: "none", kid: "CognitoLocal" })}.${payload}.`,
    };
    // Before and after the good token was seen.
    for (const _ of [1, 2]) {
      for (const [name, token] of Object.entries(altered)) {
        expect({ name, ...(await ask(token)) }).toMatchObject({ name, ...refused });
      }
      expect(await ask(ada[own])).toMatchObject({ status: 200 });
    }
  });
});
