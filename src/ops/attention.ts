import { argument } from '../autograd/argument.ts';
import { empty, zeros } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { asLengths } from '../core/asArrays.ts';
import { checkCount, checkKind, formatValue } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import { div, mul, relu, sigmoid, tanh, where } from './elementwise.ts';
import { linear } from './linear.ts';
import { reshape } from './movement.ts';
import { mean, softmax, sum } from './reduce.ts';

/** Which time steps count in sequences that share a batch (T,B); all of them by default. */
export interface TimeOptions {
  /** steps of each sequence (B), 1 to T; the steps after them are padding, and may contain anything, NaN included */
  lengths?: ArrayLike<number>;
  /** (T,B), nonzero where a step counts; use it instead of lengths for gaps inside a sequence */
  mask?: TensorLike;
}

/**
 * 1 in the steps of each sequence, 0 in the padding after them: a mask (T,B) for `where`, or for your own loss.
 *
 * @param lengths steps of each sequence (B), 1 to T
 * @param T steps of the longest sequence, or more
 * @throws ArgumentError for a length that is not a whole number from 1 to T
 */
export function lengthMask(lengths: ArrayLike<number>, T: number): Tensor {
  checkCount('lengthMask', 'T', T, 1);
  const steps = asLengths('lengthMask', lengths, lengths?.length, T);
  const mask = zeros([T, steps.length]);
  for (let t = 0, i = 0; t < T; t++) for (let b = 0; b < steps.length; b++, i++) mask.data[i] = t < steps[b] ? 1 : 0;
  return mask;
}

/** The steps that count, as a mask (T,B) or null for all, and their number in each sequence. */
function counted(op: string, h: Tensor, options: TimeOptions): { mask: Tensor; counts: Tensor } | null {
  const [T, B] = h.shape;
  checkOptions(op, options, [], ['lengths', 'mask']);
  const { lengths, mask: given } = options;
  if (lengths === undefined && given === undefined) return null;
  if (lengths !== undefined && given !== undefined)
    throw new ArgumentError(`${op}: expected lengths or a mask, got both`);
  const mask = given === undefined ? lengthMask(asLengths(op, lengths, B, T), T) : argument(op, 'mask', given).detach();
  expectShape(op, 'mask (T,B)', mask.shape, { T, B });
  const counts = zeros([B, 1], { dtype: h.dtype });
  for (let i = 0; i < mask.size; i++) if (mask.data[i] !== 0) counts.data[i % B]++;
  const none = counts.data.indexOf(0);
  if (none >= 0)
    throw new ArgumentError(`${op}: expected a step that counts in each sequence, got none in sequence ${none}`);
  return { mask, counts };
}

/** h (T,B,D) with zeros in the steps that do not count; nothing else of these is ever read. */
function without(h: Tensor, mask: Tensor): Tensor {
  return where(reshape(mask, [...mask.shape, 1]), h, 0);
}

const attentionPoolOp = defineOp('attentionPool', (values: Tensor, keys: Tensor, w: Tensor, alpha: Tensor) => {
  const k = kernels(values.dtype);
  const [T, B, D] = values.shape;
  const E = keys.shape[2];
  const context = empty([B, D], values.dtype);
  k.attentionPool(context.data, alpha.data, values.data, keys.data, w.data, T, B, D, E);
  return {
    inputs: [values, keys, w],
    output: context,
    vjp: (dy, [dvalues, dkeys, dw]) =>
      k.attentionPoolBackward(dvalues, dkeys, dw, dy, alpha.data, values.data, keys.data, w.data, T, B, D, E),
  };
});

/** The same if some steps do not count: their score is -Infinity, their weight 0. */
function maskedAttention(h: Tensor, mask: Tensor, score: (h: Tensor) => Tensor): { context: Tensor; alpha: Tensor } {
  const values = without(h, mask);
  const scores = reshape(score(values), mask.shape);
  const alpha = softmax(where(mask, scores, Number.NEGATIVE_INFINITY), 0);
  const context = sum(mul(values, reshape(alpha, [...mask.shape, 1])), { axis: 0 });
  return { context, alpha: alpha.detach() };
}

