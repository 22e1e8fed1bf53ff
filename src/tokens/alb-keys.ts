import { createLRU } from "lru.min";
import { AuthError } from "../errors.ts";
import { fetchDocument } from "./fetch-document.ts";
import { invalidToken } from "./invalid-token.ts";
import type { KeySource } from "./jwks.ts";
import { tellKeys } from "./key-event.ts";
import type { KeyAge } from "./key-options.ts";
import { mostWanted } from "./most-wanted.ts";
import { readPemKey } from "./pem-key.ts";
import type { TokenKey } from "./token-key.ts";

/** What {@link albKeys} takes. */
export interface AlbKeysOptions extends KeyAge {
  /** The address under which each key stands by its id, without a slash at its end; checked by the caller. */
  readonly uri: string;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How long one fetch may take, body included. */
  readonly timeoutMilliseconds?: number;
}

/** A key that is at hand. */
interface KeptKey {
  key: TokenKey;
  /** Milliseconds since 1970, from before the fetch. */
  fetchedAt: number;
  fetching?: Promise<void> | undefined;
  /** The last fetch, if it failed. */
  failure?: { readonly since: number; readonly fault: AuthError } | undefined;
}

/** No fetch for an unknown key follows one that brought none; `missing` is the key that does not exist. */
interface Pause {
  readonly since: number;
  readonly missing?: string;
  readonly fault?: AuthError;
}

const pauseMilliseconds = 10_000;
/** For so long a key that was found missing comes after all others. */
const missingMilliseconds = 600_000;
const maxKeys = 50;
/** The form that AWS documents: `12345678-1234-1234-1234-123456789012`. Nothing else gets into an address. */
const kidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Amazon S3, which serves the keys, answers 403 for what is not there to those who may not list what is. */
const absent: readonly unknown[] = [403, 404];

/**
 * The keys of load balancers, each a PEM document of its own that is fetched when a token first names it.
 *
 * A key of age is fetched anew in the background, and trusted meanwhile; while that fails, until `maxStaleSeconds`.
 *
 * Anybody can write ids into tokens. So unknown keys are fetched one at a time, and a fetch that brings none is followed by a
 * pause of ten seconds. In it an unknown key is `keys_unavailable`, since nobody knows whether it exists, and the one just found
 * missing `invalid_token`. The next fetch is for the key that most tokens have named meanwhile, but for those found missing in
 * the last ten minutes: that of a load balancer, which stands in all of its tokens, and not one of many that were made up. Keys at hand go on being used and renewed.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
 */
