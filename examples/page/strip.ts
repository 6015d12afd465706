import { escapeHtml, Html } from './html.ts';

/** A piece of a recording to draw. */
export interface Strip {
  /** samples from `start` up to `end` */
  start: number;
  end: number;
  /** what it shows, from the first of its beats to the last */
  event: { start: number; end: number; colour: string; text: string };
  /** what it shows, in words */
  label: string;
}

/** What strips are cut from. */
export interface Trace {
  samples: Float32Array;
  samplingFrequency: number;
  /** where beats are, and what stands above them */
  beats: readonly { sample: number; label: string }[];
  /** mm for a unit of the samples; null where the unit is not known, and each strip is drawn to fit */
  gain: number | null;
}

const SPEED = 25; // mm/s
/** mm per mV */
export const GAIN = 10;
const UNIT = 20; // of the drawing in a mm: positions are whole numbers, and short to write
const SQUARE = 5; // mm between heavy lines
const HEIGHT = { least: 25, most: 60, fitted: 30 }; // mm
const LETTER = 1.5; // mm, half the width of a letter at most
const TOP = 11; // mm above the paper, for the beats' classes and the event

/** A trace on ECG paper, 25 mm/s and 10 mm/mV at the size it asks for, with the beats' classes above. */
export function drawStrip(strip: Strip, { samples, samplingFrequency, beats, gain }: Trace): Html {
  const { start, end, event, label } = strip;
  const part = samples.subarray(start, end);
  const [low, high] = extremes(part);
  const scale = gain ?? (high > low ? HEIGHT.fitted / (high - low) : 1);
  const wanted = SQUARE * Math.ceil((scale * (high - low)) / SQUARE + 1);
  const height = Math.min(Math.max(wanted, HEIGHT.least), HEIGHT.most);
  const width = (SPEED * (end - start)) / samplingFrequency;
  const x = (sample: number): number => Math.round((UNIT * SPEED * (sample - start)) / samplingFrequency);
  const y = (value: number): number => Math.round(UNIT * (height / 2 - scale * (value - (low + high) / 2)));
  const [W, H, T] = [width, height, TOP].map((mm) => Math.round(UNIT * mm));
  // so far from either edge that no text is cut
  const inside = (at: number, mm: number): number => Math.round(Math.min(Math.max(at, UNIT * mm), W - UNIT * mm));
  const letters = beats
    .filter(({ sample }) => sample >= start && sample < end)
    .map(({ sample, label }) =>
      text(
        inside(x(sample), Math.max(2, LETTER * label.length)),
        4,
        label,
        label === 'N' ? 'var(--soft)' : 'var(--ink)',
      ),
    );
  const [from, to] = [x(Math.max(event.start, start)), x(Math.min(event.end, end))];
  const bar = `<path d="M${from},${6 * UNIT}H${to}" stroke="${event.colour}" stroke-width="${UNIT}"/>`;
  return new Html(
    `<svg class="strip" role="img" aria-label="${escapeHtml(label)}" width="${mm(width)}" height="${mm(height + TOP)}" viewBox="0 0 ${W} ${H + T}">` +
      `${letters.join('')}${bar}${text(inside((from + to) / 2, 16), 9.8, event.text, 'var(--ink)')}` +
      `<svg aria-hidden="true" y="${T}" width="${W}" height="${H}" overflow="hidden"><rect width="${W}" height="${H}" fill="var(--paper)"/>` +
      `${grid(W, H, 1, 'var(--paper-fine)', 2)}${grid(W, H, SQUARE, 'var(--paper-heavy)', 3)}` +
      `<path d="${path(part, (i) => x(start + i), y)}" fill="none" stroke="var(--ink)" stroke-width="5" stroke-linejoin="round"/></svg></svg>`,
  );
}

const mm = (length: number): string => `${Number(length.toFixed(2))}mm`;

const text = (x: number, y: number, content: string, fill: string): string =>
  `<text x="${x}" y="${y * UNIT}" fill="${fill}">${escapeHtml(content)}</text>`;

function extremes(values: Float32Array): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return low <= high ? [low, high] : [0, 0];
}

/** Lines every `step` mm in both directions: each set of them is one broad line that is dashed, which is short to write. */
function grid(width: number, height: number, step: number, colour: string, stroke: number): string {
  const dashes = `stroke="${colour}" stroke-dasharray="${stroke} ${step * UNIT - stroke}" stroke-dashoffset="${stroke / 2}"`;
  return (
    `<path d="M0,${height / 2}H${width}" stroke-width="${height}" ${dashes}/>` +
    `<path d="M${width / 2},0V${height}" stroke-width="${width}" ${dashes}/>`
  );
}

/** The trace in steps; of samples in one column the lowest and the highest stay, and nothing is drawn where there is none. */
function path(values: Float32Array, x: (i: number) => number, y: (value: number) => number): string {
  const steps: string[] = [];
  let pen: [number, number] | null = null;
  const go = (to: [number, number]): void => {
    if (pen === null) steps.push(`M${to[0]},${to[1]}`);
    else if (to[0] !== pen[0] || to[1] !== pen[1]) steps.push(`l${to[0] - pen[0]},${to[1] - pen[1]}`);
    pen = to;
  };
  for (let i = 0; i < values.length; ) {
    const column = x(i);
    const own: number[] = [];
    for (; i < values.length && x(i) === column; i++) if (Number.isFinite(values[i])) own.push(y(values[i]));
    if (own.length === 0) pen = null;
    else
      for (const at of own.length > 2 ? [own[0], Math.min(...own), Math.max(...own), own[own.length - 1]] : own)
        go([column, at]);
  }
  return steps.join('');
}
