/** The single indices of a window's quality. `signalQuality.ts` describes how they are combined. */
import { bandPower, powerSpectrum } from './spectrum.ts';

const TOLERANCE = 0.15; // s between the detections of one beat, as in EC57
const BASELINE = 1; // Hz, below which the power is baseline wander
const BAND = 40; // Hz, to which the power of the ECG is counted
const BEFORE = 0.2; // s of a beat that are compared, from the P wave
const AFTER = 0.3; // s, into the T wave
const SHIFT = 0.01; // s by which two beats may be moved against each other

/** s on either side of a beat that its resemblance depends on, at most. */
export const COMPARED = Math.max(BEFORE, AFTER) + SHIFT;

/**
 * The kurtosis m4 / m2^2 about the mean: 3 for Gaussian noise, 1.5 for a sine, above 5 for an ECG, whose QRS complexes
 * are rare and high; 0 for a constant.
 *
 * @see kSQI of Li, Mark and Clifford, "Robust heart rate estimation from multiple asynchronous noisy sources using signal
 * quality indices and a Kalman filter", Physiological Measurement 29(1), 2008
 */
export function kurtosis(x: ArrayLike<number>): number {
  const n = x.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[i];
  const mean = sum / n;
  let second = 0;
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    const square = (x[i] - mean) * (x[i] - mean);
    second += square;
    fourth += square * square;
  }
  return second > 0 ? (n * fourth) / (second * second) : 0;
}

/**
 * The fraction of the power from 0 to 40 Hz that is above 1 Hz, not of the baseline; 0 if there is none.
 *
 * @see basSQI of Clifford, Behar, Li and Rezek, "Signal quality indices and data fusion for determining clinical
 * acceptability of electrocardiograms", Physiological Measurement 33(9), 2012
 */
export function aboveBaseline(x: ArrayLike<number>, rate: number): number {
  const spectrum = powerSpectrum(x);
  const all = bandPower(spectrum, rate, 0, BAND);
  return all > 0 ? 1 - bandPower(spectrum, rate, 0, BASELINE) / all : 0;
}

/**
 * Agreement of two detectors: matched / (first + second - matched) of their beats, matched within 150 ms; 1 if neither
 * found any.
 *
 * @param first positions in ascending order, in samples; `second` likewise
 * @see bSQI of Li, Mark and Clifford, 2008
 */
export function agreement(first: readonly number[], second: readonly number[], rate: number): number {
  let matched = 0;
  for (let i = 0, j = 0; i < first.length && j < second.length; ) {
    const apart = second[j] - first[i];
    if (Math.abs(apart) <= TOLERANCE * rate) {
      matched++;
      i++;
      j++;
    } else if (apart < 0) j++;
    else i++;
  }
  const all = first.length + second.length - matched;
  return all > 0 ? matched / all : 1;
}

/**
 * How much the beats resemble one another: each one's highest correlation with any other, moved by up to 10 ms, as the
 * median over the beats. A beat is compared from 200 ms before its R peak to 300 ms after. Orphanidou takes the mean
 * correlation with the mean beat; the most similar beat and the median are robust to ectopic beats. 1 for fewer than
 * two beats.
 *
 * @param x signal without baseline wander
 * @param peaks R peaks in samples; those too near to the ends are left out
 * @see Orphanidou et al., "Signal-quality indices for the electrocardiogram and photoplethysmogram: derivation and
 * applications to wireless monitoring", IEEE JBHI 19(3), 2015
 */
export function resemblance(x: ArrayLike<number>, peaks: readonly number[], rate: number): number {
  const [before, after, shift] = [BEFORE, AFTER, SHIFT].map((s) => Math.round(s * rate));
  const inside = peaks.filter((p) => p - before - shift >= 0 && p + after + shift < x.length);
  if (inside.length < 2) return 1;
  const length = before + after + 1;
  const own = inside.map((p) => standardized(x, p - before, length));
  const best = inside.map(() => -1);
  for (let s = -shift; s <= shift; s++)
    inside.forEach((p, j) => {
      const other = s === 0 ? own[j] : standardized(x, p + s - before, length);
      for (let i = 0; i < own.length; i++) if (i !== j) best[i] = Math.max(best[i], dot(own[i], other));
    });
  best.sort((a, b) => a - b);
  return (best[(best.length - 1) >> 1] + best[best.length >> 1]) / 2;
}

/** The samples less their mean, with a sum of squares of 1; zeros if they are all equal. */
function standardized(x: ArrayLike<number>, start: number, length: number): Float64Array {
  const out = new Float64Array(length);
  let sum = 0;
  for (let i = 0; i < length; i++) sum += x[start + i];
  const mean = sum / length;
  let square = 0;
  for (let i = 0; i < length; i++) {
    out[i] = x[start + i] - mean;
    square += out[i] * out[i];
  }
  if (square > 0) for (let i = 0; i < length; i++) out[i] /= Math.sqrt(square);
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
