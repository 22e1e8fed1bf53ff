import { describe, expect, it } from "vitest";
import { parseJws } from "../../src/tokens/jws.ts";

const part = (text: string) => Buffer.from(text).toString("base64url");
const token = (header: string, payload: string) => `${part(header)}.${part(payload)}.${part("signature")}`;

describe("parseJws", () => {
  it("gives the token, its header and its payload", () => {
    const raw = token('{"kid":"k","alg":"RS256","typ":"JWT"}', '{"iss":"https://issuer","sub":"1"}');
    expect(parseJws(raw)).toEqual({
      raw,
      header: { kid: "k", alg: "RS256", typ: "JWT" },
      payload: { iss: "https://issuer", sub: "1" },
    });
  });

  it("keeps a claim called __proto__ a claim", () => {
    const { payload } = parseJws(token('{"kid":"k","alg":"RS256"}', '{"iss":"i","__proto__":{"admin":true}}'));
    expect(Object.keys(payload)).toEqual(["iss", "__proto__"]);
    expect(payload.admin).toBeUndefined();
  });

  it("accepts a token of 16 KiB and a kid of 128 characters, and no longer token", () => {
    const kid = "k".repeat(128);
    const unsigned = `${part(`{"kid":"${kid}","alg":"RS256"}`)}.${part('{"iss":"i"}')}.`;
    const longest = unsigned + "A".repeat(16_384 - unsigned.length);
    expect(longest).toHaveLength(16_384);
    expect(parseJws(longest).header.kid).toBe(kid);
    expect(() => parseJws(`${longest}A`)).toThrow("(it is longer than 16 KiB)");
  });

  it.each([
    ["a value", '{"iss":"i","sub":"\\ud800"}'],
    ["the end of a value", '{"iss":"i","sub":"ada\\udfff"}'],
    ["a pair the wrong way round", '{"iss":"i","sub":"\\udc00\\ud800"}'],
    ["a name", '{"iss":"i","\\uDBFF":1}'],
    ["a list deep inside", '{"iss":"i","a":{"b":[1,{"c":"\\uDEAD"}]}}'],
    ["iss", '{"iss":"\\ud800"}'],
  ])("refuses half a character in %s, which nobody could hand on in UTF-8", (_name, payload) => {
    const refused = expect.objectContaining({ options: { reason: "it holds half a character" } });
    expect(() => parseJws(token('{"kid":"k","alg":"RS256"}', payload))).toThrow(refused);
    expect(() => parseJws(token('{"kid":"k","alg":"RS256","x":"\\ud83d"}', '{"iss":"i"}'))).toThrow(refused);
  });

  it("accepts whole characters, however they are written", () => {
    const payload = '{"iss":"i","a":"\\ud83d\\ude00","b":"\\\\ud800","c":null,"\\u0041":[1,true,"\u{1f600}"]}';
    expect(parseJws(token('{"kid":"k","alg":"RS256"}', payload)).payload).toMatchObject({
      a: "\u{1f600}",
      b: "\\ud800",
    });
  });

  it.each([
    ["of DPoP", '{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}'],
    ["of mutual TLS", '{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}'],
    ["of a kind of its own", '{"kid":"k"}'],
    ["that is empty", "{}"],
    ["that is null", "null"],
  ])(
    "refuses a token with a confirmation %s, since nothing here checks that the sender holds the key",
    (_name, cnf) => {
      const bound = token('{"kid":"k","alg":"RS256"}', `{"iss":"i","cnf":${cnf}}`);
      expect(() => parseJws(bound)).toThrow(
        expect.objectContaining({
          code: "invalid_token",
          options: { reason: "it is bound to a key of its sender (cnf), and so no bearer token" },
        }),
      );
      expect(parseJws(token('{"kid":"k","alg":"RS256"}', `{"iss":"i","act":{"cnf":${cnf}}}`)).payload.iss).toBe("i");
    },
  );
});
