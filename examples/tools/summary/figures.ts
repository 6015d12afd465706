import * as Plot from '@observablehq/plot';
import { decimal } from '../../page/format.ts';
import { figure, type Html, html } from '../../page/html.ts';
import { panel } from '../../page/panel.ts';
import { draw } from '../../page/svg.ts';
import type { Subject } from './subject.ts';

const SIZE = { width: 440, height: 240, marginLeft: 46, marginRight: 14, marginTop: 24, marginBottom: 42 };
const AXIS = { labelAnchor: 'center', labelArrow: 'none', labelOffset: 36 } as const;
const USUAL = [50, 110] as const; // per minute: what the axis shows at least, so that pages compare
const HOUR = 3600; // s
const MINUTE = 60; // s
const LONG = 3 * HOUR; // from which on the axis is in hours

/** The heart rate over time, and the histogram of RR intervals. */
export function drawFigures(subject: Subject): Html {
  return html`<div class="pair">${trend(subject)}${histogram(subject)}</div>`;
}

function trend({ summary, step, record: { samplingFrequency: fs } }: Subject): Html {
  const { seconds, unreadable, flutter, heartRate } = summary;
  const [unit, name] = seconds >= LONG ? [HOUR, 'hours'] : [MINUTE, 'minutes'];
  const points = summary.trend.map(({ start, rate }) => ({
    time: (start / fs + Math.min(start / fs + step, seconds)) / 2 / unit,
    rate: rate ?? Number.NaN,
  }));
  const lost = [...unreadable.stretches, ...flutter.stretches].map(({ start, end }) => ({
    x1: start / fs / unit,
    x2: end / fs / unit,
  }));
  const known = points.filter(({ rate }) => !Number.isNaN(rate));
  const rates = known.map(({ rate }) => rate);
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const domain = [Math.min(low, USUAL[0]), Math.max(high, USUAL[1])];
  const spoken = `mean ${decimal(heartRate.mean ?? Number.NaN, 0)}, from ${decimal(low, 0)} to ${decimal(high, 0)} per minute`;
  const lines = [Plot.gridY({ ticks: 4, stroke: 'var(--rule)', strokeOpacity: 1 })];
  return figure(
    'trend',
    html`The mean of every ${String(step)} s${lost.length > 0 ? '; grey: unreadable, or ventricular flutter or fibrillation' : null}.`,
    panel(
      'Heart rate',
      known.length === 0
        ? html`<p>There are too few beats.</p>`
        : draw(`Heart rate over time: ${spoken}`, {
            ...SIZE,
            x: { ...AXIS, domain: [0, seconds / unit], label: name, ticks: 6 },
            y: { domain, label: 'per minute', labelArrow: 'none', nice: true, ticks: 4 },
            marks: [
              Plot.rect(lost, { x1: 'x1', x2: 'x2', fill: 'var(--rule)' }),
              ...lines,
              Plot.lineY(points, { x: 'time', y: 'rate', stroke: 'var(--category-0)', strokeWidth: 1.6 }),
              ...(known.length <= 60
                ? [Plot.dot(known, { x: 'time', y: 'rate', r: 2, fill: 'var(--category-0)' })]
                : []),
            ],
          }),
      { level: 3 },
    ),
  );
}

function histogram({ summary: { histogram, rr } }: Subject): Html {
  const { width, counts, above } = histogram;
  const bins = counts.map((n, i) => ({ x1: (i * width) / 1000, x2: ((i + 1) * width) / 1000, n }));
  const last = counts.map((n) => n > 0).lastIndexOf(true);
  const end = Math.max(1.5, bins[Math.max(last, 0)].x2);
  const fullest = bins.reduce((best, bin) => (bin.n > best.n ? bin : best), bins[0]);
  const more = above > 0 ? ` Not drawn: ${above} of ${((counts.length * width) / 1000).toFixed(0)} s and more.` : '';
  return figure(
    'histogram',
    `Between successive beats of any class, in bins of ${width} ms.${more}`,
    panel(
      'RR intervals',
      rr.count === 0
        ? html`<p>There are too few beats.</p>`
        : draw(
            `Histogram of ${rr.count} RR intervals: most, ${fullest.n}, from ${fullest.x1.toFixed(2)} to ${fullest.x2.toFixed(2)} s`,
            {
              ...SIZE,
              x: { ...AXIS, domain: [0, end], label: 's', ticks: 7 },
              y: { label: 'intervals', labelArrow: 'none', ticks: 4, nice: true },
              marks: [
                Plot.gridY({ ticks: 4, stroke: 'var(--rule)', strokeOpacity: 1 }),
                Plot.rect(
                  bins.filter(({ n }) => n > 0),
                  { x1: 'x1', x2: 'x2', y1: 0, y2: 'n', fill: 'var(--category-0)', insetLeft: 0.5, insetRight: 0.5 },
                ),
                Plot.ruleY([0], { stroke: 'var(--soft)' }),
              ],
            },
          ),
      { level: 3 },
    ),
  );
}
