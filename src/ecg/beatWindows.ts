import { Tensor } from '../autograd/tensor.ts';
import { DataError } from '../core/errors.ts';
import type { BeatInput } from './beatModel.ts';
import { type BeatSet, extractBeats } from './beats.ts';
import { SCALE_FREE } from './normalize.ts';
import type { EcgRecord, Lead } from './record.ts';
import { resample } from './resample.ts';
import { beatTiming } from './rhythm.ts';

/** What a model is given of a recording: the windows that could be cut, and which R peak each belongs to. */
export interface BeatWindows {
  /** (n,1,L) */
  x: Tensor;
  /** (n,F), where the networks are told of timing */
  context?: Tensor;
  /** (n) indices into the peaks */
  peak: Int32Array;
  /** peaks without a window */
  dropped: Map<number, 'edge' | 'invalid'>;
}

const VOLTS: Readonly<Record<string, number>> = { V: 1, mV: 1e-3, uV: 1e-6, µV: 1e-6, nV: 1e-9 };
const LONGEST_FLAT = 2; // s; longer ones are no rest between two beats but a lead that is off

/**
 * Cuts a window around every R peak as the model wants it: at its rate, in its unit, with the timing that it is told. What
 * was done to the signal, and what of it cannot be read, goes into `notes`.
 *
 * @throws DataError for a unit that cannot be converted, where heights count
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

  const position = (i: number): number => Math.round((peaks[i] * samplingFrequency) / rate);
  // The rhythm begins anew after what could not be read: beats that nobody saw make no interval.
  const records = stretches(peaks, gaps).map(
    (own, s): EcgRecord => ({
      name: `${name} stretch ${s}`,
      samplingFrequency,
      leads: [{ ...lead, samples }],
      annotations: own.map((i) => ({
        ...{ sample: position(i), label: 'N', subtype: 0, channel: 0, num: 0, aux: '' }, // any label of a beat
      })),
      comments: [],
    }),
  );
  const { length, before, lead: name0, normalize } = window;
  const beats = extractBeats(records, { length, before, lead: name0, normalize, classes: ['N'], invalid: 'drop' });
  const n = beats.labels.length;
  const context =
    timing.length > 0 ? new Tensor(beatTiming(records, beats, { features: timing }).x, [n, timing.length]) : undefined;
  const positions = peaks.map((_, i) => position(i));
  return { x: new Tensor(beats.x, [n, 1, window.length]), context, ...match(positions, beats) };
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

/** The indices of the peaks, parted where something unreadable is between two of them. */
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

/** Which peak each window of a set belongs to; both are in the same order. */
function match(positions: Int32Array, { sample, dropped }: BeatSet): Pick<BeatWindows, 'peak' | 'dropped'> {
  const reasons = new Map(dropped.map((beat) => [beat.sample, beat.why]));
  const peak: number[] = [];
  const without = new Map<number, 'edge' | 'invalid'>();
  positions.forEach((position, i) => {
    if (sample[peak.length] === position) peak.push(i);
    else without.set(i, reasons.get(position) ?? 'edge');
  });
  return { peak: Int32Array.from(peak), dropped: without };
}
