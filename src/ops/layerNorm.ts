import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkCount, checkRange } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { checkShape, expectShape, formatShape, type Shape, sameShape, sizeOf } from '../core/shape.ts';

/** x as (B,C,L) for the kernel, in groups of channels. */
type Sizes = readonly [B: number, C: number, L: number, groups: number];

function normalization(name: string) {
  return defineOp(name, (x: Tensor, weight: Tensor | null, bias: Tensor | null, sizes: Sizes, eps: number) => {
    const k = kernels(x.dtype);
    const [B, , , groups] = sizes;
    const y = empty(x.shape, x.dtype);
    const mean = arena.allocate(x.dtype, B * groups);
    const invStd = arena.allocate(x.dtype, B * groups);
    const [w, b] = [weight?.data ?? null, bias?.data ?? null];
    k.groupNorm(y.data, mean, invStd, x.data, w, b, ...sizes, eps);
    return {
      inputs: [x, weight, bias],
      output: y,
      vjp: (dy, [dx, dweight, dbias]) => k.groupNormBackward(dx, dweight, dbias, dy, x.data, mean, invStd, w, ...sizes),
    };
  });
}

const layerNormOp = /* @__PURE__ */ normalization('layerNorm');
const groupNormOp = /* @__PURE__ */ normalization('groupNorm');

/**
 * Layer normalisation (Ba, Kiros and Hinton, 2016): `y = (x - mean) / sqrt(variance + eps) * weight + bias`, where the
 * mean and the biased variance are those of each sample over the last axes.
 *
 * @param x (...,normalizedShape)
 * @param normalizedShape sizes of the axes to normalise over; weight and bias have this shape
 * @param weight ones by default
 * @param bias zeros by default
 * @param eps 1e-5 by default
 * @throws ShapeError if the sizes do not fit or are 0
 */
export function layerNorm(
  x: TensorLike,
  normalizedShape: Shape,
  weight: TensorLike | null = null,
  bias: TensorLike | null = null,
  eps = 1e-5,
): Tensor {
  const op = 'layerNorm';
  const t = argument(op, 'x', x);
  checkShape(op, normalizedShape);
  checkRange(op, 'eps', eps, 0);
  const rank = normalizedShape.length;
  if (rank === 0 || sizeOf(normalizedShape) === 0)
    throw new ShapeError(
      `${op}: expected a normalizedShape of at least one value, got ${formatShape(normalizedShape)}`,
    );
  if (!sameShape(t.shape.slice(-rank), normalizedShape))
    throw new ShapeError(`${op}: expected x (...,${normalizedShape}), got ${formatShape(t.shape)}`);
  const [w, b] = affineParts(op, weight, bias, `(${normalizedShape})`);
  return layerNormOp(t, w, b, [sizeOf(t.shape.slice(0, -rank)), sizeOf(normalizedShape), 1, 1], eps);
}

/**
 * Group normalisation (Wu and He, 2018): like `layerNorm` of each sample over a group of neighbouring channels and all
 * positions; `numGroups` 1 is one group of all channels, `numGroups` C is instance normalisation.
 *
 * @param x (B,C,...)
 * @param numGroups must divide C
 * @param weight (C), ones by default
 * @param bias (C), zeros by default
 * @param eps 1e-5 by default
 * @throws ShapeError if the sizes do not fit, or there is no position
 */
export function groupNorm(
  x: TensorLike,
  numGroups: number,
  weight: TensorLike | null = null,
  bias: TensorLike | null = null,
  eps = 1e-5,
): Tensor {
  const op = 'groupNorm';
  const t = argument(op, 'x', x);
  checkCount(op, 'numGroups', numGroups, 1);
  checkRange(op, 'eps', eps, 0);
  const [B, C] = t.shape;
  if (t.shape.length < 2 || sizeOf(t.shape.slice(1)) === 0)
    throw new ShapeError(`${op}: expected x (B,C,...) with at least one value per sample, got ${formatShape(t.shape)}`);
  if (C % numGroups !== 0) throw new ShapeError(`${op}: expected channels in ${numGroups} groups, got ${C}`);
  const [w, b] = affineParts(op, weight, bias, `(${C})`);
  return groupNormOp(t, w, b, [B, C, sizeOf(t.shape.slice(2)), numGroups], eps);
}

function affineParts(op: string, weight: TensorLike | null, bias: TensorLike | null, shape: string) {
  return (Object.entries({ weight, bias }) as [string, TensorLike | null][]).map(([name, value]) => {
    if (value === null) return null;
    const t = argument(op, name, value);
    expectShape(op, `${name} ${shape}`, t.shape);
    return t;
  });
}
