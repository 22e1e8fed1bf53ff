import { describe, expect, it } from "vitest";
import { overlappingRoutes } from "../../../src/policy/analysis/overlapping-routes.ts";
import { definePolicy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import { placeOf } from "../../../src/policy/policy-error.ts";
import { type RoutePattern, readRouteKey } from "../../../src/policy/route-key.ts";
import { diceOf } from "../dice.ts";
import { referenceMatch } from "../reference-matcher.ts";

const loose = { caseSensitive: false, strict: false };

function patternsOf(keys: readonly string[]): readonly RoutePattern[] {
  return keys.map((key) => readRouteKey(key, placeOf("", [])) as RoutePattern);
}

/** Each route that gives way, with those that win over it. */
function overlaps(keys: readonly string[], options = loose): Readonly<Record<string, readonly string[]>> {
  const found = overlappingRoutes(patternsOf(keys), options);
  return Object.fromEntries(found.map(({ loser, winners }) => [loser.key, winners.map(({ pattern }) => pattern.key)]));
}

describe("routes that share requests", () => {
  it.each<[readonly string[], Readonly<Record<string, readonly string[]>>]>([
    [["GET /a/:id", "GET /a/mine"], { "GET /a/:id": ["GET /a/mine"] }],
    [["GET /a/:id", "POST /a/mine"], {}],
    [["GET /a/:id", "GET /b/mine"], {}],
    [["GET /a/:id", "GET /a/:id/b"], {}],
    [["* /a", "GET /a"], { "* /a": ["GET /a"] }],
    [["GET /a/:id", "* /a/mine"], { "GET /a/:id": ["* /a/mine"] }],
    [["* /a/:id", "GET /a/mine"], { "* /a/:id": ["GET /a/mine"] }],
    [["GET /x/:b", "GET /:a/y"], { "GET /:a/y": ["GET /x/:b"] }],
    [["GET /*/y", "GET /:a/*"], { "GET /*/y": ["GET /:a/*"] }],
    [["GET /**", "GET /", "GET /a/*rest"], { "GET /**": ["GET /", "GET /a/*rest"] }],
    [["GET /*rest", "GET /", "GET /a"], { "GET /*rest": ["GET /a"] }],
    [["GET /a/**", "GET /:a"], { "GET /:a": ["GET /a/**"] }],
    [["GET /a/*rest", "GET /:a"], {}],
    [["GET /a/*rest", "GET /:a/b/**"], { "GET /:a/b/**": ["GET /a/*rest"] }],
    [["* /a/**", "GET /a/*rest"], { "* /a/**": ["GET /a/*rest"] }],
    [["GET /A", "GET /:id"], { "GET /:id": ["GET /A"] }],
  ])("%j: %j", (keys, expected) => {
    expect(overlaps(keys)).toEqual(expected);
  });

  it("are told apart by a slash and by case where these matter", () => {
    const strict = { caseSensitive: false, strict: true };
    expect(overlaps(["GET /:a/", "GET /b"], strict)).toEqual({});
    expect(overlaps(["GET /:a/", "GET /b/"], strict)).toEqual({ "GET /:a/": ["GET /b/"] });
    expect(overlaps(["GET /**", "GET /b/"], strict)).toEqual({ "GET /**": ["GET /b/"] });
    const exact = { caseSensitive: true, strict: false };
    expect(overlaps(["GET /a/:id", "GET /A/x"], exact)).toEqual({});
    expect(overlaps(["GET /a/:id", "GET /a/x"], exact)).toEqual({ "GET /a/:id": ["GET /a/x"] });
  });

  it("are twenty of one route at most, and there are more", () => {
    const keys = ["GET /**", ...Array.from({ length: 21 }, (_, index) => `GET /a${index}`)];
    const [all] = overlappingRoutes(patternsOf(keys), loose);
    expect(all).toMatchObject({ more: true });
    expect(all?.winners).toHaveLength(20);
    expect(overlappingRoutes(patternsOf(keys.slice(0, 21)), loose)[0]).toMatchObject({ more: false });
  });

  it("cannot be told where there are too many ways to look at", () => {
    const crossing = Array.from({ length: 1_500 }, (_, index) => [
      `GET /x${index}/:b/a${index}`,
      `GET /:a/:b/y${index}`,
    ]);
    expect(() => overlappingRoutes(patternsOf(crossing.flat()), loose)).toThrow();
  });

  it("are those that the slow and obvious reference finds", () => {
    let shared = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      const dice = diceOf(seed);
      const options = { caseSensitive: dice.chance(0.3), strict: dice.chance(0.3) };
      const segment = () => dice.pick("a", "A", "b", ":p", "*");
      const path = () => {
        const own = dice.list(0, 3, segment).map((text, index) => (text === ":p" ? `:p${index}` : text));
        const end = dice.pick("", "", "", "**", "*rest");
        const all = end === "" ? own : [...own, end];
        return `/${all.join("/")}${end === "" && own.length > 0 && dice.chance(0.2) ? "/" : ""}`;
      };
      const routes = Object.fromEntries(dice.list(2, 6, () => [`${dice.pick("GET", "POST", "*")} ${path()}`, "guest"]));
      try {
        definePolicy({ routes, ...options } as unknown as PolicyInit);
      } catch {
        continue;
      }
      const keys = Object.keys(routes);
      const found = overlappingRoutes(patternsOf(keys), options);
      const known = new Set<string>();
      for (const { loser, winners } of found) {
        for (const winner of winners) {
          known.add(JSON.stringify([loser.key, winner.pattern.key]));
          const method = [loser.method, winner.pattern.method, "GET"].find((own) => own !== "*") as string;
          const both = [loser.key, winner.pattern.key];
          for (const key of both) expect(referenceMatch([key], method, winner.path, options), `${seed}`).toBeDefined();
          expect(referenceMatch(both, method, winner.path, options)?.key, `${seed}`).toBe(winner.pattern.key);
        }
      }
      const requests = ["", "a", "A", "b", "z"].flatMap((one) =>
        ["", "a", "b", "z"].flatMap((two) => ["", "a", "b", "z"].map((three) => [one, two, three])),
      );
      for (const parts of requests) {
        const plain = `/${parts.filter((part) => part !== "").join("/")}`;
        for (const target of plain === "/" ? [plain] : [plain, `${plain}/`]) {
          for (const method of ["GET", "POST", "PUT"]) {
            const matching = keys.filter((key) => referenceMatch([key], method, target, options) !== undefined);
            const best = referenceMatch(matching, method, target, options)?.key;
            for (const key of matching) {
              if (key === best) continue;
              shared += 1;
              expect(known, `seed ${seed}: ${key} and ${best} share ${method} ${target}`).toContain(
                JSON.stringify([key, best]),
              );
            }
          }
        }
      }
    }
    expect(shared).toBeGreaterThan(1_000);
  });
});
