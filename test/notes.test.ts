import { describe, expect, it } from "vitest";
import { createNotes } from "../src/notes.ts";

const extensible = () => ({ name: "a" });
const kinds: Readonly<Record<string, () => { name: string }>> = {
  "an object": extensible,
  "a frozen object": () => Object.freeze(extensible()),
  "an object without a prototype": () => Object.assign(Object.create(null), extensible()),
};

describe.each(Object.entries(kinds))("notes on %s", (_, make) => {
  it("hold the latest value for it, and none for another", () => {
    const notes = createNotes<object, string>();
    const [one, other] = [make(), make()];
    expect(notes.get(one)).toBeUndefined();
    notes.set(one, "first");
    expect(notes.get(one)).toBe("first");
    notes.set(one, "second");
    expect([notes.get(one), notes.get(other)]).toEqual(["second", undefined]);
  });

  it("are not the notes of somebody else", () => {
    const [mine, yours] = [createNotes<object, string>(), createNotes<object, string>()];
    const one = make();
    mine.set(one, "mine");
    expect(yours.get(one)).toBeUndefined();
    yours.set(one, "yours");
    expect([mine.get(one), yours.get(one)]).toEqual(["mine", "yours"]);
  });

  it("cannot be seen on it, nor copied, inherited or reached through a proxy", () => {
    const notes = createNotes<object, string>();
    const one = make();
    const before = Object.getOwnPropertyDescriptors(one);
    const prototype = Object.getPrototypeOf(one);
    notes.set(one, "noted");
    expect(Object.getOwnPropertyDescriptors(one)).toEqual(before);
    expect(Object.getPrototypeOf(one)).toBe(prototype);
    for (const another of [{ ...one }, Object.assign({}, one), Object.create(one), new Proxy(one, {})]) {
      expect(notes.get(another)).toBeUndefined();
    }
  });
});

describe("notes", () => {
  it("stay where the object is frozen after they were made", () => {
    const notes = createNotes<object, string>();
    const one = extensible();
    notes.set(one, "first");
    Object.freeze(one);
    notes.set(one, "second");
    expect(notes.get(one)).toBe("second");
  });

  it("can be undefined", () => {
    const notes = createNotes<object, string | undefined>();
    const one = extensible();
    notes.set(one, "first");
    notes.set(one, undefined);
    expect(notes.get(one)).toBeUndefined();
  });
});
