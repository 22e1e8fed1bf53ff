import fc from "fast-check";
import { authenticated, bearer, createAuthorizer, definePolicy, userPool } from "poolgate";
import { describe, expect, it } from "vitest";
import {
  accessClaims,
  clientId,
  createSigner,
  idClaims,
  requestWith,
  now as tokenTime,
  userPoolId,
} from "../tokens/token-fixtures.ts";

// Longer runs of what the unit tests do in seconds. fast-check prints the seed and the path of a failure. Signed requests are
// altered in generated-mutations.test.ts.
const runsOfEachToken = 5_000;

const policy = definePolicy({ routes: { "* /**": authenticated } });

// What encoders, parsers and signers mix up.
const pieces = ["/", "?", "&", "=", "+", "%20", "%2B", "%2F", "%25", "%00", ".", "..", "//", ";", "!", "~", "a", "1"];
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

function spliced(text: string, { at, taken, given }: Splice): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + given + text.slice(start + taken);
}

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
