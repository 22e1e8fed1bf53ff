import crypto, { createHash } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createPrincipal } from "../../src/principal.ts";
import type { Session } from "../../src/sessions/session.ts";
import type { Verifier } from "../../src/verifier.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import {
  ada,
  credentials,
  now,
  type Received,
  sessionsOf,
  toAuthRequest,
  withHeader,
  withMore,
} from "../signed/gate.ts";
import { sign, type ToSign } from "../signed/reference-signer.ts";
import { callerIdentityRequest, signers } from "../signed/signers.ts";

const gate = signedRequest({ sessions: sessionsOf() });
const verify = (received: Received, verifier: Verifier = gate) => verifier.verify(toAuthRequest(received));

/** The code of the refusal; "verified" where there is none. */
const outcome = (received: Received, verifier: Verifier = gate): Promise<string> =>
  verify(received, verifier).then(
    () => "verified",
    (error: { code?: string }) => String(error.code),
  );

describe("signedRequest", () => {
  it("has the scheme AWS4-HMAC-SHA256, and its verdicts hold for one request", () => {
    expect(gate).toMatchObject({ scheme: "AWS4-HMAC-SHA256", perRequest: true });
  });

  it("believes whom the brokers on its sessions believe, those of later brokers too", () => {
    const issuers = [{ issuer: "https://pool.example.com", declared: true }];
    const sessions = sessionsOf();
    const verifier = signedRequest({ sessions });
    Object.assign(sessions, { issuers });
    expect(verifier.issuers).toBe(issuers);
  });

  it("is ready when the sessions are", async () => {
    const sessions = { ...sessionsOf(), ready: () => Promise.reject(new Error("no store")) };
    await expect(signedRequest({ sessions }).ready?.()).rejects.toThrow("no store");
  });

  it("stands as the sessions do", () => {
    const readiness = [{ source: "sessions", state: "not-asked" }] as const;
    const sessions = { ...sessionsOf(), readiness: () => readiness };
    expect(signedRequest({ sessions }).readiness?.()).toBe(readiness);
  });

  it.each([
    ["AWS4-HMAC-SHA256 Credential=a", true],
    ["aws4-hmac-sha256", true],
    ["AWS4-ECDSA-P256-SHA256 Credential=a", true],
    ["AWS4-", true],
    ["Bearer AWS4-HMAC-SHA256", false],
    ["Basic QVdTNC0=", false],
  ])("for the Authorization header %s detects its kind: %s", (authorization, detected) => {
    const headers = [["authorization", authorization] as const];
    expect(gate.detects(toAuthRequest({ method: "GET", target: "/", headers, body: "" }))).toBe(detected);
  });

  it.each([
    ["/a?X-Amz-Signature=0", true],
    ["/a?b=1&x-amz-algorithm", true],
    ["/a?x%2DAMZ-signature=0", true],
    ["/a?X-Amz-Date=0", false],
    ["/a", false],
  ])("for the target %s detects its kind: %s", (target, detected) => {
    expect(gate.detects(toAuthRequest({ method: "GET", target, headers: [], body: "" }))).toBe(detected);
  });

  it("gives the caller of the session until the session ends, and the names of the signed headers", async () => {
    const verified = await verify(sign({ headers: { "x-tenant": "a" } }));
    expect(verified).toEqual({
      principal: { ...ada, verifiedBy: "signed-request", expiresAt: new Date("2026-03-04T06:00:00Z") },
      signedHeaders: new Set(["host", "x-amz-date", "x-amz-security-token", "x-tenant"]),
    });
  });

  it("tells the server's time to a caller whose clock is wrong", async () => {
    await expect(verify(sign({ date: new Date("2026-03-04T04:00:00Z") }))).rejects.toMatchObject({
      code: "clock_skew",
      serverTime: now,
    });
  });

  it.each([-300, 300])("accepts a time of signing that is %d seconds off", async (seconds) => {
    expect(await outcome(sign({ date: new Date(now.getTime() + seconds * 1000) }))).toBe("verified");
  });

  it("gives one sentence, without a reason, to unknown, ended and wrong", async () => {
    const wrong = { ...sign(), body: "another" };
    const unknown = signedRequest({ sessions: sessionsOf({ accessKeyId: "ASIAUNKNOWNUNKNOWN00" }) });
    const ended = signedRequest({ sessions: sessionsOf({ notAfter: now }) });
    const sentences = await Promise.all(
      [verify(wrong), verify(sign(), unknown), verify(sign(), ended)].map((refused) => refused.catch(String)),
    );
    expect(new Set(sentences)).toEqual(new Set(["AuthError: The signature or the session behind it is not valid."]));
  });

  it.each<[string, ToSign]>([
    ["a request", {}],
    [
      "a request that states the hash of its body",
      { headers: { "x-amz-content-sha256": createHash("sha256").digest("hex") } },
    ],
    ["a query in several forms", { method: "GET", query: "b=+&a=!" }],
    ["a path in several forms", { path: "/a!" }],
  ])("hashes as often for an unknown id and a wrong token as for a wrong signature over %s", async (_, of) => {
    const hash = vi.spyOn(crypto, "hash");
    syncBuiltinESMExports();
    onTestFinished(() => {
      hash.mockRestore();
      syncBuiltinESMExports();
    });
    const known = signedRequest({ sessions: sessionsOf() });
    const unknown = signedRequest({ sessions: sessionsOf({ accessKeyId: "ASIAUNKNOWNUNKNOWN00" }) });
    const forged = withHeader(sign(of), "x-amz-date", "20260304T050608Z");
    const counts: number[] = [];
    for (const [verifier, request] of [
      [known, forged],
      [unknown, forged],
      [known, withHeader(forged, "x-amz-security-token", "another")],
    ] as const) {
      hash.mockClear();
      expect(await outcome(request, verifier)).toBe("invalid_signature");
      counts.push(hash.mock.calls.length);
    }
    // The token, then for each form of the request its canonical text, and twice for the signature.
    expect(counts[0]).toBeGreaterThanOrEqual(4);
    expect(counts).toEqual(Array(3).fill(counts[0]));
  });

  it("refuses another token and none also after the session's own, which stays good", async () => {
    const verifier = signedRequest({ sessions: sessionsOf() });
    const other = `${credentials.sessionToken.slice(0, -1)}x`;
    const tokens = [
      credentials.sessionToken,
      other,
      undefined,
      credentials.sessionToken,
      `${credentials.sessionToken}=`,
    ];
    const outcomes: string[] = [];
    for (const sessionToken of tokens) outcomes.push(await outcome(sign({ sessionToken }), verifier));
    expect(outcomes).toEqual(["verified", "invalid_signature", "invalid_signature", "verified", "invalid_signature"]);
  });

  it("refuses the token of a session in whose place another was opened", async () => {
    const sessions = { ...sessionsOf() };
    const verifier = signedRequest({ sessions });
    expect(await outcome(sign(), verifier)).toBe("verified");
    sessions.find = sessionsOf({ sessionToken: "another" }).find;
    expect(await outcome(sign(), verifier)).toBe("invalid_signature");
    expect(await outcome(sign({ sessionToken: "another" }), verifier)).toBe("verified");
  });

  it("verifies for a session without a token what carries none", async () => {
    const verifier = signedRequest({ sessions: sessionsOf({ sessionToken: undefined }) });
    expect(await outcome(sign({ sessionToken: undefined }), verifier)).toBe("verified");
  });

  it("takes the time from a signed date header where x-amz-date is absent", async () => {
    for (const date of ["20260304T050607Z", "Wed, 04 Mar 2026 05:06:07 GMT"]) {
      const request = sign({ headers: { date }, leaveOut: ["x-amz-date"] });
      expect(await outcome(withHeader(request, "x-amz-date", undefined))).toBe("verified");
    }
  });

  it("prefers x-amz-date to a date header", async () => {
    expect(await outcome(sign({ headers: { date: "Wed, 04 Mar 2020 05:06:07 GMT" } }))).toBe("verified");
  });

  it("folds spaces and tabs of signed headers, inside quotes too", async () => {
    const request = sign({ headers: { "x-tenant": '"a b" c' } });
    expect(await outcome(withHeader(request, "x-tenant", ' \t"a \t b"  c '))).toBe("verified");
  });

  it("joins the values of a repeated signed header with commas", async () => {
    const request = withHeader(sign({ headers: { "x-tenant": "a,b" } }), "x-tenant", "a");
    expect(await outcome(withMore(request, "X-Tenant", "b"))).toBe("verified");
  });
});

