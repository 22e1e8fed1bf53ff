import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { createPrincipal } from "../../src/principal.ts";
import { type ClassicFlow, classicFlow, readClassicFlow } from "../../src/sessions/classic-flow.ts";
import type { FlowRequest } from "../../src/sessions/credentials-flow.ts";
import type { WebIdentityRequest } from "../../src/sessions/web-identity.ts";
import * as fake from "./fake-aws.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const roleArn = "arn:aws:iam::123456789012:role/articles/Member";
const document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] };
const ada: FlowRequest = {
  identityId: fake.identityId,
  logins: { "login.example.com": "a.b.c" },
  caller: createPrincipal({
    kind: "user",
    id: "user:p:ada",
    issuer: "p",
    verifiedBy: "user-pool",
    userId: "8a4c01c5-ee1d-838b-831d-d3f930b49ff8",
    identityId: fake.identityId,
    claims: { "custom:tenant": "acme", email: "ada@example.com" },
  }),
  role: undefined,
};
const visitor: FlowRequest = {
  identityId: fake.identityId,
  logins: undefined,
  caller: createPrincipal({ kind: "guest", id: "guest:x", issuer: "i", verifiedBy: "signed-request" }),
  role: undefined,
};

function setUp(classic: ClassicFlow, aws: Readonly<Record<string, fake.Responder>> = {}) {
  const { fetch, calls } = fake.fakeAws(() => noon, aws);
  const asked: WebIdentityRequest[] = [];
  const identity = { url: new URL("https://cognito-identity.eu-west-1.amazonaws.com/"), fetch };
  const sts = {
    async assumeRole(request: WebIdentityRequest) {
      asked.push(request);
      const { accessKeyId, secretAccessKey, sessionToken } = fake;
      return { accessKeyId, secretAccessKey, sessionToken, expiration: noon + 1 };
    },
    ready: async () => {},
  };
  return { asked, calls, flow: classicFlow(readClassicFlow(classic), identity, sts, 3_600_000) };
}

