import { isIPv4, isIPv6, SocketAddress } from "node:net";

// Azure Application Gateway writes ports: https://learn.microsoft.com/azure/application-gateway/how-application-gateway-works
// So do Application Load Balancers by an attribute:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
const addressWithPort = /^(?:\[([0-9A-Fa-f:.]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/;

/** Reads an entry of `X-Forwarded-For`, which may have a port; undefined where it is no address. */
export function forwardedAddress(entry: string): string | undefined {
  const match = addressWithPort.exec(entry);
  return canonicalAddress(match?.[1] ?? match?.[2] ?? entry);
}

/** The one spelling of an address, IPv4-mapped IPv6 addresses as IPv4; undefined where the text is no address. */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  // What every IPv4 peer of a dual-stack server looks like, without the cost of a SocketAddress.
  if (text.startsWith("::ffff:") && isIPv4(text.slice("::ffff:".length))) return text.slice("::ffff:".length);
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const { address } = new SocketAddress({ address: text, family: "ipv6" });
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice("::ffff:".length) : address;
}
