import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError, requireInteger } from "../../configuration.ts";
import { anonymous } from "../../principal.ts";
import {
  type HttpIdentitySource,
  type IdentitySources,
  type RestIdentitySource,
  readIdentitySources,
} from "./identity-source.ts";
import { tableFaults } from "./table/table-faults.ts";

/** The gateway's authorizer keeps no answers. */
export interface CacheOff {
  /**
   * The gateway's authorizer keeps no answers. Set its time to live to 0, which is not the gateway's default: an answer is for
   * one request only.
   */
  readonly cache: "off";
}

/** What the modes share in which the gateway keeps answers. */
interface CacheOn {
  /**
   * For how many seconds the gateway's authorizer keeps an answer, 1 to 3,600: the time to live that is set there. `principalOf`
   * refuses an answer that was kept for longer.
   */
  readonly cacheTtl: number;
  /** Called when an answer is less than the mode promises. Without it, the first of each kind becomes a process warning. */
  readonly onCacheEvent?: (event: CacheEvent) => void;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/** `exact`: an answer is for one method and path, and the gateway keeps it under both. */
export interface CacheExact<Source extends string> extends CacheOn {
  readonly cache: "exact";
  /** The identity sources of the gateway's authorizer, method and path among them. */
  readonly identitySource: readonly [Source, ...Source[]];
}

/** `coarse`: every caller whose credential is good passes, and the function behind decides by the same policy. */
export interface CacheCoarse extends CacheOn {
  readonly cache: "coarse";
}

/** `table`: the answer is all that the policy grants to the caller. */
export interface CacheTable extends CacheOn {
  readonly cache: "table";
  /**
   * What becomes of a path that no route of the policy matches. `deny`, the default: the table denies it, which some tables of
   * routes make impossible. `gateway`: the gateway has a route of its own for each route of the policy, and none beside them, neither
   * `{proxy+}` nor `$default`, so that it answers such a path itself.
   */
  readonly unrouted?: "deny" | "gateway";
}

/** Names the identity sources for a mode that does not depend on them otherwise. */
interface Keyed<Source extends string> {
  /** The identity sources of the gateway's authorizer. Of the headers, the verifiers see these alone. */
  readonly identitySource: readonly [Source, ...Source[]];
}

/** The modes of each format. */
export interface LambdaAuthorizerCaching {
  "rest-token": CacheOff | CacheCoarse | CacheTable;
  "rest-request":
    | CacheOff
    | CacheExact<RestIdentitySource>
    | (CacheCoarse & Keyed<RestIdentitySource>)
    | (CacheTable & Keyed<RestIdentitySource>);
  "http-simple": CacheOff | CacheExact<HttpIdentitySource> | (CacheCoarse & Keyed<HttpIdentitySource>);
  "http-policy":
    | CacheOff
    | CacheExact<HttpIdentitySource>
    | (CacheCoarse & Keyed<HttpIdentitySource>)
    | (CacheTable & Keyed<HttpIdentitySource>);
  "http-policy-1.0":
    | CacheOff
    | CacheExact<HttpIdentitySource>
    | (CacheCoarse & Keyed<HttpIdentitySource>)
    | (CacheTable & Keyed<HttpIdentitySource>);
}

/** An answer that is less than the mode promises; never more. */
export type CacheEvent =
  /** No table could be written for a caller; the answer is for the one request. Other requests of his are denied while it is kept. */
  | {
      readonly type: "exact_instead";
      readonly principalId: string;
      /** `too_large`: more than 8 KB, or an ARN of more than 512 characters. `not_expressible`: no patterns grant just that. */
      readonly reason: "too_large" | "not_expressible";
    }
  /** A value of the caller cannot stand in an ARN, so that what it would grant on a route is denied. */
  | { readonly type: "value_refused"; readonly principalId: string; readonly route: string; readonly param: string };

/** The options, of which nothing is known yet. */
interface CacheInput {
  readonly cache?: unknown;
  readonly cacheTtl?: unknown;
  readonly identitySource?: unknown;
  readonly unrouted?: unknown;
  readonly clock?: unknown;
  readonly onCacheEvent?: unknown;
}

/** How answers are to be kept. */
export type Caching =
  | { readonly mode: "off" }
  | {
      readonly mode: "exact" | "coarse" | "table";
      readonly cacheTtl: number;
      /** Undefined for TOKEN authorizers, whose token is the key. */
      readonly sources: IdentitySources | undefined;
      readonly unrouted: boolean;
      readonly clock: () => number;
      readonly tell: (event: CacheEvent) => void;
    };

const modes: Readonly<Record<keyof LambdaAuthorizerCaching, readonly string[]>> = {
  "rest-token": ["off", "coarse", "table"],
  "rest-request": ["off", "exact", "coarse", "table"],
  "http-simple": ["off", "exact", "coarse"],
  "http-policy": ["off", "exact", "coarse", "table"],
  "http-policy-1.0": ["off", "exact", "coarse", "table"],
};

/** The names of the options that a mode takes beside `format` and `cache`. */
export function cacheOptionNames(format: keyof LambdaAuthorizerCaching, cache: unknown): readonly string[] {
  if (cache === "off" || cache === undefined) return [];
  return [
    "cacheTtl",
    "onCacheEvent",
    "clock",
    ...(format === "rest-token" ? [] : ["identitySource"]),
    ...(cache === "table" ? ["unrouted"] : []),
  ];
}

/**
 * Reads how answers are to be kept, and checks that they may be.
 *
 * @throws ConfigurationError
 */
export function readCaching(
  authorizer: Authorizer,
  format: keyof LambdaAuthorizerCaching,
  options: CacheInput,
): Caching {
  const { cache } = options;
  if (cache === undefined || !modes[format].includes(cache as string)) {
    const names = modes[format].map((mode) => `"${mode}"`).join(", ");
    throw new ConfigurationError(
      cache === undefined ? "missing_option" : "invalid_option",
      "lambdaAuthorizer.cache",
      `write one of ${names} for ${format}; with "off", set the time to live of the gateway's authorizer to 0`,
    );
  }
  if (cache === "off") return { mode: "off" };
  const mode = cache as "exact" | "coarse" | "table";
  requireKeepable(authorizer, mode);
  const cacheTtl = requireInteger("lambdaAuthorizer.cacheTtl", options.cacheTtl, 1, 3_600);
  const sources =
    format === "rest-token" ? undefined : readIdentitySources(options.identitySource, format !== "rest-request");
  if (mode === "exact" && !(sources?.method && sources.path)) {
    const [method, path] =
      format === "rest-request" ? ["context.httpMethod", "context.path"] : ["$context.httpMethod", "$context.path"];
    throw new ConfigurationError(
      "invalid_option",
      "lambdaAuthorizer.identitySource",
      `an answer for one request is kept for others unless the key has "${method}" and "${path}"; add both, at the gateway too`,
    );
  }
  const { unrouted = "deny", clock = Date.now, onCacheEvent } = options;
  if (unrouted !== "deny" && unrouted !== "gateway") throw invalid("unrouted", 'write "deny" or "gateway"');
  if (typeof clock !== "function") throw invalid("clock", "must be a function such as Date.now");
  if (onCacheEvent !== undefined && typeof onCacheEvent !== "function")
    throw invalid("onCacheEvent", "write (event) => ...");
  if (mode !== "coarse") requireCacheable(authorizer, mode, unrouted === "deny");
  return {
    mode,
    cacheTtl,
    sources,
    unrouted: unrouted === "deny",
    clock: clock as () => number,
    tell: teller(onCacheEvent as ((event: CacheEvent) => void) | undefined),
  };
}

/** A verdict that holds for one request must not be repeated for others. */
function requireKeepable({ verifiers }: Authorizer, mode: string): void {
  const verifier = verifiers.find(({ perRequest }) => perRequest === true);
  if (verifier === undefined) return;
  throw new ConfigurationError(
    "invalid_option",
    "lambdaAuthorizer.cache",
    `what the verifier of ${verifier.scheme} says holds for one request, and "${mode}" would repeat it for others; write "off", or give these callers an authorizer of their own`,
  );
}

/** Rules that look at more than who calls and what for make one answer wrong for the next request. */
function requireCacheable({ policy }: Authorizer, mode: "exact" | "table", unrouted: boolean): void {
  const live = policy?.current ?? policy;
  if (live === undefined) return;
  const varying = live.varying().map(({ route, on }) => `"${route}" depends on ${on.join(" and ")}`);
  const faults = varying.length > 0 || mode === "exact" ? varying : tableFaults(live, live.grants(anonymous), unrouted);
  if (faults.length === 0) return;
  throw new ConfigurationError(
    "invalid_option",
    "lambdaAuthorizer.cache",
    `"${mode}" cannot keep answers by this policy: ${faults.join("; ")}; write "coarse" and decide in the function behind, or "off"${mode === "table" && varying.length === 0 && unrouted ? ', or unrouted: "gateway" where it applies' : ""}`,
  );
}

function teller(listener: ((event: CacheEvent) => void) | undefined): (event: CacheEvent) => void {
  const warned = new Set<string>();
  return (event) => {
    if (listener === undefined) {
      if (!warned.has(event.type)) warn(`an answer grants less than the policy: ${event.type}`);
      warned.add(event.type);
      return;
    }
    try {
      listener(event);
    } catch (thrown) {
      warn(thrown instanceof Error ? thrown : "onCacheEvent threw something that is no Error");
    }
  };
}

function warn(warning: string | Error): void {
  process.emitWarning(warning, { code: "POOLGATE_ON_CACHE_EVENT" });
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `lambdaAuthorizer.${option}`, message);
}
