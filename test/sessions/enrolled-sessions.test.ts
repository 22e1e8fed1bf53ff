import { describe, expect, it } from "vitest";
import { createEnrolledSessions } from "../../src/sessions/enrolled-sessions.ts";
import { RecordFault } from "../../src/sessions/record-fields.ts";
import { createSeal, noSeal } from "../../src/sessions/seal.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const soon = noon + 1_000;
const proven = "ASIAEXAMPLE000000001";
const scope = "api.example.com/eu-west-1/api.example.com/";
const place = `poolgate/1/enrolled/${scope}${proven}`;

function setUp(seal = noSeal) {
  const time = { now: noon };
  const store = memoryStore({ clock: () => time.now });
  return { time, store, enrolled: createEnrolledSessions({ store, seal, scope }) };
}

const sealed = () => createSeal({ current: { id: "a", key: Uint8Array.from({ length: 32 }, (_, at) => at) } });

describe("enrolled sessions", () => {
  it("tells which was the latest, and which was it before", async () => {
    const { enrolled } = setUp();
    expect(await enrolled.latest(proven)).toBeUndefined();
    expect(await enrolled.replace(proven, "pg-example-session-1", soon)).toBeUndefined();
    expect(await enrolled.latest(proven)).toBe("pg-example-session-1");
    expect(await enrolled.replace(proven, "pg-example-session-2", soon)).toBe("pg-example-session-1");
    expect(await enrolled.latest(proven)).toBe("pg-example-session-2");
  });

  it("tells other credentials and other gates apart", async () => {
    const { enrolled, store } = setUp();
    await enrolled.replace(proven, "pg-example-session-1", soon);
    expect(await enrolled.latest("ASIAEXAMPLE000000002")).toBeUndefined();
    const staging = createEnrolledSessions({ store, seal: noSeal, scope: scope.replace("api", "staging") });
    expect(await staging.latest(proven)).toBeUndefined();
  });

  it("forgets with the end of the session", async () => {
    const { enrolled, time } = setUp();
    await enrolled.replace(proven, "pg-example-session-1", soon);
    time.now = soon;
    expect(await enrolled.latest(proven)).toBeUndefined();
  });

  it("stands sealed in the store, and is not read from another place", async () => {
    const { enrolled, store } = setUp(sealed());
    await enrolled.replace(proven, "pg-example-session-1", soon);
    const bytes = (await store.get(place)) as Uint8Array;
    expect(Buffer.from(bytes).toString("latin1")).not.toContain("pg-example");
    expect(await enrolled.latest(proven)).toBe("pg-example-session-1");
    await store.set(`${place.slice(0, -1)}2`, bytes, soon);
    await expect(enrolled.latest("ASIAEXAMPLE000000002")).rejects.toThrow(RecordFault);
  });

  it("replaces what cannot be read", async () => {
    const { enrolled, store } = setUp(sealed());
    await store.set(place, Uint8Array.of(1, 2, 3), soon);
    await expect(enrolled.latest(proven)).rejects.toThrow(RecordFault);
    expect(await enrolled.replace(proven, "pg-example-session-1", soon)).toBeUndefined();
    expect(await enrolled.latest(proven)).toBe("pg-example-session-1");
  });

  it.each(["get", "set"] as const)("rejects where the store cannot %s", async (method) => {
    const store = { ...memoryStore(), [method]: () => Promise.reject(new Error("down")) };
    const enrolled = createEnrolledSessions({ store, seal: noSeal, scope });
    const refusal = { code: "store_unavailable" };
    await expect(enrolled.replace(proven, "pg-example-session-1", soon)).rejects.toMatchObject(refusal);
  });
});
