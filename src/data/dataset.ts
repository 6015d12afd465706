import { argument, newVec, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkKind, LARGEST_COUNT } from '../core/check.ts';
import { DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import { holdOutOf } from './holdOut.ts';

/** Samples x (N,...) and the class of each. */
export interface Dataset {
  x: TensorLike;
  /** numbers (N,F) that go with each sample, for a model that takes them; a layer that does not pays them no heed */
  context?: TensorLike;
  labels: ArrayLike<number>;
}

/**
 * The samples as one dense tensor, checked.
 *
 * @throws DataError where there is no sample, labels and samples are of unequal number, a label is no class, or a value
 * is NaN or infinite
 */
export function checkDataset(op: string, name: string, set: Dataset): CheckedDataset {
  checkKind(op, name, set, 'object');
  const { x, context, labels } = set;
  const t = argument(op, `${name}.x`, x);
  checkKind(op, `${name}.labels`, labels, 'numbers');
  if (t.shape.length < 2 || t.shape[0] === 0)
    throw new DataError(`${op}: expected samples x (N,...), got shape ${formatShape(t.shape)}`);
  const [N] = t.shape;
  if (labels.length !== N) throw new DataError(`${op}: expected ${N} labels for ${N} samples, got ${labels.length}`);
  for (let i = 0; i < N; i++)
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] > LARGEST_COUNT) {
      const range = labels[i] > LARGEST_COUNT ? `from 0 to ${LARGEST_COUNT}` : '>= 0';
      throw new DataError(`${op}: expected labels that are whole numbers ${range}, got ${labels[i]} for sample ${i}`);
    }
  checkFinite(op, 'values', t);
  const beside = context === undefined ? undefined : argument(op, `${name}.context`, context);
  if (beside) {
    if (beside.shape.length !== 2 || beside.shape[0] !== N)
      throw new DataError(`${op}: expected context (N,F) with N=${N}, got ${formatShape(beside.shape)}`);
    checkFinite(op, 'context', beside);
  }
  return { x: t, context: beside, labels: Int32Array.from(labels) };
}

function checkFinite(op: string, what: string, { data, size, shape: [N] }: Tensor): void {
  const n = size / N;
  for (let i = 0; i < size; i++)
    if (!Number.isFinite(data[i]))
      throw new DataError(
        `${op}: expected finite ${what}, got ${data[i]} in sample ${Math.floor(i / n)}, value ${i % n}`,
      );
}

/** Samples and labels that were checked: dense and in memory of their own kind. */
export interface CheckedDataset {
  x: Tensor;
  context?: Tensor;
  labels: Int32Array;
}

/** The samples at the given positions, copied one behind the other, with their labels. */
export function takeSamples({ x, context, labels }: CheckedDataset, indices: Int32Array): CheckedDataset {
  const take = ({ data, dtype, shape: [, ...sample] }: Tensor): Tensor => {
    const size = sizeOf(sample);
    const taken = newVec(dtype, indices.length * size);
    indices.forEach((from, i) => {
      taken.set(data.subarray(from * size, (from + 1) * size), i * size);
    });
    return new Tensor(taken, [indices.length, ...sample]);
  };
  return { x: take(x), context: context && take(context), labels: indices.map((i) => labels[i]) };
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
  const train = checkDataset(op, 'data', data);
  if (validation !== undefined) {
    const held = checkDataset(op, 'validation', validation);
    const [given, wanted] = [held, train].map(({ context }) => context?.shape[1] ?? 0);
    if (given !== wanted)
      throw new DataError(`${op}: expected validation with ${wanted} numbers of context, as data, got ${given}`);
    return { train, held };
  }
  const { kept, heldBack } = holdOutOf(op, train.labels, holdBack, random, atLeast, 'holdBack');
  return { train: takeSamples(train, kept), held: takeSamples(train, heldBack) };
}
