import { ConfigurationError } from "../../configuration.ts";
import { AuthError } from "../../errors.ts";

/**
 * Checks the option `basePath`.
 *
 * @param owner the function that the operator called, for messages.
 * @throws ConfigurationError
 */
export function readBasePath(owner: string, basePath: unknown = ""): string {
  if (typeof basePath !== "string" || !/^(?:\/[\w~-][\w.~-]*)*$/.test(basePath)) {
    throw new ConfigurationError(
      "invalid_option",
      `${owner}.basePath`,
      "write segments of unreserved characters such as /v1, without a slash at the end",
    );
  }
  return basePath;
}

/**
 * Takes the base path off the path of an event. One that does not begin with it is refused: where the same function is reached
 * without the base path, nobody can tell whether a first segment of that name is the domain's or the caller's.
 *
 * @throws AuthError `target_not_canonical`
 */
export function withinBasePath(path: string, basePath: string): string {
  if (basePath === "") return path;
  const rest = path.startsWith(basePath) ? path.slice(basePath.length) : undefined;
  if (rest === "") return "/";
  if (rest?.startsWith("/") !== true) {
    throw new AuthError("target_not_canonical", { reason: "the path does not begin with the base path" });
  }
  return rest;
}
