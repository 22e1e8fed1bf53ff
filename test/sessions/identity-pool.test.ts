import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import {
  getCredentialsForIdentity,
  getId,
  getOpenIdToken,
  identityPoolRegion,
} from "../../src/sessions/identity-pool.ts";
import * as fake from "./fake-aws.ts";

const now = Date.UTC(2026, 0, 15, 12);
const url = new URL("https://cognito-identity.eu-west-1.amazonaws.com/");
const logins = { "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01": "the.id.token" };

const connect = (responders: Readonly<Record<string, fake.Responder>> = {}) => {
  const aws = fake.fakeAws(() => now, responders);
  return { ...aws, connection: { url, fetch: aws.fetch } };
};

const faultOf = async (work: Promise<unknown>): Promise<AuthError> => {
  try {
    await work;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AuthError);
    const shown = inspect(thrown, { depth: 9, showHidden: true });
    for (const secret of [fake.secretAccessKey, fake.sessionToken, "the.id.token"]) expect(shown).not.toContain(secret);
    return thrown as AuthError;
  }
  return expect.fail("it should have been refused");
};

describe("getId", () => {
  it("asks over JSON 1.1, unsigned", async () => {
    const { connection, calls } = connect();
    expect(await getId(connection, fake.identityPoolId, logins)).toBe(fake.identityId);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.url).toBe(url.href);
    expect(Object.fromEntries(calls[0]?.headers ?? [])).toEqual({
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityService.GetId",
    });
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({ IdentityPoolId: fake.identityPoolId, Logins: logins });
  });

  it("sends no logins for a guest", async () => {
    const { connection, calls } = connect();
    await getId(connection, fake.identityPoolId);
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({ IdentityPoolId: fake.identityPoolId });
  });

  it.each([
    ["no id", {}],
    ["an id that is no string", { IdentityId: 5 }],
    ["an id of another form", { IdentityId: "eu-west-1:me" }],
    ["an id with a line end", { IdentityId: `${fake.identityId}\n` }],
    ["a list", [fake.identityId]],
    ["null", null],
  ])("cannot use an answer with %s", async (_, document) => {
    const { connection } = connect({ GetId: () => fake.json(document) });
    expect(await faultOf(getId(connection, fake.identityPoolId))).toMatchObject({ code: "upstream_unavailable" });
  });
});

describe("getId and the status", () => {
  it("cannot use the right document with another status than 200", async () => {
    const { connection } = connect({ GetId: () => fake.json({ IdentityId: fake.identityId }, { status: 201 }) });
    expect(await faultOf(getId(connection, fake.identityPoolId))).toMatchObject({ code: "upstream_unavailable" });
  });
});

