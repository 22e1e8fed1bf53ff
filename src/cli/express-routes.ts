import { type ExpressLayer, type ExpressRouter, routerOf } from "./express-app.ts";

/** One path of a route of an app. */
export interface ExpressRoute {
  /** The path as it was written, with those of the routers around it. */
  readonly path: string;
  readonly methods: readonly string[];
  readonly layer: ExpressLayer;
  /** A path that the route takes; parameters have a value that no static path is likely to have. */
  readonly sample: string;
}

/** The routes of an app in the order of their registration, and what of it cannot be read. */
export interface ExpressRoutes {
  readonly routes: readonly ExpressRoute[];
  readonly unreadable: readonly string[];
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Reads the routes of an app. Nothing of the app is called but what compares paths. */
export function readExpressRoutes(router: ExpressRouter): ExpressRoutes {
  const routes: ExpressRoute[] = [];
  const unreadable: string[] = [];

  function visit({ stack }: ExpressRouter, prefix: string): void {
    for (const layer of stack) {
      const inner = routerOf(layer.handle);
      if (layer.route !== undefined) addRoute(layer, layer.route, prefix);
      else if (inner !== undefined) {
        for (const path of mountPaths(layer) ?? [undefined]) {
          if (path === undefined) unreadable.push(`${prefix || "/"}: the path of a router that is mounted here`);
          else visit(inner, prefix + path);
        }
      } else if (layer.name === "mounted_app")
        unreadable.push(`${prefix || "/"}: an app that is mounted here; mount a router`);
    }
  }

  function addRoute(layer: ExpressLayer, route: NonNullable<ExpressLayer["route"]>, prefix: string): void {
    for (const path of [route.path].flat(Number.POSITIVE_INFINITY)) {
      const whole = `${prefix}${String(path)}`;
      const samples = typeof path === "string" ? samplesOf(whole) : undefined;
      const taken = samples?.filter((sample) => layersFor(router, sample).includes(layer));
      if (taken === undefined || taken.length === 0) unreadable.push(`${whole}: the path of a route`);
      for (const sample of taken ?? []) routes.push({ path: whole, methods: methodsOf(route.methods), layer, sample });
    }
  }

  visit(router, "");
  return { routes, unreadable };
}

/** The layers of routes that take a path, in the order in which the app asks them. */
export function layersFor({ stack }: ExpressRouter, path: string): readonly ExpressLayer[] {
  return stack.flatMap((layer) => {
    const match = layer.match(path);
    if (match === false) return [];
    if (layer.route !== undefined) return [layer];
    const inner = routerOf(layer.handle);
    if (inner === undefined) return [];
    const taken = typeof match === "object" ? match.path : (layer.path ?? "");
    const rest = path.slice(taken.length);
    return layersFor(inner, rest.startsWith("/") ? rest : `/${rest}`);
  });
}

/** The methods that a route takes, of those that a policy knows. */
export function methodsOf(known: Readonly<Record<string, boolean>>): readonly string[] {
  // Express 5 says that a route is for all methods, Express 4 notes every method there is.
  return known._all ? methods : methods.filter((method) => known[method.toLowerCase()]);
}

/** The paths on which a router is mounted; undefined where they cannot be told. */
function mountPaths({ rawPath, slash, regexp, keys = [] }: ExpressLayer): readonly string[] | undefined {
  if (slash || regexp?.fast_slash) return [""];
  if (rawPath !== undefined) {
    const paths = [rawPath].flat(Number.POSITIVE_INFINITY);
    return paths.every((path) => typeof path === "string") ? paths.map((path) => path.replace(/\/$/, "")) : undefined;
  }
  const [, inner] = /^\^(.*?)\\\/\?\(\?=\\\/\|\$\)$/.exec(regexp?.source ?? "") ?? [];
  if (inner === undefined) return undefined;
  let index = 0;
  const path = inner
    .replaceAll(/\(\?:\\\/\(\[\^\\?\/\]\+\?\)\)/g, () => `/:${keys[index++]?.name}`)
    .replaceAll(/\\([/.-])/g, "$1");
  return /^[\w\-.~/:]*$/.test(path) ? [path] : undefined;
}

/** Paths that a written path stands for, one with its optional part and one without; undefined where it cannot be told. */
function samplesOf(path: string): readonly string[] | undefined {
  const optional = /^(.*)(?:\{(\/?[^{}]*)\}|(\/:\w+)\?)(.*)$/.exec(path);
  if (optional !== null) {
    const [, before = "", braces, question, after = ""] = optional;
    const samples = [before + after || "/", before + (braces ?? question) + after].map(samplesOf);
    return samples.every((list) => list !== undefined) ? samples.flat() : undefined;
  }
  const filled = path.replaceAll(/:"[^"]+"|:\w+|\*\w*/g, "sample").replaceAll(/\/{2,}/g, "/");
  return /^\/[\w\-.~/%@,;=&!$']*$/.test(filled) ? [filled] : undefined;
}
