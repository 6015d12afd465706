import { asTensor, newVec, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import { holdOut } from '../metric/holdOut.ts';

/** Samples x (N,...) and the class of each. */
export interface Dataset {
  x: TensorLike;
  labels: ArrayLike<number>;
}

/**
 * The samples as one dense tensor, checked.
 *
 * @throws DataError where there is no sample, labels and samples are of unequal number, a label is no class, or a value
 * is NaN or infinite
 */
export function checkDataset(op: string, { x, labels }: Dataset): CheckedDataset {
  const t = asTensor(op, x);
  if (t.shape.length < 2 || t.shape[0] === 0)
    throw new DataError(`${op}: expected samples x (N,...), got shape ${formatShape(t.shape)}`);
  const [N] = t.shape;
  if (labels.length !== N) throw new DataError(`${op}: expected ${N} labels for ${N} samples, got ${labels.length}`);
  for (let i = 0; i < N; i++)
    if (!Number.isInteger(labels[i]) || labels[i] < 0)
      throw new DataError(`${op}: expected labels that are whole numbers >= 0, got ${labels[i]} for sample ${i}`);
  const size = t.size / N;
  for (let i = 0; i < t.size; i++)
    if (!Number.isFinite(t.data[i]))
      throw new DataError(
        `${op}: expected finite values, got ${t.data[i]} in sample ${Math.floor(i / size)}, value ${i % size}`,
      );
  return { x: t, labels: Int32Array.from(labels) };
}

/** Samples and labels that were checked: dense and in memory of their own kind. */
export interface CheckedDataset {
  x: Tensor;
  labels: Int32Array;
}

/** The samples at the given positions, copied one behind the other, with their labels. */
export function takeSamples({ x, labels }: CheckedDataset, indices: Int32Array): CheckedDataset {
  const sample = x.shape.slice(1);
  const size = sizeOf(sample);
  const n = indices.length;
  const data = newVec(x.dtype, n * size);
  for (let i = 0; i < n; i++) data.set(x.data.subarray(indices[i] * size, (indices[i] + 1) * size), i * size);
  return { x: new Tensor(data, [n, ...sample]), labels: indices.map((i) => labels[i]) };
}

/** What a trainer is given to learn from. */
export interface TrainingDataOptions {
  data: Dataset;
  /** held-back training data to score on; by default `holdBack` of `data`, drawn per class, is set aside */
  validation?: Dataset;
  /** 0.1 */
  holdBack?: number;
}

/** The samples to train on and those to score on, checked. */
export function trainingData(
  op: string,
  { data, validation, holdBack = 0.1 }: TrainingDataOptions,
  random: Random,
  atLeast = 1,
): { train: CheckedDataset; held: CheckedDataset } {
  const train = checkDataset(op, data);
  if (validation) return { train, held: checkDataset(op, validation) };
  const { kept, heldBack } = holdOut(train.labels, holdBack, random, atLeast);
  return { train: takeSamples(train, kept), held: takeSamples(train, heldBack) };
}
