import { toAuthError } from "../errors.ts";
import { parseTarget } from "../target.ts";
import { quote } from "./explain.ts";
import type { Place } from "./policy-error.ts";

/** A method that a route can name; `*` stands for all of them. HEAD takes the rule of GET. */
export type RouteMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "*";

/** A route as a key: a method, one space and a path. */
export type RouteKey = `${RouteMethod} /${string}`;

/** One segment of a route's path. */
export type RouteSegment =
  /** Written out, in wire form. */
  | { readonly kind: "static"; readonly text: string }
  /** `:id` or `{id}`: one segment, bound to a parameter. */
  | { readonly kind: "param"; readonly name: string }
  /** `*`: one segment. */
  | { readonly kind: "any" }
  /**
   * `**`: the rest, even none; with a name (`*rest`, `{rest+}`) at least one segment, bound to a parameter. The `/files/*` of
   * Express 4 matches `/files/` too, so it is `/files/**` here.
   */
  | { readonly kind: "rest"; readonly name?: string };

/** A route's key, taken apart. */
export interface RoutePattern {
  readonly key: string;
  readonly method: RouteMethod;
  readonly segments: readonly RouteSegment[];
  readonly trailingSlash: boolean;
  /** The names of its parameters. */
  readonly params: ReadonlySet<string>;
}

const methods: ReadonlySet<string> = new Set<RouteMethod>(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "*"]);
const form = 'write a method, one space and a path that begins with a slash, such as "GET /articles/:id"';

/** Reads the key of a route; where it is none, every fault in it has been reported. */
export function readRouteKey(key: string, at: Place): RoutePattern | undefined {
  const space = key.indexOf(" ");
  const method = key.slice(0, space);
  const path = key.slice(space + 1);
  if (space === -1 || !path.startsWith("/")) return at.reportKey(form);
  if (!isMethod(method)) at.reportKey(methodFault(method));
  const segments = readPath(path, at);
  const params = segments && readParams(segments, at);
  if (segments === undefined || params === undefined || !isMethod(method)) return undefined;
  return { key, method, segments, trailingSlash: path.length > 1 && path.endsWith("/"), params };
}

function isMethod(text: string): text is RouteMethod {
  return methods.has(text);
}

function methodFault(method: string): string {
  if (method.toUpperCase() === "HEAD") return "HEAD takes the rule of GET; write GET";
  if (isMethod(method.toUpperCase())) return `methods are compared exactly; write ${method.toUpperCase()}`;
  return `there is no method ${quote(method)} here; the methods are ${[...methods].join(", ")}`;
}

function readPath(path: string, at: Place): readonly RouteSegment[] | undefined {
  if (/[^\x21-\x7e]/.test(path)) {
    return at.reportKey(`paths are compared as they are on the wire; write ${quote(escaped(path))}`);
  }
  if (path.includes("?"))
    return at.reportKey("a path has no query, and nothing in it is optional; write a route for each form");
  const [, ...texts] = path.split("/");
  const refusal = refusalOf(texts.map((text) => `/${readPattern(text) === undefined ? text : "x"}`).join(""));
  if (refusal !== undefined) return at.reportKey(`no request has this path: ${refusal}`);
  if (texts.at(-1) === "") texts.pop();
  const segments = texts.map((text) => readPattern(text) ?? readStatic(text, at));
  const early = texts.findIndex(
    (_, index) => segments[index]?.kind === "rest" && (index < texts.length - 1 || path.endsWith("/")),
  );
  if (early !== -1)
    return at.reportKey(`${quote(texts[early] as string)} takes the rest of the path; nothing follows it`);
  const read = segments.filter((segment) => segment !== undefined);
  return read.length === segments.length ? read : undefined;
}

/** Reads a segment that stands for more than itself. */
function readPattern(text: string): RouteSegment | undefined {
  if (text === "*") return { kind: "any" };
  if (text === "**") return { kind: "rest" };
  const rest = /^(?:\*(\w+)|\{([\w.-]+)\+\})$/.exec(text);
  if (rest !== null) return { kind: "rest", name: (rest[1] ?? rest[2]) as string };
  const param = /^(?::(\w+)|\{([\w.-]+)\})$/.exec(text);
  return param === null ? undefined : { kind: "param", name: (param[1] ?? param[2]) as string };
}

// The characters of RFC 3986 Section 3.3, without those that mean something in the path syntax of a framework: Express 4 lets
// "$" end the path, so that the request goes to another handler, and Express 5 refuses "!".
const staticText = /^[\w\-.~&',;=@%]+$/;

function readStatic(text: string, at: Place): RouteSegment | undefined {
  if (staticText.test(text)) return { kind: "static", text };
  if (/[:{}*]/.test(text)) {
    return at.reportKey(
      `${quote(text)} is a parameter or wildcard with something beside it; each fills a whole segment, such as :id`,
    );
  }
  return at.reportKey(
    `${quote(text)} has a character that is not literal in every framework; write a parameter, such as :name`,
  );
}

function readParams(segments: readonly RouteSegment[], at: Place): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const segment of segments) {
    if (segment.kind === "static" || segment.kind === "any" || segment.name === undefined) continue;
    if (names.has(segment.name))
      return at.reportKey(`the parameter ${quote(segment.name)} occurs twice; give each its own name`);
    names.add(segment.name);
  }
  return names;
}

function refusalOf(path: string): string | undefined {
  try {
    parseTarget(path);
    return undefined;
  } catch (thrown) {
    return toAuthError(thrown).options.reason;
  }
}

function escaped(path: string): string {
  return path.replace(/[^\x21-\x7e]+/g, (run) =>
    Array.from(new TextEncoder().encode(run), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(
      "",
    ),
  );
}
