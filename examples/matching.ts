import { type EcgRecord, isBeat } from 'dynaecg/ecg';

/** One-to-one pairs of reference beats and detections. */
export interface Matching {
  /** By reference beat: the index of its detection, or -1 for a missed one. */
  detection: Int32Array;
  /** By detection: the index of its reference beat, or -1 for an invented one. */
  reference: Int32Array;
}

/**
 * Pairs reference beats with detections no farther away than `window`, the nearest pair first, each at most once.
 *
 * @param reference ascending sample indices
 * @param detected ascending sample indices
 * @param window samples
 */
export function matchBeats(reference: ArrayLike<number>, detected: ArrayLike<number>, window: number): Matching {
  const pairs: { r: number; d: number; distance: number }[] = [];
  let start = 0;
  for (let r = 0; r < reference.length; r++) {
    while (start < detected.length && detected[start] < reference[r] - window) start++;
    for (let d = start; d < detected.length && detected[d] <= reference[r] + window; d++)
      pairs.push({ r, d, distance: Math.abs(detected[d] - reference[r]) });
  }
  pairs.sort((a, b) => a.distance - b.distance);
  const matching = {
    detection: new Int32Array(reference.length).fill(-1),
    reference: new Int32Array(detected.length).fill(-1),
  };
  for (const { r, d } of pairs)
    if (matching.detection[r] < 0 && matching.reference[d] < 0) {
      matching.detection[r] = d;
      matching.reference[d] = r;
    }
  return matching;
}

/** Beats found, missed and invented. */
export interface Counts {
  found: number;
  missed: number;
  invented: number;
}

const WINDOW = 0.15; // s, EC57's

/** What counts. */
export interface Counted {
  /** s; what comes before does not count. */
  from?: number;
  /** Whether what lies in ventricular flutter or fibrillation counts, from `[` to `]`, where no beats are annotated. */
  flutter?: boolean;
}

/**
 * Compares detections with the annotated beats of a record: pairs within 150 ms, as ANSI/AAMI EC57 has it. A pair counts
 * where its annotation does, an invented beat where it is.
 */
export function countBeats(
  record: EcgRecord,
  detected: ArrayLike<number>,
  { from = 0, flutter = true }: Counted = {},
): Counts {
  const { annotations, samplingFrequency } = record;
  const beats = annotations.filter(({ label }) => isBeat(label)).map(({ sample }) => sample);
  const ends = annotations.filter(({ label }) => label === '[' || label === ']');
  const counts = (sample: number): boolean =>
    sample >= from * samplingFrequency && (flutter || ends.filter((a) => a.sample <= sample).at(-1)?.label !== '[');
  const { detection, reference } = matchBeats(beats, detected, WINDOW * samplingFrequency);
  const result = { found: 0, missed: 0, invented: 0 };
  detection.forEach((d, r) => {
    if (counts(beats[r])) result[d < 0 ? 'missed' : 'found']++;
  });
  reference.forEach((r, d) => {
    if (r < 0 && counts(detected[d])) result.invented++;
  });
  return result;
}

/** Distances of the detections from the beats that they were paired with, in samples; positive for a late one. */
export function offsets(record: EcgRecord, detected: ArrayLike<number>): number[] {
  const beats = record.annotations.filter(({ label }) => isBeat(label)).map(({ sample }) => sample);
  const { detection } = matchBeats(beats, detected, WINDOW * record.samplingFrequency);
  return Array.from(detection, (d, r) => (d < 0 ? Number.NaN : detected[d] - beats[r])).filter((o) => !Number.isNaN(o));
}

/** Gross counts: the sums. */
export function sumCounts(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (sum, c) => ({
      found: sum.found + c.found,
      missed: sum.missed + c.missed,
      invented: sum.invented + c.invented,
    }),
    { found: 0, missed: 0, invented: 0 },
  );
}

/** Part of the beats that were found. */
export const sensitivity = ({ found, missed }: Counts): number => found / (found + missed);

/** Part of the detections that are beats. */
export const predictivity = ({ found, invented }: Counts): number => found / (found + invented);
