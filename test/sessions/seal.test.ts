import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { RecordFault } from "../../src/sessions/record-fields.ts";
import { createSeal, noSeal, type Sealing, type SealingKey } from "../../src/sessions/seal.ts";

const keyOf = (id: string, first: number): SealingKey => ({
  id,
  key: Uint8Array.from({ length: 32 }, (_, at) => first + at),
});
const may = keyOf("2026-05", 1);
const june = keyOf("2026-06", 100);
const place = "poolgate/1/session/api.example.com/eu-west-1/api.example.com/ASIAEXAMPLE000000001";
const text = Buffer.from('{"v":1,"accessKeyId":"ASIAEXAMPLE000000001"}');

describe("a seal", () => {
  it("opens where it was put, with what was in it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.string({ unit: "binary" }), (bytes, anywhere) => {
        const seal = createSeal({ current: may });
        expect(Buffer.from(seal.unseal(anywhere, seal.seal(anywhere, bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it("opens the largest record there may be", () => {
    const seal = createSeal({ current: may });
    expect(seal.unseal(place, seal.seal(place, new Uint8Array(65_536)))).toHaveLength(65_536);
  });

  it("hides what is in it, also from who sees it sealed twice", () => {
    const seal = createSeal({ current: may });
    const [one, other] = [Buffer.from(seal.seal(place, text)), Buffer.from(seal.seal(place, text))];
    expect(one.toString("latin1")).not.toContain("ASIA");
    expect(one.subarray(9, 21)).not.toEqual(other.subarray(9, 21));
    expect(one.subarray(21)).not.toEqual(other.subarray(21));
  });

  it("has a nonce that never repeats", () => {
    const seal = createSeal({ current: may });
    const nonces = Array.from({ length: 5_000 }, () =>
      Buffer.from(seal.seal(place, text)).subarray(9, 21).toString("hex"),
    );
    expect(new Set(nonces).size).toBe(5_000);
  });

  it("is of the form that is written down: version, length and id of the key, nonce, ciphertext, tag", () => {
    const sealed = Buffer.from(createSeal({ current: may }).seal(place, text));
    expect(sealed.subarray(0, 9)).toEqual(Buffer.from("\x01\x072026-05", "latin1"));
    expect(sealed).toHaveLength(9 + 12 + text.length + 16);
  });

  it("never opens with any one bit changed", () => {
    const seal = createSeal({ current: may, previous: june });
    const sealed = seal.seal(place, text);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Uint8Array.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => seal.unseal(place, changed), `bit ${bit}`).toThrow(RecordFault);
    }
  });

  it("never opens cut short or made longer, at either end", () => {
    const seal = createSeal({ current: may });
    const sealed = Buffer.from(seal.seal(place, text));
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => seal.unseal(place, sealed.subarray(0, length))).toThrow(RecordFault);
      expect(() => seal.unseal(place, sealed.subarray(sealed.length - length))).toThrow(RecordFault);
    }
    for (const more of [Buffer.concat([sealed, Buffer.of(0)]), Buffer.concat([Buffer.of(0), sealed])]) {
      expect(() => seal.unseal(place, more)).toThrow(RecordFault);
    }
  });

  it("never opens in another place, such as that of another session or another gate", () => {
    const seal = createSeal({ current: may });
    const sealed = seal.seal(place, text);
    const others = [
      place.slice(0, -1),
      `${place}0`,
      place.replace("api.", "apj."),
      place.replace("session", "enrolled"),
      "",
    ];
    for (const other of others) expect(() => seal.unseal(other, sealed), other).toThrow(RecordFault);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (other) => {
        fc.pre(other !== place);
        expect(() => seal.unseal(other, sealed)).toThrow(RecordFault);
      }),
    );
  });

  it("never lets the id of the key and the place run into each other", () => {
    const key = may.key;
    const sealed = Buffer.from(createSeal({ current: { id: "ab", key } }).seal("c", text));
    const moved = Buffer.concat([Buffer.from("\x01\x01a", "latin1"), sealed.subarray(4)]);
    expect(() => createSeal({ current: { id: "a", key } }).unseal("bc", moved)).toThrow(RecordFault);
  });

  it.each([0, 1, 2, 9, 21, 36, 37, 1_000, 70_000, 70_001, 5_000_000])("never opens %i bytes of anything", (length) => {
    const seal = createSeal({ current: may });
    for (const fill of [0, 1, 0x7b]) {
      expect(() => seal.unseal(place, new Uint8Array(length).fill(fill))).toThrow(RecordFault);
    }
  });

  it("does not even try with more than any record has", () => {
    expect(() => createSeal({ current: may }).unseal(place, new Uint8Array(70_001))).toThrow("at most 70000 bytes");
  });

  it("never opens what is not sealed at all", () => {
    expect(() => createSeal({ current: may }).unseal(place, text)).toThrow(RecordFault);
  });

  it("never opens with another key of the same id", () => {
    const sealed = createSeal({ current: may }).seal(place, text);
    expect(() => createSeal({ current: keyOf("2026-05", 2) }).unseal(place, sealed)).toThrow(RecordFault);
  });
});

