import * as Plot from '@observablehq/plot';
import { classificationScores } from 'dynaecg';
import { decimal, percentage, share } from '../../page/format.ts';
import { figure, type Html, html, scroll } from '../../page/html.ts';
import { percentPlot } from './percentPlot.ts';
import type { CalibratedPart } from './reliability.ts';

const COVERAGES = [0.5, 0.8, 0.9, 0.95, 0.99, 1]; // at which the error is given in the text alternative

/** The share of errors among the beats that are decided, against the share that is decided. */
export function drawRiskCoverage({ judged, protocol, name }: CalibratedPart): Html {
  const { riskCoverage } = judged.calibration;
  const points = riskCoverage.map(({ coverage, risk }) => [100 * coverage, 100 * risk]);
  const spoken = COVERAGES.map((wanted) => {
    const risk = riskCoverage.find(({ coverage }) => coverage >= wanted)?.risk ?? Number.NaN;
    return `${percentage(risk)} wrong at ${percentage(wanted)} decided`;
  });
  const most = Math.max(...points.map(([, risk]) => risk), 0.1);
  return figure(
    `risk-coverage-${protocol}`,
    'From left to right the threshold falls, until every beat is decided.',
    percentPlot(`Wrong beats by decided beats, ${name}: ${spoken.join(', ')}`, {
      x: 'beats decided, %',
      y: 'of these wrong, %',
      most,
      height: 260,
      marks: [
        Plot.line(points, { stroke: 'var(--category-0)', strokeWidth: 2 }),
        Plot.dot(points.slice(-1), { fill: 'var(--category-0)', r: 4 }),
      ],
    }),
  );
}

/** What remains at some thresholds. */
export function undecidedTable({ classes, judged, protocol, name }: CalibratedPart): Html {
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  const all = judged.confusion.map(sum);
  const rows = judged.calibration.undecided.map(({ threshold, matrix }) => {
    const decided = matrix.map(sum);
    const { accuracy, macro, perClass } = classificationScores(matrix);
    const part = (k: number): number => decided[k] / all[k];
    return html`<tr><th scope="row">${threshold === 0 ? 'none' : decimal(threshold, 2)}</th><td>${share(sum(decided) / sum(all))}</td><td>${sum(decided) > 0 ? share(1 - accuracy) : '–'}</td><td>${share(macro.f1)}</td>${perClass.map(
      ({ f1, support }, k) => html`<td>${share(part(k))}</td><td>${support > 0 ? share(f1) : '–'}</td>`,
    )}</tr>\n`;
  });
  return figure(
    `undecided-${protocol}`,
    'In percent, by threshold on the largest probability: beats decided, of all and of each annotated class; of the decided ones the wrong ones and F1.',
    scroll(
      `Undecided beats, ${name}`,
      html`<table class="records">
<thead>
<tr><td></td><th scope="colgroup" colspan="3">all</th>${classes.map((c) => html`<th scope="colgroup" colspan="2">${c}</th>`)}</tr>
<tr><th scope="col">threshold</th><th scope="col">decided</th><th scope="col">wrong</th><th scope="col">F1</th>${classes.map(() => html`<th scope="col">decided</th><th scope="col">F1</th>`)}</tr>
</thead>
<tbody>
${rows}</tbody>
</table>`,
    ),
  );
}
