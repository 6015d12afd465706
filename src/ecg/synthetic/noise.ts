import { sin } from '../../core/math.ts';
import type { Random } from '../../core/random.ts';
import type { Patient } from './patient.ts';

const TURN = 2 * Math.PI;
const DRIFTS = 4; // number of sinusoids in the baseline drift
const BURST = 0.4; // s, rise and fall time of bursts
const CUTOFF = 4; // Hz: electrode motion is noise below it, where P and T waves are
const F_WAVES = [5, 8] as const; // Hz of the waves of atrial fibrillation: Bollmann et al., Europace 8(11), 2006

/**
 * White noise, bursts of muscle noise and electrode motion, the power line, respiration and drift of the baseline, f
 * waves.
 */
export function addPatientNoise(
  signal: Float64Array,
  rate: number,
  { noise, respiration, rhythm }: Patient,
  factor: number,
  random: Random,
): void {
  const sine = (frequency: number, amplitude: number): void => {
    const phase = random.uniform(0, TURN);
    for (let i = 0; i < signal.length; i++) signal[i] += amplitude * sin((TURN * frequency * i) / rate + phase);
  };
  sine(60, factor * noise.line);
  sine(respiration, factor * noise.breath);
  for (let i = 0; i < DRIFTS; i++) sine(random.uniform(0.005, 0.1), (factor * noise.drift) / DRIFTS);
  if (rhythm === 'fibrillation') for (let i = 0; i < 3; i++) sine(random.uniform(...F_WAVES), noise.fibrillation / 2); // beating of three sinusoids
  const step = (TURN * CUTOFF) / rate;
  const scale = Math.sqrt(4 / step); // compensates the deviation lost in two such filters in a row
  let target = 0;
  let burst = 0;
  let before = 0;
  let push = 0;
  let motion = 0;
  for (let i = 0; i < signal.length; i++) {
    if (i % rate === 0 && random.uniform() < 0.4) target = random.uniform() < 0.6 ? 0 : 2 * random.uniform();
    burst += (target - burst) / (BURST * rate);
    const muscle = random.normal(0, noise.muscle * burst);
    push += step * (random.normal(0, noise.motion * (0.3 + burst) * scale) - push);
    motion += step * (push - motion);
    signal[i] += factor * (random.normal(0, noise.white) + muscle - 0.6 * before + motion);
    before = muscle;
  }
}