describe("real signers", () => {
  // aws-sigv4-fetch and client-sts take no time of signing.
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
  afterEach(() => void vi.useRealTimers());

  const paths = [
    "/",
    "/articles",
    "/articles/",
    "/a%20b",
    "/caf%C3%A9",
    "/a!b'()*",
    "/a+b",
    "/a%2Bb",
    "/a;b=c,d@e:f$g&h",
  ];
  const queries = [
    "",
    "a=1",
    "b=2&a=1",
    "a=b%20c",
    "a=b+c",
    "a=b%2Bc",
    "a=",
    "a",
    "a=1&a=2",
    "a=2&a=1&a=",
    "a-b=1&a=2",
    "caf%C3%A9=%E2%82%AC",
    "a=!'()*",
    "a=%3D%26%25&b=/?:@",
    "a[b]=1",
    "redirect=https://example.com/?x=1",
  ];
  const bodies = [
    ["GET", undefined],
    ["HEAD", undefined],
    ["POST", '{"title":"caf\u00e9"}'],
    ["PUT", ""],
    ["PATCH", "[]"],
    ["DELETE", undefined],
    ["DELETE", "{}"],
  ] as const;

  describe.each(Object.entries(signers))("%s", (_, signer) => {
    it.each(paths)("verifies on the path %s", async (path) => {
      expect(await outcome(await signer({ method: "GET", path }))).toBe("verified");
    });

    it.each(queries)("verifies with the query %s", async (query) => {
      expect(await outcome(await signer({ method: "GET", path: "/articles", query }))).toBe("verified");
    });

    // fetch refuses a body on GET and HEAD, and takes an empty one for none.
    it.each(bodies)("verifies %s with the body %s", async (method, body) => {
      const request = await signer({ method, path: "/articles", ...(body !== undefined && { body }) });
      expect(await outcome(request)).toBe("verified");
    });

    it("is refused on another path, query, body, method and host", async () => {
      const request = await signer({ method: "POST", path: "/a!b", query: "a=b+c", body: "{}" });
      const changed = [
        { ...request, target: request.target.replace("/a!b", "/a!c") },
        { ...request, target: request.target.replace(/b(\+|%20)c/, "b%2Bc") },
        { ...request, method: "PUT" },
        withHeader(request, "host", "api.example.net"),
      ];
      const verifier = signedRequest({ sessions: sessionsOf(), hosts: ["api.example.com", "api.example.net"] });
      expect(await Promise.all(changed.map((one) => outcome(one, verifier)))).toEqual(
        Array(4).fill("invalid_signature"),
      );
      expect(await outcome({ ...request, body: "[]" })).toMatch(/^(?:invalid_signature|payload_mismatch)$/);
      expect(await outcome(request)).toBe("verified");
    });
  });

  it("verifies what client-sts sends, at a gate set to the service that it signs for", async () => {
    const verifier = signedRequest({ sessions: sessionsOf({ service: "sts" }), hosts: ["api.example.com"] });
    const request = await callerIdentityRequest();
    expect(await outcome(request, verifier)).toBe("verified");
    expect(await outcome({ ...request, body: "Action=GetSessionToken&Version=2011-06-15" }, verifier)).toMatch(
      /^(?:invalid_signature|payload_mismatch)$/,
    );
  });

  it("tells a caller whose Amplify signed a Blob as unsigned what is wrong", async () => {
    await expect(verify(sign({ body: "a", payload: "UNSIGNED-PAYLOAD" }))).rejects.toThrow(/Amplify/);
  });
});

