import { asSignal } from '../../core/asArrays.ts';
import { checkFields, checkKind, checkOneOf, checkRange } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { bridge } from '../qrs/bridge.ts';
import { findQrs, HIGHEST_RATE, LOWEST_RATE } from '../qrs/findQrs.ts';
import { RATE } from '../qrs/stages.ts';
import { resample } from '../resample.ts';
import { FREQUENCY } from '../wfdb/ranges.ts';
import { detectByCurveLength } from './curveLength.ts';
import { findGaps } from './gaps.ts';
import { type Prepared, type QualityWindow, qualityOf, WINDOW, withoutBaseline } from './windowQuality.ts';

/** Options of `signalQuality`. */
export interface QualityOptions {
  /** Sample indices of the R peaks, ascending, if they are known.
   * @defaultValue `detectQrs` finds them */
  peaks?: ArrayLike<number>;
}

/** The quality of a lead. */
export interface SignalQuality {
  /** In order of time, without gaps between them. */
  windows: QualityWindow[];
  /** Hz */
  samplingFrequency: number;
}

const PROBLEMS = ['flat', 'invalid', 'noise'] as const;

/**
 * The quality of a lead in windows of ten seconds: whether an ECG can be read from it.
 *
 * The index is 1 / (1 + exp(-(b + sum of w f))) of four indices of the literature, with weights fitted on MIT-BIH's DS1:
 *
 * - `bSQI`, agreement of `detectQrs` with a second detector, which measures the length of the curve
 * - `kSQI`, kurtosis of the signal, as a logarithm
 * - `basSQI`, fraction of the power up to 40 Hz that is above 1 Hz, as a logit
 * - `tSQI`, median over the beats of the correlation with the most similar other one
 *
 * None of them depends on the gain or the sign of the signal. A window without any beat is not called noise for that: an
 * asystole is not a bad electrode. Windows are consecutive; the last one may be shorter, and its parts are then of the
 * last ten seconds. Each depends on its own samples, those within a second of it, and the state of the detectors.
 *
 * @param signal (n) samples of one lead, in any unit; other numbers than float32 are cast
 * @param samplingFrequency Hz, at least 50
 * @throws ArgumentError for a sampling frequency or an option out of range; DataError for R peaks that are not in order or
 * not in the signal
 * @see Li, Mark and Clifford, Physiological Measurement 29(1), 2008 (bSQI, kSQI); Clifford, Behar, Li and Rezek, the same
 * 33(9), 2012 (basSQI, and indices combined by a classifier); Orphanidou et al., IEEE JBHI 19(3), 2015 (tSQI)
 * @example
 *     const { leads, samplingFrequency } = loadRecord('mitdb/100');
 *     const quality = signalQuality(leads[0].samples, samplingFrequency);
 *     console.log(`${unreadableSeconds(quality)} s cannot be read`);
 */
export function signalQuality(
  signal: ArrayLike<number>,
  samplingFrequency: number,
  options: QualityOptions = {},
): SignalQuality {
  const samples = asSignal('signalQuality', 'signal', signal);
  checkRange('signalQuality', 'samplingFrequency', samplingFrequency, LOWEST_RATE, HIGHEST_RATE);
  checkOptions('signalQuality', options, [], ['peaks']);
  const { peaks = findQrs(samples, samplingFrequency) } = options;
  checkPeaks('signalQuality', peaks, samples.length);
  const lead = prepare(samples, samplingFrequency, peaks);
  const windows: QualityWindow[] = [];
  const length = WINDOW * samplingFrequency;
  for (let start = 0, k = 1; start < samples.length; k++) {
    const end = Math.min(Math.round(k * length), samples.length);
    windows.push({ start, end, ...qualityOf(lead, start, end) });
    start = end;
  }
  return { windows, samplingFrequency };
}

