import type { RuleInput } from "./evaluation.ts";
import { callerText, quote } from "./explain.ts";
import { type AddressGroups, type IpRange, isInRange, readAddress, readIpRange } from "./ip-range.ts";
import type { Place } from "./policy-error.ts";
import { distinct, readName, readOneOrMore } from "./read-json.ts";
import { type LeafKind, leafNode } from "./rule-node.ts";

/** An entry as it was written, and what it means. */
interface Entry {
  readonly text: string;
  readonly range: IpRange;
}

/** `{ ip }`: of a request whose address is not known, nothing is known. */
export const ip: LeafKind = (argument, at) => {
  const entries = distinct(
    readOneOrMore(argument, at, readEntry),
    at,
    ({ range }) => `${range.groups}/${range.length}`,
  );
  if (entries === undefined) return undefined;
  const [{ text: first }, ...rest] = entries;
  const texts = Object.freeze([first, ...rest.map(({ text }) => text)] as const);
  return leafNode({
    source: Object.freeze({ ip: Array.isArray(argument) ? texts : first }),
    text: `ip(${texts.map(quote).join(", ")})`,
    varies: true,
    evaluate(input) {
      const address = addressOf(input);
      return address && entries.some(({ range }) => isInRange(address, range));
    },
    observe(input) {
      const { remoteAddress } = input.request;
      if (remoteAddress === undefined) {
        const missing = `the address of ${callerText(input.principal)} is not known`;
        return { operands: [{ operand: "remoteAddress", state: "missing" }], missing };
      }
      if (addressOf(input) === undefined) {
        const missing = `what the adapter tells of ${callerText(input.principal)} is no address`;
        return { operands: [{ operand: "remoteAddress", state: "unreadable" }], missing };
      }
      return { operands: [{ operand: "remoteAddress", state: "present", value: remoteAddress }] };
    },
  });
};

function addressOf({ request }: RuleInput): AddressGroups | undefined {
  return request.remoteAddress === undefined ? undefined : readAddress(request.remoteAddress);
}

function readEntry(item: unknown, at: Place): Entry | undefined {
  const text = readName(item, at, "an address or a range");
  if (text === undefined) return undefined;
  const range = readIpRange(text);
  return "fault" in range ? at.report(`${quote(text)}: ${range.fault}`) : { text, range };
}
