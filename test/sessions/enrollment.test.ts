import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { closedGroups, createPrincipal, openGroups } from "../../src/principal.ts";
import { RequestHeaders } from "../../src/request.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { type EnrollmentChanges, enrollmentMessage, randomText } from "../proofs/prover.ts";
import { editor, openGate, post, type Stage, setStage, stranger } from "../proofs/proving-gate.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.pools.close());

const messageOf = async (changes: EnrollmentChanges = {}) => enrollmentMessage(await stage.prover(editor), changes);
const idPool = () => {
  const { userPoolId, clientId, jwks } = stage.pools;
  return userPool({ userPoolId, clientId, jwks, tokenUse: "id", clock: stage.clock });
};

describe("enrollment", () => {
  it("opens a session for a secret of the caller's own making", async () => {
    const gate = openGate(stage);
    const message = await messageOf();
    const { status, headers, body } = await gate.enroll(message);
    expect(status).toBe(200);
    expect(headers).toEqual({ "content-type": "application/json", "cache-control": "no-store" });
    expect(body).toEqual({
      accessKeyId: expect.stringMatching(/^PGID[A-Z2-7]{26}$/),
      notAfter: new Date(stage.clock() + 900_000).toISOString(),
      region: "eu-west-1",
      service: "api.example.com",
      serverTime: new Date(stage.clock()).toISOString(),
    });
    const credentials = { accessKeyId: String(body.accessKeyId), secretAccessKey: message.key };
    const { principal } = await gate.call(credentials);
    expect(principal).toMatchObject({
      ...{ kind: "role", id: "role:123456789012/ArticleEditor", issuer: "123456789012" },
      verifiedBy: "signed-request",
      groups: openGroups(["editors"]),
      role: { account: "123456789012", name: "ArticleEditor", sessionName: "CognitoIdentityCredentials" },
      expiresAt: new Date(stage.clock() + 900_000),
    });
    expect(principal.userId).toBeUndefined();
    const wrong = { ...credentials, secretAccessKey: randomText(32) };
    await expect(gate.call(wrong)).rejects.toMatchObject({ code: "invalid_signature" });
  });

  it("opens a session for the AWS credentials themselves in mode derived", async () => {
    const gate = openGate(stage, { enrollment: { modes: ["derived"] } });
    const prover = await stage.prover(editor);
    const { status, body } = await gate.enroll(await enrollmentMessage(prover, { mode: "derived" }));
    expect(status).toBe(200);
    expect(body.accessKeyId).toBe(prover.credentials.accessKeyId);
    expect((await gate.call(prover.credentials)).principal).toMatchObject({ id: "role:123456789012/ArticleEditor" });
    // The session token is bound to the session.
    const { accessKeyId, secretAccessKey } = prover.credentials;
    await expect(gate.call({ accessKeyId, secretAccessKey })).rejects.toMatchObject({ code: "invalid_signature" });
    await expect(gate.call({ ...prover.credentials, sessionToken: "other" })).rejects.toMatchObject({
      code: "invalid_signature",
    });
  });

  it("lets a session of mode derived live past midnight", async () => {
    await using late = await setStage();
    late.pass(18 * 3_600 + 50 * 60);
    const gate = openGate(late, { enrollment: { modes: ["derived"], maxSessionMinutes: 60 } });
    const prover = await late.prover(editor);
    const exp = late.clock() / 1_000 + 3_600;
    await gate.enroll(await enrollmentMessage(prover, { mode: "derived", exp }));
    expect(new Date(late.clock()).getUTCDate()).toBe(4);
    late.pass(1_800);
    expect(new Date(late.clock()).getUTCDate()).toBe(5);
    expect((await gate.call(prover.credentials)).principal.id).toBe("role:123456789012/ArticleEditor");
  });

  it("makes a guest of a role that stands for guests", async () => {
    const gate = openGate(stage);
    const message = await enrollmentMessage(await stage.prover("guest"));
    const { body } = await gate.enroll(message);
    const { principal } = await gate.call({ accessKeyId: String(body.accessKeyId), secretAccessKey: message.key });
    expect(principal).toMatchObject({ kind: "guest", id: "guest:123456789012/Visitor" });
  });

  it("lets a guest be revoked by the id that he has in requests", async () => {
    const gate = openGate(stage);
    const message = await enrollmentMessage(await stage.prover("guest"));
    const { body } = await gate.enroll(message);
    const credentials = { accessKeyId: String(body.accessKeyId), secretAccessKey: message.key };
    const { principal } = await gate.call(credentials);
    await gate.sessions.revocations.revoke({ user: principal.id });
    await expect(gate.call(credentials)).rejects.toMatchObject({ code: "invalid_signature" });
  });

  it.each([
    { it: "a shorter exp shortens", exp: 60, max: 15, lives: 60 },
    { it: "a longer exp lengthens nothing", exp: 86_400, max: 15, lives: 900 },
    { it: "the maximum may be an hour", exp: 86_400, max: 60, lives: 3_600 },
  ])("counts from the time of the proof: $it", async ({ exp, max, lives }) => {
    const gate = openGate(stage, { enrollment: { maxSessionMinutes: max } });
    const prover = await stage.prover(editor);
    const signed = new Date(stage.clock() - 30_000);
    const message = await enrollmentMessage({ ...prover, date: signed }, { exp: signed.getTime() / 1_000 + exp });
    const { body } = await gate.enroll(message);
    expect(body.notAfter).toBe(new Date(signed.getTime() + lives * 1_000).toISOString());
  });

  it("keeps of one caller's credentials the last session", async () => {
    const gate = openGate(stage);
    const prover = await stage.prover(editor);
    const first = await enrollmentMessage(prover);
    const second = await enrollmentMessage(prover);
    const one = await gate.enroll(first);
    await gate.call({ accessKeyId: String(one.body.accessKeyId), secretAccessKey: first.key });
    const two = await gate.enroll(second);
    await gate.call({ accessKeyId: String(two.body.accessKeyId), secretAccessKey: second.key });
    await expect(
      gate.call({ accessKeyId: String(one.body.accessKeyId), secretAccessKey: first.key }),
    ).rejects.toMatchObject({ code: "invalid_signature" });
  });

  it("asks STS once for each proof", async () => {
    const gate = openGate(stage);
    const before = stage.pools.calls("GetCallerIdentity");
    await gate.enroll(await messageOf());
    expect(stage.pools.calls("GetCallerIdentity")).toBe(before + 1);
  });

  it("answers other methods with the one that there is", async () => {
    const { endpoint } = openGate(stage);
    const answer = await endpoint.handle(post({}, { method: "GET" }));
    expect(answer).toMatchObject({ status: 405, headers: { allow: "POST" } });
    expect(endpoint).toMatchObject({ methods: ["POST"], path: "/.well-known/poolgate/enroll" });
  });

  it("challenges by its own name", async () => {
    const { endpoint } = openGate(stage);
    const answer = await endpoint.handle(post({ ...(await messageOf()), sig: "0".repeat(64) }));
    expect(answer).toMatchObject({ status: 401, headers: { "www-authenticate": "Poolgate-Enroll" } });
  });

  it("shows no key, token or signature in an answer or a session", async () => {
    const gate = openGate(stage);
    const message = await messageOf();
    const good = JSON.stringify(await gate.enroll(message));
    const bad = JSON.stringify(await gate.enroll(message));
    const { body } = await gate.enroll(await messageOf());
    const session = JSON.stringify(await gate.sessions.find(String(body.accessKeyId)));
    for (const text of [good, bad, session]) {
      for (const secret of [message.key, message.token, message.sig, message.nonce]) expect(text).not.toContain(secret);
    }
  });
});

