import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkCount, checkKind, checkRange, formatValue } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';

/** Running statistics of batch norm; `batchNorm` updates the tensors in place in training. */
export interface RunningStatistics {
  /** (C) */
  mean: Tensor;
  /** (C) */
  variance: Tensor;
}

/** How `batchNorm` runs. */
export interface BatchNormOptions {
  /** whether to use the batch's own statistics, and update the running ones */
  train: boolean;
  /** @defaultValue 0.1 */
  momentum?: number;
  /** @defaultValue 1e-5 */
  eps?: number;
}

const batchNormOp = defineOp(
  'batchNorm',
  (x: Tensor, weight: Tensor, bias: Tensor, mean: Vec, invStd: Vec, train: boolean) => {
    const k = kernels(x.dtype);
    const [B, C, L = 1] = x.shape;
    const y = empty(x.shape, x.dtype);
    k.batchNorm(y.data, x.data, mean, invStd, weight.data, bias.data, B, C, L);
    return {
      inputs: [x, weight, bias],
      output: y,
      vjp: (dy, [dx, dweight, dbias]) =>
        k.batchNormBackward(dx, dweight, dbias, dy, x.data, mean, invStd, weight.data, B, C, L, train),
    };
  },
);

const batchNormReluPoolOp = defineOp(
  'batchNormReluPool',
  (x: Tensor, weight: Tensor, bias: Tensor, mean: Vec, invStd: Vec, pool: number, train: boolean) => {
    const k = kernels(x.dtype);
    const [B, C, L] = x.shape;
    const y = empty([B, C, Math.floor(L / pool)], x.dtype);
    const statistics = [mean, invStd, weight.data, bias.data] as const;
    k.batchNormReluPool(y.data, x.data, ...statistics, B, C, L, pool);
    return {
      inputs: [x, weight, bias],
      output: y,
      vjp: (dy, [dx, dweight, dbias]) =>
        k.batchNormReluPoolBackward(dx, dweight, dbias, dy, x.data, ...statistics, B, C, L, pool, train),
    };
  },
);

/**
 * Batch normalisation per channel: `y = (x - mean) / sqrt(variance + eps) * weight + bias` (Ioffe and Szegedy, 2015).
 *
 * In training the mean and the biased variance are those of the batch, and the running ones move towards them (the
 * variance with Bessel's correction, as in PyTorch): `running = (1 - momentum) running + momentum batch`. Otherwise the
 * running ones are used.
 *
 * @param x (B,C) or (B,C,L)
 * @throws ShapeError in training with one value per channel, which has no variance
 */
export function batchNorm(
  x: TensorLike,
  weight: TensorLike,
  bias: TensorLike,
  running: RunningStatistics,
  options: BatchNormOptions,
): Tensor {
  const op = 'batchNorm';
  const t = argument(op, 'x', x);
  checkOptions(op, options, ['train'], ['momentum', 'eps']);
  if (t.shape.length !== 2 && t.shape.length !== 3)
    throw new ShapeError(`${op}: expected x (B,C) or (B,C,L), got ${formatShape(t.shape)}`);
  const { w, b, mean, invStd } = prepare(op, t, weight, bias, running, options);
  return batchNormOp(t, w, b, mean, invStd, options.train);
}

/**
 * Batch normalisation, relu and max-pooling as one op: `maxPool1d(relu(batchNorm(x)), pool)` with the same values and
 * gradients. The intermediate results, four arrays of the size of x with their gradients, are never stored.
 *
 * @param x (B,C,L); y (B,C,P), P = floor(L / pool)
 * @param options.pool width of the windows, and the distance between them
 * @throws ShapeError as `batchNorm` and `maxPool1d` do
 */
