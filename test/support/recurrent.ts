/** Recurrent layers of each kind, and batches of padded sequences. */
import * as d from 'dynaecg';
import { BiGRU, BiLSTM, type DType, GRU, LSTM, Random, type RecurrentOptions, type Tensor } from 'dynaecg';
import type { Tolerance } from './asserts.ts';

export const KINDS = { LSTM, BiLSTM, GRU, BiGRU };
export type Recurrent = LSTM | GRU;
export const [T, B, D, H] = [7, 5, 3, 4];
/** Two of one length, the longest not first, none as long as the batch. */
export const LENGTHS = [3, 6, 1, 6, 2];

/** Sums in another order, as those of gradients over a batch, in float64 and float32. */
export const CLOSE: Record<DType, Tolerance> = {
  float64: { relative: 1e-12, absolute: 1e-12 },
  float32: { relative: 2e-5, absolute: 2e-6 },
};
export const make = (
  kind: keyof typeof KINDS,
  options: Partial<RecurrentOptions> = {},
  dtype: DType = 'float64',
): Recurrent => new KINDS[kind](D, H, { random: new Random(kind), ...options }).to(dtype);

/** x (T,B,D) with something in place of all steps beyond the lengths. */
export const padded = (x: Tensor, value: number, lengths: readonly number[] = LENGTHS): Tensor => {
  const data = x.data.slice();
  const [, batch, features] = x.shape;
  data.forEach((_, i) => {
    const [t, b] = [Math.floor(i / (batch * features)), Math.floor(i / features) % batch];
    if (t >= lengths[b]) data[i] = value;
  });
  return new d.Tensor(data, x.shape, true);
};
/** The n steps of sequence b of x (T,B,D), as a batch of one. */
export const alone = (x: Tensor, b: number, n: number): Tensor => d.slice(d.slice(x, 1, b, b + 1), 0, 0, n);
export const everything = (made: object): Tensor =>
  d.concat(Object.values(made as Record<string, Tensor>).map((t) => d.reshape(t, [-1])));
