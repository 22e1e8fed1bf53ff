/** A route that a request matches, with what orders it among others. */
interface Candidate {
  readonly key: string;
  readonly params: Readonly<Record<string, string>>;
  /** How specific each segment is, from left to right, and then the method; smaller is more specific. */
  readonly ranks: readonly number[];
}

/**
 * Finds the route of a request the slow and obvious way: try every key, then sort by specificity. Nothing is taken from the
 * code under test.
 */
export function referenceMatch(
  keys: readonly string[],
  method: string,
  path: string,
  { caseSensitive = false, strict = false }: { readonly caseSensitive?: boolean; readonly strict?: boolean } = {},
): { readonly key: string; readonly params: Readonly<Record<string, string>> } | undefined {
  if (!["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].includes(method)) return undefined;
  const candidates = keys.flatMap(
    (key) => candidateOf(key, method === "HEAD" ? "GET" : method, path, caseSensitive, strict) ?? [],
  );
  const [best] = candidates.sort((one, other) => {
    const at = one.ranks.findIndex((rank, index) => rank !== other.ranks[index]);
    return at === -1 ? 0 : (one.ranks[at] as number) - (other.ranks[at] ?? -1);
  });
  return best;
}

function candidateOf(
  key: string,
  method: string,
  path: string,
  caseSensitive: boolean,
  strict: boolean,
): Candidate | undefined {
  const [routeMethod = "", routePath = ""] = key.split(" ");
  if (routeMethod !== "*" && routeMethod !== method) return undefined;
  const wanted = routePath.split("/").filter((part) => part !== "");
  const given = path.split("/").filter((part) => part !== "");
  const params: Record<string, string> = Object.create(null);
  const ranks: number[] = [];
  for (const [index, part] of wanted.entries()) {
    const rest = /^\*(\w+)$|^\{(\w+)\+\}$/.exec(part);
    if (part === "**" || rest !== null) {
      if (rest !== null && index === given.length) return undefined;
      if (rest !== null) params[rest[1] ?? rest[2] ?? ""] = given.slice(index).map(decodeURIComponent).join("/");
      return { key, params, ranks: [...ranks, 4, routeMethod === "*" ? 1 : 0] };
    }
    const segment = given[index];
    if (segment === undefined) return undefined;
    const param = /^:(\w+)$|^\{(\w+)\}$/.exec(part);
    const same = caseSensitive ? part === segment : part.toLowerCase() === segment.toLowerCase();
    if (param !== null) params[param[1] ?? param[2] ?? ""] = decodeURIComponent(segment);
    else if (part !== "*" && !same) return undefined;
    ranks.push(param !== null ? 2 : part === "*" ? 3 : 1);
  }
  if (wanted.length !== given.length) return undefined;
  if (strict && routePath.endsWith("/") !== path.endsWith("/")) return undefined;
  return { key, params, ranks: [...ranks, 0, routeMethod === "*" ? 1 : 0] };
}
