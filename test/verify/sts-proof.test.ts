import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { ConfigurationError } from "../../src/configuration.ts";
import { header, role } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { openGroups } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { stsProof } from "../../src/verify/sts-proof.ts";
import {
  authorizationOf,
  enrollmentMessage,
  type ProvenRequestParts,
  randomText,
  requestProof,
} from "../proofs/prover.ts";
import { editor, openGate, roles, type Stage, setStage, stranger } from "../proofs/proving-gate.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.pools.close());

const article = {
  method: "POST",
  target: "/articles/a%20b?draft=1&b=+",
  contentType: "application/json; charset=utf-8",
  body: '{"title":"Hello"}',
};

type Headers = readonly (readonly [name: string, value: string])[];

interface Sent {
  readonly proof: object;
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Headers;
  readonly contentType?: string | undefined;
  readonly body?: string | undefined;
  readonly more?: Partial<AuthRequest>;
}

/** What arrives where somebody sends an article with a proof. */
function received(sent: Sent): AuthRequest {
  const { proof, method, target, contentType, body, headers = [], more } = { ...article, ...sent };
  const pairs = [["authorization", authorizationOf(proof)], ...headers];
  if (contentType !== undefined) pairs.push(["content-type", contentType]);
  return {
    ...{ method, target, wire: true, remoteAddress: "192.0.2.1" },
    headers: new RequestHeaders(pairs.flat()),
    ...(body !== undefined && { body: async () => Buffer.from(body) }),
    ...more,
  };
}

const proofOf = async (parts: ProvenRequestParts = article) => requestProof(await stage.prover(editor), parts);

