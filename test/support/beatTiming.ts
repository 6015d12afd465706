/** Features of timing as rows, and a computation of them by plain loops. */
import { type BeatSet, beatTiming, type EcgRecord, isBeat } from 'dynaecg/ecg';

export const rounding = { absolute: 1e-7 }; // of float32
const RATIOS = ['previous', 'change', 'rate', 'next'] as const;

/** Rows of the timing, with all features that are of one interval. */
export function rows(record: EcgRecord, beats: BeatSet, memory?: number): number[][] {
  const { x } = beatTiming([record], beats, { features: RATIOS, memory });
  return Array.from(beats.sample, (_, i) => [...x.subarray(4 * i, 4 * i + 4)]);
}

/**
 * The definitions, word for word, of the beats in the order of a record without double annotations; with `plain`, of a mean
 * over all of W, and of intervals of any length.
 */
export function naive(record: EcgRecord, memory: number, plain = false): number[][] {
  const times = record.annotations.filter((a) => isBeat(a.label)).map((a) => a.sample);
  const rr = (k: number): number => {
    const interval = k >= 1 && k < times.length ? times[k] - times[k - 1] : Number.NaN;
    return plain || interval <= 10 * record.samplingFrequency ? interval : Number.NaN;
  };
  const known = (ratio: number): number =>
    Number.isNaN(ratio) ? 0 : Math.max(Math.log(1 / 4), Math.min(Math.log(4), Math.log(ratio)));
  return times.map((_, i) => {
    const W: number[] = [];
    for (let k = i - 1; W.length < memory && rr(k) >= 0; k--) W.push(rr(k));
    const sorted = W.slice().sort((a, b) => a - b);
    const half = W.length / 2;
    const median = W.length % 2 ? sorted[half - 0.5] : (sorted[half - 1] + sorted[half]) / 2;
    let [sum, n] = [0, 0];
    for (const interval of W) if (plain || interval <= 4 * median) [sum, n] = [sum + interval, n + 1];
    const m = rr(i) >= 0 ? sum / n : Number.NaN; // NaN where there is no interval
    const rate = m / record.samplingFrequency / 0.8;
    const steps = W.slice(1).map((interval, k) => Math.abs(known(W[k] / interval)));
    steps.sort((a, b) => a - b);
    const [low, high] = [Math.floor, Math.ceil].map((at) => steps[at((steps.length - 1) / 2)]);
    const irregularity = rr(i) >= 0 ? known((low + high) / 2 / 0.05) : 0;
    const [none, shortest] = [!(rr(i) >= 0) || W.length === 0, Math.min(...W)];
    return [
      ...[known(rr(i) / m), known(rr(i) / rr(i - 1)), known(rate), known(rr(i + 1) / m), irregularity],
      ...(none ? [0, 0, 0] : [known(rr(i) / median), known(rr(i) / shortest), known(rr(i + 1) / shortest)]),
      known((rr(i) + rr(i + 1)) / (2 * m)),
    ];
  });
}
