import { ConfigurationError } from "../../configuration.ts";
import { AuthError } from "../../errors.ts";
import type { AuthRequest } from "../../request.ts";

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
 * Takes the base path off the target of a request. One that does not begin with it is refused: where the same function is reached
 * without the base path, nobody can tell whether a first segment of that name is the domain's or the caller's.
 *
 * @throws AuthError `target_not_canonical`
 */
export function withinBasePath(request: AuthRequest, basePath: string): AuthRequest {
  if (basePath === "") return request;
  const { target } = request;
  const rest = target.startsWith(basePath) ? target.slice(basePath.length) : undefined;
  if (rest === undefined || !/^(?:[/?]|$)/.test(rest)) {
    throw new AuthError("target_not_canonical", { reason: "the path does not begin with the base path" });
  }
  return { ...request, target: rest.startsWith("/") ? rest : `/${rest}` };
}
