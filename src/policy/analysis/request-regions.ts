import type { RoutePattern } from "../route-key.ts";
import { TooComplex } from "./decision-diagram.ts";
import { type RegionToken, regionTokens } from "./region-token.ts";

/** The routes of one policy, and how it compares them with requests. */
export interface RegionPolicy {
  readonly patterns: readonly RoutePattern[];
  readonly caseSensitive: boolean;
  readonly strict: boolean;
}

/** The requests whose paths all policies take apart alike: of each sort of segment one after the other. */
export interface RequestRegion {
  readonly tokens: readonly RegionToken[];
  /** Whether any further segments may follow. */
  readonly open: boolean;
  readonly trailingSlash: boolean;
}

/** How many regions are told apart; tables of ten thousand routes have some ten thousands. */
const maximumRegions = 100_000;

/** A place in the tree of the segments of one policy. */
interface Branch {
  readonly named: Map<string, Branch>;
  /** The keys of {@link named} as they were written. */
  readonly texts: Set<string>;
  /** What follows a parameter or `*`. */
  readonly any: Branch[];
  ends: boolean;
  rests: boolean;
}

/**
 * Cuts the requests that any of the policies has a route for into regions.
 *
 * @throws TooComplex where there are too many.
 */
export function requestRegions(policies: readonly RegionPolicy[]): readonly RequestRegion[] {
  const regions: RequestRegion[] = [];
  const slashes = policies.some(({ strict }) => strict) ? [false, true] : [false];

  function emit(tokens: readonly RegionToken[], open: boolean): void {
    for (const trailingSlash of slashes) {
      if (trailingSlash && tokens.length === 0) continue;
      if (regions.length >= maximumRegions) throw new TooComplex();
      regions.push({ tokens, open, trailingSlash });
    }
  }

  function walk(branches: readonly (readonly Branch[])[], tokens: readonly RegionToken[], inRest: boolean): void {
    const here = branches.flat();
    const rests = inRest || here.some((branch) => branch.rests);
    if (rests || here.some(({ ends }) => ends)) emit(tokens, false);
    const named = policies.map(({ caseSensitive }, index) => ({
      texts: new Set((branches[index] as readonly Branch[]).flatMap(({ texts }) => [...texts])),
      caseSensitive,
    }));
    for (const token of regionTokens(named)) {
      const next = branches.map((own, index) => own.flatMap((branch) => follow(branch, token.matches[index])));
      if (next.some((own) => own.length > 0)) walk(next, [...tokens, token], rests);
      else if (rests) emit([...tokens, token], true);
    }
  }

  walk(
    policies.map((policy) => [treeOf(policy)]),
    [],
    false,
  );
  return regions;
}

function follow({ named, any }: Branch, match: string | false | undefined): readonly Branch[] {
  if (match === false) return [];
  const own = match === undefined ? undefined : named.get(match);
  return own === undefined ? any : [own, ...any];
}

function treeOf({ patterns, caseSensitive }: RegionPolicy): Branch {
  const root = newBranch();
  for (const { segments } of patterns) {
    let branch = root;
    for (const segment of segments) {
      if (segment.kind === "rest") branch.rests = true;
      else if (segment.kind === "static") {
        branch.texts.add(segment.text);
        branch = childOf(branch, caseSensitive ? segment.text : segment.text.toLowerCase());
      } else {
        const [any = newBranch()] = branch.any;
        branch.any[0] = any;
        branch = any;
      }
    }
    if (segments.at(-1)?.kind !== "rest") branch.ends = true;
  }
  return root;
}

function childOf({ named }: Branch, key: string): Branch {
  const known = named.get(key) ?? newBranch();
  named.set(key, known);
  return known;
}

function newBranch(): Branch {
  return { named: new Map(), texts: new Set(), any: [], ends: false, rests: false };
}
