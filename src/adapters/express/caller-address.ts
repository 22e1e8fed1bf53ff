import { BlockList, isIP } from "node:net";
import { ConfigurationError } from "../../configuration.ts";
import { canonicalAddress, forwardedAddress } from "../../ip-address.ts";

/** The addresses of the proxies that are believed what they forward: the address of the caller, and the host he asked for. */
export interface TrustedProxies {
  /** The list as text, equal for equal lists. */
  readonly key: string;
  /** Whether an address is that of a trusted proxy. */
  includes(address: string): boolean;
}

/**
 * Reads a list of addresses and CIDR ranges, such as `["10.0.0.0/8", "2001:db8::/32"]`.
 *
 * @throws ConfigurationError where an entry is neither, or is a range of all addresses.
 */
export function readTrustedProxies(option: string, list: unknown): TrustedProxies {
  if (!Array.isArray(list) || list.length === 0) {
    throw new ConfigurationError("invalid_option", option, 'list at least one range, such as "10.0.0.0/8"');
  }
  const ranges = new BlockList();
  for (const entry of list as readonly unknown[]) addRange(ranges, option, entry);
  return {
    key: [...list].sort().join(" "),
    includes: (address) => ranges.check(address, isIP(address) === 6 ? "ipv6" : "ipv4"),
  };
}

/**
 * The address of the caller: the socket's peer, or, where that is a trusted proxy, the rightmost entry of
 * `X-Forwarded-For` that is not one.
 *
 * Entries further left are the caller's own words. IPv4-mapped IPv6 addresses come out as IPv4.
 *
 * @param forwardedFor the values of `X-Forwarded-For` in wire order.
 * @returns undefined where the socket has no peer address, or where a proxy wrote something that is no address.
 */
export function callerAddress(
  peer: string | undefined,
  forwardedFor: readonly string[],
  proxies: TrustedProxies | undefined,
): string | undefined {
  const direct = peerAddress(peer);
  if (proxies === undefined || direct === undefined || !proxies.includes(direct)) return direct;
  for (const entry of forwardedFor.join(",").split(",").reverse()) {
    const text = entry.trim();
    if (text === "") continue;
    const address = forwardedAddress(text);
    if (address === undefined || !proxies.includes(address)) return address;
  }
  return direct;
}

/** The address of a socket's peer without its zone, IPv4-mapped IPv6 addresses as IPv4; undefined where there is none. */
export function peerAddress(peer: string | undefined): string | undefined {
  return peer === undefined ? undefined : canonicalAddress(withoutZone(peer));
}

/** The peer of a link-local connection carries the name of an interface: `fe80::1%eth0`. */
function withoutZone(address: string): string {
  const percent = address.indexOf("%");
  return percent === -1 ? address : address.slice(0, percent);
}

function addRange(ranges: BlockList, option: string, entry: unknown): void {
  const [address = "", length, ...more] = typeof entry === "string" ? entry.split("/") : [];
  const version = isIP(address);
  if (version === 0 || more.length > 0 || address.includes("%") || /^::ffff:/i.test(address)) {
    throw new ConfigurationError("invalid_option", option, 'each must be an address or a range, such as "10.0.0.0/8"');
  }
  const bits = version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!(prefix >= 1 && prefix <= bits)) {
    throw new ConfigurationError(
      "invalid_option",
      option,
      `the range of an IPv${version} address has a length from 1 to ${bits}; nobody is to be trusted with /0`,
    );
  }
  ranges.addSubnet(address, prefix, version === 4 ? "ipv4" : "ipv6");
}
