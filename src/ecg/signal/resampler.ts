import { sin } from '../../core/math.ts';
import type { Trace } from './trace.ts';

const ZEROS = 32; // zero crossings of the sinc on either side of its middle
const PASSED = 0.92; // of the band; with the next two, everything above the band is attenuated by 80 dB
const STOPBAND = 80; // dB
const BETA = 0.1102 * (STOPBAND - 8.7); // Kaiser's formula for his window's parameter
const STEPS = 1024; // of the table from one zero crossing to the next; linear interpolation errs by about 1e-6 of the peak
const MOST_PHASES = 4096; // whose weights are cached; 2 MB at 64 weights each
const ROUNDING = 1e-12; // must not add a sample if the length is whole

/** The filter of `resample`, for a signal of which there may be more to come. */
export class Resampler {
  /** samples on either side of an output that its value depends on */
  readonly reach: number;
  private readonly from: number;
  private readonly to: number;
  private readonly weightsAt: (fraction: number) => Float64Array;
  private before = -1; // the last invalid sample up to the last output

  constructor(from: number, to: number) {
    this.from = from;
    this.to = to;
    const { reach, weightsAt } = polyphase(from, to);
    this.reach = from === to ? 0 : reach;
    this.weightsAt = weightsAt;
  }

  /** Number of outputs for samples up to an index. */
  count(end: number): number {
    return this.from === this.to ? end : Math.ceil(((end * this.to) / this.from) * (1 - ROUNDING));
  }

  /**
   * Adds the outputs that follow those which are there already, as far as the samples are.
   *
   * @param first index of the sample before which the signal has the value of this one
   * @param ended whether the signal ends with the last sample, and keeps its value
   */
  run(x: Trace, out: Trace, first: number, ended: boolean): void {
    const [from, to] = [this.from, this.to];
    const most = ended ? this.count(x.end) : Math.max(0, this.count(x.end - this.reach));
    const n = most - out.end;
    if (n <= 0) return;
    let i = out.end;
    out.grow(n);
    if (from === to) {
      out.data.set(x.data.subarray(i - x.start, most - x.start), i - out.start);
      return;
    }
    const period = Math.max(1, from / to); // of the lower rate, in samples
    let before = this.before; // the last invalid sample up to `base`, and
    let after = nextInvalid(x, Math.max(Math.floor(((i - 1) * from) / to) + 1, x.start)); // the first one after it
    for (; i < most; i++) {
      const base = Math.floor((i * from) / to);
      const fraction = (i * from - base * to) / to;
      for (; after <= base && after < x.end; after = nextInvalid(x, after + 1)) before = after;
      const near =
        (before >= 0 && base + fraction - before < period) || (after < x.end && after - base - fraction < period);
      out.data[i - out.start] = near
        ? Number.NaN
        : weighted(x, this.weightsAt(fraction), base, Math.max(before + 1, first), after - 1);
    }
    this.before = before;
  }

  save(): number {
    return this.before;
  }

  load(before: number): void {
    this.before = before;
  }
}

function nextInvalid({ data, start, end }: Trace, from: number): number {
  let i = from;
  while (i < end && Number.isFinite(data[i - start])) i++;
  return i;
}

/** The weighted sum around `base`, where samples beyond `first` and `last` have their values. */
function weighted({ data, start }: Trace, weights: Float64Array, base: number, first: number, last: number): number {
  const left = base - (weights.length - 1) / 2;
  let sum = 0;
  if (left >= first && left + weights.length - 1 <= last)
    for (let j = 0, k = left - start; j < weights.length; j++, k++) sum += weights[j] * data[k];
  else
    for (let j = 0; j < weights.length; j++)
      sum += weights[j] * data[Math.min(Math.max(left + j, first), last) - start];
  return sum;
}

/**
 * Returns a function for the weights of the samples around `base`, an odd number, for an output at `base + fraction`.
 */
function polyphase(from: number, to: number): { reach: number; weightsAt: (fraction: number) => Float64Array } {
  const crossings = PASSED * Math.min(1, to / from); // per sample
  const reach = Math.ceil(ZEROS / crossings);
  const make = (fraction: number): Float64Array => {
    const weights = new Float64Array(2 * reach + 1);
    let sum = 0;
    for (let j = 0; j < weights.length; j++) {
      weights[j] = kernel(Math.abs(j - reach - fraction) * crossings);
      sum += weights[j];
    }
    for (let j = 0; j < weights.length; j++) weights[j] /= sum;
    return weights;
  };
  const whole = Number.isInteger(from) && Number.isInteger(to);
  if (!whole || to / greatestCommonDivisor(from, to) > MOST_PHASES) return { reach, weightsAt: make };
  const made = new Map<number, Float64Array>();
  const weightsAt = (fraction: number): Float64Array => {
    const weights = made.get(fraction) ?? make(fraction);
    made.set(fraction, weights);
    return weights;
  };
  return { reach, weightsAt };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

let table: Float64Array | null = null; // made on first use

/** The windowed sinc at `u` zero crossings from its middle. */
function kernel(u: number): number {
  table ??= makeTable();
  const at = u * STEPS;
  const j = Math.floor(at);
  return j < ZEROS * STEPS ? table[j] + (at - j) * (table[j + 1] - table[j]) : 0;
}

function makeTable(): Float64Array {
  return Float64Array.from({ length: ZEROS * STEPS + 1 }, (_, j) => {
    const u = j / STEPS;
    const sinc = j === 0 ? 1 : sin(Math.PI * u) / (Math.PI * u);
    const inside = 1 - (u / ZEROS) * (u / ZEROS);
    return (sinc * bessel(BETA * Math.sqrt(inside))) / bessel(BETA);
  });
}

/** The modified Bessel function of order 0: I0(x) = sum over k of ((x / 2)^k / k!)^2. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}
