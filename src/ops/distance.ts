import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkRange } from '../core/check.ts';
import { expectShape } from '../core/shape.ts';
import { affine } from './elementwise.ts';
import { matmul } from './linear.ts';
import { transpose } from './movement.ts';

const l2NormalizeOp = defineOp('l2Normalize', (x: Tensor, eps: number) => {
  const k = kernels(x.dtype);
  const [B, D] = x.shape;
  const y = empty(x.shape, x.dtype);
  const norm = arena.allocate(x.dtype, B);
  k.l2Normalize(y.data, norm, x.data, B, D, eps);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k.l2NormalizeBackward(dx, dy, y.data, norm, B, D, eps) };
});

/**
 * Rows of x (B,D) scaled to unit length, `y = x / |x|`. A row of length `eps` or less has no direction: it becomes
 * zeros, and its gradient is zero.
 *
 * @throws ShapeError if the sizes do not fit
 */
export function l2Normalize(x: TensorLike, eps = 1e-12): Tensor {
  const t = argument('l2Normalize', 'x', x);
  expectShape('l2Normalize', 'x (B,D)', t.shape);
  checkRange('l2Normalize', 'eps', eps, 0);
  return l2NormalizeOp(t, eps);
}

const squaredEuclideanOp = defineOp('squaredEuclidean', (a: Tensor, b: Tensor) => {
  const k = kernels(a.dtype);
  const [M, D] = a.shape;
  const N = b.shape[0];
  const d = empty([M, N], a.dtype);
  k.squaredEuclidean(d.data, a.data, b.data, M, N, D);
  return {
    inputs: [a, b],
    output: d,
    vjp: (dd, [da, db]) => k.squaredEuclideanBackward(da, db, dd, a.data, b.data, M, N, D),
  };
});

/** Both sides of a pairwise distance as tensors (M,D) and (N,D); a single side is compared with itself. */
function sides(op: string, a: TensorLike, b: TensorLike): [Tensor, Tensor] {
  const x = argument(op, 'a', a);
  const y = argument(op, 'b', b);
  const { D } = expectShape<'M' | 'D'>(op, 'a (M,D)', x.shape);
  expectShape(op, 'b (N,D)', y.shape, { D });
  return [x, y];
}

/**
 * Squared Euclidean distances |a_m - b_n|^2 between rows of a (M,D) and b (N,D), b being a by default; (M,N).
 *
 * @throws ShapeError if the sizes do not fit
 */
export function pairwiseSquaredEuclidean(a: TensorLike, b: TensorLike = a): Tensor {
  return squaredEuclideanOp(...sides('pairwiseSquaredEuclidean', a, b));
}

/**
 * Cosine distances 1 - a_m . b_n / (|a_m| |b_n|) between rows of a (M,D) and b (N,D), b being a by default; (M,N).
 *
 * @throws ShapeError if the sizes do not fit
 */
export function pairwiseCosine(a: TensorLike, b: TensorLike = a): Tensor {
  const [x, y] = sides('pairwiseCosine', a, b);
  return affine(matmul(l2Normalize(x), transpose(l2Normalize(y))), -1, 1);
}
