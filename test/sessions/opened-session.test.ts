import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createPrincipal } from "../../src/principal.ts";
import { openedSession } from "../../src/sessions/opened-session.ts";
import type { SessionRecord } from "../../src/sessions/session-record.ts";

const principal = createPrincipal({ kind: "guest", id: "guest:x", issuer: "x", verifiedBy: "signed-request" });
const key = new Uint8Array(32).fill(0xa7);
const record: SessionRecord = {
  accessKeyId: "ASIAEXAMPLE000000001",
  mode: "broker",
  openedAt: 1_768_478_460_000,
  notAfter: 1_768_482_000_000,
  signingKeys: new Map([["20260115", key]]),
  token: { sub: "ada", iat: 1_768_478_400 },
  principal,
};

describe("openedSession", () => {
  it("shows of a record who signs, by which key and until when, and is frozen", () => {
    const session = openedSession({ ...record, tokenHash: Uint8Array.from({ length: 32 }, (_, index) => index) });
    expect(session).toStrictEqual({
      accessKeyId: "ASIAEXAMPLE000000001",
      mode: "broker",
      principal,
      notAfter: 1_768_482_000_000,
      tokenHash: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      signingKey: expect.any(Function),
    });
    expect(session.principal).toBe(principal);
    expect(Object.isFrozen(session)).toBe(true);
  });

  it("has no tokenHash at all where the record has none", () => {
    expect(Object.hasOwn(openedSession(record), "tokenHash")).toBe(false);
  });

  it("gives the key of a day, the same object each time", () => {
    const session = openedSession(record);
    expect(session.signingKey("20260115")?.export()).toEqual(Buffer.from(key));
    expect(session.signingKey("20260115")).toBe(session.signingKey("20260115"));
  });

  it("makes the key of each day from the bytes of that day", () => {
    const other = new Uint8Array(32).fill(0xb8);
    const session = openedSession({ ...record, signingKeys: new Map([...record.signingKeys, ["20260116", other]]) });
    expect(session.signingKey("20260116")?.export()).toEqual(Buffer.from(other));
    expect(session.signingKey("20260115")?.export()).toEqual(Buffer.from(key));
  });

  it.each(["20260114", "20260116", "2026011", "20260115 ", "", "size", "__proto__"])("has no key for %j", (day) => {
    const session = openedSession(record);
    expect(session.signingKey(day)).toBeUndefined();
    expect(session.signingKey(day)).toBeUndefined();
  });

  it("shows the bytes of no key when it is logged, used or not", () => {
    const session = openedSession(record);
    session.signingKey("20260115");
    const shown = inspect(session, { depth: 9, showHidden: true }) + JSON.stringify(session);
    for (const bytes of [/a7[ ,]*a7/i, /167,\s*167/, /p6en/]) expect(shown).not.toMatch(bytes);
  });
});