describe("the classic flow", () => {
  it("takes an OpenID token of the identity to STS, for the operator's role and the user's sub", async () => {
    const { asked, calls, flow } = setUp({ roleArn });
    const result = await flow(ada);
    expect(calls.map(({ operation, body }) => [operation, JSON.parse(body)])).toEqual([
      ["GetOpenIdToken", { IdentityId: fake.identityId, Logins: ada.logins }],
    ]);
    expect(asked).toEqual([
      {
        token: fake.openIdToken,
        roleArn,
        sessionName: "8a4c01c5-ee1d-838b-831d-d3f930b49ff8",
        policy: undefined,
        durationSeconds: 3_600,
      },
    ]);
    expect(result).toMatchObject({
      credentials: { accessKeyId: fake.accessKeyId },
      role: { arn: roleArn, name: "Member" },
      sessionName: "8a4c01c5-ee1d-838b-831d-d3f930b49ff8",
    });
  });

  it("names a guest's session guest", async () => {
    const { asked, flow } = setUp({ roleArn });
    await flow(visitor);
    expect(asked[0]?.sessionName).toBe("guest");
  });

  it.each<[string, ClassicFlow, Partial<WebIdentityRequest>]>([
    ["a fixed session name", { roleArn, sessionName: "a-b+c=d,e.f@g_h" }, { sessionName: "a-b+c=d,e.f@g_h" }],
    [
      "a session name by the caller's claims",
      { roleArn, sessionName: ({ claims }) => String(claims.email) },
      { sessionName: "ada@example.com" },
    ],
    ["a session policy as an object", { roleArn, policy: document }, { policy: JSON.stringify(document) }],
    [
      "a session policy as JSON",
      { roleArn, policy: `${JSON.stringify(document)}\n` },
      { policy: `${JSON.stringify(document)}\n` },
    ],
    [
      "a session policy by the caller's tenant",
      { roleArn, policy: ({ claims }) => ({ Statement: String(claims["custom:tenant"]) }) },
      { policy: '{"Statement":"acme"}' },
    ],
    ["no session policy", { roleArn, policy: () => null }, { policy: undefined }],
    ["a role by the caller", { roleArn: ({ kind }) => (kind === "user" ? roleArn : null) }, { roleArn }],
  ])("asks for %s", async (_, classic, expected) => {
    const { asked, flow } = setUp(classic);
    await flow(ada);
    expect(asked[0]).toMatchObject(expected);
  });

  it("refuses a caller for whom the operator has no role, before it asks AWS", async () => {
    const { asked, calls, flow } = setUp({ roleArn: ({ kind }) => (kind === "user" ? roleArn : null) });
    await expect(flow(visitor)).rejects.toMatchObject({ code: "role_not_allowed" });
    expect([asked, calls]).toEqual([[], []]);
  });

  it("passes on how a function of the operator refuses a caller", async () => {
    const fault = new AuthError("access_denied");
    const { flow } = setUp({
      roleArn: () => {
        throw fault;
      },
    });
    await expect(flow(ada)).rejects.toBe(fault);
  });

  const circular: { Statement?: unknown } = {};
  circular.Statement = circular;
  const functions: readonly (readonly [string, object])[] = [
    ["no role", { roleArn: () => undefined }],
    ["a promise of a role", { roleArn: async () => roleArn }],
    ["the short name of a role", { roleArn: () => "123456789012/Member" }],
    ["no session name", { sessionName: () => undefined }],
    ["a session name of one character", { sessionName: () => "a" }],
    ["a session name of 65 characters", { sessionName: () => "a".repeat(65) }],
    ["a session name with a space", { sessionName: () => "ada lovelace" }],
    ["a session name with a slash", { sessionName: () => "ada/admin" }],
    ["a session name with a line feed", { sessionName: () => "ada\n" }],
    ["a session name with a letter that AWS does not take", { sessionName: () => "zoë" }],
    ["nothing for a session policy", { policy: () => undefined }],
    ["a list as session policy", { policy: () => [] }],
    ["a promise of a session policy", { policy: async () => document }],
    ["an object that is no session policy", { policy: () => new Map([["Statement", []]]) }],
    ["a session policy that holds itself", { policy: () => circular }],
    ["a session policy with a number that is no JSON", { policy: () => ({ Statement: 1n }) }],
    ["a session policy that is no JSON", { policy: () => "{" }],
    ["an empty session policy", { policy: () => "" }],
    ["a session policy with a character that AWS does not take", { policy: () => '{"Statement":"→"}' }],
    ["a session policy of 2,049 characters", { policy: () => `{"Statement":"${"x".repeat(2_033)}"}` }],
    ["a function as session policy", { policy: () => () => document }],
  ];

  it.each(functions)("answers 500 where a function gives %s, before it asks AWS", async (_, changes) => {
    const { asked, calls, flow } = setUp({ roleArn, ...changes } as ClassicFlow);
    await expect(flow(ada)).rejects.toMatchObject({ name: "AuthError", code: "configuration_error" });
    expect([asked, calls]).toEqual([[], []]);
  });

  it("takes a session policy of 2,048 characters", async () => {
    const { asked, flow } = setUp({ roleArn, policy: () => `{"Statement":"${"x".repeat(2_032)}"}` });
    await flow(ada);
    expect(asked[0]?.policy).toHaveLength(2_048);
  });

  it("asks STS for nothing where the identity pool gives no token", async () => {
    const { asked, flow } = setUp({ roleArn }, { GetOpenIdToken: () => fake.refusal("InvalidParameterException") });
    await expect(flow(ada)).rejects.toMatchObject({ code: "configuration_error" });
    expect(asked).toEqual([]);
  });
});

describe("readClassicFlow", () => {
  it.each<[string, object, string]>([
    ["no role", { roleArn: undefined }, "broker.classic.roleArn"],
    ["a role that is null", { roleArn: null }, "broker.classic.roleArn"],
    ["the short name of a role", { roleArn: "123456789012/Member" }, "broker.classic.roleArn"],
    ["an ill-formed session name", { sessionName: "ada lovelace" }, "broker.classic.sessionName"],
    ["a session name that is null", { sessionName: null }, "broker.classic.sessionName"],
    ["a session policy that is no JSON", { policy: "{" }, "broker.classic.policy"],
    ["a session policy that is no object", { policy: "[]" }, "broker.classic.policy"],
    ["a session policy without a statement", { policy: {} }, "broker.classic.policy"],
    ["a session policy with a number that is no JSON", { policy: { Statement: 1n } }, "broker.classic.policy"],
    ["a length", { durationSeconds: 900 }, "broker.classic.durationSeconds"],
  ])("refuses %s", (_, changes, option) => {
    const make = () => readClassicFlow({ roleArn, ...changes } as ClassicFlow);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(expect.objectContaining({ option }));
  });
});
