/** Recordings in which every window shows where it comes from. */
import type { BeatSet } from 'dynaecg/ecg';
import { makeRecord } from './records.ts';

const ramp = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);

/** A record with a beat at every sample, the classes in turn. */
export const full = (name: string, n: number, labels = 'NAV') =>
  makeRecord(
    name,
    { MLII: ramp(n) },
    Array.from({ length: n }, (_, i) => [i, labels[i % labels.length]] as const),
  );
export const startsOf = (beats: BeatSet, indices: Int32Array, record = 0): number[] =>
  [...indices].filter((i) => beats.record[i] === record).map((i) => beats.sample[i] - beats.before);
export const from = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Pairs of a training and a test window of one record that share a sample, by comparing all with all. */
export function sharing(beats: BeatSet, train: Int32Array, tested: Int32Array): number {
  const samplesOf = (i: number) => new Set(from(0, beats.length - 1).map((t) => beats.sample[i] - beats.before + t));
  let count = 0;
  for (const i of train)
    for (const j of tested)
      if (beats.record[i] === beats.record[j] && Math.abs(beats.sample[i] - beats.sample[j]) < 3 * beats.length) {
        const own = samplesOf(i);
        if ([...samplesOf(j)].some((t) => own.has(t))) count++;
      }
  return count;
}
