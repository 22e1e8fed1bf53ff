import type { Document, Pair, ParsedNode, Scalar } from "yaml";
import { quote } from "./explain.ts";
import type { YamlModule } from "./import-yaml.ts";
import { readPlainScalar } from "./plain-scalar.ts";
import type { ReportText } from "./read-json-text.ts";
import type { SourceEntry, SourceNode, Span } from "./source-node.ts";
import { readYamlTokens } from "./yaml-tokens.ts";

/** Faults of the package that repeat what the tokens have told already. */
const told: ReadonlySet<string> = new Set(["BAD_ALIAS", "TAG_RESOLVE_FAILED", "MULTIPLE_DOCS"]);

/**
 * Reads YAML 1.2 with the place of each value, as far as YAML 1.1 reads it the same way.
 *
 * @returns undefined where the text is no YAML; that has been reported then.
 */
export function readYamlText(text: string, yaml: YamlModule, report: ReportText): SourceNode | undefined {
  const { tokens, stopped } = readYamlTokens(text, yaml, report);
  // All scalars as text: what they mean is told below, for both versions of YAML at once.
  const options = {
    schema: "failsafe",
    merge: false,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: "silent",
  } as const;
  const composed = new yaml.Composer(options).compose(tokens, true, text.length);
  const [document, second] = [...composed] as [Document.Parsed, Document.Parsed?];
  const starts = new Set<number>();
  const errors = document.errors.filter(({ code, pos: [start] }) => {
    const repeats = starts.has(start);
    starts.add(start);
    return !repeats && !told.has(code);
  });
  for (const { pos, message } of errors.slice(0, 100)) {
    report({ start: pos[0], end: pos[1] }, `this is no YAML: ${message.replace(/\s+/g, " ")}`);
  }
  if (second !== undefined) {
    report(
      { start: second.range[0], end: second.range[0] + 1 },
      "a second document begins here; a file holds one policy",
    );
  }
  if (stopped || errors.length > 0 || second !== undefined) return undefined;
  return readNode(document.contents, { start: document.range[0], end: document.range[1] });

  function readNode(node: ParsedNode | null, missing: Span): SourceNode {
    if (node === null) return { kind: "scalar", value: null, ...missing };
    const span = spanOf(node);
    if (yaml.isMap(node)) return { kind: "map", entries: readEntries(node.items), ...span };
    if (yaml.isSeq(node)) {
      return { kind: "list", items: node.items.map((item) => readNode(item as ParsedNode, span)), ...span };
    }
    return { kind: "scalar", value: yaml.isScalar(node) ? readScalar(node, span) : null, ...span };
  }

  function readScalar({ type, value }: Scalar.Parsed, span: Span): string | number | boolean | null {
    if (type !== "PLAIN") return value as string;
    const plain = readPlainScalar(value as string);
    if ("value" in plain) return plain.value;
    report(span, plain.fault);
    return plain.text;
  }

  function readEntries(items: readonly Pair<ParsedNode, ParsedNode | null>[]): ReadonlyMap<string, SourceEntry> {
    const entries = new Map<string, SourceEntry>();
    for (const { key, value } of items) {
      const span = spanOf(key);
      const name = readKey(key, span);
      if (name === undefined) continue;
      if (entries.has(name)) report(span, `the key ${quote(name)} occurs twice`);
      else entries.set(name, { key: span, value: readNode(value, span) });
    }
    return entries;
  }

  function readKey(key: ParsedNode, span: Span): string | undefined {
    if (!yaml.isScalar(key)) {
      report(span, "a key is text on one line; write it in quotes");
      return undefined;
    }
    const name = key.value as string;
    if (key.type !== "PLAIN") return name;
    const plain = readPlainScalar(name);
    if ("fault" in plain) report(span, plain.fault);
    else if (typeof plain.value !== "string") {
      report(span, name === "" ? "the key is missing; write one" : `keys are text; write ${quote(name)} in quotes`);
    }
    return name;
  }
}

function spanOf({ range: [start, end] }: ParsedNode): Span {
  return { start, end };
}