describe("the forms of a query", () => {
  it.each(["strict", "sorted", "wire"] as const)("verifies the form %s", async (queryForm) => {
    expect(await outcome(sign({ query: "b=%7e&b=!&a=x+y&a-b", queryForm: queryForm }))).toBe("verified");
  });

  it.each(["strict", "sorted", "wire"] as const)("verifies the form %s beside a loose path", async (queryForm) => {
    expect(await outcome(sign({ path: "/a(b)", loosePath: true, query: "b=(&a=+", queryForm }))).toBe("verified");
  });
});

describe("the order of checks", () => {
  const unread = (received: Received) => {
    const request = toAuthRequest(received);
    return { ...request, body: () => Promise.reject(new Error("the body was read")) };
  };

  it("never reads the body of an unknown session", async () => {
    const verifier = signedRequest({ sessions: sessionsOf({ accessKeyId: "ASIAUNKNOWNUNKNOWN00" }) });
    await expect(verifier.verify(unread(sign()))).rejects.toMatchObject({ code: "invalid_signature" });
  });

  it("never reads a body before a signature that covers its hash", async () => {
    const hashed = sign({ headers: { "x-amz-content-sha256": "0".repeat(64) }, payload: "1".repeat(64) });
    await expect(gate.verify(unread(hashed))).rejects.toMatchObject({ code: "invalid_signature" });
  });

  it("never looks up a session for a time that is too far off", async () => {
    const sessions = { ...sessionsOf(), find: () => Promise.reject(new Error("it was looked up")) };
    const late = sign({ date: new Date("2026-03-04T05:00:00Z") });
    await expect(signedRequest({ sessions }).verify(toAuthRequest(late))).rejects.toMatchObject({ code: "clock_skew" });
  });

  it("passes on what the store and the body say", async () => {
    const sessions = { ...sessionsOf(), find: () => Promise.reject(new Error("no store")) };
    await expect(signedRequest({ sessions }).verify(toAuthRequest(sign()))).rejects.toThrow("no store");
    await expect(gate.verify(unread(sign()))).rejects.toThrow("the body was read");
  });
});

