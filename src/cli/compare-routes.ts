import { sampleRequests } from "../personas/sample-requests.ts";
import type { Policy } from "../policy/define-policy.ts";
import { anonymous } from "../principal.ts";
import { parseTarget } from "../target.ts";
import type { ExpressRouter } from "./express-app.ts";
import { type ExpressRoute, layersFor, methodsOf, readExpressRoutes } from "./express-routes.ts";

/** A request that the policy judges by one route and the app answers by another. */
export interface RouteConflict {
  readonly request: string;
  /** The route of the policy: the most specific. */
  readonly judged: string;
  /** The route of the app: the first that was registered. */
  readonly answered: string;
}

/** How the routes of an app and of a policy differ. */
export interface RouteComparison {
  /** Routes of the app for which the policy has none, so that nobody may use them. */
  readonly missing: readonly string[];
  /** Routes of the policy that no route of the app takes. */
  readonly unused: readonly string[];
  readonly conflicts: readonly RouteConflict[];
  /** What of the app cannot be read. */
  readonly unreadable: readonly string[];
}

/** Compares the routes of an app with those of a policy, by sample requests to each. */
export function compareRoutes(policy: Policy, router: ExpressRouter): RouteComparison {
  const { routes, unreadable } = readExpressRoutes(router);
  const missing = new Set<string>();
  const used = new Set<string>();
  const conflicts = new Map<string, RouteConflict>();

  function judgedBy(method: string, path: string): string | undefined {
    try {
      return policy.match(method, parseTarget(path))?.route;
    } catch {
      return undefined;
    }
  }

  /** The route that the app answers a request by: the first that was registered. */
  function answeredBy(method: string, path: string): ExpressRoute | undefined {
    for (const layer of layersFor(router, path)) {
      const found = routes.find((route) => route.layer === layer && route.methods.includes(method));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  for (const { path, methods, layer, sample } of routes) {
    for (const method of methods) {
      const judged = judgedBy(method, sample);
      if (judged === undefined) {
        missing.add(`${method} ${path}`);
        continue;
      }
      used.add(judged);
      const answered = answeredBy(method, sample);
      if (answered === undefined || answered.layer === layer) continue;
      // Where the other route is judged by the same rule, it does not matter which of the two answers.
      if (judgedBy(method, answered.sample) === judged) continue;
      const request = `${method} ${sample}`;
      conflicts.set(request, { request, judged, answered: `${method} ${answered.path}` });
    }
  }

  const unused = Object.keys(policy.document.routes).filter((key) => {
    if (used.has(key)) return false;
    const samples = sampleRequests(policy, key, anonymous);
    return !samples.some(({ method, target }) =>
      layersFor(router, parseTarget(target).path).some(({ route }) => methodsOf(route?.methods ?? {}).includes(method)),
    );
  });
  return { missing: [...missing], unused, conflicts: [...conflicts.values()], unreadable };
}
