import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { AuthError } from "../../src/errors.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import type { Sessions } from "../../src/sessions/session.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Verifier } from "../../src/verifier.ts";
import { type ReplayProtection, replayGuard } from "../../src/verify/replay-guard.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import type { SignedRequestOptions } from "../../src/verify/signed-request-options.ts";
import { ada, credentials, now, type Received, sessionsOf, toAuthRequest, withHeader } from "../signed/gate.ts";
import { presign } from "../signed/reference-presigner.ts";
import { sign } from "../signed/reference-signer.ts";

const methods = ["GET", "HEAD", "OPTIONS", "TRACE", "POST", "PUT", "PATCH", "DELETE", "get", "PURGE"];
const safe = ["GET", "HEAD", "OPTIONS", "TRACE"];

/** Sessions that remember what was used, on a clock that a test sets. */
function rememberingSessions(accessKeyId: string = credentials.accessKeyId): {
  readonly sessions: Sessions;
  readonly time: { now: number };
} {
  const time = { now: now.getTime() };
  const clock = () => time.now;
  const store = memoryStore({ clock });
  const sessions: Sessions = {
    ...sessionsOf({ accessKeyId }),
    clock,
    once: (use, digest, expiresAt) => store.add(`${use}/${digest}`, Uint8Array.of(1), expiresAt),
  };
  return { sessions, time };
}

const outcome = (received: Received, verifier: Verifier): Promise<string> =>
  verifier.verify(toAuthRequest(received)).then(
    () => "verified",
    (error: { code?: string }) => String(error.code),
  );

const authorizationOf = ({ headers }: Received) => String(headers.find(([name]) => name === "authorization")?.[1]);

function protectedGate(options: Partial<SignedRequestOptions> = {}): Verifier {
  return signedRequest({ sessions: rememberingSessions().sessions, replayProtection: "all", ...options });
}

describe("replayGuard", () => {
  it("is none where replays are not looked for", () => {
    expect(replayGuard(sessionsOf(), "off")).toBeUndefined();
  });

  it("marks the audience, the access key id and the string to sign until the skew after the end of the signature", async () => {
    const once = vi.fn(async () => true);
    const guard = replayGuard({ ...sessionsOf(), once }, "all");
    await guard?.({ methods: ["GET"], accessKeyId: "ASIAEXAMPLE", signedText: "a\nb\nc\nd", acceptedUntil: 1_000 });
    const digest = createHash("sha256").update("api.example.com\nASIAEXAMPLE\na\nb\nc\nd").digest("hex");
    expect(once.mock.calls).toEqual([["signature", digest, 301_000]]);
  });

  it("passes on that the store cannot tell", async () => {
    const once = () => Promise.reject(new AuthError("store_unavailable"));
    const guard = replayGuard({ ...sessionsOf(), once }, "all");
    const signature = { methods: ["POST"], accessKeyId: "ASIAEXAMPLE", signedText: "", acceptedUntil: 0 };
    await expect(guard?.(signature)).rejects.toMatchObject({ code: "store_unavailable", status: 503 });
  });
});

