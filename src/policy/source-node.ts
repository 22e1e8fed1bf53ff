import { keyStep, topStep } from "./policy-error.ts";

/** A stretch of text, as offsets in UTF-16 code units; the end is not part of it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value of a document with its place in the text, whatever format the text has. */
export type SourceNode = Span &
  (
    | { readonly kind: "scalar"; readonly value: string | number | boolean | null }
    | { readonly kind: "list"; readonly items: readonly SourceNode[] }
    | { readonly kind: "map"; readonly entries: ReadonlyMap<string, SourceEntry> }
  );

/** One entry of a map. */
export interface SourceEntry {
  readonly key: Span;
  readonly value: SourceNode;
}

/** A document that nests deeper holds no policy, as a rule has 32 levels at most. */
export const maximumNesting = 100;

/** The fault of a document that nests deeper. */
export const nestedTooDeeply: string = `the document is nested deeper than ${maximumNesting} levels; make it flatter`;

/** The plain data that the text stands for. */
export function dataOf(node: SourceNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(dataOf);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, dataOf(value)]));
}

/** Finds places of a document by paths such as `routes["GET /a"].allOf[1].group`. */
export interface SourceIndex {
  /** The value at the path, or what stands nearest around it where there is none. */
  value(path: string): Span;
  /** The key of the value at the path. */
  key(path: string): Span;
}

/** Makes the index of a document. */
export function indexSource(root: SourceNode): SourceIndex {
  const spans = new Map<string, { readonly value: Span; readonly key?: Span }>([["policy", { value: shown(root) }]]);
  function visit(node: SourceNode, path: string): void {
    if (node.kind === "list") {
      node.items.forEach((item, index) => {
        const inner = `${path}[${index}]`;
        spans.set(inner, { value: shown(item) });
        visit(item, inner);
      });
    } else if (node.kind === "map") {
      for (const [name, { key, value }] of node.entries) {
        const inner = path === "" ? topStep(name) : path + keyStep(name);
        spans.set(inner, { value: shown(value), key });
        visit(value, inner);
      }
    }
  }
  visit(root, "");

  function find(path: string): { readonly value: Span; readonly key?: Span } {
    let rest = path;
    for (;;) {
      const found = spans.get(rest);
      if (found !== undefined) return found;
      const shorter = rest.replace(lastStep, "");
      if (shorter === rest) return { value: shown(root) };
      rest = shorter;
    }
  }
  return {
    value: (path) => find(path).value,
    key: (path) => find(path).key ?? find(path).value,
  };
}

const lastStep = /(?:(?:^|\.)[A-Za-z_]\w*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])$/;

/** A map is shown by its first key, so that it looks the same with braces and without. */
function shown(node: SourceNode): Span {
  if (node.kind !== "map") return node;
  const [first] = node.entries.values();
  return first === undefined ? node : first.key;
}
