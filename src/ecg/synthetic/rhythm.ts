import { exp, sin } from '../../core/math.ts';
import type { Random } from '../../core/random.ts';
import { type Episode, Episodes } from './episodes.ts';
import type { Patient } from './patient.ts';

const TURN = 2 * Math.PI;
const REFRACTORY = 0.3; // s; no beat follows earlier
const COMPENSATED = 0.7; // RR intervals after a ventricular beat in which the next sinus beat is not conducted
const LINES = 6; // spectral lines per part of the RR spectrum; ECGSYN also draws their phases, and sums them by an FFT

/** One beat of a recording, with the intervals that determine its waves. */
export interface Beat {
  /** Time of the R peak, s. */
  time: number;
  label: 'N' | 'L' | 'R' | 'A' | 'a' | 'V';
  /** RR interval before it, s. */
  previous: number;
  /** RR interval of the rhythm at this time, s. */
  sinus: number;
  /** The rhythm that it belongs to, in MIT-BIH's notation. */
  rhythm: string;
}

/** The beats of a recording. */
export interface Rhythm {
  beats: Beat[];
  /** Times, s, of P waves that are not followed by a QRS complex. */
  blocked: number[];
}

/** RR interval of the rhythm as a function of time, both in seconds. */
function rrProcess(
  { rhythm, rr, rrDeviation, powers, respiration }: Patient,
  random: Random,
): (time: number) => number {
  if (rhythm === 'fibrillation') {
    const spread = random.uniform(0.18, 0.34);
    let last = 0;
    return () => {
      last = 0.15 * last + random.normal(0, spread);
      return Math.max(1.15 * REFRACTORY, rr * exp(last));
    };
  }
  const parts = [
    { frequency: 0.02, deviation: 0.01 },
    { frequency: 0.1, deviation: 0.01 },
    { frequency: respiration, deviation: 0.01 },
  ];
  const lines = parts.flatMap(({ frequency, deviation }, i) =>
    Array.from({ length: LINES }, () => ({
      frequency: random.normal(frequency, deviation),
      phase: random.uniform(0, TURN),
      amplitude: rrDeviation * Math.sqrt((2 * powers[i]) / LINES),
    })),
  );
  return (time) =>
    Math.max(
      REFRACTORY,
      lines.reduce((sum, l) => sum + l.amplitude * sin(TURN * l.frequency * time + l.phase), rr),
    );
}

/**
 * Draws the beats of `duration` seconds, of which the fractions `s` and `v` are atrial and ventricular ectopic ones.
 */
export function drawRhythm(patient: Patient, duration: number, s: number, v: number, random: Random): Rhythm {
  const { atrial, ventricular, conduction, dropEvery } = patient;
  const rrAt = rrProcess(patient, random.fork('intervals'));
  const episodes = new Episodes(atrial, s, ventricular, v);
  const label = conduction === 'left' ? 'L' : conduction === 'right' ? 'R' : 'N';
  const basic = patient.rhythm === 'fibrillation' ? '(AFIB' : patient.rhythm === 'dropped' ? '(BII' : '(N';
  const beats: Beat[] = [];
  const blocked: number[] = [];
  let time = random.uniform(0.3, 0.9);
  let previous = patient.rr;
  let next = time; // time of the rhythm's next beat

  const normal = (rhythm = basic): void => {
    time = next;
    const sinus = rrAt(time);
    beats.push({ time, label, previous, sinus, rhythm });
    episodes.count('n');
    previous = sinus;
    next = time + sinus;
  };
  /** Adds ectopic beats one after another, and sets when the rhythm resumes after them. */
  const ectopic = (kind: 's' | 'v', count: number, rhythm: string): void => {
    const own = kind === 's' ? atrial : ventricular;
    const usual = patient.rhythm === 'fibrillation' ? patient.rr : next - time;
    for (let i = 0; i < count; i++) {
      const mean = i === 0 ? own.coupling : own.within;
      const coupling = Math.max(REFRACTORY, usual * random.normal(mean, own.deviation));
      time += coupling;
      const wide = kind === 's' && random.uniform() < patient.aberrant;
      beats.push({ time, label: kind === 'v' ? 'V' : wide ? 'a' : 'A', previous: coupling, sinus: usual, rhythm });
      episodes.count(kind);
    }
    if (kind === 's') next = time + usual * Math.max(0.95, random.normal(patient.reset, 0.05));
    else if (patient.rhythm === 'fibrillation') next = time + usual * random.uniform(0.9, 1.5);
    // The sinus node continues; its beats while the ventricles are refractory are not conducted.
    else
      while (next < time + COMPENSATED * usual) {
        blocked.push(next);
        next += rrAt(next);
      }
    previous = next - time;
  };

  let conducted = 0;
  while (time < duration) {
    normal();
    const episode: Episode | null = episodes.draw(random);
    if (episode) {
      const { kind, count, times, between } = episode;
      const rhythm = times > 1 ? (between > 1 ? '(T' : '(B') : count > 2 ? (kind === 's' ? '(SVTA' : '(VT') : basic;
      for (let i = 0; i < times; i++) {
        if (i > 0) for (let n = 0; n < between; n++) normal(rhythm);
        ectopic(kind, count, rhythm);
      }
      conducted = 0;
    } else if (patient.rhythm === 'dropped' && ++conducted >= dropEvery) {
      conducted = 0;
      if (random.uniform() < 0.5) continue;
      blocked.push(next);
      next += rrAt(next);
      previous = next - time;
    }
  }
  return { beats: beats.filter((beat) => beat.time < duration), blocked };
}
