import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { asInt32Labels } from '../core/asArrays.ts';
import { checkLabels } from '../core/checkArrays.ts';
import * as math from '../core/math.ts';
import { expectShape } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';

/** The value of a loss over the pairs of a batch; adds its derivative with respect to s to ds, initially zeros. */
export type PairLoss = (ds: Vec, s: Vec) => number;

/**
 * A loss over a matrix s of similarities or distances. Its derivative costs little more than its value, so both are
 * computed at once, with sums in float64, and `backward` only scales.
 */
export const pairLoss = defineOp('pairLoss', (s: Tensor, loss: PairLoss) => {
  const ds = arena.allocate(s.dtype, s.size).fill(0) as Vec;
  const output = empty([], s.dtype);
  output.data[0] = loss(ds, s.data);
  return { inputs: [s], output, vjp: (dy, [d]) => d && kernels(s.dtype).axpy(d, dy[0], ds, ds.length) };
});

/**
 * A checked batch: embeddings z (B,D) and labels y (B).
 *
 * @throws ShapeError if their numbers differ, ArgumentError for a label that is not a 32-bit whole number
 */
export function checkedBatch(op: string, embeddings: TensorLike, labels: ArrayLike<number>) {
  const z = argument(op, 'embeddings', embeddings);
  const { B } = expectShape<'B' | 'D'>(op, 'embeddings (B,D)', z.shape);
  checkLabels(op, 'labels', labels, B);
  return { z, y: asInt32Labels(op, labels), B };
}

/** Positions in a batch. */
export interface Members {
  /** of all samples of a label, in order */
  own: Int32Array;
  /** of all other samples */
  others: Int32Array;
}

const NOBODY = new Int32Array(0);

/** The members of each label; a label that does not occur has none. */
export function membersOf(y: Int32Array): (label: number) => Members {
  const known = new Map<number, Members>();
  for (const label of new Set(y)) {
    const positions = Int32Array.from(y.keys());
    known.set(label, {
      own: positions.filter((i) => y[i] === label),
      others: positions.filter((i) => y[i] !== label),
    });
  }
  const nobody = { own: NOBODY, others: Int32Array.from(y.keys()) };
  return (label) => known.get(label) ?? nobody;
}

/** Row i of a matrix with `n` columns. */
export function rowOf(matrix: Vec, i: number, n: number): Vec {
  return matrix.subarray(i * n, (i + 1) * n);
}

/** The terms of a sum: e^(scale s_j + shift) for the positions j in a row s of similarities, except `skip`. */
export interface Terms {
  positions: Int32Array;
  /** -1 to skip none */
  skip: number;
  scale: number;
  shift: number;
}

/**
 * Log of the sum of the terms, plus 1 if `plusOne`, computed relative to the largest term so that nothing overflows;
 * -Infinity if there is no term, NaN if one is NaN.
 */
export function logSumExp(s: Vec, { positions, skip, scale, shift }: Terms, plusOne: boolean): number {
  const first = plusOne ? 0 : Number.NEGATIVE_INFINITY;
  let largest = first;
  for (const j of positions) if (j !== skip && !(scale * s[j] + shift <= largest)) largest = scale * s[j] + shift;
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = math.exp(first - largest);
  for (const j of positions) if (j !== skip) sum += math.exp(scale * s[j] + shift - largest);
  return largest + math.log(sum);
}

/** ds += weight d(lse)/ds, where `lse` is the result of `logSumExp` for these terms. */
export function addLogSumExpGradient(
  ds: Vec,
  s: Vec,
  { positions, skip, scale, shift }: Terms,
  lse: number,
  weight: number,
): void {
  for (const j of positions) if (j !== skip) ds[j] += weight * scale * math.exp(scale * s[j] + shift - lse);
}
