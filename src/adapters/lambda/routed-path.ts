import { AuthError } from "../../errors.ts";
import { decodeEscapes } from "../../target.ts";
import { type EventFields, field } from "./event-fields.ts";
import { pathParameters } from "./event-pairs.ts";

/**
 * Refuses a path that is not the one that the gateway routed, as far as the route and the parameters that it matched tell.
 *
 * HTTP APIs decode an escaped slash, and cut the path at an escaped question mark, which says nothing of what they matched: of
 * `/articles/7%2Fpublic` the path says `/articles/7/public`, where the parameter of `/articles/{id}` says `7/public`. And behind
 * a custom domain the path of a REST API begins with the base path, and with the name of the stage where the mapping names none,
 * while the same API has neither at its own endpoint: a policy over such paths would judge `/admin/users` of the one as the path
 * `/:version/users` of the other.
 *
 * @param path within the stage and the base path.
 * @param route the member of the event that holds the matched route, such as `/articles/{id}` or `GET /files/{path+}`, in
 * which a plus sign marks a parameter of many segments. Where it is `$default`, or not there, nothing is known.
 * @throws AuthError `target_not_canonical`
 */
export function requireRoutedPath(event: EventFields, path: string, route: "resource" | "routeKey"): void {
  const template = field(event, route);
  if (typeof template !== "string") return;
  const wanted = segmentsOf(template.slice(template.indexOf("/")));
  if (!template.includes("/") || wanted[0] === "$default") return;
  if (!isMatch(wanted, segmentsOf(path), pathParameters(event))) {
    throw new AuthError("target_not_canonical", {
      reason: "the path is not the one that the gateway matched with its route; a base path must be named in basePath",
    });
  }
}

function isMatch(
  wanted: readonly string[],
  found: readonly string[],
  parameters: Readonly<Record<string, string>>,
): boolean {
  for (const [index, segment] of wanted.entries()) {
    const [, name, plus] = /^\{(.+?)(\+?)\}$/.exec(segment) ?? [];
    const value = name === undefined ? undefined : parameters[name];
    if (plus === "+")
      return value === undefined || segmentsOf(textOf(value)).join("/") === found.slice(index).join("/");
    if (found[index] !== (name === undefined ? segment : value === undefined ? found[index] : textOf(value)))
      return false;
  }
  return found.length === wanted.length;
}

/** What cannot be decoded has a "%", and so has no path that is judged. */
function textOf(value: string): string {
  return decodeEscapes(value) ?? value;
}

/** The segments, without the empty ones ahead of the first slash and behind the last. */
function segmentsOf(path: string): readonly string[] {
  return path.replace(/^\/|\/$/g, "").split("/");
}
