import { checkCount, checkFields, checkKind } from '../../core/check.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import type { AamiClass } from '../classes.ts';
import { type BeatList, checkBeatList } from './beatList.ts';
import type { Normalization } from './normalize.ts';

/** A beat that is not in the set, and the reason. */
export interface DroppedBeat {
  record: string;
  /** Sample index of the R peak. */
  sample: number;
  label: string;
  /** The window crosses the record's edge, or contains a sample that is not finite. */
  why: 'edge' | 'invalid';
}

/** Beats that have a window, and where it is; n beats. */
export interface PlacedBeats extends BeatList {
  /** (n) sample indices that the windows were cut at: `sample`, or the R peaks near them, as `align` asked. */
  fiducial: Int32Array;
  /** Samples per window. */
  length: number;
  /** Samples of a window before the R peak. */
  before: number;
  /** How the windows were scaled. */
  normalize: Normalization;
  /** (n) index of each beat in the list that windows were cut for. */
  index: Int32Array;
  /** Number of samples of each record. */
  recordLengths: readonly number[];
  /** The lead used of each record. */
  leadNames: readonly string[];
  /**
   * Physical unit of these leads; if they differ, which only gain-independent normalisations allow, that of the first.
   */
  units: string;
  /** Hz; common to all records. */
  samplingFrequency: number;
  /** Annotated beats of the records by AAMI class, with or without a window; `subset` keeps them. */
  counts: Readonly<Record<AamiClass, number>>;
  /** Beats without a window; `subset` keeps them. */
  dropped: readonly DroppedBeat[];
}

/** Beats, with a window of each around its R peak; n beats. */
export interface BeatSet extends PlacedBeats {
  /** (n, length), a row per beat. */
  x: Float32Array;
}

/** Throws unless these are beats with the places of their windows, as returned by `cutWindows`, with the windows or without. */
export function checkPlaces(op: string, beats: PlacedBeats): void {
  checkFields(op, 'beats', beats, { length: 'number' });
  checkBeatList(op, beats);
  checkCount(op, 'beats.length', beats.length, 1);
}

/** Throws unless this is a set of beats as returned by `cutWindows`. */
export function checkBeats(op: string, beats: BeatSet): void {
  checkFields(op, 'beats', beats, { x: 'numbers', length: 'number' });
  checkPlaces(op, beats);
  const n = beats.labels.length;
  if (beats.x.length !== n * beats.length)
    throw new DataError(`${op}: expected beats.x of ${n} x ${beats.length} samples, got ${beats.x.length}`);
}

/**
 * The beats at `indices`, in that order, with their windows if there are any; records, counts and dropped beats remain those of the
 * whole set.
 *
 * @throws ArgumentError for an index outside the set
 */
export function subset<B extends PlacedBeats>(beats: B, indices: ArrayLike<number>): B {
  checkPlaces('subset', beats);
  checkKind('subset', 'indices', indices, 'numbers');
  const { length, x } = beats as B & Partial<BeatSet>;
  if (x !== undefined) checkBeats('subset', { ...beats, x });
  const n = indices.length;
  const own = x && new Float32Array(n * length);
  const [labels, record, sample, fiducial, index] = Array.from({ length: 5 }, () => new Int32Array(n));
  for (let i = 0; i < n; i++) {
    const from = indices[i];
    if (!Number.isInteger(from) || from < 0 || from >= beats.labels.length)
      throw new ArgumentError(`subset: expected indices from 0 to ${beats.labels.length - 1}, got ${from}`);
    if (x) own?.set(x.subarray(from * length, (from + 1) * length), i * length);
    labels[i] = beats.labels[from];
    record[i] = beats.record[from];
    sample[i] = beats.sample[from];
    fiducial[i] = beats.fiducial[from];
    index[i] = beats.index[from];
  }
  return { ...beats, ...(own && { x: own }), labels, record, sample, fiducial, index };
}

/** Number of beats of each class in the set, by class name (those of `classes`, after windowing). */
export function countByClass(beats: PlacedBeats): Record<string, number> {
  checkPlaces('countByClass', beats);
  const counts: Record<string, number> = Object.fromEntries(beats.classes.map((c) => [c, 0]));
  for (const label of beats.labels) counts[beats.classes[label]]++;
  return counts;
}
