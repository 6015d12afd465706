import * as Plot from '@observablehq/plot';
import { classColour } from '../../page/classes.ts';
import { count, decimal, percentage, share } from '../../page/format.ts';
import { figure, type Html, html, scroll } from '../../page/html.ts';
import { draw, marginFor } from '../../page/svg.ts';
import type { JudgedPart } from '../parts.ts';

const ROW = 30; // pixels of a class

const absence = ({ labels }: JudgedPart): string =>
  labels
    ? ' The records of the test half have no beats of other classes.'
    : ' The records of the test half have no fusion beats (F) and no paced or unknown ones (Q).';

/** Whether the judged records have beats of classes that the model was not trained on. */
export const hasUntaught = ({ judged }: JudgedPart): boolean => Object.keys(judged.novelty.rocArea).length > 0;

/** Which share of each class lies further from all training clusters than the limit. */
export function drawNovelty(part: JudgedPart): Html {
  const { judged, protocol, name } = part;
  const { byClass, rocArea, limit, clusters } = judged.novelty;
  const rows = Object.entries(byClass).map(([label, { beats, above }]) => ({
    label,
    above: beats > 0 && Number.isFinite(above) ? 100 * above : 0,
    colour: classColour(label, part.classes),
    text: beats > 0 ? percentage(above) : 'no beats',
  }));
  const areas = html`<table>
<thead><tr><th scope="col">not taught</th><th scope="col">ROC area</th></tr></thead>
<tbody>
${Object.entries(rocArea).map(([label, area]) => html`<tr><th scope="row">${label}</th><td>${decimal(area, 4)}</td></tr>\n`)}</tbody>
</table>`;
  return figure(
    `novelty-${protocol}`,
    html`Beats farther than ${decimal(limit, 4)}, the limit, from the nearest of ${count(clusters)} clusters of training beats, as a percentage of their class.${hasUntaught(part) ? null : absence(part)}`,
    html`${draw(`Share of beats above the limit by class, ${name}; the table below has the same figures`, {
      width: 400,
      height: ROW * rows.length + 50,
      marginLeft: marginFor(
        rows.map(({ label }) => label),
        34,
      ),
      marginRight: 64,
      marginTop: 4,
      marginBottom: 44,
      color: { type: 'identity' },
      x: {
        domain: [0, 100],
        ticks: 5,
        label: 'above the limit, % of beats',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
      },
      y: { domain: rows.map((r) => r.label), label: null, tickSize: 0 },
      marks: [
        Plot.gridX({ ticks: 5, stroke: 'var(--rule)', strokeOpacity: 1 }),
        Plot.barX(rows, { x: 'above', y: 'label', fill: 'colour', insetTop: 2, insetBottom: 2 }),
        Plot.text(rows, {
          x: 'above',
          y: 'label',
          text: 'text',
          dx: 6,
          textAnchor: 'start',
          fill: 'var(--ink)',
          stroke: 'var(--page)',
          strokeWidth: 4,
        }),
      ],
    })}${scroll(
      `Novelty, ${name}`,
      html`<div class="tables"><table>
<thead><tr><th scope="col">class</th><th scope="col">beats</th><th scope="col">above, %</th></tr></thead>
<tbody>
${Object.entries(byClass).map(([label, { beats, above }]) => html`<tr><th scope="row">${label}</th><td>${count(beats)}</td><td>${share(beats > 0 ? above : NaN)}</td></tr>\n`)}</tbody>
</table>
${hasUntaught(part) ? areas : null}</div>`,
    )}`,
  );
}
