import { Tensor } from '../../autograd/tensor.ts';
import { DataError } from '../../core/errors.ts';
import { quantile } from '../../eval/summary.ts';
import { channelsOf } from '../beats/beatChannels.ts';
import type { Alignment } from '../beats/cutWindows.ts';
import { SCALE_FREE } from '../beats/normalize.ts';
import { windowsAt } from '../beats/windows.ts';
import { alignToRPeaks } from '../qrs/alignToRPeaks.ts';
import type { Stretch } from '../quality/stretches.ts';
import { resample } from '../resample.ts';
import { peakTiming, type TimingFeature } from '../rhythm/beatTiming.ts';
import type { EcgRecord, Lead } from '../wfdb/record.ts';
import type { BeatInput } from './beatInput.ts';

/** The input of a model for a recording: the windows that could be cut, and the R peak of each. */
export interface BeatWindows {
  /** (n,C,L) as the networks take them: each beat, and what they take of those before it */
  x: Tensor;
  /** (n,1,L) the beats alone */
  alone: Tensor;
  /** (n,F), if the networks take timing */
  context?: Tensor;
  /** (n) indices into the peaks */
  peak: Int32Array;
  /** peaks without a window */
  dropped: Map<number, 'edge' | 'invalid'>;
}

/** How windows are cut. */
interface Cutting {
  align: Alignment;
  /** where the rhythm restarts */
  unreadable: readonly Stretch[];
  /** added to */
  notes: string[];
}

const VOLTS: Readonly<Record<string, number>> = { V: 1, mV: 1e-3, uV: 1e-6, µV: 1e-6, nV: 1e-9 };
/** What samples in one unit are multiplied by for another; null if that is not known. */
export function unitFactor(from: string, to: string): number | null {
  if (from === to) return 1;
  const factor = VOLTS[from] / VOLTS[to];
  return Number.isFinite(factor) ? factor : null;
}

const NEAR = 5; // ms, the median distance of marks from the R peaks that is worth a note

/**
 * Cuts a window around every peak, or the R peak near it, in the form that the model needs: at its rate, in its unit, with the
 * timing that it takes. Changes to the signal are recorded in `notes`.
 *
 * @throws DataError for a unit that cannot be converted, if the normalisation keeps heights
 */
export function cutWindows(
  { samplingFrequency, window, timing, reference, previous }: BeatInput,
  { name, samplingFrequency: rate }: EcgRecord,
  lead: Lead,
  peaks: Int32Array,
  { align, unreadable, notes }: Cutting,
): BeatWindows {
  const converted = convert(name, lead, window, notes);
  const samples = rate === samplingFrequency ? converted : resample(converted, rate, samplingFrequency);
  if (rate !== samplingFrequency) notes.push(`resampled from ${rate} Hz to the model's ${samplingFrequency} Hz`);

  const last = samples.length - 1;
  const positions = peaks.map((peak) => Math.min(Math.round((peak * samplingFrequency) / rate), last));
  const fiducials = align === 'rPeak' ? onRPeaks(samples, samplingFrequency, positions, notes) : positions;
  const { x, kept, dropped } = windowsAt(samples, fiducials, window);
  const alone = new Tensor(x, [kept.length, 1, window.length]);
  return {
    x: channelsOf(x, window.length, [kept.keys()], { reference, previous }),
    alone,
    context:
      timing.length > 0
        ? timingOf(stretches(peaks, unreadable), positions, kept, samplingFrequency, timing)
        : undefined,
    peak: kept,
    dropped: new Map(dropped.map(({ index, why }) => [index, why])),
  };
}

/** The R peaks, in a note too if the positions are regularly elsewhere. */
function onRPeaks(
  samples: Float32Array,
  samplingFrequency: number,
  positions: Int32Array,
  notes: string[],
): Int32Array {
  const peaks = alignToRPeaks(samples, samplingFrequency, positions);
  const offsets = Float64Array.from(peaks, (peak, i) => (1000 * (positions[i] - peak)) / samplingFrequency).sort();
  const offset = quantile(offsets, 0.5);
  if (Math.abs(offset) >= NEAR)
    notes.push(`the given marks lie ${Math.abs(offset).toFixed(1)} ms ${offset < 0 ? 'before' : 'after'} the R peaks`);
  return peaks;
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

/** The indices of the peaks, divided where an unreadable part is between two of them. */
function stretches(peaks: Int32Array, gaps: readonly Stretch[]): number[][] {
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
  const factor = unitFactor(lead.units, units);
  if (factor !== null) {
    notes.push(`converted from ${lead.units} to the model's ${units}`);
    return lead.samples.map((v) => v * factor);
  }
  if (SCALE_FREE.includes(normalize)) return lead.samples;
  throw new DataError(
    `annotateRecord: record ${name} lead ${lead.name}: expected a unit that can be converted to ${units}, got ${lead.units}`,
  );
}
