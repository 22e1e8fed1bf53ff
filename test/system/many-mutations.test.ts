import fc from "fast-check";
import { authenticated, bearer, createAuthorizer, definePolicy, signedRequest, userPool } from "poolgate";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { now, type Received, sessionsOf, toAuthRequest } from "../signed/gate.ts";
import { callerIdentityRequest, signers, type Wanted } from "../signed/signers.ts";
import {
  accessClaims,
  clientId,
  createSigner,
  idClaims,
  requestWith,
  now as tokenTime,
  userPoolId,
} from "../tokens/token-fixtures.ts";

// Longer runs of what the unit tests do in seconds. fast-check prints the seed and the path of a failure.
const runsOfEachSigner = 5_000;
const runsOfEachToken = 5_000;

const policy = definePolicy({ routes: { "* /**": authenticated } });

const wanted: readonly Wanted[] = [
  { method: "GET", path: "/" },
  { method: "GET", path: "/articles/1", query: "b=2&a=1" },
  { method: "GET", path: "/a%20b/caf%C3%A9", query: "q=a+b&q=%2B&r=%26%3D" },
  { method: "GET", path: "/a!b'()*", query: "x=!'()*&y=~" },
  { method: "POST", path: "/articles", query: "dry=", body: '{"title":"caf\u00e9","n":1}' },
  { method: "POST", path: "/a%2Bb", body: "a=b&c=d" },
  { method: "PUT", path: "/articles/1", query: "a=1&a=2&A=3", body: "[]" },
  { method: "DELETE", path: "/articles/1", query: "a-b=1&a=2" },
];

// What encoders, parsers and signers mix up.
const pieces = ["/", "?", "&", "=", "+", "%20", "%2B", "%2F", "%25", "%00", ".", "..", "//", ";", "!", "~", "a", "1"];
const names = [
  "x-amz-meta",
  "x-amz-date",
  "host",
  "content-type",
  "content-length",
  "x-tenant",
  "authorization",
  "date",
];

/** A place in a text where characters are taken out and others put in. */
const splice = fc.record({
  at: fc.nat(400),
  taken: fc.nat(3),
  given: fc.oneof(
    fc.constant(""),
    fc.constantFrom(...pieces),
    fc.string({ maxLength: 3 }),
    fc.string({ unit: "binary", maxLength: 2 }),
  ),
});
type Splice = typeof splice extends fc.Arbitrary<infer Value> ? Value : never;

const mutation = fc.oneof(
  fc.record({
    kind: fc.constant("method" as const),
    to: fc.constantFrom("GET", "HEAD", "POST", "PUT", "get", "", "PO ST"),
  }),
  fc.record({ kind: fc.constant("target" as const), splice }),
  fc.record({
    kind: fc.constant("pairs" as const),
    at: fc.nat(5),
    change: fc.constantFrom("lost", "added", "twice", "swapped"),
  }),
  fc.record({ kind: fc.constant("body" as const), splice }),
  fc.record({ kind: fc.constant("header" as const), index: fc.nat(20), splice }),
  fc.record({ kind: fc.constant("name" as const), index: fc.nat(20), splice }),
  fc.record({ kind: fc.constant("lost" as const), index: fc.nat(20) }),
  fc.record({ kind: fc.constant("repeated" as const), index: fc.nat(20) }),
  fc.record({
    kind: fc.constant("added" as const),
    index: fc.nat(20),
    name: fc.constantFrom(...names),
    value: fc.string(),
  }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

function spliced(text: string, { at, taken, given }: Splice): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + given + text.slice(start + taken);
}

function mutate(request: Received, change: Mutation): Received {
  if (change.kind === "method") return { ...request, method: change.to };
  if (change.kind === "target") return { ...request, target: spliced(request.target, change.splice) };
  if (change.kind === "pairs") return { ...request, target: withPairs(request.target, change.at, change.change) };
  if (change.kind === "body") return { ...request, body: spliced(String(request.body ?? ""), change.splice) };
  const index = change.index % request.headers.length;
  const [name, value] = request.headers[index] as (typeof request.headers)[0];
  const instead = {
    header: () => [[name, spliced(value, change.kind === "header" ? change.splice : nothing)] as const],
    name: () => [[spliced(name, change.kind === "name" ? change.splice : nothing), value] as const],
    lost: () => [],
    repeated: () => [[name, value] as const, [name, value] as const],
    added: () => [[name, value] as const, ...(change.kind === "added" ? [[change.name, change.value] as const] : [])],
  };
  return { ...request, headers: request.headers.toSpliced(index, 1, ...instead[change.kind]()) };
}

/** The target with a pair of its query taken out, put in, repeated, or with name and value changed round. */
function withPairs(target: string, at: number, change: string): string {
  const [path, query = ""] = target.split("?");
  const pairs = query.split("&");
  const index = at % pairs.length;
  const pair = pairs[index] ?? "";
  const instead: Record<string, readonly string[]> = {
    lost: [],
    added: [pair, "z=1"],
    twice: [pair, pair],
    swapped: [pair.split("=").toReversed().join("=")],
  };
  return `${path}?${pairs.toSpliced(index, 1, ...(instead[change] ?? [])).join("&")}`;
}

const nothing: Splice = { at: 0, taken: 0, given: "" };

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return `malformed ${text}`;
  }
}

