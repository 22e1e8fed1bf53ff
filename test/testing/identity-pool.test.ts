import { beforeEach, describe, expect, it } from "vitest";
import { type LocalIdentityPool, type Logins, startIdentityPool } from "../../src/testing/identity-pool.ts";
import { type CredentialsLedger, createCredentialsLedger } from "../../src/testing/temporary-credentials.ts";

const start = Date.parse("2026-03-04T05:06:07.890Z");
const startSeconds = Math.floor(start / 1000);
const identityPoolId = "eu-west-1:00000000-0000-4000-8000-000000000000";
const provider = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01";
const editorArn = "arn:aws:iam::123456789012:role/ArticleEditor";

const claimsOfAda = {
  iss: `https://${provider}`,
  aud: "1example23456789",
  token_use: "id",
  exp: startSeconds + 3600,
  sub: "ada",
};

/** The claims by the token that stands for them; any other token has a bad signature. */
const tokens: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ada: claimsOfAda,
  bob: { ...claimsOfAda, sub: "bob" },
  editor: { ...claimsOfAda, "cognito:roles": [editorArn], "cognito:preferred_role": editorArn },
  chooser: { ...claimsOfAda, "cognito:roles": [editorArn] },
  foreign: { ...claimsOfAda, "cognito:preferred_role": "arn:aws:iam::999999999999:role/ArticleEditor" },
  access: { ...claimsOfAda, token_use: "access" },
  otherClient: { ...claimsOfAda, aud: "other" },
  otherIssuer: { ...claimsOfAda, iss: "https://example.com" },
  expired: { ...claimsOfAda, exp: startSeconds },
  timeless: { ...claimsOfAda, exp: undefined },
  nobody: { ...claimsOfAda, sub: undefined },
};

let now: number;
let ledger: CredentialsLedger;
let pool: LocalIdentityPool;

beforeEach(() => {
  now = start;
  pool = poolWith({ guests: true });
});

function poolWith({ guests }: { readonly guests: boolean }): LocalIdentityPool {
  ledger = createCredentialsLedger("123456789012");
  return startIdentityPool({
    region: "eu-west-1",
    identityPoolId,
    accountId: "123456789012",
    provider,
    clientId: "1example23456789",
    loginProviders: ["accounts.google.com", "login.example.com"],
    guests,
    authenticatedRole: "Authenticated",
    guestRole: "Guest",
    credentialsSeconds: 3600,
    ledger,
    clock: () => now,
    readIdToken: (token) => (Object.hasOwn(tokens, token) ? tokens[token] : undefined),
  });
}

function login(token: string): Logins {
  return { [provider]: token };
}

function roleOf(token: string, customRoleArn?: string): string | undefined {
  const credentials = pool.getCredentials(pool.getId(identityPoolId, login(token)), login(token), customRoleArn);
  return ledger.find(credentials.accessKeyId)?.roleName;
}

