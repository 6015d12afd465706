import type { Tensor } from '../autograd/tensor.ts';
import { Hash } from '../core/hash.ts';
import { sizeOf } from '../core/shape.ts';
import { Dataset, type DatasetLike } from './dataset.ts';
import type { DatasetSource } from './datasetSource.ts';
import { asTrainingSet, type TrainingSet } from './trainingSet.ts';

const READ_AT_ONCE = 128; // samples

/**
 * A number for the contents of a data set, to notice that a training would be resumed with other data: 16 hexadecimal digits,
 * the same on every engine, and for a source the same as for its samples in memory. It is no protection against forgery.
 *
 * It is of the words of every value as float64, the shapes, the labels, the context and the groups.
 *
 * @throws DataError, ShapeError as `Dataset`, and for a source that returns other samples than requested
 */
export function dataChecksum(data: DatasetLike | DatasetSource): string {
  const set = asTrainingSet('dataChecksum', 'data', data);
  const { labels, groups, classes } = set;
  const hash = new Hash();
  addRows(hash, set, ({ x }) => x);
  hash.numbers(labels);
  addRows(hash, set, ({ context }) => context);
  if (groups) hash.numbers(groups);
  for (const name of classes ?? []) hash.numbers(Array.from(name, (character) => character.codePointAt(0)!));
  return hash.digits;
}

/** Adds a tensor of all samples, if they have it, piece by piece: its shape, and its values. */
function addRows(hash: Hash, set: TrainingSet, tensorOf: (samples: Dataset) => Tensor | undefined): void {
  const N = set.length;
  for (let from = 0; from < N; from += READ_AT_ONCE) {
    const to = Math.min(from + READ_AT_ONCE, N);
    const piece = set instanceof Dataset ? set.slice(from, to) : set.take(range(from, to));
    const part = tensorOf(piece);
    if (!part) return;
    const [, ...sample] = part.shape;
    if (from === 0) hash.numbers([N, ...sample]).count(N * sizeOf(sample));
    hash.part(part.data);
  }
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}
