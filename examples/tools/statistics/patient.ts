import type { EcgRecord } from 'dynaecg/ecg';
import { noiseOf } from './noise.ts';
import { deviation, median } from './quantiles.ts';
import { type Marked, recordingOf } from './recording.ts';
import { coupling, intervals, isFibrillation, patterns } from './rhythms.ts';
import { shapeOf } from './shapes.ts';

const LEAST = 5; // ectopic beats of a record for its patterns to be measured

/** What is measured of every recording, in the order of the table, with the digits that are printed. */
export const STATISTICS = {
  'QRS width of N, ms': 0,
  'QRS width of L and R, ms': 0,
  'QRS width of S, ms': 0,
  'QRS width of V, ms': 0,
  'QRS height of N, mV': 2,
  'QRS height of V, mV': 2,
  'highest of N, mV': 2,
  'lowest of N, mV': 2,
  'P wave of N, mV': 2,
  'P wave of N in fibrillation, mV': 2,
  'P wave of S, mV': 2,
  'P wave of V, mV': 2,
  'T wave of N, mV': 2,
  'T wave of V by QRS height': 2,
  'variation of N': 3,
  'V unlike their median': 2,
  'noise, mV': 4,
  'slow noise, mV': 4,
  'wander, mV': 3,
  'step of the baseline, mV': 3,
  'RR, s': 2,
  'RR deviation / mean': 3,
  'RR successive difference / mean': 3,
  'RR correlation of successive': 2,
  'RR deviation / mean, fibrillation': 3,
  'RR correlation, fibrillation': 2,
  'interval before S / RR': 2,
  'its deviation, S': 3,
  'interval after S / RR': 2,
  'interval before V / RR': 2,
  'its deviation, V': 3,
  'interval after V / RR': 2,
  'both intervals of V / RR': 2,
  'S in couplets': 2,
  'S in runs': 2,
  'S every second or third': 2,
  'V in couplets': 2,
  'V in runs': 2,
  'V every second or third': 2,
  'share of S': 3,
  'share of V': 3,
  'share of fibrillation': 2,
  'share of L and R': 2,
} as const;

export type Statistic = keyof typeof STATISTICS;
export type PatientStatistics = Record<Statistic, number>;

/** The statistics of one recording; NaN for what it has too few beats of. */
export function statisticsOf(record: EcgRecord): PatientStatistics {
  const recording = recordingOf(record);
  const { beats } = recording;
  const share = (of: (b: Marked) => boolean): number => beats.filter(of).length / beats.length;
  const shape = (of: (b: Marked) => boolean) => shapeOf(recording, beats.filter(of));
  const blocked = ({ label }: Marked): boolean => label === 'L' || label === 'R';
  const plain = (b: Marked): boolean => b.kind === 'N' && !blocked(b);
  const [n, block, s, v] = [
    shape((b) => plain(b) && !isFibrillation(b.rhythm)) ?? shape(plain),
    shape(blocked),
    shape((b) => b.kind === 'S'),
    shape((b) => b.kind === 'V'),
  ];
  const fibrillating = shape((b) => plain(b) && isFibrillation(b.rhythm));
  const noise = noiseOf(recording);
  const [regular, irregular] = [intervals(recording), intervals(recording, true)];
  const [atrial, ventricular] = ['S', 'V'].map((kind) => {
    const { before, after } = coupling(recording, kind);
    const { beats: count, ...parts } = patterns(recording, kind);
    const enough = count >= LEAST;
    const of = (value: number, some = enough): number => (some ? value : Number.NaN);
    const single = before.length >= LEAST;
    return {
      before: of(median(before), single),
      deviation: of(deviation(before), single),
      after: of(median(after), single),
      both: of(median(before.map((b, i) => b + after[i])), single),
      couplets: of(parts.couplets),
      runs: of(parts.runs),
      repeated: of(parts.bigeminy + parts.trigeminy),
    };
  });
  const missing = Number.NaN;
  return {
    'QRS width of N, ms': n?.width ?? missing,
    'QRS width of L and R, ms': block?.width ?? missing,
    'QRS width of S, ms': s?.width ?? missing,
    'QRS width of V, ms': v?.width ?? missing,
    'QRS height of N, mV': n?.height ?? missing,
    'QRS height of V, mV': v?.height ?? missing,
    'highest of N, mV': n?.up ?? missing,
    'lowest of N, mV': n?.down ?? missing,
    'P wave of N, mV': (share((b) => isFibrillation(b.rhythm)) < 0.5 ? n?.p : missing) ?? missing,
    'P wave of N in fibrillation, mV': fibrillating?.p ?? missing,
    'P wave of S, mV': s?.p ?? missing,
    'P wave of V, mV': v?.p ?? missing,
    'T wave of N, mV': n?.t ?? missing,
    'T wave of V by QRS height': v ? v.t / v.height : missing,
    'variation of N': n?.variation ?? missing,
    'V unlike their median': v?.others ?? missing,
    'noise, mV': noise.fast,
    'slow noise, mV': noise.slow,
    'wander, mV': noise.wander,
    'step of the baseline, mV': noise.step,
    'RR, s': Number.isNaN(regular.rr) ? irregular.rr : regular.rr,
    'RR deviation / mean': regular.spread,
    'RR successive difference / mean': regular.successive,
    'RR correlation of successive': regular.correlation,
    'RR deviation / mean, fibrillation': irregular.spread,
    'RR correlation, fibrillation': irregular.correlation,
    'interval before S / RR': atrial.before,
    'its deviation, S': atrial.deviation,
    'interval after S / RR': atrial.after,
    'interval before V / RR': ventricular.before,
    'its deviation, V': ventricular.deviation,
    'interval after V / RR': ventricular.after,
    'both intervals of V / RR': ventricular.both,
    'S in couplets': atrial.couplets,
    'S in runs': atrial.runs,
    'S every second or third': atrial.repeated,
    'V in couplets': ventricular.couplets,
    'V in runs': ventricular.runs,
    'V every second or third': ventricular.repeated,
    'share of S': share((b) => b.kind === 'S'),
    'share of V': share((b) => b.kind === 'V'),
    'share of fibrillation': share((b) => isFibrillation(b.rhythm)),
    'share of L and R': share(blocked),
  };
}

/** The values of one statistic, of those patients who have it. */
export function valuesOf(patients: readonly PatientStatistics[], name: Statistic): number[] {
  return patients.map((p) => p[name]).filter((value) => !Number.isNaN(value));
}
