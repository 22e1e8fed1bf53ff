import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { enrollment } from "../../src/sessions/enrollment.ts";
import type { EnrollmentOptions } from "../../src/sessions/enrollment-options.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Store } from "../../src/stores/store.ts";
import { enrollmentMessage, type Prover, randomText } from "../proofs/prover.ts";
import { post, roles } from "../proofs/proving-gate.ts";
import * as fake from "./fake-aws.ts";

const date = new Date(Date.UTC(2026, 2, 4, 5, 6, 7));
const prover: Prover = {
  // Of the account 123456789012.
  credentials: {
    accessKeyId: "ASIARZPUZDIKAAAAAAAA",
    secretAccessKey: fake.secretAccessKey,
    sessionToken: fake.sessionToken,
  },
  ...{ region: "eu-west-1", sts: "https://sts.eu-west-1.amazonaws.com", date },
};

/** An error as STS words it. */
function stsError(code: string, status: number, message = "no"): Response {
  const error = `<Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n    <Message>${message}</Message>\n  </Error>`;
  const document = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  ${error}\n</ErrorResponse>\n`;
  return fake.xml(document, { status });
}

interface Changes {
  readonly responder?: fake.Responder;
  readonly options?: Partial<EnrollmentOptions>;
  readonly store?: (memory: Store) => Store;
}

function setUp({ responder = () => fake.xml(fake.callerIdentity()), options = {}, store }: Changes = {}) {
  let now = date.getTime();
  const clock = () => now;
  const aws = fake.fakeAws(clock, { GetCallerIdentity: responder });
  const memory = memoryStore({ clock });
  const sessions = createSessions({
    ...{ service: "api.example.com", region: "eu-west-1", clock, cacheSeconds: 0 },
    store: store === undefined ? memory : store(memory),
  });
  const endpoint = enrollment({ sessions, roles, regions: ["eu-west-1", "cn-north-1"], fetch: aws.fetch, ...options });
  async function enroll(message: unknown, remoteAddress = "192.0.2.1") {
    const { status, headers, body = "" } = await endpoint.handle(post(message, { remoteAddress }));
    return { status, headers, body: JSON.parse(body) };
  }
  const pass = (seconds: number) => {
    now += seconds * 1_000;
  };
  return { aws, sessions, enroll, pass };
}

afterEach(() => vi.useRealTimers());

it("is not made while the clock tells no time, and STS is not asked", async () => {
  const { aws, enroll, pass } = setUp();
  const message = await enrollmentMessage(prover);
  pass(Number.NaN);
  expect((await enroll(message)).status).not.toBe(200);
  expect(aws.calls).toEqual([]);
});

describe("the call to STS", () => {
  it("is built from the values of the proof and nothing else", async () => {
    const { aws, enroll } = setUp();
    const message = await enrollmentMessage(prover);
    expect((await enroll(message)).status).toBe(200);
    const lines = [
      ...["poolgate-enroll/v1", "api.example.com", "virtual", message.akid, "eu-west-1", "api.example.com"],
      ...[createHash("sha256").update(message.key).digest("hex"), String(message.exp), message.nonce, ""],
    ];
    const [call, ...others] = aws.calls;
    expect(others).toEqual([]);
    expect({ ...call, headers: Object.fromEntries(call?.headers ?? []) }).toEqual({
      operation: "GetCallerIdentity",
      url: "https://sts.eu-west-1.amazonaws.com/",
      redirect: "error",
      body: "Action=GetCallerIdentity&Version=2011-06-15",
      headers: {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-amz-date": "20260304T050607Z",
        "x-amz-security-token": fake.sessionToken,
        "x-poolgate-binding": createHash("sha256")
          .update(lines.map((line) => `${line}\n`).join(""))
          .digest("hex"),
        authorization:
          "AWS4-HMAC-SHA256 Credential=ASIARZPUZDIKAAAAAAAA/20260304/eu-west-1/sts/aws4_request, " +
          "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-poolgate-binding, " +
          `Signature=${message.sig}`,
      },
    });
  });

  it("goes to the region that the client chose among those that are listed", async () => {
    const { aws, enroll } = setUp();
    const sts = "https://sts.cn-north-1.amazonaws.com.cn";
    await enroll(await enrollmentMessage({ ...prover, region: "cn-north-1", sts }));
    expect(aws.calls.map(({ url }) => url)).toEqual([`${sts}/`]);
  });

  const lists = (arn: string, account?: string) => () => fake.xml(fake.callerIdentity(arn, account));
  const twice = fake.callerIdentity().replace(/<Arn>.*<\/Arn>/, (arn) => `${arn}${arn}`);
  it.each<[string, fake.Responder, string]>([
    ["says that the signature is wrong", () => stsError("SignatureDoesNotMatch", 403), "invalid_signature"],
    ["does not know the token", () => stsError("InvalidClientTokenId", 403), "invalid_signature"],
    ["says that the token has expired", () => stsError("ExpiredToken", 403), "invalid_signature"],
    ["cannot read the signature", () => stsError("IncompleteSignature", 400), "invalid_signature"],
    ["says that it is too much", () => stsError("Throttling", 400), "upstream_unavailable"],
    ["says that it is too much otherwise", () => stsError("RequestLimitExceeded", 403), "upstream_unavailable"],
    ["says that it is too much by its status", () => stsError("Throttling", 429), "upstream_unavailable"],
    ["fails", () => stsError("InternalFailure", 500), "upstream_unavailable"],
    ["fails with a code of a refusal", () => stsError("SignatureDoesNotMatch", 500), "upstream_unavailable"],
    ["is down", () => fake.xml("", { status: 503 }), "upstream_unavailable"],
    ["refuses without saying why", () => fake.xml("<html/>", { status: 403 }), "upstream_unavailable"],
    [
      "quotes a code in its message",
      () => fake.xml("<x><ErrorResponse><Error><Code>A</Code></Error></ErrorResponse></x>", { status: 403 }),
      "upstream_unavailable",
    ],
    ["answers as if it were created", () => fake.xml(fake.callerIdentity(), { status: 201 }), "upstream_unavailable"],
    ["answers another media type", () => new Response(fake.callerIdentity()), "upstream_unavailable"],
    ["names two callers", () => fake.xml(twice), "upstream_unavailable"],
    ["names another account", lists(fake.roleArn, "210987654321"), "upstream_unavailable"],
    ["answers too much", () => fake.xml(`${fake.callerIdentity()}${" ".repeat(70_000)}`), "upstream_unavailable"],
    ["is not there", () => Promise.reject(new TypeError(`no ${fake.sessionToken}`)), "upstream_unavailable"],
    ["names a user", lists("arn:aws:iam::123456789012:user/Ada"), "role_not_allowed"],
    ["names the account itself", lists("arn:aws:iam::123456789012:root"), "role_not_allowed"],
    ["names a federated user", lists("arn:aws:sts::123456789012:federated-user/x"), "role_not_allowed"],
    ["names another role", lists("arn:aws:sts::123456789012:assumed-role/Other/x"), "role_not_allowed"],
    [
      "names the role of another account",
      lists("arn:aws:sts::210987654321:assumed-role/ArticleEditor/x", "210987654321"),
      "role_not_allowed",
    ],
    [
      "names the role of another partition",
      lists("arn:aws-cn:sts::123456789012:assumed-role/ArticleEditor/x"),
      "role_not_allowed",
    ],
  ])("gives a refusal where STS %s", async (_, responder, code) => {
    const { sessions, enroll } = setUp({ responder });
    const message = await enrollmentMessage(prover);
    const answer = await enroll(message);
    expect(answer.body.code).toBe(code);
    expect(answer.status).toBe(new AuthError(code as AuthError["code"]).status);
    expect(answer.headers["retry-after"]).toBe(code === "upstream_unavailable" ? "5" : undefined);
    for (const secret of [fake.sessionToken, message.sig, message.key]) {
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
    expect(await sessions.find(message.akid)).toBeUndefined();
  });

  it("is given up after three seconds", async () => {
    const { enroll } = setUp({ responder: () => new Promise(() => {}) });
    const message = await enrollmentMessage(prover);
    vi.useFakeTimers();
    const answer = enroll(message);
    await vi.advanceTimersByTimeAsync(2_999);
    const early = await Promise.race([answer, Promise.resolve("waiting")]);
    expect(early).toBe("waiting");
    await vi.advanceTimersByTimeAsync(2);
    expect((await answer).body.code).toBe("upstream_unavailable");
  });
});

describe("a refused proof", () => {
  it("is refused again without asking STS, or the store", async () => {
    const asked: string[] = [];
    const store = (memory: Store): Store => ({
      ...memory,
      add: (key, value, until) => {
        asked.push(key);
        return memory.add(key, value, until);
      },
    });
    const { aws, enroll } = setUp({ responder: () => stsError("SignatureDoesNotMatch", 403), store });
    const message = await enrollmentMessage(prover);
    for (let count = 0; count < 3; count += 1) {
      expect((await enroll(message, `192.0.2.${count}`)).body.code).toBe("invalid_signature");
    }
    expect(aws.calls).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  it.each(["akid", "token", "sig", "key", "exp", "nonce"] as const)("is another one with another %s", async (name) => {
    const { aws, enroll } = setUp({ responder: () => stsError("SignatureDoesNotMatch", 403) });
    const message = await enrollmentMessage(prover);
    const other = {
      ...{ akid: "ASIARZPUZDIKAAAAAAAB", token: "other", sig: "0".repeat(64), key: randomText(32) },
      ...{ exp: message.exp + 1, nonce: randomText(16) },
    };
    await enroll(message);
    const { body } = await enroll({ ...message, [name]: other[name] });
    // The nonce is used up where it is the same of the same credentials.
    const fresh = name === "akid" || name === "nonce";
    expect(body.code).toBe(fresh ? "invalid_signature" : "request_replayed");
    expect(aws.calls).toHaveLength(fresh ? 2 : 1);
  });

  it("is not one that STS could not judge, whose nonce is used up all the same", async () => {
    const { aws, enroll } = setUp({ responder: () => fake.xml("", { status: 503 }) });
    const message = await enrollmentMessage(prover);
    expect((await enroll(message)).body.code).toBe("upstream_unavailable");
    expect((await enroll(message)).body.code).toBe("request_replayed");
    expect(aws.calls).toHaveLength(1);
  });
});

describe("the limits", () => {
  const refuse = () => stsError("SignatureDoesNotMatch", 403);

  it("give a source sixty proofs a minute, whatever they cost", async () => {
    const { enroll, pass } = setUp({ options: { limits: { perAccountPerMinute: 60_000 } } });
    const good = async () => (await enroll(await enrollmentMessage(prover))).status;
    for (let count = 0; count < 60; count += 1) expect(await good()).toBe(200);
    const late = await enroll(await enrollmentMessage(prover));
    expect(late).toMatchObject({ status: 429, headers: { "retry-after": "1" }, body: { code: "too_many_requests" } });
    expect((await enroll(await enrollmentMessage(prover), "192.0.2.2")).status).toBe(200);
    pass(1);
    expect(await good()).toBe(200);
  });

  it("charge a source for ten where a proof is refused", async () => {
    const { aws, enroll } = setUp({ responder: refuse });
    for (let count = 0; count < 6; count += 1) {
      expect((await enroll(await enrollmentMessage(prover))).body.code).toBe("invalid_signature");
    }
    expect((await enroll(await enrollmentMessage(prover))).body.code).toBe("too_many_requests");
    expect(aws.calls).toHaveLength(6);
  });

  it("charge a source for ten where the role is not listed, and STS is not asked again", async () => {
    const arn = "arn:aws:sts::123456789012:assumed-role/Other/x";
    const { aws, enroll } = setUp({ responder: () => fake.xml(fake.callerIdentity(arn)) });
    const message = await enrollmentMessage(prover);
    for (let count = 0; count < 6; count += 1) expect((await enroll(message)).body.code).toBe("role_not_allowed");
    expect((await enroll(message)).body.code).toBe("too_many_requests");
    expect(aws.calls).toHaveLength(1);
  });

  it("charge it for a refusal that is remembered, too", async () => {
    const { enroll } = setUp({ responder: refuse });
    const message = await enrollmentMessage(prover);
    for (let count = 0; count < 6; count += 1) expect((await enroll(message)).body.code).toBe("invalid_signature");
    expect((await enroll(message)).body.code).toBe("too_many_requests");
  });

  it("let no source take over a tenth of an account's allowance", async () => {
    const limits = { perSourcePerMinute: 1_000, perAccountPerMinute: 40 };
    const { enroll } = setUp({ options: { limits } });
    const from = async (source: string) => (await enroll(await enrollmentMessage(prover), source)).status;
    for (let count = 0; count < 4; count += 1) expect(await from("192.0.2.1")).toBe(200);
    expect(await from("192.0.2.1")).toBe(429);
    for (let source = 2; source < 11; source += 1) {
      for (let count = 0; count < 4; count += 1) expect(await from(`192.0.2.${source}`)).toBe(200);
    }
    expect(await from("192.0.2.99")).toBe(429);
  });

  it("come after what can be told without them, and ahead of the store", async () => {
    let asked = 0;
    const store = (memory: Store): Store => ({
      ...memory,
      add: (key, value, until) => {
        asked += 1;
        return memory.add(key, value, until);
      },
    });
    const { enroll } = setUp({ options: { limits: { perSourcePerMinute: 10 } }, store });
    for (let count = 0; count < 50; count += 1) expect((await enroll("{}")).status).toBe(400);
    for (let count = 0; count < 10; count += 1) await enroll(await enrollmentMessage(prover));
    expect((await enroll(await enrollmentMessage(prover))).status).toBe(429);
    expect(asked).toBe(10);
  });

  it("let no more than 256 proofs be under way", async () => {
    const answers: (() => void)[] = [];
    const responder = () =>
      new Promise<Response>((resolve) => answers.push(() => resolve(fake.xml(fake.callerIdentity()))));
    const limits = { perSourcePerMinute: 60_000, perAccountPerMinute: 60_000 };
    const { aws, enroll } = setUp({ responder, options: { limits } });
    const messages = await Promise.all(Array.from({ length: 257 }, () => enrollmentMessage(prover)));
    const outcomes = messages.map((message) => enroll(message));
    expect((await outcomes[256])?.body).toMatchObject({
      code: "too_many_requests",
      detail: expect.stringContaining("busy"),
    });
    await vi.waitFor(() => expect(aws.calls).toHaveLength(256), 30_000);
    for (const answer of answers) answer();
    expect((await Promise.all(outcomes.slice(0, 256))).every(({ status }) => status === 200)).toBe(true);
    const more = enroll(await enrollmentMessage(prover));
    await vi.waitFor(() => expect(aws.calls).toHaveLength(257), 30_000);
    answers.at(-1)?.();
    expect((await more).status).toBe(200);
  });
});

describe("the store", () => {
  it("that cannot tell whether a nonce was used lets nobody in, and STS is not asked", async () => {
    const store = (memory: Store): Store => ({ ...memory, add: () => Promise.reject(new Error("down")) });
    const { aws, enroll } = setUp({ store });
    const { status, headers, body } = await enroll(await enrollmentMessage(prover));
    expect({ status, code: body.code }).toEqual({ status: 503, code: "store_unavailable" });
    expect(headers["retry-after"]).toBe("5");
    expect(aws.calls).toEqual([]);
  });

  it("that cannot keep the session gives no session", async () => {
    const store = (memory: Store): Store => ({ ...memory, set: () => Promise.reject(new Error("down")) });
    const { enroll } = setUp({ store });
    expect((await enroll(await enrollmentMessage(prover))).body.code).toBe("store_unavailable");
  });

  it("keeps a nonce for as long as its proof could be accepted by any clock in time", async () => {
    const used: number[] = [];
    const store = (memory: Store): Store => ({
      ...memory,
      add: (key, value, until) => {
        used.push(until);
        return memory.add(key, value, until);
      },
    });
    const { enroll } = setUp({ store });
    await enroll(await enrollmentMessage(prover));
    expect(used).toEqual([date.getTime() + 600_000]);
  });
});

describe("a proof", () => {
  it("whose session would be over by the time STS answers is refused", async () => {
    const later = { seconds: (_: number): void => {} };
    const { enroll, pass } = setUp({
      responder: () => {
        later.seconds(2);
        return fake.xml(fake.callerIdentity());
      },
    });
    later.seconds = pass;
    const message = await enrollmentMessage(prover, { exp: date.getTime() / 1_000 + 1 });
    expect((await enroll(message)).body.code).toBe("proof_expired");
  });

  it("that grows too old before its nonce is looked up is refused, and STS is not asked", async () => {
    let delay = () => {};
    const store = (memory: Store): Store => ({
      ...memory,
      list: async (prefix) => {
        delay();
        return memory.list(prefix);
      },
    });
    const { aws, enroll, pass } = setUp({ store });
    delay = () => pass(301);
    expect((await enroll(await enrollmentMessage(prover))).body.code).toBe("clock_skew");
    expect(aws.calls).toEqual([]);
  });

  it("of a role that is revoked since is refused", async () => {
    const { sessions, enroll } = setUp();
    const message = await enrollmentMessage(prover);
    await sessions.revocations.revoke({ role: "123456789012/ArticleEditor" });
    const { body } = await enroll(message);
    expect(body).toMatchObject({ code: "role_not_allowed", detail: expect.stringContaining("revoked") });
  });
});
