import { peerAddress, type TrustedProxies } from "./caller-address.ts";

/**
 * The host that the caller asked for, as a trusted proxy hands it on in `X-Forwarded-Host`.
 *
 * A caller can write the header too. It is believed only where the socket's peer is a trusted proxy, and where it occurs once
 * with one value: of a list nobody knows which entry is the proxy's.
 *
 * @param peer the address of the socket's peer.
 * @param values the values of `X-Forwarded-Host` in wire order.
 * @returns undefined where it is not to be believed, or is not there.
 */
export function forwardedHost(
  peer: string | undefined,
  values: readonly string[],
  proxies: TrustedProxies,
): string | undefined {
  const [host, ...more] = values;
  if (!host || more.length > 0 || host.includes(",")) return undefined;
  const address = peerAddress(peer);
  return address !== undefined && proxies.includes(address) ? host : undefined;
}
