import { AuthError } from "../errors.ts";
import { decodeEscapes, type Target } from "../target.ts";
import type { RouteMethod, RoutePattern } from "./route-key.ts";

/** How routes are compared with requests; it must mirror the application behind the gate. */
export interface RouteIndexOptions {
  /** Whether static segments match in their exact case only. */
  readonly caseSensitive: boolean;
  /** Whether a trailing slash makes another path. */
  readonly strict: boolean;
}

/** What a request was found under. */
export interface IndexMatch<Rule> {
  /** The key of the route, as it was written. */
  readonly route: string;
  readonly rule: Rule;
  /** The decoded parameters of the path; they inherit nothing. */
  readonly params: Readonly<Record<string, string>>;
}

/** Routes by their paths. Looking one up takes as long among ten thousand routes as among ten. */
export interface RouteIndex<Rule> {
  /** Adds a route; where another of the same specificity could claim the same requests, gives that one's key instead. */
  add(pattern: RoutePattern, rule: Rule): string | undefined;
  /**
   * The most specific route that a request matches.
   *
   * Static segments are compared as on the wire, as Express does. What serves files or forwards requests decodes them first;
   * so a segment that is a static one in other escapes, such as `%40private` beside `@private`, is refused.
   *
   * @throws AuthError `target_not_canonical`
   */
  find(method: string, target: Target): IndexMatch<Rule> | undefined;
}

interface Entry<Rule> {
  readonly pattern: RoutePattern;
  readonly rule: Rule;
  /** How many segments the rest must have at least. */
  readonly atLeast: 0 | 1;
  readonly places: readonly ParamPlace[];
}

/** Where a parameter stands in a path. */
interface ParamPlace {
  readonly name: string;
  readonly index: number;
  readonly rest: boolean;
}

/** Routes that differ in their methods alone, each at the number of its method. */
type Entries<Rule> = (Entry<Rule> | undefined)[];

/** A place in the tree of segments; the order of its members is that of specificity. */
interface Branch<Rule> {
  readonly statics: Map<string, Branch<Rule>>;
  /** The keys of {@link statics}, decoded. */
  readonly decodedStatics: Set<string>;
  param: Branch<Rule> | undefined;
  any: Branch<Rule> | undefined;
  /** Routes that end here, and with `strict` those that end here with a slash. */
  readonly ends: Entries<Rule>;
  readonly slashEnds: Entries<Rule>;
  /** Routes whose last segment takes the rest from here. */
  readonly rests: Entries<Rule>;
}

const methodNumbers: Readonly<Record<RouteMethod, number>> = {
  "*": 0,
  GET: 1,
  POST: 2,
  PUT: 3,
  PATCH: 4,
  DELETE: 5,
  OPTIONS: 6,
};
// Other methods match no route, not even one for all methods, so that they are denied.
const judgedAs: ReadonlyMap<string, number> = new Map([
  ["GET", methodNumbers.GET],
  ["HEAD", methodNumbers.GET],
  ["POST", methodNumbers.POST],
  ["PUT", methodNumbers.PUT],
  ["PATCH", methodNumbers.PATCH],
  ["DELETE", methodNumbers.DELETE],
  ["OPTIONS", methodNumbers.OPTIONS],
]);

/**
 * The parameters of one path. Nothing stands behind them but an empty object without a prototype: V8 keeps the members of
 * Object.create(null) in a table, which costs more to make and to ask.
 */
class Params {
  [name: string]: string;

  static {
    Object.setPrototypeOf(Params.prototype, null);
    Reflect.deleteProperty(Params.prototype, "constructor");
    Object.freeze(Params.prototype);
  }
}

const noParams: Readonly<Record<string, string>> = Object.freeze(new Params());

