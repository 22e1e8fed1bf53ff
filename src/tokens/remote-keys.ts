import { AuthError } from "../errors.ts";
import { invalidToken } from "./invalid-token.ts";
import { type KeySource, readJwks, type TokenKeys } from "./jwks.ts";
import { fetchJwksDocument } from "./jwks-document.ts";
import { type KeyEvent, tellKeys } from "./key-event.ts";
import type { TokenAlgorithm } from "./token-algorithm.ts";
import type { TokenKey } from "./token-key.ts";

/** What {@link remoteKeys} takes. */
export interface RemoteKeysOptions {
  /** The address of the JWKS document, or of metadata that tell it; checked by the caller. */
  readonly uri: string;
  /**
   * Reads the address of the JWKS document from metadata; without it there are none, and `uri` is that address.
   *
   * @throws Error where they are not those of the issuer.
   */
  readonly readMetadata?: (metadata: unknown) => string;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** The algorithms of the issuer; RS256 alone by default. */
  readonly algorithms?: readonly TokenAlgorithm[];
  /** The age at which keys are fetched anew, in the background; 600 by default, at least the pause of ten seconds. */
  readonly refreshSeconds?: number;
  /** The age from which keys that could not be fetched anew are no longer trusted; a day by default, not below the other. */
  readonly maxStaleSeconds?: number;
  readonly onKeys?: ((event: KeyEvent) => void) | undefined;
  /** How long one fetch may take, body included. */
  readonly timeoutMilliseconds?: number;
}

/** After a fetch that failed, or that brought no key for the token at hand, there is no other for this long. */
const pauseMilliseconds = 10_000;

/**
 * Keys that are fetched when they are first needed, for an unknown `kid`, and when they have come of age.
 *
 * Concurrent callers share one fetch. Keys of age are fetched anew in the background, and trusted meanwhile; while that fails,
 * until `maxStaleSeconds`. Since anybody can write an unknown `kid` into a token, a fetch that brings nothing is followed by a
 * pause of ten seconds; in it an unknown `kid` is `invalid_token` if the issuer could be reached, and `keys_unavailable` if not.
 *
 * Metadata are part of each fetch: the issuer may move its keys, and metadata that cannot be read are a fetch that failed.
 */
export function remoteKeys(options: RemoteKeysOptions): KeySource {
  const { fetch, clock, algorithms = ["RS256"], onKeys, readMetadata, timeoutMilliseconds = 3000 } = options;
  const { refreshSeconds = 600, maxStaleSeconds = 86_400 } = options;
  const softAge = refreshSeconds * 1000;
  const hardAge = maxStaleSeconds * 1000;
  let keys: TokenKeys = new Map();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<TokenKeys> | undefined;
  let pause: { readonly since: number; readonly fault?: AuthError } | undefined;

  function fetchOnce(): Promise<TokenKeys> {
    fetching ??= fetchKeys().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  async function fetchKeys(): Promise<TokenKeys> {
    let { uri } = options;
    try {
      // Their age counts from before the fetch: the document may have been written then.
      const askedAt = clock();
      if (readMetadata !== undefined) uri = readMetadata(await fetchJwksDocument(fetch, uri, timeoutMilliseconds));
      const fetched = readJwks(await fetchJwksDocument(fetch, uri, timeoutMilliseconds), algorithms);
      if (fetched === undefined) throw new Error("the document is no JWKS");
      replace(fetched, uri);
      if (fetched.size === 0) throw new Error("the JWKS document has no usable key");
      fetchedAt = askedAt;
      // Until one of those who wait finds what it came for: nobody in between may start another fetch.
      pause = { since: clock() };
      tellKeys(onKeys, { type: "fetched", uri, kids: [...keys.keys()] });
      return keys;
    } catch (cause) {
      const fault = unavailable(cause);
      pause = { since: clock(), fault };
      const event = trusted() ? { type: "stale", trustedUntil: new Date(fetchedAt + hardAge) } : { type: "failed" };
      tellKeys(onKeys, { ...event, uri, cause } as KeyEvent);
      throw fault;
    }
  }

  /** A key that is published still stays the same object: by it {@link KeySource.trusts} knows it again. */
  function replace(fetched: TokenKeys, uri: string): void {
    const known = keys;
    keys = new Map([...fetched].map(([kid, key]) => [kid, unchanged(known.get(kid), key) ?? key]));
    const kids = [...known].flatMap(([kid, key]) => (keys.get(kid) === key ? [] : [kid]));
    if (kids.length > 0) tellKeys(onKeys, { type: "withdrawn", uri, kids });
  }

  /** Whether there are keys, and not too old. */
  function trusted(): boolean {
    return keys.size > 0 && clock() - fetchedAt < hardAge;
  }

  /** The same, and has them fetched anew where they are of age. */
  function upToDate(): boolean {
    const now = clock();
    // How old they are is unknown once the clock was set back. They count as of age, and get too old in their time all the same.
    if (now < fetchedAt) fetchedAt = now - softAge;
    if (keys.size > 0 && !(now - fetchedAt < softAge) && !pausing()) void fetchOnce().catch(() => undefined);
    return trusted();
  }

  /** A clock that was set back must not stretch the pause. */
  function pausing(): boolean {
    const elapsed = pause === undefined ? pauseMilliseconds : clock() - pause.since;
    return elapsed >= 0 && elapsed < pauseMilliseconds;
  }

  async function search(kid: string): Promise<TokenKey> {
    if (pausing()) throw pause?.fault ?? (trusted() ? unknownKey() : unavailable());
    const fresh = (await fetchOnce()).get(kid);
    if (fresh === undefined) throw unknownKey();
    pause = undefined;
    return fresh;
  }

  return {
    find(kid) {
      const known = upToDate() ? keys.get(kid) : undefined;
      return known ?? search(kid);
    },
    trusts(key) {
      if (!upToDate()) throw pause?.fault ?? unavailable();
      return keys.get(key.jwk.kid) === key;
    },
    async ready() {
      if (upToDate()) return;
      await fetchOnce();
      pause = undefined;
    },
    readiness() {
      const facts = {
        ...(keys.size > 0 && { answeredAt: new Date(fetchedAt), trustedUntil: new Date(fetchedAt + hardAge) }),
        ...(pause?.fault !== undefined && { failedAt: new Date(pause.since) }),
      };
      if (trusted()) return { state: pause?.fault === undefined ? "ready" : "stale", ...facts };
      if (keys.size === 0 && pause === undefined) return { state: "not-asked" };
      return { state: "unavailable", ...facts, code: "keys_unavailable" };
    },
  };
}

function unchanged(known: TokenKey | undefined, fetched: TokenKey): TokenKey | undefined {
  return JSON.stringify(known?.jwk) === JSON.stringify(fetched.jwk) ? known : undefined;
}

function unavailable(cause?: unknown): AuthError {
  return new AuthError("keys_unavailable", { retryAfter: pauseMilliseconds / 1000, cause });
}

function unknownKey(): AuthError {
  return invalidToken("kid is none of the issuer's keys");
}