describe("getCredentialsForIdentity", () => {
  it("gives the credentials and their end", async () => {
    const { connection, calls } = connect({ GetCredentialsForIdentity: () => fake.credentials(1.7684856e9) });
    expect(await getCredentialsForIdentity(connection, fake.identityId, logins)).toEqual({
      accessKeyId: fake.accessKeyId,
      secretAccessKey: fake.secretAccessKey,
      sessionToken: fake.sessionToken,
      expiration: 1_768_485_600_000,
    });
    expect(calls[0]?.headers.get("x-amz-target")).toBe("AWSCognitoIdentityService.GetCredentialsForIdentity");
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({ IdentityId: fake.identityId, Logins: logins });
  });

  it("rounds a fraction in the end down", async () => {
    const { connection } = connect({ GetCredentialsForIdentity: () => fake.credentials(1_768_485_600.9999) });
    const { expiration } = await getCredentialsForIdentity(connection, fake.identityId);
    expect(expiration).toBe(1_768_485_600_999);
  });

  it.each<[string, fake.Responder]>([
    ["no credentials", () => fake.json({ IdentityId: fake.identityId })],
    ["credentials in a list", () => fake.json({ IdentityId: fake.identityId, Credentials: [] })],
    ["no access key id", () => fake.credentials(1e9, { AccessKeyId: undefined })],
    ["an access key id with a slash", () => fake.credentials(1e9, { AccessKeyId: "ASIAEXAMPLE/00000001" })],
    ["no secret", () => fake.credentials(1e9, { SecretKey: "" })],
    ["a secret with a line end", () => fake.credentials(1e9, { SecretKey: `${fake.secretAccessKey}\n` })],
    ["a secret that no session could have", () => fake.credentials(1e9, { SecretKey: "x".repeat(31) })],
    ["a session token that no session could have", () => fake.credentials(1e9, { SessionToken: "x".repeat(8_193) })],
    [
      "a member twice",
      async () => {
        const text = await fake.credentials(1e9).text();
        const headers = { "content-type": "application/x-amz-json-1.1" };
        return new Response(text.replace("{", `{"IdentityId":"${fake.identityPoolId}",`), { headers });
      },
    ],
    ["a session token with a space", () => fake.credentials(1e9, { SessionToken: "a b" })],
    ["no session token", () => fake.credentials(1e9, { SessionToken: null })],
    ["an end in words", () => fake.credentials(1e9, { Expiration: "2026-01-15T13:00:00Z" })],
    ["an end that is null", () => fake.credentials(1e9, { Expiration: null })],
    ["an end before 1970", () => fake.credentials(-1)],
    ["an end in milliseconds", () => fake.credentials(1.7e12)],
    [
      "a body that is no JSON",
      () =>
        new Response(`{"SecretKey":"${fake.secretAccessKey}"`, {
          headers: { "content-type": "application/x-amz-json-1.1" },
        }),
    ],
    ["another media type", () => new Response("{}", { headers: { "content-type": "application/json" } })],
    [
      "the credentials of another identity",
      async () => fake.json({ ...((await fake.credentials(1e9).json()) as object), IdentityId: fake.identityPoolId }),
    ],
  ])("cannot use an answer with %s", async (_, responder) => {
    const { connection } = connect({ GetCredentialsForIdentity: responder });
    const fault = await faultOf(getCredentialsForIdentity(connection, fake.identityId, logins));
    expect(fault).toMatchObject({ code: "upstream_unavailable", status: 503 });
  });
});

describe("getCredentialsForIdentity with a role", () => {
  const role = "arn:aws:iam::123456789012:role/articles/Editor";

  it("asks for that role", async () => {
    const { connection, calls } = connect();
    await getCredentialsForIdentity(connection, fake.identityId, logins, role);
    expect(JSON.parse(calls[0]?.body ?? "").CustomRoleArn).toBe(role);
  });

  it.each([
    ["NotAuthorizedException", 400, "role_not_allowed"],
    ["InvalidParameterException", 400, "configuration_error"],
    ["InternalErrorException", 500, "upstream_unavailable"],
  ])("tells %s with status %d as %s", async (type, status, code) => {
    const { connection } = connect({ GetCredentialsForIdentity: () => fake.refusal(type, status) });
    const asked = getCredentialsForIdentity(connection, fake.identityId, logins, role);
    expect((await faultOf(asked)).code).toBe(code);
  });
});

describe("getOpenIdToken", () => {
  it("gives the token of the identity", async () => {
    const { connection, calls } = connect();
    expect(await getOpenIdToken(connection, fake.identityId, logins)).toBe(fake.openIdToken);
    expect(calls[0]?.headers.get("x-amz-target")).toBe("AWSCognitoIdentityService.GetOpenIdToken");
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({ IdentityId: fake.identityId, Logins: logins });
  });

  it.each([
    ["no token", { IdentityId: fake.identityId }],
    ["a token that is no JWT", { IdentityId: fake.identityId, Token: fake.sessionToken }],
    ["a token with a line end", { IdentityId: fake.identityId, Token: `${fake.openIdToken}\n` }],
    ["a token that is no text", { IdentityId: fake.identityId, Token: 7 }],
    ["the token of another identity", { IdentityId: fake.identityPoolId, Token: fake.openIdToken }],
    ["the token of nobody", { Token: fake.openIdToken }],
  ])("cannot use an answer with %s", async (_, document) => {
    const { connection } = connect({ GetOpenIdToken: () => fake.json(document) });
    const fault = await faultOf(getOpenIdToken(connection, fake.identityId, logins));
    expect(fault.code).toBe("upstream_unavailable");
  });

  it("tells a refusal as it is told of the other calls", async () => {
    const { connection } = connect({ GetOpenIdToken: () => fake.refusal("NotAuthorizedException") });
    expect((await faultOf(getOpenIdToken(connection, fake.identityId, logins))).code).toBe("invalid_token");
    expect((await faultOf(getOpenIdToken(connection, fake.identityId))).code).toBe("no_credentials");
  });
});

