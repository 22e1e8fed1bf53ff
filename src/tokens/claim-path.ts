import { ConfigurationError } from "../configuration.ts";
import { invalidToken } from "./invalid-token.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";

/** Where a claim stands: its name, or the names from the outermost object to it, such as `["realm_access", "roles"]`. */
export type ClaimPath = string | readonly [string, ...string[]];

/**
 * Checks the option that names a claim.
 *
 * @throws ConfigurationError
 */
export function readClaimPath(option: string, value: unknown): readonly string[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (names.length > 0 && names.every((name) => typeof name === "string" && name !== "")) return names as string[];
  throw new ConfigurationError(
    "invalid_option",
    option,
    'write the name of a claim, such as "roles", or ["realm_access", "roles"] for one inside another',
  );
}

/** Gives the value of a claim; undefined where it, or an object on the way to it, is absent. */
export function findClaim(payload: JsonObject, path: readonly string[]): unknown {
  let value: unknown = payload;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/**
 * Reads a claim that is a list of names; undefined where it is absent.
 *
 * @param separated whether one string with spaces between the names will do as well, as with `scope` (RFC 8693 Section 4.2).
 * @throws AuthError `invalid_token` where it is anything else.
 */
export function readNames(
  payload: JsonObject,
  path: readonly string[],
  what: "groups" | "scopes",
  separated: boolean,
): readonly string[] | undefined {
  const value = findClaim(payload, path);
  if (value === undefined) return undefined;
  if (separated && typeof value === "string") return value.split(" ").filter((name) => name !== "");
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return value;
  throw invalidToken(`the claim of the ${what} is of the wrong type`);
}
