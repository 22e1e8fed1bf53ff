import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { closedGroups, createPrincipal } from "../../src/principal.ts";
import {
  type CredentialsFlow,
  enhancedFlow,
  type FlowRequest,
  type FlowResult,
} from "../../src/sessions/credentials-flow.ts";
import { type ExchangeSetup, exchange } from "../../src/sessions/exchange.ts";
import type { SessionInit, Sessions } from "../../src/sessions/session.ts";
import type { TokenHolder } from "../../src/sessions/token-holder.ts";
import type { RevocableFacts } from "../../src/tokens/revocation.ts";
import * as fake from "./fake-aws.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const minute = 60_000;
const loginProvider = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01";
const role = {
  arn: fake.roleArn,
  partition: "aws",
  account: "123456789012",
  name: "ArticleEditor",
  sessionName: "CognitoIdentityCredentials",
};
const ada: TokenHolder = {
  raw: "header.payload.signature",
  principal: createPrincipal({
    kind: "user",
    id: "user:eu-west-1_Example01:ada",
    issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
    verifiedBy: "user-pool",
    userId: "ada",
    groups: closedGroups(["editors"]),
    scopes: new Set(["articles/read"]),
    tags: new Map([["tenant", "acme"]]),
    claims: { email: "ada@example.com" },
    authenticatedAt: new Date(noon - minute),
    expiresAt: new Date(noon + 5 * minute),
  }),
  facts: { sub: "ada", iat: 1_768_478_400, jti: "j" },
};

const editor = {
  arn: "arn:aws:iam::123456789012:role/articles/ArticleEditor",
  partition: "aws",
  account: "123456789012",
  name: "ArticleEditor",
};

/** Everything that an exchange needs, with AWS and the sessions played by the test. */
function setUp(
  aws: Readonly<Record<string, fake.Responder>> = {},
  open: (init: SessionInit) => Promise<void> = async () => {},
  covers: (facts: RevocableFacts) => boolean | Promise<boolean> = () => false,
) {
  const time = { now: noon };
  const clock = () => time.now;
  const opened: SessionInit[] = [];
  const { fetch, calls, operations } = fake.fakeAws(clock, aws);
  const sessions: Sessions = {
    ...{ service: "api.example.com", region: "eu-west-1", skewSeconds: 300, clock, issuers: [] },
    audience: "api.example.com",
    once: async () => true,
    revocations: { covers, readiness: () => ({ state: "ready" }), revoke: async () => {} },
    open: (init) => {
      opened.push(init);
      return open(init);
    },
    close: async () => {},
    find: () => undefined,
    trust: () => {},
    ready: async () => {},
    readiness: () => [],
  };
  const identity = { url: new URL("https://cognito-identity.eu-west-1.amazonaws.com/"), fetch };
  const setup: ExchangeSetup = {
    ...{ sessions, identityPoolId: fake.identityPoolId, region: "eu-west-1", loginProvider, maxLength: 60 * minute },
    ...{ identity, flow: enhancedFlow(identity, clock) },
    sts: { url: new URL("https://sts.eu-west-1.amazonaws.com/"), fetch },
  };
  return { setup, time, opened, calls, operations };
}

