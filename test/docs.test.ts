import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { errorTable } from "../src/errors.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const pages = [
  "README.md",
  "examples/README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, "examples"))
    .map((name) => `examples/${name}/README.md`)
    .filter((page) => existsSync(join(root, page))),
];

function read(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** A page without its code, in which neither `#` nor `[a](b)` means what it means in prose. */
function proseOf(page: string): string {
  return read(page).replace(/^(```+)[^\n]*\n[\s\S]*?^\1\s*$/gm, "");
}

function headingsOf(page: string): readonly string[] {
  return Array.from(proseOf(page).matchAll(/^#{1,6} (.+)$/gm), ([, text]) => (text as string).trim());
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const heading of headingsOf(page)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The targets of a page's links that lead into this repository. */
function localLinksOf(page: string): readonly string[] {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, "");
  const inline = Array.from(prose.matchAll(/\]\(\s*<?([^)\s>]+)/g), ([, target]) => target as string);
  const named = Array.from(prose.matchAll(/^\[[^\]]+\]:\s*<?([^\s>]+)/gm), ([, target]) => target as string);
  return [...inline, ...named].filter((target) => !/^[a-z][a-z\d+.-]*:/i.test(target));
}

/** What is wrong with a link, or undefined. */
function faultOf(page: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : relative(root, join(root, dirname(page), decodeURIComponent(path)));
  if (target.startsWith("..") || !existsSync(join(root, target))) return `${link}: there is no such file`;
  if (anchor === undefined) return undefined;
  return target.endsWith(".md") && anchorsOf(target).has(anchor) ? undefined : `${link}: there is no such heading`;
}

describe("docs/errors.md", () => {
  const sections = proseOf("docs/errors.md")
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = "", ...lines] = section.split("\n");
      return { heading: heading.trim(), text: lines.join("\n") };
    });

  it("has one heading for each code, in the order of the table, and no other", () => {
    expect(sections.map(({ heading }) => heading)).toEqual(Object.keys(errorTable));
  });

  it("names the status of each code as the table has it", () => {
    const stated = sections.map(({ heading, text }) => [heading, Number(/^Status: (\d{3})$/m.exec(text)?.[1])]);
    expect(Object.fromEntries(stated)).toEqual(
      Object.fromEntries(Object.entries(errorTable).map(([code, { status }]) => [code, status])),
    );
  });

  it.each(sections)("says of $heading when it happens, what the caller does and what the operator does", ({ text }) => {
    expect(text).toMatch(/^- \*\*When:\*\* \S/m);
    expect(text).toMatch(/^- \*\*The caller:\*\* \S/m);
    expect(text).toMatch(/^- \*\*The operator:\*\* \S/m);
  });
});

describe("the pages", () => {
  it.each(pages)("%s links only to files and headings that exist", (page) => {
    expect(
      localLinksOf(page)
        .map((link) => faultOf(page, link))
        .filter((fault) => fault !== undefined),
    ).toEqual([]);
  });

  it.each(pages)("%s has one title, at its top", (page) => {
    const titles = proseOf(page).match(/^# .+$/gm) ?? [];
    expect(titles).toHaveLength(1);
    expect(proseOf(page).startsWith(titles[0] as string)).toBe(true);
  });

  it("find the anchors that a link may name, and miss those that it may not", () => {
    expect(faultOf("docs/errors.md", "#token_expired")).toBeUndefined();
    expect(faultOf("docs/errors.md", "#token-expired")).toBe("#token-expired: there is no such heading");
    expect(faultOf("docs/errors.md", "../src/errors.ts")).toBeUndefined();
    expect(faultOf("docs/errors.md", "src/errors.ts")).toBe("src/errors.ts: there is no such file");
  });
});
