import type { RoutePattern, RouteSegment } from "../route-key.ts";
import { TooComplex } from "./decision-diagram.ts";
import { plainText } from "./unreachable-routes.ts";

/** A route that takes some of the requests that another one matches too. */
export interface Winner {
  readonly pattern: RoutePattern;
  /** The path of a request that both match. */
  readonly path: string;
}

/** A route with more specific ones that take some of its requests. */
export interface Overlap {
  readonly loser: RoutePattern;
  /** The first of them, in no certain order. */
  readonly winners: readonly Winner[];
  /** Whether there are more. */
  readonly more: boolean;
}

/** How many winners are told of one route. */
const mostWinners = 20;
/** How many places of the tree are visited for all routes together. */
const mostVisits = 2_000_000;

/** A place in the tree of segments. */
interface Branch {
  readonly statics: Map<string, Branch>;
  param?: Branch;
  any?: Branch;
  readonly ends: RoutePattern[];
  readonly rests: RoutePattern[];
}

/** How routes are compared with requests. */
interface Comparing {
  readonly caseSensitive: boolean;
  readonly strict: boolean;
}

/**
 * Finds the routes that share requests with more specific ones.
 *
 * @throws TooComplex where there are too many to look at.
 */
export function overlappingRoutes(
  patterns: readonly RoutePattern[],
  { caseSensitive, strict }: Comparing,
): readonly Overlap[] {
  const plain = plainText(patterns);
  const keyOf = (text: string) => (caseSensitive ? text : text.toLowerCase());
  const root = newBranch();
  for (const pattern of patterns) {
    let branch = root;
    for (const segment of pattern.segments) branch = childOf(branch, segment, keyOf);
    (pattern.segments.at(-1)?.kind === "rest" ? branch.rests : branch.ends).push(pattern);
  }
  let visits = 0;
  function visit(): void {
    visits += 1;
    if (visits > mostVisits) throw new TooComplex();
  }

  return patterns.flatMap((loser): readonly Overlap[] => {
    const winners: Winner[] = [];
    for (const winner of winnersOver(loser)) {
      if (winners.length === mostWinners) return [{ loser, winners, more: true }];
      winners.push(winner);
    }
    return winners.length === 0 ? [] : [{ loser, winners, more: false }];
  });

  function* winnersOver(loser: RoutePattern): Generator<Winner> {
    const { segments } = loser;
    yield* walk(root, 0, false, []);

    /** @param ahead whether what is here is more specific already: the first segments that differ in kind decide. */
    function* walk(branch: Branch, depth: number, ahead: boolean, texts: readonly string[]): Generator<Winner> {
      visit();
      const segment = segments[depth];
      if (segment?.kind === "rest") {
        yield* winning(branch.rests, ahead, [...texts, plain], false);
        if (segment.name === undefined) yield* winning(branch.ends, true, texts, false);
        for (const [child, text] of childrenOf(branch)) yield* everything(child, [...texts, text]);
        return;
      }
      if (segment === undefined) {
        yield* winning(branch.ends, ahead, texts, true);
        // Only `**` takes no segment at all.
        if (ahead) yield* winning(branch.rests.filter(takesNone), true, texts, false);
        return;
      }
      const own = segment.kind === "static" ? segment.text : plain;
      if (segment.kind === "static") {
        const named = branch.statics.get(keyOf(segment.text));
        if (named !== undefined) yield* walk(named, depth + 1, ahead, [...texts, own]);
      } else {
        for (const [text, child] of branch.statics) yield* walk(child, depth + 1, true, [...texts, text]);
      }
      if (branch.param !== undefined && (ahead || segment.kind !== "static")) {
        yield* walk(branch.param, depth + 1, ahead || segment.kind === "any", [...texts, own]);
      }
      if (branch.any !== undefined && (ahead || segment.kind === "any")) {
        yield* walk(branch.any, depth + 1, ahead, [...texts, own]);
      }
      if (ahead) {
        const rest = segments.slice(depth).map((later) => (later.kind === "static" ? later.text : plain));
        yield* winning(branch.rests, true, [...texts, ...rest], false);
      }
    }

    /** What begins here, whatever follows: more specific than a rest. */
    function* everything(branch: Branch, texts: readonly string[]): Generator<Winner> {
      visit();
      yield* winning(branch.ends, true, texts, false);
      for (const pattern of branch.rests) {
        yield* winning([pattern], true, takesNone(pattern) ? texts : [...texts, plain], false);
      }
      for (const [child, text] of childrenOf(branch)) yield* everything(child, [...texts, text]);
    }

    function* winning(
      candidates: readonly RoutePattern[],
      ahead: boolean,
      texts: readonly string[],
      bothEnd: boolean,
    ): Generator<Winner> {
      for (const pattern of candidates) {
        const { method, trailingSlash } = pattern;
        const wins = method !== "*" && loser.method === "*";
        if (!wins && !(ahead && (method === "*" || method === loser.method))) continue;
        if (strict && bothEnd && trailingSlash !== loser.trailingSlash) continue;
        // A rest goes with a slash and without.
        const slash = strict && (trailingSlash || loser.trailingSlash);
        yield { pattern, path: `/${texts.join("/")}${slash ? "/" : ""}` };
      }
    }
  }

  function childrenOf({ statics, param, any }: Branch): readonly (readonly [Branch, string])[] {
    return [
      ...[...statics].map(([text, child]) => [child, text] as const),
      ...[param, any].flatMap((child) => (child === undefined ? [] : [[child, plain] as const])),
    ];
  }
}

function newBranch(): Branch {
  return { statics: new Map(), ends: [], rests: [] };
}

function childOf(branch: Branch, segment: RouteSegment, keyOf: (text: string) => string): Branch {
  if (segment.kind === "param") {
    branch.param ??= newBranch();
    return branch.param;
  }
  if (segment.kind === "any") {
    branch.any ??= newBranch();
    return branch.any;
  }
  if (segment.kind === "rest") return branch;
  const key = keyOf(segment.text);
  const known = branch.statics.get(key) ?? newBranch();
  branch.statics.set(key, known);
  return known;
}

function takesNone({ segments }: RoutePattern): boolean {
  const last = segments.at(-1);
  return last?.kind === "rest" && last.name === undefined;
}
