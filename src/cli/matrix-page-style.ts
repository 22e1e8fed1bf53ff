/** How the page of `poolgate matrix` looks: light and dark, and each outcome with a mark beside its color. */
export const matrixPageStyle = `
:root { color-scheme: light dark; --ground: #fbfbfd; --paper: #fff; --ink: #1d2330; --faint: #667085; --line: #e3e6ec;
  --accent: #3b5bdb; --allow: #d9f5e3; --allow-ink: #0b6b3a; --deny: #fbe6e8; --deny-ink: #a3202f;
  --some: #fff0cc; --some-ink: #7a5200; --unreached: #eef0f4; --unreached-ink: #667085; --shadow: #10182022; }
@media (prefers-color-scheme: dark) { :root { --ground: #12151c; --paper: #191d26; --ink: #e6e9f0; --faint: #98a2b3;
  --line: #2b313d; --accent: #8ea6ff; --allow: #12392a; --allow-ink: #6fe3a5; --deny: #401d24; --deny-ink: #ff9aa5;
  --some: #42340f; --some-ink: #ffd166; --unreached: #232834; --unreached-ink: #98a2b3; --shadow: #0008; } }
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) 26rem; background: var(--ground); color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif; }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: end; padding: 1rem 1.25rem;
  background: var(--paper); border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 1.15rem; font-weight: 650; }
h1 small { display: block; color: var(--faint); font-size: .8rem; font-weight: 400; }
label { display: grid; color: var(--faint); font-size: .75rem; }
input, select { min-width: 11rem; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--ground); color: var(--ink); font: inherit; font-size: .875rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0 0 0 auto; padding: 0; list-style: none; font-size: .8rem; }
.legend li { padding: .15rem .6rem; border-radius: 1rem; }
.scroll { overflow: auto; }
table { border-collapse: separate; border-spacing: 0; }
thead th { position: sticky; top: 0; z-index: 2; padding: .6rem .3rem; background: var(--ground); border-bottom: 1px solid var(--line);
  font-size: .8rem; font-weight: 550; vertical-align: bottom; }
thead th span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 12rem; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
thead th:first-child { left: 0; z-index: 3; padding-left: 1.25rem; color: var(--faint); text-align: left; }
tbody th { position: sticky; left: 0; z-index: 1; max-width: 34rem; padding: .2rem 1rem .2rem 1.25rem; overflow: hidden;
  background: var(--ground); border-right: 1px solid var(--line); font: 12.5px/1.6 ui-monospace, monospace; text-align: left;
  text-overflow: ellipsis; white-space: nowrap; }
tbody th b { display: inline-block; min-width: 4.2rem; color: var(--accent); font-weight: 650; }
td { padding: 1px; }
td span { display: grid; place-items: center; width: 2.1rem; height: 1.7rem; border-radius: .35rem; font-weight: 700; cursor: default; }
tr:hover th, td.column { background: var(--unreached); }
td:focus { outline: none; }
td:focus span, td.chosen span { box-shadow: 0 0 0 2px var(--accent); }
.allow { background: var(--allow); color: var(--allow-ink); }
.deny { background: var(--deny); color: var(--deny-ink); }
.some { background: var(--some); color: var(--some-ink); }
.unreached { background: var(--unreached); color: var(--unreached-ink); }
aside { overflow: auto; padding: 1.25rem; background: var(--paper); border-left: 1px solid var(--line); box-shadow: -8px 0 24px -16px var(--shadow); }
aside h2 { margin: 0 0 .25rem; font-size: 1rem; overflow-wrap: anywhere; }
aside p { margin: 0 0 1rem; color: var(--faint); }
aside p strong { padding: .15rem .6rem; border-radius: 1rem; font-weight: 600; }
pre { margin: 0; font: 12.5px/1.65 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
pre .true { color: var(--allow-ink); } pre .false { color: var(--deny-ink); } pre .unknown { color: var(--some-ink); }
.none { padding: 2rem 1.25rem; color: var(--faint); }
kbd { padding: 0 .3rem; border: 1px solid var(--line); border-radius: .25rem; font: inherit; font-size: .8em; }
@media (max-width: 60rem) { body { grid-template: auto minmax(0, 1fr) 40% / minmax(0, 1fr); }
  header { gap: .4rem .75rem; padding: .6rem 1rem; } input, select { min-width: 0; width: 8rem; } .legend { margin: 0; }
  aside { border-top: 1px solid var(--line); border-left: 0; } }
@media (forced-colors: active) { td span, .legend li { border: 1px solid; } }
@media print { body { display: block; } aside, label { display: none; } .scroll { overflow: visible; } }
`;
