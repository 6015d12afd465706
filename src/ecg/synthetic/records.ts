import { checkCount, checkKind, checkOneOf, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError } from '../../core/errors.ts';
import { Random } from '../../core/random.ts';
import type { Annotation } from '../wfdb/annotation.ts';
import { type EcgRecord, makeLead } from '../wfdb/record.ts';
import { KINDS, patientsOf, SYNTHETIC_KINDS, type SyntheticKind } from './kinds.ts';
import { addPatientNoise } from './noise.ts';
import { drawPatient } from './patient.ts';
import { type Beat, drawRhythm } from './rhythm.ts';
import { addBeats } from './waves.ts';

/** Options of `syntheticRecord`. */
export interface SyntheticOptions {
  /** Equal seeds and names give equal bits. */
  seed: number | string;
  /** The record's name: letters, digits, _ and -. */
  name: string;
  /** Seconds.
   * @defaultValue 300 */
  duration?: number;
  /** Fraction of the beats that are supraventricular ectopic.
   * @defaultValue that of the kind; 0.08 for `mixed` */
  supraventricular?: number;
  /** Fraction of the beats that are ventricular ectopic.
   * @defaultValue that of the kind; 0.1 for `mixed` */
  ventricular?: number;
  /** Factor on all noise and baseline wander; 0 gives a clean signal.
   * @defaultValue 1 */
  noise?: number;
  /** The patient's condition.
   * @defaultValue `'mixed'`, with ectopic beats of both classes */
  kind?: SyntheticKind;
}

/** Options of `syntheticRecords`. */
export interface SyntheticSetOptions {
  /** Equal seeds give equal bits. */
  seed: number | string;
  /** @defaultValue 12 */
  patients?: number;
  /** Seconds of each recording.
   * @defaultValue 300 */
  duration?: number;
  /** Fraction of supraventricular ectopic beats, averaged over the patients of each half.
   * @defaultValue 0.1 */
  supraventricular?: number;
  /** Fraction of ventricular ectopic beats, averaged over the patients of each half.
   * @defaultValue 0.1 */
  ventricular?: number;
  /** Factor on all noise.
   * @defaultValue 1 */
  noise?: number;
}

/** Records of different patients, and their division. */
export interface SyntheticSet {
  records: EcgRecord[];
  /** Names of the records to train on, the first half. */
  train: string[];
  /** Names of the records to test on. */
  test: string[];
}

const OPTIONS = ['duration', 'supraventricular', 'ventricular', 'noise', 'kind'];
const MOST_PATIENTS = 10_000; // an hour of computation
const RATE = 360; // Hz, of MIT-BIH
const GAIN = 200; // units per mV
const BITS = 11;
const MIDDLE = 1024;

/**
 * A synthetic recording of one lead, annotated at its R peaks and digitised like MIT-BIH: 360 Hz, 200 units per mV, 11
 * bits, format 212. Beats are normal (N, or with bundle branch block L or R), atrial premature (A, or conducted
 * aberrantly a) and premature ventricular (V); a change of rhythm is annotated with +: (N (AFIB (BII (B (T (VT (SVTA.
 *
 * Each wave is a Gaussian about a time relative to the R peak, z(t) = a exp(-(t - t_i)^2 / 2 b_i^2), as in ECGSYN, but
 * with seconds instead of angles, so that a QRS complex is as wide in a fast rhythm as in a slow one; the T wave moves
 * with the square root of the RR interval. The RR series has a spectrum with a slow, an LF and an HF part, as a sum of
 * sinusoids. The kinds of patients:
 *
 * - `mixed`: atrial and ventricular ectopic beats; `atrial` and `ventricular`: those alone; `healthy`: none
 * - `rightBlock`, `leftBlock`: a bundle branch block and ectopic beats
 * - `fibrillation`: no P waves, independent intervals, ventricular ectopic beats
 * - `droppedBeats`: P waves that are not conducted, of a second-degree block
 *
 * Ectopic beats occur singly, in couplets, in runs, or as every second or third beat. An atrial beat has the QRS
 * complex of a normal one and its own P wave, and resets the sinus rhythm; a ventricular beat is wide, has an opposite
 * T wave, and does not affect the sinus rhythm, so that its pause is compensatory. Sizes, widths, intervals and noise
 * are drawn around those of MIT-BIH's training half (DS1); docs/results.md compares them.
 *
 * @throws ArgumentError for options out of range
 * @see McSharry, Clifford, Tarassenko and Smith, "A dynamical model for generating synthetic electrocardiogram
 * signals", IEEE TBME 50(3), 2003, and its program ECGSYN, physionet.org/content/ecgsyn
 * @example
 *     const record = syntheticRecord({ seed: 1, name: 'one', kind: 'fibrillation', duration: 60 });
 */