/**
 * What an application can read of a request, of the headers the proof, those that were signed and those that must be; on other means
 * than the gate's.
 */
function reading({ method, target, headers, body }: Received, signedNames: readonly string[]): string {
  const [path = "", ...rest] = target.split("?");
  const pairs = rest
    .join("?")
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.replaceAll("+", " ").split("=");
      return JSON.stringify([decoded(name), decoded(value.join("="))]);
    });
  const valuesOf = (name: string) =>
    headers
      .filter(([other]) => other.toLowerCase() === name)
      .map(([, value]) => value.replace(/^[ \t]+|[ \t]+$/g, "").replace(/[ \t]+/g, " "));
  const proofs = valuesOf("authorization").map((value) => {
    const [scheme, ...fields] = value.split(" ");
    return [scheme, fields.join("").split(",").filter(Boolean).sort()];
  });
  // Bytes, because an unpaired surrogate is no character on the wire.
  const bytes = Buffer.from(body ?? "").toString("hex");
  const amzNames = headers.map(([name]) => name.toLowerCase()).filter((name) => name.startsWith("x-amz-"));
  const values = [...new Set([...signedNames, ...amzNames])].sort().map((name) => [name, valuesOf(name)]);
  return JSON.stringify([method, path.split("/").map(decoded), pairs.sort(), values, proofs, bytes]);
}

function namesSignedIn({ headers }: Received): readonly string[] {
  const [, authorization = ""] = headers.find(([name]) => name.toLowerCase() === "authorization") ?? [];
  return /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
}

