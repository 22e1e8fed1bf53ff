import { quote } from "./explain.ts";
import { inexact, isExact } from "./plain-scalar.ts";
import { maximumNesting, nestedTooDeeply, type SourceEntry, type SourceNode, type Span } from "./source-node.ts";

/** Notes a fault of the text. */
export type ReportText = (span: Span, fault: string) => void;

/** Thrown to leave the reader at the first thing that is no JSON. */
class NoJson extends Error {}

const word = /(?:true|false|null)(?![\w$])/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.$])/y;
// RFC 8259 Section 7.
const string = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
const space = /[ \t\n\r]*/y;

/**
 * Reads JSON (RFC 8259) with the place of each value. It takes what `JSON.parse` takes, but for keys that occur twice, numbers
 * that lose digits, and nesting that no policy has.
 *
 * @returns undefined where the text is no JSON; that has been reported then.
 */
export function readJsonText(text: string, report: ReportText): SourceNode | undefined {
  let at = 0;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  }

  function skipTo(expected: string): string | undefined {
    take(space);
    const found = text[at];
    return found !== undefined && expected.includes(found) ? found : undefined;
  }

  function fail(fault: string): never {
    report({ start: at, end: at + 1 }, `this is no JSON: ${fault}`);
    throw new NoJson();
  }

  function require(expected: string, meaning: string): string {
    const found = skipTo(expected);
    if (found === undefined) fail(at >= text.length ? `the text ends where ${meaning} is wanted` : hint(meaning));
    at++;
    return found;
  }

  function hint(meaning: string): string {
    if (text.startsWith("//", at) || text.startsWith("/*", at) || text[at] === "#") return "JSON has no comments";
    if (text[at] === "'") return "strings are in double quotes";
    return `${meaning} is wanted here`;
  }

  function readString(meaning: string): string {
    if (skipTo('"') === undefined) fail(at >= text.length ? `the text ends where ${meaning} is wanted` : hint(meaning));
    const found = take(string);
    if (found === undefined) fail("the string does not end on its line, or has a faulty escape");
    return JSON.parse(found);
  }

  function readMap(start: number, depth: number): SourceNode {
    const entries = new Map<string, SourceEntry>();
    if (skipTo("}") !== undefined) at++;
    else {
      do {
        take(space);
        if (text[at] === "}") fail("nothing follows the last comma; take the comma away");
        const keyStart = at;
        const name = readString("a key in double quotes");
        const key = { start: keyStart, end: at };
        require(":", "a colon");
        const value = readValue(depth);
        if (entries.has(name)) report(key, `the key ${quote(name)} occurs twice`);
        else entries.set(name, { key, value });
      } while (require(",}", "a comma or a closing brace") === ",");
    }
    return { kind: "map", entries, start, end: at };
  }

  function readList(start: number, depth: number): SourceNode {
    const items: SourceNode[] = [];
    if (skipTo("]") !== undefined) at++;
    else {
      do {
        if (skipTo("]") !== undefined) fail("nothing follows the last comma; take the comma away");
        items.push(readValue(depth));
      } while (require(",]", "a comma or a closing bracket") === ",");
    }
    return { kind: "list", items, start, end: at };
  }

  function readValue(depth: number): SourceNode {
    const opened = skipTo('{["');
    const start = at;
    if (opened === '"') return { kind: "scalar", value: readString("a string"), start, end: at };
    if (opened !== undefined) {
      if (depth >= maximumNesting) fail(nestedTooDeeply);
      at++;
      return opened === "{" ? readMap(start, depth + 1) : readList(start, depth + 1);
    }
    const literal = take(word) ?? take(number);
    if (literal === undefined) fail(at >= text.length ? "the text ends where a value is wanted" : hint("a value"));
    const value = JSON.parse(literal) as number | boolean | null;
    const span = { start, end: at };
    if (typeof value === "number" && !isExact(literal, value)) {
      report(span, inexact(literal));
    }
    return { kind: "scalar", value, ...span };
  }

  try {
    const root = readValue(0);
    take(space);
    if (at < text.length) fail(hint("the end of the text"));
    return root;
  } catch (thrown) {
    if (thrown instanceof NoJson) return undefined;
    throw thrown;
  }
}
