import { Tensor } from '../../autograd/tensor.ts';
import { DataError } from '../../core/errors.ts';
import { SCALE_FREE } from '../beats/normalize.ts';
import { windowsAt } from '../beats/windows.ts';
import { resample } from '../resample.ts';
import { peakTiming, type TimingFeature } from '../rhythm/beatTiming.ts';
import type { EcgRecord, Lead } from '../wfdb/record.ts';
import type { BeatInput } from './beatInput.ts';

/** The input of a model for a recording: the windows that could be cut, and the R peak of each. */
export interface BeatWindows {
  /** (n,1,L) */
  x: Tensor;
  /** (n,F), if the networks take timing */
  context?: Tensor;
  /** (n) indices into the peaks */
  peak: Int32Array;
  /** peaks without a window */
  dropped: Map<number, 'edge' | 'invalid'>;
}

const VOLTS: Readonly<Record<string, number>> = { V: 1, mV: 1e-3, uV: 1e-6, µV: 1e-6, nV: 1e-9 };
const LONGEST_FLAT = 2; // s; longer ones are not a pause between two beats but a disconnected lead

/**
 * Cuts a window around every R peak in the form that the model needs: at its rate, in its unit, with the timing that it
 * takes. Changes to the signal, and unreadable parts of it, are recorded in `notes`.
 *
 * @throws DataError for a unit that cannot be converted, if the normalisation keeps heights
 */
export function cutWindows(
  { samplingFrequency, window, timing }: BeatInput,
  { name, samplingFrequency: rate }: EcgRecord,
  lead: Lead,
  peaks: Int32Array,
  notes: string[],
): BeatWindows {
  const gaps = unreadable(lead.samples, rate);
  if (gaps.length > 0) {
    const seconds = gaps.reduce((sum, { start, end }) => sum + end - start, 0) / rate;
    notes.push(`${seconds.toFixed(0)} s of the lead cannot be read: its samples are invalid, or a flat line`);
  }
  const converted = convert(name, lead, window, notes);
  const samples = rate === samplingFrequency ? converted : resample(converted, rate, samplingFrequency);
  if (rate !== samplingFrequency) notes.push(`resampled from ${rate} Hz to the model's ${samplingFrequency} Hz`);

  const positions = peaks.map((peak) => Math.round((peak * samplingFrequency) / rate));
  const { x, kept, dropped } = windowsAt(samples, positions, window);
  const n = kept.length;
  return {
    x: new Tensor(x, [n, 1, window.length]),
    context:
      timing.length > 0 ? timingOf(stretches(peaks, gaps), positions, kept, samplingFrequency, timing) : undefined,
    peak: kept,
    dropped: new Map(dropped.map(({ index, why }) => [index, why])),
  };
}

/**
 * The timing (n,F) of the kept peaks. The rhythm restarts after an unreadable part: undetected beats make no interval.
 */
function timingOf(
  stretches: readonly number[][],
  positions: Int32Array,
  kept: Int32Array,
  samplingFrequency: number,
  features: readonly TimingFeature[],
): Tensor {
  const F = features.length;
  const all = new Float32Array(positions.length * F);
  for (const own of stretches) {
    const { x } = peakTiming(
      own.map((i) => positions[i]),
      samplingFrequency,
      { features },
    );
    own.forEach((i, row) => {
      all.set(x.subarray(row * F, (row + 1) * F), i * F);
    });
  }
  const x = new Float32Array(kept.length * F);
  kept.forEach((i, row) => {
    x.set(all.subarray(i * F, (i + 1) * F), row * F);
  });
  return new Tensor(x, [kept.length, F]);
}

/** Samples from `start` up to `end`. */
interface Gap {
  start: number;
  end: number;
}

/** Long runs of samples that are not finite, or all equal. */
function unreadable(samples: Float32Array, rate: number): Gap[] {
  const gaps: Gap[] = [];
  for (let start = 0; start < samples.length; ) {
    let end = start + 1;
    const finite = Number.isFinite(samples[start]);
    while (end < samples.length && (finite ? samples[end] === samples[start] : !Number.isFinite(samples[end]))) end++;
    if (end - start > LONGEST_FLAT * rate) gaps.push({ start, end });
    start = end;
  }
  return gaps;
}

/** The indices of the peaks, divided where an unreadable part is between two of them. */
function stretches(peaks: Int32Array, gaps: readonly Gap[]): number[][] {
  const found: number[][] = [];
  let gap = 0;
  peaks.forEach((peak, i) => {
    const before = i > 0 ? peaks[i - 1] : peak;
    while (gap < gaps.length && gaps[gap].end <= before) gap++;
    if (i === 0 || (gap < gaps.length && gaps[gap].end <= peak)) found.push([]);
    found[found.length - 1].push(i);
  });
  return found;
}

/** The lead's samples in the model's unit. */
function convert(name: string, lead: Lead, { units, normalize }: BeatInput['window'], notes: string[]): Float32Array {
  if (lead.units === units) return lead.samples;
  const factor = VOLTS[lead.units] / VOLTS[units];
  if (Number.isFinite(factor)) {
    notes.push(`converted from ${lead.units} to the model's ${units}`);
    return lead.samples.map((v) => v * factor);
  }
  if (SCALE_FREE.includes(normalize)) return lead.samples;
  throw new DataError(
    `annotateRecord: record ${name} lead ${lead.name}: expected a unit that can be converted to ${units}, got ${lead.units}`,
  );
}
