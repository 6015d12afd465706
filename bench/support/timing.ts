import { meanAndDeviation, quantile } from 'dynaecg';
import { studentQuantile } from '../../src/eval/intervals/distributions.ts';

/** How long a piece of work takes as one library, variant or backend does it. Times are seconds per run. */
export interface Timing {
  work: string;
  by: string;
  mean: number;
  median: number;
  minimum: number;
  /** relative margin of error: half the 95 % confidence interval of the mean, in % of the mean; null of a single sample */
  margin: number | null;
  samples: number;
  /** floating-point operations of one run, where they are counted */
  flops?: number;
}

/** What samples (n) of a time, in seconds, come to; the margin is t(0.975, n - 1) s / sqrt(n), as a share of the mean. */
export function timingOf(work: string, by: string, samples: readonly number[], flops?: number): Timing {
  const n = samples.length;
  const { mean, deviation } = meanAndDeviation(samples);
  const ascending = [...samples].sort((a, b) => a - b);
  return {
    work,
    by,
    mean,
    median: quantile(ascending, 0.5),
    minimum: ascending[0],
    margin: deviation === null ? null : (100 * studentQuantile(0.975, n - 1) * deviation) / Math.sqrt(n) / mean,
    samples: n,
    ...(flops ? { flops } : {}),
  };
}

/** 10^9 floating-point operations per second, of the fastest run. */
export const gflops = ({ flops = 0, minimum }: Timing): number => flops / minimum / 1e9;

/** `minimum 0.0592 ms, median 0.0612 ms, mean 0.0615 ms ± 1.2 % of 40` */
export function formatTiming(timing: Timing): string {
  const { minimum, median, mean, margin, samples } = timing;
  const spread = margin === null ? '' : `, mean ${milliseconds(mean)} ± ${margin.toFixed(1)} % of ${samples}`;
  const rate = timing.flops ? `, ${gflops(timing).toFixed(1).padStart(5)} GFLOP/s` : '';
  return `minimum ${milliseconds(minimum)}, median ${milliseconds(median)}${spread}${rate}`;
}

function milliseconds(seconds: number): string {
  const value = 1000 * seconds;
  return `${value.toFixed(value < 0.1 ? 4 : value < 10 ? 2 : 1).padStart(8)} ms`;
}
