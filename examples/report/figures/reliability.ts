import * as Plot from '@observablehq/plot';
import { classColour, dashOf } from '../../page/classes.ts';
import { count, counted, decimal, percentage, share } from '../../page/format.ts';
import { figure, type Html, html, scroll } from '../../page/html.ts';
import { legend } from '../../page/svg.ts';
import type { CalibrationMetrics } from '../examined.ts';
import type { JudgedPart } from '../parts.ts';
import { percentPlot } from './percentPlot.ts';

/** A protocol whose file says how far probabilities can be trusted. */
export type CalibratedPart = JudgedPart & { judged: { calibration: CalibrationMetrics } };

export const hasCalibration = (part: JudgedPart): part is CalibratedPart => part.judged.calibration !== undefined;

const FEWEST = 10; // beats in a bin for its frequency to say anything
const OVERALL = 'most probable class';

/** Frequencies against probabilities, of the most probable class and of each class. */
export function drawReliability({ classes, judged, protocol, name }: CalibratedPart): Html {
  const { bins, after } = judged.calibration;
  const curves = [
    { name: OVERALL, colour: 'var(--ink)', dash: '14 3', bins: bins.overall, error: after.overall },
    ...classes.map((c, k) => ({
      name: c,
      colour: classColour(c, classes),
      dash: dashOf(k),
      bins: bins.perClass[k],
      error: after.perClass[k],
    })),
  ].map((curve) => ({ ...curve, bins: curve.bins.filter(({ samples }) => samples >= FEWEST) }));
  const spoken = curves.map(
    ({ name, bins }) => `${name} ${bins.map((b) => `${share(b.frequency)} at ${share(b.probability)}`).join(', ')}`,
  );
  return figure(
    `reliability-${protocol}`,
    html`Dots are bins of equal width with at least ${FEWEST} beats. The line of long dashes is of the ${OVERALL}: its probability against how often it is right.`,
    html`${legend(
      curves.map(({ name, colour, dash, error }) => ({
        colour,
        dash,
        shape: 'line',
        text: `${name}, ECE ${percentage(error)}`,
      })),
    )}${percentPlot(`Frequency by predicted probability in percent, ${name}: ${spoken.join('; ')}`, {
      x: 'predicted probability, %',
      y: 'beats of the class, %',
      marks: [
        Plot.line(
          [
            [0, 0],
            [100, 100],
          ],
          { stroke: 'var(--soft)', strokeWidth: 1 },
        ),
        ...curves.flatMap(({ name, colour, dash, bins }) => {
          const points = bins.map((b) => ({ x: 100 * b.probability, y: 100 * b.frequency, samples: b.samples }));
          return [
            Plot.line(points, { x: 'x', y: 'y', stroke: colour, strokeWidth: 2, strokeDasharray: dash || undefined }),
            Plot.dot(points, {
              x: 'x',
              y: 'y',
              r: 3,
              fill: colour,
              title: ({ x, y, samples }) =>
                `${name}: ${counted(samples, 'beat')} at ${decimal(x, 1)}\u00a0%, of which ${decimal(y, 1)}\u00a0% are`,
            }),
          ];
        }),
      ],
    })}`,
  );
}

/** The errors before and after the temperature. */
export function calibrationTable({ classes, judged, protocol, name }: CalibratedPart): Html {
  const { temperature, fittedOn, before, after } = judged.calibration;
  const row = (title: string, { overall, perClass, loss }: CalibrationMetrics['after']): Html =>
    html`<tr><th scope="row">${title}</th><td>${share(overall)}</td>${perClass.map((e) => html`<td>${share(e)}</td>`)}<td>${decimal(loss, 4)}</td></tr>\n`;
  const fitted =
    fittedOn > 0
      ? html`The model divides its logits by the temperature ${decimal(temperature, 2)}, fitted on ${count(fittedOn)} validation beats that it was not trained on.`
      : 'No temperature was fitted: every beat that is not for test was trained on, and on those a model is too sure of itself.';
  return figure(
    `calibration-table-${protocol}`,
    html`${fitted} Expected calibration errors in percent, 15 bins of equal width; the loss is the mean cross-entropy in nats.`,
    scroll(
      `Calibration, ${name}`,
      html`<table class="records">
<thead>
<tr><td></td><th scope="colgroup" colspan="${classes.length + 1}">ECE</th><td></td></tr>
<tr><th scope="col">temperature</th><th scope="col">${OVERALL}</th>${classes.map((c) => html`<th scope="col">${c}</th>`)}<th scope="col">loss</th></tr>
</thead>
<tbody>
${row('1', before)}${fittedOn > 0 ? row(decimal(temperature, 2), after) : null}</tbody>
</table>`,
    ),
  );
}
