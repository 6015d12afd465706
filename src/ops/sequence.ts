import { defineOp } from '../autograd/tape.ts';
import { asTensor, empty, type Tensor, type TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { ShapeError } from '../core/errors.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import { mul, relu, sigmoid, tanh } from './elementwise.ts';
import { linear } from './linear.ts';
import { reshape } from './movement.ts';
import { mean } from './reduce.ts';

/** Weights of one direction, in PyTorch's layout: gates i f g o one below the other. */
export interface LstmWeights {
  /** (4H,D) */
  weight_ih: TensorLike;
  /** (4H,H) */
  weight_hh: TensorLike;
  /** (4H) */
  bias_ih: TensorLike;
  /** (4H) */
  bias_hh: TensorLike;
}

const lstmOp = defineOp(
  'lstm',
  (
    x: Tensor,
    wIh: Tensor,
    wHh: Tensor,
    bIh: Tensor,
    bHh: Tensor,
    h0: Tensor | null,
    c0: Tensor | null,
    reverse: boolean,
  ) => {
    const k = kernels(x.dtype);
    const [T, B, D] = x.shape;
    const H = wHh.shape[1];
    const sizes = [T, B, D, H, reverse] as const;
    const h = h0?.data ?? null;
    const c = c0?.data ?? null;
    const y = empty([T, B, H], x.dtype);
    const cells = arena.allocate(x.dtype, T * B * H);
    const gates = arena.allocate(x.dtype, T * B * 4 * H);
    k.lstm(y.data, cells, gates, x.data, wIh.data, wHh.data, bIh.data, bHh.data, h, c, ...sizes);
    const last = empty([B, H], x.dtype);
    const end = reverse ? 0 : (T - 1) * B * H;
    last.data.set(cells.subarray(end, end + B * H));
    return {
      inputs: [x, wIh, wHh, bIh, bHh, h0, c0],
      output: [y, last] as const,
      vjp: ([dy, dLast], [dx, dwIh, dwHh, dbIh, dbHh, dh0, dc0]) => {
        const dgates = arena.allocate(x.dtype, gates.length);
        const dh = arena.allocate(x.dtype, B * H);
        const dc = arena.allocate(x.dtype, B * H);
        // biome-ignore format: outputs, what comes in, scratch, what was saved, what it was computed from
        k.lstmBackward(
          dx, dwIh, dwHh, dbIh, dbHh, dh0, dc0, dy, dLast, dgates, dh, dc,
          y.data, cells, gates, x.data, wIh.data, wHh.data, h, c, ...sizes);
      },
    };
  },
);

/**
 * Long short-term memory over a sequence (Hochreiter and Schmidhuber, 1997; with forget gates, Gers et al., 2000):
 * `i f o = sigmoid(W_i x + b_i + W_h h + b_h)`, `g = tanh(...)`, `c' = f c + i g`, `h' = o tanh(c')`.
 *
 * @param x time-major (T,B,D)
 * @param options.reverse runs from the last time step to the first; outputs stay at their own steps
 * @param options.h0 initial hidden state (B,H), zeros by default; `c0` the initial cell state
 * @returns `y` (T,B,H), the hidden state after each step, and `c` (B,H), the cell state after the last one run
 * @throws ShapeError where the sizes do not fit
 */
export function lstm(
  x: TensorLike,
  weights: LstmWeights,
  options: { reverse?: boolean; h0?: TensorLike; c0?: TensorLike } = {},
): { y: Tensor; c: Tensor } {
  const op = 'lstm';
  const t = asTensor(op, x);
  const wIh = asTensor(op, weights.weight_ih);
  const wHh = asTensor(op, weights.weight_hh);
  const bIh = asTensor(op, weights.bias_ih);
  const bHh = asTensor(op, weights.bias_hh);
  const h0 = options.h0 ? asTensor(op, options.h0) : null;
  const c0 = options.c0 ? asTensor(op, options.c0) : null;
  const { T, B, D } = expectShape<'T' | 'B' | 'D'>(op, 'x (T,B,D)', t.shape);
  if (T < 1) throw new ShapeError(`${op}: expected at least one time step, got x ${formatShape(t.shape)}`);
  const { G, H } = expectShape<'G' | 'H'>(op, 'weight_hh (G,H)', wHh.shape);
  expectShape(op, 'weight_ih (G,D)', wIh.shape, { G: 4 * H, D });
  expectShape(op, 'weight_hh (G,H)', wHh.shape, { G: 4 * H, H });
  expectShape(op, 'bias_ih (G)', bIh.shape, { G });
  expectShape(op, 'bias_hh (G)', bHh.shape, { G });
  if (h0) expectShape(op, 'h0 (B,H)', h0.shape, { B, H });
  if (c0) expectShape(op, 'c0 (B,H)', c0.shape, { B, H });
  const [y, c] = lstmOp(t, wIh, wHh, bIh, bHh, h0, c0, options.reverse ?? false);
  return { y, c };
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
    vjp: (dy, [dvalues, dkeys, dw]) => {
      const scratch = arena.allocate(values.dtype, T * B);
      const { data } = values;
      k.attentionPoolBackward(dvalues, dkeys, dw, dy, alpha.data, data, keys.data, w.data, scratch, T, B, D, E);
    },
  };
});

