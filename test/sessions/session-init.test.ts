import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { createPrincipal } from "../../src/principal.ts";
import type { SessionInit } from "../../src/sessions/session.ts";
import { recordOf, type SessionLimits, secretForm, sessionTokenForm } from "../../src/sessions/session-init.ts";
import { deriveSigningKey } from "../../src/sigv4/signing-key.ts";

const midnight = Date.UTC(2026, 0, 15);
const hour = 3_600_000;
const noon = midnight + 12 * hour;
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const sessionToken = "FwoGZXIvYXdzEXAMPLE//////////wEaDExampleSessionToken==";
const principal = createPrincipal({ kind: "guest", id: "guest:x", issuer: "x", verifiedBy: "signed-request" });
const limits: SessionLimits = {
  service: "api.example.com",
  region: "eu-west-1",
  skew: 300_000,
  maxLength: 12 * hour,
  now: noon,
};

const init = (changes: Record<string, unknown> = {}): SessionInit =>
  ({
    accessKeyId: "ASIAEXAMPLE000000001",
    secretAccessKey,
    principal,
    notAfter: new Date(noon + hour),
    ...changes,
  }) as SessionInit;

describe("recordOf", () => {
  it("makes the record of a session, with a derived key in place of the secret", () => {
    const key = deriveSigningKey(secretAccessKey, "20260115", "eu-west-1", "api.example.com");
    expect(recordOf(init(), limits)).toStrictEqual({
      accessKeyId: "ASIAEXAMPLE000000001",
      mode: "opened",
      openedAt: noon,
      notAfter: noon + hour,
      signingKeys: new Map([["20260115", Uint8Array.from(key)]]),
      principal,
    });
  });

  it("takes over the mode and the facts of the token", () => {
    const token = { sub: "ada", iat: 1_768_478_400 };
    expect(recordOf(init({ mode: "broker", token }), limits)).toMatchObject({ mode: "broker", token });
  });

  it("keeps the SHA-256 of the session token", () => {
    // FIPS 180-4, the example of a message of one block.
    expect(Buffer.from(recordOf(init({ sessionToken: "abc" }), limits).tokenHash ?? []).toString("hex")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("holds neither the secret nor the session token", () => {
    const shown = inspect(recordOf(init({ sessionToken }), limits), { depth: 9, showHidden: true });
    expect(shown).not.toContain(secretAccessKey);
    expect(shown).not.toContain(sessionToken);
  });

  it.each([
    ["04:00 to 05:00", 4 * hour, 5 * hour, 300_000, ["20260115"]],
    ["00:04:59 to 01:00, skew 5 min", 299_000, hour, 300_000, ["20260114", "20260115"]],
    ["00:05:00 to 01:00, skew 5 min", 300_000, hour, 300_000, ["20260115"]],
    ["00:00:59 to 01:00, skew 1 min", 59_000, hour, 60_000, ["20260114", "20260115"]],
    ["23:00 to 23:54:59", 23 * hour, 24 * hour - 301_000, 300_000, ["20260115"]],
    ["23:00 to 23:55", 23 * hour, 24 * hour - 300_000, 300_000, ["20260115", "20260116"]],
    ["23:58 to noon of the next day but one", 24 * hour - 120_000, 60 * hour, 0, ["20260115", "20260116", "20260117"]],
  ])("derives a key for each day on which a signature can be in time: %s", (_, from, to, skew, days) => {
    const given = { ...limits, now: midnight + from, skew, maxLength: 48 * hour };
    const { signingKeys } = recordOf(init({ notAfter: new Date(midnight + to) }), given);
    expect([...signingKeys.keys()]).toEqual(days);
    for (const [day, key] of signingKeys) {
      expect(Buffer.from(key)).toEqual(deriveSigningKey(secretAccessKey, day, "eu-west-1", "api.example.com"));
    }
  });

  it("takes signing keys in place of the secret, and keeps copies of those of days that can be in time", () => {
    const key = new Uint8Array(32).fill(7);
    const other = new Uint8Array(32);
    const signingKeys = { "20260114": other, "20260115": key, "20260116": other, __proto__x: other };
    const record = recordOf(init({ secretAccessKey: undefined, signingKeys }), limits);
    key.fill(8);
    expect(record.signingKeys).toStrictEqual(new Map([["20260115", new Uint8Array(32).fill(7)]]));
  });

  it("takes an end at the very limit", () => {
    expect(recordOf(init({ notAfter: new Date(noon + 12 * hour) }), limits).notAfter).toBe(noon + 12 * hour);
    expect(recordOf(init({ notAfter: new Date(noon + 1) }), limits).notAfter).toBe(noon + 1);
  });
});

describe("what recordOf refuses", () => {
  const key = new Uint8Array(32);
  const keys = (signingKeys: unknown) => ({ secretAccessKey: undefined, signingKeys });
  const form = {
    accessKeyId: "sessions.open.accessKeyId: must be 16 to 128 letters, digits, underscores and hyphens",
    choice: "sessions.open: pass secretAccessKey or signingKeys, one of the two",
    secret: "sessions.open.secretAccessKey: must be a string of 32 to 256 visible ASCII characters",
    keys: "sessions.open.signingKeys: must be an object of keys by day (YYYYMMDD)",
    days: "sessions.open.signingKeys: must have a key for a day (YYYYMMDD) between now and notAfter",
    key: "sessions.open.signingKeys: each key must be a Uint8Array of 32 bytes",
    token:
      "sessions.open.sessionToken: must be a string of visible ASCII; leave it out where the caller will send none",
    end: "sessions.open.notAfter: must be a Date in the future",
    late: "sessions.open.notAfter: must be at most 12 hours ahead; see createSessions.maxSessionHours",
  };
  const refusals: readonly [string, Record<string, unknown>, string, string][] = [
    ["an access key id that is missing", { accessKeyId: undefined }, "invalid_option", form.accessKeyId],
    ["a short access key id", { accessKeyId: "A".repeat(15) }, "invalid_option", form.accessKeyId],
    ["a long access key id", { accessKeyId: "A".repeat(129) }, "invalid_option", form.accessKeyId],
    ["an access key id with a slash", { accessKeyId: "ASIAEXAMPLE/00000001" }, "invalid_option", form.accessKeyId],
    ["an access key id in a list", { accessKeyId: ["ASIAEXAMPLE000000001"] }, "invalid_option", form.accessKeyId],
    ["neither secret nor keys", { secretAccessKey: undefined }, "missing_option", form.choice],
    ["both secret and keys", { signingKeys: { "20260115": key } }, "missing_option", form.choice],
    ["a short secret", { secretAccessKey: "x".repeat(31) }, "invalid_option", form.secret],
    ["a long secret", { secretAccessKey: "x".repeat(257) }, "invalid_option", form.secret],
    ["a secret with a space at its end", { secretAccessKey: `${secretAccessKey} ` }, "invalid_option", form.secret],
    ["a secret with a line end", { secretAccessKey: `${secretAccessKey}\n` }, "invalid_option", form.secret],
    ["a secret that is no string", { secretAccessKey: 42 }, "invalid_option", form.secret],
    ["a secret in a list", { secretAccessKey: [secretAccessKey] }, "invalid_option", form.secret],
    ["keys that are no object", keys("x"), "invalid_option", form.keys],
    ["keys that are null", keys(null), "invalid_option", form.keys],
    ["no keys", keys({}), "invalid_option", form.days],
    ["keys of other days alone", keys({ "20260117": key }), "invalid_option", form.days],
    ["a key of 31 bytes", keys({ "20260115": key.subarray(1) }), "invalid_option", form.key],
    ["a key in hex", keys({ "20260115": "00".repeat(16) }), "invalid_option", form.key],
    ["a faulty key of another day", keys({ "20260115": key, "20260117": "x" }), "invalid_option", form.key],
    ["an empty session token", { sessionToken: "" }, "invalid_option", form.token],
    ["a session token with a space", { sessionToken: `${sessionToken} ` }, "invalid_option", form.token],
    ["a session token of 8,193 characters", { sessionToken: "x".repeat(8_193) }, "invalid_option", form.token],
    ["a session token that is null", { sessionToken: null }, "invalid_option", form.token],
    ["an end that is missing", { notAfter: undefined }, "invalid_option", form.end],
    ["an end that is a number", { notAfter: noon + hour }, "invalid_option", form.end],
    ["an end that is no time", { notAfter: new Date(Number.NaN) }, "invalid_option", form.end],
    ["an end that is now", { notAfter: new Date(noon) }, "invalid_option", form.end],
    ["an end past 12 hours", { notAfter: new Date(noon + 12 * hour + 1) }, "invalid_option", form.late],
    [
      "a misspelled member",
      { secretaccesskey: secretAccessKey },
      "unknown_option",
      "sessions.open.secretaccesskey: there is no such option; write secretAccessKey",
    ],
  ];

  it.each(refusals)("%s", (_, changes, code, message) => {
    const make = () => recordOf(init(changes), limits);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(expect.objectContaining({ code, message }));
  });

  it.each([undefined, null, [], "x"])("%j in place of a session", (value: unknown) => {
    expect(() => recordOf(value as SessionInit, limits)).toThrow(ConfigurationError);
  });
});

describe("the forms of secrets", () => {
  it.each<[string, RegExp, string, boolean]>([
    ["a secret of 32 characters", secretForm, "!".repeat(32), true],
    ["a secret of 256 characters", secretForm, "~".repeat(256), true],
    ["a secret with a letter beyond ASCII", secretForm, "é".repeat(40), false],
    ["a session token of one character", sessionTokenForm, "x", true],
    ["a session token of 8,192 characters", sessionTokenForm, "x".repeat(8_192), true],
    ["a session token with a line end", sessionTokenForm, "x\n", false],
    ["a session token with DEL", sessionTokenForm, "\x7f", false],
  ])("%s", (_, form, text, expected) => {
    expect(form.test(text)).toBe(expected);
  });
});
