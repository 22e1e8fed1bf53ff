/** What a YAML scalar without quotes stands for, or why that is not the same for all parsers. */
export type PlainScalar =
  | { readonly value: string | number | boolean | null }
  | { readonly text: string; readonly fault: string };

// YAML 1.1 (https://yaml.org/type/) resolves more than YAML 1.2 (Section 10.3.2), and both are in use.
const booleanWord = /^(?:y|n|yes|no|on|off|true|false)$/i;
const nullWord = /^(?:~|null)$/i;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+(?:e[-+]\d+)?)?$/i;
const numberOfSome =
  /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-f_]+|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|(?:\d[\d_]*(?:\.[\d_]*)?|\.[\d_]*)(?:e[-+]?\d+)?|e[-+]?\d+|\.inf)$|^\.nan$/i;
const date = /^\d{4}-\d\d?-\d\d?(?:$|[Tt\s])/;

/**
 * Reads a scalar without quotes. Whatever the parsers of YAML 1.1 and 1.2 could read differently is a fault, so that a policy
 * means the same to every tool that reads it: the group `no` must not be the boolean false to one of them.
 */
export function readPlainScalar(text: string): PlainScalar {
  if (text === "true" || text === "false") return { value: text === "true" };
  if (text === "" || text === "~" || text === "null") return { value: null };
  if (number.test(text)) {
    const value = Number(text);
    if (isExact(text, value)) return { value };
    return { text, fault: inexact(text) };
  }
  const kind = kindForSome(text);
  if (kind === undefined) return { value: text };
  return {
    text,
    fault: `some YAML parsers read ${shortened(text)} as ${kind}; put it in quotes if it is text${advice[kind]}`,
  };
}

/** Whether all parsers come to the same number: whole numbers are limited to what a double holds exactly. */
export function isExact(text: string, value: number): boolean {
  return Number.isFinite(value) && (/[.e]/i.test(text) || Number.isSafeInteger(value));
}

/** The fault of a number that is not exact. */
export function inexact(text: string): string {
  return `parsers lose digits of the number ${shortened(text)}; put it in quotes, or write a smaller one`;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

type Kind = "a boolean" | "null" | "a number" | "a date" | "a merge key" | "a default value";

const advice: Readonly<Record<Kind, string>> = {
  "a boolean": ", or write true or false",
  null: ", or write null",
  "a number": ", or write it as a plain decimal number",
  "a date": "",
  "a merge key": "",
  "a default value": "",
};

function kindForSome(text: string): Kind | undefined {
  if (booleanWord.test(text)) return "a boolean";
  if (nullWord.test(text)) return "null";
  if (numberOfSome.test(text)) return "a number";
  if (date.test(text)) return "a date";
  if (text === "<<") return "a merge key";
  return text === "=" ? "a default value" : undefined;
}
