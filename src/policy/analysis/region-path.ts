import type { RoutePattern } from "../route-key.ts";
import type { PathPart, PathParts } from "./operand-source.ts";
import { otherTexts } from "./operand-source.ts";
import { isSegmentText } from "./path-parts.ts";
import type { RequestRegion } from "./request-regions.ts";

/** The parts of the paths in a region that the parameters of a route read. */
export function partsInRegion({ segments }: RoutePattern, region: RequestRegion): PathParts {
  const parts = new Map<string, PathPart>();
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === "static" || segment.kind === "any" || segment.name === undefined) continue;
    const single = segment.kind === "param" || (!region.open && index === region.tokens.length - 1);
    parts.set(segment.name, single ? segmentPart(region, index) : restPart(region, index));
  }
  return parts;
}

/** Whether of two parts one holds the other, or something of it, so that their values depend on each other. */
export function areEntangled(keys: ReadonlySet<string>): boolean {
  const rests = [...keys].filter((key) => key.endsWith("..."));
  return rests.some((rest) =>
    [...keys].some((key) => key !== rest && Number.parseInt(key, 10) >= Number.parseInt(rest, 10)),
  );
}

/** The plainest path of a region in which some parts have the given values, by their keys. */
export function pathInRegion({ tokens, trailingSlash }: RequestRegion, values: ReadonlyMap<string, string>): string {
  const wires = tokens.map(({ wire }) => wire);
  for (const [key, value] of values) {
    const texts = key.endsWith("...") ? value.split("/") : [value];
    for (const [offset, text] of texts.entries()) {
      const place = Number.parseInt(key, 10) + offset;
      wires[place] = tokens[place]?.spell(text) ?? encodeURIComponent(text);
    }
  }
  return `/${wires.join("/")}${trailingSlash ? "/" : ""}`;
}

function segmentPart({ tokens }: RequestRegion, index: number): PathPart {
  const token = tokens[index] as RequestRegion["tokens"][number];
  return { key: `${index}`, admits: (text) => token.spell(text) !== undefined, others: token.others };
}

function restPart({ tokens, open }: RequestRegion, index: number): PathPart {
  const own = tokens.slice(index);
  function admits(text: string): boolean {
    const texts = text.split("/");
    if (open ? texts.length < own.length : texts.length !== own.length) return false;
    return texts.every((part, place) =>
      place < own.length ? own[place]?.spell(part) !== undefined : isSegmentText(part),
    );
  }
  return {
    key: `${index}...`,
    admits,
    others(count, taken) {
      const found = new Set<string>();
      // As many more as there are taken, so that enough are left.
      for (let number = 0; number < count + taken.size; number += 1) {
        const texts = own.map((token) => {
          const all = token.others(number + 1, new Set());
          return all[Math.min(number, all.length - 1)] as string;
        });
        found.add(texts.join("/"));
        if (open) found.add([...texts, ...otherTexts(number + 1, new Set()).slice(-1)].join("/"));
      }
      return [...found].filter((text) => !taken.has(text)).slice(0, count);
    },
  };
}
