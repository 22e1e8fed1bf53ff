/** What the page of `poolgate matrix` does: it tells why, moves by arrow keys, and filters. It writes text, never markup. */
export const matrixPageScript = `
"use strict";
const { lines: known, texts, words } = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const table = document.querySelector("table");
const headings = [...table.tHead.rows[0].cells].slice(1);
const rows = [...table.tBodies[0].rows];
const fold = (text) => text.toLowerCase();
let focused = table.querySelector("td");
let pinned = null;

function show(cell) {
  const outcome = cell.firstChild.className;
  byId("route").textContent = cell.parentNode.cells[0].textContent;
  byId("who").textContent = headings[cell.cellIndex - 1].textContent;
  byId("outcome").textContent = words[outcome];
  byId("outcome").className = outcome;
  const lines = texts[cell.dataset.why].split(",").map((index) => {
    const line = known[index];
    const span = document.createElement("span");
    const mark = line.trimStart()[0];
    span.className = mark === "\\u2713" ? "true" : mark === "\\u2717" ? "false" : mark === "?" ? "unknown" : "";
    span.textContent = line + "\\n";
    return span;
  });
  byId("why").replaceChildren(...lines);
  for (const other of table.querySelectorAll("td.chosen")) other.classList.remove("chosen");
  cell.classList.add("chosen");
}

function focus(cell) {
  focused.tabIndex = -1;
  focused = cell;
  cell.tabIndex = 0;
  cell.focus();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function step(cell, down, right) {
  let row = cell.parentNode;
  let column = cell.cellIndex;
  do row = down > 0 ? row.nextElementSibling : down < 0 ? row.previousElementSibling : row; while (down !== 0 && row?.hidden);
  do column += right; while (right !== 0 && row?.cells[column]?.hidden);
  const next = row?.cells[column];
  if (next?.tagName === "TD") focus(next);
}

const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
table.addEventListener("keydown", (event) => {
  const cell = event.target.closest("td");
  const move = moves[event.key];
  if (cell === null || move === undefined) return;
  event.preventDefault();
  step(cell, ...move);
});
table.addEventListener("focusin", (event) => {
  const cell = event.target.closest("td");
  if (cell !== null) show(cell);
});
table.addEventListener("pointerover", (event) => {
  const cell = event.target.closest("td");
  if (cell !== null && pinned === null) show(cell);
});
table.addEventListener("click", (event) => {
  const cell = event.target.closest("td");
  if (cell === null) return;
  pinned = pinned === cell ? null : cell;
  focus(cell);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") pinned = null;
  if (event.key !== "/" || event.target.tagName === "INPUT") return;
  event.preventDefault();
  byId("routes").focus();
});

function filter() {
  const route = fold(byId("routes").value);
  const name = fold(byId("callers").value);
  const outcome = byId("outcomes").value;
  const shown = headings.map((heading) => fold(heading.textContent).includes(name));
  headings.forEach((heading, index) => { heading.hidden = !shown[index]; });
  let count = 0;
  for (const row of rows) {
    const cells = [...row.cells].slice(1);
    const fits = outcome === "" || cells.some((cell, index) => shown[index] && cell.firstChild.className === outcome);
    row.hidden = !fits || !fold(row.cells[0].textContent).includes(route);
    if (!row.hidden) count += 1;
    cells.forEach((cell, index) => { cell.hidden = !shown[index]; });
  }
  byId("count").textContent = count + " of " + rows.length + " routes, " + shown.filter(Boolean).length + " of " + shown.length + " callers";
  byId("none").hidden = count > 0;
  pinned = null;
  const first = rows.find((row) => !row.hidden)?.querySelector("td:not([hidden])");
  if (first && (focused.hidden || focused.parentNode.hidden)) { focused.tabIndex = -1; focused = first; first.tabIndex = 0; }
}
for (const id of ["routes", "callers", "outcomes"]) byId(id).addEventListener("input", filter);
filter();
`;
