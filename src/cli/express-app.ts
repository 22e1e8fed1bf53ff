import { ConfigurationError } from "../configuration.ts";
import { importModule } from "./read-policy.ts";

/** A router of Express 4 or 5, as far as its routes are read. */
export interface ExpressRouter {
  readonly stack: readonly ExpressLayer[];
}

/** One entry of a router: a route, another router, or middleware. */
export interface ExpressLayer {
  /** Takes the path that is left; what it took of it is in `path`, of the answer or of the layer. */
  match(path: string): boolean | { readonly path: string };
  readonly path?: string;
  readonly handle: unknown;
  readonly name: string;
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> } | undefined;
  /** The path as it was written; Express 5 alone keeps it, from version 2.3 of the package router on. */
  readonly rawPath?: unknown;
  /** Whether it was mounted without a path, in Express 5. */
  readonly slash?: boolean;
  /** What the path became in Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
}

/**
 * Imports a module, which runs it, and takes the router of the app that it exports: as `default` or `app`, or under a name.
 *
 * @throws ConfigurationError (rejected) where there is none.
 */
export async function importExpressApp(path: string, name: string | undefined): Promise<ExpressRouter> {
  const module = await importModule(path);
  const names = name === undefined ? ["default", "app"] : [name];
  for (const candidate of names) {
    const router = routerOf(await module[candidate]);
    if (router !== undefined) return router;
  }
  const advice =
    name === undefined
      ? "it exports no Express app as default or app; name it with --export"
      : `it exports no Express app as ${name}`;
  throw new ConfigurationError("invalid_option", path, advice);
}

/** The router of an app of Express 4 or 5, or a router itself. */
export function routerOf(value: unknown): ExpressRouter | undefined {
  if (typeof value !== "function") return undefined;
  if (isRouter(value)) return value;
  // An app of Express 4 has no router before its first route, and a getter of the other name that throws.
  const { _router = { stack: [] } } = value as { readonly _router?: ExpressRouter };
  if ("lazyrouter" in value) return _router;
  const { router } = value as { readonly router?: unknown };
  return isRouter(router) ? router : undefined;
}

function isRouter(value: unknown): value is ExpressRouter {
  return Array.isArray((value as { stack?: unknown } | null | undefined)?.stack);
}
