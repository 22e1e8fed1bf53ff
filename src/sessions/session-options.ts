import { ConfigurationError, refuseUnknownOptions, requireInteger, requireText } from "../configuration.ts";
import type { Store } from "../stores/store.ts";
import { createSeal, noSeal, type Seal, type Sealing } from "./seal.ts";

/** What `createSessions` takes. */
export interface SessionsOptions {
  /**
   * The service name that callers sign for: the host name of the gate in lower case, such as `api.example.com`.
   *
   * No service of AWS has a dot in its signing name, so a signature for this gate is worth nothing at AWS, and the
   * other way round.
   */
  readonly service: string;
  /** The region that callers sign for, such as `eu-west-1`. */
  readonly region: string;
  /** Where sessions are kept; the memory of this process by default, which is right for one node. */
  readonly store?: Store;
  /** The keys that records are encrypted with; required with a store that does not say that it is local to this process. */
  readonly sealing?: Sealing;
  /** How far the time of signing may be from the server's, in seconds; 300 by default and at most. */
  readonly skewSeconds?: number;
  /** Accepts a service name without a dot, which may be the name of a service of AWS; false by default. */
  readonly allowUndottedService?: boolean;
  /** How long a session is believed without asking the store again, in seconds; 60 by default, 0 to 300. */
  readonly cacheSeconds?: number;
  /** The most sessions whose keys are kept at hand; 10,000 by default. */
  readonly cacheEntries?: number;
  /**
   * How old the list of revocations may be, in seconds; 60 by default, 0 to 60. It is renewed in the background from half of
   * that age on; with 0 the store is asked for every request.
   */
  readonly revocationSeconds?: number;
  /** The longest life of a session, in hours; 12 by default, as AWS has it for role sessions, and at most 168. */
  readonly maxSessionHours?: number;
  /** Sets the sessions of one gate apart from those of others in one store; the service by default. */
  readonly audience?: string;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/** The options of `createSessions`, read: each present and in the form that the code needs. */
export interface SessionsSettings {
  readonly service: string;
  readonly region: string;
  readonly audience: string;
  readonly skewSeconds: number;
  readonly cacheSeconds: number;
  readonly cacheEntries: number;
  readonly revocationSeconds: number;
  readonly maxSessionHours: number;
  readonly clock: () => number;
  readonly store: Store;
  readonly seal: Seal;
}

const optionNames = [
  "service",
  "region",
  "store",
  "sealing",
  "skewSeconds",
  "allowUndottedService",
  "cacheSeconds",
  "cacheEntries",
  "revocationSeconds",
  "maxSessionHours",
  "audience",
  "clock",
];
const storeMethods = ["get", "set", "add", "delete", "list"] as const;
// No slash, which parts the fields of a credential scope and of a store key.
const nameForm = /^[a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?$/;

/**
 * Reads the options of `createSessions`.
 *
 * @param defaultStore makes the store that is used where none is given.
 * @throws ConfigurationError
 */
export function readSessionsOptions(
  options: SessionsOptions,
  defaultStore: (clock: () => number) => Store,
): SessionsSettings {
  refuseUnknownOptions("createSessions", options, optionNames);
  const { skewSeconds = 300, cacheSeconds = 60, cacheEntries = 10_000, revocationSeconds = 60 } = options;
  const { maxSessionHours = 12, allowUndottedService = false } = options;
  const service = readService(options.service, allowUndottedService);
  const region = readName("region", options.region, "eu-west-1");
  const { audience: given = service, clock = Date.now } = options;
  const audience = readName("audience", given, "api.example.com");
  if (typeof clock !== "function") throw invalid("clock", "must be a function such as Date.now");
  requireInteger("createSessions.skewSeconds", skewSeconds, 1, 300);
  requireInteger("createSessions.cacheSeconds", cacheSeconds, 0, 300);
  requireInteger("createSessions.cacheEntries", cacheEntries, 1, 1_000_000);
  requireInteger("createSessions.revocationSeconds", revocationSeconds, 0, 60);
  requireInteger("createSessions.maxSessionHours", maxSessionHours, 12, 168);
  const { store = defaultStore(clock) } = options;
  requireStore(store);
  const seal = readSealing(options.sealing, store);
  const numbers = { skewSeconds, cacheSeconds, cacheEntries, revocationSeconds, maxSessionHours };
  return { service, region, audience, ...numbers, clock, store, seal };
}

function readService(value: unknown, allowUndotted: unknown): string {
  const service = readName("service", value, "api.example.com");
  if (typeof allowUndotted !== "boolean") throw invalid("allowUndottedService", "must be true or false");
  if (!service.includes(".") && !allowUndotted) {
    throw invalid(
      "service",
      "must hold a dot, as a host name does, so that it is the name of no service of AWS; write the host name of your API",
    );
  }
  return service;
}

function readName(option: string, value: unknown, example: string): string {
  const name = requireText(`createSessions.${option}`, value, example);
  if (!nameForm.test(name)) {
    throw invalid(option, `must be lower-case letters, digits, dots, hyphens and underscores, such as ${example}`);
  }
  return name;
}

function requireStore(store: unknown): void {
  // What null and undefined lack is told like what any other value lacks.
  const methods = Object(store) as Readonly<Record<string, unknown>>;
  if (storeMethods.some((method) => typeof methods[method] !== "function")) {
    throw invalid("store", "must be a Store, such as memoryStore()");
  }
}

function readSealing(sealing: Sealing | undefined, store: Store): Seal {
  if (sealing !== undefined) return createSeal(sealing);
  if (store.local === true) return noSeal;
  throw new ConfigurationError(
    "missing_option",
    "createSessions.sealing",
    'is required with a store outside of this process; write sealing: { current: { id: "2026-01", key } } with a key of 32 random bytes',
  );
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `createSessions.${option}`, message);
}
