import { BlockList, isIPv4, isIPv6, SocketAddress } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInRange, readAddress, readIpRange } from "../../src/policy/ip-range.ts";

const form = 'write an address or a range, such as "10.0.0.0/8"';
const v4Length = "the length of an IPv4 range is a number from 0 to 32";
const v6Length = "the length of an IPv6 range is a number from 0 to 128";

function includes(range: string, address: string): boolean | undefined {
  const read = readIpRange(range);
  if ("fault" in read) throw new Error(read.fault);
  const groups = readAddress(address);
  return groups && isInRange(groups, read);
}

describe("readIpRange", () => {
  it.each([
    ["", form],
    ["*", form],
    ["office", form],
    ["10", form],
    ["10.0.0", form],
    ["010.0.0.0/8", form],
    ["10.0.0.0-10.0.0.9", form],
    ["10.0.0.0/8/8", form],
    ["10.0.0.0/255.0.0.0", v4Length],
    ["256.0.0.0/8", form],
    [" 10.0.0.0/8", form],
    ["10.0.0.0 /8", form],
    ["10.0.0.0,10.0.0.1", form],
    ["fe80::1%eth0", form],
    ["::1::", form],
    ["/8", form],
    ["10.0.0.0/", v4Length],
    ["10.0.0.0/33", v4Length],
    ["10.0.0.0/-1", v4Length],
    ["10.0.0.0/08", v4Length],
    ["10.0.0.0/8 ", v4Length],
    ["10.0.0.0/8.0", v4Length],
    ["10.0.0.0/1e1", v4Length],
    ["2001:db8::/129", v6Length],
    ["2001:db8::/0x20", v6Length],
    ["10.0.0.1/8", 'it has bits behind its length; write "10.0.0.0/8" or the address alone'],
    ["10.255.255.255/9", 'it has bits behind its length; write "10.128.0.0/9" or the address alone'],
    ["192.0.2.1/0", 'it has bits behind its length; write "0.0.0.0/0" or the address alone'],
    ["2001:db8::1/32", 'it has bits behind its length; write "2001:db8::/32" or the address alone'],
    ["::ffff:10.0.0.0/104", 'such a caller is known by his IPv4 address; write "10.0.0.0/8"'],
    ["0:0:0:0:0:FFFF:0a00:1", 'such a caller is known by his IPv4 address; write "10.0.0.1/32"'],
  ])("refuses %j", (text, fault) => {
    expect(readIpRange(text)).toEqual({ fault });
  });
});

describe("a range", () => {
  it.each([
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.0.0.0/8", "9.255.255.255", false],
    ["10.0.0.0/8", "::ffff:10.1.2.3", true],
    ["10.0.0.0/8", "::FFFF:0a01:0203", true],
    ["10.0.0.0/8", "::10.1.2.3", false],
    ["10.0.0.0/8", "a00::1", false],
    ["192.0.2.128/25", "192.0.2.127", false],
    ["192.0.2.128/25", "192.0.2.128", true],
    ["255.255.255.255", "255.255.255.255", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["192.0.2.1/32", "192.0.2.1", true],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["::/0", "2001:db8::1", true],
    ["::/0", "203.0.113.9", false],
    ["::/0", "::ffff:203.0.113.9", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:DB8::1", true],
    ["2001:DB8::/32", "2001:db9::1", false],
    ["2001:db8:0:0::/63", "2001:db8:0:1::", true],
    ["2001:db8:0:0::/63", "2001:db8:0:2::", false],
    ["fe80::1", "fe80::1%eth0", true],
    ["::1", "::1", true],
    ["::1", "::", false],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201", true],
    ["1:2:3:4:5:6:7:8/128", "1:2:3:4:5:6:7:8", true],
    ["1:2:3:4:5:6:7:8/128", "1:2:3:4:5:6:7:9", false],
  ])("%s, asked for %s, says %s", (range, address, expected) => {
    expect(includes(range, address)).toBe(expected);
  });

  it.each(["", "unknown", "10.0.0", "10.0.0.1, 10.0.0.2", "10.0.0.1:80", "[::1]", "%eth0", "::g"])(
    "says nothing of %j, which is no address",
    (address) => {
      expect(readAddress(address)).toBeUndefined();
    },
  );

  it("agrees with Node's own list of ranges, within each version", () => {
    const seen = { true: 0, false: 0 };
    const near = fc.tuple(fc.constantFrom("10.0.0.1", "10.128.255.254", "2001:db8::8000:1", "::1"), fc.nat(130));
    fc.assert(
      fc.property(
        near,
        fc.oneof(
          near.map(([text]) => text),
          fc.ipV4(),
          fc.ipV6(),
        ),
        ([start, bits], address) => {
          const family = isIPv4(start) ? "ipv4" : "ipv6";
          const length = bits % (family === "ipv4" ? 33 : 129);
          const advice = readIpRange(`${start}/${length}`);
          // A start with bits behind its length is refused, and the advice says where the range begins.
          const range = "fault" in advice ? (/write "([^"]+)"/.exec(advice.fault)?.[1] ?? "") : `${start}/${length}`;
          if (isIPv6(address) && new SocketAddress({ address, family: "ipv6" }).address.startsWith("::ffff:")) return;
          if (isIPv4(address) !== (family === "ipv4")) {
            expect(includes(range, address)).toBe(false);
            return;
          }
          const list = new BlockList();
          list.addSubnet(start, length, family);
          const expected = list.check(address, family);
          expect(includes(range, address)).toBe(expected);
          seen[`${expected}`]++;
        },
      ),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(300);
  });
});
