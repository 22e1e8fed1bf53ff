import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { stsWebIdentity } from "../../src/tokens/sts-web-identity.ts";
import { createForeignKey } from "./foreign-key.ts";
import { holdsForEveryIssuer, verifyWith } from "./issuer-contract.ts";
import { now, seconds } from "./token-fixtures.ts";

const account = "123456789012";
const iss = "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws";
const audience = "https://api.example.com";
const rsa = createForeignKey("RS256");
const ec = createForeignKey("ES384");
const common = {
  account,
  issuer: iss,
  audience,
  roles: { "123456789012/Nightly": { groups: ["reporters"] } },
  jwks: { keys: [rsa.jwk, ec.jwk] },
  clock: () => now,
} as const;

type Members = Readonly<Record<string, unknown>>;

const stsClaims = (claims: Members = {}): Members => ({
  aws_account: account,
  source_region: "eu-west-1",
  org_id: "o-abc1234567",
  ou_path: ["o-abc1234567/r-ab12/ou-ab12-11111111/"],
  principal_id: `arn:aws:iam::${account}:role/batch/Nightly`,
  principal_tags: { team: "data", plan: "gold" },
  request_tags: { team: "forged", job: "job-1" },
  original_session_exp: new Date((seconds + 3600) * 1000).toISOString(),
  ...claims,
});

const webIdentity = (claims: Members = {}): Members => ({
  iss,
  aud: audience,
  sub: `arn:aws:iam::${account}:role/batch/Nightly`,
  iat: seconds - 10,
  exp: seconds + 290,
  jti: "55555555-2222-3333-4444-555555555555",
  "https://sts.amazonaws.com/": stsClaims(),
  ...claims,
});

