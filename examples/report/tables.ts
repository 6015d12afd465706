import { classificationScores } from 'dynaecg';
import { count, counted, LEVEL, share } from '../page/format.ts';
import { type Content, figure, type Html, html, scroll } from '../page/html.ts';
import type { Judged, Metrics, PatientInterval, TableIntervals, TableScore, TableScores } from './metrics.ts';
import { dividedAsPaper, METHODS, operatingPoint, PAPER, PAPER_ACCURACY } from './paper.ts';
import { FOCUS, type JudgedPart, type Part, sought } from './parts.ts';

/** The three scores in the order of Table 1, with their names. */
export const SCORES = [
  ['sensitivity', 'Sensitivity'],
  ['precision', 'Precision'],
  ['f1', 'F1'],
] as const satisfies readonly (readonly [score: TableScore, name: string])[];

/** Whether the paper's figures may be printed next to those of a protocol. */
export const comparesWithPaper = ({ source, labels }: Metrics, { metrics }: Part): boolean =>
  !labels && dividedAsPaper(source, metrics.configuration);

/** An interval, and of how many patients it is. */
const between = ({ low, high, groups }: PatientInterval): Html =>
  html`<span class="interval">${share(low)}–${share(high)}${groups === undefined ? null : ` (${groups})`}</span>`;
const withInterval = (x: number, ends: PatientInterval): Html => html`<td>${share(x)}${between(ends)}</td>`;

/** Table 1 of a protocol, with intervals, and the paper's beneath each row where the two compare. */
export function table1(metrics: Metrics, part: JudgedPart): Html {
  const { classes, judged, protocol } = part;
  const compared = comparesWithPaper(metrics, part);
  const beats = part.metrics.test;
  const paper = (cells: Content): Content =>
    cells ? html`<tr class="paper"><th scope="row">paper</th><td></td>${cells}</tr>\n` : null;
  const rows = (name: string, title: string, n: number, s: TableScores, ends: TableIntervals): Content => [
    html`<tr><th scope="row">${title}</th><td>${count(n)}</td>${SCORES.map(([key]) => withInterval(s[key], ends[key]))}</tr>\n`,
    paper(compared ? PAPER[name].map((figure) => html`<td>${figure}</td>`) : null),
  ];
  const { perClass, macro, accuracy } = judged.intervals;
  return figure(
    `table1-${protocol}`,
    html`In percent, ${METHODS[part.metrics.configuration.method]}, ${operatingPoint(part.metrics.configuration)}; below each figure its ${LEVEL} interval over patients, with their number in brackets.${sharedPatients(part)}${byNeighbors(part)}`,
    scroll(
      `Table 1, ${part.name}`,
      html`<table class="scores">
<thead>
<tr><th scope="col">class</th><th scope="col">beats</th>${SCORES.map(([, title]) => html`<th scope="col">${title}</th>`)}</tr>
</thead>
<tbody>
${judged.perClass.map((s, k) => rows(classes[k], classes[k], s.support, s, perClass[k]))}${rows('overall', 'mean', beats, judged.macro, macro)}<tr><th scope="row">accuracy</th><td>${count(beats)}</td><td colspan="3">${share(judged.accuracy)}${between(accuracy)}</td></tr>
${paper(compared ? html`<td colspan="3">${PAPER_ACCURACY}</td>` : null)}</tbody>
</table>`,
    ),
  );
}

/** Who is on both sides although patients are kept apart. */
function sharedPatients({ protocol, metrics }: Part): Content {
  const { shared } = metrics.patients;
  if (protocol !== 'inter' || shared.length === 0) return null;
  return ` Patients are kept apart, except ${shared.join(', ')}, on both sides as published.`;
}

/** What the same embeddings give without the perceptron. */
function byNeighbors({ judged, classes }: JudgedPart): Content {
  if (!judged.neighbors) return null;
  const { macro, perClass } = classificationScores(judged.neighbors);
  const each = perClass.map(({ f1 }, k) => `${classes[k]} ${share(f1)}`).join(', ');
  return ` By 9 nearest neighbours among training embeddings F1 is ${share(macro.f1)} on the mean: ${each}.`;
}

/** A record's beats and scores. */
export interface RecordScores {
  name: string;
  perClass: Judged['perClass'];
}

/** A record's scores: what has nothing to be made of, such as a sensitivity to no beats, is NaN. */
export function scoresOfRecord(matrix: number[][]): Judged['perClass'] {
  return classificationScores(matrix).perClass.map(({ support, sensitivity, precision, f1 }, k) => ({
    support,
    sensitivity: support > 0 ? sensitivity : Number.NaN,
    precision: matrix.some((row) => row[k] > 0) ? precision : Number.NaN,
    f1: support > 0 ? f1 : Number.NaN,
  }));
}

/** The records, those with most S beats (or beats of the second class) first, then those with most V beats, and so on. */
export function recordScores({ judged, classes }: JudgedPart): RecordScores[] {
  const rows = Object.entries(judged.records).map(([name, matrix]) => ({
    name,
    perClass: scoresOfRecord(matrix),
  }));
  const beats = (r: RecordScores, k: number): number => r.perClass[k].support;
  const byBeats = (a: RecordScores, b: RecordScores): number =>
    sought(classes).reduce((order, k) => order || beats(b, k) - beats(a, k), 0);
  return rows.sort((a, b) => byBeats(a, b) || (a.name < b.name ? -1 : 1));
}

const LOW_SENSITIVITY = 0.5; // fewer found than missed

/** Whether a record has S beats, or beats of the second class, and most of them are missed. */
export const missesMost = ({ perClass }: RecordScores): boolean =>
  perClass[FOCUS].support > 0 && perClass[FOCUS].sensitivity < LOW_SENSITIVITY;

/** Every record's beats and scores: a score that has nothing to be made of is a dash. */
export function recordTable(part: JudgedPart): Html {
  const { classes, protocol } = part;
  const rows = recordScores(part);
  const low = rows.filter(missesMost).length;
  const shown = sought(classes);
  const scoreCells = ({ perClass }: RecordScores, k: number, tinted: boolean): Html[] =>
    SCORES.map(([key], i) => html`<td${tinted && i === 0 ? LOW : null}>${share(perClass[k][key])}</td>`);
  return figure(
    `records-table-${protocol}`,
    html`${counted(rows.length, 'record')} of the test half; sensitivity (Se), precision (+P) and F1 in percent. ${
      low > 0 ? html`Marked, in ${low} of them: fewer than half of the ${classes[FOCUS]} beats are found.` : null
    }`,
    scroll(
      `Records, ${part.name}`,
      html`<table class="records">
<thead>
<tr><td></td><th scope="colgroup" colspan="${classes.length}">beats</th>${shown.map((k) => html`<th scope="colgroup" colspan="3">${classes[k]}</th>`)}</tr>
<tr><th scope="col">record</th>${classes.map((c) => html`<th scope="col">${c}</th>`)}${shown.map(() => ['Se', '+P', 'F1'].map((h) => html`<th scope="col">${h}</th>`))}</tr>
</thead>
<tbody>
${rows.map((r) => html`<tr><th scope="row">${r.name}</th>${r.perClass.map((s) => html`<td>${s.support > 0 ? count(s.support) : '–'}</td>`)}${shown.map((k) => scoreCells(r, k, k === FOCUS && missesMost(r)))}</tr>\n`)}</tbody>
</table>`,
    ),
  );
}

const LOW = html` class="low"`;
