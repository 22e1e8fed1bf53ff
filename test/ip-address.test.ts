import { describe, expect, it } from "vitest";
import { canonicalAddress, forwardedAddress } from "../src/ip-address.ts";

describe("an address", () => {
  it.each([
    ["203.0.113.5", "203.0.113.5"],
    ["::ffff:203.0.113.5", "203.0.113.5"],
    ["::FFFF:cb00:7105", "203.0.113.5"],
    ["2001:DB8:0::1", "2001:db8::1"],
  ])("is spelled in one way: %s as %s", (text, address) => {
    expect(canonicalAddress(text)).toBe(address);
  });

  it.each(["", "unknown", "203.0.113.256", "203.0.113.05", "fe80::1%eth0", "203.0.113.5:80", "[::1]", " ::1"])(
    "is not %j",
    (text) => {
      expect(canonicalAddress(text)).toBeUndefined();
    },
  );

  it.each([
    ["203.0.113.5:4711", "203.0.113.5"],
    ["[2001:db8::1]:4711", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
  ])("may stand with a port where it was forwarded: %s", (entry, address) => {
    expect(forwardedAddress(entry)).toBe(address);
  });

  it.each(["", "unknown", "203.0.113.5:", "203.0.113.5:123456", "[203.0.113.5", "[fe80::1%eth0]:1"])(
    "is none where %j was forwarded",
    (entry) => {
      expect(forwardedAddress(entry)).toBeUndefined();
    },
  );
});
