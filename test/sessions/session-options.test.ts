import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { noSeal } from "../../src/sessions/seal.ts";
import { readSessionsOptions, type SessionsOptions } from "../../src/sessions/session-options.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const good = { service: "api.example.com", region: "eu-west-1" };
const key = Uint8Array.from({ length: 32 }, (_, at) => at);
const sealing = { current: { id: "2026-01", key } };
const read = (options: unknown) => readSessionsOptions(options as SessionsOptions, (clock) => memoryStore({ clock }));
const { local: _, ...shared } = memoryStore();

describe("readSessionsOptions", () => {
  it("fills in what is left out", () => {
    expect(read(good)).toEqual({
      service: "api.example.com",
      region: "eu-west-1",
      audience: "api.example.com",
      skewSeconds: 300,
      cacheSeconds: 60,
      cacheEntries: 10_000,
      revocationSeconds: 60,
      maxSessionHours: 12,
      clock: Date.now,
      store: expect.objectContaining({ local: true }),
      seal: noSeal,
    });
  });

  it("makes the default store on the clock that is given, and only where it is needed", () => {
    const clock = () => 7;
    const clocks: unknown[] = [];
    const make = (given: () => number) => {
      clocks.push(given);
      return memoryStore();
    };
    readSessionsOptions({ ...good, clock }, make);
    readSessionsOptions({ ...good, clock, store: memoryStore() }, make);
    expect(clocks).toEqual([clock]);
  });

  it("takes over what is given", () => {
    const store = memoryStore();
    const given = {
      audience: "staging",
      skewSeconds: 60,
      cacheSeconds: 0,
      cacheEntries: 5,
      revocationSeconds: 0,
      store,
    };
    expect(read({ ...good, ...given, maxSessionHours: 24 })).toMatchObject({ ...given, maxSessionHours: 24 });
  });

  it("takes a service without a dot where told to", () => {
    expect(read({ service: "sts", region: "us-east-1", allowUndottedService: true }).service).toBe("sts");
  });

  it("seals what goes to a store that is not local, and to one that is where told to", () => {
    for (const store of [shared, memoryStore()]) expect(read({ ...good, store, sealing }).seal).not.toBe(noSeal);
    expect(read({ ...good, store: memoryStore() }).seal).toBe(noSeal);
  });

  it.each([
    ["no options", undefined, "createSessions"],
    ["no service", { region: "eu-west-1" }, "createSessions.service"],
    ["a service without a dot", { ...good, service: "api" }, "createSessions.service"],
    ["a service that ends with a dot", { ...good, service: "api." }, "createSessions.service"],
    ["a service in upper case", { ...good, service: "API.example.com" }, "createSessions.service"],
    ["a service with a slash", { ...good, service: "api.example.com/v1" }, "createSessions.service"],
    ["a service with a port", { ...good, service: "api.example.com:443" }, "createSessions.service"],
    [
      "undotted services neither allowed nor not",
      { ...good, allowUndottedService: "yes" },
      "createSessions.allowUndottedService",
    ],
    ["no region", { service: "api.example.com" }, "createSessions.region"],
    ["a region with a slash", { ...good, region: "eu/west" }, "createSessions.region"],
    ["an empty audience", { ...good, audience: "" }, "createSessions.audience"],
    ["an audience of null", { ...good, audience: null }, "createSessions.audience"],
    ["an audience with a slash", { ...good, audience: "a/b" }, "createSessions.audience"],
    ["a skew of 301 s", { ...good, skewSeconds: 301 }, "createSessions.skewSeconds"],
    ["a skew of 0 s", { ...good, skewSeconds: 0 }, "createSessions.skewSeconds"],
    ["a skew of null", { ...good, skewSeconds: null }, "createSessions.skewSeconds"],
    ["a cache of 301 s", { ...good, cacheSeconds: 301 }, "createSessions.cacheSeconds"],
    ["a cache without entries", { ...good, cacheEntries: 0 }, "createSessions.cacheEntries"],
    ["revocations of 61 s", { ...good, revocationSeconds: 61 }, "createSessions.revocationSeconds"],
    ["revocations of null", { ...good, revocationSeconds: null }, "createSessions.revocationSeconds"],
    ["sessions of 11 hours at most", { ...good, maxSessionHours: 11 }, "createSessions.maxSessionHours"],
    ["sessions of 169 hours at most", { ...good, maxSessionHours: 169 }, "createSessions.maxSessionHours"],
    ["a store that is null", { ...good, store: null }, "createSessions.store"],
    ["a store that cannot add", { ...good, store: { ...memoryStore(), add: undefined } }, "createSessions.store"],
    ["a store of others without a key", { ...good, store: shared }, "createSessions.sealing"],
    ["a store that is local in a word", { ...good, store: { ...shared, local: "yes" } }, "createSessions.sealing"],
    ["a store of others with a key of null", { ...good, store: shared, sealing: null }, "createSessions.sealing"],
    ["a local store with a key of null", { ...good, sealing: null }, "createSessions.sealing"],
    ["a faulty key", { ...good, sealing: { current: { id: "a" } } }, "createSessions.sealing.current.key"],
    ["a clock that is a Date", { ...good, clock: new Date() }, "createSessions.clock"],
    ["a misspelled option", { ...good, skewseconds: 60 }, "createSessions.skewseconds"],
  ])("refuses %s", (_, options, option) => {
    expect(() => read(options)).toThrow(ConfigurationError);
    expect(() => read(options)).toThrow(expect.objectContaining({ option }));
  });
});
