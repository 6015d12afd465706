/**
 * The page's look. Colours are variables that figures refer to, so that one drawing serves both themes. The classes' were
 * taken so that their pairs stay apart for eyes that lack any one of the three cones, and from the page by a contrast of 3
 * or more; so do bars and points. Text is readable on a full cell of a heat map as on an empty one.
 */
const LIGHT = `
  color-scheme: light;
  --page: #ffffff; --card: #f6f7f9; --ink: #1a1f26; --soft: #57616d; --faint: #8c95a0; --rule: #dfe3e8; --shade: #00000026;
  --link: #0b5cad; --note: #fff4d6; --note-ink: #5c4200; --low: #fbe3d3;
  --class-N: #2a7fd0; --class-S: #d9730d; --class-V: #8f1250; --class-other: #6b7580;
  --heat: #5f97d3; --attention: #5f97d3;
  --paper: #fff8f6; --paper-fine: #f7d9d3; --paper-heavy: #eab3a9;
  --category-0: #1b6ec2; --category-1: #d9730d; --category-2: #178a5a; --category-3: #b0307f;
  --category-4: #6a4fc7; --category-5: #8a6d00; --category-6: #c0362c; --category-7: #0f7f92;`;

const DARK = `
  color-scheme: dark;
  --page: #11161b; --card: #1a2027; --ink: #e6e9ed; --soft: #a3adb8; --faint: #5a6673; --rule: #2c343d; --shade: #ffffff26;
  --link: #7db7f7; --note: #3a2f10; --note-ink: #f5dfa3; --low: #55301a;
  --class-N: #5aa9f5; --class-S: #f5b44c; --class-V: #e8607a; --class-other: #98a3af;
  --heat: #2f6299; --attention: #44709f;
  --paper: #1b1616; --paper-fine: #352523; --paper-heavy: #5c3a35;
  --category-0: #5aa9f5; --category-1: #f5b44c; --category-2: #4fc48f; --category-3: #e07cc0;
  --category-4: #a996f5; --category-5: #d3bd4a; --category-6: #f0796c; --category-7: #4cc3d6;`;

