import * as Plot from '@observablehq/plot';
import type { Interval } from 'dynaecg';
import { classColour } from '../../page/classes.ts';
import { LEVEL } from '../../page/format.ts';
import { figure, type Html, html } from '../../page/html.ts';
import { panel } from '../../page/panel.ts';
import { draw, legend, marginFor } from '../../page/svg.ts';
import type { TableScore } from '../metrics.ts';
import type { JudgedPart } from '../parts.ts';
import { SCORES } from '../tables.ts';

interface Whisker {
  row: string;
  colour: string;
  value: number;
  low: number;
  high: number;
}

const whisker = (row: string, colour: string, value: number, { low, high }: Interval): Whisker => ({
  row,
  colour,
  value: 100 * value,
  low: 100 * low,
  high: 100 * high,
});

const MEAN = 'mean';
const ACCURACY = 'accuracy';
const INK = 'var(--ink)';
const ROW = 50; // pixels
const CAP = 20; // of them above and below the end of a whisker
const APART = 8; // pixels above and below a row's middle, for the protocols

function whiskers({ classes, judged }: JudgedPart, score: TableScore): Whisker[] {
  const { perClass, macro, accuracy } = judged.intervals;
  return [
    ...classes.map((c, k) => whisker(c, classColour(c, classes), judged.perClass[k][score], perClass[k][score])),
    whisker(MEAN, INK, judged.macro[score], macro[score]),
    ...(score === 'f1' ? [whisker(ACCURACY, INK, judged.accuracy, accuracy)] : []),
  ];
}

/** Every score of both protocols with its interval. */
export function drawIntervals(parts: readonly JudgedPart[]): Html {
  const marks = (part: JudgedPart, score: TableScore): Plot.Markish[] => {
    const index = parts.indexOf(part);
    const dy = (index - (parts.length - 1) / 2) * 2 * APART;
    const rows = whiskers(part, score);
    const ends = ['low', 'high'].map((x) =>
      Plot.tickX(rows, { x, y: 'row', stroke: 'colour', strokeWidth: 1.8, dy, insetTop: CAP, insetBottom: CAP }),
    );
    return [
      Plot.ruleY(rows, { x1: 'low', x2: 'high', y: 'row', stroke: 'colour', strokeWidth: 1.8, dy }),
      ...ends,
      ...rows.map((r) =>
        Plot.dot([r], {
          x: 'value',
          y: 'row',
          r: 5,
          symbol: part.protocol === 'intra' ? 'circle' : 'diamond2',
          fill: part.protocol === 'intra' ? r.colour : 'var(--page)',
          stroke: r.colour,
          strokeWidth: 1.8,
          dy,
        }),
      ),
    ];
  };
  return figure(
    'intervals',
    html`${LEVEL} intervals over patients, in percent; below F1 is the accuracy.`,
    html`${legend(
      parts.map(({ protocol, name }) => ({
        colour: INK,
        shape: protocol === 'intra' ? ('circle' as const) : ('hollow' as const),
        text: name,
      })),
    )}<div class="grid">${SCORES.map(([score, title]) => {
      const rows = [...parts[0].classes, MEAN, ...(score === 'f1' ? [ACCURACY] : [])];
      return panel(
        title,
        draw(`${title} by class with intervals over patients; Table 1 has the same figures`, {
          width: 380,
          height: ROW * rows.length + 48,
          marginLeft: marginFor(parts[0].classes, 70),
          marginRight: 16,
          marginTop: 6,
          marginBottom: 42,
          color: { type: 'identity' },
          x: { domain: [0, 100], label: '%', labelAnchor: 'center', labelArrow: 'none', ticks: 5, labelOffset: 36 },
          y: { domain: rows, label: null, tickSize: 0, type: 'band', padding: 0 },
          marks: [
            Plot.gridX({ ticks: 5, stroke: 'var(--rule)', strokeOpacity: 1 }),
            ...parts.flatMap((part) => marks(part, score)),
          ],
        }),
        { level: 3 },
      );
    })}</div>`,
  );
}