/**
 * The quality index of `signalQuality` for each beat: that of the ten seconds around it, as Li, Mark and Clifford take it.
 *
 * @param signal (n) samples of one lead, in any unit; other numbers than float32 are cast
 * @param samplingFrequency Hz, at least 50
 * @param peaks sample indices of the R peaks, ascending
 * @returns an index for each peak, from 0 to 1; below `QUALITY_LIMIT` it cannot be trusted
 * @throws ArgumentError and DataError like `signalQuality`
 * @example
 *     const [{ samples }] = loadRecord('mitdb/100').leads;
 *     const peaks = detectQrs(samples, 360);
 *     const quality = beatQuality(samples, 360, peaks);
 *     const trusted = peaks.filter((_, i) => quality[i] >= QUALITY_LIMIT);
 */
export function beatQuality(
  signal: ArrayLike<number>,
  samplingFrequency: number,
  peaks: ArrayLike<number>,
): Float64Array {
  const samples = asSignal('beatQuality', 'signal', signal);
  checkRange('beatQuality', 'samplingFrequency', samplingFrequency, LOWEST_RATE, HIGHEST_RATE);
  checkPeaks('beatQuality', peaks, samples.length);
  const lead = prepare(samples, samplingFrequency, peaks);
  const half = Math.round((WINDOW * samplingFrequency) / 2);
  return Float64Array.from(peaks, (peak) => {
    const start = Math.max(0, Math.min(peak - half, samples.length - 2 * half));
    return qualityOf(lead, start, Math.min(start + 2 * half, samples.length)).index;
  });
}

/**
 * The number of seconds that cannot be read.
 *
 * @param problems for which reasons; all of them by default
 */
export function unreadableSeconds(
  quality: SignalQuality,
  problems: readonly NonNullable<QualityWindow['problem']>[] = PROBLEMS,
): number {
  checkQuality('unreadableSeconds', 'quality', quality);
  checkKind('unreadableSeconds', 'problems', problems, 'array');
  for (const problem of problems) checkOneOf('unreadableSeconds', 'problems', problem, PROBLEMS);
  const samples = quality.windows.reduce(
    (sum, { start, end, problem }) => sum + (problem !== null && problems.includes(problem) ? end - start : 0),
    0,
  );
  return samples / quality.samplingFrequency;
}

/** Whether a sample is in a window of noise; fastest if asked in order of time. */
export function isInNoise({ windows }: SignalQuality): (sample: number) => boolean {
  let k = 0;
  return (sample) => {
    if (sample < windows[k]?.start) k = 0;
    while (windows[k]?.end <= sample) k++;
    return windows[k]?.problem === 'noise';
  };
}

/** Throws unless this is the quality of a lead. */
export function checkQuality(op: string, name: string, quality: SignalQuality): void {
  checkFields(op, name, quality, { windows: 'array', samplingFrequency: 'number' });
  checkRange(op, `${name}.samplingFrequency`, quality.samplingFrequency, ...FREQUENCY);
  for (const [i, window] of quality.windows.entries()) {
    checkFields(op, `${name}.windows[${i}]`, window, { start: 'number', end: 'number' });
    if (window.problem !== null) checkOneOf(op, `${name}.windows[${i}].problem`, window.problem, PROBLEMS);
  }
}

function prepare(samples: Float32Array, rate: number, peaks: ArrayLike<number>): Prepared {
  const plain = resample(bridge(samples), rate, RATE);
  const first = Array.from(peaks, (peak) => Math.round((peak * RATE) / rate));
  const second = detectByCurveLength(plain, RATE);
  return { rate, gaps: findGaps(samples, rate), plain, level: withoutBaseline(plain), first, second };
}

function checkPeaks(op: string, peaks: ArrayLike<number>, length: number): void {
  checkKind(op, 'peaks', peaks, 'numbers');
  for (let i = 0; i < peaks.length; i++)
    if (!Number.isInteger(peaks[i]) || peaks[i] < (peaks[i - 1] ?? 0) || peaks[i] >= length)
      throw new DataError(
        `${op}: expected R peaks in ascending order from 0 to ${length - 1}, got ${peaks[i]} at ${i}`,
      );
}