/**
 * Attention pooling over time: `alpha_t = softmax over t of score_t`, `context = sum of alpha_t h_t`.
 *
 * The score is `w . h_t`, equation (1) of the DynaECG-Net paper; or, given a projection, the additive
 * `w . tanh(W h_t + b)` of Bahdanau, Cho and Bengio (2015).
 *
 * @param h time-major (T,B,D)
 * @param weight (1,D), or (1,E) with a projection
 * @param projection W (E,D) and b (E) of the additive score
 * @returns `context` (B,D), and the weights `alpha` (T,B), through which no gradient flows
 * @throws ShapeError where the sizes do not fit
 */
export function attentionPool(
  h: TensorLike,
  weight: TensorLike,
  projection?: LinearWeights | null,
): { context: Tensor; alpha: Tensor } {
  const op = 'attentionPool';
  const values = asTensor(op, h);
  const w = asTensor(op, weight);
  const { T, B } = expectShape<'T' | 'B' | 'D'>(op, 'h (T,B,D)', values.shape);
  const keys = projection ? tanh(linear(values, projection.weight, projection.bias)) : values;
  expectShape(op, 'weight (1,E)', w.shape, { E: keys.shape[2] });
  const alpha = empty([T, B], values.dtype);
  return { context: attentionPoolOp(values, keys, w, alpha), alpha };
}

/** Weights of one fully connected layer. */
export interface LinearWeights {
  weight: TensorLike;
  bias: TensorLike | null;
}

/**
 * Channel attention, squeeze-and-excitation (Hu, Shen and Sun, CVPR 2018):
 * `y = x * sigmoid(W2 relu(W1 mean over L of x + b1) + b2)`, x and y (B,C,L).
 *
 * @param squeeze W1 (R,C), b1 (R)
 * @param excite W2 (C,R), b2 (C)
 * @throws ShapeError where the sizes do not fit
 */
export function channelAttention(x: TensorLike, squeeze: LinearWeights, excite: LinearWeights): Tensor {
  const t = asTensor('channelAttention', x);
  const { B, C } = expectShape<'B' | 'C' | 'L'>('channelAttention', 'x (B,C,L)', t.shape);
  const hidden = relu(linear(mean(t, { axis: 2 }), squeeze.weight, squeeze.bias));
  const gate = sigmoid(linear(hidden, excite.weight, excite.bias));
  expectShape('channelAttention', 'gate (B,C)', gate.shape, { B, C });
  return mul(t, reshape(gate, [B, C, 1]));
}
