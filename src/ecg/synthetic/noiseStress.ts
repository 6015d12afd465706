import { asSignal } from '../../core/asArrays.ts';
import { checkKind, checkOneOf, checkRange } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { pow } from '../../core/pow.ts';
import { Random } from '../../core/random.ts';
import { isBeat } from '../classes.ts';
import type { Annotation } from '../wfdb/annotation.ts';
import { DEFAULT_GAIN } from '../wfdb/ranges.ts';
import { checkRecord, type EcgRecord, type Lead, makeLead } from '../wfdb/record.ts';
import { makeNoise, NOISE_KINDS, type NoiseKind } from './noiseKinds.ts';

/** Options of `addNoise`. */
export interface NoiseOptions {
  /** Baseline wander, muscle noise, or motion of the electrode. */
  kind: NoiseKind;
  /** Signal-to-noise ratio, dB. */
  snr: number;
  /** Equal seeds give equal bits. */
  seed: number | string;
  /** Start of the first noisy period, s.
   * @defaultValue 300, the learning period of EC57 */
  start?: number;
  /** Length of the noisy periods and of the clean ones between them, s; with Infinity the noise goes on to the end.
   * @defaultValue 120 */
  period?: number;
}

const START = 300; // s
const PERIOD = 120; // s
const COMPLEXES = 300; // QRS complexes whose amplitude is measured
const REACH = 0.05; // s to either side of an annotation, in which it is
const NOISE_MEASURED = 300; // s
const CUT = 0.05; // of the measurements are discarded at either end
const FORMAT = 16; // as nst writes; noise may leave the range of 212
const LARGEST = 32767;
const INVALID = -32768;

/**
 * The recording with noise in its leads, in periods of two minutes with two minutes in between, after the first five
 * minutes: the noise stress test. Annotations stay what they were; the leads become format 16.
 *
 * The noise is scaled to SNR = 10 log10(S / N) as by nst(1). S is the square of the peak-to-peak amplitude of the QRS
 * complexes, by 8: the range within 50 ms of each of the first 300 beats annotated as N, or of any beats if there are
 * none, averaged without the largest and smallest 5 %. N is the square of the root mean square of the noise about its
 * mean within a second, averaged in the same way over 300 s; so wander slower than that counts little.
 *
 * The noise is not recorded but made: `wander`, Gaussian noise of 0.05 to 0.5 Hz; `muscle`, Gaussian noise above 15 Hz
 * of changing strength; `motion`, two or three deflections per second as wide as the waves of a beat, with some wander
 * and muscle noise. Every lead has its own.
 *
 * @throws ArgumentError for options out of range; DataError for a recording without annotated beats, or with a lead that
 * is flat at all of them
 * @see nst(1) and sigamp(1) of the WFDB software package, physionet.org; Moody, Muldrow and Mark, "A noise stress test
 * for arrhythmia detectors", Computers in Cardiology 11, 1984
 * @example
 *     const noisy = addNoise(loadRecord('mitdb/118'), { kind: 'motion', snr: 6, seed: 1 });
 */
export function addNoise(record: EcgRecord, options: NoiseOptions): EcgRecord {
  checkRecord('addNoise', 'record', record);
  checkOptions('addNoise', options, ['kind', 'snr', 'seed'], ['start', 'period']);
  const { kind, snr, seed, start = START, period = PERIOD } = options;
  checkOneOf('addNoise', 'kind', kind, NOISE_KINDS);
  checkRange('addNoise', 'snr', snr, -100, 100);
  checkKind('addNoise', 'seed', seed, 'seed');
  checkRange('addNoise', 'start', start, 0);
  checkRange('addNoise', 'period', period, 1, Number.POSITIVE_INFINITY);
  const { samplingFrequency: rate } = record;
  const random = new Random(`${seed}:${record.name}`);
  const leads = record.leads.map((given) => {
    const lead = { ...given, samples: asSignal('addNoise', `lead ${given.name}`, given.samples) };
    const size = qrsAmplitude(record, lead);
    const n = lead.samples.length;
    const noise = makeNoise(kind, Math.max(n, Math.ceil(rate)), rate, random.fork(lead.name));
    const gain = Math.sqrt((size * size) / 8 / pow(10, snr / 10)) / noiseAmplitude(noise, rate);
    const noisy = Float64Array.from(lead.samples);
    for (let i = 0; i < n; i++) if (isNoisy(i / rate, start, period)) noisy[i] += gain * noise[i];
    return digitized(lead, noisy);
  });
  return { ...record, leads };
}

/** Whether a time is in a noisy period. */
function isNoisy(time: number, start: number, period: number): boolean {
  return time >= start && Math.floor((time - start) / period) % 2 === 0;
}

/** With the gain that the lead was recorded with, in 16 bits; a lead that is physical samples alone remains so. */
function digitized({ name, units, digital }: Lead, samples: Float64Array): Lead {
  if (!digital) return { name, units, samples: Float32Array.from(samples) };
  const gain = digital.gain || DEFAULT_GAIN;
  const codes = new Int16Array(samples.length).fill(INVALID);
  for (let i = 0; i < codes.length; i++)
    if (Number.isFinite(samples[i]))
      codes[i] = Math.min(Math.max(Math.round(samples[i] * gain + digital.baseline), -LARGEST), LARGEST);
  return makeLead({ name, units, digital: { ...digital, samples: codes, format: FORMAT } });
}

/** The peak-to-peak amplitude of the QRS complexes, as sigamp(1) measures it. */
function qrsAmplitude({ name, annotations, samplingFrequency }: EcgRecord, { name: lead, samples }: Lead): number {
  const reach = Math.round(REACH * samplingFrequency);
  const ofLabel = (fits: (a: Annotation) => boolean): Annotation[] => annotations.filter(fits).slice(0, COMPLEXES);
  const normal = ofLabel(({ label }) => label === 'N');
  const beats = normal.length > 0 ? normal : ofLabel(({ label }) => isBeat(label));
  const sizes = beats.flatMap(({ sample }) => {
    const own = samples.subarray(Math.max(sample - reach, 0), sample + reach + 1).filter(Number.isFinite);
    return own.length > 0 ? [own.reduce((a, b) => Math.max(a, b)) - own.reduce((a, b) => Math.min(a, b))] : [];
  });
  const size = trimmedMean(sizes);
  if (!(size > 0))
    throw new DataError(
      `addNoise: record ${name} lead ${lead}: expected annotated beats to measure the signal by, got ${sizes.length === 0 ? 'none' : 'a flat line'}`,
    );
  return size;
}

/** The root mean square of the noise about its mean within a second, as sigamp(1) measures it. */
function noiseAmplitude(noise: Float64Array, rate: number): number {
  const length = Math.round(rate);
  const sizes: number[] = [];
  for (let s = 0; s < NOISE_MEASURED && (s + 1) * length <= noise.length; s++) {
    const chunk = noise.subarray(s * length, (s + 1) * length);
    const mean = chunk.reduce((sum, v) => sum + v, 0) / length;
    sizes.push(Math.sqrt(chunk.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / length));
  }
  return trimmedMean(sizes);
}

/** The mean without the largest and smallest 5 %; NaN of none. */
function trimmedMean(values: readonly number[]): number {
  const cut = Math.floor(CUT * values.length);
  const kept = [...values].sort((a, b) => a - b).slice(cut, values.length - cut);
  return kept.reduce((sum, v) => sum + v, 0) / kept.length;
}
