import { checkCount, checkKind, checkOptions, checkRange, formatValue } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { sin } from '../core/math.ts';
import { Random } from '../core/random.ts';
import type { Annotation } from './annotation.ts';
import { addBeats, drawBeats, drawPatient, type Patient } from './ecgsyn.ts';
import { type EcgRecord, makeLead } from './record.ts';

/** What a synthetic recording is made of. */
export interface SyntheticOptions {
  /** Equal seeds and names give equal bits. */
  seed: number | string;
  /** The record's name, letters, digits, _ and -. */
  name: string;
  /** Seconds; 300 by default. */
  duration?: number;
  /** Part of the beats that are supraventricular ectopic, about 0.12 by default. */
  supraventricular?: number;
  /** Part of the beats that are ventricular ectopic, about 0.13 by default. */
  ventricular?: number;
  /** Factor on every noise and on the baseline's wander; 1 by default, 0 for a clean signal. */
  noise?: number;
}

/** Records of different patients, and a division of them. */
export interface SyntheticSet {
  records: EcgRecord[];
  /** Names of the records to train on, the first half. */
  train: string[];
  /** Names of the records to test on. */
  test: string[];
}

const MOST_PATIENTS = 10_000; // an hour of computing
const RATE = 360; // Hz, of MIT-BIH
const TURN = 2 * Math.PI;
const GAIN = 200; // units per mV
const BITS = 11;
const MIDDLE = 1024;
const DRIFTS = 4; // sinusoids of the baseline's drift
const BURST_STEP = 1 / (0.4 * RATE); // bursts rise and fall within 0.4 s
const MOTION_STEP = (TURN * 4) / RATE; // electrode motion is noise below 4 Hz, where P and T waves are
const MOTION_SCALE = Math.sqrt(4 / MOTION_STEP); // what two such filters in a row take off the deviation

/**
 * A synthetic recording of one lead with normal (N), atrial premature (A) and premature ventricular (V) beats, annotated
 * at their R peaks and digitised as MIT-BIH is: 360 Hz, 200 units per mV, 11 bits, format 212.
 *
 * Each wave is z(t) = a exp(-(theta(t) - theta_i)^2 / 2 b_i^2). The trajectory on ECGSYN's limit cycle has the closed
 * form theta(t) = 2 pi (t - t_R) / RR, which is used instead of integrating it step by step, and so is that of z without
 * its slow return to the baseline; the RR series has a spectrum of an LF and an HF part, as a sum of sinusoids. An
 * atrial beat comes early, with the QRS complex of a normal one and an altered P wave, and resets the sinus rhythm; a
 * ventricular beat is early, wide, without P and with the T wave reversed, and its pause is fully compensatory.
 *
 * @throws ArgumentError for options out of range
 * Source: McSharry, Clifford, Tarassenko and Smith, "A dynamical model for generating synthetic electrocardiogram
 * signals", IEEE TBME 50(3), 2003, and its program ECGSYN, physionet.org/content/ecgsyn.
 */
export function syntheticRecord(options: SyntheticOptions): EcgRecord {
  checkOptions('syntheticRecord', options, ['seed', 'name'], ['duration', 'supraventricular', 'ventricular', 'noise']);
  const { seed, name, duration = 300, supraventricular = 0.12, ventricular = 0.13, noise = 1 } = options;
  checkKind('syntheticRecord', 'seed', seed, 'seed');
  if (typeof name !== 'string' || !/^[-\w]+$/.test(name))
    throw new ArgumentError(`syntheticRecord: expected a name of letters, digits, _ and -, got ${formatValue(name)}`);
  checkRange('syntheticRecord', 'duration', duration, 1, 86400);
  checkRange('syntheticRecord', 'noise', noise, 0, 100);
  checkRange('syntheticRecord', 'supraventricular', supraventricular, 0, 0.5);
  checkRange('syntheticRecord', 'ventricular', ventricular, 0, 0.5);
  if (supraventricular + ventricular > 0.5)
    throw new ArgumentError(
      `syntheticRecord: expected at most every second beat to be ectopic, got ${supraventricular + ventricular}`,
    );
  const random = new Random(`${seed}:${name}`);
  const patient = drawPatient(random.fork('patient'));
  const beats = drawBeats(patient, duration, supraventricular, ventricular, random.fork('rhythm'));
  const signal = new Float64Array(Math.round(duration * RATE));
  addBeats(signal, RATE, beats, patient, random.fork('waves'));
  addNoise(signal, patient, noise, random.fork('noise'));

  const digital = Int16Array.from(signal, (v) => Math.min(Math.max(Math.round(v * GAIN) + MIDDLE, 0), 2 * MIDDLE - 1));
  const annotations = beats
    .map(({ time, label }): Annotation => {
      return { sample: Math.round(time * RATE), label, subtype: 0, channel: 0, num: 0, aux: '' };
    })
    .filter(({ sample }) => sample < digital.length);
  const adc = { format: 212, gain: GAIN, baseline: MIDDLE, adcResolution: BITS, adcZero: MIDDLE };
  return {
    name,
    samplingFrequency: RATE,
    leads: [makeLead({ name: 'MLII', units: 'mV', digital, ...adc })],
    annotations,
    comments: [`Synthetic, after ECGSYN (McSharry et al., 2003), seed ${seed}`],
  };
}

/**
 * Synthetic recordings of several patients, `syn01`, `syn02` and so on, and a division that keeps them apart.
 *
 * @throws ArgumentError for fewer than two patients, and all of `syntheticRecord`
 */
export function syntheticRecords(options: Omit<SyntheticOptions, 'name'> & { patients?: number }): SyntheticSet {
  checkOptions(
    'syntheticRecords',
    options,
    ['seed'],
    ['patients', 'duration', 'supraventricular', 'ventricular', 'noise'],
  );
  const { patients = 12, ...rest } = options;
  checkCount('syntheticRecords', 'patients', patients, 2, MOST_PATIENTS);
  const names = Array.from({ length: patients }, (_, i) => `syn${String(i + 1).padStart(2, '0')}`);
  const half = Math.ceil(patients / 2);
  return {
    records: names.map((name) => syntheticRecord({ ...rest, name })),
    train: names.slice(0, half),
    test: names.slice(half),
  };
}

/** White noise, bursts of muscle noise and electrode motion, the power line, a baseline that breathes and drifts. */
function addNoise(signal: Float64Array, patient: Patient, factor: number, random: Random): void {
  const sine = (frequency: number, amplitude: number): void => {
    const phase = random.uniform(0, TURN);
    for (let i = 0; i < signal.length; i++)
      signal[i] += factor * amplitude * sin((TURN * frequency * i) / RATE + phase);
  };
  sine(60, patient.line);
  sine(patient.respiration, patient.breath);
  for (let i = 0; i < DRIFTS; i++) sine(random.uniform(0.01, 0.15), patient.drift / DRIFTS);
  let target = 0;
  let burst = 0;
  let before = 0;
  let push = 0;
  let motion = 0;
  for (let i = 0; i < signal.length; i++) {
    if (i % RATE === 0 && random.uniform() < 0.4) target = random.uniform() < 0.4 ? 0 : random.uniform();
    burst += (target - burst) * BURST_STEP;
    const muscle = random.normal(0, patient.muscle * burst);
    push += MOTION_STEP * (random.normal(0, patient.motion * burst * MOTION_SCALE) - push);
    motion += MOTION_STEP * (push - motion);
    signal[i] += factor * (random.normal(0, patient.white) + muscle - 0.6 * before + motion);
    before = muscle;
  }
}
