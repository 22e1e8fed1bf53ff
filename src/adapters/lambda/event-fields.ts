import { AuthError } from "../../errors.ts";

/** What a method may be (RFC 9110 Section 9.1), for those who hand on any; what no policy names is denied. */
export const anyMethod: RegExp = /^[!#$%&'*+\-.^`|~\w]+$/;

/** Members of an event by name, each with one text. */
export type Texts = { readonly [name: string]: string | undefined };

/** Members of an event by name, each with all its texts. */
export type TextLists = { readonly [name: string]: readonly string[] | undefined };

/** The members of an event or of an object in it, of which nothing is known yet. */
export type EventFields = Readonly<Record<string, unknown>>;

/** Reads an own member: whatever a prototype offers was not in the event. */
export function field(fields: EventFields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Takes a value for an object with members; undefined where it is none, an array included. */
export function asFields(value: unknown): EventFields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  // An object that is no array can be looked at by any name.
  return value as EventFields;
}

/** Takes what a function was invoked with for an event. */
export function eventFields(event: unknown): EventFields {
  const fields = asFields(event);
  if (fields === undefined) throw foreignEvent("the function was not invoked with an event of this format");
  return fields;
}

/**
 * Reads an object that must be there.
 *
 * @throws AuthError `configuration_error`
 */
export function requireFields(fields: EventFields, name: string): EventFields {
  const value = asFields(field(fields, name));
  if (value === undefined) throw foreignEvent(`the event has no ${name}`);
  return value;
}

/** Reads an object that may be absent or null, as in tests from the console, where it counts as empty. */
export function optionalFields(fields: EventFields, name: string): EventFields {
  return (field(fields, name) ?? null) === null ? {} : requireFields(fields, name);
}

/**
 * Reads a text that must be there.
 *
 * @throws AuthError `configuration_error`
 */
export function requireText(fields: EventFields, name: string): string {
  const value = field(fields, name);
  if (typeof value !== "string") throw foreignEvent(`the event has no ${name}`);
  return value;
}

/**
 * Reads an HTTP method; API Gateway has upper-case ones only.
 *
 * @param form what is a method to the gateway.
 * @throws AuthError `configuration_error`
 */
export function requireMethod(fields: EventFields, name: string, form: RegExp = /^[A-Z]+$/): string {
  const method = requireText(fields, name);
  if (!form.test(method)) throw foreignEvent(`the event has no ${name}`);
  return method;
}

/**
 * The fault of an event that the gateway of this format would never send. It is ours, not the caller's, so it is never a
 * 401: the function is attached to another kind of gateway, or somebody invoked it directly.
 *
 * @param reason a fixed phrase.
 */
export function foreignEvent(reason: string): AuthError {
  return new AuthError("configuration_error", { reason });
}
