/** The whole look of the page: system fonts, no remote asset, light, dark and paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --sheet: #ffffff; --ink: #1d2327; --soft: #58636b; --line: #dfdcd3; --hair: #ece9e1;
  --accent: #0b5a66; --tint: #e9f2f2; --warn: #7a4a00; --warn-tint: #fdf3e0; --warn-line: #e8cf9d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181b; --sheet: #1b2125; --ink: #e7eaec; --soft: #a4b0b7; --line: #353e44; --hair: #2a3237;
    --accent: #7fc8d1; --tint: #1d2f33; --warn: #f0c77a; --warn-tint: #2e2618; --warn-line: #5d4a24;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
}
.page { max-width: 50rem; margin: 0 auto; padding: 3.5rem 1.5rem 4rem; }
h1, h2, h3 {
  font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "Noto Serif", "DejaVu Serif", serif;
  font-weight: 600; line-height: 1.2; text-wrap: balance;
}
h1 { font-size: clamp(1.9rem, 1.3rem + 2.6vw, 2.75rem); letter-spacing: -0.015em; margin: 0 0 1rem; }
h2 { font-size: 1.65rem; letter-spacing: -0.01em; margin: 0 0 0.75rem; }
h3 { font-size: 1.25rem; margin: 0 0 0.5rem; }
h4 { font-size: 0.95rem; font-weight: 650; margin: 1.75rem 0 0.5rem; }
p { margin: 0 0 0.9rem; }
a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 0.06em; }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
.skip { position: absolute; left: -100vw; background: var(--sheet); padding: 0.5rem 1rem; }
.skip:focus { left: 1rem; top: 1rem; }
.lead { font-size: 1.12rem; color: var(--soft); max-width: 40rem; }
.from { font-size: 0.85rem; font-weight: 600; letter-spacing: 0.06em; text-transform: uppercase; color: var(--accent); margin: 0 0 0.75rem; }
main > section:not(.summary, .alert) { margin-top: 3.5rem; padding-top: 2.25rem; border-top: 1px solid var(--line); }
section section { margin-top: 2.5rem; }
dl { margin: 0; }
dl > div { display: grid; grid-template-columns: minmax(9rem, 32%) 1fr; gap: 0.15rem 1.5rem; padding: 0.5rem 0; border-top: 1px solid var(--hair); }
dl > div:first-child { border-top: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.facts { margin-top: 1.75rem; border-block: 1px solid var(--line); padding: 0.5rem 0; }
.tech { font: 0.78rem/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--soft); overflow-wrap: anywhere; }
.summary { background: var(--tint); border-radius: 12px; padding: 1.5rem 1.75rem; margin-top: 2.5rem; }
.summary h2 { font-size: 1.25rem; }
.summary .big { font-size: 1.15rem; margin-bottom: 0.6rem; }
.summary p:last-child { margin-bottom: 0; }
.alert { background: var(--warn-tint); border: 1px solid var(--warn-line); border-radius: 12px; padding: 1.5rem 1.75rem; margin-top: 1.5rem; }
.alert h2 { font-size: 1.25rem; color: var(--warn); }
.alert ul { margin: 0 0 0.9rem; padding-left: 1.2rem; }
.alert p:last-child { margin-bottom: 0; }
.lacking { color: var(--warn); }
nav { margin-top: 2.5rem; }
nav h2 { font-size: 1.25rem; }
nav ul { list-style: none; margin: 0; padding: 0; columns: 2 18rem; column-gap: 2.5rem; }
nav li { break-inside: avoid; padding: 0.22rem 0; }
nav li li { padding-left: 1rem; font-size: 0.95rem; }
nav > ul > li { padding: 0.3rem 0; }
nav ul ul { columns: auto; }
.about { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; padding: 0.75rem 1.5rem; margin: 1.25rem 0 1.5rem; font-size: 0.95rem; }
.about ul, td ul.list, dd ul.list, ul.tree { margin: 0; padding-left: 1.1rem; white-space: normal; }
.meanings { font-size: 0.88rem; color: var(--soft); border-left: 3px solid var(--line); padding-left: 1.25rem; margin: 0.75rem 0 1.25rem; }
.meanings dl > div { padding: 0.2rem 0; border: 0; }
.meanings dt { color: var(--ink); }
.summary th:first-child, .summary td:first-child { padding-left: 0; }
.summary th:last-child, .summary td:last-child { padding-right: 0; }
.summary th, .summary td { padding-top: 0.4rem; padding-bottom: 0.4rem; border-color: var(--line); }
.summary tbody th { font-weight: 400; }
.summary table { margin-top: 0.75rem; }
.after { margin-top: 2rem; }
.tree { list-style: none; padding-left: 0; }
.tree .tree, .tree .list { padding-left: 1.1rem; }
.record { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.5rem 0.9rem; margin: 0.9rem 0; break-inside: avoid; }
.record h4 { margin: 0 0 0.35rem; display: flex; gap: 0.75rem; align-items: center; justify-content: space-between; }
.badge { font: 600 0.75rem/1 system-ui, sans-serif; color: var(--accent); background: var(--tint); border-radius: 99px; padding: 0.35em 0.75em; white-space: nowrap; }
.note { font-size: 0.9rem; color: var(--soft); margin: 0.5rem 0 0; border-top: 1px solid var(--hair); padding-top: 0.6rem; }
.note + .note { border-top: 0; padding-top: 0; }
.faint, .none { color: var(--soft); }
.said { color: var(--soft); font-style: italic; }
.number { font-variant-numeric: tabular-nums; }
.small { font-size: 0.9rem; color: var(--soft); }
.scroll { overflow-x: auto; margin: 0.9rem 0; border: 1px solid var(--line); border-radius: 12px; background: var(--sheet); }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
caption { text-align: left; padding: 0.9rem 1.25rem 0.35rem; color: var(--soft); font-size: 0.9rem; }
.hidden-caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: 0.55rem 0.75rem; border-top: 1px solid var(--hair); }
th:first-child, td:first-child { padding-left: 1.25rem; }
th:last-child, td:last-child { padding-right: 1.25rem; }
thead th { font-size: 0.85rem; color: var(--soft); font-weight: 600; border-top: 0; border-bottom: 1px solid var(--line); }
thead .tech { display: block; font-weight: 400; }
tbody th { font-weight: 600; white-space: nowrap; }
tbody tr:first-child > * { border-top: 0; }
td { overflow-wrap: anywhere; white-space: pre-line; }
td time, td .number { white-space: nowrap; }
.noted td { border-top: 0; padding-top: 0; font-size: 0.88rem; color: var(--soft); }
.count { text-align: right; font-variant-numeric: tabular-nums; }
.rights dt { color: var(--ink); font-weight: 600; }
.rights dt .tech { display: block; font-weight: 400; }
footer { margin-top: 4rem; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: 0.85rem; color: var(--soft); }
@media (max-width: 38rem) {
  .page { padding: 2rem 1.1rem 3rem; }
  dl > div { grid-template-columns: 1fr; }
  dt { font-size: 0.88rem; }
  .record, .about, .summary, .alert { padding-left: 1.1rem; padding-right: 1.1rem; }
  .records thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .records, .records tbody, .records tr, .records th, .records td { display: block; }
  .records tbody tr { padding: 0.7rem 1.1rem; border-top: 1px solid var(--line); }
  .records tbody tr:first-child { border-top: 0; }
  .records tbody tr.noted { border-top: 0; padding-top: 0; }
  .records tbody tr.has-note { padding-bottom: 0.3rem; }
  .records tbody th, .records tbody td { border: 0; padding: 0.15rem 0; }
  .records td[data-label]::before { content: attr(data-label); display: block; font-size: 0.85rem; color: var(--soft); }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --sheet: #fff; --ink: #000; --soft: #444; --line: #bbb; --hair: #ddd;
    --accent: #064a54; --tint: #fff; --warn: #5c3800; --warn-tint: #fff; --warn-line: #999;
  }
  @page { margin: 20mm 18mm; }
  body { font-size: 10pt; line-height: 1.45; }
  .page { max-width: none; padding: 0; }
  .skip, nav { display: none; }
  .summary, .alert { border: 1px solid var(--line); }
  main > section:not(.summary, .alert) { margin-top: 1.75rem; padding-top: 1.25rem; }
  .summary { margin-top: 1.25rem; padding: 1rem 1.25rem; }
  .summary th, .summary td { padding-block: 0.2rem; }
  .about { margin: 0.75rem 0; }
  h2, h3, h4 { break-after: avoid; }
  dl > div, tr, .alert, .about, .summary tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  .outward::after { content: " (" attr(href) ")"; overflow-wrap: anywhere; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
`;
