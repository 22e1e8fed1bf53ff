import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { parseAlbJws } from "../../src/tokens/alb-jws.ts";
import { parseJws } from "../../src/tokens/jws.ts";
import { albHeader, albKey, albToken, userInfo } from "./alb-fixtures.ts";
import { issuer, seconds } from "./token-fixtures.ts";

const because = (reason: string) => new AuthError("invalid_token", { reason });
const padded = albToken();
const bare = albKey.forge(userInfo(), albHeader());
const notCanonical = because("a part is not canonical base64url");

describe("parseAlbJws", () => {
  it("reads padded parts, which no other token may have, and keeps them for the signature", () => {
    expect(padded).toMatch(/=\./);
    expect(padded).toMatch(/==$/);
    expect(parseAlbJws(padded).raw).toBe(padded);
    expect(() => parseJws(padded)).toThrow(notCanonical);
  });

  it("reads parts without padding as well", () => {
    expect(parseAlbJws(bare)).toMatchObject({ raw: bare, payload: userInfo({ iss: issuer, exp: seconds + 120 }) });
  });

  it("has the issuer and the end among the claims, whether the payload repeats them or not", () => {
    const claims = userInfo({ iss: issuer, exp: seconds + 120 });
    for (const token of [padded, albToken({ iss: issuer, exp: seconds + 120 })]) {
      const { payload } = parseAlbJws(token);
      expect(payload).toEqual(Object.assign(Object.create(null), claims));
      expect(Object.getPrototypeOf(payload)).toBeNull();
    }
  });

  it("takes no claim for a prototype", () => {
    const { payload } = parseAlbJws(albKey.forgePadded('{"__proto__":{"sub":"eve"}}', albHeader()));
    expect(Object.getPrototypeOf(payload)).toBeNull();
    expect(payload.sub).toBeUndefined();
  });

  const [head, body, signature] = padded.split(".") as [string, string, string];
  const mixed = because("some parts are padded and others are not");
  it.each([
    [
      "another issuer in the payload",
      albToken({ iss: "https://evil.example" }),
      "iss of the header is not that of the payload",
    ],
    ["another end in the payload", albToken({ exp: seconds + 121 }), "exp of the header is not that of the payload"],
    [
      "an end in the payload alone",
      albToken({ exp: seconds + 120 }, { exp: undefined }),
      "exp of the header is not that of the payload",
    ],
    [
      "the end as a text in the payload",
      albToken({ exp: String(seconds + 120) }),
      "exp of the header is not that of the payload",
    ],
    ["an issuer in the payload alone", albToken({ iss: issuer }, { iss: undefined }), "iss is not a string"],
    ["an issuer that is no text", albToken({}, { iss: [issuer] }), "iss is not a string"],
    ["crit", albToken({}, { crit: ["exp"] }), "the header has crit"],
    ["a binding to a key", albToken({ cnf: {} }), "it is bound to a key of its sender (cnf), and so no bearer token"],
    ["two parts", `${head}.${body}`, "it does not have three parts"],
    ["four parts", `${padded}.AAAA`, "it does not have three parts"],
    ["more than 16 KiB", albToken({ name: "a".repeat(17_000) }), "it is longer than 16 KiB"],
  ])("refuses %s", (_, token, reason) => {
    expect(() => parseAlbJws(token)).toThrow(because(reason));
  });

  it.each([
    ["the header alone without padding", `${head.replace(/=+$/, "")}.${body}.${signature}`, mixed],
    ["the signature alone without padding", `${head}.${body}.${signature.replace(/=+$/, "")}`, mixed],
    ["the signature with one sign of padding", padded.replace(/=$/, ""), mixed],
    ["more padding than there can be", `${padded}====`, notCanonical],
    ["padding alone", `${head}.${body}.====`, notCanonical],
    ["padding within", `${head}.=${body.slice(1)}.${signature}`, notCanonical],
    ["spare bits", `${head}.${body}.${signature.replace(/.==$/, "B==")}`, notCanonical],
    ["the other alphabet", `${head}.${body}.${"+/".repeat(43)}==`, notCanonical],
    ["a line break behind", `${bare}\n`, notCanonical],
    ["nothing", "", because("it does not have three parts")],
  ])("refuses %s", (_, token, refusal) => {
    expect(() => parseAlbJws(token)).toThrow(refusal);
  });
});
