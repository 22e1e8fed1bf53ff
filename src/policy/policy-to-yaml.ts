import { cognitoAcrLevels } from "./acr-levels.ts";
import type { Policy } from "./define-policy.ts";
import { durationText } from "./duration.ts";
import { readPlainScalar } from "./plain-scalar.ts";
import type { Rule } from "./rule.ts";
import { escapeInvisible } from "./source-text.ts";

/** How long a line gets before a rule is spread over several. */
const lineLength = 120;
/** YAML 1.2 Section 7.4.2: without a question mark a key has 1,024 characters at most. */
const longestKey = 1_000;

/**
 * Spells a policy as a YAML document: {@link parsePolicy} makes an equal policy of it, and so does any parser of YAML 1.1
 * or 1.2 beside {@link definePolicy}. What is as by default is left out. It needs no package.
 */
export function policyToYaml({ document }: Pick<Policy, "document">): string {
  const { require, rules, routes, fields, connect, caseSensitive, strict, acrLevels } = document;
  const onlyRoutes = fields === undefined && connect === undefined;
  const levelsByDefault = acrLevels.join(" ") === cognitoAcrLevels.join(" ");
  const lines = [
    "version: 1",
    ...(caseSensitive ? ["caseSensitive: true"] : []),
    ...(strict ? ["strict: true"] : []),
    ...(levelsByDefault ? [] : entryLines("acrLevels", acrLevels, 0)),
    ...(require === undefined ? [] : entryLines("require", spelled(require), 0)),
    ...(Object.keys(rules).length > 0 ? tableLines("rules", rules) : []),
    ...(onlyRoutes || Object.keys(routes).length > 0 ? tableLines("routes", routes) : []),
    ...(fields === undefined ? [] : tableLines("fields", fields)),
    ...(connect === undefined ? [] : entryLines("connect", spelled(connect), 0)),
  ];
  return `${lines.join("\n")}\n`;
}

function tableLines(name: string, table: Readonly<Record<string, Rule>>): readonly string[] {
  const entries = Object.entries(table);
  if (entries.length === 0) return [`${name}: {}`];
  return [`${name}:`, ...entries.flatMap(([key, rule]) => indented(entryLines(key, spelled(rule), 2), "  "))];
}

/** A key with its value, on one line where it is short enough. */
function entryLines(key: string, value: unknown, depth: number): readonly string[] {
  const name = textOf(key, keyForm);
  const text = flowText(value);
  if (name.length > longestKey) return [`? ${name}`, `: ${text}`];
  const fits = depth + name.length + 2 + text.length <= lineLength;
  return fits || !isCollection(value)
    ? [`${name}: ${text}`]
    : [`${name}:`, ...indented(blockLines(value, depth + 2), "  ")];
}

function blockLines(value: object, depth: number): readonly string[] {
  if (!Array.isArray(value)) return Object.entries(value).flatMap(([key, inner]) => entryLines(key, inner, depth));
  return value.flatMap((item: unknown) => {
    const text = flowText(item);
    const fits = depth + 2 + text.length <= lineLength;
    return fits || !isCollection(item) ? [`- ${text}`] : indented(blockLines(item, depth + 2), "- ");
  });
}

/** Lines two columns further to the right; the first may begin with a dash. */
function indented(lines: readonly string[], first: "  " | "- "): readonly string[] {
  return lines.map((line, index) => `${index === 0 ? first : "  "}${line}`);
}

function isCollection(value: unknown): value is object {
  return typeof value === "object";
}

function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(", ")}]`;
  if (typeof value === "string") return textOf(value, wordForm);
  if (typeof value === "number") return numberText(value);
  if (!isCollection(value)) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => {
    const name = textOf(key, wordForm);
    return `${name.length > longestKey ? "? " : ""}${name}: ${flowText(inner)}`;
  });
  return `{ ${entries.join(", ")} }`;
}

/** A rule with its ages as durations; the arguments of functions are left as they are, whatever their names. */
function spelled(rule: Rule): unknown {
  if (typeof rule === "string") return rule;
  if ("allOf" in rule) return { allOf: rule.allOf.map(spelled) };
  if ("anyOf" in rule) return { anyOf: rule.anyOf.map(spelled) };
  if ("not" in rule) return { not: spelled(rule.not) };
  if (!("stepUp" in rule) || rule.stepUp.maxAge === undefined) return rule;
  return { stepUp: { ...rule.stepUp, maxAge: durationText(rule.stepUp.maxAge) } };
}

// What needs no quotes wherever it stands, for parsers of both versions. Routes are keys of their own line.
const wordForm = /^[A-Za-z\d][\w./-]*$/;
const keyForm = /^(?:[A-Za-z\d][\w./-]*|[A-Z]+ \/[\w\-.~%:{}+/*]*(?<!:))$/;

function textOf(text: string, form: RegExp): string {
  const plain = readPlainScalar(text);
  if (form.test(text) && "value" in plain && plain.value === text) return text;
  // JSON quotes as YAML does, but leaves characters as they are that cannot be seen.
  return escapeInvisible(JSON.stringify(text));
}

/** A number in a form that all parsers take for a number, and for the same one. */
function numberText(value: number): string {
  const text = String(value);
  if (Number.isSafeInteger(value) || (!Number.isInteger(value) && !text.includes("e"))) return text;
  return value.toExponential().replace(/^(-?\d)e/, "$1.0e");
}