describe("stsWebIdentity", () => {
  it("says who it is", () => {
    expect(stsWebIdentity(common)).toMatchObject({
      issuers: [iss],
      algorithms: ["RS256", "ES384"],
      trusted: { issuer: account, declared: true },
    });
    expect(stsWebIdentity(common)).not.toHaveProperty("tokenUse");
  });

  it("counts as declared once its tags are named, or if it gives none", () => {
    const principalTags = { tenant: "team" };
    expect(stsWebIdentity({ ...common, principalTags }).trusted.declared).toBe(false);
    expect(stsWebIdentity({ ...common, principalTags, tags: "as-is" }).trusted.declared).toBe(true);
  });

  it.each([rsa, ec])("makes the principal of a role, whichever algorithm was asked for", async (key) => {
    const issuer = stsWebIdentity({
      ...common,
      principalTags: { tenant: "team", job: "job" },
      tags: { prefix: "aws:" },
    });
    const claims = webIdentity();
    const { principal, facts } = await verifyWith(issuer, key.sign(claims));
    const role = { arn: `arn:aws:iam::${account}:role/batch/Nightly`, partition: "aws", account, name: "Nightly" };
    expect(principal).toEqual({
      kind: "role",
      id: `role:${account}/Nightly`,
      issuer: account,
      verifiedBy: "sts-web-identity",
      groups: { names: new Set(["reporters"]), closed: false },
      tags: new Map([["aws:tenant", "data"]]),
      role,
      claims: Object.assign(Object.create(null), claims),
      expiresAt: new Date((seconds + 290) * 1000),
    });
    expect(facts).toEqual({
      jti: "55555555-2222-3333-4444-555555555555",
      user: `role:${account}/Nightly`,
      role,
      issuedAt: (seconds - 10) * 1000,
    });
  });

  it("accepts one audience of several, and several of its own", async () => {
    const both = stsWebIdentity({ ...common, audience: [audience, "spare"] });
    for (const aud of [audience, "spare", ["other", "spare"]]) {
      await expect(verifyWith(both, rsa.sign(webIdentity({ aud })))).resolves.toBeDefined();
    }
  });

  it("refuses a role that is not listed, but only once the signature was good", async () => {
    const issuer = stsWebIdentity({ ...common, roles: { "123456789012/Other": { groups: [] } } });
    await expect(verifyWith(issuer, rsa.sign(webIdentity()))).rejects.toMatchObject({ code: "role_not_allowed" });
    const forged = createForeignKey("RS256").sign(webIdentity());
    await expect(verifyWith(issuer, forged)).rejects.toMatchObject({ code: "invalid_token" });
  });

  it("takes every role of the account where that was decided, and knows nothing of its groups", async () => {
    const { principal } = await verifyWith(stsWebIdentity({ ...common, roles: null }), rsa.sign(webIdentity()));
    expect(principal.role?.name).toBe("Nightly");
    expect(principal).not.toHaveProperty("groups");
  });

  it("makes a guest of a role that stands for guests", async () => {
    const issuer = stsWebIdentity({ ...common, roles: { "123456789012/Nightly": { guest: true } } });
    const { principal } = await verifyWith(issuer, rsa.sign(webIdentity()));
    expect(principal).toMatchObject({ kind: "guest", id: `guest:${account}/Nightly` });
  });

  it("ends with the session that asked for the token", async () => {
    let at = now;
    const issuer = stsWebIdentity({ ...common, clock: () => at, toleranceSeconds: 10 });
    const end = (milliseconds: number) => ({
      "https://sts.amazonaws.com/": stsClaims({ original_session_exp: new Date(now + milliseconds).toISOString() }),
    });
    const token = await verifyWith(issuer, rsa.sign(webIdentity(end(100_000))));
    expect(token.principal.expiresAt).toEqual(new Date(now + 100_000));
    at = now + 109_999;
    expect(token.recheck()).toBeUndefined();
    at = now + 110_000;
    expect(() => token.recheck()).toThrow(new AuthError("token_expired"));
    await expect(verifyWith(issuer, rsa.sign(webIdentity(end(100_000))))).rejects.toEqual(
      new AuthError("token_expired"),
    );
  });

  it("accepts the token of a principal without a session end", async () => {
    const claims = webIdentity({ "https://sts.amazonaws.com/": stsClaims({ original_session_exp: undefined }) });
    const { principal } = await verifyWith(stsWebIdentity(common), rsa.sign(claims));
    expect(principal.expiresAt).toEqual(new Date((seconds + 290) * 1000));
  });

  it.each([
    ["an IAM user", { sub: `arn:aws:iam::${account}:user/ada` }],
    ["a role of another account", { sub: "arn:aws:iam::210987654321:role/Nightly" }],
    ["another account's claims", { "https://sts.amazonaws.com/": stsClaims({ aws_account: "210987654321" }) }],
    ["no claims of STS", { "https://sts.amazonaws.com/": undefined }],
    [
      "the issuer of another account",
      { iss: "https://99999999-2222-3333-4444-555555555555.tokens.sts.global.api.aws" },
    ],
  ])("refuses %s", async (_name, claims) => {
    await expect(verifyWith(stsWebIdentity(common), rsa.sign(webIdentity(claims)))).rejects.toMatchObject({
      code: "invalid_token",
    });
  });

  it("fetches keys from the issuer's own address alone", async () => {
    const asked: string[] = [];
    const { jwks, ...options } = common;
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(String(input));
      return Response.json(jwks);
    };
    await verifyWith(stsWebIdentity({ ...options, fetch }), rsa.sign(webIdentity()));
    expect(asked).toEqual([`${iss}/.well-known/jwks.json`]);
  });

  it.each<readonly [string, unknown, string]>([
    ["account", undefined, "missing_option"],
    ["account", "12345678901", "invalid_option"],
    ["account", "123456789012\n", "invalid_option"],
    ["issuer", undefined, "missing_option"],
    ["issuer", `${iss}/`, "invalid_option"],
    ["issuer", iss.replace("https", "http"), "invalid_option"],
    ["issuer", "https://evil.example/#.tokens.sts.global.api.aws", "invalid_option"],
    ["issuer", "https://evil.example", "invalid_option"],
    ["audience", undefined, "missing_option"],
    ["audience", null, "invalid_option"],
    ["audience", [], "invalid_option"],
    ["roles", undefined, "missing_option"],
    ["roles", { "123456789012/*": { groups: [] } }, "invalid_option"],
    ["principalTags", "team", "invalid_option"],
    ["tags", "asis", "invalid_option"],
    ["role", {}, "unknown_option"],
    ["toleranceSeconds", 301, "invalid_option"],
    ["clock", 7, "invalid_option"],
  ])("refuses the option %s: %j", (name, value, code) => {
    const options = { ...common, [name]: value } as unknown as Parameters<typeof stsWebIdentity>[0];
    expect(() => stsWebIdentity(options)).toThrow(expect.objectContaining({ name: "ConfigurationError", code }));
  });
});

describe.each([rsa, ec])("the tokens of stsWebIdentity", (key) => {
  holdsForEveryIssuer({
    create: (clock, toleranceSeconds) => stsWebIdentity({ ...common, clock, toleranceSeconds }),
    key,
    claims: webIdentity,
  });
});