describe("a message that was tampered with", () => {
  type Message = Record<string, unknown>;
  const twenty = "A".repeat(22);
  it.each<[string, (message: Message) => Message, string]>([
    ["a swapped key", (m) => ({ ...m, key: randomText(32) }), "invalid_signature"],
    ["a stretched exp", (m) => ({ ...m, exp: Number(m.exp) + 1 }), "invalid_signature"],
    ["another nonce", (m) => ({ ...m, nonce: randomText(16) }), "invalid_signature"],
    ["another date", (m) => ({ ...m, date: "20260304T050608Z" }), "invalid_signature"],
    ["another signature", (m) => ({ ...m, sig: "0".repeat(64) }), "invalid_signature"],
    ["another token", (m) => ({ ...m, token: `${m.token}x` }), "invalid_signature"],
    ["a date out of time", (m) => ({ ...m, date: "20260304T050001Z" }), "clock_skew"],
    ["a date ahead of time", (m) => ({ ...m, date: "20260304T051108Z" }), "clock_skew"],
    ["a date that is none", (m) => ({ ...m, date: "20260230T050607Z" }), "invalid_request"],
    ["a date of another form", (m) => ({ ...m, date: "2026-03-04T05:06:07Z" }), "invalid_request"],
    ["a date that is a number", (m) => ({ ...m, date: 20260304 }), "invalid_request"],
    ["an exp in the past", (m) => ({ ...m, exp: 1_700_000_000 }), "proof_expired"],
    ["an exp of now", (m) => ({ ...m, exp: stage.clock() / 1_000 }), "proof_expired"],
    ["an exp in text", (m) => ({ ...m, exp: String(m.exp) }), "invalid_request"],
    ["an exp in parts of a second", (m) => ({ ...m, exp: Number(m.exp) + 0.5 }), "invalid_request"],
    ["a negative exp", (m) => ({ ...m, exp: -1 }), "invalid_request"],
    ["an exp after all time", (m) => ({ ...m, exp: 1e15 }), "invalid_request"],
    ["a short nonce", (m) => ({ ...m, nonce: randomText(15) }), "invalid_request"],
    ["a long nonce", (m) => ({ ...m, nonce: randomText(65) }), "invalid_request"],
    ["a nonce with padding", (m) => ({ ...m, nonce: `${twenty}==` }), "invalid_request"],
    ["a nonce in another spelling", (m) => ({ ...m, nonce: `${"A".repeat(21)}B` }), "invalid_request"],
    ["a nonce with a line feed", (m) => ({ ...m, nonce: `${m.nonce}\n` }), "invalid_request"],
    ["a nonce that is a number", (m) => ({ ...m, nonce: 1 }), "invalid_request"],
    ["a short key", (m) => ({ ...m, key: randomText(31) }), "invalid_request"],
    ["a key of two", (m) => ({ ...m, key: randomText(64) }), "invalid_request"],
    ["a key in another spelling", (m) => ({ ...m, key: `${"A".repeat(42)}B` }), "invalid_request"],
    ["no key", ({ key: _, ...m }) => m, "invalid_request"],
    ["a key of null", (m) => ({ ...m, key: null }), "invalid_request"],
    ["a signature in upper case", (m) => ({ ...m, sig: "A".repeat(64) }), "invalid_request"],
    ["a signature with a line feed", (m) => ({ ...m, sig: `${m.sig}\n` }), "invalid_request"],
    ["a long-lived key", (m) => ({ ...m, akid: `AKIA${String(m.akid).slice(4)}` }), "invalid_request"],
    ["an id that is not base32", (m) => ({ ...m, akid: "ASIA0000000000000000" }), "invalid_request"],
    ["an id of another account", (m) => ({ ...m, akid: "ASIAQNZGKIQY56JQ7WML" }), "role_not_allowed"],
    ["an id of no account", (m) => ({ ...m, akid: `ASIA${"7".repeat(16)}` }), "role_not_allowed"],
    [
      "an id with the same account",
      (m) => ({ ...m, akid: `${String(m.akid).slice(0, -1)}${String(m.akid).endsWith("A") ? "B" : "A"}` }),
      "invalid_signature",
    ],
    ["a region that is not listed", (m) => ({ ...m, region: "us-east-1" }), "invalid_credential_scope"],
    ["a region that is a host", (m) => ({ ...m, region: "evil.example/" }), "invalid_request"],
    ["a region of the prototype", (m) => ({ ...m, region: "constructor" }), "invalid_credential_scope"],
    ["a token with a line feed", (m) => ({ ...m, token: "a\r\nx-evil: 1" }), "invalid_request"],
    ["an empty token", (m) => ({ ...m, token: "" }), "invalid_request"],
    ["an unknown mode", (m) => ({ ...m, mode: "v4a" }), "invalid_request"],
    ["a mode that is not offered", (m) => ({ ...m, mode: "derived" }), "invalid_request"],
    ["another version", (m) => ({ ...m, v: "poolgate-enroll/v2" }), "invalid_request"],
    ["the version of the other protocol", (m) => ({ ...m, v: "poolgate-request/v1" }), "invalid_request"],
    ["an unknown member", (m) => ({ ...m, method: "GET" }), "invalid_request"],
    ["an ID token that nobody takes", (m) => ({ ...m, idToken: "a.b.c" }), "invalid_request"],
    ["an ID token that is no text", (m) => ({ ...m, idToken: 1 }), "invalid_request"],
    ["a member of __proto__", (m) => JSON.parse(`{"__proto__":{},${JSON.stringify(m).slice(1)}`), "invalid_request"],
  ])("is refused: %s", async (_, change, code) => {
    const gate = openGate(stage);
    const message = await messageOf();
    const changed = change(message);
    const text = changed === message ? JSON.stringify(message) : JSON.stringify(changed);
    expect((await gate.enroll(text)).body).toMatchObject({ code });
  });

  it.each<[string, EnrollmentChanges]>([
    ["for another gate", { audience: "other.example.com", service: "api.example.com" }],
    ["for another service", { audience: "api.example.com", service: "other.example.com" }],
  ])("is refused: %s", async (_, changes) => {
    expect((await openGate(stage).enroll(await messageOf(changes))).body).toMatchObject({ code: "invalid_signature" });
  });

  it.each(["virtual", "derived"] as const)("is refused: whole, but of a mode that is not offered: %s", async (mode) => {
    const gate = openGate(stage, { enrollment: { modes: [mode === "virtual" ? "derived" : "virtual"] } });
    const { body } = await gate.enroll(await messageOf({ mode }));
    expect(body).toMatchObject({ code: "invalid_request", detail: expect.stringContaining("not offered") });
  });

  it("is refused: stolen and sent again", async () => {
    const gate = openGate(stage);
    const message = await messageOf();
    expect((await gate.enroll(message)).status).toBe(200);
    expect((await gate.enroll(message)).body).toMatchObject({ status: 401, code: "request_replayed" });
    // With another key, too: the nonce is the caller's.
    expect((await gate.enroll({ ...message, key: randomText(32) })).body).toMatchObject({ code: "request_replayed" });
  });

  it("is refused: brought to a second node of the same store", async () => {
    const store = memoryStore({ clock: stage.clock });
    const [one, other] = [openGate(stage, { sessions: { store } }), openGate(stage, { sessions: { store } })];
    const message = await messageOf();
    const outcomes = await Promise.all([one.enroll(message), other.enroll(message)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it("is refused whatever byte of it is changed", async () => {
    const gate = openGate(stage, {
      enrollment: { limits: { perSourcePerMinute: 60_000, perAccountPerMinute: 60_000 } },
    });
    const prover = await stage.prover(editor);
    const mutation = fc.tuple(fc.nat(100_000), fc.integer({ min: 0x20, max: 0x7e }));
    await fc.assert(
      fc.asyncProperty(mutation, async ([place, code]) => {
        const text = JSON.stringify(await enrollmentMessage(prover));
        const at = place % text.length;
        const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
        fc.pre(changed !== text);
        const { status, body } = await gate.enroll(changed);
        expect([400, 401, 403]).toContain(status);
        expect(body.code).not.toBe("request_replayed");
      }),
      { numRuns: 300 },
    );
  });

  it("is refused whatever value of it is another message's", async () => {
    const gate = openGate(stage, {
      enrollment: { limits: { perSourcePerMinute: 60_000, perAccountPerMinute: 60_000 } },
    });
    const [one, other] = [
      await messageOf(),
      await enrollmentMessage(await stage.prover(editor), { exp: 1_772_600_900 }),
    ];
    for (const name of ["akid", "token", "sig", "key", "exp", "nonce"] as const) {
      const { body } = await gate.enroll({ ...one, nonce: randomText(16), [name]: other[name] });
      expect([name, body.code]).toEqual([name, "invalid_signature"]);
    }
    expect((await gate.enroll(one)).status).toBe(200);
  });
});

describe("what is no message", () => {
  it.each([
    ["no JSON", "{"],
    ["an array", "[]"],
    ["null", "null"],
    ["nothing", ""],
    ["a member twice", '{"v":"poolgate-enroll/v1","v":"poolgate-enroll/v1"}'],
    ["an empty object", "{}"],
  ])("is invalid_request: %s", async (_, text) => {
    expect((await openGate(stage).enroll(text)).body).toMatchObject({ status: 400, code: "invalid_request" });
  });

  it.each([
    [[], "unsupported_media_type"],
    [["content-type", "text/plain"], "unsupported_media_type"],
    [["content-type", "application/jsonx"], "unsupported_media_type"],
    [["content-type", "application/json; charset=latin1"], "unsupported_media_type"],
    [["content-type", "application/json", "content-type", "application/json"], "duplicate_header"],
    [["content-type", "application/json", "authorization", "Bearer a.b.c"], "ambiguous_credentials"],
  ])("is refused with the headers %j as %s", async (headers, code) => {
    const gate = openGate(stage);
    const message = await messageOf();
    expect((await gate.enroll(message, { headers: new RequestHeaders(headers) })).body).toMatchObject({ code });
  });

  it.each(["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])("may be %s", async (type) => {
    const headers = new RequestHeaders(["content-type", type]);
    expect((await openGate(stage).enroll(await messageOf(), { headers })).status).toBe(200);
  });

  it("is asked for at most 8 KiB of it", async () => {
    const limits: number[] = [];
    const body = async (limit: number) => {
      limits.push(limit);
      return Buffer.from("{}");
    };
    await openGate(stage).enroll("", { body });
    expect(limits).toEqual([8_192]);
  });

  it("is invalid_request where no body is at hand", async () => {
    const { body: _, ...bodiless } = post("");
    const answer = await openGate(stage).endpoint.handle(bodiless);
    expect(answer.status).toBe(400);
  });
});

describe("a role", () => {
  it("that is not listed is refused, though STS knows it", async () => {
    const message = await enrollmentMessage(await stage.prover(stranger));
    expect((await openGate(stage).enroll(message)).body).toMatchObject({ status: 403, code: "role_not_allowed" });
  });

  it("that is revoked is refused", async () => {
    const gate = openGate(stage);
    await gate.sessions.revocations.revoke({ role: "123456789012/ArticleEditor" });
    expect((await gate.enroll(await messageOf())).body).toMatchObject({
      status: 403,
      code: "role_not_allowed",
      detail: expect.stringContaining("the role is revoked"),
    });
    expect((await gate.enroll(await enrollmentMessage(await stage.prover("guest")))).status).toBe(200);
  });

  it("ends with its sessions when it is revoked", async () => {
    const gate = openGate(stage);
    const message = await messageOf();
    const { body } = await gate.enroll(message);
    const credentials = { accessKeyId: String(body.accessKeyId), secretAccessKey: message.key };
    await gate.call(credentials);
    await gate.sessions.revocations.revoke({ role: "123456789012/ArticleEditor" });
    await expect(gate.call(credentials)).rejects.toMatchObject({ code: "invalid_signature" });
  });

  it("cannot be enrolled with an access key id that is revoked", async () => {
    const gate = openGate(stage);
    const message = await messageOf();
    const before = stage.pools.calls("GetCallerIdentity");
    await gate.sessions.revocations.revoke({ accessKeyId: message.akid });
    expect((await gate.enroll(message)).body).toMatchObject({ code: "invalid_signature" });
    expect(stage.pools.calls("GetCallerIdentity")).toBe(before);
  });
});

describe("mode derived", () => {
  it("does not take the place of a session that a broker or the operator opened", async () => {
    const gate = openGate(stage, { enrollment: { modes: ["virtual", "derived"] } });
    const prover = await stage.prover(editor);
    const principal = { kind: "client", id: "client:x", issuer: "operator", verifiedBy: "operator" } as const;
    await gate.sessions.open({
      ...prover.credentials,
      notAfter: new Date(stage.clock() + 600_000),
      principal: { ...principal, tags: new Map(), claims: {} },
    });
    const refused = await gate.enroll(await enrollmentMessage(prover, { mode: "derived" }));
    expect(refused.body).toMatchObject({ status: 403, code: "access_denied" });
    expect((await gate.call(prover.credentials)).principal.id).toBe("client:x");
    expect((await gate.enroll(await enrollmentMessage(prover, { mode: "virtual" }))).status).toBe(200);
  });

  it.each([
    ["user", { user: "user:eu-west-1_Example01:ada" }],
    ["sign-in", { originJti: "o" }],
  ])("does not bring back a broker's session that was revoked by its %s", async (_, revocation) => {
    const gate = openGate(stage, { enrollment: { modes: ["derived"] } });
    const prover = await stage.prover(editor);
    const ada = { kind: "user", id: "user:eu-west-1_Example01:ada", issuer: "eu-west-1_Example01" } as const;
    await gate.sessions.open({
      ...prover.credentials,
      ...{ mode: "broker", notAfter: new Date(stage.clock() + 3_600_000) },
      principal: createPrincipal({ ...ada, verifiedBy: "signed-request" }),
      token: { sub: "ada", originJti: "o", iat: Math.floor(stage.clock() / 1_000) - 10 },
    });
    expect((await gate.call(prover.credentials)).principal.id).toBe(ada.id);
    await gate.sessions.revocations.revoke(revocation);
    const refused = await gate.enroll(await enrollmentMessage(prover, { mode: "derived" }));
    expect(refused.body).toMatchObject({ status: 403, code: "access_denied" });
    await expect(gate.call(prover.credentials)).rejects.toMatchObject({ code: "invalid_signature" });
  });

  it("renews its own session", async () => {
    const gate = openGate(stage, { enrollment: { modes: ["derived"] } });
    const prover = await stage.prover(editor);
    for (let count = 0; count < 2; count += 1) {
      expect((await gate.enroll(await enrollmentMessage(prover, { mode: "derived" }))).status).toBe(200);
      await gate.call(prover.credentials);
    }
  });
});

describe("an ID token enrolled along", () => {
  const open = () => openGate(stage, { enrollment: { idToken: idPool() } });
  const withToken = async (idToken: string) => enrollmentMessage(await stage.prover(editor), { idToken });

  it("makes the session its user's, with the groups of the token and no others", async () => {
    const gate = open();
    const message = await withToken(stage.pools.idToken(editor));
    const { body } = await gate.enroll(message);
    const { principal } = await gate.call({ accessKeyId: String(body.accessKeyId), secretAccessKey: message.key });
    expect(principal).toMatchObject({
      kind: "user",
      id: `user:${stage.pools.userPoolId}:${stage.pools.userId(editor)}`,
      issuer: stage.pools.issuer,
      userId: stage.pools.userId(editor),
      groups: closedGroups(["editors"]),
      role: { name: "ArticleEditor" },
    });
    expect(Object.keys(principal.claims)).toEqual([]);
  });

  it("ends the session with the sign-in that it goes back to, or when it is revoked itself", async () => {
    const claims = { origin_jti: "sign-in", jti: "token" };
    for (const revocation of [{ originJti: "sign-in" }, { jti: "token" }]) {
      const gate = open();
      const message = await withToken(stage.pools.idToken(editor, { claims }));
      const { body } = await gate.enroll(message);
      const credentials = { accessKeyId: String(body.accessKeyId), secretAccessKey: message.key };
      await gate.call(credentials);
      await gate.sessions.revocations.revoke(revocation);
      await expect(gate.call(credentials)).rejects.toMatchObject({ code: "invalid_signature" });
      const again = await gate.enroll(await withToken(stage.pools.idToken(editor, { claims })));
      expect(again.body).toMatchObject({ code: "invalid_token" });
    }
  });

  it("makes its pool one whose groups must be told apart from those of others", () => {
    const { sessions } = open();
    expect(sessions.issuers).toEqual([{ issuer: stage.pools.issuer, declared: false }]);
    const other = { issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other0001", declared: false };
    expect(() => sessions.trust(other, "broker.userPool")).toThrow(ConfigurationError);
    expect(openGate(stage).sessions.issuers).toEqual([]);
  });

  it("may be left out", async () => {
    const gate = open();
    const message = await messageOf();
    const { body } = await gate.enroll(message);
    const { principal } = await gate.call({ accessKeyId: String(body.accessKeyId), secretAccessKey: message.key });
    expect(principal.kind).toBe("role");
  });

  it("is refused where it was swapped, added or taken away", async () => {
    const gate = open();
    const own = await withToken(stage.pools.idToken(editor));
    const others = stage.pools.idToken({ name: "eve", groups: ["editors"] });
    const { idToken: _, ...without } = own;
    expect((await gate.enroll({ ...own, idToken: others })).body).toMatchObject({ code: "invalid_signature" });
    expect((await gate.enroll({ ...(await messageOf()), idToken: others })).body).toMatchObject({
      code: "invalid_signature",
    });
    expect((await gate.enroll({ ...without, nonce: own.nonce })).body).toMatchObject({ code: "request_replayed" });
    const { idToken: __, ...bare } = await withToken(stage.pools.idToken(editor));
    expect((await gate.enroll(bare)).body).toMatchObject({ code: "invalid_signature" });
  });

  it("never lets the session live longer than itself", async () => {
    const gate = open();
    const message = await withToken(stage.pools.idToken(editor, { expiresInSeconds: 300 }));
    const { body } = await gate.enroll(message);
    expect(body.notAfter).toBe(new Date(stage.clock() + 300_000).toISOString());
  });

  it("is refused where its roles are others than the proven one", async () => {
    const message = await withToken(stage.pools.idToken(stranger));
    expect((await open().enroll(message)).body).toMatchObject({
      code: "role_not_allowed",
      detail: expect.stringContaining("the ID token does not name the role"),
    });
  });

  it("passes without roles of its own", async () => {
    expect((await open().enroll(await withToken(stage.pools.idToken({ name: "eve" })))).status).toBe(200);
  });

  it("is refused beside a role that stands for guests", async () => {
    const idToken = stage.pools.idToken({ name: "eve" });
    const message = await enrollmentMessage(await stage.prover("guest"), { idToken });
    expect((await open().enroll(message)).body).toMatchObject({ code: "role_not_allowed" });
  });

  it("is refused when it has expired, is an access token, is no token, or is revoked", async () => {
    const gate = open();
    const calls = stage.pools.calls("GetCallerIdentity");
    const old = stage.pools.idToken(editor, { expiresInSeconds: -10 });
    expect((await gate.enroll(await withToken(old))).body).toMatchObject({ code: "token_expired" });
    const access = stage.pools.accessToken(editor);
    expect((await gate.enroll(await withToken(access))).body).toMatchObject({ code: "invalid_token" });
    expect((await gate.enroll(await withToken("a.b"))).body).toMatchObject({ code: "invalid_token" });
    await gate.sessions.revocations.revoke({ user: `user:${stage.pools.userPoolId}:${stage.pools.userId(editor)}` });
    const revoked = await gate.enroll(await withToken(stage.pools.idToken(editor)));
    expect(revoked.body).toMatchObject({ code: "invalid_token" });
    expect(stage.pools.calls("GetCallerIdentity")).toBe(calls);
  });

  it("is refused where cognito:roles is no list", async () => {
    const idToken = stage.pools.idToken({ name: "eve" }, { claims: { "cognito:roles": "x" } });
    expect((await open().enroll(await withToken(idToken))).body).toMatchObject({ code: "invalid_token" });
    const none = stage.pools.idToken({ name: "eve" }, { claims: { "cognito:roles": [] } });
    expect((await open().enroll(await withToken(none))).body).toMatchObject({ code: "role_not_allowed" });
    const odd = stage.pools.idToken({ name: "eve" }, { claims: { "cognito:roles": [1, "x"] } });
    expect((await open().enroll(await withToken(odd))).body).toMatchObject({ code: "role_not_allowed" });
  });
});
