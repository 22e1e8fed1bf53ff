import { type AddressGroups, type IpRange, isInRange, readIpRange } from "../ip-range.ts";
import { type Choice, TooComplex } from "./decision-diagram.ts";
import type { Condition, Variable, Variables } from "./variables.ts";

/** The address of the caller. */
export interface Addresses {
  /** Where it is in any of the ranges that were written. */
  condition(ranges: readonly string[]): Condition;
  describe(choice: Choice): string | undefined;
}

/** @param written all ranges that rules name. */
export function addresses({ add }: Variables, written: ReadonlySet<string>): Addresses {
  let held: Variable<AddressGroups | undefined> | undefined;
  return {
    condition(texts) {
      held ??= add([undefined, ...tellingAddresses([...written].map(rangeOf))], (address) => (address ? 100 : 0));
      const ranges = texts.map(rangeOf);
      const isInAny = (address: AddressGroups) => ranges.some((range) => isInRange(address, range));
      return {
        yes: held.where((address) => address !== undefined && isInAny(address)),
        no: held.where((address) => address !== undefined && !isInAny(address)),
      };
    },
    describe(choice) {
      const address = held?.valueIn(choice);
      return address && addressText(address);
    },
  };
}

const all: readonly IpRange[] = [
  { groups: [0, 0], length: 0 },
  { groups: [0, 0, 0, 0, 0, 0, 0, 0], length: 0 },
];
/** Each is compared with each. */
const mostRanges = 4_000;
/** Addresses that stand for IPv4 ones, and are read as those (RFC 4291 Section 2.5.5.2). */
const mapped: IpRange = { groups: [0, 0, 0, 0, 0, 0xffff, 0, 0], length: 96 };

/**
 * An address for each way in which ranges can tell addresses apart: of two ranges one holds the other, or they have nothing in
 * common, so that there is one way for each range, and two for what is in none.
 */
function tellingAddresses(ranges: readonly IpRange[]): readonly AddressGroups[] {
  if (ranges.length > mostRanges) throw new TooComplex();
  return [...all, ...ranges].flatMap((range) => {
    const inner = [...ranges, mapped].filter((other) => other.length > range.length && holds(range, other));
    const address = firstOutside(range, inner);
    return address === undefined ? [] : [address];
  });
}

function holds(outer: IpRange, inner: IpRange): boolean {
  return inner.length >= outer.length && isInRange(inner.groups, outer);
}

/** The first address of a range that is in none of the ranges in it. */
function firstOutside(range: IpRange, inner: readonly IpRange[]): AddressGroups | undefined {
  if (inner.length === 0) return range.groups;
  if (inner.some(({ length }) => length === range.length)) return undefined;
  const length = range.length + 1;
  const left = { groups: range.groups, length };
  const right = { groups: range.groups.map((group, index) => group | bitIn(index, range.length)), length };
  return (
    firstOutside(
      left,
      inner.filter((other) => holds(left, other)),
    ) ??
    firstOutside(
      right,
      inner.filter((other) => holds(right, other)),
    )
  );
}

/** The bit at a place among all, as it stands in one group of sixteen. */
function bitIn(index: number, place: number): number {
  return place >> 4 === index ? 0x8000 >> (place & 15) : 0;
}

function addressText(groups: AddressGroups): string {
  if (groups.length === 2) return groups.flatMap((group) => [group >> 8, group & 0xff]).join(".");
  return groups.map((group) => group.toString(16)).join(":");
}

// The rules have been read, so that each is a range.
function rangeOf(text: string): IpRange {
  return readIpRange(text) as IpRange;
}
