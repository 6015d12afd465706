import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ShapeError } from '../core/errors.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';

/** Weights of one direction, in PyTorch's layout: gates i f g o stacked by rows. */
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

/** One direction's operands. */
type Direction = readonly [wIh: Tensor, wHh: Tensor, bIh: Tensor, bHh: Tensor, h0: Tensor | null, c0: Tensor | null];

/** The directions of an LSTM concatenated in one y, the first forward unless `reverse`, the second backward. */
const lstmOp = defineOp('lstm', (x: Tensor, directions: readonly Direction[], reverse: boolean) => {
  const k = kernels(x.dtype);
  const [T, B, D] = x.shape;
  const H = directions[0][1].shape[1];
  const ldy = H * directions.length;
  const y = empty([T, B, ldy], x.dtype);
  const last = empty([B, ldy], x.dtype);
  const runs = directions.map(([wIh, wHh, bIh, bHh, h0, c0], i) => {
    const backwards = reverse !== i > 0;
    const sizes = [T, B, D, H, ldy, backwards] as const;
    const c = arena.allocate(x.dtype, T * B * H);
    const gates = arena.allocate(x.dtype, T * B * 4 * H);
    const initial = [h0?.data ?? null, c0?.data ?? null] as const;
    k.lstm(y.data.subarray(i * H), c, gates, x.data, wIh.data, wHh.data, bIh.data, bHh.data, ...initial, ...sizes);
    const end = backwards ? 0 : (T - 1) * B * H;
    copyRows(last.data, i * H, ldy, c, end, H, B, H);
    return { c, gates, wIh: wIh.data, wHh: wHh.data, initial, sizes };
  });
  return {
    inputs: [x, ...directions.flat()],
    output: [y, last] as const,
    vjp: ([dy, dLast], [dx, ...gradients]) => {
      for (const [i, { c, gates, wIh, wHh, initial, sizes }] of runs.entries()) {
        const [dwIh, dwHh, dbIh, dbHh, dh0, dc0] = gradients.slice(6 * i, 6 * i + 6);
        const dcLast = dLast && arena.allocate(x.dtype, B * H);
        if (dcLast) copyRows(dcLast, 0, H, dLast, i * H, ldy, B, H);
        const outputs = [dx, dwIh, dwHh, dbIh, dbHh, dh0, dc0] as const;
        const incoming = [dy?.subarray(i * H) ?? null, dcLast] as const;
        const saved = [y.data.subarray(i * H), c, gates, x.data, wIh, wHh, ...initial] as const;
        k.lstmBackward(...outputs, ...incoming, ...saved, ...sizes);
      }
    },
  };
});

/** Copies `rows` rows of n between arrays, each with its own start and row stride. */
function copyRows(
  to: Vec,
  at: number,
  ld: number,
  from: Vec,
  start: number,
  step: number,
  rows: number,
  n: number,
): void {
  for (let r = 0; r < rows; r++) to.set(from.subarray(start + r * step, start + r * step + n), at + r * ld);
}

/**
 * Long short-term memory over a sequence (Hochreiter and Schmidhuber, 1997; with forget gates, Gers et al., 2000):
 * `i f o = sigmoid(W_i x + b_i + W_h h + b_h)`, `g = tanh(...)`, `c' = f c + i g`, `h' = o tanh(c')`.
 *
 * @param x time-major (T,B,D)
 * @param options.reverse runs from the last time step to the first; outputs stay at their own steps
 * @param options.h0 initial hidden state (B,H), zeros by default; `c0` the initial cell state
 * @returns `y` (T,B,H), the hidden state after each step, and `c` (B,H), the cell state after the last step processed
 * @throws ShapeError if the sizes do not fit
 */
export function lstm(
  x: TensorLike,
  weights: LstmWeights,
  options: { reverse?: boolean; h0?: TensorLike; c0?: TensorLike } = {},
): { y: Tensor; c: Tensor } {
  const op = 'lstm';
  const t = sequence(op, x);
  checkOptions(op, options, [], ['reverse', 'h0', 'c0']);
  if (options.reverse !== undefined) checkKind(op, 'reverse', options.reverse, 'flag');
  const [y, c] = lstmOp(t, [direction(op, t, weights, options)], options.reverse ?? false);
  return { y, c };
}

/**
 * An LSTM in both directions (Schuster and Paliwal, 1997), from zero states: y (T,B,2H) holds the states of `lstm`
 * followed by those of `lstm` with `reverse`.
 *
 * @param x time-major (T,B,D)
 * @throws ShapeError if the sizes do not fit
 */
export function bilstm(x: TensorLike, forwards: LstmWeights, backwards: LstmWeights): Tensor {
  const op = 'bilstm';
  const t = sequence(op, x);
  const both = [direction(op, t, forwards), direction(op, t, backwards)];
  expectShape(op, 'backwards weight_hh (G,H)', both[1][1].shape, { H: both[0][1].shape[1] });
  return lstmOp(t, both, false)[0];
}

function sequence(op: string, x: TensorLike): Tensor {
  const t = argument(op, 'x', x);
  const { T } = expectShape<'T' | 'B' | 'D'>(op, 'x (T,B,D)', t.shape);
  if (T < 1) throw new ShapeError(`${op}: expected at least one time step, got x ${formatShape(t.shape)}`);
  return t;
}

function direction(
  op: string,
  x: Tensor,
  weights: LstmWeights,
  initial: { h0?: TensorLike; c0?: TensorLike } = {},
): Direction {
  checkKind(op, 'weights', weights, 'object');
  const [, B, D] = x.shape;
  const wIh = argument(op, 'weight_ih', weights.weight_ih);
  const wHh = argument(op, 'weight_hh', weights.weight_hh);
  const bIh = argument(op, 'bias_ih', weights.bias_ih);
  const bHh = argument(op, 'bias_hh', weights.bias_hh);
  const h0 = initial.h0 === undefined ? null : argument(op, 'h0', initial.h0);
  const c0 = initial.c0 === undefined ? null : argument(op, 'c0', initial.c0);
  const { G, H } = expectShape<'G' | 'H'>(op, 'weight_hh (G,H)', wHh.shape);
  expectShape(op, 'weight_ih (G,D)', wIh.shape, { G: 4 * H, D });
  expectShape(op, 'weight_hh (G,H)', wHh.shape, { G: 4 * H, H });
  expectShape(op, 'bias_ih (G)', bIh.shape, { G });
  expectShape(op, 'bias_hh (G)', bHh.shape, { G });
  if (h0) expectShape(op, 'h0 (B,H)', h0.shape, { B, H });
  if (c0) expectShape(op, 'c0 (B,H)', c0.shape, { B, H });
  return [wIh, wHh, bIh, bHh, h0, c0];
}
