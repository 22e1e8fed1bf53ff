import type { Grant } from "../../../../policy/grants.ts";
import type { RouteMethod } from "../../../../policy/route-key.ts";
import { labeledRoutes, type RefusedValue } from "./labeled-route.ts";
import { type Conflict, type PathTable, pathTable } from "./path-table.ts";
import { hasWithin, type Shape, shapeTexts } from "./shape.ts";

/** Patterns for what follows the stage in an ARN, such as `GET/articles/?*`. */
export interface ArnTable {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Values that could not be written into a pattern: what they would grant is not in the table. */
  readonly refused: readonly RefusedValue[];
}

/** How a table is made. */
export interface ArnTableOptions {
  readonly caseSensitive: boolean;
  /** Whether paths that no route matches must be denied, too. */
  readonly unrouted: boolean;
}

type Method = Exclude<RouteMethod, "*">;

const methods: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The patterns that grant a caller what the policy grants him, and no more. */
export function arnTable(grants: readonly Grant[], options: ArnTableOptions): ArnTable | Conflict {
  const tables = new Map<string, PathTable>();
  const allow = new Map<string, Set<string>>();
  const deny = new Map<string, Set<string>>();
  const refused: RefusedValue[] = [];
  for (const method of methods) {
    const own = grants.filter((grant) => grant.method === method || grant.method === "*");
    const key = own.map(({ route }) => route).join("\n");
    let table = tables.get(key);
    if (table === undefined) {
      const labeled = labeledRoutes(own, options.caseSensitive);
      const found = pathTable(labeled.routes, options.unrouted);
      if ("denied" in found) return found;
      refused.push(...labeled.refused);
      tables.set(key, found);
      table = found;
    }
    // HEAD is judged by the rule of GET.
    const named = method === "GET" ? ["GET", "HEAD"] : [method];
    collect(allow, table.allows, named);
    collect(deny, table.denies, named);
  }
  return { allow: patterns(allow, namedMethods), deny: patterns(deny, methodPatterns), refused };
}

function collect(into: Map<string, Set<string>>, shapes: readonly Shape[], named: readonly string[]): void {
  for (const text of slashesJoined(withoutNarrower(shapes).flatMap(shapeTexts))) {
    const own = into.get(text) ?? new Set();
    for (const method of named) own.add(method);
    into.set(text, own);
  }
}

/** What another pattern takes in as a whole is not needed beside it. */
function withoutNarrower(shapes: readonly Shape[]): readonly Shape[] {
  const kept: Shape[] = [];
  for (const shape of [...shapes].sort((one, other) => one.length - other.length)) {
    if (!kept.some((other) => hasWithin(other, shape))) kept.push(shape);
  }
  return kept;
}

/** The path as such, with a slash, and with more behind that: the last two are one pattern. */
function slashesJoined(texts: readonly string[]): readonly string[] {
  const all = new Set(texts);
  return [...all].flatMap((text) => {
    if (text.endsWith("/?*") && all.has(text.slice(0, -2))) return [text.replace(/\?\*$/, "*")];
    return text.endsWith("/") && all.has(`${text}?*`) ? [] : [text];
  });
}

function patterns(
  byText: ReadonlyMap<string, ReadonlySet<string>>,
  methodsOf: (named: ReadonlySet<string>) => readonly string[],
): readonly string[] {
  return [...byText].flatMap(([text, named]) => methodsOf(named).map((method) => `${method}/${text}`));
}

/** Each by its name: no pattern tells them from methods that no route has, such as LOCK. */
function namedMethods(named: ReadonlySet<string>): readonly string[] {
  return [...named];
}

/**
 * As few patterns as there can be, for denials. `*` for all methods would take in a part of the path, `?` does not: two methods
 * have three letters, two have four, and none has a slash.
 */
function methodPatterns(named: ReadonlySet<string>): readonly string[] {
  const short = ["GET", "PUT"].every((method) => named.has(method));
  const long = ["POST", "HEAD"].every((method) => named.has(method));
  return [
    ...(short ? ["???"] : []),
    ...(long ? ["????"] : []),
    ...[...named].filter((method) => !(short && method.length === 3) && !(long && method.length === 4)),
  ];
}
