import { exp, sin } from '../../core/math.ts';
import type { Random } from '../../core/random.ts';
import type { Patient } from './patient.ts';
import type { Beat, Rhythm } from './rhythm.ts';
import type { Shape, Wave } from './shapes.ts';

const TURN = 2 * Math.PI;
const REACH = 4; // deviations beyond which a Gaussian is below 0.04 %

/** Adds the waves of all beats to a signal in mV at `rate` Hz; each beat differs slightly from the previous one. */
export function addBeats(
  signal: Float64Array,
  rate: number,
  { beats, blocked }: Rhythm,
  patient: Patient,
  random: Random,
): void {
  for (const beat of beats) {
    const breath = random.normal(1, 0.03) * (1 + 0.05 * sin(TURN * patient.respiration * beat.time));
    const { p, qrs, t } = shapeOf(beat, patient, random);
    for (const wave of [p, ...qrs, ...t]) {
      const amplitude = wave.amplitude * breath * random.normal(1, 0.04);
      add(signal, rate, { amplitude, centre: beat.time + wave.centre, width: wave.width * random.normal(1, 0.04) });
    }
  }
  for (const time of blocked) {
    const { p } = patient.normal;
    add(signal, rate, { ...p, centre: time + p.centre });
  }
}

function add(signal: Float64Array, rate: number, { amplitude, centre, width }: Wave): void {
  const first = Math.max(0, Math.ceil((centre - REACH * width) * rate));
  const last = Math.min(signal.length - 1, Math.floor((centre + REACH * width) * rate));
  for (let i = first; i <= last; i++) {
    const z = (i / rate - centre) / width;
    signal[i] += amplitude * exp(-0.5 * z * z);
  }
}

/** The waves of a beat. By Bazett's formula repolarisation shortens with the square root of the previous interval. */
function shapeOf(beat: Beat, patient: Patient, random: Random): Shape {
  const { label, previous, sinus } = beat;
  const shorter = Math.sqrt(0.7 * sinus + 0.3 * Math.min(previous, 1.2 * sinus));
  const later = (t: Wave[], factor: number): Wave[] =>
    t.map((w) => ({ ...w, centre: w.centre * factor, width: w.width * factor }));
  if (label === 'V') {
    const { foci, mainFocus } = patient;
    const which = foci.length === 1 || random.uniform() < mainFocus ? 0 : 1 + random.integer(foci.length - 1);
    const { p, qrs, t } = foci[which];
    return { p, qrs, t: later(t, Math.min(1.1, Math.max(0.85, shorter))) };
  }
  const { p, qrs, t } = patient.normal;
  const atrial = label === 'A' || label === 'a';
  const amplitude = patient.rhythm === 'fibrillation' ? 0 : p.amplitude * (atrial ? patient.focusP.amplitude : 1);
  const centre = p.centre * (atrial ? patient.focusP.centre : 1) * random.uniform(0.97, 1.03);
  return { p: { ...p, amplitude, centre }, qrs: label === 'a' ? aberrant(qrs) : qrs, t: later(t, shorter) };
}

/** An aberrantly conducted QRS complex: lower, slower, with a late wave. */
function aberrant(qrs: readonly Wave[]): Wave[] {
  const [r, ...others] = qrs;
  const late = { amplitude: -0.4 * r.amplitude, centre: 3.5 * r.width, width: 1.6 * r.width };
  return [{ ...r, amplitude: 0.8 * r.amplitude, width: 1.4 * r.width }, ...others, late];
}
