import { discoveryUri, readDiscovery } from "./discovery.ts";
import type { KeySource } from "./jwks.ts";
import { type RemoteKeysOptions, remoteKeys } from "./remote-keys.ts";

/** What {@link discoveredKeys} takes. */
export interface DiscoveredKeysOptions extends Omit<RemoteKeysOptions, "uri" | "readMetadata"> {
  readonly issuer: string;
  readonly allowLoopbackHttp: boolean;
}

/**
 * Keys of an issuer that tells by its metadata where they are (OpenID Connect Discovery 1.0).
 *
 * The metadata are read before each fetch of the keys, so that keys are followed to wherever the issuer moves them, and under
 * the same limits. Metadata that cannot be read, or are another issuer's, leave the keys at hand in place until they are too
 * old; the address that was told before is not asked.
 */
export function discoveredKeys({ issuer, allowLoopbackHttp, ...options }: DiscoveredKeysOptions): KeySource {
  return remoteKeys({
    ...options,
    uri: discoveryUri(issuer),
    readMetadata: (metadata) => readDiscovery(metadata, issuer, allowLoopbackHttp),
  });
}
