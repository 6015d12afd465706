import * as Plot from '@observablehq/plot';
import { count } from '../format.ts';
import { figure, type Html, html } from '../html.ts';
import { type JudgedPart, S } from '../parts.ts';
import { draw } from '../svg.ts';
import { missesMost, recordScores } from '../tables.ts';

const ROW = 18; // pixels of a record

/** The share of S beats that was found, for each record with S beats. */
export function drawRecords(part: JudgedPart): Html {
  const { judged, protocol, name } = part;
  const rows = recordScores(part)
    .filter(({ perClass }) => perClass[S].support > 0)
    .map((r) => ({
      record: r.name,
      sensitivity: 100 * r.perClass[S].sensitivity,
      found: `${count(judged.records[r.name][S][S])} of ${count(r.perClass[S].support)}`,
      low: missesMost(r),
    }));
  const id = `records-${protocol}`;
  if (rows.length === 0) return figure(id, 'No record of the test half has S beats.', null);
  const colour = (low: boolean): string => (low ? 'var(--page)' : 'var(--class-S)');
  const dots = (low: boolean): Plot.Markish =>
    Plot.dot(
      rows.filter((r) => r.low === low),
      { x: 'sensitivity', y: 'record', r: 4.5, fill: colour(low), stroke: 'var(--class-S)', strokeWidth: 1.8 },
    );
  return figure(
    id,
    html`S beats found, by record, those with most S beats on top. Hollow: fewer than half are found.`,
    draw(`Sensitivity to S by record, ${name}; the table of records below has the same figures`, {
      width: 400,
      height: ROW * rows.length + 58,
      marginLeft: Math.min(120, 22 + 7 * Math.max(...rows.map(({ record }) => record.length))),
      marginRight: 104,
      marginTop: 10,
      marginBottom: 44,
      x: {
        domain: [0, 100],
        label: 'S beats found, %',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: 5,
        labelOffset: 38,
      },
      y: { domain: rows.map((r) => r.record), label: null, tickSize: 0, type: 'band' },
      marks: [
        Plot.gridX({ ticks: 5, stroke: 'var(--rule)', strokeOpacity: 1 }),
        Plot.ruleY(rows, {
          x1: 0,
          x2: 'sensitivity',
          y: 'record',
          stroke: 'var(--class-S)',
          strokeWidth: 2.5,
          strokeOpacity: 0.5,
        }),
        dots(false),
        dots(true),
        Plot.text(rows, { x: 100, y: 'record', text: 'found', dx: 10, textAnchor: 'start', fill: 'var(--soft)' }),
      ],
    }),
  );
}
