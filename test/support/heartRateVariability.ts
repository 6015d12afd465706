/** Figures of heart-rate variability, and a computation of them by plain loops. */
import { type Annotation, type HeartRateVariability, isBeat, type VariabilityOptions } from 'dynaecg/ecg';
import * as assert from 'uvu/assert';
import { assertClose } from './asserts.ts';

const beat = (sample: number, label = 'N', aux = ''): Annotation => {
  return { sample, label, subtype: 0, channel: 0, num: 0, aux };
};

export const FIGURES = [
  ...(['meanNN', 'heartRate', 'sdnn', 'rmssd', 'sdsd', 'pnn50', 'pnn20', 'sdann', 'sdnnIndex'] as const),
  'triangularIndex' as const,
];

export function assertFigures(found: HeartRateVariability, expected: readonly (number | null)[], message = ''): void {
  FIGURES.forEach((name, i) => {
    const [value, right] = [found[name], expected[i]];
    if (right === null || value === null) assert.is(value, right, `${message} ${name}`);
    else assertClose([value], [right], { relative: 1e-12 }, `${message} ${name}`);
  });
}

/** The definitions, interval by interval. */
export function naive(annotations: readonly Annotation[], options: VariabilityOptions): HeartRateVariability {
  const { samplingFrequency: fs, normal = ['N', 'L', 'R', 'B'], longest = 2, segment = 300 } = options;
  const beats = annotations.filter((a) => isBeat(a.label));
  const rhythms = annotations.filter((a) => a.label === '+' && a.aux[0] === '(');
  const times = [...new Set(beats.map((a) => a.sample))].sort((a, b) => a - b);
  const ectopic = new Set(beats.filter((a) => !normal.includes(a.label)).map((a) => a.sample));
  const kindAt = (time: number): string => {
    if (ectopic.has(time)) return 'ectopic';
    const latest = rhythms.reduce((late, a) => (a.sample <= time && a.sample >= late.sample ? a : late), beat(-1));
    return latest.aux.slice(0, 3) === '(AF' ? 'fibrillation' : 'normal';
  };
  const kinds = times.map(kindAt);
  const counts = { rr: 0, nn: 0, ectopic: 0, fibrillation: 0, gap: 0, share: null as number | null };
  const nn: (number | null)[] = [];
  const parts: Record<number, number[]> = {};
  for (let i = 1; i < times.length; i++) {
    counts.rr++;
    nn[i] = null;
    if (kinds[i] === 'ectopic' || kinds[i - 1] === 'ectopic') counts.ectopic++;
    else if (kinds[i] === 'fibrillation' || kinds[i - 1] === 'fibrillation') counts.fibrillation++;
    else if ((times[i] - times[i - 1]) / fs > longest) counts.gap++;
    else {
      counts.nn++;
      nn[i] = ((times[i] - times[i - 1]) / fs) * 1000;
      const k = Math.floor(times[i] / fs / segment);
      parts[k] = [...(parts[k] ?? []), nn[i] as number];
    }
  }
  if (counts.rr > 0) counts.share = counts.nn / counts.rr;
  const differences: number[] = [];
  for (let i = 2; i < times.length; i++)
    if (nn[i] !== null && nn[i - 1] !== null)
      differences.push(((times[i] - 2 * times[i - 1] + times[i - 2]) / fs) * 1000);
  const values = nn.filter((v) => v !== null && v !== undefined) as number[];
  const mean = (list: number[]): number | null => (list.length ? list.reduce((a, b) => a + b) / list.length : null);
  const deviation = (list: number[]): number | null => {
    if (list.length < 2) return null;
    const m = mean(list)!;
    let squares = 0;
    for (const v of list) squares += (v - m) ** 2;
    return Math.sqrt(squares / (list.length - 1));
  };
  const above = (limit: number): number | null =>
    differences.length
      ? (differences.filter((d) => d > limit + 1e-9 || -d > limit + 1e-9).length / (differences.length + 1)) * 100
      : null;
  let tallest = 0;
  for (let b = 0; b < 60 * 128; b++) {
    const within = values.filter((v) => v * 0.128 + 1e-9 >= b && v * 0.128 + 1e-9 < b + 1).length;
    tallest = Math.max(tallest, within);
    if (b > Math.max(0, ...values) * 0.128) break;
  }
  const segments = Object.values(parts).filter((p) => p.length > 1 && p.reduce((a, b) => a + b) >= segment * 500);
  const square = mean(differences.map((d) => d ** 2));
  const meanNN = mean(values);
  return {
    ...{ meanNN, heartRate: meanNN && 60000 / meanNN, sdnn: deviation(values), rmssd: square && Math.sqrt(square) },
    ...{ sdsd: deviation(differences), pnn50: above(50), pnn20: above(20) },
    sdann: deviation(segments.map((p) => mean(p)!)),
    sdnnIndex: mean(segments.map((p) => deviation(p)!)),
    triangularIndex: tallest ? values.length / tallest : null,
    counts: { ...counts, differences: differences.length, segments: segments.length },
  };
}
