import { createHash } from "node:crypto";
import type { CellOutcome, Matrix } from "../personas/matrix.ts";
import { printable } from "../policy/explain.ts";
import { matrixPageScript } from "./matrix-page-script.ts";
import { matrixPageStyle } from "./matrix-page-style.ts";

const outcomes: Readonly<Record<CellOutcome, readonly [mark: string, words: string]>> = {
  allow: ["✓", "allowed"],
  deny: ["✗", "denied"],
  some: ["~", "depends on the request"],
  unreached: ["·", "claimed by other rows"],
};
const words = Object.fromEntries(Object.entries(outcomes).map(([outcome, [, text]]) => [outcome, text]));

/**
 * The matrix as a page of one file. Nothing is loaded, and its content security policy lets nothing run but the script in it;
 * whatever comes from a policy is text.
 *
 * @param name what the page is about: the file of the policy.
 */
export function matrixPage({ personas, rows }: Matrix, name: string): string {
  // Explanations have most of their lines in common.
  const lines = indexOfTexts();
  const texts = indexOfTexts();
  const textIndex = (text: string) => texts.indexOf(text.split("\n").map(lines.indexOf).join());
  const heads = personas.map((persona) => `<th scope="col"><span>${escaped(printable(persona))}</span></th>`).join("");
  const body = rows.map(({ route, cells }, rowIndex) => {
    const [method = "", ...rest] = route.split(" ");
    const heading = [`<b>${escaped(method)}</b>`, ...rest.map(escaped)].join(" ");
    const columns = cells.map(({ outcome, why }, index) => {
      const [mark, text] = outcomes[outcome];
      const tab = rowIndex === 0 && index === 0 ? 0 : -1;
      return `<td tabindex="${tab}" data-why="${textIndex(why)}"><span class="${outcome}" role="img" aria-label="${text}">${mark}</span></td>`;
    });
    return `<tr><th scope="row">${heading}</th>${columns.join("")}</tr>`;
  });
  const legend = Object.entries(outcomes).map(
    ([outcome, [mark, text]]) => `<li class="${outcome}">${mark} ${text}</li>`,
  );
  const options = Object.entries(outcomes).map(
    ([outcome, [, text]]) => `<option value="${outcome}">${text} for someone</option>`,
  );
  const policy = `default-src 'none'; style-src '${hashOf(matrixPageStyle)}'; script-src '${hashOf(matrixPageScript)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>Who may do what: ${escaped(printable(name))}</title>
<style>${matrixPageStyle}</style>
<header>
<h1>Who may do what <small>${escaped(printable(name))} &middot; <span id="count"></span></small></h1>
<label>Routes <input id="routes" type="search" placeholder="press / to search"></label>
<label>Callers <input id="callers" type="search"></label>
<label>Outcome <select id="outcomes"><option value="">any</option>${options.join("")}</select></label>
<ul class="legend">${legend.join("")}</ul>
</header>
<div class="scroll">
<table role="grid" aria-label="Routes and callers">
<thead><tr><th scope="col">Route</th>${heads}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table>
<p id="none" class="none" hidden>No route fits.</p>
</div>
<aside aria-live="polite" aria-label="Why">
<h2 id="route">Why?</h2>
<p><span id="who">Point at a cell, or move with the arrow keys</span> <strong id="outcome"></strong></p>
<pre id="why">Click a cell to keep it here, Escape to let it go.</pre>
</aside>
<script id="data" type="application/json">${scriptData({ lines: lines.all(), texts: texts.all(), words })}</script>
<script>${matrixPageScript}</script>
</html>
`;
}

/** Gives each text a number, and each text once. */
function indexOfTexts(): { indexOf(text: string): number; all(): readonly string[] } {
  const known = new Map<string, number>();
  return {
    indexOf(text) {
      const index = known.get(text) ?? known.size;
      known.set(text, index);
      return index;
    },
    all: () => [...known.keys()],
  };
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** JSON that no parser of HTML sees an end or a comment in. */
function scriptData(data: unknown): string {
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

// https://www.w3.org/TR/CSP3/#grammardef-hash-source
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
