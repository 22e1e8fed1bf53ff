import { parseTarget } from "../../target.ts";
import type { RoutePattern } from "../route-key.ts";
import { otherTexts, type PathPart, type PathParts } from "./operand-source.ts";

/** Whether a decoded segment of a path can be this text: whether a target that has it, escaped, is not refused. */
export function isSegmentText(text: string): boolean {
  try {
    return parseTarget(`/${encodeURIComponent(text)}`).segments.length === 1;
  } catch {
    return false;
  }
}

/** Where the parameters of a route are, of whose requests nothing else is known. */
export function partsOfPattern({ segments }: RoutePattern): PathParts {
  const parts = new Map<string, PathPart>();
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === "param") parts.set(segment.name, freePart(`${index}`, isSegmentText));
    if (segment.kind === "rest" && segment.name !== undefined) {
      parts.set(
        segment.name,
        freePart(`${index}...`, (text) => text.split("/").every(isSegmentText)),
      );
    }
  }
  return parts;
}

/** What a parameter reads of which no route is known. */
export function anyPart(name: string): PathPart {
  return freePart(`param ${name}`, () => true);
}

function freePart(key: string, admits: PathPart["admits"]): PathPart {
  return { key, admits, others: otherTexts };
}