/**
 * Attention pooling over time: `alpha_t = softmax over t of score_t`, `context = sum of alpha_t h_t`.
 *
 * The score is `w . h_t`, equation (1) of the DynaECG-Net paper; or, with a projection, the additive
 * `w . tanh(W h_t + b)` of Bahdanau, Cho and Bengio (2015).
 *
 * @param h time-major (T,B,D)
 * @param weight (1,D), or (1,E) with a projection
 * @param projection W (E,D) and b (E) of the additive score
 * @param options which steps count; the weights of the others are 0
 * @returns `context` (B,D), and the weights `alpha` (T,B), which carry no gradient
 * @throws ShapeError if the sizes do not fit; ArgumentError if no step of a sequence counts
 */
export function attentionPool(
  h: TensorLike,
  weight: TensorLike,
  projection?: LinearWeights | null,
  options: TimeOptions = {},
): { context: Tensor; alpha: Tensor } {
  const op = 'attentionPool';
  const values = argument(op, 'h', h);
  const w = argument(op, 'weight', weight);
  const { T, B, D } = expectShape<'T' | 'B' | 'D'>(op, 'h (T,B,D)', values.shape);
  if (T < 1) throw new ShapeError(`${op}: expected at least one time step, got h ${formatShape(values.shape)}`);
  if (projection) checkLinear(op, 'projection', projection, D);
  else if (projection !== undefined && projection !== null)
    throw new ArgumentError(`${op}: expected a projection with weight and bias, got ${formatValue(projection)}`);
  const keysOf = (of: Tensor): Tensor => {
    const keys = projection ? tanh(linear(of, projection.weight, projection.bias)) : of;
    expectShape(op, 'weight (1,E)', w.shape, { E: keys.shape[2] });
    return keys;
  };
  const steps = counted(op, values, options);
  if (steps) return maskedAttention(values, steps.mask, (own) => linear(keysOf(own), w));
  const keys = keysOf(values);
  const alpha = empty([T, B], values.dtype);
  return { context: attentionPoolOp(values, keys, w, alpha), alpha };
}

/** Weights of one fully connected layer. */
export interface LinearWeights {
  weight: TensorLike;
  bias: TensorLike | null;
}

/** Throws unless these are weights of a layer with D inputs. */
function checkLinear(op: string, name: string, weights: LinearWeights, D: number): void {
  checkKind(op, name, weights, 'object');
  const { O } = expectShape<'O' | 'D'>(
    op,
    `${name}.weight (O,D)`,
    argument(op, `${name}.weight`, weights.weight).shape,
    { D },
  );
  if (weights.bias !== null)
    expectShape(op, `${name}.bias (O)`, argument(op, `${name}.bias`, weights.bias).shape, { O });
}

/**
 * The mean over time of h (T,B,D), or over the steps that count; (B,D).
 *
 * @param options which steps count
 * @throws ShapeError if the sizes do not fit; ArgumentError if no step of a sequence counts
 */
export function meanPool(h: TensorLike, options: TimeOptions = {}): Tensor {
  const op = 'meanPool';
  const values = argument(op, 'h', h);
  const { T } = expectShape<'T' | 'B' | 'D'>(op, 'h (T,B,D)', values.shape);
  if (T < 1) throw new ShapeError(`${op}: expected at least one time step, got h ${formatShape(values.shape)}`);
  const steps = counted(op, values, options);
  if (!steps) return mean(values, { axis: 0 });
  return div(sum(without(values, steps.mask), { axis: 0 }), steps.counts);
}

/**
 * Channel attention, squeeze-and-excitation (Hu, Shen and Sun, CVPR 2018):
 * `y = x * sigmoid(W2 relu(W1 mean over L of x + b1) + b2)`, x and y (B,C,L).
 *
 * @param squeeze W1 (R,C), b1 (R)
 * @param excite W2 (C,R), b2 (C)
 * @throws ShapeError if the sizes do not fit
 */
export function channelAttention(x: TensorLike, squeeze: LinearWeights, excite: LinearWeights): Tensor {
  const t = argument('channelAttention', 'x', x);
  const { B, C } = expectShape<'B' | 'C' | 'L'>('channelAttention', 'x (B,C,L)', t.shape);
  checkLinear('channelAttention', 'squeeze', squeeze, C);
  const hidden = relu(linear(mean(t, { axis: 2 }), squeeze.weight, squeeze.bias));
  checkLinear('channelAttention', 'excite', excite, hidden.shape[1]);
  const gate = sigmoid(linear(hidden, excite.weight, excite.bias));
  expectShape('channelAttention', 'gate (B,C)', gate.shape, { B, C });
  return mul(t, reshape(gate, [B, C, 1]));
}
