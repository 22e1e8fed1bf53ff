import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { createPrincipal, type Principal } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { readTokenHolder } from "../../src/sessions/token-holder.ts";
import type { VerifiedToken } from "../../src/tokens/token-issuer.ts";
import type { UserPool } from "../../src/tokens/user-pool.ts";
import type { UserPoolIdPrincipal } from "../../src/tokens/user-pool-principal.ts";

const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01";
const ada = createPrincipal({ kind: "user", id: "user:eu-west-1_Example01:ada", issuer, verifiedBy: "user-pool" });
const facts = { iss: issuer, sub: "ada", iat: 1_768_478_400 };

const verifiedTokenOf = (principal: Principal): VerifiedToken<UserPoolIdPrincipal> => ({
  principal: principal as UserPoolIdPrincipal,
  facts: { user: principal.id, issuedAt: facts.iat * 1000 },
  recheck() {},
});

/** A user pool that finds every token to be Ada's, and the tokens that it was shown. */
function setUp(changes: Partial<UserPool> = {}) {
  const verified: string[] = [];
  const userPool: UserPool = {
    userPoolId: "eu-west-1_Example01",
    tokenUse: "id",
    loginProvider: "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
    issuers: [issuer],
    algorithms: ["RS256"],
    trusted: { issuer, declared: false },
    verify: async ({ raw }) => {
      verified.push(raw);
      return verifiedTokenOf(ada);
    },
    ready: async () => {},
    ...changes,
  };
  return { userPool, verified };
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const mint = (payload: unknown = facts, alg = "RS256") => `${part({ alg, kid: "k" })}.${part(payload)}.AAAA`;

const request = (authorizations: readonly string[], target = "/credentials"): AuthRequest => ({
  method: "GET",
  target,
  wire: true,
  headers: new RequestHeaders(authorizations.flatMap((value) => ["Authorization", value])),
});

describe("readTokenHolder", () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["with every fact", { origin_jti: "o", jti: "j" }, { originJti: "o", jti: "j" }],
    ["without origin_jti and jti", {}, {}],
    ["with empty ones", { origin_jti: "", jti: "" }, {}],
    ["with ones that are no strings", { origin_jti: 1, jti: ["j"] }, {}],
  ])("gives the token, its user and the facts for revocation: %s", async (_, claims, more) => {
    const { userPool, verified } = setUp();
    const raw = mint({ ...facts, ...claims });
    expect(await readTokenHolder(request([`Bearer ${raw}`]), userPool)).toStrictEqual({
      raw,
      principal: ada,
      facts: { sub: "ada", iat: 1_768_478_400, ...more },
    });
    expect(verified).toEqual([raw]);
  });

  it.each([
    ["a request without a credential", "/credentials"],
    ["a token in the query", `/credentials?access_token=${mint()}`],
  ])("finds nobody behind %s", async (_, target) => {
    const { userPool, verified } = setUp();
    expect(await readTokenHolder(request([], target), userPool)).toBeUndefined();
    expect(verified).toEqual([]);
  });

  it("asks the user pool whether the token is still good, and believes it", async () => {
    const revoked = new AuthError("invalid_token", { reason: "revoked" });
    const asked: string[] = [];
    const { userPool } = setUp({
      verify: async () => ({
        ...verifiedTokenOf(ada),
        confirm: async (raw) => {
          asked.push(raw);
          throw revoked;
        },
      }),
    });
    const raw = mint();
    await expect(readTokenHolder(request([`Bearer ${raw}`]), userPool)).rejects.toBe(revoked);
    expect(asked).toEqual([raw]);
  });

  const good = `Bearer ${mint()}`;
  const other = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other0001";
  it.each<[string, AuthRequest, AuthError]>([
    ["another scheme", request(["Basic YTpi"]), new AuthError("unsupported_scheme")],
    ["an empty Authorization", request([""]), new AuthError("unsupported_scheme")],
    ["the bare token", request([mint()]), new AuthError("unsupported_scheme")],
    ["a presigned URL", request([], "/credentials?X-Amz-Signature=00"), new AuthError("unsupported_scheme")],
    ["a token and a presigned URL", request([good], "/?X-Amz-Signature=00"), new AuthError("ambiguous_credentials")],
    ["two tokens", request([good, good]), new AuthError("ambiguous_credentials")],
    ["a target that is not canonical", request([good], "/a//b"), new AuthError("target_not_canonical")],
    [
      "Bearer without a token",
      request(["Bearer"]),
      new AuthError("malformed_credentials", { reason: "write Bearer, one space, the token" }),
    ],
    ["no JWT", request(["Bearer a"]), new AuthError("invalid_token", { reason: "it does not have three parts" })],
    [
      "a token of another issuer",
      request([`Bearer ${mint({ ...facts, iss: other })}`]),
      new AuthError("invalid_token", { reason: "iss is not the configured user pool" }),
    ],
    [
      "a token with another alg",
      request([`Bearer ${mint(facts, "HS256")}`]),
      new AuthError("invalid_token", { reason: "alg is not one of the user pool" }),
    ],
  ])("refuses %s before the user pool is asked", async (_, given, fault) => {
    const { userPool, verified } = setUp();
    const thrown: unknown = await readTokenHolder(given, userPool).catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown).toMatchObject({ code: fault.code });
    if (fault.code !== "target_not_canonical") expect(thrown).toMatchObject({ message: fault.message });
    expect(verified).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["iat", { iss: issuer, sub: "ada" }],
    ["sub", { iss: issuer, iat: 1_768_478_400 }],
    ["an iat that is a number", { ...facts, iat: "1768478400" }],
    ["a sub that is a string", { ...facts, sub: 7 }],
  ])("refuses a token without %s, since its session could not be revoked", async (_, payload) => {
    const { userPool } = setUp();
    await expect(readTokenHolder(request([`Bearer ${mint(payload)}`]), userPool)).rejects.toThrow(
      new AuthError("invalid_token", { reason: "sub or iat is missing" }),
    );
  });

  it.each(["client", "role", "guest", "anonymous"] as const)("refuses the token of a %s", async (kind) => {
    const { userPool } = setUp({ verify: () => verifiedTokenOf(createPrincipal({ ...ada, kind })) });
    await expect(readTokenHolder(request([good]), userPool)).rejects.toThrow(
      new AuthError("invalid_token", { reason: "it is not the token of a user" }),
    );
  });

  it("hands on what the user pool refuses", async () => {
    const fault = new AuthError("token_expired");
    const { userPool } = setUp({ verify: () => Promise.reject(fault) });
    await expect(readTokenHolder(request([good]), userPool)).rejects.toBe(fault);
  });
});
