/** Plans of what is trained and judged, on a few synthetic recordings, and the beats in them. */
import { type PlacedBeats, patientOf, syntheticRecords } from 'dynaecg/ecg';
import { type Plan, plan } from '../../examples/dynaecg/plan.ts';
import { recordingsOf } from '../../examples/dynaecg/recordings.ts';
import type { Samples } from '../../examples/dynaecg/samples.ts';
import { configured } from './configurations.ts';

const set = syntheticRecords({ seed: 'plan', patients: 8, duration: 60 });

export const recordings = recordingsOf('synthetic', set);

export const planned = (given: object, seed = '0', part: 'validation' | 'test' = 'test'): Plan =>
  plan(recordings, configured({ protocol: 'intra', ...given }), seed, part);

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Beats by their places in the recordings, ascending. */
export const placesOf = (beats: PlacedBeats, indices: Iterable<number>): string[] => inOrder(beats, indices).sort();

export const places = ({ beats }: Samples): string[] => placesOf(beats, range(beats.labels.length));

export const inOrder = ({ recordNames, record, sample }: PlacedBeats, indices: Iterable<number>): string[] =>
  Array.from(indices, (i) => `${recordNames[record[i]]}:${sample[i]}`);

export const patients = ({ beats }: Samples): string[] =>
  [...new Set(Array.from(beats.record, (r) => patientOf(beats.recordNames[r])))].sort();

export const disjoint = (a: readonly string[], b: readonly string[]): boolean =>
  new Set([...a, ...b]).size === a.length + b.length;

export const together = (...lists: string[][]): string[] => lists.flat().sort();
