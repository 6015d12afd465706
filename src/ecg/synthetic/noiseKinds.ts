import { tanh } from '../../core/math.ts';
import type { Random } from '../../core/random.ts';

/** Kinds of noise that `addNoise` makes, like those of the MIT-BIH Noise Stress Test Database. */
export const NOISE_KINDS = ['wander', 'muscle', 'motion'] as const;

/** One of `NOISE_KINDS`. */
export type NoiseKind = (typeof NOISE_KINDS)[number];

const TURN = 2 * Math.PI;
const WANDER = [0.05, 0.5] as const; // Hz; the database's own was high-passed at 0.05 Hz
const MUSCLE = 15; // Hz, from which the spectrum of muscle noise is flat
const EFFORT = 0.5; // Hz: how quickly the strength of muscle noise changes
const PUSHES = 2.5; // movements of the electrode per second
const SETTLING = [0.02, 0.05, 0.15] as const; // s that deflections take to rise, and twice that to fall
const IN_MOTION = { wander: 0.5, muscle: 0.15 }; // of the deflections' deviation: the database's record em has both

/** A first-order low-pass filter; `next` takes a sample and returns the filtered one. */
function lowPass(cutoff: number, rate: number): (v: number) => number {
  const step = Math.min(1, (TURN * cutoff) / rate);
  let state = 0;
  return (v) => {
    state += step * (v - state);
    return state;
  };
}

/** Baseline wander: Gaussian noise from 0.05 to 0.5 Hz. */
function wander(n: number, rate: number, random: Random): Float64Array {
  const [slow, once, twice] = [WANDER[0], WANDER[1], WANDER[1]].map((cutoff) => lowPass(cutoff, rate));
  return unit(
    Float64Array.from({ length: n }, () => {
      const v = twice(once(random.normal()));
      return v - slow(v);
    }),
  );
}

/** Muscle noise: Gaussian noise above 15 Hz, whose strength varies from second to second. */
function muscle(n: number, rate: number, random: Random): Float64Array {
  const low = lowPass(MUSCLE, rate);
  const effort = lowPass(EFFORT, rate);
  const deviation = Math.sqrt((TURN * EFFORT) / rate / 2); // of a filtered unit deviate
  return unit(
    Float64Array.from({ length: n }, () => {
      const v = random.normal();
      return (v - low(v)) * (1 + 0.4 * tanh(effort(random.normal()) / deviation));
    }),
  );
}

/** Electrode motion: deflections of either sign at random times, as wide as P waves, QRS complexes and T waves are. */
function motion(n: number, rate: number, random: Random): Float64Array {
  const shapes = SETTLING.map((s) => [lowPass(1 / (TURN * s), rate), lowPass(1 / (2 * TURN * s), rate)]);
  const sum = Float64Array.from({ length: n }, () => {
    const push = random.uniform() < PUSHES / rate ? random.normal() : 0;
    const pushed = push === 0 ? -1 : random.integer(shapes.length);
    return shapes.reduce((v, [rise, fall], k) => v + fall(rise(k === pushed ? push * SETTLING[k] * rate : 0)), 0);
  });
  const deflections = unit(sum);
  const [slow, fast] = [wander(n, rate, random), muscle(n, rate, random)];
  return unit(deflections.map((v, i) => v + IN_MOTION.wander * slow[i] + IN_MOTION.muscle * fast[i]));
}

/** Divided by its root mean square. */
function unit(x: Float64Array): Float64Array {
  const power = x.reduce((sum, v) => sum + v * v, 0) / x.length;
  return power > 0 ? x.map((v) => v / Math.sqrt(power)) : x;
}

const MAKERS = { wander, muscle, motion };

/** Noise of `n` samples, with a mean square of 1. */
export function makeNoise(kind: NoiseKind, n: number, rate: number, random: Random): Float64Array {
  return MAKERS[kind](n, rate, random);
}
