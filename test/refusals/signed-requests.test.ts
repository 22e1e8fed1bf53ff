import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { AuthError } from "../../src/errors.ts";
import { equal, header } from "../../src/policy/combinators.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { createPrincipal } from "../../src/principal.ts";
import type { Verifier } from "../../src/verifier.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import type { SignedRequestOptions } from "../../src/verify/signed-request-options.ts";
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
} from "../signed/gate.ts";
import { presign } from "../signed/reference-presigner.ts";
import { sign } from "../signed/reference-signer.ts";
import { signSinglePath } from "../signed/single-path-signer.ts";

/** One way to break a request that would verify, and the code that must come of it. */
interface Refusal {
  readonly rule: string;
  readonly request: Received;
  readonly code: string;
  readonly options?: Partial<SignedRequestOptions>;
  readonly session?: SessionFacts;
  /** What a guard asks of the caller. */
  readonly guard?: Rule;
  /** A request that verifies, judged at the same time. */
  readonly beside?: Received;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const good = sign({ body: '{"title":"a"}', headers: { "content-type": "application/json" } });
const hashed = sign({ body: "a", headers: { "x-amz-content-sha256": sha256("a") } });
const authorization = good.headers.find(([name]) => name === "authorization")?.[1] as string;
const authorizedBy = (change: (text: string) => string) => withHeader(good, "authorization", change(authorization));
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const at = (target: string, of: Received = good): Received => ({ ...of, target });
const role = createPrincipal({
  kind: "role",
  id: "role:123456789012/Editor",
  issuer: "123456789012",
  verifiedBy: "opened",
  role: {
    arn: "arn:aws:sts::123456789012:assumed-role/Editor/session",
    partition: "aws",
    account: "123456789012",
    name: "Editor",
  },
});
const { role: _, ...roleless } = role;

const refusals: readonly Refusal[] = [
  {
    rule: "S1 a rebuilt path with an escape",
    request: { ...sign({ path: "/a%20b" }), wire: false },
    code: "path_not_verifiable",
  },
  {
    rule: "S1 a rebuilt path with a reserved character",
    request: { ...sign({ path: "/a!" }), wire: false },
    code: "path_not_verifiable",
  },
  {
    rule: "S1 a rebuilt query in the form of botocore",
    request: { ...sign({ query: "a=b+c", queryForm: "sorted" }), wire: false },
    code: "invalid_signature",
  },
  {
    rule: "S1 a rebuilt query in the form of curl",
    request: { ...sign({ query: "b=1&a=2", queryForm: "wire" }), wire: false },
    code: "invalid_signature",
  },
  { rule: "S2 absolute form", request: at("https://api.example.com/articles"), code: "target_not_canonical" },
  { rule: "S2 asterisk form", request: at("*"), code: "target_not_canonical" },
  { rule: "S2 a fragment", request: at("/articles#a"), code: "target_not_canonical" },
  { rule: "S2 a backslash", request: at("/articles\\a"), code: "target_not_canonical" },
  { rule: "S2 a byte outside visible ASCII", request: at("/caf\u00e9"), code: "target_not_canonical" },
  { rule: "S2 an escaped NUL", request: at("/articles%00"), code: "target_not_canonical" },
  { rule: "S2 a malformed escape", request: at("/articles%2"), code: "target_not_canonical" },
  { rule: "S3 an empty segment", request: sign({ path: "/a//b", signedPath: "/a/b" }), code: "target_not_canonical" },
  { rule: "S3 a dot segment", request: sign({ path: "/a/./b", signedPath: "/a/b" }), code: "target_not_canonical" },
  { rule: "S3 two dots", request: sign({ path: "/a/../b", signedPath: "/b" }), code: "target_not_canonical" },
  {
    rule: "S3 two escaped dots",
    request: sign({ path: "/a/%2e%2e/b", signedPath: "/b" }),
    code: "target_not_canonical",
  },
  { rule: "S3 an escaped slash", request: sign({ path: "/a%2Fb" }), code: "target_not_canonical" },
  {
    rule: "S4 a path encoded once",
    request: { ...sign({ path: "/a b" }), target: "/a%20b" },
    code: "invalid_signature",
  },
  {
    rule: "S4 the signature for /a%20b on /a%2520b",
    request: at("/a%2520b", sign({ path: "/a%20b" })),
    code: "invalid_signature",
  },
  {
    rule: "S4 a path encoded twice where it is encoded once",
    request: sign({ path: "/a%20b" }),
    options: { pathEncoding: "single" },
    code: "invalid_signature",
  },
  {
    rule: "S4 the signature for /a%2520b on /a%20b where the path is encoded once",
    request: at("/a%20b", signSinglePath("/a%2520b", "wire")),
    options: { pathEncoding: "single" },
    code: "invalid_signature",
  },
  {
    rule: "S4 a space as + where the path is encoded once",
    request: at("/a+b", signSinglePath("/a%20b", "strict")),
    options: { pathEncoding: "single" },
    code: "invalid_signature",
  },
  { rule: "S5 + signed as %2B", request: at("/articles?a=b+c", sign({ query: "a=b%2Bc" })), code: "invalid_signature" },
  { rule: "S5 a pair dropped", request: at("/articles?a=1", sign({ query: "a=1&b=2" })), code: "invalid_signature" },
  {
    rule: "S5 a pair without a name added",
    request: at("/articles?a=1&=2", sign({ query: "a=1" })),
    code: "invalid_signature",
  },
  { rule: "S5 a malformed escape in the query", request: at("/articles?a=%zz"), code: "target_not_canonical" },
  {
    rule: "S5 a query that is not UTF-8",
    request: sign({ query: "a=%FF", queryForm: "wire" }),
    code: "target_not_canonical",
  },
  {
    rule: "S6 two spellings of an X-Amz-* name",
    request: sign({ query: "X-Amz-Meta=1&x-amz-meta=2" }),
    code: "target_not_canonical",
  },
  {
    rule: "S6 two spellings, one escaped",
    request: sign({ query: "X-Amz-Meta=1&x%2Damz-meta=2" }),
    code: "target_not_canonical",
  },
  ...["host", "authorization", "x-amz-date", "x-amz-security-token", "content-type"].map((name) => ({
    rule: `S7 ${name} twice`,
    request: withMore(good, name, good.headers.find(([other]) => other === name)?.[1] as string),
    code: "duplicate_header",
  })),
  ...["date", "content-length", "transfer-encoding"].map((name) => ({
    rule: `S7 ${name} twice`,
    request: withMore(withMore(good, name, "1"), name, "1"),
    code: "duplicate_header",
  })),
  {
    rule: "S7 x-amz-content-sha256 twice",
    request: withMore(hashed, "X-Amz-Content-Sha256", sha256("a")),
    code: "duplicate_header",
  },
  ...[
    ...["age", "cookie", "etag", "expires", "from", "if-modified-since", "if-unmodified-since", "last-modified"],
    ...["location", "max-forwards", "referer", "retry-after", "server", "set-cookie", "user-agent"],
  ].map((name) => ({
    rule: `S7 a signed ${name} twice, which Node does not join by a comma`,
    request: withMore(withHeader(sign({ headers: { [name]: "a,b" } }), name, "a"), name, "b"),
    code: "duplicate_header",
  })),
  {
    rule: "S8 a no-break space in a signed header",
    request: sign({ headers: { "x-tenant": "a\u00a0" } }),
    code: "malformed_credentials",
  },
  {
    rule: "S8 a no-break space added to a signed header",
    request: withHeader(sign({ headers: { "x-tenant": "a" } }), "x-tenant", "a\u00a0"),
    code: "malformed_credentials",
  },
  {
    rule: "S8 a line feed in a signed header",
    request: sign({ headers: { "x-tenant": "a\nb" } }),
    code: "malformed_credentials",
  },
  {
    rule: "S8 a repeated header in another order",
    request: withMore(withHeader(sign({ headers: { "x-tenant": "a,b" } }), "x-tenant", "b"), "x-tenant", "a"),
    code: "invalid_signature",
  },
  { rule: "S9 header and query together", request: at("/articles?X-Amz-Signature=0"), code: "ambiguous_credentials" },
  {
    rule: "S9 header and an escaped name in the query",
    request: at("/articles?x%2Damz-algorithm=AWS4-HMAC-SHA256"),
    code: "ambiguous_credentials",
  },
  {
    rule: "S9 a presigned URL",
    request: withHeader(at("/articles?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0"), "authorization", undefined),
    code: "presigned_not_accepted",
  },
  { rule: "S9 a presigned URL that is signed well", request: presign(), code: "presigned_not_accepted" },
  ...(
    [
      ["for POST", presign({ method: "POST" }), "presigned_not_accepted"],
      ["with an Authorization header", withMore(presign(), "authorization", authorization), "ambiguous_credentials"],
      [
        "with an x-amz-date header",
        presign({ headers: { "x-amz-date": "20260304T050607Z" } }),
        "ambiguous_credentials",
      ],
      [
        "without X-Amz-Expires",
        presign({ change: ({ "X-Amz-Expires": _, ...rest }) => rest }),
        "malformed_credentials",
      ],
      ["of 901 seconds", presign({ expires: "901" }), "malformed_credentials"],
      ["that has expired", presign({ date: inMinutes(-5) }), "presigned_expired"],
      ["of an hour ahead", presign({ date: inMinutes(60) }), "clock_skew"],
      ["with a body that was not signed", { ...presign(), body: "a" }, "invalid_signature"],
      [
        "with a security token that is not signed",
        presign({
          sessionToken: undefined,
          appended: `X-Amz-Security-Token=${encodeURIComponent(credentials.sessionToken)}`,
        }),
        "invalid_signature",
      ],
      ["with X-Amz-Date twice", presign({ appended: "X-Amz-Date=20260304T050607Z" }), "target_not_canonical"],
      [
        "with x-amz-signature beside X-Amz-Signature",
        presign({ appended: "x-amz-signature=0" }),
        "target_not_canonical",
      ],
    ] as const
  ).map(([what, request, code]) => ({
    rule: `S9 a presigned URL ${what}`,
    request,
    options: { presignedUrls: { maxSeconds: 900 } },
    code,
  })),
  {
    rule: "S10 AWS4-ECDSA-P256-SHA256",
    request: authorizedBy((text) => text.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")),
    code: "unsupported_scheme",
  },
  {
    rule: "S10 the algorithm in lower case",
    request: authorizedBy((text) => text.replace("AWS4-HMAC-SHA256", "aws4-hmac-sha256")),
    code: "unsupported_scheme",
  },
  { rule: "S10 the algorithm alone", request: authorizedBy(() => "AWS4-HMAC-SHA256"), code: "malformed_credentials" },
  {
    rule: "S10 a field missing",
    request: authorizedBy((text) => text.replace(/, SignedHeaders=[^,]*/, "")),
    code: "malformed_credentials",
  },
  {
    rule: "S10 a field twice",
    request: authorizedBy((text) => `${text}, ${text.slice(text.indexOf("Signature="))}`),
    code: "malformed_credentials",
  },
  {
    rule: "S10 a field in place of another",
    request: authorizedBy((text) => text.replace("Credential=", "Signature=")),
    code: "malformed_credentials",
  },
  {
    rule: "S10 something behind the last field",
    request: authorizedBy((text) => `${text} x`),
    code: "malformed_credentials",
  },
  {
    rule: "S10 more than 2 KiB",
    request: authorizedBy((text) => text.replace("SignedHeaders=", `SignedHeaders=${"a".repeat(2048)};`)),
    code: "malformed_credentials",
  },
  {
    rule: "S10 an access key id of another form",
    request: authorizedBy((text) => text.replace(credentials.accessKeyId, "A/B")),
    code: "malformed_credentials",
  },
  {
    rule: "S10 a scope that does not end in aws4_request",
    request: authorizedBy((text) => text.replace("aws4_request", "aws4")),
    code: "malformed_credentials",
  },
  {
    rule: "S11 a signature that is no hex at its end",
    request: authorizedBy((text) => `${text}zz`),
    code: "malformed_credentials",
  },
  { rule: "S11 a short signature", request: authorizedBy((text) => text.slice(0, -1)), code: "malformed_credentials" },
  {
    rule: "S11 a signature in upper case",
    request: authorizedBy((text) =>
      text.replace(/Signature=.*/, (field) => `Signature=${field.slice(10).toUpperCase()}`),
    ),
    code: "malformed_credentials",
  },
  {
    rule: "S12 an upper-case name",
    request: authorizedBy((text) => text.replace("content-type;", "Content-Type;")),
    code: "malformed_credentials",
  },
  {
    rule: "S12 names out of order",
    request: authorizedBy((text) => text.replace("content-type;host", "host;content-type")),
    code: "malformed_credentials",
  },
  {
    rule: "S12 a name twice",
    request: authorizedBy((text) => text.replace("host;", "host;host;")),
    code: "malformed_credentials",
  },
  {
    rule: "S12 an empty name",
    request: authorizedBy((text) => text.replace("host;", "host;;")),
    code: "malformed_credentials",
  },
  {
    rule: "S12 a signed header that is absent",
    request: withHeader(good, "content-type", undefined),
    code: "malformed_credentials",
  },
  { rule: "S12 host not signed", request: sign({ leaveOut: ["host"] }), code: "header_not_signed" },
  { rule: "S12 x-amz-date not signed", request: sign({ leaveOut: ["x-amz-date"] }), code: "header_not_signed" },
  {
    rule: "S12 the security token not signed",
    request: sign({ leaveOut: ["x-amz-security-token"] }),
    code: "header_not_signed",
  },
  {
    rule: "S12 x-amz-content-sha256 not signed",
    request: sign({ headers: { "x-amz-content-sha256": sha256("") }, leaveOut: ["x-amz-content-sha256"] }),
    code: "header_not_signed",
  },
  { rule: "S12 another x-amz-* header added", request: withMore(good, "X-Amz-Meta", "1"), code: "header_not_signed" },
  {
    rule: "S12 another x-amz-* header than the one that the proxy adds",
    request: withMore(good, "x-amz-meta", "1"),
    options: { unsignedHeaders: ["x-amz-cf-id"] },
    code: "header_not_signed",
  },
  {
    rule: "S12 date not signed where x-amz-date is absent",
    request: withHeader(
      withMore(sign({ leaveOut: ["x-amz-date"] }), "date", now.toUTCString()),
      "x-amz-date",
      undefined,
    ),
    code: "header_not_signed",
  },
  {
    rule: "S12 content-type not signed where it must be",
    request: sign({ headers: { "content-type": "text/plain" }, leaveOut: ["content-type"] }),
    options: { requireContentType: true },
    code: "header_not_signed",
  },
  ...["authorization", "connection", "transfer-encoding", "te", "upgrade", "proxy-authorization"].map((name) => ({
    rule: `S13 ${name} signed`,
    request: authorizedBy((text) => text.replace(/SignedHeaders=[^,]*/, `SignedHeaders=${name}`)),
    code: "malformed_credentials",
  })),
  {
    rule: "S14 no time",
    request: withHeader(
      authorizedBy((text) => text.replace(";x-amz-date", "")),
      "x-amz-date",
      undefined,
    ),
    code: "malformed_credentials",
  },
  {
    rule: "S14 a time that is not in the calendar",
    request: withHeader(good, "x-amz-date", "20260230T000000Z"),
    code: "malformed_credentials",
  },
  {
    rule: "S14 a time in another form",
    request: withHeader(good, "x-amz-date", now.toISOString()),
    code: "malformed_credentials",
  },
  {
    rule: "S14 a scope of another day",
    request: authorizedBy((text) => text.replace("/20260304/", "/20260305/")),
    code: "invalid_credential_scope",
  },
  { rule: "S14 another region", request: sign({ region: "eu-west-2" }), code: "invalid_credential_scope" },
  { rule: "S14 another service", request: sign({ service: "staging.example.com" }), code: "invalid_credential_scope" },
  { rule: "S15 signed more than five minutes ago", request: sign({ date: inMinutes(-5.02) }), code: "clock_skew" },
  { rule: "S15 signed more than five minutes ahead", request: sign({ date: inMinutes(5.02) }), code: "clock_skew" },
  {
    rule: "S15 a time out of reach of an unknown session",
    request: sign({ date: inMinutes(-6) }),
    session: { accessKeyId: "ASIAUNKNOWNUNKNOWN00" },
    code: "clock_skew",
  },
  {
    rule: "S16 a signature that was used before",
    request: good,
    options: { sessions: { ...sessionsOf(), once: async () => false }, replayProtection: "unsafe-methods" },
    code: "request_replayed",
  },
  {
    rule: "S16 a signature of GET that was used before",
    request: sign({ method: "GET" }),
    options: { sessions: { ...sessionsOf(), once: async () => false }, replayProtection: "all" },
    code: "request_replayed",
  },
  {
    rule: "S16 a presigned URL that was used before",
    request: presign(),
    options: {
      sessions: { ...sessionsOf(), once: async () => false },
      replayProtection: "all",
      presignedUrls: { maxSeconds: 900 },
    },
    code: "request_replayed",
  },
  {
    rule: "S16 a signature of which the store cannot tell",
    request: good,
    options: {
      sessions: { ...sessionsOf(), once: () => Promise.reject(new AuthError("store_unavailable")) },
      replayProtection: "unsafe-methods",
    },
    code: "store_unavailable",
  },
  { rule: "S17 another body", request: { ...good, body: '{"title":"b"}' }, code: "invalid_signature" },
  { rule: "S17 no body", request: { ...good, body: "" }, code: "invalid_signature" },
  {
    rule: "S17 another body than x-amz-content-sha256 says",
    request: { ...hashed, body: "b" },
    code: "payload_mismatch",
  },
  {
    rule: "S17 an x-amz-content-sha256 that is no hash",
    request: sign({ headers: { "x-amz-content-sha256": sha256("").toUpperCase() } }),
    code: "malformed_credentials",
  },
  {
    rule: "S17 POST without x-amz-content-sha256 where the body is not at hand",
    request: { ...good, body: undefined },
    code: "payload_not_signed",
  },
  {
    rule: "S17 DELETE without x-amz-content-sha256 where the body is not at hand",
    request: { ...sign({ method: "DELETE" }), body: undefined },
    code: "payload_not_signed",
  },
  {
    rule: "S17 GET with a length where the body is not at hand",
    request: withMore({ ...sign({ method: "GET" }), body: undefined }, "content-length", "5"),
    code: "payload_not_signed",
  },
  {
    rule: "S17 GET in chunks where the body is not at hand",
    request: withMore({ ...sign({ method: "GET" }), body: undefined }, "transfer-encoding", "chunked"),
    code: "payload_not_signed",
  },
  {
    rule: "S18 UNSIGNED-PAYLOAD",
    request: sign({ body: "a", headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
    code: "payload_not_signed",
  },
  {
    rule: "S18 a payload in signed chunks",
    request: sign({ body: "a", headers: { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" } }),
    code: "payload_not_signed",
  },
  {
    rule: "S18 a payload that is signed as unsigned without saying so",
    request: sign({ body: "a", payload: "UNSIGNED-PAYLOAD" }),
    code: "payload_not_signed",
  },
  {
    rule: "S18 a stated hash over a signature that leaves the payload out",
    request: sign({ body: "a", headers: { "x-amz-content-sha256": sha256("a") }, payload: "UNSIGNED-PAYLOAD" }),
    code: "invalid_signature",
  },
  ...(
    [
      [
        "UNSIGNED-PAYLOAD where the option says no",
        { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
        () => false,
        "payload_not_signed",
      ],
      [
        "STREAMING-* where the option says yes",
        { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" },
        () => true,
        "payload_not_signed",
      ],
      ["UNSIGNED-PAYLOAD that is not stated, where the option says yes", {}, () => true, "payload_not_signed"],
      [
        "UNSIGNED-PAYLOAD where the option throws",
        { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
        () => {
          throw new Error("a bug");
        },
        "configuration_error",
      ],
    ] as const
  ).map(([what, headers, unsignedPayload, code]) => ({
    rule: `S18 ${what}`,
    request: sign({ body: "a", headers, payload: "UNSIGNED-PAYLOAD" }),
    options: { unsignedPayload },
    code,
  })),
  {
    rule: "S18 UNSIGNED-PAYLOAD that is stated without being signed, where the option says yes",
    request: withMore(sign({ payload: "UNSIGNED-PAYLOAD" }), "x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
    options: { unsignedPayload: () => true },
    code: "header_not_signed",
  },
  {
    rule: "S19 the signature comes before the body where its hash is signed",
    request: { ...withHeader(hashed, "host", "other.example.com"), body: "b" },
    options: { hosts: ["other.example.com"] },
    code: "invalid_signature",
  },
  {
    rule: "S20 a body on a GET that was signed without",
    request: { ...sign({ method: "GET" }), body: "a" },
    code: "invalid_signature",
  },
  {
    rule: "S20 a body on a DELETE that was signed without",
    request: { ...sign({ method: "DELETE" }), body: "a" },
    code: "invalid_signature",
  },
  {
    rule: "S20 Content-Length with Transfer-Encoding",
    request: withMore(withMore(good, "content-length", "13"), "transfer-encoding", "chunked"),
    code: "ambiguous_framing",
  },
  { rule: "S21 a host that is not listed", request: sign({ host: "staging.example.com" }), code: "host_not_accepted" },
  {
    rule: "S21 the host with a port that is not listed",
    request: sign({ host: "api.example.com:443" }),
    code: "host_not_accepted",
  },
  {
    rule: "S21 the service name where other hosts are listed",
    request: good,
    options: { hosts: ["www.example.com"] },
    code: "host_not_accepted",
  },
  {
    rule: "S21 another listed host than the signed one",
    request: withHeader(good, "host", "www.example.com"),
    options: { hosts: ["api.example.com", "www.example.com"] },
    code: "invalid_signature",
  },
  {
    rule: "S21 a host other than the configured one",
    request: sign({ host: "www.example.com" }),
    options: { hosts: ["api.example.com", "www.example.com"], signedHost: "api.example.com" },
    code: "invalid_signature",
  },
  {
    rule: "S21 an X-Forwarded-Host that no trusted proxy vouches for",
    request: withMore(good, "x-forwarded-host", "api.example.com"),
    options: { forwardedHost: true },
    code: "host_not_accepted",
  },
  {
    rule: "S21 a path that was signed without the base path",
    request: good,
    options: { basePath: "/prod" },
    code: "invalid_signature",
  },
  {
    rule: "S21 a base path that is not there",
    request: sign({ signedPath: "/prod/articles" }),
    code: "invalid_signature",
  },
  {
    rule: "S22 a session of another service",
    request: good,
    session: { service: "www.example.com" },
    options: { hosts: ["api.example.com"] },
    code: "invalid_credential_scope",
  },
  {
    rule: "S22 a session of another region",
    request: good,
    session: { region: "us-east-1" },
    code: "invalid_credential_scope",
  },
  {
    rule: "S23 an unknown access key id",
    request: good,
    session: { accessKeyId: "ASIAUNKNOWNUNKNOWN00" },
    code: "invalid_signature",
  },
  { rule: "S23 a session that is over", request: good, session: { notAfter: now }, code: "invalid_signature" },
  {
    rule: "S23 a day for which the session has no key",
    request: sign({ date: inMinutes(-4) }),
    session: { days: [] },
    code: "invalid_signature",
  },
  {
    rule: "S24 a signature that differs in one bit",
    request: authorizedBy((text) => text.replace(/.$/, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16))),
    code: "invalid_signature",
  },
  {
    rule: "S24 a signature of zeros for an unknown id",
    request: authorizedBy((text) => text.replace(/Signature=.*/, `Signature=${"0".repeat(64)}`)),
    session: { accessKeyId: "ASIAUNKNOWNUNKNOWN00" },
    code: "invalid_signature",
  },
  {
    rule: "S25 no security token where the session has one",
    request: sign({ sessionToken: undefined }),
    code: "invalid_signature",
  },
  { rule: "S25 another security token", request: sign({ sessionToken: "another" }), code: "invalid_signature" },
  {
    rule: "S25 a security token where the session has none",
    request: good,
    session: { sessionToken: undefined },
    code: "invalid_signature",
  },
  {
    rule: "S26 a header that a rule reads and that is not signed",
    request: withMore(good, "X-Tenant", "acme"),
    guard: equal(header("x-tenant"), "acme"),
    code: "header_not_signed",
  },
  {
    rule: "S26 a Host that a rule reads, where a proxy replaced the signed one",
    request: withHeader(good, "host", "10.0.0.7"),
    options: { signedHost: "api.example.com" },
    guard: equal(header("host"), "10.0.0.7"),
    code: "header_not_signed",
  },
  {
    rule: "S27 another body beside a request that verifies",
    request: { ...good, body: "{}" },
    beside: good,
    code: "invalid_signature",
  },
  {
    rule: "S27 an unknown access key id beside a request that verifies",
    request: authorizedBy((text) => text.replace(credentials.accessKeyId, "ASIAUNKNOWNUNKNOWN00")),
    beside: good,
    code: "invalid_signature",
  },
  { rule: "S30 a role that is not listed", request: good, session: { principal: role }, code: "role_not_allowed" },
  {
    rule: "S30 a role of another account",
    request: good,
    session: { principal: role },
    options: { roles: { "210987654321/Editor": { groups: [] } } },
    code: "role_not_allowed",
  },
  {
    rule: "S30 a role of another partition",
    request: good,
    session: { principal: role },
    options: { roles: { "arn:aws-cn:iam::123456789012:role/Editor": { groups: [] } } },
    code: "role_not_allowed",
  },
  {
    rule: "S30 a guest whose role is not listed",
    request: good,
    session: { principal: { ...role, kind: "guest" } },
    code: "role_not_allowed",
  },
  {
    rule: "S30 a caller of kind role without a role",
    request: good,
    session: { principal: createPrincipal(roleless) },
    options: { roles: { "123456789012/Editor": { groups: [] } } },
    code: "role_not_allowed",
  },
  {
    rule: "S30 a role that is not listed, with a wrong signature",
    request: { ...good, body: "" },
    session: { principal: role },
    code: "invalid_signature",
  },
  { rule: "a method with a line feed", request: { ...good, method: "POST\n/a" }, code: "malformed_credentials" },
  { rule: "another method", request: { ...good, method: "PUT" }, code: "invalid_signature" },
  { rule: "HEAD in place of GET", request: { ...sign({ method: "GET" }), method: "HEAD" }, code: "invalid_signature" },
  { rule: "no credential at all", request: withHeader(good, "authorization", undefined), code: "no_credentials" },
];

async function refusalOf(verifier: Verifier, received: Received, guard: Rule | undefined): Promise<unknown> {
  const request = toAuthRequest(received);
  if (guard === undefined) return verifier.verify(request).catch((error: unknown) => error);
  const decision = await createAuthorizer({ verifiers: [verifier] }).authorize(request, { rule: guard });
  return decision.allowed ? undefined : decision.error;
}

describe("a signed request is refused for", () => {
  it.each(refusals)("$rule: $code", async ({ request, code, options, session, guard, beside }) => {
    const verifier = signedRequest({ sessions: sessionsOf(session), ...options });
    const [refused] = await Promise.all([
      refusalOf(verifier, request, guard),
      beside && verifier.verify(toAuthRequest(beside)),
    ]);
    // The caller must be told nothing of what he sent, so the answer holds no part of it.
    expect(refused).toMatchObject({ name: "AuthError", code });
    const text = `${String(refused)} ${JSON.stringify(refused)}`;
    for (const secret of [credentials.sessionToken, credentials.accessKeyId, authorization.slice(-64)]) {
      expect(text).not.toContain(secret);
    }
  });

  it("nothing of S26 where the header is signed", async () => {
    const signed = sign({ headers: { "x-tenant": "acme" } });
    const verifier = signedRequest({ sessions: sessionsOf() });
    expect(await refusalOf(verifier, signed, equal(header("x-tenant"), "acme"))).toBeUndefined();
  });

  it("nothing of all that where the request is as it was signed", async () => {
    const { principal } = await signedRequest({ sessions: sessionsOf() }).verify(toAuthRequest(good));
    expect(principal).toEqual({ ...ada, verifiedBy: "signed-request", expiresAt: new Date("2026-03-04T06:00:00Z") });
  });
});