describe("a request whose method, path, query pairs, signed headers or body were altered is refused, as signed by", () => {
  // aws-sigv4-fetch and client-sts take no time of signing.
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
  afterEach(() => void vi.useRealTimers());

  const gateOf = (service?: string) => {
    const sessions = sessionsOf(service === undefined ? {} : { service });
    return createAuthorizer({ verifiers: [signedRequest({ sessions, hosts: ["api.example.com"] })], policy });
  };
  const ofSts = { sign: async () => [await callerIdentityRequest()], gate: gateOf("sts") };
  const ofSigners = Object.entries(signers).map(([name, signer]) => {
    const sign = () => Promise.all(wanted.map((request) => signer(request)));
    return [name, { sign, gate: gateOf() }] as const;
  });

  it.each([...ofSigners, ["@aws-sdk/client-sts", ofSts] as const])("%s", async (_name, { sign, gate }) => {
    const signed = await sign();
    const seen = { same: 0, altered: 0 };
    for (const request of signed) {
      expect(await gate.authorize(toAuthRequest(request))).toMatchObject({ allowed: true });
    }
    const changes = fc.record({
      index: fc.nat(signed.length - 1),
      changes: fc.array(mutation, { minLength: 1, maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(changes, async (chosen) => {
        const original = signed[chosen.index] as Received;
        const changed = chosen.changes.reduce(mutate, original);
        const signedNames = namesSignedIn(original);
        const decision = await gate.authorize(toAuthRequest(changed));
        const altered = reading(changed, signedNames) !== reading(original, signedNames);
        seen[altered ? "altered" : "same"] += 1;
        expect(codeOf(decision)).toMatch(altered ? /^4/ : /^(?:4|allowed user:eu-west-1_Example01:1{8}-)/);
      }),
      { numRuns: runsOfEachSigner },
    );
    expect(seen.altered).toBeGreaterThan(runsOfEachSigner / 2);
  });
});

function codeOf(decision: Awaited<ReturnType<ReturnType<typeof createAuthorizer>["authorize"]>>): string {
  return decision.allowed ? `allowed ${decision.principal.id}` : `${decision.error.status} ${decision.error.code}`;
}

describe("a token that was altered is refused:", () => {
  const signer = createSigner("one");
  const stranger = createSigner("one");
  const pool = { userPoolId, clientId, jwks: { keys: [signer.jwk] }, clock: () => tokenTime } as const;
  const verifier = bearer({
    issuers: [userPool({ ...pool, tokenUse: "access" }), userPool({ ...pool, tokenUse: "id" })],
  });
  const gate = createAuthorizer({ verifiers: [verifier], policy });
  const encode = (content: unknown) => Buffer.from(JSON.stringify(content) ?? "").toString("base64url");

  const tokens = { access: signer.sign(accessClaims()), id: signer.sign(idClaims()) };
  const good = new Set([tokens.access, tokens.id]);

  async function refuses(value: string): Promise<void> {
    const decision = await gate.authorize(requestWith(value));
    const [, token = ""] = /^bearer (.*)$/is.exec(value) ?? [];
    // The scheme has no case (RFC 9110 Section 11.1).
    expect(codeOf(decision)).toMatch(good.has(token) ? /^allowed user:/ : /^4/);
  }

  it.each(Object.entries(tokens))("%s, in its characters", async (_name, token) => {
    await fc.assert(
      fc.asyncProperty(fc.array(splice, { minLength: 1, maxLength: 3 }), (splices) =>
        // Far into the token, too.
        refuses(splices.reduce((text, one) => spliced(text, { ...one, at: one.at * 7 }), `Bearer ${token}`)),
      ),
      { numRuns: runsOfEachToken },
    );
  });

  it.each(Object.entries({ access: accessClaims(), id: idClaims() }))("%s, in its claims", async (name, claims) => {
    const [header = "", , signature = ""] = tokens[name as keyof typeof tokens].split(".");
    const change = fc.record({
      name: fc.oneof(fc.constantFrom(...Object.keys(claims)), fc.string()),
      value: fc.oneof(fc.jsonValue(), fc.constantFrom("admins", ["admins"], undefined, 9_999_999_999)),
      bySomebody: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ name: claim, value, bySomebody }) => {
        const altered = { ...claims, [claim]: value };
        const token = bySomebody ? stranger.sign(altered) : `${header}.${encode(altered)}.${signature}`;
        await refuses(`Bearer ${token}`);
      }),
      { numRuns: runsOfEachToken / 5 },
    );
  });

  it.each(Object.entries(tokens))("%s, in its header", async (_name, token) => {
    const [, payload = "", signature = ""] = token.split(".");
    const header = fc.record(
      {
        alg: fc.oneof(fc.constantFrom("none", "None", "HS256", "RS256", "PS256", "RS512", ""), fc.jsonValue()),
        kid: fc.oneof(fc.constantFrom("one", "two", "__proto__", ""), fc.jsonValue()),
        jwk: fc.constant(stranger.jwk),
        jku: fc.constant("http://127.0.0.1/"),
        typ: fc.jsonValue(),
        crit: fc.constant(["b64"]),
      },
      { requiredKeys: [] },
    );
    const signatures = fc.constantFrom("", signature, stranger.sign(accessClaims()).split(".")[2] ?? "");
    await fc.assert(
      fc.asyncProperty(header, signatures, (members, proof) =>
        refuses(`Bearer ${encode(members)}.${payload}.${proof}`),
      ),
      { numRuns: runsOfEachToken / 5 },
    );
  });
});