describe("stsProof", () => {
  it("verifies a request with its proof", async () => {
    const { proofs } = openGate(stage);
    const proof = await proofOf();
    const request = received({ proof });
    expect(proofs.detects(request)).toBe(true);
    const { principal, signedHeaders } = await proofs.verify(request);
    expect(principal).toMatchObject({
      ...{ kind: "role", id: "role:123456789012/ArticleEditor", issuer: "123456789012", verifiedBy: "sts-proof" },
      groups: openGroups(["editors"]),
      role: { account: "123456789012", name: "ArticleEditor" },
      expiresAt: new Date(proof.exp * 1_000),
    });
    expect(signedHeaders).toEqual(new Set(["content-type"]));
    expect(JSON.stringify(principal)).not.toContain(proof.token);
  });

  it("is a verifier of its own scheme whose verdict holds once", async () => {
    const { proofs } = openGate(stage);
    expect(proofs).toMatchObject({ scheme: "Poolgate-Request", perRequest: true });
    expect(proofs.readiness?.()).toMatchObject([{ source: "sessions" }, { source: "revocations" }]);
    await proofs.ready?.();
    expect(proofs.readiness?.()).toMatchObject([{ state: "ready" }, { state: "ready" }]);
  });

  it("judges guests by the map of roles", async () => {
    const { proofs } = openGate(stage);
    const proof = await requestProof(await stage.prover("guest"), article);
    expect((await proofs.verify(received({ proof }))).principal).toMatchObject({
      kind: "guest",
      id: "guest:123456789012/Visitor",
    });
  });

  it("takes a request without a body, at hand or not", async () => {
    const { proofs } = openGate(stage);
    const get = { method: "GET", target: "/articles", contentType: undefined, body: undefined };
    const parts = { method: "GET", target: "/articles" };
    await proofs.verify(received({ ...get, proof: await proofOf(parts), body: "" }));
    await proofs.verify(received({ ...get, proof: await proofOf(parts) }));
    await proofs.verify(received({ ...get, proof: await proofOf(parts), headers: [["content-length", "0"]] }));
    const head = { ...parts, method: "HEAD" };
    await proofs.verify(received({ ...get, method: "HEAD", proof: await proofOf(head) }));
  });

  it("takes an empty content-type and none for the same", async () => {
    const { proofs } = openGate(stage);
    const bare = { ...article, contentType: "" };
    await proofs.verify(received({ proof: await proofOf(bare), contentType: "" }));
    await proofs.verify(received({ proof: await proofOf(bare), contentType: undefined }));
  });

  it("takes the scheme in any case", async () => {
    const { proofs } = openGate(stage);
    const authorization = authorizationOf(await proofOf()).replace("Poolgate-Request", "POOLGATE-request");
    const headers = new RequestHeaders(["authorization", authorization, "content-type", article.contentType]);
    await proofs.verify({ ...received({ proof: {} }), headers });
  });

  it("takes of a rebuilt target the canonical query", async () => {
    const { proofs } = openGate(stage);
    const canonical = "/articles/7?a%2Fb=%20&draft=1";
    const wire = "/articles/7?draft=1&a/b=+";
    const rebuilt = { target: wire, more: { wire: false } };
    await proofs.verify(received({ ...rebuilt, proof: await proofOf({ ...article, target: canonical }) }));
    await expect(
      proofs.verify(received({ ...rebuilt, proof: await proofOf({ ...article, target: wire }) })),
    ).rejects.toMatchObject({ code: "invalid_signature" });
    const plain = { target: "/articles/7", more: { wire: false } };
    await proofs.verify(received({ ...plain, proof: await proofOf({ ...article, target: "/articles/7" }) }));
  });

  it("asks STS for each proof, and keeps no verdict", async () => {
    const { proofs } = openGate(stage);
    const before = stage.pools.calls("GetCallerIdentity");
    await proofs.verify(received({ proof: await proofOf() }));
    await proofs.verify(received({ proof: await proofOf() }));
    expect(stage.pools.calls("GetCallerIdentity")).toBe(before + 2);
  });

  it("detects nothing else", () => {
    const { proofs } = openGate(stage);
    for (const value of ["Bearer x", "Poolgate-Requests x", "AWS4-HMAC-SHA256 x", "poolgate-enroll x"]) {
      const headers = new RequestHeaders(["authorization", value]);
      expect(proofs.detects({ ...received({ proof: {} }), headers })).toBe(false);
    }
    const none = { ...received({ proof: {} }), headers: new RequestHeaders([]) };
    expect(proofs.detects(none)).toBe(false);
  });

  it("makes rules on roles hold, and refuses a rule that reads a header which no proof covers", async () => {
    const { proofs } = openGate(stage);
    const authorizer = createAuthorizer({
      verifiers: [proofs],
      policy: definePolicy({
        routes: {
          "POST /articles/:id": role("123456789012/ArticleEditor"),
          "POST /typed/:id": { equal: [header("content-type"), article.contentType] },
          "POST /tenant/:id": { equal: [header("x-tenant"), "acme"] },
        },
      }),
    });
    const judge = async (target: string) => {
      const proof = await proofOf({ ...article, target });
      const decision = await authorizer.authorize(received({ proof, target, headers: [["x-tenant", "acme"]] }));
      return decision.allowed ? "allowed" : decision.error.code;
    };
    expect(await judge("/articles/7")).toBe("allowed");
    expect(await judge("/typed/7")).toBe("allowed");
    expect(await judge("/tenant/7")).toBe("header_not_signed");
    const decision = await authorizer.authorize(received({ proof: {} }));
    expect(decision.allowed ? undefined : decision.error).toMatchObject({ code: "malformed_credentials" });
    const anonymous = await authorizer.authorize({ ...received({ proof: {} }), headers: new RequestHeaders([]) });
    expect(anonymous.allowed ? undefined : anonymous.error).toMatchObject({
      status: 401,
      challenge: "Poolgate-Request",
    });
  });
});

