import { asSignal } from '../core/asArrays.ts';
import { checkRange, formatValue, LARGEST_COUNT } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { Resampler } from './signal/resampler.ts';
import { Trace } from './signal/trace.ts';

const STEEPEST = 1e6; // ratio of the rates; a weighted sum covers 70 times as many samples

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
  const resampler = new Resampler(from, to);
  const out = Trace.of(new Float32Array(resampler.count(samples.length)));
  out.restart(0);
  resampler.run(Trace.of(samples), out, 0, true);
  return out.data;
}