export function batchNormReluPool(
  x: TensorLike,
  weight: TensorLike,
  bias: TensorLike,
  running: RunningStatistics,
  options: BatchNormOptions & { pool: number },
): Tensor {
  const op = 'batchNormReluPool';
  const t = argument(op, 'x', x);
  const { L } = expectShape<'B' | 'C' | 'L'>(op, 'x (B,C,L)', t.shape);
  checkOptions(op, options, ['train', 'pool'], ['momentum', 'eps']);
  checkCount(op, 'pool', options.pool, 1);
  if (L < options.pool) throw new ShapeError(`${op}: expected a signal of at least ${options.pool}, got ${L}`);
  const { w, b, mean, invStd } = prepare(op, t, weight, bias, running, options);
  return batchNormReluPoolOp(t, w, b, mean, invStd, options.pool, options.train);
}

/** The running statistics are updated in place, so they must be Tensors: a copy would be lost. */
function checkRunning(op: string, running: RunningStatistics): void {
  checkKind(op, 'running', running, 'object');
  for (const [name, t] of [
    ['running.mean', running.mean],
    ['running.variance', running.variance],
  ] as const)
    if (!(t instanceof Tensor))
      throw new ArgumentError(`${op}: expected ${name} to be a Tensor, got ${formatValue(t)}`);
}

/**
 * The checked operands, and the mean and 1 / standard deviation to normalise with; updates the running ones in
 * training.
 */
function prepare(
  op: string,
  t: Tensor,
  weight: TensorLike,
  bias: TensorLike,
  running: RunningStatistics,
  { train, momentum = 0.1, eps = 1e-5 }: BatchNormOptions,
): { w: Tensor; b: Tensor; mean: Vec; invStd: Vec } {
  const w = argument(op, 'weight', weight);
  const b = argument(op, 'bias', bias);
  checkKind(op, 'train', train, 'flag');
  checkRunning(op, running);
  checkRange(op, 'momentum', momentum, 0, 1);
  checkRange(op, 'eps', eps, 0);
  const [B, C, L = 1] = t.shape;
  expectShape(op, 'weight (C)', w.shape, { C });
  expectShape(op, 'bias (C)', b.shape, { C });
  expectShape(op, 'running mean (C)', running.mean.shape, { C });
  expectShape(op, 'running variance (C)', running.variance.shape, { C });

  const mean = arena.allocate(t.dtype, C);
  const invStd = arena.allocate(t.dtype, C);
  if (train) {
    const n = B * L;
    if (n < 2) throw new ShapeError(`${op}: expected more than 1 value per channel in training, got ${n}`);
    kernels(t.dtype).batchNormStatistics(mean, invStd, t.data, B, C, L);
    for (let c = 0; c < C; c++) {
      const m = running.mean.data;
      const v = running.variance.data;
      m[c] += momentum * (mean[c] - m[c]);
      v[c] += momentum * ((invStd[c] * n) / (n - 1) - v[c]);
    }
  } else {
    mean.set(running.mean.data);
    invStd.set(running.variance.data);
  }
  for (let c = 0; c < C; c++) invStd[c] = 1 / Math.sqrt(invStd[c] + eps);
  return { w, b, mean, invStd };
}

const dropoutOp = defineOp('dropout', (x: Tensor, mask: Vec) => {
  const k = kernels(x.dtype);
  const y = empty(x.shape, x.dtype);
  k.mul(y.data, x.data, mask, y.size);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k.multiplyAdd(dx, dy, mask, dy.length) };
});

/** Sets each value to 0 with probability p and scales the others by 1 / (1 - p) (Srivastava et al., 2014). */
export function dropout(x: TensorLike, p: number, random: Random): Tensor {
  checkRange('dropout', 'p', p, 0, 1);
  checkKind('dropout', 'random', random, 'random');
  const t = argument('dropout', 'x', x);
  const mask = arena.allocate(t.dtype, t.size);
  for (let i = 0; i < mask.length; i++) mask[i] = random.uniform() < p ? 0 : 1 / (1 - p);
  return dropoutOp(t, mask);
}