export function syntheticRecord(options: SyntheticOptions): EcgRecord {
  checkOptions('syntheticRecord', options, ['seed', 'name'], OPTIONS);
  const { seed, name, duration = 300, noise = 1, kind = 'mixed' } = options;
  checkOneOf('syntheticRecord', 'kind', kind, SYNTHETIC_KINDS);
  const { supraventricular = KINDS[kind].s, ventricular = KINDS[kind].v } = options;
  checkKind('syntheticRecord', 'seed', seed, 'seed');
  if (typeof name !== 'string' || !/^[-\w]+$/.test(name))
    throw new ArgumentError(`syntheticRecord: expected a name of letters, digits, _ and -, got ${formatValue(name)}`);
  checkRange('syntheticRecord', 'duration', duration, 1, 86400);
  checkRange('syntheticRecord', 'noise', noise, 0, 100);
  checkShares('syntheticRecord', supraventricular, ventricular);
  const random = new Random(`${seed}:${name}`);
  const patient = drawPatient(kind, random.fork('patient'));
  const rhythm = drawRhythm(patient, duration, supraventricular, ventricular, random.fork('rhythm'));
  const signal = new Float64Array(Math.round(duration * RATE));
  addBeats(signal, RATE, rhythm, patient, random.fork('waves'));
  addPatientNoise(signal, RATE, patient, noise, random.fork('noise'));

  const digital = Int16Array.from(signal, (v) => Math.min(Math.max(Math.round(v * GAIN) + MIDDLE, 0), 2 * MIDDLE - 1));
  const annotations = annotationsOf(rhythm.beats).filter(({ sample }) => sample < digital.length);
  const adc = { samples: digital, format: 212, gain: GAIN, baseline: MIDDLE, adcResolution: BITS, adcZero: MIDDLE };
  return {
    name,
    samplingFrequency: RATE,
    leads: [makeLead({ name: 'MLII', units: 'mV', digital: adc })],
    annotations,
    comments: [`Synthetic, after ECGSYN (McSharry et al., 2003), seed ${seed}`],
  };
}

/**
 * Synthetic recordings of several patients, `syn01`, `syn02` and so on, and a division with no patient on both sides.
 * Each half has the same kinds of patients, in a fixed order that starts with one who has all classes.
 *
 * @throws ArgumentError for fewer than two patients, and like `syntheticRecord`
 * @example
 *     const { records, train, test } = syntheticRecords({ seed: 1, patients: 6, duration: 120 });
 *     const split = interPatientSplit(listBeats(records), { train, test });
 */
export function syntheticRecords(options: SyntheticSetOptions): SyntheticSet {
  checkOptions(
    'syntheticRecords',
    options,
    ['seed'],
    ['patients', 'duration', 'supraventricular', 'ventricular', 'noise'],
  );
  const { patients = 12, supraventricular = 0.1, ventricular = 0.1, ...rest } = options;
  checkCount('syntheticRecords', 'patients', patients, 2, MOST_PATIENTS);
  checkShares('syntheticRecords', supraventricular, ventricular);
  const names = Array.from({ length: patients }, (_, i) => `syn${String(i + 1).padStart(2, '0')}`);
  const half = Math.ceil(patients / 2);
  const kinds = [half, patients - half].flatMap((n) => patientsOf(n, supraventricular, ventricular));
  return {
    records: names.map((name, i) => {
      const { kind, s, v } = kinds[i];
      return syntheticRecord({ ...rest, name, kind, supraventricular: s, ventricular: v });
    }),
    train: names.slice(0, half),
    test: names.slice(half),
  };
}

function checkShares(op: string, s: number, v: number): void {
  checkRange(op, 'supraventricular', s, 0, 0.5);
  checkRange(op, 'ventricular', v, 0, 0.5);
  if (s + v > 0.5) throw new ArgumentError(`${op}: expected at most every second beat to be ectopic, got ${s + v}`);
}

/** One annotation per beat, preceded by one for a change of rhythm, as in MIT-BIH. */
function annotationsOf(beats: readonly Beat[]): Annotation[] {
  return beats.flatMap(({ time, label, rhythm }, i) => {
    const sample = Math.round(time * RATE);
    const beat = { sample, label, subtype: 0, channel: 0, num: 0, aux: '' };
    return rhythm === beats[i - 1]?.rhythm ? [beat] : [{ ...beat, sample: sample - 1, label: '+', aux: rhythm }, beat];
  });
}
