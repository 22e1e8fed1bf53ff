import type { Received } from "./gate.ts";
import { type Choice, type Mutator, pick, replaceOne, spliced } from "./mutation.ts";

const escapeOf = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");

function split({ target }: Received): readonly [path: string, query: string | undefined] {
  const mark = target.indexOf("?");
  return mark === -1 ? [target, undefined] : [target.slice(0, mark), target.slice(mark + 1)];
}

const withPath =
  (change: (path: string, choice: Choice) => string): Mutator =>
  (request, choice) => {
    const [path, query] = split(request);
    return { ...request, target: change(path, choice) + (query === undefined ? "" : `?${query}`) };
  };
const withQuery =
  (change: (query: string, choice: Choice) => string): Mutator =>
  (request, choice) => {
    const [path, query = ""] = split(request);
    return { ...request, target: `${path}?${change(query, choice)}` };
  };
const withTarget =
  (change: (target: string, choice: Choice) => string): Mutator =>
  (request, choice) => ({ ...request, target: change(request.target, choice) });
/** Changes the list of segments, the first of which is empty. */
const withSegments = (change: (segments: readonly string[], choice: Choice) => readonly string[]) =>
  withPath((path, choice) => change(path.split("/"), choice).join("/"));
/** Changes the list of pairs. */
const withPairs = (change: (pairs: readonly string[], choice: Choice) => readonly string[]) =>
  withQuery((query, choice) => change(query.split("&"), choice).join("&"));
const swapped = <T>(items: readonly T[], at: number, other: number): readonly T[] => {
  const [a, b] = [at % items.length, other % items.length];
  return items.with(a, pick(items, b)).with(b, pick(items, a));
};
const turned = (pair: string) => pair.split("=").toReversed().join("=");

/** Changes of the path and the query. */
export const targetMutators: Readonly<Record<string, Mutator>> = {
  "target: characters": withTarget(spliced),
  "target: a character escaped": withTarget((target, { at }) => replaceOne(target, /[^%]/g, at, escapeOf)),
  "target: an escape undone": withTarget((target, { at }) =>
    replaceOne(target, /%[0-9A-F]{2}/gi, at, (hex) => String.fromCharCode(Number.parseInt(hex.slice(1), 16))),
  ),
  "target: an escape in the other case": withTarget((target, { at }) =>
    replaceOne(target, /%[0-9A-F]{2}/gi, at, (hex) =>
      hex === hex.toUpperCase() ? hex.toLowerCase() : hex.toUpperCase(),
    ),
  ),
  "target: an escape escaped": withTarget((target, { at }) => replaceOne(target, /%/g, at, () => "%25")),
  "target: an escape of an escape undone": withTarget((target, { at }) => replaceOne(target, /%25/g, at, () => "%")),
  "target: everything escaped again": withTarget((target) => target.replaceAll("%", "%25")),
  "target: plus for space, or the other way": withTarget((target, { at, other }) =>
    replaceOne(target, /\+|%20|%2B/gi, at, () => pick(["+", "%20", "%2B", "%2b"], other)),
  ),
  "target: another case": withTarget((target, { at }) =>
    replaceOne(target, /[a-z]/gi, at, (letter) =>
      letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
    ),
  ),
  "target: the mark moved": withTarget((target, { at }) =>
    replaceOne(target.replace("?", ""), /.(?=.)/g, at, (one) => `${one}?`),
  ),
  "target: the mark escaped": withTarget((target) => target.replace("?", "%3F")),
  "target: absolute": withTarget(
    (target, { at }) => pick(["http://api.example.com", "//api.example.com", "*"], at) + target,
  ),
  "target: of another request": (request, { neighbor }) => ({ ...request, target: neighbor.target }),
  "path: of another request": (request, { neighbor }) => withPath(() => split(neighbor)[0])(request, {} as Choice),
  "path: a slash at the end": withPath((path) => (path.endsWith("/") ? path.slice(0, -1) : `${path}/`)),
  "path: a segment twice": withSegments((segments, { at }) =>
    segments.toSpliced(at % segments.length, 0, pick(segments, at)),
  ),
  "path: a segment lost": withSegments((segments, { at }) => segments.toSpliced(at % segments.length, 1)),
  "path: a segment more": withSegments((segments, { at, other }) =>
    segments.toSpliced(
      1 + (at % segments.length),
      0,
      pick(["", ".", "..", "a", "%2e%2e", "%2E", "%2F", ";a", "..;"], other),
    ),
  ),
  "path: segments swapped": withSegments((segments, { at, other }) =>
    segments.length < 3 ? segments : ["", ...swapped(segments.slice(1), at, other)],
  ),
  "path: up and down": withPath((path, { at }) => path + pick(["/..", "/a/..", "/.", "/%2e%2e/", "/a/../"], at)),
  "query: of another request": (request, { neighbor }) =>
    withQuery(() => split(neighbor)[1] ?? "")(request, {} as Choice),
  "query: none": withTarget((target) => target.replace(/\?.*/s, "")),
  "query: a pair lost": withPairs((pairs, { at }) => pairs.toSpliced(at % pairs.length, 1)),
  "query: a pair twice": withPairs((pairs, { at, other }) =>
    pairs.toSpliced(other % (pairs.length + 1), 0, pick(pairs, at)),
  ),
  "query: a pair more": withPairs((pairs, { at, other }) =>
    pairs.toSpliced(other % (pairs.length + 1), 0, pick(["", "=", "a", "a=", "=a", "a=1", "admin=1", "%00=1"], at)),
  ),
  "query: pairs swapped": withPairs((pairs, { at, other }) => swapped(pairs, at, other)),
  "query: name and value swapped": withPairs((pairs, { at }) => pairs.with(at % pairs.length, turned(pick(pairs, at)))),
  "query: values swapped": withPairs((pairs, { at, other }) => {
    const [one, two] = [pick(pairs, at), pick(pairs, other)];
    const [value, instead] = [one, two].map((pair) => pair.replace(/^[^=]*/, "")) as [string, string];
    return pairs
      .with(at % pairs.length, one.replace(/=.*$/s, "") + instead)
      .with(other % pairs.length, two.replace(/=.*$/s, "") + value);
  }),
  "query: pairs merged": withQuery((query, { at, other }) =>
    replaceOne(query, /&/g, at, () => pick(["%26", "", ";", ",", "%3B", "+"], other)),
  ),
  "query: a pair split": withQuery((query, { at }) => replaceOne(query, /%26|%3B|;|,/gi, at, () => "&")),
  "query: an equals sign more or less": withPairs((pairs, { at, other }) =>
    pairs.with(
      at % pairs.length,
      pick([`${pick(pairs, at)}=`, pick(pairs, at).replace("=", ""), pick(pairs, at).replace("=", "%3D")], other),
    ),
  ),
  "query: a name of X-Amz": withPairs((pairs, { at, other }) => [
    ...pairs,
    pick(["X-Amz-Signature=0", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Date=20260304T050607Z", "x-amz-meta=1"], at),
    ...(other % 2 === 0 ? ["X-AMZ-META=2"] : []),
  ]),
  "query: in the body": (request) => {
    const [path, query = ""] = split(request);
    return { ...request, target: path, body: query };
  },
};
