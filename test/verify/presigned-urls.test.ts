import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Verifier } from "../../src/verifier.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import { now, type Received, sessionsOf, toAuthRequest, withMore } from "../signed/gate.ts";
import { presigners } from "../signed/presigners.ts";
import { presign } from "../signed/reference-presigner.ts";

const presignedUrls = { maxSeconds: 900 };
const gate = signedRequest({ sessions: sessionsOf(), presignedUrls });
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000);

const outcome = (received: Received, verifier: Verifier = gate): Promise<string> =>
  verifier.verify(toAuthRequest(received)).then(
    () => "verified",
    (error: { code?: string }) => String(error.code),
  );

describe("a presigned URL", () => {
  it.each(["GET", "HEAD"])("verifies for %s, and names the signed headers", async (method) => {
    const verified = await gate.verify(
      toAuthRequest(presign({ method, query: "b=2&a=1", headers: { "x-tenant": "a" } })),
    );
    expect(verified).toMatchObject({ principal: { id: expect.stringMatching(/^user:/) } });
    expect(verified.signedHeaders).toEqual(new Set(["host", "x-tenant"]));
  });

  it.each(["strict", "sorted", "wire"] as const)("verifies with its query signed in the form %s", async (queryForm) => {
    expect(await outcome(presign({ query: "b=%7e&b=!&a=x+y&a-b", queryForm }))).toBe("verified");
  });

  it("verifies wherever in the query its signature stands", async () => {
    const { target, ...others } = presign({ query: "a=1" });
    const [rest, signature] = target.split("&X-Amz-Signature=");
    expect(await outcome({ ...others, target: `${rest?.replace("?", `?X-Amz-Signature=${signature}&`)}` })).toBe(
      "verified",
    );
  });

  it("verifies for a session without a token what carries none", async () => {
    const verifier = signedRequest({ sessions: sessionsOf({ sessionToken: undefined }), presignedUrls });
    expect(await outcome(presign({ sessionToken: undefined }), verifier)).toBe("verified");
  });

  it("verifies on a target that a gateway rebuilt", async () => {
    const received = presign({ query: "b=x+y&a=%2B" });
    expect(await outcome({ ...received, body: undefined, wire: false })).toBe("verified");
  });

  it("verifies from the skew ahead of its time until its end, the end excluded", async () => {
    const at = (seconds: number, expires = "600") => outcome(presign({ date: inSeconds(seconds), expires }));
    expect([await at(300), await at(301)]).toEqual(["verified", "clock_skew"]);
    expect([await at(-599), await at(-600), await at(-800)]).toEqual([
      "verified",
      "presigned_expired",
      "presigned_expired",
    ]);
    expect([await at(-899, "900"), await at(-900, "900")]).toEqual(["verified", "presigned_expired"]);
  });

  it("tells the server's time to a caller whose clock is ahead", async () => {
    const early = toAuthRequest(presign({ date: inSeconds(301) }));
    await expect(gate.verify(early)).rejects.toMatchObject({ code: "clock_skew", serverTime: now });
  });

  it("lives no longer than its session", async () => {
    const notAfter = inSeconds(10);
    const sessions = sessionsOf({ notAfter });
    const verifier = signedRequest({ sessions, presignedUrls });
    expect(await outcome(presign(), verifier)).toBe("verified");
    const later = signedRequest({ sessions: { ...sessions, clock: () => notAfter.getTime() }, presignedUrls });
    expect(await outcome(presign(), later)).toBe("invalid_signature");
  });

  it("verifies with a body whose hash was signed, and with no other", async () => {
    const hashed = presign({ body: "a", payload: sha256("a"), query: `x-amz-content-sha256=${sha256("a")}` });
    expect([await outcome(presign({ body: "a" })), await outcome(hashed)]).toEqual(["verified", "verified"]);
    expect(await outcome({ ...presign(), body: "a" })).toBe("invalid_signature");
    expect(await outcome({ ...hashed, body: "b" })).toBe("payload_mismatch");
    const header = { "x-amz-content-sha256": sha256("a") };
    expect(await outcome(presign({ body: "a", headers: header }))).toBe("verified");
    expect(await outcome({ ...presign({ body: "a", headers: header }), body: "b" })).toBe("payload_mismatch");
  });

  it("may leave its body unsigned only where the option says so", async () => {
    const unsigned = presign({
      query: "X-Amz-Content-Sha256=UNSIGNED-PAYLOAD",
      payload: "UNSIGNED-PAYLOAD",
      body: "a",
    });
    expect(await outcome(unsigned)).toBe("payload_not_signed");
    const allowing = signedRequest({ sessions: sessionsOf(), presignedUrls, unsignedPayload: () => true });
    expect(await outcome(unsigned, allowing)).toBe("verified");
    expect(await outcome(presign({ payload: "UNSIGNED-PAYLOAD" }), allowing)).toBe("payload_not_signed");
  });

  it("is marked under the replay protection of all methods until its end and the skew", async () => {
    const once = vi.fn(async () => true);
    const sessions = { ...sessionsOf(), once };
    const protectedGate = signedRequest({ sessions, presignedUrls, replayProtection: "all" });
    expect(await outcome(presign({ date: inSeconds(-100), expires: "400" }), protectedGate)).toBe("verified");
    expect(once.mock.calls).toEqual([["signature", expect.stringMatching(/^[\da-f]{64}$/), now.getTime() + 600_000]]);
    const unsafe = signedRequest({ sessions, presignedUrls, replayProtection: "unsafe-methods" });
    expect([await outcome(presign(), unsafe), once.mock.calls.length]).toEqual(["verified", 1]);
  });
});

