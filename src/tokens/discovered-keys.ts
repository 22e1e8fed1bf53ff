import { AuthError } from "../errors.ts";
import { discoveryUri, readDiscovery } from "./discovery.ts";
import type { KeySource } from "./jwks.ts";
import { fetchJwksDocument } from "./jwks-document.ts";
import { tellKeys } from "./key-event.ts";
import { type RemoteKeysOptions, remoteKeys } from "./remote-keys.ts";

/** What {@link discoveredKeys} takes. */
export interface DiscoveredKeysOptions extends Omit<RemoteKeysOptions, "uri"> {
  readonly issuer: string;
  readonly allowLoopbackHttp: boolean;
}

/** After a discovery that failed there is no other for this long. */
const pauseMilliseconds = 10_000;

/**
 * Keys of an issuer that tells by its metadata where they are (OpenID Connect Discovery 1.0). The metadata is fetched
 * when a key is first needed, once for all who wait, and never again once it could be read.
 */
export function discoveredKeys({ issuer, allowLoopbackHttp, ...options }: DiscoveredKeysOptions): KeySource {
  const { fetch, clock, onKeys, timeoutMilliseconds = 3000 } = options;
  const uri = discoveryUri(issuer);
  let source: Promise<KeySource> | undefined;
  let discovered: KeySource | undefined;
  let failed: { readonly since: number; readonly fault: AuthError } | undefined;

  async function discover(): Promise<KeySource> {
    try {
      const metadata = await fetchJwksDocument(fetch, uri, timeoutMilliseconds);
      discovered = remoteKeys({ ...options, uri: readDiscovery(metadata, issuer, allowLoopbackHttp) });
      return discovered;
    } catch (cause) {
      const fault = new AuthError("keys_unavailable", { retryAfter: pauseMilliseconds / 1000, cause });
      failed = { since: clock(), fault };
      source = undefined;
      tellKeys(onKeys, { type: "failed", uri, cause });
      throw fault;
    }
  }

  async function discoverOnce(): Promise<KeySource> {
    if (source === undefined && failed !== undefined) {
      const elapsed = clock() - failed.since;
      // A clock that was set back must not stretch the pause.
      if (elapsed >= 0 && elapsed < pauseMilliseconds) throw failed.fault;
    }
    source ??= discover();
    return source;
  }

  return {
    find: (kid) => discovered?.find(kid) ?? discoverOnce().then((known) => known.find(kid)),
    trusts: (key) => discovered?.trusts(key) === true,
    ready: async () => (await discoverOnce()).ready(),
  };
}
