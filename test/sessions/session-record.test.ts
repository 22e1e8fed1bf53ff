import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closedGroups, createPrincipal } from "../../src/principal.ts";
import { RecordFault } from "../../src/sessions/record-fields.ts";
import { decodeRecord, encodeRecord, type SessionRecord } from "../../src/sessions/session-record.ts";

const accessKeyId = "ASIAEXAMPLE000000001";

const record: SessionRecord = {
  accessKeyId,
  mode: "broker",
  openedAt: 1_768_478_460_000,
  notAfter: 1_768_482_000_000,
  signingKeys: new Map([["20260115", new Uint8Array(32).fill(7)]]),
  tokenHash: new Uint8Array(32).fill(9),
  token: { sub: "ada", iat: 1_768_478_400, originJti: "o", jti: "j" },
  principal: createPrincipal({
    kind: "user",
    id: "user:eu-west-1_Example01:ada",
    issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
    verifiedBy: "signed-request",
    userId: "ada",
    identityId: "eu-west-1:00000000-0000-4000-8000-000000000001",
    groups: closedGroups(["editors"]),
    scopes: new Set(["a"]),
    tags: new Map([["tenant", "acme"]]),
    role: {
      arn: "arn:aws:sts::123456789012:assumed-role/Editor/CognitoIdentityCredentials",
      partition: "aws",
      account: "123456789012",
      name: "Editor",
      sessionName: "CognitoIdentityCredentials",
    },
    authenticatedAt: new Date(1_768_478_400_000),
    expiresAt: new Date(1_768_482_000_000),
  }),
};

/** The record as JSON, changed, and as bytes again. */
function stored(change: (json: Record<string, Record<string, unknown>>) => void = () => {}): Uint8Array {
  const json: Record<string, Record<string, unknown>> = JSON.parse(Buffer.from(encodeRecord(record)).toString());
  change(json);
  return Buffer.from(JSON.stringify(json));
}

const key = Buffer.alloc(32, 7).toString("base64url");

describe("a session record", () => {
  it("comes back as it was encoded", () => {
    expect(decodeRecord(encodeRecord(record), accessKeyId)).toStrictEqual(record);
  });

  it("is encoded alike each time", () => {
    expect(encodeRecord(record)).toEqual(encodeRecord({ ...record }));
  });

  it("of a brokered user takes less than 1,000 bytes", () => {
    expect(encodeRecord(record).length).toBeLessThan(1_000);
  });

  it("comes back whatever strings, dates and claims are in it", () => {
    const text = fc.string({ minLength: 1, unit: "binary" });
    const date = fc.date({ min: new Date(0), max: new Date(8.64e15), noInvalidDate: true });
    const principals = fc.record({
      id: text,
      groups: fc.tuple(fc.array(text), fc.boolean()).map(([names, closed]) => ({ names: new Set(names), closed })),
      tags: fc.array(fc.tuple(text, fc.string({ unit: "binary" }))).map((pairs) => new Map(pairs)),
      claims: fc.dictionary(text, fc.jsonValue({ noUnicodeString: false })).map((claims) => ({ ...claims })),
      authenticatedAt: date,
    });
    // Negative zero is a number that JSON cannot hold, and that is refused.
    const noNegativeZero = (value: unknown): boolean =>
      typeof value === "object" && value !== null ? Object.values(value).every(noNegativeZero) : !Object.is(value, -0);
    fc.assert(
      fc.property(principals, (changes) => {
        fc.pre(noNegativeZero(changes.claims));
        const principal = createPrincipal({ ...record.principal, ...changes });
        const decoded = decodeRecord(encodeRecord({ ...record, principal }), accessKeyId);
        // toStrictEqual reads `constructor`, which may be the name of a claim.
        expect(isDeepStrictEqual(decoded.principal, principal)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  const faults: readonly [string, (json: Record<string, Record<string, unknown>>) => void, string][] = [
    ["another version", (json) => Object.assign(json, { v: 2 }), "session.v must be 1"],
    ["no version", (json) => delete json.v, "session.v must be present"],
    [
      "another access key id",
      (json) => Object.assign(json, { accessKeyId: "ASIAEXAMPLE000000002" }),
      "session.accessKeyId",
    ],
    ["an unknown member", (json) => Object.assign(json, { admin: true }), "session must be without unknown members"],
    ["an unknown mode", (json) => Object.assign(json, { mode: "enrolled" }), "session.mode"],
    ["an end with a fraction", (json) => Object.assign(json, { notAfter: 1.5 }), "session.notAfter"],
    ["a negative end", (json) => Object.assign(json, { notAfter: -1 }), "session.notAfter"],
    ["an end in words", (json) => Object.assign(json, { notAfter: "never" }), "session.notAfter"],
    ["keys by name", (json) => Object.assign(json, { keys: { "20260115": key } }), "session.keys"],
    ["a key that is no pair", (json) => Object.assign(json, { keys: [["20260115", key, 1]] }), "session.keys"],
    ["a key that is not in a list", (json) => Object.assign(json, { keys: ["20260115"] }), "session.keys"],
    ["a key without a day", (json) => Object.assign(json, { keys: [["today", key]] }), "session.keys"],
    ["a day in numbers", (json) => Object.assign(json, { keys: [[20260115, key]] }), "session.keys"],
    [
      "two keys of a day",
      (json) =>
        Object.assign(json, {
          keys: [
            ["20260115", key],
            ["20260115", key],
          ],
        }),
      "session.keys",
    ],
    ["a key of 31 bytes", (json) => Object.assign(json, { keys: [["20260115", key.slice(1)]] }), "session.keys"],
    ["a key with padding", (json) => Object.assign(json, { keys: [["20260115", `${key}=`]] }), "session.keys"],
    [
      "a key with spare bits",
      (json) => Object.assign(json, { keys: [["20260115", `${key.slice(0, -1)}d`]] }),
      "session.keys",
    ],
    ["a token hash in hex", (json) => Object.assign(json, { tokenHash: "00".repeat(32) }), "session.tokenHash"],
    ["a token hash that is null", (json) => Object.assign(json, { tokenHash: null }), "session.tokenHash"],
    ["token facts with the token", (json) => Object.assign(json.token ?? {}, { raw: "x" }), "token must be without"],
    ["an empty origin_jti", (json) => Object.assign(json.token ?? {}, { originJti: "" }), "token.originJti"],
    ["no principal", (json) => delete json.principal, "session.principal must be present"],
    ["a principal in a list", (json) => Object.assign(json, { principal: [] }), "principal must be an object"],
    ["an anonymous principal", (json) => Object.assign(json.principal ?? {}, { kind: "anonymous" }), "principal.kind"],
  ];

  it.each(faults)("is refused with %s", (_, change, message) => {
    const decode = () => decodeRecord(stored(change), accessKeyId);
    expect(decode).toThrow(RecordFault);
    expect(decode).toThrow(message);
  });

  it.each(["null", "[]", "1", '"x"', "{}", "", "{", "\ufeff{}"])("is refused where the bytes are %j", (text) => {
    expect(() => decodeRecord(Buffer.from(text), accessKeyId)).toThrow(RecordFault);
  });

  it("is refused, or lost, but never widened, where a byte is changed", () => {
    const bytes = encodeRecord(record);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const changed = Uint8Array.from(bytes);
        changed[index] = (changed[index] as number) ^ flip;
        try {
          const decoded = decodeRecord(changed, accessKeyId);
          expect(decoded.accessKeyId).toBe(accessKeyId);
          expect(decoded.principal.kind).toBe("user");
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RecordFault);
        }
      }),
    );
  });
});