describe("exchange", () => {
  it("gives a user the credentials, and opens the session of the user in their role", async () => {
    const { setup, opened } = setUp();
    expect(await exchange(setup, ada)).toStrictEqual({
      AccessKeyId: fake.accessKeyId,
      SecretAccessKey: fake.secretAccessKey,
      Token: fake.sessionToken,
      Expiration: "2026-01-15T13:00:00Z",
    });
    expect(opened).toStrictEqual([
      {
        accessKeyId: fake.accessKeyId,
        secretAccessKey: fake.secretAccessKey,
        sessionToken: fake.sessionToken,
        notAfter: new Date(noon + 60 * minute),
        mode: "broker",
        principal: createPrincipal({
          kind: "user",
          id: "user:eu-west-1_Example01:ada",
          issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
          verifiedBy: "signed-request",
          userId: "ada",
          identityId: fake.identityId,
          groups: closedGroups(["editors"]),
          tags: new Map([["tenant", "acme"]]),
          role,
          authenticatedAt: new Date(noon - minute),
          expiresAt: new Date(noon + 60 * minute),
        }),
        token: { sub: "ada", iat: 1_768_478_400, jti: "j" },
      },
    ]);
  });

  it("gives a guest the credentials, and opens the session of a guest in no group", async () => {
    const { setup, opened } = setUp();
    expect((await exchange(setup, undefined)).AccessKeyId).toBe(fake.accessKeyId);
    expect(opened).toHaveLength(1);
    expect(opened[0]).not.toHaveProperty("token");
    expect(opened[0]?.principal).toStrictEqual(
      createPrincipal({
        kind: "guest",
        id: `guest:${fake.identityId}`,
        issuer: fake.identityPoolId,
        verifiedBy: "signed-request",
        identityId: fake.identityId,
        groups: closedGroups(),
        role,
        expiresAt: new Date(noon + 60 * minute),
      }),
    );
  });

  it("leaves out of the session what the token does not tell", async () => {
    const { setup, opened } = setUp();
    const { kind, id, issuer, verifiedBy } = ada.principal;
    await exchange(setup, { ...ada, principal: createPrincipal({ kind, id, issuer, verifiedBy }) });
    for (const name of ["userId", "groups", "authenticatedAt"]) expect(opened[0]?.principal).not.toHaveProperty(name);
  });

  it("shows the token to the identity pool alone, and none for a guest", async () => {
    const { setup, calls } = setUp();
    await exchange(setup, ada);
    await exchange(setup, undefined);
    const logins = calls.map(({ operation, body }) => [
      operation,
      operation === "GetCallerIdentity" || JSON.parse(body).Logins,
    ]);
    expect(logins).toEqual([
      ["GetId", { [loginProvider]: ada.raw }],
      ["GetCredentialsForIdentity", { [loginProvider]: ada.raw }],
      ["GetCallerIdentity", true],
      ["GetId", undefined],
      ["GetCredentialsForIdentity", undefined],
      ["GetCallerIdentity", true],
    ]);
    expect(JSON.stringify([calls[2]?.body, ...(calls[2]?.headers ?? [])])).not.toContain(ada.raw);
  });

  it.each([
    ["the end of the credentials, in whole seconds", 30 * minute + 700, "2026-01-15T12:30:00Z"],
    ["maxLength, where that is sooner", 60 * minute + 1_000, "2026-01-15T13:00:00Z"],
    ["the only end that the identity pool has", minute, "2026-01-15T12:01:00Z"],
  ])("ends the credentials, the session and the principal at %s", async (_, left, expected) => {
    const { setup, opened } = setUp({ GetCredentialsForIdentity: () => fake.credentials((noon + left) / 1_000) });
    expect((await exchange(setup, ada)).Expiration).toBe(expected);
    expect(opened[0]?.notAfter).toEqual(new Date(expected));
    expect(opened[0]?.principal.expiresAt).toEqual(new Date(expected));
  });

  it.each([
    ["19:59", 20 * minute - 1_000, 2],
    ["20:00", 20 * minute, 1],
  ])("asks for credentials with %s minutes left %s times", async (_, left, times) => {
    const { setup, operations } = setUp({ GetCredentialsForIdentity: () => fake.credentials((noon + left) / 1_000) });
    await exchange(setup, ada);
    expect(operations().filter((name) => name === "GetCredentialsForIdentity")).toHaveLength(times);
  });

  it("counts maxLength from when AWS has answered", async () => {
    const { setup, time } = setUp({
      GetCredentialsForIdentity: () => fake.credentials((noon + 12 * 60 * minute) / 1_000),
      GetCallerIdentity: () => {
        time.now += 2_000;
        return fake.xml(fake.callerIdentity());
      },
    });
    expect((await exchange(setup, ada)).Expiration).toBe("2026-01-15T13:00:02Z");
  });

  it.each<[string, Readonly<Record<string, fake.Responder>>, string]>([
    ["the identity pool refuses the token", { GetId: () => fake.refusal("NotAuthorizedException") }, "invalid_token"],
    ["the identity pool fails", { GetCredentialsForIdentity: () => fake.refusal("X", 500) }, "upstream_unavailable"],
    ["STS refuses the credentials", { GetCallerIdentity: () => fake.xml("", { status: 403 }) }, "upstream_unavailable"],
    [
      "the credentials end within this second",
      { GetCredentialsForIdentity: () => fake.credentials((noon + 999) / 1_000) },
      "upstream_unavailable",
    ],
    [
      "the credentials are over",
      { GetCredentialsForIdentity: () => fake.credentials((noon - minute) / 1_000) },
      "upstream_unavailable",
    ],
  ])("opens no session where %s", async (_, aws, code) => {
    const { setup, opened } = setUp(aws);
    await expect(exchange(setup, ada)).rejects.toMatchObject({ name: "AuthError", code });
    expect(opened).toEqual([]);
  });

  it("gives no credentials where the session could not be opened", async () => {
    const fault = new AuthError("store_unavailable");
    const { setup } = setUp({}, () => Promise.reject(fault));
    await expect(exchange(setup, ada)).rejects.toBe(fault);
  });

  it("hands logins of other providers to the identity pool beside the user's, and nowhere else", async () => {
    const { setup, calls, opened } = setUp();
    await exchange(setup, ada, { logins: { "accounts.google.com": "a.google.token" } });
    expect(JSON.parse(calls[1]?.body ?? "").Logins).toEqual({
      "accounts.google.com": "a.google.token",
      [loginProvider]: ada.raw,
    });
    expect(calls[2]?.body).not.toContain("google");
    expect(opened[0]?.principal).toMatchObject({ id: ada.principal.id, issuer: ada.principal.issuer });
  });

  it("asks whose identity it is by the user's token alone, so that no other login brings him to somebody else's", async () => {
    const { setup, calls } = setUp();
    await exchange(setup, ada, { logins: { "accounts.google.com": "a.google.token" } });
    expect(calls[0]?.operation).toBe("GetId");
    expect(JSON.parse(calls[0]?.body ?? "").Logins).toEqual({ [loginProvider]: ada.raw });
  });

  it("lets no other login take the place of the user's token", async () => {
    const { setup, calls } = setUp();
    await exchange(setup, ada, { logins: { [loginProvider]: "of.somebody.else" } });
    for (const call of calls.slice(0, 2)) {
      expect(JSON.parse(call.body).Logins).toEqual({ [loginProvider]: ada.raw });
    }
  });

  it("asks for the role that the caller wants", async () => {
    const { setup, calls } = setUp();
    await exchange(setup, ada, { role: editor });
    expect(JSON.parse(calls[1]?.body ?? "").CustomRoleArn).toBe(editor.arn);
  });

  it("tells the flow whom it is for, with his claims and his identity", async () => {
    const { setup } = setUp();
    const asked: FlowRequest[] = [];
    const flow = (request: FlowRequest) => {
      asked.push(request);
      return setup.flow(request);
    };
    await exchange({ ...setup, flow }, ada);
    await exchange({ ...setup, flow }, undefined);
    expect(asked[0]?.caller).toMatchObject({ id: ada.principal.id, identityId: fake.identityId });
    expect(asked[0]?.caller.claims).toEqual({ email: "ada@example.com" });
    expect(asked[1]?.caller).toMatchObject({ kind: "guest", identityId: fake.identityId });
  });

  it.each<[string, Partial<FlowResult>]>([
    ["role", { role: { ...editor, name: "Admin" } }],
    ["account", { role: { ...editor, account: "999999999999" } }],
    ["partition", { role: { ...editor, partition: "aws-cn" } }],
    ["session name", { sessionName: "ada" }],
  ])("opens no session where STS names another %s than was asked for", async (_, wanted) => {
    const { setup, opened } = setUp();
    const flow: CredentialsFlow = async (request) => ({ ...(await setup.flow(request)), ...wanted });
    await expect(exchange({ ...setup, flow }, ada)).rejects.toMatchObject({ code: "upstream_unavailable" });
    expect(opened).toEqual([]);
  });

  it("asks for no credentials of an identity that has been revoked", async () => {
    const { setup, opened, operations } = setUp({}, undefined, ({ identityId }) => identityId === fake.identityId);
    await expect(exchange(setup, ada)).rejects.toMatchObject({ code: "access_denied" });
    expect(operations()).toEqual(["GetId"]);
    expect(opened).toEqual([]);
  });

  it("opens no session in a role that has been revoked", async () => {
    const { setup, opened } = setUp({}, undefined, async (facts) => facts.role?.name === "ArticleEditor");
    await expect(exchange(setup, ada)).rejects.toMatchObject({ code: "role_not_allowed" });
    expect(opened).toEqual([]);
  });

  it.each<[string, keyof RevocableFacts, string]>([
    ["the user", "user", "invalid_token"],
    ["his token", "jti", "invalid_token"],
    ["the identity", "identityId", "access_denied"],
    ["the role", "role", "role_not_allowed"],
  ])("gives no credentials where %s is revoked while AWS is asked", async (_, fact, code) => {
    let answered = false;
    const GetCallerIdentity = () => {
      answered = true;
      return fake.xml(fake.callerIdentity());
    };
    const { setup, opened } = setUp({ GetCallerIdentity }, undefined, (facts) => answered && facts[fact] !== undefined);
    await expect(exchange(setup, ada)).rejects.toMatchObject({ code });
    expect(opened).toEqual([]);
  });

  it("opens no session while it cannot be known what has been revoked", async () => {
    const fault = new AuthError("store_unavailable");
    const { setup, opened } = setUp({}, undefined, () => Promise.reject(fault));
    await expect(exchange(setup, ada)).rejects.toBe(fault);
    expect(opened).toEqual([]);
  });
});