export const CSS = `
:root {${LIGHT}
}
@media screen and (prefers-color-scheme: dark) {
:root {${DARK}
}
}
@media (forced-colors: active) {
:root { --page: Canvas; --ink: CanvasText; --soft: CanvasText; --rule: GrayText; --link: LinkText; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif;
  overflow-wrap: anywhere;
}
main, header { max-width: 1352px; margin: 0 auto; padding: 0 16px; }
header { padding-top: 28px; }
main { padding-bottom: 64px; }
h1, h2, h3, h4, h5 { line-height: 1.25; margin: 0; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 1.4rem; font-weight: 640; margin: 0 0 8px; }
h3 { font-size: 1.05rem; font-weight: 640; margin: 20px 0 8px; }
h4, .panel .title { font-size: 0.9rem; font-weight: 600; margin: 0; }
h4.group { margin: 18px 0 10px; font-size: 0.95rem; }
p { margin: 0 0 10px; }
a { color: var(--link); }
code { font: 0.88em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.lead, .intro { max-width: 80ch; }
.lead { color: var(--soft); margin-top: 6px; }
.intro { color: var(--soft); }
.note { background: var(--note); color: var(--note-ink); border-radius: 6px; padding: 10px 14px; max-width: 90ch; }
section { border-top: 1px solid var(--rule); margin-top: 36px; padding-top: 28px; }
.verdicts { display: grid; gap: 12px 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); margin: 18px 0; }
.verdict { background: var(--card); border-radius: 8px; padding: 14px 18px; }
.verdict h2 { font-size: 1rem; margin-bottom: 4px; }
.verdict p { margin: 0; }
.verdict strong { font-size: 1.25rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.verdicts.few { grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr)); }
.verdict .detail { color: var(--soft); font-size: 0.92rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin: 18px 0 0; padding: 0; font-size: 0.95rem; }
.pair { display: grid; gap: 8px 40px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); align-items: start; }
.pair > div { min-width: 0; }
.grid { display: grid; gap: 20px 28px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); }
.grid.narrow { grid-template-columns: repeat(auto-fill, minmax(min(100%, 290px), 1fr)); }
.grid + .grid { margin-top: 20px; }
.grid.level { align-items: end; } /* drawings on one level, whatever is above them */
.panel { min-width: 0; max-width: 460px; }
.panel .detail { color: var(--soft); font-size: 0.85rem; line-height: 1.25; margin: 0; }
.panel svg.plot { margin-top: 6px; }
figure { margin: 0 0 20px; min-width: 0; }
figcaption { color: var(--soft); font-size: 0.9rem; margin-bottom: 10px; max-width: 90ch; }
svg.plot { display: block; width: 100%; max-width: 460px; height: auto; font-size: 11.5px; font-family: inherit; overflow: visible; }
svg.plot text { white-space: pre; }
svg.strip { display: block; font-family: inherit; font-size: 72px; font-weight: 600; text-anchor: middle; } /* 20 units are a millimetre */
figure.strip figcaption { margin-bottom: 2px; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; list-style: none; margin: 0 0 8px; padding: 0; font-size: 0.85rem; }
.legend li { display: inline-flex; align-items: center; gap: 6px; }
svg.key { flex: none; }
svg.plot + .legend { margin: 8px 0 0; }
.scroll {
  overflow-x: auto; max-width: 100%;
  /* shadows at the edges beyond which there is more, covered where there is not */
  background:
    linear-gradient(to right, var(--page) 40%, transparent) left / 32px 100% no-repeat local,
    linear-gradient(to left, var(--page) 40%, transparent) right / 32px 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) left / 12px 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) right / 12px 100% no-repeat scroll;
}
sub { line-height: 0; }
code.line { white-space: nowrap; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: 4px 9px; text-align: right; border-bottom: 1px solid var(--rule); vertical-align: top; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 550; vertical-align: bottom; border-bottom-color: var(--soft); }
thead td { border-bottom: 0; }
thead th[colspan] { text-align: center; border-bottom-color: var(--rule); }
th[scope=row], th:first-child { text-align: left; }
th[scope=row] { font-weight: 550; }
td[colspan] { text-align: center; }
.interval { display: block; color: var(--soft); font-size: 0.82rem; }
table.scores tr:has(+ .paper) > * { border-bottom: 0; padding-bottom: 0; }
table.scores .paper > * { color: var(--soft); font-weight: 400; padding-top: 0; }
table.scores td { min-width: 5.2em; }
table.records { font-size: 0.84rem; }
table.records th, table.records td { padding: 2px 8px; }
td.low { background: var(--low); font-weight: 650; box-shadow: inset 3px 0 var(--class-S); }
table.wide th, table.wide td { text-align: left; white-space: normal; }
.tables { display: flex; align-items: flex-start; flex-wrap: wrap; gap: 8px 40px; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: 4px 20px; margin: 0 0 16px; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
details { margin: 14px 0; }
summary { cursor: pointer; font-weight: 550; padding: 4px 0; }
@media (max-width: 560px) {
  h1 { font-size: 1.5rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 8px; }
  th, td { padding: 4px 6px; }
  table.scores { font-size: 0.82rem; }
  table.scores th, table.scores td { min-width: 0; padding-left: 4px; padding-right: 4px; }
  table.scores thead th { font-size: 0.78rem; }
  table.scores .interval { font-size: 0.69rem; letter-spacing: -0.01em; }
}
@media print {
  body { font-size: 10.5pt; }
  nav { display: none; }
  section { margin-top: 18px; padding-top: 14px; }
  figure, .panel, tr, .verdict { break-inside: avoid; }
  figure:has(table), figure:has(.grid) { break-inside: auto; }
  h2, h3, h4, h5, figcaption, .intro { break-after: avoid; }
  .scroll { overflow: visible; background: none; }
  .pair, .grid, .grid.narrow { grid-template-columns: 1fr 1fr; }
  .pair:has(table.records), .pair:has(table.scores) { grid-template-columns: 1fr; }
  table.scores { font-size: 8.5pt; }
  table.scores .interval { font-size: 7pt; }
  table.scores th, table.scores td { min-width: 0; padding-left: 4px; padding-right: 4px; }
  code.line { white-space: normal; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