describe("identities", () => {
  it("belong to a member, the same at every sign-in", () => {
    const id = pool.getId(identityPoolId, login("ada"));
    expect(id).toMatch(/^eu-west-1:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(pool.getId(identityPoolId, login("editor"))).toBe(id);
    expect(pool.getId(identityPoolId, login("bob"))).not.toBe(id);
  });

  it("are new for every guest", () => {
    expect(pool.getId(identityPoolId)).not.toBe(pool.getId(identityPoolId, {}));
  });
});

describe("logins of several providers", () => {
  const google = async (sub: string): Promise<Logins> => ({
    "accounts.google.com": await pool.loginToken("accounts.google.com", sub),
  });

  it("that come together are linked to one identity, the member's, and each alone is that identity from then on", async () => {
    const id = pool.getId(identityPoolId, login("ada"));
    expect(pool.getId(identityPoolId, { ...(await google("g1")), ...login("ada") })).toBe(id);
    expect(pool.getId(identityPoolId, await google("g1"))).toBe(id);
    expect(ledger.find(pool.getCredentials(id, await google("g1")).accessKeyId)?.roleName).toBe("Authenticated");
  });

  it("are linked by a request for credentials, too", async () => {
    const id = pool.getId(identityPoolId, login("editor"));
    const { accessKeyId } = pool.getCredentials(id, { ...(await google("g1")), ...login("editor") });
    expect(ledger.find(accessKeyId)?.roleName).toBe("ArticleEditor");
    expect(pool.getId(identityPoolId, await google("g1"))).toBe(id);
  });

  it("have an identity of their own where no member comes along", async () => {
    const id = pool.getId(identityPoolId, await google("g1"));
    expect(pool.getId(identityPoolId, await google("g1"))).toBe(id);
    expect(pool.getId(identityPoolId, await google("g2"))).not.toBe(id);
    expect(pool.getId(identityPoolId, login("ada"))).not.toBe(id);
  });

  it("are all named in an OpenID token", async () => {
    const logins = { ...(await google("g1")), ...login("ada") };
    const token = await pool.getOpenIdToken(pool.getId(identityPoolId, logins), logins);
    expect(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).amr).toEqual([
      ...["authenticated", provider, `${provider}:CognitoSignIn:ada`, "accounts.google.com"],
    ]);
  });

  it("that belong to two identities are refused together", async () => {
    const id = pool.getId(identityPoolId, login("ada"));
    pool.getId(identityPoolId, await google("g1"));
    const both = { ...(await google("g1")), ...login("ada") };
    const conflict = expect.objectContaining({ code: "ResourceConflictException", status: 400 });
    expect(() => pool.getId(identityPoolId, both)).toThrow(conflict);
    expect(() => pool.getCredentials(id, both)).toThrow(conflict);
  });

  it("are refused with the token of another provider, or of nobody", async () => {
    const [token] = Object.values(await google("g1"));
    for (const logins of [{ "login.example.com": token }, { "accounts.google.com": "a.b.c" }]) {
      const refused = expect.objectContaining({ code: "NotAuthorizedException" });
      expect(() => pool.getId(identityPoolId, { ...login("ada"), ...logins })).toThrow(refused);
    }
  });
});

describe("credentials", () => {
  it("end in whole seconds after the time that the pool is set up with", () => {
    const { expiration } = pool.getCredentials(pool.getId(identityPoolId));
    expect(expiration).toEqual(new Date("2026-03-04T06:06:07.000Z"));
  });

  it.each([
    ["the authenticated role for a token that names none", "ada", undefined, "Authenticated"],
    ["the preferred role of the token", "editor", undefined, "ArticleEditor"],
    ["the authenticated role where none is preferred", "chooser", undefined, "Authenticated"],
    ["the role that is chosen among those of the token", "chooser", editorArn, "ArticleEditor"],
  ])("are of %s", (_title, token, customRoleArn, role) => {
    expect(roleOf(token, customRoleArn)).toBe(role);
  });

  it("of a guest are of the guest role", () => {
    const { accessKeyId } = pool.getCredentials(pool.getId(identityPoolId));
    expect(ledger.find(accessKeyId)).toMatchObject({ roleName: "Guest", sessionName: "CognitoIdentityCredentials" });
  });
});

describe("OpenID tokens", () => {
  it("are read back as the member that they speak of", async () => {
    const identityId = pool.getId(identityPoolId, login("ada"));
    const token = await pool.getOpenIdToken(identityId, login("ada"));
    expect(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())).toEqual({
      iss: "https://cognito-identity.amazonaws.com",
      aud: identityPoolId,
      sub: identityId,
      amr: ["authenticated", provider, `${provider}:CognitoSignIn:ada`],
      iat: startSeconds,
      exp: startSeconds + 600,
    });
    expect(await pool.readOpenIdToken(token)).toEqual({ identityId, guest: false });
  });

  it("are read back as the guest that they speak of", async () => {
    const identityId = pool.getId(identityPoolId);
    expect(await pool.readOpenIdToken(await pool.getOpenIdToken(identityId))).toEqual({ identityId, guest: true });
  });

  it("are signed by the one key that the pool publishes", async () => {
    const { keys } = await pool.jwks();
    const token = await pool.getOpenIdToken(pool.getId(identityPoolId));
    expect(keys).toEqual([expect.objectContaining({ kty: "RSA", alg: "RS512" })]);
    expect(JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString())).toEqual({
      alg: "RS512",
      kid: keys[0]?.kid,
      typ: "JWS",
    });
  });

  it("end after ten minutes, at the very second", async () => {
    const token = await pool.getOpenIdToken(pool.getId(identityPoolId));
    now = (startSeconds + 600) * 1000 - 1;
    await expect(pool.readOpenIdToken(token)).resolves.toMatchObject({ guest: true });
    now += 1;
    await expect(pool.readOpenIdToken(token)).rejects.toMatchObject({ code: "ExpiredTokenException", status: 400 });
  });

  it("of another pool, or of nobody, are refused", async () => {
    const other = poolWith({ guests: true });
    const foreign = await other.getOpenIdToken(other.getId(identityPoolId));
    for (const token of [foreign, "a.b.c", ""]) {
      await expect(pool.readOpenIdToken(token)).rejects.toMatchObject({ code: "InvalidIdentityToken", status: 400 });
    }
  });
});