describe("a refusal of the identity pool", () => {
  it.each([
    ["NotAuthorizedException", 400, "invalid_token", "no_credentials"],
    ["NotAuthorizedException", 403, "invalid_token", "no_credentials"],
    ["com.amazonaws.cognito.identity.model#NotAuthorizedException", 400, "invalid_token", "no_credentials"],
    ["NotAuthorizedException:http://internal.amazon.com/coral/", 400, "invalid_token", "no_credentials"],
    ["ResourceConflictException", 400, "access_denied", "access_denied"],
    ["ResourceNotFoundException", 400, "configuration_error", "configuration_error"],
    ["InvalidParameterException", 400, "configuration_error", "configuration_error"],
    ["InvalidIdentityPoolConfigurationException", 400, "configuration_error", "configuration_error"],
    ["TooManyRequestsException", 400, "upstream_unavailable", "upstream_unavailable"],
    ["TooManyRequestsException", 429, "upstream_unavailable", "upstream_unavailable"],
    ["LimitExceededException", 400, "upstream_unavailable", "upstream_unavailable"],
    ["ExternalServiceException", 400, "upstream_unavailable", "upstream_unavailable"],
    ["InternalErrorException", 500, "upstream_unavailable", "upstream_unavailable"],
    ["NotAuthorizedException", 500, "upstream_unavailable", "upstream_unavailable"],
    ["NotAuthorizedException", 204 + 1, "upstream_unavailable", "upstream_unavailable"],
    ["SomethingNewException", 400, "upstream_unavailable", "upstream_unavailable"],
    ["", 400, "upstream_unavailable", "upstream_unavailable"],
  ])("%s with status %d is %s for a user and %s for a guest", async (type, status, user, guest) => {
    const { connection } = connect({
      GetId: () => fake.refusal(type, status),
      GetCredentialsForIdentity: () => fake.refusal(type, status),
    });
    expect((await faultOf(getId(connection, fake.identityPoolId, logins))).code).toBe(user);
    expect((await faultOf(getId(connection, fake.identityPoolId))).code).toBe(guest);
    expect((await faultOf(getCredentialsForIdentity(connection, fake.identityId, logins))).code).toBe(user);
    expect((await faultOf(getCredentialsForIdentity(connection, fake.identityId))).code).toBe(guest);
  });

  it("is read from the header where the body does not name it", async () => {
    const headers = { "x-amzn-errortype": "NotAuthorizedException:" };
    const { connection } = connect({ GetId: () => fake.json({}, { status: 400, headers }) });
    expect((await faultOf(getId(connection, fake.identityPoolId, logins))).code).toBe("invalid_token");
  });

  it("without a name, or not in JSON, is an outage", async () => {
    const headers = { "content-type": "application/x-amz-json-1.1" };
    for (const responder of [
      () => fake.json({}, { status: 400 }),
      () => new Response("no", { status: 400, headers }),
      () => fake.json([], { status: 400 }),
    ]) {
      const { connection } = connect({ GetId: responder });
      expect((await faultOf(getId(connection, fake.identityPoolId, logins))).code).toBe("upstream_unavailable");
    }
  });
});

describe("identityPoolRegion", () => {
  it.each([
    [fake.identityPoolId, "eu-west-1"],
    ["us-gov-west-1:00000000-0000-4000-8000-000000000000", "us-gov-west-1"],
    ["cn-north-1:00000000-0000-4000-8000-000000000000", "cn-north-1"],
    ["eu-west-1_Example01", undefined],
    ["00000000-0000-4000-8000-000000000000", undefined],
    ["eu-west-1:00000000-0000-4000-8000-00000000000", undefined],
    ["eu-west-1:00000000-0000-4000-8000-000000000000 ", undefined],
    ["eu-west-1:00000000-0000-4000-8000-00000000000G", undefined],
    ["evil.example/eu-west-1:00000000-0000-4000-8000-000000000000", undefined],
  ])("of %s is %s", (id, region) => {
    expect(identityPoolRegion(id)).toBe(region);
  });
});
