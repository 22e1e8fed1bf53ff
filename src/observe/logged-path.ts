import { decodeEscapes, type Target } from "../target.ts";
import type { Disclosures } from "./decision-log-options.ts";
import { disclose } from "./disclose.ts";
import type { LoggedDecision } from "./logged-decision.ts";

/**
 * The path of a request, of which only what the route spells out stands as it is where parameters are hidden. Without a route
 * nobody knows which segments are parameters, so all of them are hidden.
 */
export function loggedPath(
  target: Target,
  route: string | undefined,
  { params, key }: Disclosures,
): Pick<LoggedDecision, "path" | "hidden"> {
  if (params === "plain") return { path: target.path };
  // `$connect` has no path.
  const pattern = route?.includes("/") ? route.slice(route.indexOf("/") + 1).split("/") : [];
  const hidden: number[] = [];
  const segments = target.segments.map((segment, index) => {
    if (isStatic(pattern[index])) return segment;
    hidden.push(index);
    return params === "omit" ? "*" : disclose(decodeEscapes(segment) ?? segment, params, key);
  });
  return { path: `/${segments.join("/")}${target.trailingSlash ? "/" : ""}`, hidden };
}

function isStatic(segment: string | undefined): boolean {
  return segment !== undefined && !/^[:*{]/.test(segment);
}
