import { asSignal } from '../core/asArrays.ts';
import { checkOneOf, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { findQrs, HIGHEST_RATE, LOWEST_RATE, REFRACTORY } from './qrs/findQrs.ts';
import { isInNoise, signalQuality } from './quality/signalQuality.ts';

/** Options of `detectQrs`. */
export interface QrsOptions {
  /** Minimum time between two beats, s.
   * @defaultValue 0.2, as in the paper */
  refractory?: number;
  /** Whether to `keep` R peaks in windows of noise, as `signalQuality` finds them, or to `drop` them.
   * @defaultValue `'keep'` */
  noise?: 'keep' | 'drop';
}

/**
 * Detects the QRS complexes of a lead by Pan and Tompkins's method; returns the sample indices of their R peaks,
 * ascending.
 *
 * The signal is resampled to 200 Hz and passes through the paper's band-pass, derivative, squaring and moving
 * integration. A peak of the integrated signal is a QRS complex if that signal and the band-passed one both exceed
 * their thresholds, N + 0.35 (S - N) with running levels S of the signal and N of the noise, or 0.7 of that in an
 * irregular rhythm; unless it is within 360 ms of a beat and has less than half of its slope, like a T wave. If there
 * is no beat for 166 % of the mean RR interval, the highest peak above half of the thresholds is one. The R peak is the
 * sample of the given signal within 75 ms of the band-passed peak that is farthest, up or down, from the mean of the
 * surrounding 200 ms.
 *
 * Departures from the paper, which decides in real time and so cannot look ahead:
 *
 * - The filters are centred, so that there is no delay, and the low-pass ends at 13 Hz instead of 11: a third fewer
 *   false detections on MIT-BIH.
 * - The square root of the integrated signal is taken, so that levels are amplitudes; as energies, a wide ventricular
 *   beat with a third of the slope of the others is a ninth of them. The threshold factors are chosen accordingly. A
 *   third fewer missed beats, for a fifth more false ones.
 * - The levels start at the median over five periods of two seconds, so that an artefact at the beginning does not
 *   determine them; after 4 s without a beat they are relearned, so that they follow a signal that has become weak; and
 *   a peak counts as at most twice the signal level, so that they survive an artefact. On MIT-BIH this makes little
 *   difference.
 * - A rhythm is regular if the last eight intervals are within 92 and 116 % of their own mean, instead of the mean of
 *   the last regular ones, which would never adapt after a sudden change of rate.
 * - The search back, too, skips T waves, which with amplitudes would be half of the false detections.
 *
 * No R peak is placed on a NaN or infinite sample. A straight line bridges up to 200 ms of these; before a longer run the
 * signal ends for the filters, and after it another begins. Detection continues with the levels from before it, and the time
 * across it does not count as an RR interval.
 *
 * Peaks are found in noise, too, since the levels follow what is there: `beatQuality` says which can be trusted.
 *
 * @param signal (n) samples of one lead, in any unit and polarity; other numbers than float32 are cast
 * @param samplingFrequency Hz, at least 50
 * @returns an empty array for a flat line
 * @throws ArgumentError for a sampling frequency or an option out of range
 * @see Pan and Tompkins, "A real-time QRS detection algorithm", IEEE TBME 32(3), 1985
 * @example
 *     const { leads, samplingFrequency } = loadRecord('mitdb/100');
 *     const peaks = detectQrs(leads[0].samples, samplingFrequency);
 */
export function detectQrs(signal: ArrayLike<number>, samplingFrequency: number, options: QrsOptions = {}): Int32Array {
  const samples = asSignal('detectQrs', 'signal', signal);
  checkOptions('detectQrs', options, [], ['refractory', 'noise']);
  const { refractory = REFRACTORY, noise = 'keep' } = options;
  checkRange('detectQrs', 'samplingFrequency', samplingFrequency, LOWEST_RATE, HIGHEST_RATE);
  checkRange('detectQrs', 'refractory', refractory, 0.05, 1);
  checkOneOf('detectQrs', 'noise', noise, ['keep', 'drop']);
  const peaks = findQrs(samples, samplingFrequency, refractory);
  if (noise === 'keep') return peaks;
  const noisy = isInNoise(signalQuality(samples, samplingFrequency, { peaks }));
  return peaks.filter((peak) => !noisy(peak));
}
