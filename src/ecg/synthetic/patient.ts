import type { Random } from '../../core/random.ts';
import { KINDS, type KindOfPatient, type SyntheticKind } from './kinds.ts';
import { around, drawFocus, drawNormal, extent, type Shape } from './shapes.ts';

/** How ectopic beats of one class occur. */
export interface Ectopy {
  /** Interval before the beat, in RR intervals of the rhythm: mean over a recording, and deviation. */
  coupling: number;
  deviation: number;
  /** Interval between two of a couplet or a run, likewise. */
  within: number;
  /** Relative frequencies of episodes: one beat, two, a run, every second beat, every third. */
  single: number;
  couplet: number;
  run: number;
  bigeminy: number;
  trigeminy: number;
  /** Mean number of beats beyond the third in a run. */
  longer: number;
}

/** Properties that stay the same throughout a recording. */
export interface Patient extends Pick<KindOfPatient, 'rhythm' | 'conduction'> {
  /** Mean RR interval, s. */
  rr: number;
  /**
   * Standard deviation of the sinus rhythm's RR intervals, s, and the fractions of its power that are slow, LF and HF.
   */
  rrDeviation: number;
  powers: readonly number[];
  /** Respiration, Hz: the HF part of the RR spectrum, and of the baseline. */
  respiration: number;
  normal: Shape;
  /** Ventricular foci; the first fires most often. */
  foci: Shape[];
  /** Fraction of the ventricular beats that are of the first focus. */
  mainFocus: number;
  atrial: Ectopy;
  ventricular: Ectopy;
  /** The pause after an atrial beat, in RR intervals. */
  reset: number;
  /** Fraction of the atrial beats that are conducted aberrantly, wide. */
  aberrant: number;
  /** The P wave of the atrial focus: factor on the amplitude, factor on the time before the R peak. */
  focusP: { amplitude: number; centre: number };
  /** One in this many beats is dropped, if the rhythm drops any. */
  dropEvery: number;
  noise: NoiseLevels;
}

/**
 * In mV: white noise; muscle noise and electrode motion, both in bursts; power line, respiration, drift, fibrillation.
 */
export interface NoiseLevels {
  white: number;
  muscle: number;
  motion: number;
  line: number;
  breath: number;
  drift: number;
  fibrillation: number;
}

/**
 * Draws a patient: rate, shapes of the waves, ventricular foci, occurrence of ectopic beats, noise levels.
 *
 * The ranges, here and in `shapes.ts`, are quantiles over the patients of MIT-BIH's DS1 (`npm run statistics -- --data
 * DIR`), with which those of patients drawn here are compared in docs/results.md. Not measured there: the power of the
 * RR spectrum below 0.04 Hz, LF at 0.1 Hz and HF at the respiratory frequency; and how ectopic beats mix within a
 * patient, which differs too much between the 22 of DS1.
 *
 * @see Task Force of ESC and NASPE, Circulation 93(5), 1996, for the RR spectrum
 */
export function drawPatient(kind: SyntheticKind, random: Random): Patient {
  const { rhythm, conduction } = KINDS[kind];
  const rr =
    rhythm === 'fibrillation' ? random.uniform(0.55, 0.85) : Math.min(Math.max(around(random, 0.8, 0.22), 0.52), 1.3);
  const normal = drawNormal(random, conduction);
  const [low, high] = extent(normal.qrs);
  const type = random.integer(3);
  const foci = random.uniform() < 0.45 ? 1 : 2 + random.integer(2);
  const fast = random.uniform(0.1, 0.55); // of the power is HF
  const slow = random.uniform(0.2, 0.6) * (1 - fast);
  const slowRuns = random.uniform() < 0.3; // of ventricular beats, as in an accelerated idioventricular rhythm
  return {
    rhythm,
    conduction,
    rr,
    rrDeviation: rr * Math.min(around(random, 0.06, 0.45), 0.12),
    powers: [slow, 1 - slow - fast, fast],
    respiration: random.uniform(0.2, 0.3),
    normal,
    foci: Array.from({ length: foci }, (_, i) => drawFocus(random, high - low, type + i)),
    mainFocus: random.uniform(0.7, 0.95),
    atrial: drawEctopy(random, [0.62, 0.9], random.uniform(0.55, 0.95), 0.7),
    ventricular: drawEctopy(random, [0.5, 0.88], slowRuns ? random.uniform(0.8, 1.1) : random.uniform(0.5, 0.8), 0.3),
    reset: random.uniform(1.03, 1.2),
    aberrant: random.uniform() < 0.2 ? random.uniform(0.2, 0.8) : 0,
    focusP: drawFocusP(random),
    dropEvery: 3 + random.integer(6),
    noise: {
      white: random.uniform(0.008, 0.015),
      muscle: around(random, 0.012, 0.4),
      motion: around(random, 0.03, 0.5),
      line: random.uniform(0, 0.006),
      breath: around(random, 0.04, 0.4),
      drift: around(random, 0.33, 0.5),
      fibrillation: random.uniform(0.02, 0.12),
    },
  };
}

/** Usually a P wave with its own shape; in every eighth patient none, as from the junction. */
function drawFocusP(random: Random): { amplitude: number; centre: number } {
  const sign = random.uniform() < 0.3 ? -1 : 1;
  const height = random.uniform() < 0.12 ? 0 : random.uniform(0.4, 1.4);
  return { amplitude: sign * height, centre: random.uniform(0.75, 1.1) };
}

function drawEctopy(random: Random, coupling: readonly [number, number], within: number, runs: number): Ectopy {
  const often = (chance: number, weight: number): number =>
    random.uniform() < chance ? random.uniform(0.1, weight) : 0;
  return {
    coupling: random.uniform(...coupling),
    deviation: random.uniform(0.02, 0.07),
    within,
    single: 1,
    couplet: often(0.5, 0.5),
    run: often(runs, 0.4),
    bigeminy: often(0.35, 0.3),
    trigeminy: often(0.3, 0.3),
    longer: random.uniform(1, 4) ** 2,
  };
}
