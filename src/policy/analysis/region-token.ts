import { decodeEscapes } from "../../target.ts";
import { otherTexts } from "./operand-source.ts";
import { isSegmentText } from "./path-parts.ts";

/** The segments that routes name at one place, in wire form, and how a policy compares them. */
export interface NamedSegments {
  readonly texts: ReadonlySet<string>;
  readonly caseSensitive: boolean;
}

/** One sort of segment at a place of the path: all policies take each of its segments for the same. */
export interface RegionToken {
  /** A segment of this sort, as on the wire. */
  readonly wire: string;
  /**
   * By policy, the segment that it is there as the policy compares them; undefined for one that is not named, and false for one
   * that is refused, since the policy knows it in other escapes.
   */
  readonly matches: readonly (string | false | undefined)[];
  /** The segment on the wire that decodes to a text; undefined where none of this sort does. */
  spell(text: string): string | undefined;
  /** Texts that segments of this sort decode to, as many as asked for where there are so many. */
  others(count: number, taken: ReadonlySet<string>): readonly string[];
}

/** How many ways to write a segment are tried. */
const maximumSpellings = 256;

/** The sorts of segments at one place, those that are named first. */
export function regionTokens(named: readonly NamedSegments[]): readonly RegionToken[] {
  const compare = comparisonOf(named);
  const found = new Map<string, RegionToken>();
  // Where all policies look at the case of letters alike, a route writes each sort as it is.
  const mixed = named.some(({ caseSensitive }) => caseSensitive !== named[0]?.caseSensitive);
  for (const text of new Set(named.flatMap((policy) => [...policy.texts]))) {
    for (const wire of [...otherEscapes(text), text, ...(mixed ? spellings(text) : [])]) {
      const matches = compare(wire);
      if (matches.every((match) => !match)) {
        // Others know the segment as it is written here; what all refuse, or nobody names, is no sort of its own.
        if (!matches.includes(false) || !matches.includes(undefined)) continue;
      }
      const key = keyOf(matches);
      if (!found.has(key)) found.set(key, namedToken(wire, matches, compare));
    }
  }
  return [...found.values(), unnamedToken(named, compare)];
}

/** What policies take a segment for. */
type Comparison = (wire: string) => RegionToken["matches"];

function keyOf(matches: RegionToken["matches"]): string {
  return JSON.stringify(matches);
}

function comparisonOf(named: readonly NamedSegments[]): Comparison {
  const policies = named.map(({ texts, caseSensitive }) => {
    const keyOf = (text: string) => (caseSensitive ? text : text.toLowerCase());
    const keys = new Set([...texts].map(keyOf));
    return { keyOf, keys, decodedKeys: new Set([...texts].map((text) => keyOf(decoded(text)))) };
  });
  return (wire) =>
    policies.map(({ keyOf, keys, decodedKeys }) => {
      const key = keyOf(wire);
      if (keys.has(key)) return key;
      return decodedKeys.has(keyOf(decoded(wire))) ? false : undefined;
    });
}

function namedToken(wire: string, matches: RegionToken["matches"], compare: Comparison): RegionToken {
  const own = keyOf(matches);
  const isOwn = (spelling: string) => keyOf(compare(spelling)) === own;
  return {
    wire,
    matches,
    spell(text) {
      const spelling = spelledLike(wire, text);
      return spelling !== undefined && isOwn(spelling) ? spelling : undefined;
    },
    others(count, taken) {
      const texts = [wire, ...spellings(wire)].filter(isOwn).map(decoded);
      return [...new Set(texts)].filter((text) => !taken.has(text)).slice(0, count);
    },
  };
}

function unnamedToken(named: readonly NamedSegments[], compare: Comparison): RegionToken {
  const matches = named.map(() => undefined);
  function spell(text: string): string | undefined {
    if (!isSegmentText(text)) return undefined;
    const wire = encodeURIComponent(text);
    return compare(wire).every((match) => match === undefined) ? wire : undefined;
  }
  const takenByRoutes = new Set(named.flatMap(({ texts }) => [...texts].map((text) => text.toLowerCase())));
  const others = (count: number, taken: ReadonlySet<string>) =>
    otherTexts(count, new Set([...takenByRoutes, ...taken]));
  return { wire: others(1, new Set())[0] as string, matches, spell, others };
}

/** Other ways to write a segment: with as few escapes as can be, with all, and with these in lower case. */
function otherEscapes(wire: string): readonly string[] {
  const text = decoded(wire);
  if (text === wire && encodeURIComponent(text) === wire) return [];
  return [encodeURI(text), encodeURIComponent(text), wire.replace(/%../g, (escaped) => escaped.toLowerCase())];
}

/** Other ways to write a segment: in other cases, but for its escapes. */
function* spellings(wire: string): Generator<string> {
  const letters = [...wire.matchAll(/%..|[a-z]/gi)].filter(([letter]) => letter.length === 1).map(({ index }) => index);
  const count = Math.min(2 ** letters.length, maximumSpellings);
  for (let number = 1; number < count; number += 1) {
    const characters = [...wire];
    letters.forEach((place, bit) => {
      const letter = characters[place] as string;
      if ((number >> bit) & 1) characters[place] = /[a-z]/.test(letter) ? letter.toUpperCase() : letter.toLowerCase();
    });
    yield characters.join("");
  }
}

/** A segment that decodes to a text and differs from another in the case of its letters alone. */
function spelledLike(wire: string, text: string): string | undefined {
  let rest = text;
  let spelling = "";
  for (const [piece] of wire.matchAll(/(?:%..)+|[^%]+/g)) {
    const escaped = piece.startsWith("%");
    const meant = escaped ? decoded(piece) : piece;
    const own = rest.slice(0, meant.length);
    if (escaped ? own !== meant : own.toLowerCase() !== meant.toLowerCase()) return undefined;
    spelling += escaped ? piece : own;
    rest = rest.slice(meant.length);
  }
  return rest === "" ? spelling : undefined;
}

// A segment of a route has been read as part of a target, so that its escapes are UTF-8.
function decoded(segment: string): string {
  return decodeEscapes(segment) as string;
}
