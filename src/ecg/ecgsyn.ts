import { exp, sin } from '../core/math.ts';
import type { Random } from '../core/random.ts';

const TURN = 2 * Math.PI;
const REACH = 4; // deviations beyond which a Gaussian is below 0.04 %
const MAIN_FOCUS = 0.7; // of the ventricular beats come from the first focus
const REFRACTORY = 0.34; // s; no ectopic beat follows sooner
/** A wave as a Gaussian in time relative to the R peak: amplitude in mV, centre and deviation in seconds. */
interface Wave {
  amplitude: number;
  centre: number;
  width: number;
}

/** A wave of a sinus beat on the limit cycle: amplitude in mV, angle and deviation in radians, R at 0. */
interface CyclicWave {
  amplitude: number;
  angle: number;
  width: number;
}

/**
 * What stays the same through a recording. The model and its source are described at `syntheticRecord`.
 */
export interface Patient {
  /** Mean RR interval, s. */
  rr: number;
  rrDeviation: number;
  /** Respiration, Hz: the HF part of the RR spectrum, and of the baseline. */
  respiration: number;
  /** P Q R S T. */
  waves: CyclicWave[];
  /** The waves of two ventricular foci, upright and inverted, of which the first fires more often. */
  foci: Wave[][];
  /** mV: white noise; muscle noise and electrode motion, both in bursts; power line, respiration, drift. */
  white: number;
  muscle: number;
  motion: number;
  line: number;
  breath: number;
  drift: number;
}

/** One beat of a recording, with the intervals that shape its waves. */
export interface Beat {
  /** Time of the R peak, s. */
  time: number;
  label: 'N' | 'A' | 'V';
  /** RR interval before it, s. */
  previous: number;
  /** RR interval of the sinus rhythm at this time, s. */
  sinus: number;
}

/** ECGSYN's default angles and widths (but a P wave of 0.2 for 0.25), amplitudes as in lead II, and their spread. */
const WAVES: readonly (CyclicWave & { spread: number })[] = [
  { angle: (-70 / 360) * TURN, amplitude: 0.16, width: 0.2, spread: 0.3 },
  { angle: (-15 / 360) * TURN, amplitude: -0.12, width: 0.1, spread: 0.6 },
  { angle: 0, amplitude: 1.1, width: 0.1, spread: 0.25 },
  { angle: (15 / 360) * TURN, amplitude: -0.25, width: 0.1, spread: 0.6 },
  { angle: (100 / 360) * TURN, amplitude: 0.3, width: 0.4, spread: 0.35 },
];

/** Draws a patient: rate, shapes of the waves, ventricular foci, levels of noise. */
export function drawPatient(random: Random): Patient {
  const rr = 60 / random.uniform(58, 95);
  // Every fourth patient conducts slowly, as in a bundle branch block: wide, and normal by AAMI's classes all the same.
  const conduction = random.uniform() < 0.25 ? random.uniform(1.4, 1.8) : random.uniform(0.85, 1.2);
  const waves = WAVES.map(({ angle, amplitude, width, spread }, i) => ({
    angle: angle * random.uniform(0.9, 1.1) * (isSlow(i) ? 1 : conduction),
    amplitude: amplitude * (1 + spread * random.uniform(-1, 1)),
    width: width * random.uniform(0.9, 1.1) * (isSlow(i) ? 1 : conduction),
  }));
  const upright = random.uniform() < 0.5;
  const narrow = (waves[2].width * Math.sqrt(rr)) / TURN; // of the R wave, s
  return {
    rr,
    rrDeviation: rr * random.uniform(0.03, 0.09),
    respiration: random.uniform(0.2, 0.3),
    waves,
    foci: [upright, !upright].map((up) => drawFocus(random, narrow, up)),
    white: random.uniform(0.01, 0.03),
    muscle: random.uniform(0.02, 0.07),
    motion: random.uniform(0.08, 0.22),
    line: random.uniform(0, 0.02),
    breath: random.uniform(0.02, 0.12),
    drift: random.uniform(0.05, 0.25),
  };
}

/** Whether the i-th of P Q R S T is one of the slow waves, P or T. */
function isSlow(i: number): boolean {
  return i === 0 || i === 4;
}

/** A main wave of either sign, wider than the R wave (`narrow`, s), then one against it and a T wave against it; no P. */
function drawFocus(random: Random, narrow: number, upright: boolean): Wave[] {
  const main = random.uniform(0.6, 1.5) * (upright ? 1 : -1);
  const width = Math.max(random.uniform(0.028, 0.045), 1.3 * narrow);
  return [
    { amplitude: main, centre: 0, width },
    { amplitude: -main * random.uniform(0.2, 0.5), centre: width * random.uniform(2, 2.6), width: width * 1.1 },
    { amplitude: -main * random.uniform(0.2, 0.4), centre: random.uniform(0.28, 0.34), width: 0.065 },
  ];
}

