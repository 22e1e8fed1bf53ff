import { beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../src/stores/store.ts";

/** One store to test, with the time that it goes by. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Another way to the same entries, such as that of another node; the same store where there is no other. */
  readonly other?: Store;
  /** Milliseconds since 1970. */
  now(): number;
  /** Lets time pass for the store. */
  advance(milliseconds: number): Promise<void>;
}

const bytes = (...values: number[]) => Uint8Array.from(values);

/** What every store must do; a store's own test calls it beside what is special to the store. */
export function testStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the store contract, kept by ${name}`, () => {
    let store: Store;
    let other: Store;
    let tested: StoreUnderTest;

    beforeEach(async () => {
      tested = await open();
      store = tested.store;
      other = tested.other ?? store;
    });

    /** An end that no test waits for: where the time is that of a clock, a busy machine may take seconds for a test. */
    const later = () => tested.now() + 600_000;

    it("gives back the bytes that were set, whatever they are", async () => {
      const all = Uint8Array.from({ length: 256 }, (_, value) => value);
      await store.set("a", all, later());
      await store.set("b", bytes(), later());
      expect(await store.get("a")).toEqual(all);
      expect(await store.get("b")).toEqual(bytes());
    });

    it("gives back 64 KiB, and bytes that are part of a larger buffer, to whoever shares the store", async () => {
      const large = Uint8Array.from({ length: 65_536 }, (_, index) => (index * 31) % 251);
      await store.set("large", large, later());
      await store.set("part", large.subarray(100, 103), later());
      expect(Buffer.from((await other.get("large")) ?? []).equals(large)).toBe(true);
      expect(await other.get("part")).toEqual(large.slice(100, 103));
    });

    it("takes what looks like another encoding as bytes", async () => {
      for (const text of ["", "null", "OK", "AQ==", "0", "\r\n$-1\r\n", "\u0000", "\u00ff"]) {
        const given = Uint8Array.from(Buffer.from(text));
        await store.set("a", given, later());
        expect(await other.get("a"), text).toEqual(given);
      }
    });

    it("answers undefined for a key that was never set", async () => {
      expect(await store.get("a")).toBeUndefined();
    });

    it("tells keys apart by every character", async () => {
      const keys = ["a", "A", "a/", "a/b", "a*", "a%", "a_", "\u00e4", "__proto__", "constructor"];
      keys.push("a b", "a\n", "a\r\nDEL a", "a\u0000", "a\\", "\u{1f511}", "x".repeat(1_000), "");
      for (const [index, key] of keys.entries()) await store.set(key, bytes(index), later());
      for (const [index, key] of keys.entries()) expect(await store.get(key), key).toEqual(bytes(index));
      expect((await store.list("")).toSorted()).toEqual(keys.toSorted());
    });

    it("replaces bytes and their end by set", async () => {
      await store.set("a", bytes(1), tested.now() + 1_000);
      await store.set("a", bytes(2), later());
      await tested.advance(1_000);
      expect(await store.get("a")).toEqual(bytes(2));
    });

    it("gives an entry the end that it was set with last, be it earlier", async () => {
      await store.set("a", bytes(1), later());
      await store.set("a", bytes(2), tested.now() + 500);
      await tested.advance(1_000);
      expect(await store.get("a")).toBeUndefined();
      expect(await store.list("a")).toEqual([]);
    });

    it("takes an end that is no whole number", async () => {
      await store.set("a", bytes(1), tested.now() + 60_000.4);
      expect(await store.get("a")).toEqual(bytes(1));
    });

    it("rejects an end that is no time", async () => {
      for (const never of [Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(store.set("a", bytes(1), never)).rejects.toThrow("expiresAt must be a time in milliseconds");
        await expect(store.add("a", bytes(1), never)).rejects.toThrow("expiresAt must be a time in milliseconds");
      }
      expect(await store.get("a")).toBeUndefined();
    });

    it("forgets a key when its time is over", async () => {
      await store.set("a", bytes(1), tested.now() + 1_000);
      await store.set("a+", bytes(1), later());
      await tested.advance(1_000);
      expect(await store.list("a")).toEqual(["a+"]);
      expect(await store.get("a")).toBeUndefined();
    });

    it("keeps nothing under a key whose time is over already, and drops what stood there", async () => {
      await store.set("a", bytes(1), later());
      await store.set("a", bytes(2), tested.now() - 1_000);
      await store.set("b", bytes(3), tested.now());
      expect(await store.get("a")).toBeUndefined();
      expect(await store.get("b")).toBeUndefined();
    });

    it("adds under a free key only", async () => {
      expect(await store.add("a", bytes(1), later())).toBe(true);
      expect(await store.add("a", bytes(2), later())).toBe(false);
      expect(await store.get("a")).toEqual(bytes(1));
    });

    it("adds under a key whose time is over, or that was deleted", async () => {
      await store.add("a", bytes(1), tested.now() + 1_000);
      await store.add("b", bytes(1), later());
      await tested.advance(1_000);
      await store.delete("b");
      expect(await store.add("a", bytes(2), later())).toBe(true);
      expect(await store.add("b", bytes(2), later())).toBe(true);
      expect(await store.get("a")).toEqual(bytes(2));
    });

    it("lets one of many concurrent adds win", async () => {
      const wins = await Promise.all(Array.from({ length: 50 }, (_, index) => store.add("a", bytes(index), later())));
      expect(wins.filter((won) => won)).toHaveLength(1);
      expect(await store.get("a")).toEqual(bytes(wins.indexOf(true)));
    });

    it("does not lengthen the time of what stands there by an add that fails", async () => {
      expect(await store.add("a", bytes(1), tested.now() + 3_000)).toBe(true);
      expect(await store.add("a", bytes(2), later())).toBe(false);
      await tested.advance(3_000);
      expect(await store.get("a")).toBeUndefined();
    });

    it("adds nothing whose time is over already, and says whether something stands there", async () => {
      expect(await store.add("a", bytes(1), tested.now() - 1)).toBe(true);
      expect(await store.get("a")).toBeUndefined();
      await store.set("a", bytes(2), later());
      expect(await store.add("a", bytes(3), tested.now() - 1)).toBe(false);
      expect(await store.get("a")).toEqual(bytes(2));
    });

    it("lets one of many concurrent adds of two nodes win, for each of many keys", async () => {
      const keys = Array.from({ length: 50 }, (_, index) => `nonce/${index}`);
      const wins = await Promise.all(
        keys.map((key) =>
          Promise.all([
            store.add(key, bytes(0), later()),
            other.add(key, bytes(1), later()),
            store.add(key, bytes(2), later()),
            other.add(key, bytes(3), later()),
          ]),
        ),
      );
      expect(wins.map((won) => won.filter(Boolean).length)).toEqual(keys.map(() => 1));
      for (const [index, key] of keys.entries()) {
        expect(await store.get(key), key).toEqual(bytes(wins[index]?.indexOf(true) ?? 9));
      }
    });

    it("shows every node what the other did", async () => {
      await store.set("a", bytes(1), later());
      expect(await other.get("a")).toEqual(bytes(1));
      await other.set("a", bytes(2), later());
      expect(await store.get("a")).toEqual(bytes(2));
      await other.delete("a");
      expect(await store.get("a")).toBeUndefined();
      expect(await store.list("")).toEqual([]);
    });

    it("deletes a key, and finds no fault with one that is absent", async () => {
      await store.set("a", bytes(1), later());
      await store.delete("a");
      await store.delete("a");
      expect(await store.get("a")).toBeUndefined();
    });

    it("lists the keys that begin with a prefix, in which no character is a wildcard", async () => {
      for (const key of ["s/1", "s/2", "s*/3", "s", "t/s/1", "s?[1]/4"]) await store.set(key, bytes(0), later());
      expect((await store.list("s/")).toSorted()).toEqual(["s/1", "s/2"]);
      expect(await store.list("s*")).toEqual(["s*/3"]);
      expect(await store.list("s?[1]")).toEqual(["s?[1]/4"]);
      expect(await store.list("u")).toEqual([]);
    });

    it.each(["*", "?", "[a-z]", "[^a]", "a\\", "\\*", "]", "[", "**", "a\n*"])(
      "takes %j for itself at the beginning of keys, and in the middle",
      async (text) => {
        for (const key of [`${text}1`, `p${text}2`, "abc", "p3", "", "a\\x", "zz"]) {
          await store.set(key, bytes(0), later());
        }
        const listed = await store.list(text);
        expect(listed).toContain(`${text}1`);
        expect(listed.filter((key) => !key.startsWith(text))).toEqual([]);
        expect(await store.list(`p${text}`)).toEqual([`p${text}2`]);
      },
    );

    it("lists each of many keys once", async () => {
      const keys = Array.from({ length: 5_000 }, (_, index) => `many/${index}`);
      await Promise.all(keys.map((key) => store.set(key, bytes(1), later())));
      await Promise.all(keys.map((key) => store.set(`more/${key}`, bytes(1), later())));
      expect((await other.list("many/")).toSorted()).toEqual(keys.toSorted());
    });

    it("shares no memory with its callers", async () => {
      const given = bytes(1, 2, 3);
      await store.set("a", given, later());
      const added = bytes(4, 5, 6);
      await store.add("b", added, later());
      given.fill(0);
      added.fill(0);
      const got = await store.get("a");
      expect(got).toEqual(bytes(1, 2, 3));
      got?.fill(9);
      expect(await store.get("a")).toEqual(bytes(1, 2, 3));
      expect(await store.get("b")).toEqual(bytes(4, 5, 6));
    });
  });
}