describe("where the body is not at hand", () => {
  it.each(["GET", "HEAD"])("verifies %s as having none", async (method) => {
    expect(await outcome({ ...sign({ method }), body: undefined })).toBe("verified");
    const empty = withMore({ ...sign({ method }), body: undefined }, "content-length", "0");
    expect(await outcome(empty)).toBe("verified");
  });

  it("verifies POST by the signed hash", async () => {
    const stated = sign({ headers: { "x-amz-content-sha256": "0".repeat(64) } });
    expect(await outcome({ ...stated, body: undefined })).toBe("verified");
  });

  it("verifies a rebuilt target of unreserved characters, with its query in the strict form", async () => {
    const request = sign({ path: "/articles/1", query: "b=x+y&a=%2B" });
    expect(await outcome({ ...request, target: "/articles/1?a=%2b&b=x%20y", wire: false })).toBe("verified");
  });
});

describe("hosts, base path and unsigned headers", () => {
  it("accepts a listed host in any case, with the port as listed", async () => {
    const verifier = signedRequest({
      sessions: sessionsOf(),
      hosts: ["API.example.com", "localhost:3000", "[::1]:3000"],
    });
    for (const host of ["api.Example.com", "localhost:3000", "[::1]:3000"]) {
      expect(await outcome(sign({ host }), verifier)).toBe("verified");
    }
  });

  it("puts the base path ahead of the path", async () => {
    const verifier = signedRequest({ sessions: sessionsOf(), basePath: "/prod" });
    expect(await outcome(sign({ signedPath: "/prod/articles" }), verifier)).toBe("verified");
    expect(await outcome(sign({ path: "/", signedPath: "/prod/" }), verifier)).toBe("verified");
  });

  it("lets the headers that the operator lists be there unsigned", async () => {
    const verifier = signedRequest({ sessions: sessionsOf(), unsignedHeaders: ["x-amz-cf-id"] });
    const { signedHeaders } = await verify(withMore(sign(), "X-Amz-Cf-Id", "1"), verifier);
    expect(signedHeaders).not.toContain("x-amz-cf-id");
  });

  it("demands a signed content-type where it is there, by option", async () => {
    const verifier = signedRequest({ sessions: sessionsOf(), requireContentType: true });
    expect(await outcome(sign({ headers: { "content-type": "text/plain" } }), verifier)).toBe("verified");
    expect(await outcome(sign(), verifier)).toBe("verified");
  });

  it("lets a content-type be unsigned otherwise", async () => {
    expect(await outcome(sign({ headers: { "content-type": "text/plain" }, leaveOut: ["content-type"] }))).toBe(
      "verified",
    );
  });
});

