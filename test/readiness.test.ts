import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../src/configuration.ts";
import { AuthError } from "../src/errors.ts";
import { allReady, ReadinessError, readinessOf, type SourceReadiness, warmUp } from "../src/readiness.ts";

/** A verifier that fails with what is given, and tells what is given. */
const verifier = (scheme: string, fault?: unknown, told?: readonly SourceReadiness[]) => ({
  scheme,
  ready: () => (fault === undefined ? Promise.resolve() : Promise.reject(fault)),
  ...(told !== undefined && { readiness: () => told }),
});

const keysDown = new AuthError("keys_unavailable");
const storeDown = new AuthError("store_unavailable");
const down = (issuer: string, tokenUse?: string): SourceReadiness => ({
  ...{ source: "keys", issuer, state: "unavailable", code: "keys_unavailable" },
  ...(tokenUse !== undefined && { tokenUse }),
});
const up: SourceReadiness = { source: "keys", issuer: "https://up.example", state: "ready" };

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe("readinessOf", () => {
  it("lists what each verifier tells under its scheme, and leaves out those that tell nothing", () => {
    const verifiers = [verifier("Bearer", undefined, [up, down("https://a.example")]), verifier("Other")];
    expect(readinessOf(verifiers)).toEqual([
      { scheme: "Bearer", ...up },
      { scheme: "Bearer", ...down("https://a.example") },
    ]);
  });
});

describe("warmUp", () => {
  it("resolves where every verifier can, and where there is nothing to warm up", async () => {
    await expect(warmUp([verifier("Bearer", undefined, [up]), { scheme: "Other" }])).resolves.toBeUndefined();
  });

  it("asks every verifier, and rejects with the outcome of each", async () => {
    const told = [down("https://a.example", "access"), up];
    const fault = await faultOf(warmUp([verifier("Bearer", keysDown, told), verifier("Other", undefined, [up])]));
    expect(fault).toBeInstanceOf(ReadinessError);
    expect(fault).toMatchObject({
      name: "ReadinessError",
      message: "not ready: Bearer keys of https://a.example (access): keys_unavailable",
      errors: [keysDown],
      report: [
        { scheme: "Bearer", ...down("https://a.example", "access") },
        { scheme: "Bearer", ...up },
        { scheme: "Other", ...up },
      ],
    });
    expect(Object.isFrozen((fault as ReadinessError).report)).toBe(true);
  });

  it("lists the faults of one verifier one by one", async () => {
    const both = new AggregateError([keysDown, storeDown]);
    const told: readonly SourceReadiness[] = [
      down("https://a.example"),
      { source: "sessions", state: "unavailable", code: "store_unavailable" },
    ];
    expect(await faultOf(warmUp([verifier("Bearer", both, told)]))).toMatchObject({
      message: "not ready: Bearer keys of https://a.example: keys_unavailable; Bearer sessions: store_unavailable",
      errors: [keysDown, storeDown],
    });
  });

  it.each([
    ["a fault of a request", storeDown, "store_unavailable"],
    [
      "a fault of the configuration",
      new ConfigurationError("missing_option", "a", "is missing"),
      "configuration_error",
    ],
    ["anything else", "nothing", "internal_error"],
  ])("lists a verifier that failed and cannot tell by what, with the code of %s", async (_name, fault, code) => {
    const outcome = await faultOf(warmUp([verifier("Odd", fault), verifier("Bearer", fault, [up])]));
    expect(outcome).toMatchObject({
      message: `not ready: Odd: ${code}; Bearer: ${code}`,
      errors: [fault, fault],
      report: [
        { scheme: "Odd", state: "unavailable", code },
        { scheme: "Bearer", ...up },
        { scheme: "Bearer", state: "unavailable", code },
      ],
    });
  });

  it("lists a verifier that throws before it promises anything", async () => {
    const ready = () => {
      throw keysDown;
    };
    expect(await faultOf(warmUp([{ scheme: "Odd", ready }]))).toMatchObject({ errors: [keysDown] });
  });

  it("takes over what a verifier tells without a code", async () => {
    const told = [{ source: "sessions", state: "unavailable" }] as const;
    expect(await faultOf(warmUp([verifier("Odd", storeDown, told)]))).toMatchObject({
      message: "not ready: Odd sessions: unavailable",
    });
  });
});

describe("allReady", () => {
  it("takes every step to its end before it rejects", async () => {
    const done: string[] = [];
    const slow = async () => {
      await new Promise(setImmediate);
      done.push("slow");
    };
    await expect(allReady([() => Promise.reject(keysDown), slow])).rejects.toBe(keysDown);
    expect(done).toEqual(["slow"]);
  });

  it("rejects with all faults where there are several", async () => {
    const fail = () => {
      throw storeDown;
    };
    await expect(allReady([() => Promise.reject(keysDown), fail, () => 7])).rejects.toMatchObject({
      errors: [keysDown, storeDown],
    });
  });

  it("resolves where there is no fault", async () => {
    await expect(allReady([])).resolves.toBeUndefined();
    await expect(allReady([() => true])).resolves.toBeUndefined();
  });
});
