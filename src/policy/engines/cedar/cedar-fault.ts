import type { DetailedError } from "@cedar-policy/cedar-wasm/nodejs";
import { ConfigurationError } from "../../../configuration.ts";

import { isText } from "../cedar-value.ts";

/** An answer of Cedar, which says what is wrong where it is none. */
type CedarAnswer = { readonly type: string } | { readonly type: "failure"; readonly errors: readonly DetailedError[] };

/**
 * Asks Cedar about what an option holds.
 *
 * @param text what Cedar's places are places in; undefined where it is no text.
 * @throws ConfigurationError with Cedar's own words and the place, where Cedar does not take it.
 */
export function taken<Answer extends CedarAnswer>(
  ask: () => Answer,
  option: string,
  text?: string,
): Exclude<Answer, { readonly type: "failure" }> {
  // Cedar would read another character in its place.
  if (text !== undefined && !isText(text)) {
    throw new ConfigurationError("invalid_policy", option, "it holds half of a surrogate pair");
  }
  let answer: Answer;
  try {
    answer = ask();
  } catch (thrown) {
    // It throws on what it cannot even read, such as a depth of thousands.
    throw new ConfigurationError("invalid_policy", option, `Cedar cannot read it: ${String(thrown)}`);
  }
  if ("errors" in answer) throw cedarFault(option, answer.errors, text);
  return answer as Exclude<Answer, { readonly type: "failure" }>;
}

/** A fault that Cedar found in what an option holds. */
export function cedarFault(option: string, errors: readonly DetailedError[], text?: string): ConfigurationError {
  return new ConfigurationError("invalid_policy", option, errors.map((error) => wordsOf(error, text)).join("; "));
}

/** The words of Cedar alone. */
export function cedarWords(errors: readonly DetailedError[]): string {
  return errors.map((error) => wordsOf(error)).join("; ");
}

function wordsOf({ message, help, sourceLocations }: DetailedError, text?: string): string {
  const start = sourceLocations?.[0]?.start;
  const place = text === undefined || start === undefined ? "" : `${placeOf(text, start)}: `;
  return `${place}${message}${help === null ? "" : ` (${help})`}`;
}

/** Cedar counts bytes of UTF-8. */
function placeOf(text: string, offset: number): string {
  const before = Buffer.from(text).subarray(0, offset).toString();
  const lines = before.split("\n");
  return `line ${lines.length}, column ${(lines.at(-1) as string).length + 1}`;
}
