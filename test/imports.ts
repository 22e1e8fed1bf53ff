import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** One import statement of a source file. */
export interface Import {
  /** The importing file, relative to `src/`. */
  readonly from: string;
  /** The imported file relative to `src/`, or the package or `node:` module. */
  readonly to: string;
  readonly kind: "type" | "value" | "dynamic";
}

export const sourceRoot: string = join(dirname(fileURLToPath(import.meta.url)), "..", "src");

/** Every source file, relative to `src/`. */
export function sourceFiles(): readonly string[] {
  return readdirSync(sourceRoot, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => relative(".", file).replaceAll("\\", "/"))
    .sort();
}

const statement = /^(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;

/** The imports of one source file. */
export function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(sourceRoot, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "");
  return [...text.matchAll(statement)].map(([, type, named, bare, dynamic]) => {
    const specifier = named ?? bare ?? dynamic ?? "";
    const to = specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : packageOf(specifier);
    return { from: file, to, kind: dynamic !== undefined ? "dynamic" : type !== undefined ? "type" : "value" };
  });
}

/** The source files that are loaded when one is imported, itself included, relative to `src/`. */
export function filesLoadedBy(entry: string): ReadonlySet<string> {
  const files = new Set([entry]);
  // A set goes on with what is added to it on the way.
  for (const file of files) for (const to of valuesOf(file)) if (to.endsWith(".ts")) files.add(to);
  return files;
}

/** The packages and `node:` modules that are loaded when a source file is imported. */
export function packagesLoadedBy(entry: string): ReadonlySet<string> {
  return new Set([...filesLoadedBy(entry)].flatMap(valuesOf).filter((to) => !to.endsWith(".ts")));
}

function valuesOf(file: string): readonly string[] {
  return importsOf(file).flatMap(({ to, kind }) => (kind === "value" ? [to] : []));
}

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
}
