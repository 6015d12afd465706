import * as Plot from '@observablehq/plot';
import { classColour } from '../../page/classes.ts';
import { count } from '../../page/format.ts';
import { figure, type Html, html } from '../../page/html.ts';
import { draw, marginFor } from '../../page/svg.ts';
import { FOCUS, type JudgedPart } from '../parts.ts';
import { missesMost, recordScores } from '../tables.ts';

const ROW = 18; // pixels of a record

/** The share of S beats (or those of the second class) that was found, for each record with such beats. */
export function drawRecords(part: JudgedPart): Html {
  const { judged, protocol, name, classes } = part;
  const focus = classes[FOCUS];
  const stroke = classColour(focus, classes);
  const rows = recordScores(part)
    .filter(({ perClass }) => perClass[FOCUS].support > 0)
    .map((r) => ({
      record: r.name,
      sensitivity: 100 * r.perClass[FOCUS].sensitivity,
      found: `${count(judged.records[r.name][FOCUS][FOCUS])} of ${count(r.perClass[FOCUS].support)}`,
      low: missesMost(r),
    }));
  const id = `records-${protocol}`;
  if (rows.length === 0) return figure(id, `No record of the test half has ${focus} beats.`, null);
  const colour = (low: boolean): string => (low ? 'var(--page)' : stroke);
  const dots = (low: boolean): Plot.Markish =>
    Plot.dot(
      rows.filter((r) => r.low === low),
      { x: 'sensitivity', y: 'record', r: 4.5, fill: colour(low), stroke, strokeWidth: 1.8 },
    );
  return figure(
    id,
    html`${focus} beats found, by record, those with most ${focus} beats on top. Hollow: fewer than half are found.`,
    draw(`Sensitivity to ${focus} by record, ${name}; the table of records below has the same figures`, {
      width: 400,
      height: ROW * rows.length + 58,
      marginLeft: marginFor(rows.map(({ record }) => record)),
      marginRight: 104,
      marginTop: 10,
      marginBottom: 44,
      x: {
        domain: [0, 100],
        label: `${focus} beats found, %`,
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
          stroke,
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