describe("the identity pool refuses", () => {
  const idOf = (token: string) => pool.getId(identityPoolId, login(token));
  const otherPool = "eu-west-1:11111111-0000-4000-8000-000000000000";
  const refusals: readonly (readonly [string, () => unknown, string, string])[] = [
    ["another pool", () => pool.getId(otherPool), "ResourceNotFoundException", "not found"],
    ["a bad signature", () => idOf("forged"), "NotAuthorizedException", "Couldn't verify signed token"],
    ["an access token", () => idOf("access"), "NotAuthorizedException", "audience"],
    ["a token for another app client", () => idOf("otherClient"), "NotAuthorizedException", "audience"],
    ["a token of another issuer", () => idOf("otherIssuer"), "NotAuthorizedException", "Issuer"],
    ["a token at the second of its end", () => idOf("expired"), "NotAuthorizedException", "Token expired"],
    ["a token without an end", () => idOf("timeless"), "NotAuthorizedException", "Token expired"],
    ["a token without sub", () => idOf("nobody"), "NotAuthorizedException", "sub"],
    [
      "another provider",
      () => pool.getId(identityPoolId, { "graph.facebook.com": "ada" }),
      "NotAuthorizedException",
      "supported provider",
    ],
    [
      "a second provider",
      () => pool.getId(identityPoolId, { ...login("ada"), "graph.facebook.com": "ada" }),
      "NotAuthorizedException",
      "supported provider",
    ],
    [
      "a token that is no text",
      () => pool.getId(identityPoolId, { [provider]: 7 }),
      "NotAuthorizedException",
      "supported provider",
    ],
    [
      "a guest where none are admitted",
      () => poolWith({ guests: false }).getId(identityPoolId),
      "NotAuthorizedException",
      "Unauthenticated access is not supported",
    ],
    [
      "an identity that nobody has",
      () => pool.getCredentials("eu-west-1:none"),
      "ResourceNotFoundException",
      "not found",
    ],
    ["a member's identity for a guest", () => pool.getCredentials(idOf("ada")), "NotAuthorizedException", "forbidden"],
    [
      "a member's identity for empty logins",
      () => pool.getCredentials(idOf("ada"), {}),
      "NotAuthorizedException",
      "forbidden",
    ],
    [
      "a member's identity for another member",
      () => pool.getCredentials(idOf("ada"), login("bob")),
      "NotAuthorizedException",
      "Logins don't match",
    ],
    [
      "a guest's identity for a member",
      () => pool.getCredentials(pool.getId(identityPoolId), login("ada")),
      "NotAuthorizedException",
      "Logins don't match",
    ],
    ["a role that the token does not offer", () => roleOf("ada", editorArn), "NotAuthorizedException", "custom role"],
    [
      "a role that a guest chooses",
      () => pool.getCredentials(pool.getId(identityPoolId), {}, editorArn),
      "NotAuthorizedException",
      "choose a role",
    ],
    [
      "a preferred role of another account",
      () => roleOf("foreign"),
      "InvalidIdentityPoolConfigurationException",
      "IAM roles",
    ],
  ];

  it.each(refusals)("%s", (_title, attempt, code, phrase) => {
    expect(attempt).toThrow(expect.objectContaining({ code, status: 400, message: expect.stringContaining(phrase) }));
  });

  it("an OpenID token of a member to another", async () => {
    await expect(pool.getOpenIdToken(idOf("ada"), login("bob"))).rejects.toMatchObject({
      code: "NotAuthorizedException",
    });
  });
});
