import { createHash } from "node:crypto";
import { type EnrollOptions, enroll } from "poolgate/client";
import { type Pools, startPools } from "poolgate/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveSigningKey } from "../../src/sigv4/signing-key.ts";

let pools: Pools;
beforeAll(async () => {
  pools = await startPools({ roles: { editors: "ArticleEditor" } });
});
afterAll(() => pools.close());

const ada = { name: "ada", groups: ["editors"] };
const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const answer = {
  accessKeyId: "POOLGATE-0123456789abcdefghijkl",
  notAfter: "2026-11-21T04:00:00.000Z",
  region: "eu-central-1",
  service: "api.example.com",
  serverTime: "2026-11-21T03:00:00.000Z",
};

type Message = Readonly<Record<string, string | number>>;

/** A gate that gives each of these answers in turn, and what was posted to it. */
function answering(...answers: readonly [body: object, init?: ResponseInit][]) {
  const left = [...answers];
  const posted: { url: string; init: RequestInit; message: Message }[] = [];
  const gate: typeof fetch = async (input, init = {}) => {
    posted.push({ url: String(input), init, message: JSON.parse(String(init.body)) });
    const [body, answerInit] = left.shift() ?? [{}];
    return new Response(JSON.stringify(body), answerInit);
  };
  return { fetch: gate, posted };
}

const problem = (status: number) => ({ status, headers: { "content-type": "application/problem+json" } });

function options(more: Partial<EnrollOptions> = {}): EnrollOptions {
  return {
    url: "https://api.example.com",
    credentials: () => pools.credentials(ada),
    region: pools.region,
    stsEndpoint: pools.endpoints.sts,
    ...more,
  };
}

/** Puts the proof of a message to STS as a gate does, with lines that this test makes by itself. */
async function askSts(message: Message, service: string, key: Uint8Array): Promise<string> {
  const { mode, akid, token, date, region, sig, exp, nonce, idToken } = message;
  const fields = ["poolgate-enroll/v1", "api.example.com", mode, akid, region, service, sha256(key), exp, nonce];
  const lines = [...fields, idToken === undefined ? "" : sha256(String(idToken))].map((field) => `${field}\n`).join("");
  const scope = `${String(date).slice(0, 8)}/${region}/sts/aws4_request`;
  const signed = "content-type;host;x-amz-date;x-amz-security-token;x-poolgate-binding";
  const response = await fetch(pools.endpoints.sts, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "x-amz-date": String(date),
      "x-amz-security-token": String(token),
      "x-poolgate-binding": sha256(lines),
      authorization: `AWS4-HMAC-SHA256 Credential=${akid}/${scope}, SignedHeaders=${signed}, Signature=${sig}`,
    },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });
  return /<Arn>(.*)<\/Arn>/.exec(await response.text())?.[1] ?? `status ${response.status}`;
}

const adaArn = "arn:aws:sts::123456789012:assumed-role/ArticleEditor/CognitoIdentityCredentials";

