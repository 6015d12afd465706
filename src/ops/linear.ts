import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { last } from '../core/builtins.ts';
import { ShapeError } from '../core/errors.ts';
import { expectShape, formatShape, sameShape, sizeOf } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';

const matmulOp = defineOp('matmul', (a: Tensor, b: Tensor) => {
  const k = kernels(a.dtype);
  const batch = a.shape.slice(0, -2);
  const [M, K] = a.shape.slice(-2);
  const N = b.shape[b.shape.length - 1];
  const y = empty([...batch, M, N], a.dtype);
  const products = sizeOf(batch);
  for (let i = 0; i < products; i++)
    k.gemm(y.data, i * M * N, N, a.data, i * M * K, K, b.data, i * K * N, N, M, N, K, false, false, 1, 0);
  return {
    inputs: [a, b],
    output: y,
    vjp: (dy, [da, db]) => {
      for (let i = 0; i < products; i++) {
        const [ya, aa, ba] = [i * M * N, i * M * K, i * K * N];
        if (da) k.gemm(da, aa, K, dy, ya, N, b.data, ba, N, M, K, N, false, true, 1, 1);
        if (db) k.gemm(db, ba, N, a.data, aa, K, dy, ya, N, K, N, M, true, false, 1, 1);
      }
    },
  };
});

/**
 * Matrix product of a (...,M,K) and b (...,K,N), one for each index of the leading axes, which both share.
 *
 * @throws ShapeError if the sizes do not fit
 */
export function matmul(a: TensorLike, b: TensorLike): Tensor {
  const x = argument('matmul', 'a', a);
  const y = argument('matmul', 'b', b);
  const [r, s] = [x.shape, y.shape];
  const fits = r.length >= 2 && sameShape(r.slice(0, -2), s.slice(0, -2)) && last(r) === s[s.length - 2];
  if (!fits)
    throw new ShapeError(`matmul: expected a (...,M,K) and b (...,K,N), got ${formatShape(r)} and ${formatShape(s)}`);
  return matmulOp(x, y);
}

const linearOp = defineOp('linear', (x: Tensor, weight: Tensor, bias: Tensor | null) => {
  const k = kernels(x.dtype);
  const [O, D] = weight.shape;
  const rows = sizeOf(x.shape.slice(0, -1));
  const y = empty([...x.shape.slice(0, -1), O], x.dtype);
  if (bias) for (let i = 0; i < rows; i++) y.data.set(bias.data, i * O);
  k.gemm(y.data, 0, O, x.data, 0, D, weight.data, 0, D, rows, O, D, false, true, 1, bias ? 1 : 0);
  return {
    inputs: [x, weight, bias],
    output: y,
    vjp: (dy: Vec, [dx, dweight, dbias]) => {
      if (dx) k.gemm(dx, 0, D, dy, 0, O, weight.data, 0, D, rows, D, O, false, false, 1, 1);
      if (dweight) k.gemm(dweight, 0, D, dy, 0, O, x.data, 0, D, O, D, rows, true, false, 1, 1);
      if (dbias) k.stridedScatter(dbias, dy, [rows, O], [0, 1], 0);
    },
  };
});

/**
 * y = x W^T + b over the last axis: x (...,D), weight (O,D), bias (O) or null; y (...,O).
 *
 * @throws ShapeError if the sizes do not fit
 */
export function linear(x: TensorLike, weight: TensorLike, bias: TensorLike | null = null): Tensor {
  const t = argument('linear', 'x', x);
  const w = argument('linear', 'weight', weight);
  const b = bias === null ? null : argument('linear', 'bias', bias);
  const { O, D } = expectShape<'O' | 'D'>('linear', 'weight (O,D)', w.shape);
  if (t.shape.length === 0 || last(t.shape) !== D)
    throw new ShapeError(`linear: expected x (...,D) with D=${D}, got ${formatShape(t.shape)}`);
  if (b) expectShape('linear', 'bias (O)', b.shape, { O });
  return linearOp(t, w, b);
}
