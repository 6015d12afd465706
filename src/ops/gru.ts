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

/** Weights of one direction, in PyTorch's layout: gates r z n stacked by rows. */
export interface GruWeights {
  /** (3H,D) */
  weight_ih: TensorLike;
  /** (3H,H) */
  weight_hh: TensorLike;
  /** (3H) */
  bias_ih: TensorLike;
  /** (3H) */
  bias_hh: TensorLike;
}

/** Copies a row to each of `rows` rows. */
function fillRows(to: Vec, row: Vec, rows: number): void {
  for (let i = 0; i < rows; i++) to.set(row, i * row.length);
}

// The products with the inputs are one gemm for all steps, those with the states one per step: `hidden` holds each step's
// contribution to the gates from its previous state, the third of which the backward pass needs.
const gruOp = defineOp(
  'gru',
  (x: Tensor, wIh: Tensor, wHh: Tensor, bIh: Tensor, bHh: Tensor, h0: Tensor | null, reverse: boolean) => {
    const k = kernels(x.dtype);
    const [T, B, D] = x.shape;
    const H = wHh.shape[1];
    const G = 3 * H;
    const y = empty([T, B, H], x.dtype);
    const gates = arena.allocate(x.dtype, T * B * G);
    const hidden = arena.allocate(x.dtype, T * B * G);
    fillRows(gates, bIh.data, T * B);
    fillRows(hidden, bHh.data, T * B);
    k.gemm(gates, 0, G, x.data, 0, D, wIh.data, 0, D, T * B, G, D, false, true, 1, 1);
    const states = (t: number): Vec => y.data.subarray(t * B * H, (t + 1) * B * H);
    const rows = (of: Vec, t: number): Vec => of.subarray(t * B * G, (t + 1) * B * G);
    /** The steps in their order, each with its previous state. */
    const steps = Array.from({ length: T }, (_, s) => {
      const t = reverse ? T - 1 - s : s;
      return { t, h: s > 0 ? states(reverse ? t + 1 : t - 1) : (h0?.data ?? null) };
    });
    for (const { t, h } of steps) {
      const own = rows(hidden, t);
      if (h) k.gemm(own, 0, G, h, 0, H, wHh.data, 0, H, B, G, H, false, true, 1, 1);
      k.gruStep(states(t), rows(gates, t), own, h, B, H);
    }
    return {
      inputs: [x, wIh, wHh, bIh, bHh, h0],
      output: y,
      vjp: (dy, [dx, dwIh, dwHh, dbIh, dbHh, dh0]) => {
        const dh = arena.allocate(x.dtype, B * H).fill(0);
        const [dgates, dhidden] = [gates, hidden]; // overwritten row by row
        for (const { t, h } of [...steps].reverse()) {
          const own = rows(dhidden, t);
          k.gruStepBackward(dh, rows(dgates, t), own, dy.subarray(t * B * H, (t + 1) * B * H), h, B, H);
          k.gemm(dh, 0, H, own, 0, G, wHh.data, 0, H, B, H, G, false, false, 1, 1);
        }
        if (dh0) k.axpy(dh0, 1, dh, B * H);
        if (dx) k.gemm(dx, 0, D, dgates, 0, G, wIh.data, 0, D, T * B, D, G, false, false, 1, 1);
        if (dwIh) k.gemm(dwIh, 0, D, dgates, 0, G, x.data, 0, D, G, D, T * B, true, false, 1, 1);
        if (dwHh) {
          // Every step except the first, with the states of the previous step.
          const [later, earlier] = reverse ? [0, B * H] : [B * G, 0];
          k.gemm(dwHh, 0, H, dhidden, later, G, y.data, earlier, H, G, H, (T - 1) * B, true, false, 1, 1);
          if (h0) k.gemm(dwHh, 0, H, rows(dhidden, steps[0].t), 0, G, h0.data, 0, H, G, H, B, true, false, 1, 1);
        }
        if (dbIh) k.stridedScatter(dbIh, dgates, [T * B, G], [0, 1], 0);
        if (dbHh) k.stridedScatter(dbHh, dhidden, [T * B, G], [0, 1], 0);
      },
    };
  },
);

/**
 * Gated recurrent unit over a sequence (Cho et al., 2014), as in PyTorch and cuDNN, with the reset gate after the
 * product: `r z = sigmoid(W x + b + W_h h + b_h)`, `n = tanh(W_n x + b_n + r (W_hn h + b_hn))`, `h' = (1 - z) n + z h`.
 *
 * @param x time-major (T,B,D)
 * @param options.reverse runs from the last time step to the first; outputs stay at their own steps
 * @param options.h0 initial hidden state (B,H), zeros by default
 * @returns y (T,B,H), the hidden state after each step
 * @throws ShapeError if the sizes do not fit
 */
export function gru(x: TensorLike, weights: GruWeights, options: { reverse?: boolean; h0?: TensorLike } = {}): Tensor {
  const op = 'gru';
  const t = argument(op, 'x', x);
  const { T, B, D } = expectShape<'T' | 'B' | 'D'>(op, 'x (T,B,D)', t.shape);
  if (T < 1) throw new ShapeError(`${op}: expected at least one time step, got x ${formatShape(t.shape)}`);
  checkKind(op, 'weights', weights, 'object');
  checkOptions(op, options, [], ['reverse', 'h0']);
  const { reverse = false } = options;
  checkKind(op, 'reverse', reverse, 'flag');
  const wIh = argument(op, 'weight_ih', weights.weight_ih);
  const wHh = argument(op, 'weight_hh', weights.weight_hh);
  const bIh = argument(op, 'bias_ih', weights.bias_ih);
  const bHh = argument(op, 'bias_hh', weights.bias_hh);
  const h0 = options.h0 === undefined ? null : argument(op, 'h0', options.h0);
  const { G, H } = expectShape<'G' | 'H'>(op, 'weight_hh (G,H)', wHh.shape);
  expectShape(op, 'weight_ih (G,D)', wIh.shape, { G: 3 * H, D });
  expectShape(op, 'weight_hh (G,H)', wHh.shape, { G: 3 * H, H });
  expectShape(op, 'bias_ih (G)', bIh.shape, { G });
  expectShape(op, 'bias_hh (G)', bHh.shape, { G });
  if (h0) expectShape(op, 'h0 (B,H)', h0.shape, { B, H });
  return gruOp(t, wIh, wHh, bIh, bHh, h0, reverse);
}