describe("an enrollment in mode virtual", () => {
  it("proves the role, commits to a secret of its own and keeps the AWS secret", async () => {
    const { fetch: gate, posted } = answering([answer]);
    const credentials = await pools.credentials(ada);
    const enrollment = await enroll(options({ credentials, fetch: gate }));
    const [{ url, init, message } = { url: "", init: {}, message: {} }] = posted;
    expect(enrollment).toEqual({
      accessKeyId: answer.accessKeyId,
      secretAccessKey: message.key,
      notAfter: new Date("2026-11-21T04:00:00Z"),
      region: "eu-central-1",
      service: "api.example.com",
    });
    expect([url, init.method, init.redirect, init.credentials]).toEqual([
      "https://api.example.com/.well-known/poolgate/enroll",
      "POST",
      "error",
      "omit",
    ]);
    expect(init.headers).toEqual({ accept: "application/json", "content-type": "application/json" });
    expect(message).toEqual({
      v: "poolgate-enroll/v1",
      mode: "virtual",
      akid: credentials.accessKeyId,
      token: credentials.sessionToken,
      date: expect.stringMatching(/^\d{8}T\d{6}Z$/),
      region: "eu-west-1",
      sig: expect.stringMatching(/^[0-9a-f]{64}$/),
      key: expect.stringMatching(/^[\w-]{43}$/),
      exp: expect.any(Number),
      nonce: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(await askSts(message, "api.example.com", Buffer.from(String(message.key)))).toBe(adaArn);
    expect(JSON.stringify(posted)).not.toContain(credentials.secretAccessKey);
  });

  it("draws another secret and nonce each time", async () => {
    const { fetch: gate, posted } = answering([answer], [answer]);
    await enroll(options({ fetch: gate }));
    await enroll(options({ fetch: gate }));
    const [first, second] = posted.map(({ message }) => message);
    expect([first?.key === second?.key, first?.nonce === second?.nonce]).toEqual([false, false]);
  });

  it("asks for an hour, for less by option, and never beyond the end of the credentials", async () => {
    const now = Date.parse("2026-11-21T03:00:00.900Z");
    const seconds = Date.parse("2026-11-21T03:00:00Z") / 1000;
    const held = { accessKeyId: "ASIAEXAMPLEEXAMPLE00", secretAccessKey: "s", sessionToken: "t" };
    const expiring = { ...held, expiration: new Date(now + 20 * 60_000) };
    const { fetch: gate, posted } = answering([answer], [answer], [answer]);
    const common = { fetch: gate, clock: () => now };
    await enroll(options({ ...common, credentials: held }));
    await enroll(options({ ...common, credentials: held, minutes: 5 }));
    await enroll(options({ ...common, credentials: expiring }));
    expect(posted.map(({ message }) => message.exp)).toEqual([seconds + 3_600, seconds + 300, seconds + 1_200]);
  });

  it("enrolls an ID token along, and commits to it", async () => {
    const { fetch: gate, posted } = answering([answer]);
    await enroll(options({ fetch: gate, idToken: () => "a.b.c" }));
    const message = posted[0]?.message ?? {};
    expect(message.idToken).toBe("a.b.c");
    expect(await askSts(message, "api.example.com", Buffer.from(String(message.key)))).toBe(adaArn);
    const swapped = { ...message, idToken: "a.b.d" };
    expect(await askSts(swapped, "api.example.com", Buffer.from(String(message.key)))).toBe("status 403");
  });

  it("tries once more by the gate's time where its own clock is off", async () => {
    const skew = { code: "clock_skew", detail: "Too far.", serverTime: new Date().toISOString() };
    const { fetch: gate, posted } = answering([skew, problem(401)], [answer]);
    await enroll(options({ fetch: gate, clock: () => Date.now() - 3_600_000 }));
    const message = posted[1]?.message ?? {};
    expect(posted.length).toBe(2);
    expect(posted[0]?.message.nonce).not.toBe(message.nonce);
    expect(await askSts(message, "api.example.com", Buffer.from(String(message.key)))).toBe(adaArn);
  });

  it.each<[string, object]>([
    ["a second time", { code: "clock_skew", serverTime: "2026-11-21T03:00:00Z" }],
    ["without the gate's time", { code: "clock_skew" }],
    ["with a time that is none", { code: "clock_skew", serverTime: "noon" }],
    ["for another reason", { code: "role_not_allowed", serverTime: "2026-11-21T03:00:00Z" }],
  ])("is a ClientError where the gate refuses %s", async (_, refusal) => {
    const { fetch: gate, posted } = answering([refusal, problem(401)], [refusal, problem(401)]);
    await expect(enroll(options({ fetch: gate }))).rejects.toMatchObject({
      name: "ClientError",
      code: (refusal as { code: string }).code,
    });
    expect(posted.length).toBeLessThanOrEqual(2);
  });

  it.each<[string, object]>([
    ["no key id", { ...answer, accessKeyId: undefined }],
    ["a key id of another form", { ...answer, accessKeyId: "a/b" }],
    ["no region", { ...answer, region: 7 }],
    ["a region of another form", { ...answer, region: "eu-west-1/s3" }],
    ["no end", { ...answer, notAfter: "later" }],
    ["an end that is a number", { ...answer, notAfter: 1_795_000_000 }],
    ["the name of an AWS service", { ...answer, service: "s3" }],
  ])("is a ClientError where the answer has %s", async (_, body) => {
    const { fetch: gate } = answering([body]);
    await expect(enroll(options({ fetch: gate }))).rejects.toMatchObject({ code: "unexpected_answer", status: 200 });
  });
});

describe("an enrollment in mode derived", () => {
  const derived = { mode: "derived", gateRegion: "eu-central-1" } as const;

  it("hands over the signing keys of two days, across the end of a year too, and signs with the AWS credentials", async () => {
    const now = Date.parse("2026-12-31T23:59:00Z");
    const credentials = { accessKeyId: "ASIAEXAMPLEEXAMPLE00", secretAccessKey: "s", sessionToken: "t" };
    const { fetch: gate, posted } = answering([{ ...answer, accessKeyId: credentials.accessKeyId }]);
    const enrollment = await enroll(options({ ...derived, credentials, fetch: gate, clock: () => now }));
    const { notAfter, ...rest } = enrollment;
    expect(rest).toEqual({ ...credentials, region: "eu-central-1", service: "api.example.com" });
    const keys = ["20261231", "20270101"].map((day) => deriveSigningKey("s", day, "eu-central-1", "api.example.com"));
    expect(posted[0]?.message.key).toBe(Buffer.concat(keys).toString("base64url"));
  });

  it("proves the role and commits to these keys", async () => {
    const credentials = await pools.credentials(ada);
    const { fetch: gate, posted } = answering([{ ...answer, accessKeyId: credentials.accessKeyId }]);
    await enroll(options({ ...derived, credentials, fetch: gate }));
    const message = posted[0]?.message ?? {};
    expect(await askSts(message, "api.example.com", Buffer.from(String(message.key), "base64url"))).toBe(adaArn);
    expect(JSON.stringify(posted)).not.toContain(credentials.secretAccessKey);
  });

  it.each<[string, object]>([
    ["another key id", {}],
    ["another region", { accessKeyId: "ASIAEXAMPLEEXAMPLE00", region: "us-east-1" }],
    ["another service", { accessKeyId: "ASIAEXAMPLEEXAMPLE00", service: "s3" }],
  ])("does not sign with AWS credentials where the answer has %s", async (_, more) => {
    const credentials = { accessKeyId: "ASIAEXAMPLEEXAMPLE00", secretAccessKey: "s", sessionToken: "t" };
    const { fetch: gate } = answering([{ ...answer, ...more }]);
    await expect(enroll(options({ ...derived, credentials, fetch: gate }))).rejects.toMatchObject({
      code: "unexpected_answer",
    });
  });
});

describe("the options of an enrollment", () => {
  it.each<[object, string]>([
    [{ url: undefined }, "enroll.url: is required"],
    [{ credentials: undefined }, "enroll.credentials: is required"],
    [{ credentials: "ASIA" }, "enroll.credentials: is required"],
    [{ region: undefined }, "enroll.region: is required"],
    [{ mode: "v4a" }, 'enroll.mode: write "virtual" or "derived"'],
    [{ mode: "derived" }, "enroll.gateRegion: is required"],
    [{ gateRegion: "eu-west-1" }, "enroll.gateRegion: leave it out"],
    [{ mode: "derived", gateRegion: "eu-west-1", service: "s3" }, "enroll.service: must hold a dot"],
    [{ minutes: 61 }, "enroll.minutes: must be a whole number from 1 to 60"],
    [{ minutes: 0 }, "enroll.minutes: must be a whole number from 1 to 60"],
    [{ idToken: "a.b.c" }, "enroll.idToken: write a function that gives it"],
    [{ stsEndpoint: "http://sts.example.com" }, "enroll.stsEndpoint: must begin with https:"],
    [{ path: "https://evil.example.com/" }, "enroll.path: must be a path"],
    [{ audience: "" }, "enroll.audience: must be a string"],
    [{ Region: "eu-west-1" }, "enroll.Region: there is no such option; write region"],
  ])("%j are refused", async (more, message) => {
    await expect(enroll(options(more as Partial<EnrollOptions>))).rejects.toThrow(message);
  });

  it("do not take the keys of an IAM user", async () => {
    const credentials = { accessKeyId: "AKIAEXAMPLEEXAMPLE00", secretAccessKey: "s" };
    const { fetch: gate, posted } = answering();
    await expect(enroll(options({ credentials, fetch: gate }))).rejects.toMatchObject({ code: "no_credentials_given" });
    expect(posted).toEqual([]);
  });
});
