import type { AuthRequest } from "./request.ts";

/** The headers that ask for another method than that of the request line; frameworks and gateways honor one or the other. */
export const overrideHeaders: readonly string[] = Object.freeze([
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
]);

/**
 * Every method by which an application may run a request: that of the request line, as it stands, and those that
 * {@link overrideHeaders} ask for, in upper case.
 */
export function requestedMethods({ method, headers }: Pick<AuthRequest, "method" | "headers">): readonly string[] {
  const methods = [method];
  for (const name of overrideHeaders) {
    for (const value of headers.all(name)) methods.push(value.trim().toUpperCase());
  }
  return methods;
}
