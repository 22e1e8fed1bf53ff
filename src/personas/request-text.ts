import { type FieldName, isFieldName } from "../policy/field-key.ts";
import type { Place } from "../policy/policy-error.ts";
import type { PersonaRequest } from "./judge.ts";

/** What a request asks for, without what it brings. */
export type Asked = Pick<PersonaRequest, "method" | "target" | "fields" | "connect">;

/**
 * The opening of a WebSocket connection, which has no path.
 *
 * @param query with its question mark, where there is one.
 */
export function toConnect(query: string): Asked {
  return { method: "GET", target: `/${query}`, connect: true };
}

/** Fields of GraphQL, which are all asked at one address. */
export function forFields(fields: readonly [FieldName, ...FieldName[]]): Asked {
  return { method: "POST", target: "/", fields };
}

/** Reads `GET /articles/7`, `fields Mutation.deleteUser` with one field or several, or `connect`, which may have a query. */
export function readRequest(text: unknown, at: Place): Asked | undefined {
  const [, query] = (typeof text === "string" && /^connect(|\?\S*)$/.exec(text)) || [];
  if (query !== undefined) return toConnect(query);
  const [first, ...words] = typeof text === "string" ? text.split(" ") : [];
  if (first === "fields") {
    const [field, ...more] = words;
    if (isFieldName(field) && more.every(isFieldName)) return forFields([field, ...more]);
    return at.report("write fields and their types, such as fields Mutation.deleteUser");
  }
  const [, method, target] = (typeof text === "string" && /^([A-Z]+) (\/\S*)$/.exec(text)) || [];
  if (method !== undefined && target !== undefined) return { method, target };
  return at.report("write a method and a path, such as GET /articles/7, or fields Mutation.deleteUser, or connect");
}

/** Writes what {@link readRequest} reads. */
export function requestText({ method, target, fields, connect }: Asked): string {
  if (fields !== undefined) return ["fields", ...fields].join(" ");
  return connect === true ? `connect${target.slice(1)}` : `${method} ${target}`;
}
