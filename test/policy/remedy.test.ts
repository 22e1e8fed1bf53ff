import { describe, expect, it } from "vitest";
import { noRemedy, type Remedy, remedyOfAll, remedyOfAny } from "../../src/policy/remedy.ts";

const read: Remedy = { scopes: ["read"], stepUp: undefined };
const write: Remedy = { scopes: ["write", "read"], stepUp: undefined };
const passkey: Remedy = { scopes: [], stepUp: { acrValues: ["3", "4"], maxAge: 600 } };
const totp: Remedy = { scopes: [], stepUp: { acrValues: ["4"], maxAge: undefined } };
const recent: Remedy = { scopes: [], stepUp: { acrValues: [], maxAge: 60 } };

describe("the remedy of all rules", () => {
  it("is none where one of them has none", () => {
    expect(remedyOfAll([read, undefined, passkey])).toBeUndefined();
  });

  it("is nothing where nothing is missing", () => {
    expect(remedyOfAll([noRemedy, noRemedy])).toEqual(noRemedy);
    expect(remedyOfAll([])).toEqual(noRemedy);
  });

  it("has every scope once", () => {
    expect(remedyOfAll([read, write])).toEqual({ scopes: ["read", "write"], stepUp: undefined });
  });

  it.each([
    [[passkey, totp], { acrValues: ["4"], maxAge: 600 }],
    [[totp, passkey], { acrValues: ["4"], maxAge: 600 }],
    [[passkey, recent], { acrValues: ["3", "4"], maxAge: 60 }],
    [[recent, totp], { acrValues: ["4"], maxAge: 60 }],
    [[recent, recent], { acrValues: [], maxAge: 60 }],
  ])("asks for the highest level and the shortest age: %#", (remedies, stepUp) => {
    expect(remedyOfAll([read, ...remedies])).toEqual({ scopes: ["read"], stepUp });
  });
});

describe("the remedy of one of several rules", () => {
  it("is none where none of them has one", () => {
    expect(remedyOfAny([undefined, undefined])).toBeUndefined();
  });

  it("is by scopes where scopes would do, before the user is asked", () => {
    expect(remedyOfAny([passkey, undefined, read])).toEqual(read);
    expect(remedyOfAny([read, passkey, write])).toEqual({ scopes: ["read", "write"], stepUp: undefined });
  });

  it("is else the first authentication that would do", () => {
    expect(remedyOfAny([undefined, totp, passkey])).toBe(totp);
  });
});
