import type { Target } from "../target.ts";
import type { Policy } from "./define-policy.ts";
import type { RouteMethod } from "./route-key.ts";

const methods: readonly RouteMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The routes that match a path, by whatever method; none where the path spells a route with other escapes. */
export function routesAt(policy: Pick<Policy, "match">, target: Target): readonly string[] {
  try {
    return [...new Set(methods.flatMap((method) => policy.match(method, target)?.route ?? []))];
  } catch {
    return [];
  }
}
