import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Differences, examine } from "../../../../../src/adapters/lambda/cache/table/examine.ts";
import type { LabeledRoute, Token } from "../../../../../src/adapters/lambda/cache/table/labeled-route.ts";
import { type PathSymbol, spells } from "../../../../../src/adapters/lambda/cache/table/path-symbol.ts";
import { type Shape, shapesOf, takesIn } from "../../../../../src/adapters/lambda/cache/table/shape.ts";

const text = (value: string, anyCase = false) => ({ kind: "text", text: value, anyCase }) as const;
const one: Token = { kind: "one" };
const rest: Token = { kind: "rest", atLeast: 0 };
const rest1: Token = { kind: "rest", atLeast: 1 };
const many = { kind: "many" } as const;
const route = (granted: boolean, ...tokens: readonly Token[]): LabeledRoute => ({
  route: `GET /${tokens.map(({ kind }) => kind).join("/")}`,
  tokens,
  granted,
});
const allowsOf = (routes: readonly LabeledRoute[]) =>
  routes.flatMap(({ tokens, granted }, index) =>
    granted ? shapesOf(tokens).map((shape) => [index, shape] as const) : [],
  );
const pathText = (path: readonly PathSymbol[]) =>
  `/${path.map((symbol) => (symbol === "other" ? "?" : symbol.otherCase ? symbol.text.toUpperCase() : symbol.text)).join("/")}`;

function compare(routes: readonly LabeledRoute[], denies: readonly Shape[], unrouted = true, mostLooks = 5_000) {
  return examine(routes, allowsOf(routes), denies, { unrouted, mostLooks });
}
const texts = (found: Differences | undefined) => ({
  excess: found?.excess.map(({ path, decider }) => `${pathText(path)} ${decider?.route ?? "-"}`),
  lack: found?.lack.map(({ path, decider }) => `${pathText(path)} ${decider?.route ?? "-"}`),
});

/** Whether a route matches a path, told in the plainest way. */
function matches(tokens: readonly Token[], path: readonly PathSymbol[]): boolean {
  const [token, ...tokensLeft] = tokens;
  const [segment, ...pathLeft] = path;
  if (token === undefined) return segment === undefined;
  if (token.kind === "rest") return path.length >= token.atLeast;
  if (segment === undefined) return false;
  return (token.kind === "one" || spells(token, segment)) && matches(tokensLeft, pathLeft);
}

const token = fc.oneof(
  fc.constant(one),
  fc.tuple(fc.constantFrom("a", "b"), fc.boolean()).map(([value, anyCase]) => text(value, anyCase)),
);
const routeOf = fc
  .tuple(fc.boolean(), fc.array(token, { maxLength: 2 }), fc.constantFrom(undefined, undefined, rest, rest1))
  .map(([granted, tokens, end]) => route(granted, ...tokens, ...(end ? [end] : [])));
const shapeOf: fc.Arbitrary<Shape> = fc.array(
  fc.oneof(
    fc.constant(many),
    fc.tuple(fc.constantFrom("a", "b"), fc.boolean()).map(([value, any]) => text(value, any)),
  ),
  { maxLength: 3 },
);
const segments: readonly PathSymbol[] = ["other", "a", "b"].flatMap((value): readonly PathSymbol[] =>
  value === "other"
    ? ["other"]
    : [
        { text: value, otherCase: false },
        { text: value, otherCase: true },
      ],
);
const paths = (length: number): readonly (readonly PathSymbol[])[] =>
  length === 0 ? [[]] : paths(length - 1).flatMap((path) => segments.map((segment) => [...path, segment]));
const shortPaths = [0, 1, 2, 3, 4].flatMap(paths);

describe("the differences between patterns and routes", () => {
  it("are found where there are any on a short path, the shortest first, and nowhere else", () => {
    const count = { excess: 0, lack: 0, none: 0 };
    fc.assert(
      fc.property(
        fc.array(routeOf, { minLength: 1, maxLength: 3 }),
        fc.array(shapeOf, { maxLength: 2 }),
        fc.boolean(),
        (routes, denies, unrouted) => {
          const allows = allowsOf(routes);
          const kindOf = (path: readonly PathSymbol[]) => {
            const index = routes.findIndex(({ tokens }) => matches(tokens, path));
            const denied = denies.some((shape) => takesIn(shape, path));
            const allowed = allows.some(([, shape]) => takesIn(shape, path));
            const byOwn = allows.some(([own, shape]) => own === index && takesIn(shape, path));
            if (index === -1 && !unrouted) return undefined;
            if (routes[index]?.granted === true) return denied && byOwn ? "lack" : undefined;
            return allowed && !denied ? "excess" : undefined;
          };
          const found = compare(routes, denies, unrouted) as Differences;
          for (const kind of ["excess", "lack"] as const) {
            const [shortest] = shortPaths.filter((path) => kindOf(path) === kind);
            expect(found[kind][0]?.path.length).toBe(shortest?.length);
            for (const { path, decider } of found[kind]) {
              expect(kindOf(path)).toBe(kind);
              expect(decider).toBe(routes.find(({ tokens }) => matches(tokens, path)));
            }
            count[kind] += shortest === undefined ? 0 : 1;
            if (shortest === undefined) count.none += 1;
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(Math.min(count.excess, count.lack, count.none)).toBeGreaterThan(40);
  });

  it.each<[string, readonly LabeledRoute[], readonly Shape[], boolean, readonly string[], readonly string[]]>([
    ["none where a pattern is the route", [route(true, text("a"))], [], true, [], []],
    ["a deeper path that a wildcard takes in", [route(true, one)], [], true, ["/?/? -"], []],
    ["no deeper path where the gateway answers it", [route(true, one)], [], false, [], []],
    [
      "a denied route within an allowed one",
      [route(false, text("a")), route(true, rest)],
      [],
      true,
      ["/a GET /text"],
      [],
    ],
    ["none where that is denied", [route(false, text("a")), route(true, rest)], [[text("a")]], true, [], []],
    ["a granted path that is denied", [route(true, text("a"))], [[many]], true, [], ["/a GET /text"]],
    [
      "another case of a denied route",
      [route(false, text("a", true)), route(true, one)],
      [[text("a")], [many, many]],
      true,
      ["/A GET /text"],
      [],
    ],
    ["nothing where nothing is allowed", [route(false, rest)], [[many]], true, [], []],
  ])("are %s", (_, routes, denies, unrouted, excess, lack) => {
    expect(texts(compare(routes, denies, unrouted))).toEqual({ excess, lack });
  });

  it("are none of what only the pattern of another route grants and one denies", () => {
    // Whatever is written in the route's own place is allowed by the wide route alone.
    const routes = [route(true, text("a", true)), route(true, one)];
    expect(texts(compare(routes, [[text("a", true)], [many, many]])).lack).toEqual(["/a GET /text"]);
  });

  it("are looked for as often as was said, and not told where that is too seldom", () => {
    const routes = [route(true, one, text("b")), route(false, text("a"), rest)];
    const looks = compare(routes, [])?.looks as number;
    expect(looks).toBeGreaterThan(3);
    expect(compare(routes, [], true, looks)?.looks).toBe(looks);
    expect(compare(routes, [], true, looks - 1)).toBeUndefined();
  });

  it("take few looks at many routes that are alike", () => {
    const routes = Array.from({ length: 200 }, (_, index) => route(true, text(`r${index}`), one));
    expect(compare(routes, [], false, 1_000)?.looks).toBeLessThan(700);
  });
});
