import { quote } from "./explain.ts";
import type { Place } from "./policy-error.ts";
import { readList, readName } from "./read-json.ts";
import { listed } from "./suggestion.ts";

/**
 * The levels of authentication as Cognito names them, least first: a password, one code, a passkey or a password with a code,
 * a password with an authenticator app.
 */
export const cognitoAcrLevels: readonly [string, ...string[]] = Object.freeze([
  "urn:cognito:loa:1",
  "urn:cognito:loa:2",
  "urn:cognito:loa:3",
  "urn:cognito:loa:4",
]);

/** Reads the levels of a policy, least first; any fault has been reported. */
export function readAcrLevels(value: unknown, at: Place): readonly [string, ...string[]] | undefined {
  const levels = readList(value, at, readLevelName);
  if (levels !== undefined && new Set(levels).size < levels.length)
    return at.report("write each level once, least first");
  return levels && Object.freeze(levels);
}

/** Reads the level that a rule demands, which must be one of the policy's. */
export function readAcrLevel(value: unknown, at: Place, levels: readonly string[]): string | undefined {
  const level = readName(value, at, "a level of authentication");
  if (level === undefined || isLevel(level, levels)) return level;
  return at.report(
    `there is no level ${quote(level)} in acrLevels of the policy, which are, least first, ${listed(levels)}`,
  );
}

/** Whether a claim is one of the levels. */
export function isLevel(value: unknown, levels: readonly string[]): value is string {
  return typeof value === "string" && levels.includes(value);
}

// RFC 9470 Section 3 has the levels in one quoted text with spaces between them.
const plainText = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function readLevelName(item: unknown, at: Place): string | undefined {
  const level = readName(item, at, "a level of authentication");
  if (level === undefined || plainText.test(level)) return level;
  return at.report(`${quote(level)} is no level; write it in ASCII without spaces, quotes or backslashes`);
}
