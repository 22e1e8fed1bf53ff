import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Received } from "./gate.ts";

/**
 * What an application and a gate can read of a request, found without the code under test: the method, the decoded path and
 * query pairs, the values of the signed headers and of every `x-amz-*` one as Node hands them on, the proof, and the body.
 *
 * @param signedNames lower-case names of the headers that the genuine request was signed with.
 * @returns a text that differs wherever one of those differs. The order of query pairs is not part of it.
 */
export function readRequest({ method, target, headers, body = "" }: Received, signedNames: readonly string[]): string {
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const pairs = (mark === -1 ? "" : target.slice(mark + 1))
    .split("&")
    .filter((piece) => piece !== "")
    .map((piece) => {
      const [name = "", ...value] = piece.replaceAll("+", " ").split("=");
      return JSON.stringify([bytesOf(name), bytesOf(value.join("="))]);
    });
  const amzNames = headers.map(([name]) => name.toLowerCase()).filter((name) => name.startsWith("x-amz-"));
  const values = fieldsAsNodeHasThem(headers);
  const proofs = headers.filter(([name]) => name.toLowerCase() === "authorization").map(([, value]) => proofOf(value));
  return JSON.stringify([
    method,
    path.split("/").map(bytesOf),
    pairs.sort(),
    [...new Set([...signedNames, ...amzNames])].sort().map((name) => [name, values(name)]),
    proofs,
    Buffer.from(body).toString("base64"),
  ]);
}

/** The names that the one `Authorization` header of a request says are signed. */
export function signedNamesOf({ headers }: Received): readonly string[] {
  const [, authorization = ""] = headers.find(([name]) => name.toLowerCase() === "authorization") ?? [];
  return /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
}

/** The bytes of a text with its escapes undone, in hex; a malformed escape stands for itself. */
function bytesOf(text: string): string {
  const latin = Buffer.from(text).toString("latin1");
  const decoded = latin.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const malformed = /%(?![0-9A-Fa-f]{2})/.test(text) ? " malformed" : "";
  return Buffer.from(decoded, "latin1").toString("hex") + malformed;
}

// What Node makes of a header line: it joins, keeps the first or makes a list, by the name. Its parser calls it so; a copy of
// its rules here could have the faults of the code under test.
const node = new IncomingMessage(new Socket()) as IncomingMessage & {
  _addHeaderLine(name: string, value: string, headers: Record<string, string | string[]>): void;
};

/** Looks a header up in what an application is handed by Node. */
function fieldsAsNodeHasThem(headers: Received["headers"]): (name: string) => unknown {
  const handed: Record<string, string | string[]> = Object.create(null);
  // The parser takes white space off the ends.
  const trimmed = headers.map(([name, value]) => [name, value.replace(/^[ \t]+|[ \t]+$/g, "")] as const);
  for (const [name, value] of trimmed) node._addHeaderLine(name, value, handed);
  return (name) => {
    const value = handed[name];
    const all = trimmed.filter(([other]) => other.toLowerCase() === name).map(([, one]) => one);
    // A list on several lines is the list on one line, RFC 9110 Section 5.3; Node writes a space behind the comma.
    const joined = all.length > 1 && value === all.join(", ");
    return (joined ? [all.join(",")] : [value].flat()).map((one) => one?.replace(/[ \t]+/g, " "));
  };
}

/** The scheme and the fields of an `Authorization` header, in no order. */
function proofOf(value: string): readonly string[] {
  const [, scheme = "", rest = ""] = /^([^ \t]*)[ \t]*(.*)$/s.exec(value) ?? [];
  return [
    scheme,
    ...rest
      .split(",")
      .map((field) => field.replace(/^[ \t]+|[ \t]+$/g, ""))
      .sort(),
  ];
}