describe("a new key", () => {
  const nodes = {
    old: createSeal({ current: may }),
    knowsNew: createSeal({ current: may, previous: june }),
    writesNew: createSeal({ current: june, previous: may }),
    new: createSeal({ current: june }),
  };

  it.each<[keyof typeof nodes, keyof typeof nodes, boolean]>([
    ["old", "knowsNew", true],
    ["old", "writesNew", true],
    ["old", "new", false],
    ["knowsNew", "old", true],
    ["knowsNew", "writesNew", true],
    ["knowsNew", "new", false],
    ["writesNew", "old", false],
    ["writesNew", "knowsNew", true],
    ["writesNew", "new", true],
    ["new", "old", false],
    ["new", "knowsNew", true],
    ["new", "writesNew", true],
  ])("what a node seals that is %s opens at one that is %s: %s", (from, to, opens) => {
    const sealed = nodes[from].seal(place, text);
    if (opens) expect(nodes[to].unseal(place, sealed)).toEqual(text);
    else expect(() => nodes[to].unseal(place, sealed)).toThrow(RecordFault);
  });
});

describe("what createSeal refuses", () => {
  const { key } = may;
  const faults: readonly [string, unknown, string][] = [
    ["no options", undefined, "createSessions.sealing"],
    ["no current key", {}, "createSessions.sealing.current"],
    ["a key by itself", { current: key }, "createSessions.sealing.current.0"],
    ["an unknown option", { current: may, next: june }, "createSessions.sealing.next"],
    ["an unknown member", { current: { ...may, algorithm: "x" } }, "createSessions.sealing.current.algorithm"],
    ["a key without an id", { current: { key } }, "createSessions.sealing.current.id"],
    ["an empty id", { current: { id: "", key } }, "createSessions.sealing.current.id"],
    ["an id of 33 characters", { current: { id: "a".repeat(33), key } }, "createSessions.sealing.current.id"],
    ["an id in capitals", { current: { id: "A", key } }, "createSessions.sealing.current.id"],
    ["an id with a slash", { current: { id: "a/b", key } }, "createSessions.sealing.current.id"],
    ["an id that is a number", { current: { id: 1, key } }, "createSessions.sealing.current.id"],
    ["no key", { current: { id: "a" } }, "createSessions.sealing.current.key"],
    ["a key in text", { current: { id: "a", key: "x".repeat(32) } }, "createSessions.sealing.current.key"],
    ["a key of 31 bytes", { current: { id: "a", key: key.subarray(1) } }, "createSessions.sealing.current.key"],
    ["a key of 33 bytes", { current: { id: "a", key: Buffer.alloc(33, key) } }, "createSessions.sealing.current.key"],
    ["a key in a list", { current: { id: "a", key: [...key] } }, "createSessions.sealing.current.key"],
    ["a key of zeros", { current: { id: "a", key: new Uint8Array(32) } }, "createSessions.sealing.current.key"],
    ["a faulty previous key", { current: may, previous: { id: "b" } }, "createSessions.sealing.previous.key"],
    ["two keys of one id", { current: may, previous: keyOf("2026-05", 9) }, "createSessions.sealing.previous.id"],
  ];

  it.each(faults)("%s", (_, sealing, option) => {
    expect(() => createSeal(sealing as Sealing)).toThrow(ConfigurationError);
    expect(() => createSeal(sealing as Sealing)).toThrow(expect.objectContaining({ option }));
  });

  it("keeps a key of its own, and shows it nowhere", () => {
    const given = Uint8Array.from(key);
    const seal = createSeal({ current: { id: "a", key: given } });
    const sealed = seal.seal(place, text);
    given.fill(0);
    expect(seal.unseal(place, sealed)).toEqual(text);
    const shown = inspect(seal, { depth: 9, showHidden: true }) + JSON.stringify(seal);
    for (const spelling of ["hex", "base64", "base64url"] as const) {
      expect(shown).not.toContain(Buffer.from(key).toString(spelling));
    }
  });
});

describe("no seal", () => {
  it("hands on bytes as they are", () => {
    expect(noSeal.seal(place, text)).toBe(text);
    expect(noSeal.unseal(place, text)).toBe(text);
  });
});
