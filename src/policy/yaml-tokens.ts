import type { CST } from "yaml";
import type { YamlModule } from "./import-yaml.ts";
import type { ReportText } from "./read-json-text.ts";
import { maximumNesting, nestedTooDeeply, type Span } from "./source-node.ts";

/** What a text consists of, as far as it was read. */
export interface YamlTokens {
  readonly tokens: readonly CST.Token[];
  /** Whether reading stopped before the end. What was wrong has been reported. */
  readonly stopped: boolean;
}

/** The parser nests collections in documents, pairs and their items, so one level of the text is up to three of its own. */
const mostStacked = 3 * maximumNesting;
/** Enough to mend at a time; a text of nothing but faults would take long to tell. */
const mostFaults = 100;

const refused: ReadonlyMap<string | null, string> = new Map<string | null, string>([
  [
    "anchor",
    "anchors are not read, as what an alias repeats cannot be seen where it stands; use rules and { rule: name }",
  ],
  ["alias", "aliases are not read; write the value out, or use rules and { rule: name }"],
  ["tag", "tags are not read, as they mean something else to each parser; take the tag away"],
  ["directive-line", "directives are not read, as they change how a text is understood; take the line away"],
]);
const blank: ReadonlySet<string | null> = new Set(["space", "newline", "comment", "doc-mode", "directive-line"]);

/**
 * Takes a text apart, and reports what YAML has and policies have not: anchors, aliases, tags, directives, a second document.
 *
 * It counts levels while it reads, since the parser takes long on deep nesting and exhausts the stack later on.
 */
export function readYamlTokens(text: string, yaml: YamlModule, report: ReportText): YamlTokens {
  const parser = new yaml.Parser();
  const tokens: CST.Token[] = [];
  let faults = 0;
  let begun = false;
  let scalarFollows = false;
  for (const lexeme of new yaml.Lexer().lex(text)) {
    const type: CST.TokenType | null = scalarFollows ? null : yaml.CST.tokenType(lexeme);
    const span: Span = { start: parser.offset, end: parser.offset + lexeme.length };
    scalarFollows = type === "scalar";
    const fault = refused.get(type);
    if (fault !== undefined) {
      report(span, fault);
      faults++;
    }
    if (type === "doc-start" && begun) {
      report(span, "a second document begins here; a file holds one policy");
      return { tokens, stopped: true };
    }
    begun ||= !blank.has(type);
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (token.type === "error") faults++;
    }
    if (parser.stack.length > mostStacked) {
      report(span, nestedTooDeeply);
      return { tokens: [], stopped: true };
    }
    if (faults >= mostFaults) return { tokens, stopped: true };
  }
  tokens.push(...parser.end());
  return { tokens, stopped: false };
}