describe("replay protection", () => {
  it.each<[ReplayProtection, readonly string[]]>([
    ["off", []],
    ["unsafe-methods", methods.filter((method) => !safe.includes(method))],
    ["all", methods],
  ])("%s refuses a second use under the methods %j", async (replayProtection, refused) => {
    const gate = protectedGate({ replayProtection });
    const seen: string[] = [];
    for (const method of methods) {
      const request = sign({ method });
      expect(await outcome(request, gate)).toBe("verified");
      if ((await outcome(request, gate)) === "request_replayed") seen.push(method);
    }
    expect(seen).toEqual(refused);
  });

  it("is off by default", async () => {
    const { sessions } = rememberingSessions();
    const gate = signedRequest({ sessions });
    expect([await outcome(sign(), gate), await outcome(sign(), gate)]).toEqual(["verified", "verified"]);
  });

  it.each([
    ["GET", "DELETE", "request_replayed"],
    ["GET", "delete", "request_replayed"],
    ["HEAD", "BREW", "request_replayed"],
    ["GET", " get ", "verified"],
    ["OPTIONS", "HEAD", "verified"],
  ])("of unsafe methods takes %s that a header overrides with %s for both", async (method, override, second) => {
    const gate = protectedGate({ replayProtection: "unsafe-methods" });
    const request = sign({ method, headers: { "x-http-method-override": override } });
    expect([await outcome(request, gate), await outcome(request, gate)]).toEqual(["verified", second]);
  });

  it("answers 401 request_replayed", async () => {
    const gate = protectedGate();
    await gate.verify(toAuthRequest(sign()));
    await expect(gate.verify(toAuthRequest(sign()))).rejects.toMatchObject({ code: "request_replayed", status: 401 });
  });

  it("lets one of many simultaneous uses pass", async () => {
    const gate = protectedGate();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(sign(), gate)));
    expect(outcomes.sort()).toEqual([...Array(19).fill("request_replayed"), "verified"]);
  });

  it("lets a like request pass that is told apart by a signed nonce, or by its time", async () => {
    const gate = protectedGate();
    const nonce = (value: string) => sign({ headers: { "x-amz-request-nonce": value } });
    const later = sign({ date: new Date(now.getTime() + 1_000) });
    for (const request of [sign(), nonce("1"), nonce("2"), later])
      expect(await outcome(request, gate)).toBe("verified");
    for (const request of [sign(), nonce("1"), nonce("2"), later]) {
      expect(await outcome(request, gate)).toBe("request_replayed");
    }
  });

  it.each<[string, Received, (request: Received) => Received]>([
    [
      "the query in other escapes",
      sign({ query: "a=caf%C3%A9+b&c=~" }),
      (request) => ({ ...request, target: "/articles?c=%7E&a=caf%c3%a9%20b" }),
    ],
    [
      "the query in another order, signed as botocore does",
      sign({ query: "b=+&a=1", queryForm: "sorted" }),
      (request) => ({ ...request, target: "/articles?&a=1&b=+" }),
    ],
    [
      "other white space in a header",
      sign({ headers: { "x-tenant": "a b" } }),
      (request) => withHeader(request, "x-tenant", " a \t b"),
    ],
    ["a header that is not signed", sign(), (request) => withHeader(request, "user-agent", "another")],
    [
      "another spelling of the Authorization header",
      sign(),
      (request) => withHeader(request, "authorization", authorizationOf(request).replaceAll(", ", ",\t ")),
    ],
    [
      "the fields of the Authorization header in another order",
      sign(),
      (request) => {
        const [, credential, names, signature] = /^AWS4-HMAC-SHA256 (.*), (.*), (.*)$/.exec(
          authorizationOf(request),
        ) as RegExpExecArray;
        return withHeader(request, "authorization", `AWS4-HMAC-SHA256 ${signature},${names},${credential}`);
      },
    ],
  ])("knows a signature again on %s", async (_, request, respell) => {
    const again = respell(request);
    expect(again).not.toEqual(request);
    expect(await outcome(again, protectedGate())).toBe("verified");
    const gate = protectedGate();
    expect([await outcome(request, gate), await outcome(again, gate)]).toEqual(["verified", "request_replayed"]);
  });

  it("knows again whatever verifies a second time, however it was spelled anew", async () => {
    const piece = fc.constantFrom("a", "b", "=", "&", "+", "%20", "%C3%A9", "~", "!", "%2B", "a=1&b=2");
    const query = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
    const respellings: readonly ((text: string) => string)[] = [
      (text) => text.replaceAll("+", "%20"),
      (text) => text.replaceAll("%20", "+"),
      (text) => text.replaceAll("%C3%A9", "%c3%a9"),
      (text) => text.replaceAll("~", "%7E"),
      (text) => text.replaceAll("!", "%21"),
      (text) => text.split("&").reverse().join("&"),
      (text) => text.split("&").sort().join("&"),
      (text) => `&${text}&`,
      (text) => text.replaceAll("=&", "&"),
    ];
    const some = fc.subarray([...respellings], { minLength: 1 });
    const forms = fc.constantFrom("strict" as const, "sorted" as const, "wire" as const);
    const plain = signedRequest({ sessions: sessionsOf() });
    let again = 0;
    const property = fc.asyncProperty(query, some, forms, async (text, changes, queryForm) => {
      const request = sign({ query: text, queryForm });
      const target = `/articles?${changes.reduce((spelled, change) => change(spelled), text)}`;
      const verifies = await outcome({ ...request, target }, plain);
      const gate = protectedGate();
      expect(await outcome(request, gate)).toBe("verified");
      expect(await outcome({ ...request, target }, gate)).toBe(verifies === "verified" ? "request_replayed" : verifies);
      if (verifies === "verified" && target !== request.target) again += 1;
    });
    await fc.assert(property, { numRuns: 1000 });
    expect(again).toBeGreaterThan(200);
  });

  it("marks nothing of a request that is refused for another reason", async () => {
    const once = vi.fn(async () => true);
    const hash = createHash("sha256").update("a").digest("hex");
    const stated = sign({ body: "a", headers: { "x-amz-content-sha256": hash } });
    const role = { ...ada, kind: "role", role: { arn: "a", partition: "aws", account: "1", name: "b" } } as const;
    const refusals: readonly (readonly [Received, Partial<SignedRequestOptions>, string])[] = [
      [{ ...sign(), body: "b" }, {}, "invalid_signature"],
      [{ ...stated, body: "b" }, {}, "payload_mismatch"],
      [sign({ sessionToken: "another" }), {}, "invalid_signature"],
      [sign(), { sessions: { ...sessionsOf({ principal: role }), once } }, "role_not_allowed"],
    ];
    for (const [request, options, code] of refusals) {
      const gate = signedRequest({ sessions: { ...sessionsOf(), once }, replayProtection: "all", ...options });
      expect(await outcome(request, gate)).toBe(code);
    }
    expect(once).not.toHaveBeenCalled();
  });

  it("holds for as long as the signature is accepted", async () => {
    for (const offset of [-300_000, 0, 300_000]) {
      const { sessions, time } = rememberingSessions();
      const gate = signedRequest({ sessions, replayProtection: "all" });
      const request = sign({ date: new Date(now.getTime() + offset) });
      expect(await outcome(request, gate)).toBe("verified");
      time.now = now.getTime() + offset + 300_000;
      expect(await outcome(request, gate)).toBe("request_replayed");
      time.now += 1;
      expect(await outcome(request, gate)).toBe("clock_skew");
    }
  });

  it("refuses a signature that grew too old while its body arrived, and whose mark may be gone", async () => {
    const { sessions, time } = rememberingSessions();
    const gate = signedRequest({ sessions, replayProtection: "all", presignedUrls: { maxSeconds: 10 } });
    const lateBy = (request: Received, milliseconds: number) => {
      const arriving = {
        ...toAuthRequest(request),
        async body() {
          time.now += milliseconds;
          return new Uint8Array();
        },
      };
      time.now = now.getTime();
      return gate.verify(arriving).then(
        () => "verified",
        (error: { code?: string }) => String(error.code),
      );
    };
    expect(await lateBy(sign({ path: "/a" }), 300_000)).toBe("verified");
    expect(await lateBy(sign({ path: "/a" }), 3_600_000)).toBe("clock_skew");
    expect(await lateBy(sign({ path: "/b" }), 300_001)).toBe("clock_skew");
    expect(await lateBy(presign({ expires: "10" }), 9_999)).toBe("verified");
    expect(await lateBy(presign({ expires: "10", path: "/b" }), 10_000)).toBe("presigned_expired");
  });

  it("keeps the signatures of two access key ids apart, which the string to sign does not name", async () => {
    const { sessions } = rememberingSessions();
    const other = rememberingSessions("ASIAANOTHERANOTHER00").sessions;
    const find = (id: string) => (id === credentials.accessKeyId ? sessions.find(id) : other.find(id));
    const gate = signedRequest({ sessions: { ...sessions, find }, replayProtection: "all" });
    const request = sign();
    const authorization = authorizationOf(request);
    const theirs = withHeader(
      request,
      "authorization",
      authorization.replace(credentials.accessKeyId, "ASIAANOTHERANOTHER00"),
    );
    for (const one of [request, theirs]) {
      expect([await outcome(one, gate), await outcome(one, gate)]).toEqual(["verified", "request_replayed"]);
    }
  });

  it("refuses what the store cannot tell", async () => {
    const once = () => Promise.reject(new AuthError("store_unavailable"));
    const gate = signedRequest({ sessions: { ...sessionsOf(), once }, replayProtection: "unsafe-methods" });
    expect(await outcome(sign(), gate)).toBe("store_unavailable");
    expect(await outcome(sign({ method: "GET" }), gate)).toBe("verified");
  });

  it("lets a request pass all gates that judge it, and no second one like it", async () => {
    const authorizer = createAuthorizer({ verifiers: [protectedGate()] });
    const request = toAuthRequest(sign());
    for (const rule of ["authenticated", { group: "editors" }] as const) {
      expect((await authorizer.authorize(request, { rule })).allowed).toBe(true);
    }
    const again = await authorizer.authorize(toAuthRequest(sign()), { rule: "authenticated" });
    expect(again).toMatchObject({ allowed: false, error: { code: "request_replayed" } });
  });

  it("is seen by every gate on one store", async () => {
    const clock = () => now.getTime();
    const store = memoryStore({ clock });
    const node = async () => {
      const sessions = createSessions({ service: "api.example.com", region: "eu-west-1", store, clock });
      return { sessions, gate: signedRequest({ sessions, replayProtection: "unsafe-methods" }) };
    };
    const [one, other] = [await node(), await node()];
    await one.sessions.open({ ...credentials, principal: ada, notAfter: new Date(now.getTime() + 3_600_000) });
    expect([await outcome(sign(), one.gate), await outcome(sign(), other.gate)]).toEqual([
      "verified",
      "request_replayed",
    ]);
  });
});
