/** Beats of records, as many of each label as a word has. */
import { type BeatSet, extractBeats } from 'dynaecg/ecg';
import { makeRecord } from './records.ts';

/** One record for each name, with as many beats as `labels` has letters. */
export function beatsOf(names: readonly string[], labels = 'NNNNNNAAVV'): BeatSet {
  const samples = Float32Array.from({ length: labels.length + 2 }, (_, i) => i % 3);
  const annotations = [...labels].map((label, i) => [i + 1, label] as const);
  return extractBeats(
    names.map((name) => makeRecord(name, { MLII: samples }, annotations)),
    { length: 3 },
  );
}
