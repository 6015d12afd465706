import { asSignal } from '../core/asArrays.ts';
import { checkRange, formatValue, LARGEST_COUNT } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { sin } from '../core/math.ts';

const ZEROS = 32; // zero crossings of the sinc on either side of its middle
const PASSED = 0.92; // of the band; with the next two, everything above the band is attenuated by 80 dB
const STOPBAND = 80; // dB
const BETA = 0.1102 * (STOPBAND - 8.7); // Kaiser's formula for his window's parameter
const STEPS = 1024; // of the table from one zero crossing to the next; linear interpolation errs by about 1e-6 of the peak
const STEEPEST = 1e6; // ratio of the rates; a weighted sum covers 70 times as many samples
const MOST_PHASES = 4096; // whose weights are cached; 2 MB at 64 weights each

/**
 * The same signal at another rate, band-limited: y[i] = sum over k of w(k - t) x[k] at t = i from / to, where w is a
 * sinc that passes 0.92 of the lower Nyquist frequency, with a Kaiser window of 32 zero crossings on either side and 80
 * dB, and the weights of every output sum to 1. Sample 0 stays at time 0, and there is no delay.
 *
 * Beyond its ends the signal is assumed to keep its end values, so that a constant stays constant. A NaN or infinite
 * sample ends the signal in the same way: samples on its other side are not used, and an output is NaN if such a sample
 * is less than one period of the lower rate away, so that each of them leaves a NaN and nothing further away becomes
 * one.
 *
 * @param signal (n), uniformly sampled; other numbers than float32 are cast
 * @param from rate of the samples, Hz
 * @param to new rate, Hz, in any ratio to `from`; whole rates are fastest, since their weights repeat
 * @returns (ceil(n to / from)); a copy if both rates are equal
 * @throws ArgumentError for a rate that is not a number above 0, or a million times the other
 * @see the polyphase method of scipy.signal.resample_poly; the window of Kaiser and Schafer, IEEE TASSP 28(1), 1980.
 */
export function resample(signal: ArrayLike<number>, from: number, to: number): Float32Array {
  const samples = asSignal('resample', 'signal', signal);
  for (const [name, rate] of Object.entries({ from, to }))
    if (!(Number.isFinite(rate) && rate > 0))
      throw new ArgumentError(`resample: expected ${name} to be a rate above 0 Hz, got ${formatValue(rate)}`);
  if (from === to) return samples.slice();
  checkRange('resample', 'samples of the result', (samples.length * to) / from, 0, LARGEST_COUNT);
  checkRange('resample', 'from / to', from / to, 1 / STEEPEST, STEEPEST);
  const weightsAt = polyphase(from, to);
  const period = Math.max(1, from / to); // of the lower rate, in samples
  // Rounding must not add a sample if the length is whole.
  const out = new Float32Array(Math.ceil(((samples.length * to) / from) * (1 - 1e-12)));
  let before = -1; // the last invalid sample up to `base`, and
  let after = nextInvalid(samples, 0); // the first one after it
  for (let i = 0; i < out.length; i++) {
    const base = Math.floor((i * from) / to);
    const fraction = (i * from - base * to) / to;
    for (; after <= base && after < samples.length; after = nextInvalid(samples, after + 1)) before = after;
    const near =
      (before >= 0 && base + fraction - before < period) ||
      (after < samples.length && after - base - fraction < period);
    out[i] = near ? Number.NaN : weighted(samples, weightsAt(fraction), base, before + 1, after - 1);
  }
  return out;
}

function nextInvalid(samples: Float32Array, start: number): number {
  let i = start;
  while (i < samples.length && Number.isFinite(samples[i])) i++;
  return i;
}

/** The weighted sum around `base`, where samples beyond `first` and `last` have their values. */
function weighted(x: Float32Array, weights: Float64Array, base: number, first: number, last: number): number {
  const start = base - (weights.length - 1) / 2;
  let sum = 0;
  if (start >= first && start + weights.length - 1 <= last)
    for (let j = 0; j < weights.length; j++) sum += weights[j] * x[start + j];
  else for (let j = 0; j < weights.length; j++) sum += weights[j] * x[Math.min(Math.max(start + j, first), last)];
  return sum;
}

/**
 * Returns a function for the weights of the samples around `base`, an odd number, for an output at `base + fraction`.
 */
function polyphase(from: number, to: number): (fraction: number) => Float64Array {
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
  if (!whole || to / greatestCommonDivisor(from, to) > MOST_PHASES) return make;
  const made = new Map<number, Float64Array>();
  return (fraction) => {
    const weights = made.get(fraction) ?? make(fraction);
    made.set(fraction, weights);
    return weights;
  };
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