export function albKeys(options: AlbKeysOptions): KeySource {
  const { uri, fetch, clock, refreshSeconds, maxStaleSeconds, onKeys, timeoutMilliseconds = 3000 } = options;
  const softAge = refreshSeconds * 1000;
  const hardAge = maxStaleSeconds * 1000;
  const kept = createLRU<string, KeptKey>({ max: maxKeys });
  const wanted = mostWanted(100);
  /** When each was found missing. */
  const missing = createLRU<string, number>({ max: 1_000 });
  let searching: Promise<void> | undefined;
  let pause: Pause | undefined;
  let answeredAt: number | undefined;
  /** When the endpoint last failed; undefined once it has answered again. */
  let failedAt: number | undefined;
  let failedKid: string | undefined;

  const uriOf = (kid: string) => `${uri}/${kid}`;

  /** A clock that was set back must not stretch a pause. */
  function recent(since: number | undefined): boolean {
    const elapsed = since === undefined ? pauseMilliseconds : clock() - since;
    return elapsed >= 0 && elapsed < pauseMilliseconds;
  }

  /** Whether an unknown key was found missing lately, so that others come first. */
  function wasMissing(kid: string): boolean {
    const elapsed = clock() - (missing.get(kid) ?? Number.NaN);
    return elapsed >= 0 && elapsed < missingMilliseconds;
  }

  /** Undefined where there is no such key. */
  async function fetchKey(kid: string): Promise<TokenKey | undefined> {
    const askedAt = clock();
    const limits = { accept: "*/*", maxKibibytes: 4, timeout: timeoutMilliseconds };
    try {
      const document = await fetchDocument(fetch, uriOf(kid), limits);
      const missing = absent.includes(document);
      if (typeof document === "number" && !missing) throw new Error(`the endpoint answered with status ${document}`);
      const key = typeof document === "number" ? undefined : readPemKey(document.toString("latin1"), kid, "ES256");
      [answeredAt, failedAt] = [askedAt, undefined];
      return key;
    } catch (cause) {
      [failedAt, failedKid] = [clock(), kid];
      throw cause;
    }
  }

  /** Fetches a key that is not at hand; what comes of it shows in `kept` and `pause`. */
  async function fetchUnknown(kid: string): Promise<void> {
    const askedAt = clock();
    try {
      const key = await fetchKey(kid);
      // Whoever knows many keys of the region must not be able to push out those in use time and again.
      const full = kept.size >= maxKeys;
      pause = key !== undefined && !full ? undefined : { since: clock(), ...(key === undefined && { missing: kid }) };
      if (key === undefined) missing.set(kid, askedAt);
      if (key === undefined) return;
      missing.delete(kid);
      kept.set(kid, { key, fetchedAt: askedAt });
      tellKeys(onKeys, { type: "fetched", uri: uriOf(kid), kids: [kid] });
    } catch (cause) {
      pause = { since: clock(), fault: unavailable(cause) };
      tellKeys(onKeys, { type: "failed", uri: uriOf(kid), cause });
    }
  }

  async function search(kid: string): Promise<TokenKey> {
    if (!wasMissing(kid)) wanted.note(kid);
    for (;;) {
      const found = kept.get(kid);
      if (found !== undefined) return found.key;
      if (searching === undefined) {
        if (pause !== undefined && recent(pause.since)) throw pause.missing === kid ? unknownKey() : faultOf(pause);
        searching = fetchUnknown(wanted.take(wasMissing) ?? kid).finally(() => {
          searching = undefined;
        });
      }
      await searching;
    }
  }

  /** Fetches anew a key that is at hand; what comes of it shows in `kept` and `known.failure`. */
  async function fetchAnew(known: KeptKey): Promise<void> {
    const { kid } = known.key.jwk;
    const askedAt = clock();
    try {
      const fresh = await fetchKey(kid);
      known.failure = undefined;
      known.fetchedAt = askedAt;
      const unchanged = JSON.stringify(fresh?.jwk) === JSON.stringify(known.key.jwk);
      // By its object a key is known again, so that a token which another key has signed is no longer trusted.
      if (fresh === undefined) kept.delete(kid);
      else if (!unchanged) known.key = fresh;
      if (!unchanged) tellKeys(onKeys, { type: "withdrawn", uri: uriOf(kid), kids: [kid] });
      if (fresh !== undefined) tellKeys(onKeys, { type: "fetched", uri: uriOf(kid), kids: [kid] });
    } catch (cause) {
      known.failure = { since: clock(), fault: unavailable(cause) };
      const trustedUntil = new Date(known.fetchedAt + hardAge);
      const fault = { uri: uriOf(kid), cause };
      tellKeys(onKeys, young(known) ? { type: "stale", ...fault, trustedUntil } : { type: "failed", ...fault });
    }
  }

  function renew(known: KeptKey): Promise<void> {
    known.fetching ??= fetchAnew(known).finally(() => {
      known.fetching = undefined;
    });
    return known.fetching;
  }

  /** Whether a key is not too old. */
  function young(known: KeptKey): boolean {
    return clock() - known.fetchedAt < hardAge;
  }

  /** The same, and has it fetched anew where it is of age. */
  function upToDate(known: KeptKey): boolean {
    const now = clock();
    // How old it is is unknown once the clock was set back. It counts as of age, and gets too old in its time all the same.
    if (now < known.fetchedAt) known.fetchedAt = now - softAge;
    if (!(now - known.fetchedAt < softAge) && !recent(known.failure?.since)) void renew(known);
    return young(known);
  }

  async function awaitRenewal(kid: string, known: KeptKey): Promise<TokenKey> {
    // It has been started already, unless the last one failed just now.
    await known.fetching;
    if (!young(known)) throw faultOf(known.failure);
    const renewed = kept.get(kid);
    if (renewed === undefined) throw unknownKey();
    return renewed.key;
  }

  function find(kid: string): Promise<TokenKey> | TokenKey {
    if (!kidForm.test(kid)) return Promise.reject(invalidToken("kid is not the id of a load balancer's key"));
    const known = kept.get(kid);
    if (known === undefined) return search(kid);
    return upToDate(known) ? known.key : awaitRenewal(kid, known);
  }

  /** Whether the endpoint last failed, and no key is at hand that is not too old. */
  function failing(): boolean {
    return failedAt !== undefined && ![...kept.values()].some(young);
  }

  return {
    find,
    trusts(key) {
      const known = kept.get(key.jwk.kid);
      if (known === undefined) return false;
      if (!upToDate(known)) throw faultOf(known.failure);
      return known.key === key;
    },
    // Which key a load balancer signs with, its first token tells.
    async ready() {
      if (!failing() || failedKid === undefined) return;
      await Promise.resolve(find(failedKid)).catch(() => undefined);
      if (failing()) throw unavailable();
    },
    readiness() {
      if (answeredAt === undefined && failedAt === undefined) return { state: "not-asked" };
      const facts = {
        ...(answeredAt !== undefined && { answeredAt: new Date(answeredAt) }),
        ...(failedAt !== undefined && { failedAt: new Date(failedAt) }),
      };
      if (failedAt === undefined) return { state: "ready", ...facts };
      if (!failing()) return { state: "stale", ...facts };
      return { state: "unavailable", ...facts, code: "keys_unavailable" };
    },
  };
}

function faultOf(outcome: Pick<Pause, "fault"> | undefined): AuthError {
  return outcome?.fault ?? unavailable();
}

function unavailable(cause?: unknown): AuthError {
  return new AuthError("keys_unavailable", { retryAfter: pauseMilliseconds / 1000, cause });
}

function unknownKey(): AuthError {
  return invalidToken("kid is none of the issuer's keys");
}
