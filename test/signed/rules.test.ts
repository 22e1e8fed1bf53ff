import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { AuthError } from "../../src/errors.ts";
import { equal, header } from "../../src/policy/combinators.ts";
import { createPrincipal } from "../../src/principal.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import type { SignedRequestOptions } from "../../src/verify/signed-request-options.ts";
import { enrollmentMessage } from "../proofs/prover.ts";
import { editor, type GateChanges, openGate, type Stage, setStage, stranger } from "../proofs/proving-gate.ts";
import * as fake from "../sessions/fake-aws.ts";
import {
  ada,
  credentials,
  now,
  type Received,
  type SessionFacts,
  sessionsOf,
  toAuthRequest,
  withHeader,
  withMore,
} from "./gate.ts";
import { presign } from "./reference-presigner.ts";
import { sign } from "./reference-signer.ts";

// What each rule of a signature's verification refuses, one attack or more each; test/refusals has many more of them.

/** An attack, and the code of its refusal. */
type Attack = readonly [attack: string, attempt: () => Promise<string>, code: string];

const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "let in",
    (thrown: unknown) => (thrown instanceof AuthError ? thrown.code : String(thrown)),
  );
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const clock = () => now.getTime();
const emptyStore = () => memoryStore({ clock });
const down = () => Promise.reject(new Error("down"));
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

/** Sends a request to a gate. */
const at =
  (request: Received, options: Partial<SignedRequestOptions> = {}, session: SessionFacts = {}) =>
  (): Promise<string> =>
    codeOf(signedRequest({ sessions: sessionsOf(session), ...options }).verify(toAuthRequest(request)));
const targeted = (target: string, request = sign()): Received => ({ ...request, target });
const proofOf = (request: Received) => request.headers.find(([name]) => name === "authorization")?.[1] ?? "";
const proven = (change: (proof: string) => string, request = sign()): Received =>
  withHeader(request, "authorization", change(proofOf(request)));

/** Sends a request, and it or another one with the same signature again, to a gate that looks for replays. */
async function twice(request: Received, store = emptyStore(), again = request): Promise<string> {
  const sessions = createSessions({ service: "api.example.com", region: "eu-west-1", clock, store });
  await sessions.open({ ...credentials, principal: ada, notAfter: later(30) });
  const verifier = signedRequest({ sessions, replayProtection: "all" });
  const first = await codeOf(verifier.verify(toAuthRequest(request)));
  return first === "let in" ? codeOf(verifier.verify(toAuthRequest(again))) : first;
}

/** Opens a session for one service and asks for it with another. */
async function atAnotherService(): Promise<string> {
  const store = emptyStore();
  const place = { region: "eu-west-1", clock, store };
  await createSessions({ ...place, service: "staging.example.com" }).open({
    ...credentials,
    principal: ada,
    notAfter: later(30),
  });
  const sessions = createSessions({ ...place, service: "api.example.com" });
  return codeOf(signedRequest({ sessions }).verify(toAuthRequest(sign())));
}

/** A request whose body must not be read. */
const unread = (request: Received) => ({
  ...toAuthRequest(request),
  body: () => Promise.reject(new Error("the body was read")),
});

const role = createPrincipal({
  ...{ kind: "role", id: "role:123456789012/Editor", issuer: "123456789012", verifiedBy: "opened" },
  role: {
    ...{ arn: "arn:aws:sts::123456789012:assumed-role/Editor/s", partition: "aws" },
    ...{ account: "123456789012", name: "Editor" },
  },
});

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

/** Enrolls with a message that was changed on its way. */
const enrolling =
  (change: (message: Record<string, unknown>) => Record<string, unknown>, caller = editor, changes: GateChanges = {}) =>
  async (): Promise<string> => {
    const message = await enrollmentMessage(await stage.prover(caller));
    const { status, body } = await openGate(stage, changes).enroll(change(message));
    return status === 200 ? "let in" : String(body.code);
  };
const answeredBy = (document: string, init?: ResponseInit): GateChanges => ({
  enrollment: { fetch: async () => fake.xml(document, init) },
});
const same = (message: Record<string, unknown>) => message;