describe("bodies", () => {
  it("are read up to the limit of the option, 1 MiB by default", async () => {
    const limits: number[] = [];
    const request = (limit: number) => {
      limits.push(limit);
      return Promise.resolve(new Uint8Array());
    };
    await gate.verify({ ...toAuthRequest(sign()), body: request });
    await signedRequest({ sessions: sessionsOf(), bodyLimitBytes: 10 }).verify({
      ...toAuthRequest(sign()),
      body: request,
    });
    expect(limits).toEqual([1024 * 1024, 10]);
  });

  /** A request whose body ends when the test says so. */
  const slowRequests = () => {
    const finish: (() => void)[] = [];
    const slow = () => ({
      ...toAuthRequest(sign()),
      body: () => new Promise<Uint8Array>((resolve) => finish.push(() => resolve(new Uint8Array()))),
    });
    const end = () => {
      for (const one of finish) one();
    };
    return { slow, end };
  };
  it.each([
    [999, "verified"],
    [1_000, "invalid_signature"],
  ])("that take %i ms do not carry a request past the end of its session: %s", async (milliseconds, expected) => {
    const sessions = sessionsOf();
    const time = { now: now.getTime() };
    let live = true;
    const verifier = signedRequest({
      sessions: {
        ...sessions,
        clock: () => time.now,
        find: (accessKeyId) => (live ? sessions.find(accessKeyId) : undefined),
      },
    });
    const arriving = {
      ...toAuthRequest(sign()),
      async body() {
        time.now += milliseconds;
        live = false;
        return new Uint8Array();
      },
    };
    const judged = verifier.verify(arriving).then(
      () => "verified",
      (error: { code?: string }) => error.code,
    );
    expect(await judged).toBe(expected);
  });

  it("that take long are accepted where the session goes on", async () => {
    const sessions = sessionsOf();
    const time = { now: now.getTime() };
    const verifier = signedRequest({ sessions: { ...sessions, clock: () => time.now } });
    const arriving = {
      ...toAuthRequest(sign()),
      async body() {
        time.now += 5_000;
        return new Uint8Array();
      },
    };
    await expect(verifier.verify(arriving)).resolves.toBeDefined();
  });

  const overloaded = { code: "overloaded", status: 503 };

  it("are read by a bounded number of readers at a time", async () => {
    // Every look-up gives another session, so that none has more than one reader.
    const sessions = sessionsOf();
    const find = async (id: string) => ({ ...((await sessions.find(id)) as Session) });
    const verifier = signedRequest({ sessions: { ...sessions, find }, bodyReaders: 2 });
    const { slow, end } = slowRequests();
    const first = [verifier.verify(slow()), verifier.verify(slow())];
    await expect(verifier.verify(slow())).rejects.toMatchObject(overloaded);
    end();
    await Promise.all(first);
    expect(await outcome(sign(), verifier)).toBe("verified");
  });

  it("take a quarter of the readers for one session at most, so that one caller cannot shut out the others", async () => {
    const sessions = sessionsOf();
    const others = sessionsOf();
    const verifier = signedRequest({ sessions, bodyReaders: 8 });
    const { slow, end } = slowRequests();
    const first = [verifier.verify(slow()), verifier.verify(slow())];
    await expect(verifier.verify(slow())).rejects.toMatchObject(overloaded);
    const { find } = sessions;
    Object.assign(sessions, { find: others.find });
    expect(await outcome(sign(), verifier)).toBe("verified");
    Object.assign(sessions, { find });
    end();
    await Promise.all(first);
    expect(await outcome(sign(), verifier)).toBe("verified");
  });

  it("give their readers back where they cannot be read", async () => {
    const verifier = signedRequest({ sessions: sessionsOf(), bodyReaders: 1 });
    const failing = { ...toAuthRequest(sign()), body: () => Promise.reject(new Error("reset")) };
    const throwing = {
      ...toAuthRequest(sign()),
      body: () => {
        throw new Error("gone");
      },
    };
    await expect(verifier.verify(failing)).rejects.toThrow("reset");
    await expect(verifier.verify(throwing)).rejects.toThrow("gone");
    expect(await outcome(sign(), verifier)).toBe("verified");
  });
});

