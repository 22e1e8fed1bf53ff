import { createHmac, createSecretKey } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyedHash } from "../../src/sigv4/keyed-hash.ts";

// Those of https://www.rfc-editor.org/rfc/rfc4231#section-4 whose data is text: cases 1, 2, 6 and 7.
const published = [
  [Buffer.alloc(20, 0x0b), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [
    Buffer.from("Jefe"),
    "what do ya want for nothing?",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    Buffer.alloc(131, 0xaa),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    Buffer.alloc(131, 0xaa),
    "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  ],
] as const;

const ofNode = (key: Uint8Array, text: string) => createHmac("sha256", key).update(text, "utf8").digest("hex");

describe("keyedHash", () => {
  it.each(published)("gives for the key %o and the text %j of RFC 4231 its published value", (key, text, value) => {
    expect(keyedHash(createSecretKey(key))(text)).toBe(value);
  });

  it.each([0, 1, 55, 56, 63, 64, 65, 255, 256, 257, 1_000, 100_000])(
    "gives what Node gives for a text of %i characters, and for what follows it",
    (length) => {
      const key = Buffer.alloc(32, 7);
      const hashed = keyedHash(createSecretKey(key));
      for (const text of ["a".repeat(length), "\u20ac".repeat(length), "short", ""]) {
        expect(hashed(text)).toBe(ofNode(key, text));
      }
    },
  );

  it("gives what Node gives for keys and texts of any kind, whatever it was asked before", () => {
    const keys = fc.uint8Array({ minLength: 1, maxLength: 150 });
    const texts = fc.array(fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), fc.string()), { maxLength: 5 });
    fc.assert(
      fc.property(keys, texts, (key, asked) => {
        const hashed = keyedHash(createSecretKey(key));
        expect(asked.map(hashed)).toEqual(asked.map((text) => ofNode(key, text)));
      }),
    );
  });

  it("never takes one key for another", () => {
    const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const [first, second] = [createSecretKey(one), createSecretKey(other)];
    for (const text of ["a", "b"]) {
      expect([keyedHash(first)(text), keyedHash(second)(text)]).toEqual([ofNode(one, text), ofNode(other, text)]);
    }
  });

  it.each([10, 500, 3_000])("leaves nothing of the key in shared memory, for a text of %i characters", (length) => {
    const hashed = keyedHash(createSecretKey(Buffer.alloc(32, 0x5a)));
    const pools = new Set([Buffer.allocUnsafe(1).buffer]);
    hashed("a".repeat(length));
    pools.add(Buffer.allocUnsafe(1).buffer);
    for (const pool of pools) {
      expect(Buffer.from(pool).includes(Buffer.alloc(32, 0x5a ^ 0x36))).toBe(false);
      expect(Buffer.from(pool).includes(Buffer.alloc(32, 0x5a ^ 0x5c))).toBe(false);
    }
  });

  it("shows nothing of the key to who looks at it", () => {
    const hashed = keyedHash(createSecretKey(Buffer.from("benchmark/secret/of/forty/chars!")));
    hashed("a");
    expect(inspect(hashed, { showHidden: true, depth: null })).not.toMatch(/benchmark|Buffer|Uint8Array/);
    expect(JSON.stringify({ hashed })).toBe("{}");
  });
});
