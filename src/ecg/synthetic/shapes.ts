import { exp } from '../../core/math.ts';
import type { Random } from '../../core/random.ts';

/** A wave as a Gaussian in time relative to the R peak: amplitude in mV, centre and deviation in seconds. */
export interface Wave {
  amplitude: number;
  centre: number;
  width: number;
}

/** The waves of a beat: the QRS complex, and the slow waves before and after it. */
export interface Shape {
  p: Wave;
  qrs: Wave[];
  t: Wave[];
}

/** A log-normal number: `median` times a factor that is as often 1/f as f. */
export function around(random: Random, median: number, spread: number): number {
  return median * exp(random.normal(0, spread));
}

/** The waves of a patient's normal beats. */
export function drawNormal(random: Random, conduction: 'normal' | 'right' | 'left'): Shape {
  const height = Math.min(Math.max(around(random, 1.9, 0.35), 0.7), 3.8);
  const qrs = { normal: narrow, right: rightBlock, left: leftBlock }[conduction](random);
  const slow = conduction === 'normal' ? 0.17 : 0.19;
  const against = conduction === 'left' ? -Math.sign(qrs[0].amplitude) : random.uniform() < 0.7 ? 1 : -1;
  const t = against * (against > 0 ? random.uniform(0.08, 0.5) : random.uniform(0.08, 0.32));
  return {
    p: {
      amplitude: random.uniform(0.05, 0.24),
      centre: -random.uniform(slow - 0.04, slow + 0.03),
      width: random.uniform(0.015, 0.024),
    },
    qrs: scaled(qrs, height),
    t: tWave(random, t, random.uniform(0.25, 0.32), random.uniform(0.035, 0.055)),
  };
}

/** qR, Rs or, in every eighth patient, rS. */
function narrow(random: Random): Wave[] {
  const width = random.uniform() < 0.25 ? random.uniform(0.012, 0.018) : random.uniform(0.0075, 0.012);
  const deep = random.uniform() < 0.12;
  const waves = [
    { amplitude: deep ? random.uniform(0.2, 0.45) : 1, centre: 0, width },
    { amplitude: -random.uniform(0, 0.15), centre: -2.6 * width, width: 0.8 * width },
    {
      amplitude: deep ? -1 : -random.uniform(0, 1) * random.uniform(0, 0.75),
      centre: random.uniform(2.2, 3.2) * width,
      width: random.uniform(0.8, 1.3) * width,
    },
  ];
  return deep ? about(waves, 2) : waves;
}

/** An R wave, and the late, broad wave of the right ventricle, which is usually an S wave in lead II. */
function rightBlock(random: Random): Wave[] {
  const width = random.uniform(0.009, 0.015);
  return [
    { amplitude: 1, centre: 0, width },
    { amplitude: -random.uniform(0, 0.15), centre: -2.6 * width, width: 0.8 * width },
    {
      amplitude: random.uniform() < 0.8 ? -random.uniform(0.15, 0.9) : random.uniform(0.15, 0.5),
      centre: width + random.uniform(0.025, 0.04),
      width: random.uniform(0.014, 0.022),
    },
  ];
}

/** Broad and notched, upright or, in every third patient, inverted. */
function leftBlock(random: Random): Wave[] {
  const sign = random.uniform() < 0.67 ? 1 : -1;
  const width = random.uniform(0.016, 0.022);
  return [
    { amplitude: sign, centre: 0, width },
    { amplitude: sign * random.uniform(0.3, 0.8), centre: -random.uniform(1.6, 2.4) * width, width },
    { amplitude: -sign * random.uniform(0, 0.4), centre: random.uniform(2.4, 3) * width, width: 1.2 * width },
  ];
}

/**
 * A ventricular focus: upright, downward after a small r, or R and S of similar size; broad, with a steady transition
 * to an opposite T wave. `height` is that of the patient's normal QRS complex, in mV.
 */
export function drawFocus(random: Random, height: number, type: number): Shape {
  const width = Math.min(Math.max(around(random, 0.0178, 0.35), 0.011), 0.04);
  const sign = type % 3 === 0 ? 1 : -1;
  const shoulder = random.uniform(0, 0.7);
  const waves =
    type % 3 === 2
      ? [
          { amplitude: 1, centre: 0, width: 0.8 * width },
          { amplitude: -random.uniform(0.5, 1.2), centre: random.uniform(1.8, 2.4) * width, width },
          { amplitude: -random.uniform(0, 0.5), centre: random.uniform(3.5, 4.5) * width, width },
        ]
      : [
          { amplitude: sign, centre: 0, width },
          {
            amplitude: sign * shoulder,
            centre: random.uniform(1.4, 2.4) * width * (random.uniform() < 0.6 ? 1 : -1),
            width,
          },
          { amplitude: -sign * random.uniform(0, 0.35), centre: -random.uniform(2, 2.8) * width, width: 0.5 * width },
          { amplitude: -sign * random.uniform(0, 0.3), centre: random.uniform(3.4, 4.2) * width, width },
        ];
  const flipped =
    type % 3 === 2 && random.uniform() < 0.2 ? waves.map((w) => ({ ...w, amplitude: -w.amplitude })) : waves;
  const qrs = scaled(flipped, Math.min(Math.max(height * around(random, 1, 0.35), 0.6), 4.2));
  const area = qrs.reduce((sum, w) => sum + w.amplitude * w.width, 0);
  const tall = Math.max(...qrs.map((w) => Math.abs(w.amplitude)));
  const t = -Math.sign(area) * tall * random.uniform(0.15, 0.6);
  return {
    p: { amplitude: 0, centre: -0.16, width: 0.02 },
    qrs,
    t: tWave(random, t, random.uniform(0.27, 0.34), random.uniform(0.045, 0.065)),
  };
}

/** The T wave: a slow rise and a faster fall. */
function tWave(random: Random, amplitude: number, centre: number, width: number): Wave[] {
  const early = random.uniform(0.25, 0.6);
  return [
    { amplitude: amplitude * early, centre: centre - random.uniform(1.6, 2.2) * width, width: 1.4 * width },
    { amplitude: amplitude * (1 - 0.3 * early), centre, width },
  ];
}

/** The same waves, with the i-th at the R peak. */
function about(waves: readonly Wave[], i: number): Wave[] {
  return waves.map((w) => ({ ...w, centre: w.centre - waves[i].centre }));
}

/** The same waves, scaled to `height` mV from the lowest to the highest sample of their sum. */
function scaled(waves: readonly Wave[], height: number): Wave[] {
  const [low, high] = extent(waves);
  return waves.map((w) => ({ ...w, amplitude: (w.amplitude * height) / (high - low) }));
}

/** The lowest and the highest value of the sum of the waves, or 0. */
export function extent(waves: readonly Wave[]): [low: number, high: number] {
  let [low, high] = [0, 0];
  for (let t = -0.15; t <= 0.15; t += 1 / 360) {
    const value = waves.reduce((sum, w) => sum + w.amplitude * exp(-0.5 * ((t - w.centre) / w.width) ** 2), 0);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