describe("roles", () => {
  const role = {
    arn: "arn:aws:sts::123456789012:assumed-role/Editor/session",
    partition: "aws",
    account: "123456789012",
    name: "Editor",
  };
  const editor = createPrincipal({
    kind: "role",
    id: "role:123456789012/Editor",
    issuer: "123456789012",
    verifiedBy: "opened",
    role,
  });
  const principalWith = async (roles: Parameters<typeof signedRequest>[0]["roles"], principal = editor) => {
    const verifier = signedRequest({ sessions: sessionsOf({ principal }), ...(roles && { roles }) });
    return (await verify(sign(), verifier)).principal;
  };

  it("give open groups to a listed role", async () => {
    const principal = await principalWith({ "123456789012/Editor": { groups: ["editors"] } });
    expect(principal).toMatchObject({ kind: "role", id: editor.id, verifiedBy: "signed-request" });
    expect(principal.groups).toEqual({ names: new Set(["editors"]), closed: false });
    expect(principal.expiresAt).toEqual(new Date("2026-03-04T06:00:00Z"));
  });

  it("make a guest of a role that is listed as one", async () => {
    const principal = await principalWith({ "123456789012/Editor": { guest: true } });
    expect(principal).toMatchObject({ kind: "guest", id: "guest:123456789012/Editor" });
    expect(principal.groups).toEqual({ names: new Set(), closed: true });
  });

  it("leave users and clients alone", async () => {
    for (const kind of ["user", "client"] as const) {
      const principal = createPrincipal({ ...ada, kind, role });
      expect((await principalWith(undefined, principal)).groups).toEqual(ada.groups);
      expect((await principalWith({ "123456789012/Editor": { guest: true } }, principal)).kind).toBe(kind);
    }
  });

  it("are judged once for each session, and again where they were refused", async () => {
    const sessions = sessionsOf({ principal: editor });
    const verifier = signedRequest({ sessions, roles: { "123456789012/Editor": { groups: [] } } });
    const [one, other] = [await verify(sign(), verifier), await verify(sign({ body: "a" }), verifier)];
    expect(other.principal).toBe(one.principal);
    const strict = signedRequest({ sessions });
    for (let attempt = 0; attempt < 2; attempt += 1) expect(await outcome(sign(), strict)).toBe("role_not_allowed");
  });
});

