import { deviation, mean, median } from './quantiles.ts';
import type { Recording } from './recording.ts';

const QUIET = [0.5, 0.72] as const; // of an interval: behind the T wave and before the P wave
const LEVEL = [-0.08, -0.05] as const; // s from the R peak: between P wave and QRS complex
const SMOOTH = 0.015; // s to either side: what is faster is noise

/** mV. */
export interface Noise {
  /** median over the beats of the deviation from a moving average of 30 ms, between T and P wave */
  fast: number;
  /** the same at the 90 % quantile, over bursts */
  slow: number;
  /** standard deviation of the level before the QRS complexes, and median of what successive levels differ by */
  wander: number;
  step: number;
}

export function noiseOf({ samples, rate, beats }: Recording): Noise {
  const half = Math.round(SMOOTH * rate);
  const fast: number[] = [];
  const slow: number[] = [];
  const levels: number[] = [];
  const steps: number[] = [];
  for (let b = 0; b + 1 < beats.length; b++) {
    const [beat, next] = [beats[b], beats[b + 1]];
    const [from, to] = [beat.sample + LEVEL[0] * rate, beat.sample + LEVEL[1] * rate].map(Math.round);
    if (beat.kind === 'N' && from > 0) {
      const level = mean([...samples.subarray(from, to)]);
      if (b > 0 && beats[b - 1].kind === 'N' && levels.length > 0)
        steps.push(Math.abs(level - levels[levels.length - 1]));
      levels.push(level);
    }
    if (beat.kind !== 'N' || next.kind !== 'N') continue;
    const [start, end] = QUIET.map((q) => Math.round(beat.sample + q * (next.sample - beat.sample)));
    const smooth: number[] = [];
    const residuals: number[] = [];
    for (let i = start; i < end; i++) {
      const average = mean([...samples.subarray(i - half, i + half + 1)]);
      smooth.push(average);
      residuals.push(samples[i] - average);
    }
    fast.push(deviation(residuals));
    slow.push(
      deviation(smooth.map((v, i) => v - smooth[0] - ((smooth[smooth.length - 1] - smooth[0]) * i) / smooth.length)),
    );
  }
  return { fast: median(fast), slow: median(slow), wander: deviation(levels), step: median(steps) };
}
