import { mean, median } from './quantiles.ts';
import type { Marked, Recording } from './recording.ts';

const BACK = 0.3; // s of a window before the R peak
const FORWARD = 0.45; // s after it
const QRS = 0.14; // s about the R peak in which a QRS complex is looked for
const STEEP = 0.15; // of the steepest slope: what is a part of the QRS complex
const P_WAVE = [-0.24, -0.1] as const; // s from the R peak
const P_FEET = [-0.28, -0.07] as const;
const T_WAVE = [0.2, 0.42] as const;
const ALIGN = 0.03; // s: an annotation may be as far from the place that fits
const MOST = 400; // beats of a class; more change nothing
const LEAST = 5;

/** The median of aligned beats of one kind, in mV, and how far the beats are from it. */
export interface Shape {
  /** ms in which the slope exceeds 15 % of the steepest */
  width: number;
  /** mV from the lowest to the highest sample of the QRS complex */
  height: number;
  /** mV of the highest and of the lowest sample of the QRS complex, from the window's median */
  up: number;
  down: number;
  /** mV of the P wave over the line between its feet, and of the T wave's extreme */
  p: number;
  t: number;
  /** median over the beats: root mean square of what they differ by in the QRS complex, by its height */
  variation: number;
  /** beats whose QRS complex correlates with the median below 0.7, as a fraction */
  others: number;
  /** the median beat */
  beat: Float64Array;
}

/** The median beat of those marked, and its waves; null of fewer than five. */
export function shapeOf({ samples, rate }: Recording, beats: readonly Marked[]): Shape | null {
  const before = Math.round(BACK * rate);
  const length = before + Math.round(FORWARD * rate);
  const reach = Math.round(ALIGN * rate);
  const inside = beats.filter(
    ({ sample }) => sample - before - reach >= 0 && sample - before + length + reach < samples.length,
  );
  const step = Math.max(1, inside.length / MOST);
  const some = inside.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  if (some.length < LEAST) return null;
  const cut = (at: number): Float64Array => {
    const window = Float64Array.from(samples.subarray(at - before, at - before + length));
    const level = median([...window]);
    return window.map((v) => v - level);
  };
  const first = medianBeat(some.map(({ sample }) => cut(sample)));
  const [from, to] = [before - Math.round(QRS * rate), before + Math.round(QRS * rate)];
  const middle = mean([...first.subarray(from, to)]);
  const wanted = first.map((v) => v - middle); // of mean 0 there, so that a beat's level does not count
  const windows = some.map(({ sample }) => {
    let best = { fit: Number.NEGATIVE_INFINITY, at: sample };
    for (let at = sample - reach; at <= sample + reach; at += 2) {
      let fit = 0;
      for (let i = from; i < to; i++) fit += samples[at - before + i] * wanted[i];
      if (fit > best.fit) best = { fit, at };
    }
    return cut(best.at);
  });
  const beat = medianBeat(windows);
  const second = (t: number): number => before + Math.round(t * rate);
  const [low, high] = extremes(beat, second(-0.1), second(0.1));
  const height = high - low;
  const residuals = windows.map((w) => {
    let sum = 0;
    for (let i = second(-0.06); i < second(0.06); i++) sum += (w[i] - beat[i]) ** 2;
    return Math.sqrt(sum / (second(0.06) - second(-0.06))) / height;
  });
  const others = windows.filter(
    (w) => dot(w, beat, from, to) < 0.7 * Math.sqrt(dot(w, w, from, to) * dot(beat, beat, from, to)),
  );
  return {
    width: (1000 * steepSpan(beat, from, to)) / rate,
    height,
    up: high,
    down: low,
    p: pHeight(beat, second),
    t: farther(extremes(beat, second(T_WAVE[0]), second(T_WAVE[1]))),
    variation: median(residuals),
    others: others.length / windows.length,
    beat,
  };
}

function medianBeat(windows: readonly Float64Array[]): Float64Array {
  return Float64Array.from(windows[0], (_, i) => median(windows.map((w) => w[i])));
}

function dot(a: Float64Array, b: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += a[i] * b[i];
  return sum;
}

function extremes(beat: Float64Array, from: number, to: number): [low: number, high: number] {
  const part = beat.subarray(from, to);
  return [Math.min(...part), Math.max(...part)];
}

const farther = ([low, high]: [number, number]): number => (high > -low ? high : low);

/** Samples from the first to the last slope that is steep compared with the steepest. */
function steepSpan(beat: Float64Array, from: number, to: number): number {
  const slopes = Array.from({ length: to - from }, (_, i) => Math.abs(beat[from + i + 2] - beat[from + i - 2]));
  const limit = STEEP * Math.max(...slopes);
  const steep = slopes.flatMap((slope, i) => (slope > limit ? [i] : []));
  return steep[steep.length - 1] - steep[0] + 1;
}

/** How far the P wave rises above the line between its feet; negative where it points down. */
function pHeight(beat: Float64Array, second: (t: number) => number): number {
  const [a, b] = P_FEET.map(second);
  const line = (i: number): number => beat[a] + ((beat[b] - beat[a]) * (i - a)) / (b - a);
  const over = Float64Array.from(beat, (v, i) => v - line(i));
  return farther(extremes(over, second(P_WAVE[0]), second(P_WAVE[1])));
}