const rules: Readonly<Record<string, readonly Attack[]>> = {
  S1: [
    ["a rebuilt path of a second meaning", at({ ...sign({ path: "/a%20b" }), wire: false }), "path_not_verifiable"],
    [
      "a rebuilt query as on the wire",
      at({ ...sign({ query: "b=1&a=2", queryForm: "wire" }), wire: false }),
      "invalid_signature",
    ],
  ],
  S2: [
    ["an absolute target", at(targeted("http://api.example.com/articles")), "target_not_canonical"],
    ["a fragment", at(targeted("/articles#/admin")), "target_not_canonical"],
  ],
  S3: [
    [
      "dot segments that its signer took away",
      at(sign({ path: "/a/../articles", signedPath: "/articles" })),
      "target_not_canonical",
    ],
    ["an escaped slash", at(sign({ path: "/articles%2F1" })), "target_not_canonical"],
  ],
  S4: [
    ["a path decoded once more", at(targeted("/a%2520b", sign({ path: "/a%20b" }))), "invalid_signature"],
    [
      "a double encoding where single is set",
      at(sign({ path: "/a%20b" }), { pathEncoding: "single" }),
      "invalid_signature",
    ],
    ["a single encoding where double is", at({ ...sign({ path: "/a b" }), target: "/a%20b" }), "invalid_signature"],
  ],
  S5: [
    ["a plus for its escape", at(targeted("/articles?a=b+c", sign({ query: "a=b%2Bc" }))), "invalid_signature"],
    ["a pair without a name", at(targeted("/articles?a=1&=2", sign({ query: "a=1" }))), "invalid_signature"],
  ],
  S6: [["a name in two cases", at(sign({ query: "X-Amz-Meta=1&x-amz-meta=2" })), "target_not_canonical"]],
  S7: [
    ["a second time", at(withMore(sign(), "X-Amz-Date", "20260304T050608Z")), "duplicate_header"],
    ["a second cookie", at(withMore(sign({ headers: { cookie: "a" } }), "cookie", "b")), "duplicate_header"],
  ],
  S8: [
    [
      "a no-break space",
      at(withHeader(sign({ headers: { "x-tenant": "a" } }), "x-tenant", "a\u00a0")),
      "malformed_credentials",
    ],
    [
      "a list in another order",
      at(withHeader(sign({ headers: { "x-tenant": "a,b" } }), "x-tenant", "b,a")),
      "invalid_signature",
    ],
  ],
  S9: [
    ["a presigned URL", at(presign()), "presigned_not_accepted"],
    [
      "a presigned URL to change something",
      at(presign({ method: "POST" }), { presignedUrls: { maxSeconds: 900 } }),
      "presigned_not_accepted",
    ],
    [
      "a presigned URL for too long",
      at(presign({ expires: "301" }), { presignedUrls: { maxSeconds: 300 } }),
      "malformed_credentials",
    ],
    [
      "a presigned URL that is over",
      at(presign({ date: later(-5) }), { presignedUrls: { maxSeconds: 300 } }),
      "presigned_expired",
    ],
    [
      "two proofs",
      at(withMore(presign(), "authorization", proofOf(sign())), { presignedUrls: { maxSeconds: 900 } }),
      "ambiguous_credentials",
    ],
  ],
  S10: [
    ["another algorithm", at(proven((proof) => proof.replace("HMAC", "ECDSA-P256"))), "unsupported_scheme"],
    ["a field twice", at(proven((proof) => `${proof}, Signature=${"0".repeat(64)}`)), "malformed_credentials"],
    [
      "a header of 3 KiB",
      at(proven((proof) => proof.replace("=host", `=${"a;".repeat(1_500)}host`))),
      "malformed_credentials",
    ],
  ],
  S11: [
    ["digits that are none", at(proven((proof) => `${proof}zz`)), "malformed_credentials"],
    [
      "upper case",
      at(proven((proof) => proof.replace(/\w{64}$/, (hex) => hex.toUpperCase()))),
      "malformed_credentials",
    ],
  ],
  S12: [
    ["an x-amz-* header added", at(withMore(sign(), "x-amz-meta-role", "admin")), "header_not_signed"],
    [
      "names out of order",
      at(proven((proof) => proof.replace("host;x-amz-date", "x-amz-date;host"))),
      "malformed_credentials",
    ],
    ["a host that is not signed", at(sign({ leaveOut: ["host"] })), "header_not_signed"],
  ],
  S13: [
    [
      "a header of the connection",
      at(proven((proof) => proof.replace("=host", "=connection;host"))),
      "malformed_credentials",
    ],
  ],
  S14: [
    ["another region", at(sign({ region: "us-east-1" })), "invalid_credential_scope"],
    ["another service", at(sign({ service: "execute-api" })), "invalid_credential_scope"],
    ["another day", at(proven((proof) => proof.replace("/20260304/", "/20260305/"))), "invalid_credential_scope"],
    ["a day of no calendar", at(withHeader(sign(), "x-amz-date", "20260231T050607Z")), "malformed_credentials"],
  ],
  S15: [
    ["a time six minutes ago", at(sign({ date: later(-6) })), "clock_skew"],
    ["a time six minutes ahead", at(sign({ date: later(6) })), "clock_skew"],
  ],
  S16: [
    ["a request sent twice", () => twice(sign({ body: "a" })), "request_replayed"],
    [
      "a request sent again with another spelling",
      () => twice(sign({ query: "a=%20" }), emptyStore(), { ...sign({ query: "a=%20" }), target: "/articles?a=+" }),
      "request_replayed",
    ],
    ["a store that cannot tell", () => twice(sign(), { ...emptyStore(), add: down }), "store_unavailable"],
  ],
  S17: [
    ["another body", at({ ...sign({ body: "a" }), body: "b" }), "invalid_signature"],
    [
      "another body than is stated",
      at({ ...sign({ body: "a", headers: { "x-amz-content-sha256": sha256("a") } }), body: "b" }),
      "payload_mismatch",
    ],
    ["a body that is not at hand", at({ ...sign({ body: "a" }), body: undefined }), "payload_not_signed"],
  ],
  S18: [
    ["a body left out", at(sign({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } })), "payload_not_signed"],
    [
      "a body left out where another may be",
      at(sign({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }), {
        unsignedPayload: ({ target }) => target === "/upload",
      }),
      "payload_not_signed",
    ],
    [
      "a body left out without saying so",
      at(sign({ payload: "UNSIGNED-PAYLOAD", body: "a" }), { unsignedPayload: () => true }),
      "payload_not_signed",
    ],
    [
      "a body in signed chunks",
      at(sign({ headers: { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" } }), {
        unsignedPayload: () => true,
      }),
      "payload_not_signed",
    ],
  ],
  S19: [
    [
      "a body of nobody",
      () =>
        codeOf(
          signedRequest({ sessions: sessionsOf() }).verify(
            unread(proven((proof) => proof.replace("EXAMPLE/", "UNKNOWN/"))),
          ),
        ),
      "invalid_signature",
    ],
    [
      "a body whose hash nobody signed",
      () =>
        codeOf(
          signedRequest({ sessions: sessionsOf() }).verify(
            unread(sign({ headers: { "x-amz-content-sha256": sha256("a") }, payload: sha256("b") })),
          ),
        ),
      "invalid_signature",
    ],
  ],
  S20: [
    ["a body on a GET", at({ ...sign({ method: "GET" }), body: "a" }), "invalid_signature"],
    [
      "two framings",
      at(withMore(withMore(sign(), "content-length", "0"), "transfer-encoding", "chunked")),
      "ambiguous_framing",
    ],
  ],
  S21: [
    ["another host", at(sign({ host: "staging.example.com" })), "host_not_accepted"],
    [
      "the host of another tenant",
      at(withHeader(sign({ host: "a.example.com" }), "host", "b.example.com"), {
        hosts: ["a.example.com", "b.example.com"],
      }),
      "invalid_signature",
    ],
    [
      "a forwarded host of nobody that is trusted",
      at(withMore(sign(), "x-forwarded-host", "api.example.com"), { forwardedHost: true }),
      "host_not_accepted",
    ],
    ["a path without its stage", at(sign(), { basePath: "/prod" }), "invalid_signature"],
  ],
  S22: [
    ["a session of another service", atAnotherService, "invalid_signature"],
    [
      "an id in lower case",
      at(proven((proof) => proof.replace(credentials.accessKeyId, (id) => id.toLowerCase()))),
      "invalid_signature",
    ],
    ["a store that is down", () => twice(sign(), { ...emptyStore(), get: down }), "store_unavailable"],
  ],
  S23: [
    ["an unknown id", at(sign(), {}, { accessKeyId: "ASIAUNKNOWNUNKNOWN00" }), "invalid_signature"],
    ["a session that is over", at(sign(), {}, { notAfter: now }), "invalid_signature"],
  ],
  S24: [
    [
      "a signature but for its last bit",
      at(proven((proof) => proof.replace(/.$/, (hex) => (Number.parseInt(hex, 16) ^ 1).toString(16)))),
      "invalid_signature",
    ],
  ],
  S25: [
    ["somebody else's token", at(sign({ sessionToken: "IQoJother" })), "invalid_signature"],
    ["no token", at(sign({ sessionToken: undefined })), "invalid_signature"],
    ["a token where there is none", at(sign(), {}, { sessionToken: undefined }), "invalid_signature"],
  ],
  S26: [
    [
      "a header that the rule reads",
      async () => {
        const authorizer = createAuthorizer({ verifiers: [signedRequest({ sessions: sessionsOf() })] });
        const request = toAuthRequest(withMore(sign(), "x-tenant", "acme"));
        const decision = await authorizer.authorize(request, { rule: equal(header("x-tenant"), "acme") });
        return decision.allowed ? "let in" : decision.error.code;
      },
      "header_not_signed",
    ],
  ],
  S27: [
    [
      "a wrong request among right ones",
      async () => {
        const verifier = signedRequest({ sessions: sessionsOf() });
        const good = Array.from({ length: 20 }, () => codeOf(verifier.verify(toAuthRequest(sign({ body: "a" })))));
        const bad = codeOf(verifier.verify(toAuthRequest({ ...sign({ body: "a" }), body: "b" })));
        expect(new Set(await Promise.all(good))).toEqual(new Set(["let in"]));
        return bad;
      },
      "invalid_signature",
    ],
  ],
  S28: [
    [
      "a header of its own",
      enrolling((message) => ({ ...message, headers: { host: "sts.evil.example" } })),
      "invalid_request",
    ],
    ["a URL of its own", enrolling((message) => ({ ...message, region: "evil.example/?" })), "invalid_request"],
    ["another region", enrolling((message) => ({ ...message, region: "us-east-1" })), "invalid_credential_scope"],
    [
      "a signature with more behind it",
      enrolling((message) => ({ ...message, sig: `${message.sig}, SignedHeaders=host` })),
      "invalid_request",
    ],
    [
      "another key than was committed to",
      enrolling((message) => ({ ...message, key: "A".repeat(43) })),
      "invalid_signature",
    ],
  ],
  S29: [
    [
      "an answer in JSON",
      enrolling(same, editor, { enrollment: { fetch: async () => fake.json({}) } }),
      "upstream_unavailable",
    ],
    [
      "an answer with two roles",
      enrolling(
        same,
        editor,
        answeredBy(fake.callerIdentity().replace(/<UserId>.*<\/UserId>/, `<Arn>${fake.roleArn}</Arn>`)),
      ),
      "upstream_unavailable",
    ],
    [
      "an answer of two accounts",
      enrolling(same, editor, answeredBy(fake.callerIdentity(fake.roleArn, "210987654321"))),
      "upstream_unavailable",
    ],
    [
      "an answer of a kind of caller that nobody knows",
      enrolling(
        same,
        editor,
        answeredBy(fake.callerIdentity("arn:aws:sts::123456789012:assumed-role/ArticleEditor/a/b")),
      ),
      "role_not_allowed",
    ],
  ],
  S30: [
    ["a role that is not listed", at(sign(), {}, { principal: role }), "role_not_allowed"],
    ["a role that STS knows and the map does not", enrolling(same, stranger), "role_not_allowed"],
  ],
  S31: [
    [
      "an id of another account, which STS is not asked about",
      async () => {
        const asked = stage.pools.calls("GetCallerIdentity");
        const outcome = await enrolling((message) => ({ ...message, akid: "ASIAAAAAAAAAAAAAAAAA" }))();
        expect(stage.pools.calls("GetCallerIdentity")).toBe(asked);
        return outcome;
      },
      "role_not_allowed",
    ],
    [
      "more proofs than one source may bring",
      async () => {
        const gate = openGate(stage, { enrollment: { limits: { perSourcePerMinute: 10 } } });
        const enroll = async () => gate.enroll(await enrollmentMessage(await stage.prover(editor)));
        for (let count = 0; count < 10; count += 1) expect((await enroll()).status).toBe(200);
        return String((await enroll()).body.code);
      },
      "too_many_requests",
    ],
  ],
};

describe("the rules of signed requests", () => {
  it("are thirty-one, and each has an attack", () => {
    expect(Object.keys(rules)).toEqual(Array.from({ length: 31 }, (_, index) => `S${index + 1}`));
    expect(Object.values(rules).every((attacks) => attacks.length > 0)).toBe(true);
  });

  describe.each(Object.entries(rules))("%s refuses", (_, attacks) => {
    it.each(attacks)("%s", async (_attack, attempt, code) => {
      expect(await attempt()).toBe(code);
    });
  });

  it.each([
    ["signed", at(sign())],
    ["presigned", at(presign(), { presignedUrls: { maxSeconds: 300 } })],
    ["enrolled", enrolling(same)],
  ])("refuse nothing that is as it was %s", async (_, attempt) => {
    expect(await attempt()).toBe("let in");
  });
});