describe("concurrent requests", () => {
  it("never share a verdict", async () => {
    const requests = Array.from({ length: 40 }, (_, index) => {
      const request = sign({ path: `/articles/${index}`, body: String(index) });
      return index % 2 === 0 ? request : { ...request, body: "another" };
    });
    const outcomes = await Promise.all(requests.map((request) => outcome(request)));
    expect(outcomes).toEqual(requests.map((_, index) => (index % 2 === 0 ? "verified" : "invalid_signature")));
  });
});

describe("any change that alters the request", () => {
  // Pieces that look alike in one encoding or another, so that changes are likely to hit what an encoder mixes up.
  const pathPieces = ["a", "b", "!", "%21", "'", "(", "*", "%2A", "+", "%2B", "%20", "%25", "%2520", "%2521", "/c"];
  const queryPieces = [
    "a",
    "=",
    "&",
    "+",
    "%2B",
    "%20",
    "%26",
    "%3D",
    "%25",
    "%252B",
    "!",
    "%21",
    "%C3%A9",
    "a-b=",
    "&a=",
  ];
  const headerPieces = ["a", "b", " ", "\t", '"', ","];

  /** A text of pieces, and the same text with some of its pieces changed. */
  const texts = (pieces: readonly string[]) => {
    const some = (maxLength: number) => fc.array(fc.constantFrom(...pieces), { maxLength });
    return fc.tuple(some(6), fc.nat(6), fc.nat(2), some(2)).map(([before, start, count, inserted]) => {
      const after = before.toSpliced(start, count, ...inserted);
      return { before: before.join(""), after: after.join("") };
    });
  };
  const either = (...values: readonly string[]) =>
    fc.record({ before: fc.constantFrom(...values), after: fc.constantFrom(...values) });
  const changes = fc.record({
    method: either("GET", "POST", "DELETE"),
    path: texts(pathPieces),
    query: texts(queryPieces),
    tenant: texts(headerPieces),
    body: either("", "a", "b", "a=b"),
    queryForm: fc.constantFrom("strict" as const, "sorted" as const, "wire" as const),
    loosePath: fc.boolean(),
    statesHash: fc.boolean(),
    only: fc.constantFrom("method", "path", "query", "tenant", "body", "all"),
  });

  /** What an application reads from a request, found by other means than the code under test. */
  const read = ({ method, target, headers, body }: Received) => {
    const { pathname, searchParams } = new URL(target, "http://application");
    const tenant = headers.find(([name]) => name === "x-tenant")?.[1];
    return JSON.stringify([
      method,
      pathname.split("/").map(decodeURIComponent),
      [...searchParams].map((pair) => JSON.stringify(pair)).sort(),
      tenant?.trim().split(/[ \t]+/),
      body,
    ]);
  };

  it("is refused, and what alters nothing but the order of names or the spelling may pass", async () => {
    const seen = { same: 0, altered: 0 };
    await fc.assert(
      fc.asyncProperty(changes, async ({ queryForm, loosePath, statesHash, only, ...fields }) => {
        const signed = sign({
          method: fields.method.before,
          path: `/a${fields.path.before}`,
          query: fields.query.before,
          body: fields.body.before,
          headers: {
            "x-tenant": fields.tenant.before,
            ...(statesHash && {
              "x-amz-content-sha256": createHash("sha256").update(fields.body.before).digest("hex"),
            }),
          },
          queryForm,
          loosePath,
        });
        expect(await outcome(signed)).toBe("verified");
        const now = (name: keyof typeof fields) => fields[name][only === name || only === "all" ? "after" : "before"];
        const query = now("query");
        const changed = {
          method: now("method"),
          target: `/a${now("path")}${query === "" ? "" : `?${query}`}`,
          headers: withHeader(signed, "x-tenant", now("tenant")).headers,
          body: now("body"),
        };
        const altered = read(changed) !== read(signed);
        seen[altered ? "altered" : "same"] += 1;
        if (altered) expect(await outcome(changed)).toMatch(/^(?:invalid_signature|payload_mismatch)$/);
      }),
      { numRuns: 4000 },
    );
    expect(seen.altered).toBeGreaterThan(1000);
  });
});