describe("a proof", () => {
  it.each<[string, Omit<Sent, "proof">, string]>([
    ["for another method", { method: "PUT" }, "invalid_signature"],
    ["for another path", { target: "/articles/a%20c?draft=1&b=+" }, "invalid_signature"],
    ["for another spelling of the query", { target: "/articles/a%20b?draft=1&b=%20" }, "invalid_signature"],
    ["for no query", { target: "/articles/a%20b" }, "invalid_signature"],
    ["for another content type", { contentType: "text/plain" }, "invalid_signature"],
    ["for no content type", { contentType: undefined }, "invalid_signature"],
    ["for another body", { body: '{"title":"Hello!"}' }, "invalid_signature"],
    ["for an empty body", { body: "" }, "invalid_signature"],
    ["whose body is not at hand", { body: undefined }, "payload_not_signed"],
    [
      "of a GET whose body is not at hand",
      { method: "GET", body: undefined, headers: [["content-length", "3"]] },
      "payload_not_signed",
    ],
    [
      "of a GET whose body comes in chunks",
      { method: "GET", body: undefined, headers: [["transfer-encoding", "chunked"]] },
      "payload_not_signed",
    ],
    [
      "with two lengths of the body",
      {
        headers: [
          ["content-length", "17"],
          ["transfer-encoding", "chunked"],
        ],
      },
      "ambiguous_framing",
    ],
    ["with two content types", { headers: [["content-type", article.contentType]] }, "duplicate_header"],
    ["with a content type outside ASCII", { contentType: "text/pl\u00e4in" }, "malformed_credentials"],
    ["with a line feed in the content type", { contentType: "a\nb" }, "malformed_credentials"],
    ["with a line feed in the method", { method: "POST\n" }, "malformed_credentials"],
    ["with an empty method", { method: "" }, "malformed_credentials"],
    ["beside a second one", { headers: [["authorization", "Poolgate-Request e30"]] }, "ambiguous_credentials"],
    ["beside a bearer token", { headers: [["authorization", "Bearer x"]] }, "ambiguous_credentials"],
    ["beside a presigned query", { target: "/articles/a?X-Amz-Signature=0" }, "ambiguous_credentials"],
    ["with a target that could be read in two ways", { target: "/articles/../x" }, "target_not_canonical"],
    ["with a rebuilt path that could be read in two ways", { more: { wire: false } }, "path_not_verifiable"],
  ])("is refused: %s", async (_, sent, code) => {
    const { proofs } = openGate(stage);
    const proof = await proofOf();
    await expect(proofs.verify(received({ ...sent, proof }))).rejects.toMatchObject({ code });
  });

  type Proof = Record<string, unknown>;
  it.each<[string, (proof: Proof) => Proof, string]>([
    ["another exp", (p) => ({ ...p, exp: Number(p.exp) + 1 }), "invalid_signature"],
    ["another nonce", (p) => ({ ...p, nonce: randomText(16) }), "invalid_signature"],
    ["another signature", (p) => ({ ...p, sig: "0".repeat(64) }), "invalid_signature"],
    ["another token", (p) => ({ ...p, token: "other" }), "invalid_signature"],
    ["another date", (p) => ({ ...p, date: "20260304T050608Z" }), "invalid_signature"],
    ["a date out of time", (p) => ({ ...p, date: "20260304T050106Z", exp: 1_772_600_767 - 10 }), "clock_skew"],
    ["an exp of now", (p) => ({ ...p, exp: stage.clock() / 1_000 }), "proof_expired"],
    ["an exp of more than five minutes", (p) => ({ ...p, exp: stage.clock() / 1_000 + 301 }), "malformed_credentials"],
    ["another region", (p) => ({ ...p, region: "us-east-1" }), "invalid_credential_scope"],
    ["another account", (p) => ({ ...p, akid: "ASIAQNZGKIQY56JQ7WML" }), "role_not_allowed"],
    ["another version", (p) => ({ ...p, v: "poolgate-request/v2" }), "malformed_credentials"],
    ["the version of an enrollment", (p) => ({ ...p, v: "poolgate-enroll/v1" }), "malformed_credentials"],
    ["an unknown member", (p) => ({ ...p, method: "POST" }), "malformed_credentials"],
    ["a member too few", ({ nonce: _, ...p }) => p, "malformed_credentials"],
    ["a member for another", ({ nonce: _, ...p }) => ({ ...p, noncE: "x" }), "malformed_credentials"],
    ["a nonce that is too short", (p) => ({ ...p, nonce: randomText(15) }), "malformed_credentials"],
    ["a signature of another form", (p) => ({ ...p, sig: "x" }), "malformed_credentials"],
  ])("is refused with %s", async (_, change, code) => {
    const { proofs } = openGate(stage);
    const proof = change(await proofOf());
    await expect(proofs.verify(received({ proof }))).rejects.toMatchObject({ code });
  });

  it("of the exact date may last five minutes", async () => {
    const { proofs } = openGate(stage);
    await proofs.verify(received({ proof: await proofOf({ ...article, exp: stage.clock() / 1_000 + 300 }) }));
  });

  it.each([
    ["no proof", "Poolgate-Request"],
    ["two spaces", "Poolgate-Request  e30"],
    ["a list", "Poolgate-Request e30, e30"],
    ["base64 that is not base64url", "Poolgate-Request e3+/"],
    ["padding", "Poolgate-Request e30="],
    ["spare bits", "Poolgate-Request e31"],
    ["a lone character", "Poolgate-Request e30a0"],
    ["no JSON", `Poolgate-Request ${Buffer.from("{").toString("base64url")}`],
    ["a member twice", `Poolgate-Request ${Buffer.from('{"v":1,"v":1}').toString("base64url")}`],
    ["too much", `Poolgate-Request ${"A".repeat(8_193)}`],
  ])("is malformed: %s", async (_, authorization) => {
    const headers = new RequestHeaders(["authorization", authorization]);
    const verified = openGate(stage).proofs.verify({ ...received({ proof: {} }), headers });
    await expect(verified).rejects.toMatchObject({ code: "malformed_credentials" });
  });

  it("of another scheme is none", async () => {
    const headers = new RequestHeaders(["authorization", "Bearer x"]);
    const { proofs } = openGate(stage);
    const requests = [{ headers }, { headers: new RequestHeaders([]) }];
    for (const more of requests) {
      await expect(proofs.verify(received({ proof: {}, more }))).rejects.toMatchObject({ code: "unsupported_scheme" });
    }
  });

  it("for another gate is refused", async () => {
    const proof = await proofOf({ ...article, audience: "other.example.com" });
    await expect(openGate(stage).proofs.verify(received({ proof }))).rejects.toMatchObject({
      code: "invalid_signature",
    });
  });

  it("is good once, at all nodes of one store", async () => {
    const store = memoryStore({ clock: stage.clock });
    const [one, other] = [openGate(stage, { sessions: { store } }), openGate(stage, { sessions: { store } })];
    const proof = await proofOf();
    await one.proofs.verify(received({ proof }));
    await expect(other.proofs.verify(received({ proof }))).rejects.toMatchObject({ code: "request_replayed" });
    await expect(one.proofs.verify(received({ proof, body: "" }))).rejects.toMatchObject({ code: "request_replayed" });
  });

  it("sent fifty times at once is let in once, and STS is asked once", async () => {
    const { proofs } = openGate(stage);
    const proof = await proofOf();
    const before = stage.pools.calls("GetCallerIdentity");
    const verdicts = await Promise.allSettled(
      Array.from({ length: 50 }, (_, count) => received({ proof, more: { remoteAddress: `192.0.2.${count}` } })).map(
        (request) => proofs.verify(request),
      ),
    );
    const codes = verdicts.map((verdict) => (verdict.status === "rejected" ? verdict.reason.code : "in"));
    expect(codes.filter((code) => code === "in")).toHaveLength(1);
    expect(codes.filter((code) => code === "request_replayed")).toHaveLength(49);
    expect(stage.pools.calls("GetCallerIdentity")).toBe(before + 1);
  });

  it("of a gate is none of another whose sessions are in the same store", async () => {
    const store = memoryStore({ clock: stage.clock });
    const one = openGate(stage, { sessions: { store } });
    const other = openGate(stage, { sessions: { store, audience: "other.example.com" } });
    const proof = await proofOf();
    await expect(other.proofs.verify(received({ proof }))).rejects.toMatchObject({ code: "invalid_signature" });
    // What the other gate made of it costs its owner nothing.
    await one.proofs.verify(received({ proof }));
  });

  it("of an enrollment is none of a request, nor the other way round", async () => {
    const gate = openGate(stage);
    const prover = await stage.prover(editor);
    const { key: _, mode: __, ...enrolling } = await enrollmentMessage(prover, { exp: stage.clock() / 1_000 + 60 });
    const asProof = { ...enrolling, v: "poolgate-request/v1" };
    await expect(gate.proofs.verify(received({ proof: asProof }))).rejects.toMatchObject({ code: "invalid_signature" });
    const asMessage = { ...(await proofOf()), v: "poolgate-enroll/v1", mode: "virtual", key: randomText(32) };
    expect((await gate.enroll(asMessage)).body.code).toBe("invalid_signature");
  });

  it("with the nonce of an enrollment of the same credentials is refused", async () => {
    const gate = openGate(stage);
    const prover = await stage.prover(editor);
    const nonce = randomText(16);
    expect((await gate.enroll(await enrollmentMessage(prover, { nonce }))).status).toBe(200);
    const proof = await requestProof(prover, { ...article, nonce });
    await expect(gate.proofs.verify(received({ proof }))).rejects.toMatchObject({ code: "request_replayed" });
  });

  it("is not let in where the store cannot tell whether it was used", async () => {
    const memory = memoryStore({ clock: stage.clock });
    const store = { ...memory, add: () => Promise.reject(new Error("down")) };
    const { proofs } = openGate(stage, { sessions: { store } });
    await expect(proofs.verify(received({ proof: await proofOf() }))).rejects.toMatchObject({
      code: "store_unavailable",
      status: 503,
    });
  });

  it("of a role that is revoked or not listed is refused", async () => {
    const gate = openGate(stage);
    const proof = await requestProof(await stage.prover(stranger), article);
    await expect(gate.proofs.verify(received({ proof }))).rejects.toMatchObject({ code: "role_not_allowed" });
    await gate.sessions.revocations.revoke({ role: "123456789012/ArticleEditor" });
    await expect(gate.proofs.verify(received({ proof: await proofOf() }))).rejects.toMatchObject({
      code: "role_not_allowed",
    });
  });

  it("of a guest who was revoked by his id since is refused", async () => {
    const gate = openGate(stage);
    const prover = await stage.prover("guest");
    const { principal } = await gate.proofs.verify(received({ proof: await requestProof(prover, article) }));
    const proof = await requestProof(prover, article);
    await gate.sessions.revocations.revoke({ user: principal.id });
    await expect(gate.proofs.verify(received({ proof }))).rejects.toMatchObject({ code: "role_not_allowed" });
  });

  it("is refused whatever changes about the request", async () => {
    const limits = { perSourcePerMinute: 60_000, perAccountPerMinute: 60_000 };
    const { proofs } = openGate(stage, { proof: { limits } });
    const prover = await stage.prover(editor);
    const parts = ["method", "target", "contentType", "body"] as const;
    const mutation = fc.tuple(fc.constantFrom(...parts), fc.nat(1_000), fc.integer({ min: 0x21, max: 0x7e }));
    await fc.assert(
      fc.asyncProperty(mutation, async ([part, place, code]) => {
        const text = article[part];
        const at = place % text.length;
        const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
        fc.pre(changed !== text);
        const request = received({ proof: await requestProof(prover, article), [part]: changed });
        const verified = proofs.verify(request).catch((fault: { code: string }) => fault.code);
        expect(["invalid_signature", "malformed_credentials", "target_not_canonical"]).toContain(await verified);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the bodies", () => {
  /** A request whose body never ends until it is told to. */
  function slow(proof: object, remoteAddress: string) {
    let finish: (bytes: Uint8Array) => void = () => {};
    const body = () =>
      new Promise<Uint8Array>((resolve) => {
        finish = resolve;
      });
    return {
      request: received({ proof, more: { body, remoteAddress } }),
      finish: () => finish(Buffer.from(article.body)),
    };
  }

  it("are read up to the limit", async () => {
    const limits: number[] = [];
    const body = async (limit: number) => {
      limits.push(limit);
      return Buffer.from(article.body);
    };
    await openGate(stage).proofs.verify(received({ proof: await proofOf(), more: { body } }));
    const { proofs } = openGate(stage, { proof: { bodyLimitBytes: 99 } });
    await proofs.verify(received({ proof: await proofOf(), more: { body } }));
    expect(limits).toEqual([1_048_576, 99]);
  });

  it("are read for so many callers at a time, a quarter of them from one source", async () => {
    const { proofs } = openGate(stage, { proof: { bodyReaders: 8 } });
    const begin = async (source: string) => {
      const { request, finish } = slow(await proofOf(), source);
      return { verdict: proofs.verify(request), finish };
    };
    const running = [];
    for (const source of ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]) {
      running.push(await begin(source), await begin(source));
      if (source === "192.0.2.1")
        await expect((await begin(source)).verdict).rejects.toMatchObject({ code: "overloaded" });
    }
    await expect((await begin("192.0.2.5")).verdict).rejects.toMatchObject({ code: "overloaded" });
    for (const { verdict, finish } of running) {
      finish();
      await verdict;
    }
    const again = await begin("192.0.2.1");
    again.finish();
    await again.verdict;
  });

  it("that trickle in until the nonce is forgotten bring no second use of a proof", async () => {
    await using late = await setStage();
    const { proofs } = openGate(late, { sessions: { skewSeconds: 5 } });
    const proof = await requestProof(await late.prover(editor), article);
    await proofs.verify(received({ proof }));
    const body = async () => {
      late.pass(11);
      return Buffer.from(article.body);
    };
    await expect(proofs.verify(received({ proof, more: { body } }))).rejects.toMatchObject({
      code: "clock_skew",
      serverTime: new Date(late.clock()),
    });
  });

  it("that arrive after the end of the proof are too late", async () => {
    await using late = await setStage();
    const { proofs } = openGate(late);
    const exp = late.clock() / 1_000 + 10;
    const prover = await late.prover(editor);
    const send = async (seconds: number) => {
      const body = async () => {
        late.pass(seconds);
        return Buffer.from(article.body);
      };
      return proofs.verify(received({ proof: await requestProof(prover, { ...article, exp }), more: { body } }));
    };
    await send(9);
    await expect(send(1)).rejects.toMatchObject({ code: "proof_expired" });
  });

  it("that fail to arrive free their place", async () => {
    const { proofs } = openGate(stage, { proof: { bodyReaders: 1 } });
    const body = () => Promise.reject(new Error("cut"));
    await expect(proofs.verify(received({ proof: await proofOf(), more: { body } }))).rejects.toThrow("cut");
    await proofs.verify(received({ proof: await proofOf() }));
  });

  it("are not read for a source that is out of its allowance", async () => {
    const { proofs } = openGate(stage, { proof: { limits: { perSourcePerMinute: 10 } } });
    let read = 0;
    const body = async () => {
      read += 1;
      return Buffer.from(article.body);
    };
    for (let count = 0; count < 10; count += 1) {
      await proofs.verify(received({ proof: await proofOf(), more: { body } }));
    }
    await expect(proofs.verify(received({ proof: await proofOf(), more: { body } }))).rejects.toMatchObject({
      code: "too_many_requests",
    });
    expect(read).toBe(10);
  });
});

describe("the options of stsProof", () => {
  const { sessions } = { sessions: undefined };
  const options = () => ({ sessions: openGate(stage).sessions, roles, regions: ["eu-west-1"] });

  it.each<[string, object, string]>([
    ["an unknown one", { hosts: ["api.example.com"] }, "stsProof.hosts"],
    ["a body limit below zero", { bodyLimitBytes: -1 }, "stsProof.bodyLimitBytes"],
    ["no readers", { bodyReaders: 0 }, "stsProof.bodyReaders"],
    ["no sessions", { sessions }, "stsProof.sessions"],
    ["no regions", { regions: [] }, "stsProof.regions"],
  ])("refuse %s", (_, faulty, option) => {
    const fault = () => stsProof({ ...options(), ...faulty });
    expect(fault).toThrow(ConfigurationError);
    expect(fault).toThrow(`${option}: `);
  });
});
