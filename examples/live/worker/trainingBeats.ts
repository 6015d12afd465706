import { type Dataset, type Random, Dataset as Samples, tensor } from 'dynaecg';
import { beatTiming, extractBeats, intraPatientSplit, syntheticRecords, type TimingFeature } from 'dynaecg/ecg';

const PATIENTS = 12;
const SECONDS = 90; // of each: enough for the rarest class, a second of computation
const PER_CLASS = 100; // beats on either side, more of which would be a cloud without points
const WINDOW = { length: 192, before: 120 } as const; // 0.53 s, at the rate of synthetic recordings
const TIMING: readonly TimingFeature[] = ['previous', 'change', 'rate', 'irregularity'];

/** Beats of synthetic patients, as many of each class. */
export interface Beats {
  classes: readonly string[];
  patients: number;
  training: Dataset;
  heldOut: Dataset;
  /** the patient of each training beat */
  groups: Int32Array;
  /** what a model's file says of its input */
  about: Record<string, unknown>;
}

/** Beats to learn from and others to judge by, of the same patients, as in the paper's Table 1. */
export function trainingBeats(seed: string, random: Random): Beats {
  const { records } = syntheticRecords({ seed, patients: PATIENTS, duration: SECONDS });
  const beats = extractBeats(records, WINDOW);
  const { labels, length, classes, samplingFrequency, normalize, units } = beats;
  const timing = beatTiming(records, beats, { features: TIMING });
  const all = new Samples({
    x: tensor(beats.x, [labels.length, length]),
    context: tensor(timing.x, [labels.length, TIMING.length]),
    labels,
  });
  const split = intraPatientSplit(beats, { random });
  const drawn = [split.train, split.test].map((side) => classes.flatMap((_, k) => some(side, labels, k)));
  return {
    classes,
    patients: PATIENTS,
    training: all.take(drawn[0]),
    heldOut: all.take(drawn[1]),
    groups: Int32Array.from(drawn[0], (i) => beats.record[i]),
    about: {
      classes,
      samplingFrequency,
      window: { ...WINDOW, normalize, lead: 'MLII', units },
      timing: TIMING,
      trainedOn: `${PATIENTS} synthetic recordings of ${SECONDS} s, seed ${seed}`,
    },
  };
}

/** The first beats of a class, evenly from all patients, since the split's positions ascend. */
function some(side: Int32Array, labels: Int32Array, k: number): number[] {
  const own = Array.from(side).filter((i) => labels[i] === k);
  const n = Math.min(PER_CLASS, own.length);
  return Array.from({ length: n }, (_, i) => own[Math.floor((i * own.length) / n)]);
}
