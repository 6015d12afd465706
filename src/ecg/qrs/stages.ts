/** The stages of Pan and Tompkins's detector, at its rate. `detectQrs.ts` describes how it uses them. */

/** Hz; the rate that the paper's filters are designed for. */
export const RATE = 200;

// Widths in samples at 200 Hz. The paper's are 6, 32 and 30; odd ones have a centre, so that there is no delay.
const LOW_PASS = 5; // twice: -3 dB at 13 Hz; with 6 at 11 Hz, which keeps more of slow waves
const HIGH_PASS = 33; // -3 dB at 5 Hz
const INTEGRATION = 31; // 155 ms, about the widest QRS complex

const FLAT = 1e-6; // a slope per sample below this part of the signal is rounding of float32

/** The signals that decisions are based on; all (n). */
export interface Stages {
  /** The band-passed signal. */
  filtered: Float64Array;
  /** Its slope per sample. */
  slope: Float64Array;
  /** The root of the mean of the squared slope over 155 ms. */
  integrated: Float64Array;
}

/** A peak of the integrated signal, with the features found within the width of the integration. */
export interface Candidate {
  /** Position of the peak in the integrated signal. */
  middle: number;
  integrated: number;
  /** Position of the largest deviation of the filtered signal from 0. */
  peak: number;
  /** That deviation. */
  filtered: number;
  /** Steepest slope, of either sign. */
  slope: number;
}

/**
 * Band-pass, derivative, squaring and integration. With M(w) the mean over the w samples around each:
 *
 * filtered = M(5) M(5) (x - M(33) x), slope[i] = (2 f[i+2] + f[i+1] - f[i-1] - 2 f[i-2]) / 10, integrated = sqrt(M(31)
 * slope^2)
 *
 * The paper's low-pass, high-pass and integration are such means, too, but over past samples; centred on a sample they
 * do the same without delay. Beyond its ends the signal keeps its end values.
 */
export function stages(x: ArrayLike<number>): Stages {
  const mean = movingMean(x, HIGH_PASS);
  const high = mean.map((m, i) => x[i] - m);
  const filtered = movingMean(movingMean(high, LOW_PASS), LOW_PASS);
  const slope = new Float64Array(filtered.length);
  for (let i = 2; i < slope.length - 2; i++)
    slope[i] = (2 * filtered[i + 2] + filtered[i + 1] - filtered[i - 1] - 2 * filtered[i - 2]) / 10;
  const squared = slope.map((s) => s * s);
  const integrated = movingMean(squared, INTEGRATION).map(Math.sqrt);
  return { filtered, slope, integrated };
}

/** Centred means over `width` samples, an odd number; samples beyond the ends have the end values. */
export function movingMean(x: ArrayLike<number>, width: number): Float64Array {
  const half = (width - 1) / 2;
  const last = x.length - 1;
  const out = new Float64Array(x.length);
  for (let i = 0; i <= last; i++) {
    let sum = 0; // from scratch for each: in a running sum an artefact would leave its rounding errors forever
    if (i >= half && i + half <= last) for (let j = i - half; j <= i + half; j++) sum += x[j];
    else for (let j = i - half; j <= i + half; j++) sum += x[Math.min(Math.max(j, 0), last)];
    out[i] = sum / width;
  }
  return out;
}

/**
 * The peaks of the integrated signal in order of time. Of those closer together than the refractory period only the
 * highest counts; rounding errors of a flat line do not count.
 *
 * @param x (n) the signal at 200 Hz
 * @param refractory samples
 */
export function findCandidates(x: ArrayLike<number>, refractory: number): Candidate[] {
  const signals = stages(x);
  const { integrated } = signals;
  const out: Candidate[] = [];
  for (let i = 1; i < integrated.length - 1; i++) {
    if (!(integrated[i] > integrated[i - 1] && integrated[i] >= integrated[i + 1])) continue;
    const last = out.at(-1);
    const close = last !== undefined && i - last.middle < refractory;
    if (close && integrated[i] <= last.integrated) continue;
    const candidate = candidateAt(x, signals, i);
    if (candidate === null) continue;
    if (close) out.pop();
    out.push(candidate);
  }
  return out;
}

function candidateAt(x: ArrayLike<number>, signals: Stages, middle: number): Candidate | null {
  const half = (INTEGRATION - 1) / 2;
  let peak = middle;
  let slope = 0;
  let level = 0;
  for (let i = Math.max(middle - half, 0); i <= Math.min(middle + half, x.length - 1); i++) {
    if (Math.abs(signals.filtered[i]) > Math.abs(signals.filtered[peak])) peak = i;
    slope = Math.max(slope, Math.abs(signals.slope[i]));
    level = Math.max(level, Math.abs(x[i]));
  }
  if (slope <= FLAT * level) return null;
  return { middle, integrated: signals.integrated[middle], peak, filtered: Math.abs(signals.filtered[peak]), slope };
}
