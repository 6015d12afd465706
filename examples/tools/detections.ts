import { type BeatComparison, compareBeats, type EcgRecord } from 'dynaecg/ecg';

/** What counts. */
export interface Counted {
  /** s; what comes before does not count */
  start?: number;
  /** whether detections in ventricular flutter or fibrillation count, from `[` to `]`, where no beats are annotated */
  flutter?: boolean;
}

/** Compares detected beats with the annotated ones of a record, after EC57. */
export function compareDetections(
  { annotations, samplingFrequency, leads }: EcgRecord,
  detected: Int32Array,
  { start = 0, flutter = false }: Counted = {},
): BeatComparison {
  const reference = flutter ? annotations.filter(({ label }) => label !== '[' && label !== ']') : annotations;
  const test = Array.from(detected, (sample) => ({ sample, label: 'N', subtype: 0, channel: 0, num: 0, aux: '' }));
  const end = Math.max(leads[0].samples.length / samplingFrequency, start); // of a short record nothing counts
  return compareBeats(reference, test, { samplingFrequency, start, end });
}

/** Distances of detections from the annotations that they were compared with, in samples. */
export function distances({ pairs }: BeatComparison): number[] {
  return pairs.flatMap(({ reference, test }) => (reference && test ? [Math.abs(test.sample - reference.sample)] : []));
}