/** Lines of each of the two parts of the RR spectrum; ECGSYN draws their phases likewise, and sums them by an FFT. */
const LINES = 6;
const LF = { frequency: 0.1, deviation: 0.01, power: 1 / 3 }; // ECGSYN's defaults: LF/HF ratio 0.5
const HF = { deviation: 0.01, power: 2 / 3 };

/** RR interval of the sinus rhythm as a function of time, both in seconds. */
function rrProcess(patient: Patient, random: Random): (time: number) => number {
  const parts = [LF, { ...HF, frequency: patient.respiration }];
  const lines = parts.flatMap(({ frequency, deviation, power }) =>
    Array.from({ length: LINES }, () => ({
      frequency: random.normal(frequency, deviation),
      phase: random.uniform(0, TURN),
      amplitude: patient.rrDeviation * Math.sqrt((2 * power) / LINES),
    })),
  );
  return (time) => lines.reduce((rr, l) => rr + l.amplitude * sin(TURN * l.frequency * time + l.phase), patient.rr);
}

/** Draws the beats of `duration` seconds, of which the parts `s` and `v` are atrial and ventricular ectopic ones. */
export function drawBeats(patient: Patient, duration: number, s: number, v: number, random: Random): Beat[] {
  const sinusAt = rrProcess(patient, random);
  // A normal beat follows every ectopic one, so of the beats that may be ectopic more must be: e = p / (1 + p).
  const chance = 1 / (1 - s - v);
  const beats: Beat[] = [];
  let time = random.uniform(0.3, 0.9);
  let previous = patient.rr;
  while (time < duration) {
    const sinus = sinusAt(time);
    beats.push({ time, label: 'N', previous, sinus });
    const kind = random.uniform();
    previous = sinus;
    if (kind < s * chance) {
      const coupling = Math.max(REFRACTORY, sinus * random.uniform(0.6, 0.92));
      beats.push({ time: time + coupling, label: 'A', previous: coupling, sinus });
      previous = sinus * random.uniform(1, 1.06); // from the atrial beat, which has reset the sinus node
      time += coupling + previous;
    } else if (kind < (s + v) * chance) {
      const coupling = Math.max(REFRACTORY, sinus * random.uniform(0.5, 0.8));
      beats.push({ time: time + coupling, label: 'V', previous: coupling, sinus });
      const next = time + sinus + sinusAt(time + sinus); // where the sinus rhythm would have put the next beat but one
      previous = next - time - coupling;
      time = next;
    } else time += sinus;
  }
  return beats.filter((beat) => beat.time < duration);
}

/** Adds the waves of all beats to a signal in mV at `rate` Hz; each beat differs a little from the one before. */
export function addBeats(
  signal: Float64Array,
  rate: number,
  beats: readonly Beat[],
  patient: Patient,
  random: Random,
): void {
  for (const beat of beats) {
    const breath = 1 + 0.06 * sin(TURN * patient.respiration * beat.time);
    const waves =
      beat.label === 'V' ? patient.foci[random.uniform() < MAIN_FOCUS ? 0 : 1] : sinusWaves(beat, patient, random);
    for (const { amplitude, centre, width } of waves) {
      const height = amplitude * breath * random.normal(1, 0.05);
      const deviation = width * random.normal(1, 0.04);
      const middle = beat.time + centre;
      const first = Math.max(0, Math.ceil((middle - REACH * deviation) * rate));
      const last = Math.min(signal.length - 1, Math.floor((middle + REACH * deviation) * rate));
      for (let i = first; i <= last; i++) {
        const z = (i / rate - middle) / deviation;
        signal[i] += height * exp(-0.5 * z * z);
      }
    }
  }
}

/** The five waves in seconds: an angle theta lies theta / omega from the R peak, with ECGSYN's scaling by heart rate. */
function sinusWaves(beat: Beat, patient: Patient, random: Random): Wave[] {
  const omega = TURN / beat.sinus;
  const scale = Math.sqrt(1 / patient.rr); // hrfact of ECGSYN: the square root of beats per second
  const waves = patient.waves.map(({ amplitude, angle, width }, i) => {
    return {
      amplitude,
      centre: (angle * (isSlow(i) ? Math.sqrt(scale) : scale)) / omega,
      width: (width * scale) / omega,
    };
  });
  const [p, , , , t] = waves;
  t.centre *= Math.sqrt(Math.min(1, beat.previous / beat.sinus)); // Bazett: repolarisation shortens with the cycle
  p.centre *= random.uniform(0.95, 1.05);
  if (beat.label === 'A') alterP(p, random);
  return waves;
}

/** The P wave of an atrial focus: small and near the QRS complex, inverted, or early enough to merge with the T before. */
function alterP(p: Wave, random: Random): void {
  const kind = random.uniform();
  if (kind < 0.4) {
    p.centre *= random.uniform(0.65, 0.85);
    p.amplitude *= random.uniform(0.2, 0.7);
  } else if (kind < 0.65) {
    p.amplitude *= -random.uniform(0.4, 0.9);
  } else {
    p.centre *= random.uniform(1.15, 1.4);
    p.amplitude *= random.uniform(0.6, 1.1);
  }
}
