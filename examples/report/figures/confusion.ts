import * as Plot from '@observablehq/plot';
import { count, percentage } from '../../page/format.ts';
import { figure, type Html } from '../../page/html.ts';
import { draw, marginFor } from '../../page/svg.ts';
import type { JudgedPart } from '../parts.ts';

const [AROUND, ROW, ENOUGH] = [56, 61, 4]; // pixels of the margins and of a row, and rows that fewer share

/** A confusion matrix: a row for each annotated class, as dark as its beats went there. */
export function drawConfusion({ classes, judged, protocol, name }: JudgedPart): Html {
  const cells = judged.confusion.flatMap((row, k) => {
    const beats = row.reduce((sum, n) => sum + n, 0);
    return row.map((n, j) => ({
      annotated: classes[k],
      predicted: classes[j],
      share: beats > 0 ? n / beats : 0,
      count: count(n),
      percent: beats > 0 ? percentage(n / beats) : '–',
    }));
  });
  const place = { x: 'predicted', y: 'annotated' };
  const fill = 'var(--ink)'; // readable on a full cell as on an empty one
  const rows = classes.map((c) => {
    const own = cells.filter(({ annotated }) => annotated === c);
    return `${c}: ${own.map(({ predicted, count, percent }) => `${predicted} ${count} (${percent})`).join(', ')}`;
  });
  return figure(
    `confusion-${protocol}`,
    'Beats, and below them the percentage of the row.',
    draw(`Confusion matrix, ${name}: rows are annotated classes, columns predicted ones. ${rows.join('; ')}`, {
      width: 380,
      height: AROUND + ROW * Math.max(ENOUGH, classes.length),
      marginTop: 48,
      marginLeft: marginFor(classes, 58),
      marginRight: 10,
      marginBottom: 8,
      x: {
        domain: classes,
        axis: 'top',
        label: 'taken for',
        labelAnchor: 'center',
        tickSize: 0,
        labelOffset: 40,
        labelArrow: 'none',
      },
      y: {
        domain: classes,
        axis: 'left',
        label: 'annotated',
        labelAnchor: 'center',
        tickSize: 0,
        labelOffset: 48,
        labelArrow: 'none',
      },
      opacity: { domain: [0, 1], range: [0, 1] },
      marks: [
        Plot.cell(cells, { ...place, fill: 'var(--heat)', fillOpacity: 'share', inset: 1.5, rx: 3 }),
        Plot.cell(cells, { ...place, fill: 'none', stroke: 'var(--rule)', inset: 1.5, rx: 3 }),
        Plot.text(cells, { ...place, text: 'count', dy: -8, fontSize: 15, fontWeight: 600, fill }),
        Plot.text(cells, { ...place, text: 'percent', dy: 11, fontSize: 12, fill }),
      ],
    }),
  );
}
