import { readBoundedResponse } from "../bounded-response.ts";
import { AuthError } from "../errors.ts";
import { invalidToken } from "./invalid-token.ts";
import { type KeySource, readJwks, type TokenKeys } from "./jwks.ts";
import { parseStrictObject } from "./strict-json.ts";

/** What {@link remoteKeys} takes. */
export interface RemoteKeysOptions {
  /** The address of the JWKS document, checked by the caller. */
  readonly uri: string;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How long one fetch may take, body included. */
  readonly timeoutMilliseconds?: number;
}

/** After a fetch that failed, or that brought no key for the token at hand, there is no other for this long. */
const pauseMilliseconds = 10_000;
const maxBytes = 64 * 1024;

/**
 * Keys that are fetched when they are first needed, and again for an unknown `kid`.
 *
 * Concurrent callers share one fetch. Since anybody can write an unknown `kid` into a token, a fetch that brings nothing is
 * followed by a pause of ten seconds; in it an unknown `kid` is `invalid_token` if the issuer could be reached, and
 * `keys_unavailable` if not.
 */
export function remoteKeys({ uri, fetch, clock, timeoutMilliseconds = 3000 }: RemoteKeysOptions): KeySource {
  let keys: TokenKeys | undefined;
  let fetching: Promise<TokenKeys> | undefined;
  let pause: { readonly since: number; readonly fault?: AuthError } | undefined;

  function fetchOnce(): Promise<TokenKeys> {
    fetching ??= fetchKeys().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  async function fetchKeys(): Promise<TokenKeys> {
    try {
      const fetched = readJwks(await fetchDocument(fetch, uri, timeoutMilliseconds));
      if (fetched === undefined || fetched.size === 0) throw new Error("the JWKS document has no usable key");
      keys = fetched;
      // Until one of those who wait finds what it came for: nobody in between may start another fetch.
      pause = { since: clock() };
      return fetched;
    } catch (cause) {
      const fault = new AuthError("keys_unavailable", { retryAfter: pauseMilliseconds / 1000, cause });
      pause = { since: clock(), fault };
      throw fault;
    }
  }

  /** A clock that was set back must not stretch the pause. */
  function pausing(): boolean {
    const elapsed = pause === undefined ? pauseMilliseconds : clock() - pause.since;
    return elapsed >= 0 && elapsed < pauseMilliseconds;
  }

  return {
    async find(kid) {
      const known = keys?.get(kid);
      if (known !== undefined) return known;
      if (pausing()) throw pause?.fault ?? unknownKey();
      const fresh = (await fetchOnce()).get(kid);
      if (fresh === undefined) throw unknownKey();
      pause = undefined;
      return fresh;
    },
    trusts: (key) => keys?.get(key.jwk.kid)?.jwk.n === key.jwk.n,
    async ready() {
      if (keys !== undefined) return;
      await fetchOnce();
      pause = undefined;
    },
  };
}

function unknownKey(): AuthError {
  return invalidToken("kid is none of the issuer's keys");
}

/** Fetches a JSON document with a bound on its time and size; a redirect is a failure, since it could lead anywhere. */
async function fetchDocument(fetch: typeof globalThis.fetch, uri: string, timeout: number): Promise<unknown> {
  const response = await fetch(uri, {
    headers: { accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(timeout),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the JWKS endpoint answered with status ${response.status}`);
  }
  const bytes = await readBoundedResponse(response, maxBytes);
  if (bytes === undefined) throw new Error("the JWKS document is larger than 64 KiB");
  const document = parseStrictObject(bytes);
  if (typeof document === "string") throw new Error(`the JWKS document ${document}`);
  return document;
}
