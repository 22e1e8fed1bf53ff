import { type Difference, examine } from "./examine.ts";
import type { LabeledRoute } from "./labeled-route.ts";
import { type Shape, shapeKey, shapeOfPath, shapesOf, takesIn } from "./shape.ts";

/** Patterns that grant exactly what routes grant: whatever an allow takes in and no deny does. */
export interface PathTable {
  readonly allows: readonly Shape[];
  readonly denies: readonly Shape[];
}

/** Why no patterns grant exactly what routes grant. */
export interface Conflict {
  /** What is to be denied: a route, or undefined for paths that no route matches. */
  readonly denied: string | undefined;
  /** The route that would be denied with it. */
  readonly granted: string;
}

/** More rounds than any table needs whose wildcards are not at odds. */
const maximumRounds = 40;
/** Places in a pattern are bits of one number. */
const maximumSteps = 29;
/** More looks at paths than any table needs that is small enough to be kept. */
const maximumLooks = 5_000;

/**
 * Finds the patterns for the paths of the routes of one method. Since `*` crosses slashes, an allow for `/articles/:id` takes in
 * `/articles/7/secret` too: whatever an allow takes in beyond its route is denied, as far as that denies no granted path.
 *
 * @param unrouted whether paths that no route matches must be denied as well.
 */
export function pathTable(routes: readonly LabeledRoute[], unrouted: boolean): PathTable | Conflict {
  const allows = routes.flatMap(({ tokens, granted }, index) =>
    granted ? shapesOf(tokens).map((shape) => [index, shape] as const) : [],
  );
  const anyGranted = routes.find(({ granted }) => granted)?.route ?? "";
  const unfit = new Map<string, string>();
  let denies: readonly Shape[] = [];
  let looks = 0;
  for (let round = 0; round < maximumRounds; round += 1) {
    const found = examine(routes, allows, denies, { unrouted, mostLooks: maximumLooks - looks });
    if (found === undefined) break;
    const { excess, lack } = found;
    looks += found.looks;
    for (const { path, decider } of lack) {
      for (const shape of denies) {
        if (takesIn(shape, path)) unfit.set(shapeKey(shape), (decider as LabeledRoute).route);
      }
    }
    if (lack.length === 0 && excess.length === 0) return { allows: allows.map(([, shape]) => shape), denies };
    const kept = denies.filter((shape) => !unfit.has(shapeKey(shape)));
    const fresh: Shape[] = [];
    for (const difference of excess) {
      if (fresh.some((shape) => takesIn(shape, difference.path))) continue;
      const candidates = candidatesFor(difference);
      const shape = candidates.find((candidate) => !unfit.has(shapeKey(candidate)));
      if (shape === undefined || shape.length > maximumSteps) {
        const narrowest = candidates.at(-1) as Shape;
        return { denied: difference.decider?.route, granted: unfit.get(shapeKey(narrowest)) ?? anyGranted };
      }
      fresh.push(shape);
    }
    denies = [...kept, ...fresh];
  }
  return { denied: undefined, granted: anyGranted };
}

/** What could deny a path: the pattern of its route, or the narrowest one. */
function candidatesFor({ path, decider }: Difference): readonly Shape[] {
  const wide = decider === undefined ? [] : shapesOf(decider.tokens).filter((shape) => takesIn(shape, path));
  return [...wide, shapeOfPath(path)];
}
