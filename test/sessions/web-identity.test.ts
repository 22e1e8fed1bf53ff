import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { AuthError } from "../../src/errors.ts";
import { type WebIdentityRequest, webIdentity } from "../../src/sessions/web-identity.ts";
import * as fake from "./fake-aws.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const request: WebIdentityRequest = {
  token: fake.openIdToken,
  roleArn: "arn:aws:iam::123456789012:role/articles/Member",
  sessionName: "ada@example.com",
  policy: '{"Version":"2012-10-17","Statement":[]}',
  durationSeconds: 3_600,
};

// Before the SDK is loaded, which takes its own hold of the function.
const readFile = vi.spyOn(files, "readFile");
syncBuiltinESMExports();

afterEach(() => {
  vi.useRealTimers();
  vi.doUnmock("@aws-sdk/client-sts");
  vi.resetModules();
  vi.unstubAllEnvs();
});

function setUp(AssumeRoleWithWebIdentity?: fake.Responder) {
  const { fetch, calls } = fake.fakeAws(() => noon, AssumeRoleWithWebIdentity && { AssumeRoleWithWebIdentity });
  return { calls, sts: webIdentity({ url: new URL("https://sts.eu-west-1.amazonaws.com/"), fetch }, "eu-west-1") };
}

describe("AssumeRoleWithWebIdentity", () => {
  it("is asked with what the operator chose, unsigned, and follows no redirect", async () => {
    const { calls, sts } = setUp();
    expect(await sts.assumeRole(request)).toEqual({
      accessKeyId: fake.accessKeyId,
      secretAccessKey: fake.secretAccessKey,
      sessionToken: fake.sessionToken,
      expiration: noon + 3_600_000,
    });
    expect(calls).toHaveLength(1);
    const [call] = calls;
    expect(Object.fromEntries(new URLSearchParams(call?.body))).toEqual({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: request.roleArn,
      RoleSessionName: "ada@example.com",
      WebIdentityToken: fake.openIdToken,
      DurationSeconds: "3600",
      Policy: request.policy,
    });
    expect([...(call?.headers.keys() ?? [])]).toEqual(["content-type"]);
    expect(call?.url).toBe("https://sts.eu-west-1.amazonaws.com/");
    expect(call?.redirect).toBe("error");
  });

  it("goes without a session policy where there is none", async () => {
    const { calls, sts } = setUp();
    await sts.assumeRole({ ...request, policy: undefined });
    expect(new URLSearchParams(calls[0]?.body).has("Policy")).toBe(false);
  });

  it("goes where the broker was told, whatever the environment says", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_STS", "https://evil.example");
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_MAX_ATTEMPTS", "5");
    const { calls, sts } = setUp(() => fake.stsRefusal("InternalFailure", 500));
    await expect(sts.assumeRole(request)).rejects.toMatchObject({ code: "upstream_unavailable" });
    expect(calls.map(({ url }) => url)).toEqual(["https://sts.eu-west-1.amazonaws.com/"]);
  });

  it("reads no file of settings or credentials", async () => {
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent/config");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
    const { sts } = setUp();
    await sts.assumeRole(request);
    const read = readFile.mock.calls.map(([path]) => String(path));
    expect(read.filter((path) => path.startsWith("/nonexistent"))).toEqual([]);
  });

  it.each<[string, fake.Responder, string]>([
    ["does not let the role be assumed", () => fake.stsRefusal("AccessDenied", 403), "configuration_error"],
    ["refuses the session policy", () => fake.stsRefusal("MalformedPolicyDocument"), "configuration_error"],
    ["finds the session policy too large", () => fake.stsRefusal("PackedPolicyTooLarge"), "configuration_error"],
    ["is not activated in the region", () => fake.stsRefusal("RegionDisabledException", 403), "configuration_error"],
    ["refuses the length of the session", () => fake.stsRefusal("ValidationError"), "configuration_error"],
    ["refuses the token", () => fake.stsRefusal("InvalidIdentityToken"), "upstream_unavailable"],
    ["finds the token expired", () => fake.stsRefusal("ExpiredTokenException"), "upstream_unavailable"],
    ["cannot reach the identity provider", () => fake.stsRefusal("IDPCommunicationError"), "upstream_unavailable"],
    ["is throttled", () => fake.stsRefusal("Throttling"), "upstream_unavailable"],
    ["fails", () => fake.stsRefusal("InternalFailure", 500), "upstream_unavailable"],
    ["names an error that every object has", () => fake.stsRefusal("constructor"), "upstream_unavailable"],
    [
      "answers HTML",
      () => new Response("<html>", { headers: { "content-type": "text/html" } }),
      "upstream_unavailable",
    ],
    ["answers nonsense", () => fake.xml("<a><b></a>"), "upstream_unavailable"],
    ["answers nothing", () => fake.xml(""), "upstream_unavailable"],
    ["answers more than 64 KiB", () => fake.xml(" ".repeat(70_000)), "upstream_unavailable"],
    ["cannot be reached", () => Promise.reject(new Error(fake.secretAccessKey)), "upstream_unavailable"],
    ["gives a short secret", () => fake.xml(fake.assumedRole(noon, { SecretAccessKey: "x" })), "upstream_unavailable"],
    [
      "gives an odd access key id",
      () => fake.xml(fake.assumedRole(noon, { AccessKeyId: "a b" })),
      "upstream_unavailable",
    ],
    [
      "gives a token with a space",
      () => fake.xml(fake.assumedRole(noon, { SessionToken: "a b" })),
      "upstream_unavailable",
    ],
    ["gives no end", () => fake.xml(fake.assumedRole(noon, { Expiration: "never" })), "upstream_unavailable"],
  ])("is told as a fault, asked once and without anything secret, where STS %s", async (_, answer, code) => {
    const { calls, sts } = setUp(answer);
    const fault: unknown = await sts.assumeRole(request).catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(AuthError);
    expect(fault).toMatchObject({ code });
    expect(calls).toHaveLength(1);
    const shown = inspect(fault, { depth: 12, showHidden: true });
    for (const secret of [fake.secretAccessKey, fake.sessionToken, fake.openIdToken])
      expect(shown).not.toContain(secret);
  });

  it("tells what was wrong with the call, without what the SDK hangs on faults", async () => {
    const { sts } = setUp(() => new Response("<html>", { headers: { "content-type": "text/html" } }));
    const fault: unknown = await sts.assumeRole(request).catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ options: { reason: "the answer of AWS is of another media type" } });
    expect(fault).not.toHaveProperty("$metadata");
  });

  it("gives up after three seconds, as every call to AWS", async () => {
    await import("@aws-sdk/client-sts");
    vi.useFakeTimers({ now: noon, toFake: ["setTimeout", "clearTimeout", "Date"] });
    const { calls, sts } = setUp(() => new Promise(() => {}));
    const fault = sts.assumeRole(request).catch((thrown: unknown) => thrown);
    await vi.waitFor(() => expect(calls).toHaveLength(1), 30_000);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await fault).toMatchObject({ code: "upstream_unavailable" });
  });
});

describe("without the AWS SDK", () => {
  it.each(["ready", "assumeRole"] as const)("%s says what to install", async (name) => {
    vi.doMock("@aws-sdk/client-sts", () => {
      throw new Error("ERR_MODULE_NOT_FOUND");
    });
    const { calls, sts } = setUp();
    const fault: unknown = await sts[name](request).catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(ConfigurationError);
    expect(fault).toMatchObject({
      option: "broker.classic",
      message: expect.stringContaining("npm install @aws-sdk/client-sts"),
    });
    expect(calls).toEqual([]);
  });
});

describe("ready", () => {
  it("asks AWS nothing", async () => {
    const { calls, sts } = setUp();
    await sts.ready();
    expect(calls).toEqual([]);
  });
});