/** Makes an empty index. */
export function createRouteIndex<Rule>({ caseSensitive, strict }: RouteIndexOptions): RouteIndex<Rule> {
  const root = newBranch<Rule>();
  const keyOf = (text: string) => (caseSensitive ? text : text.toLowerCase());

  return {
    add(pattern, rule) {
      const { segments, method } = pattern;
      const last = segments.at(-1);
      const rest = last?.kind === "rest" ? last : undefined;
      let branch = root;
      for (const segment of segments) {
        if (segment.kind === "static") branch = childOf(branch, keyOf(segment.text), keyOf(decoded(segment.text)));
        else if (segment.kind === "param") branch = branch.param ??= newBranch();
        else if (segment.kind === "any") branch = branch.any ??= newBranch();
      }
      const ends = strict && pattern.trailingSlash ? branch.slashEnds : branch.ends;
      const entries = rest === undefined ? ends : branch.rests;
      const number = methodNumbers[method];
      const rival = entries[number];
      if (rival !== undefined) return rival.pattern.key;
      const atLeast = rest?.name === undefined ? 0 : 1;
      entries[number] = { pattern, rule, atLeast, places: placesOf(pattern) };
      return undefined;
    },

    find(method, target) {
      const judged = judgedAs.get(method);
      if (judged === undefined) return undefined;
      const { segments } = target;
      const entry = search(root, segments, 0, judged, strict && target.trailingSlash);
      return entry && { route: entry.pattern.key, rule: entry.rule, params: paramsOf(entry, segments) };
    },
  };

  // From the most specific to the least; the first that fits is the most specific of all, and no branch is seen twice.
  function search(
    branch: Branch<Rule>,
    segments: readonly string[],
    depth: number,
    as: number,
    slash: boolean,
  ): Entry<Rule> | undefined {
    let found: Entry<Rule> | undefined;
    if (depth === segments.length) {
      found = pick(slash ? branch.slashEnds : branch.ends, as, 0);
    } else {
      const { statics, param, any } = branch;
      const text = segments[depth] as string;
      const named = statics.size === 0 ? undefined : staticOf(branch, text);
      if (named !== undefined) found = search(named, segments, depth + 1, as, slash);
      found ??=
        (param && search(param, segments, depth + 1, as, slash)) ??
        (any && search(any, segments, depth + 1, as, slash));
    }
    return found ?? pick(branch.rests, as, segments.length - depth);
  }

  function staticOf({ statics, decodedStatics }: Branch<Rule>, text: string): Branch<Rule> | undefined {
    // Most requests spell a segment as it is kept, and need no other spelling made.
    const named = statics.get(text) ?? statics.get(keyOf(text));
    if (named === undefined && decodedStatics.has(keyOf(decoded(text)))) throw otherEscapes();
    return named;
  }
}

function newBranch<Rule>(): Branch<Rule> {
  return {
    statics: new Map(),
    decodedStatics: new Set(),
    param: undefined,
    any: undefined,
    ends: [],
    slashEnds: [],
    rests: [],
  };
}

function childOf<Rule>(parent: Branch<Rule>, key: string, decodedKey: string): Branch<Rule> {
  const known = parent.statics.get(key);
  if (known !== undefined) return known;
  const fresh = newBranch<Rule>();
  parent.statics.set(key, fresh);
  parent.decodedStatics.add(decodedKey);
  return fresh;
}

function otherEscapes(): AuthError {
  return new AuthError("target_not_canonical", { reason: "the path spells a segment of a route with other escapes" });
}

function pick<Rule>(entries: Entries<Rule>, method: number, remaining: number): Entry<Rule> | undefined {
  const named = entries[method];
  if (named !== undefined && remaining >= named.atLeast) return named;
  const all = entries[methodNumbers["*"]];
  return all !== undefined && remaining >= all.atLeast ? all : undefined;
}

/** The places of the parameters of a path; a rest goes from its place to the end. */
function placesOf({ segments }: RoutePattern): readonly ParamPlace[] {
  return segments.flatMap((segment, index): readonly ParamPlace[] => {
    if (segment.kind === "param") return [{ name: segment.name, index, rest: false }];
    return segment.kind === "rest" && segment.name !== undefined ? [{ name: segment.name, index, rest: true }] : [];
  });
}

function paramsOf({ places }: Entry<unknown>, segments: readonly string[]): Readonly<Record<string, string>> {
  if (places.length === 0) return noParams;
  const params = new Params();
  for (const { name, index, rest } of places) {
    // No segment holds an escaped slash, so the slashes between them stay the only ones.
    params[name] = rest ? segments.slice(index).map(decoded).join("/") : decoded(segments[index] as string);
  }
  return params;
}

// The target has been parsed, so its escapes are UTF-8.
function decoded(segment: string): string {
  return segment.includes("%") ? (decodeEscapes(segment) as string) : segment;
}
