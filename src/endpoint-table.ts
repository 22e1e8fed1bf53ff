import { type Answer, problemAnswer } from "./answer.ts";
import { ConfigurationError } from "./configuration.ts";
import type { Endpoint } from "./endpoint.ts";
import { AuthError, toAuthError } from "./errors.ts";
import type { AuthRequest } from "./request.ts";
import { parseTarget } from "./target.ts";

/**
 * Lists endpoints by their paths.
 *
 * @param owner who was given the list, for the fault.
 * @throws ConfigurationError where there is none, one is no endpoint, or two share a path.
 */
export function endpointTable(owner: string, list: readonly unknown[], advice: string): ReadonlyMap<string, Endpoint> {
  const byPath = new Map<string, Endpoint>();
  for (const endpoint of list) {
    if (!isEndpoint(endpoint) || !isCanonicalPath(endpoint.path) || byPath.has(endpoint.path)) {
      throw new ConfigurationError("invalid_option", owner, advice);
    }
    byPath.set(endpoint.path, endpoint);
  }
  if (byPath.size === 0) {
    throw new ConfigurationError("missing_option", owner, "pass at least one, such as broker({ ... })");
  }
  return byPath;
}

/** Whether a value looks like an endpoint. */
export function isEndpoint(value: unknown): value is Endpoint {
  const given = value as Partial<Endpoint> | null | undefined;
  return typeof given?.handle === "function" && typeof given.path === "string" && Array.isArray(given.methods);
}

/** The path of a target, by which an endpoint is looked up: nothing decoded, nothing folded. */
export function pathOf(target: string): string {
  const mark = target.indexOf("?");
  return mark === -1 ? target : target.slice(0, mark);
}

/** Lets an endpoint answer. It never rejects: what is thrown becomes the answer. */
export async function answerEndpoint(endpoint: Endpoint, toRequest: () => AuthRequest): Promise<Answer> {
  try {
    const request = toRequest();
    // No authorizer looks at what an endpoint gets.
    parseTarget(request.target);
    if (!endpoint.methods.includes(request.method)) throw new AuthError("method_not_allowed");
    return await endpoint.handle(request);
  } catch (thrown) {
    return problemAnswer(toAuthError(thrown), endpoint.methods);
  }
}

function isCanonicalPath(path: string): boolean {
  try {
    return parseTarget(path).query === undefined;
  } catch {
    return false;
  }
}