describe("a presigned URL is refused for", () => {
  const good = presign({ query: "a=1" });
  const without = (name: string) =>
    presign({ change: (pairs) => Object.fromEntries(Object.entries(pairs).filter(([other]) => other !== name)) });
  const setting = (name: string, value: string) => presign({ change: (pairs) => ({ ...pairs, [name]: value }) });
  const respelled = (name: string) =>
    presign({
      change: (pairs) =>
        Object.fromEntries(
          Object.entries(pairs).map(([other, value]) => [other === name ? name.toLowerCase() : other, value]),
        ),
    });
  const retargeted = (change: (target: string) => string): Received => ({ ...good, target: change(good.target) });
  const credentialOf = (change: (text: string) => string) =>
    presign({ change: (pairs) => ({ ...pairs, "X-Amz-Credential": change(pairs["X-Amz-Credential"] as string) }) });

  it.each<[string, Received, string]>([
    ["POST", presign({ method: "POST" }), "presigned_not_accepted"],
    ["DELETE", presign({ method: "DELETE" }), "presigned_not_accepted"],
    ["get in lower case", presign({ method: "get" }), "presigned_not_accepted"],
    ["a method override", withMore(good, "x-http-method-override", "DELETE"), "presigned_not_accepted"],
    [
      "a method override that is signed",
      presign({ headers: { "x-method-override": "POST" } }),
      "presigned_not_accepted",
    ],
    ["an Authorization header beside it", withMore(good, "authorization", "Bearer a"), "ambiguous_credentials"],
    [
      "two Authorization headers",
      withMore(withMore(good, "authorization", "a"), "authorization", "b"),
      "ambiguous_credentials",
    ],
    ["an x-amz-date header", presign({ headers: { "x-amz-date": "20260304T050607Z" } }), "ambiguous_credentials"],
    ["an x-amz-security-token header", presign({ headers: { "x-amz-security-token": "a" } }), "ambiguous_credentials"],
    [
      "a hash in header and query",
      presign({ headers: { "x-amz-content-sha256": sha256("") }, query: `X-Amz-Content-Sha256=${sha256("")}` }),
      "ambiguous_credentials",
    ],
    ["no algorithm", without("X-Amz-Algorithm"), "malformed_credentials"],
    ["another algorithm", setting("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"), "unsupported_scheme"],
    ["the algorithm in lower case", setting("X-Amz-Algorithm", "aws4-hmac-sha256"), "unsupported_scheme"],
    ["no signature", retargeted((target) => target.replace(/&X-Amz-Signature=.*/, "")), "malformed_credentials"],
    [
      "a signature without a value",
      retargeted((target) => target.replace(/(X-Amz-Signature)=.*/, "$1")),
      "malformed_credentials",
    ],
    ["no credential", without("X-Amz-Credential"), "malformed_credentials"],
    ["no date", without("X-Amz-Date"), "malformed_credentials"],
    ["no list of headers", without("X-Amz-SignedHeaders"), "malformed_credentials"],
    ["no end", without("X-Amz-Expires"), "malformed_credentials"],
    ["no token where the session has one", without("X-Amz-Security-Token"), "invalid_signature"],
    ["another token", presign({ sessionToken: "another" }), "invalid_signature"],
    [
      "a token that is not signed",
      presign({ sessionToken: undefined, appended: "X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE%2F%2Btoken%3D%3D" }),
      "invalid_signature",
    ],
    ...["0", "-1", "1.5", "901", "604800", "", "0300", "+300", " 300", "3e2", "300s", "\u0663"].map(
      (expires): [string, Received, string] => [`the end ${expires}`, presign({ expires }), "malformed_credentials"],
    ),
    ["a date in another form", setting("X-Amz-Date", now.toISOString()), "malformed_credentials"],
    ["a date of HTTP", setting("X-Amz-Date", now.toUTCString()), "malformed_credentials"],
    ["a date that is not in the calendar", setting("X-Amz-Date", "20260230T000000Z"), "malformed_credentials"],
    [
      "a scope of another day",
      credentialOf((text) => text.replace("20260304", "20260303")),
      "invalid_credential_scope",
    ],
    ["another region", presign({ region: "eu-west-2" }), "invalid_credential_scope"],
    ["another service", presign({ service: "s3" }), "invalid_credential_scope"],
    ["a credential with a comma", credentialOf((text) => `${text}, SignedHeaders=host`), "malformed_credentials"],
    ["a credential that ends in a space", credentialOf((text) => `${text} `), "malformed_credentials"],
    ["a credential that ends in a line feed", credentialOf((text) => `${text}\n`), "malformed_credentials"],
    ["a credential that begins with another", credentialOf((text) => `a/${text}`), "malformed_credentials"],
    [
      "a credential of more than 2 KiB",
      credentialOf((text) => text.replace("eu-west-1", "a".repeat(2048))),
      "malformed_credentials",
    ],
    ["header names out of order", setting("X-Amz-SignedHeaders", "x-tenant;host"), "malformed_credentials"],
    ["a header name in upper case", setting("X-Amz-SignedHeaders", "Host"), "malformed_credentials"],
    ["a signed header that is absent", setting("X-Amz-SignedHeaders", "host;x-tenant"), "malformed_credentials"],
    [
      "a list without host",
      presign({ headers: { "x-tenant": "a" }, change: (pairs) => ({ ...pairs, "X-Amz-SignedHeaders": "x-tenant" }) }),
      "header_not_signed",
    ],
    ["an x-amz-* header that is not signed", withMore(good, "x-amz-meta", "1"), "header_not_signed"],
    [
      "a signature in upper case",
      retargeted((target) => target.replace(/[\da-f]{64}$/, (digits) => digits.toUpperCase().replace(/^\d*/, "A"))),
      "malformed_credentials",
    ],
    ["a signature with more behind it", retargeted((target) => `${target}zz`), "malformed_credentials"],
    [
      "a wrong signature",
      retargeted((target) => target.replace(/.$/, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16))),
      "invalid_signature",
    ],
    ...["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature", "Security-Token"].flatMap(
      (name): [string, Received, string][] => [
        [`X-Amz-${name} twice`, retargeted((target) => `${target}&X-Amz-${name}=1`), "target_not_canonical"],
        [`X-Amz-${name} in two spellings`, retargeted((target) => `${target}&x-amz-${name}=1`), "target_not_canonical"],
        [
          `X-Amz-${name} in two spellings, one escaped`,
          retargeted((target) => `${target}&X%2DAmz-${name}=1`),
          "target_not_canonical",
        ],
      ],
    ),
    ...["Algorithm", "Credential", "Date", "Expires", "SignedHeaders"].map((name): [string, Received, string] => [
      `x-amz-${name} in lower case alone`,
      respelled(`X-Amz-${name}`),
      "malformed_credentials",
    ]),
    [
      "the signature's name in lower case",
      retargeted((target) => target.replace("X-Amz-Signature", "x-amz-signature")),
      "malformed_credentials",
    ],
    ["the token's name in lower case", respelled("X-Amz-Security-Token"), "invalid_signature"],
    ["another path", retargeted((target) => target.replace("/articles", "/files")), "invalid_signature"],
    ["another query", retargeted((target) => target.replace("a=1", "a=2")), "invalid_signature"],
    ["a pair less", retargeted((target) => target.replace("a=1&", "")), "invalid_signature"],
    ["a pair more", retargeted((target) => `${target}&b=1`), "invalid_signature"],
    ["a later end", retargeted((target) => target.replace("Expires=300", "Expires=900")), "invalid_signature"],
    ["a query that is not UTF-8", retargeted((target) => `${target}&a=%FF`), "target_not_canonical"],
    ["HEAD in place of GET", { ...good, method: "HEAD" }, "invalid_signature"],
    ["another host", { ...good, headers: [["host", "evil.example.com"]] }, "host_not_accepted"],
  ])("%s: %s", async (_, received, code) => {
    expect(await outcome(received)).toBe(code);
  });

  it("its life, where that is longer than the option allows", async () => {
    const short = signedRequest({ sessions: sessionsOf(), presignedUrls: { maxSeconds: 60 } });
    expect([
      await outcome(presign({ expires: "60" }), short),
      await outcome(presign({ expires: "61" }), short),
    ]).toEqual(["verified", "malformed_credentials"]);
  });

  it("being one, where the option is not set", async () => {
    expect(await outcome(good, signedRequest({ sessions: sessionsOf() }))).toBe("presigned_not_accepted");
  });

  it("any change of what it asks for", async () => {
    const pieces = [
      "a",
      "=",
      "&",
      "+",
      "%2B",
      "%20",
      "%26",
      "X-Amz-Signature",
      "X-Amz-Expires=1",
      "x-amz-",
      "%2D",
      "b=2",
    ];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 6 });
    const read = (target: string) =>
      [...new URL(target, "http://application").searchParams]
        .filter(([name]) => name !== "X-Amz-Signature")
        .map((pair) => JSON.stringify(pair))
        .sort();
    let altered = 0;
    const property = fc.asyncProperty(
      text,
      text,
      fc.nat(),
      fc.constantFrom("strict" as const, "sorted" as const, "wire" as const),
      async (before, inserted, place, queryForm) => {
        // A query that names parts of a credential itself could not be presigned to begin with.
        const query = before.join("").replaceAll(/x-amz-[^&]*/gi, "q");
        const { target, ...others } = presign({ query, queryForm });
        expect(await outcome({ target, ...others })).toBe("verified");
        const at = target.indexOf("?") + 1 + (place % (target.length - target.indexOf("?")));
        const changed = target.slice(0, at) + inserted.join("") + target.slice(at);
        if (JSON.stringify(read(changed)) === JSON.stringify(read(target))) return;
        altered += 1;
        expect(await outcome({ target: changed, ...others })).not.toBe("verified");
      },
    );
    await fc.assert(property, { numRuns: 2000 });
    expect(altered).toBeGreaterThan(1000);
  });
});

describe.each(Object.entries(presigners))("what %s presigns", (_, presigner) => {
  it.each([
    ["GET", "/articles", {}],
    ["HEAD", "/articles/1", { page: "2" }],
    ["GET", "/a%20b/caf%C3%A9", { q: "a b+c&d=e/f~\u00e9", empty: "" }],
  ] as const)("verifies for %s %s with %j, and not when it is changed", async (method, path, query) => {
    const received = await presigner({ method, path, query, seconds: 120 });
    expect(await outcome(received)).toBe("verified");
    const changed = [
      { ...received, target: received.target.replace(path, "/b") },
      { ...received, target: received.target.replace("Expires=120", "Expires=121") },
      { ...received, target: `${received.target}&b=1` },
      { ...received, method: method === "GET" ? "HEAD" : "GET" },
      { ...received, body: "a" },
    ];
    expect(await Promise.all(changed.map((one) => outcome(one)))).toEqual(Array(5).fill("invalid_signature"));
  });
});
