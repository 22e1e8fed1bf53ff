import { isIP, SocketAddress } from "node:net";

/** An address in groups of sixteen bits: two for IPv4, eight for IPv6. */
export type AddressGroups = readonly number[];

/** A range of addresses that share their first bits. */
export interface IpRange {
  readonly groups: AddressGroups;
  /** How many bits they share. */
  readonly length: number;
}

/**
 * Reads an address. An IPv4-mapped one is the IPv4 address that it stands for, and the zone of a link-local one is left out:
 * so sockets of two families show one caller alike.
 *
 * @returns undefined where it is none.
 */
export function readAddress(text: string): AddressGroups | undefined {
  const zone = text.indexOf("%");
  const address = zone === -1 ? text : text.slice(0, zone);
  const version = isIP(address);
  if (version === 4) return ipv4Groups(address);
  if (version === 0) return undefined;
  const groups = ipv6Groups(address);
  return isMapped(groups) ? groups.slice(6) : groups;
}

/**
 * Reads an address or a range such as `10.0.0.0/8`.
 *
 * @returns what to write instead where it is none, or where no caller could have its addresses.
 */
export function readIpRange(text: string): IpRange | { readonly fault: string } {
  const [address = "", size, ...more] = text.split("/");
  const version = address.includes("%") ? 0 : isIP(address);
  if (version === 0 || more.length > 0) return { fault: 'write an address or a range, such as "10.0.0.0/8"' };
  const bits = version === 4 ? 32 : 128;
  const length = size === undefined ? bits : /^(?:0|[1-9]\d{0,2})$/.test(size) ? Number(size) : Number.NaN;
  if (!(length <= bits)) return { fault: `the length of an IPv${version} range is a number from 0 to ${bits}` };
  const groups = version === 4 ? ipv4Groups(address) : ipv6Groups(address);
  if (isMapped(groups) && length >= 96) {
    const meant = rangeText({ groups: groups.slice(6), length: length - 96 });
    return { fault: `such a caller is known by his IPv4 address; write "${meant}"` };
  }
  const start = groups.map((group, index) => group & maskOf(length, index));
  if (start.some((group, index) => group !== groups[index])) {
    return {
      fault: `it has bits behind its length; write "${rangeText({ groups: start, length })}" or the address alone`,
    };
  }
  return { groups: start, length };
}

/** Whether an address is in a range; those of the other version never are. */
export function isInRange(address: AddressGroups, { groups, length }: IpRange): boolean {
  return (
    address.length === groups.length &&
    groups.every((group, index) => ((address[index] as number) & maskOf(length, index)) === group)
  );
}

/** The bits of one group that the range fixes. */
function maskOf(length: number, index: number): number {
  const bits = Math.min(Math.max(length - 16 * index, 0), 16);
  return 0xffff & ~(0xffff >> bits);
}

function rangeText({ groups, length }: IpRange): string {
  if (groups.length === 2) return `${groups.flatMap((group) => [group >> 8, group & 0xff]).join(".")}/${length}`;
  const address = groups.map((group) => group.toString(16)).join(":");
  return `${new SocketAddress({ address, family: "ipv6" }).address}/${length}`;
}

// The text has been found to be an address, so that the two readers below need not look.
function ipv4Groups(text: string): AddressGroups {
  const [a, b, c, d] = text.split(".").map(Number) as [number, number, number, number];
  return [(a << 8) | b, (c << 8) | d];
}

// RFC 4291 Section 2.2.
function ipv6Groups(text: string): AddressGroups {
  const [head = "", tail] = text.split("::");
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function groupsOf(text: string): readonly number[] {
  if (text === "") return [];
  return text.split(":").flatMap((piece) => (piece.includes(".") ? ipv4Groups(piece) : [Number.parseInt(piece, 16)]));
}

// RFC 4291 Section 2.5.5.2.
function isMapped(groups: AddressGroups): boolean {
  return groups.length === 8 && groups.every((group, index) => index > 5 || group === (index === 5 ? 0xffff : 0));
}
