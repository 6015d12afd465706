import type { Acc, In, Out } from './arrays.ts';

/** Windows over a signal. */
export interface Pooling {
  /** y (B,P) = the maxima of windows of x (B,L); argmax (B,P) their positions; B counts rows, samples times channels */
  maxPool1d: (
    y: Out, argmax: Out<Int32Array>, x: In,
    B: number, L: number, P: number, K: number, stride: number, padding: number,
  ) => void;
  maxPool1dBackward: (dx: Acc, dy: In, argmax: In<Int32Array>, B: number, L: number, P: number) => void;
  /** y (B,P) = the means of windows of x (B,L); with `padded` the divisor counts the padding, too */
  avgPool1d: (
    y: Out, x: In,
    B: number, L: number, P: number, K: number, stride: number, padding: number, padded: boolean,
  ) => void;
  avgPool1dBackward: (
    dx: Acc, dy: In,
    B: number, L: number, P: number, K: number, stride: number, padding: number, padded: boolean,
  ) => void;
  /** y (B,P) = the means of P windows that cover x (B,L): from floor(p L / P) up to ceil((p + 1) L / P) */
  adaptiveAvgPool1d: (y: Out, x: In, B: number, L: number, P: number) => void;
  adaptiveAvgPool1dBackward: (dx: Acc, dy: In, B: number, L: number, P: number) => void;
  /** the maxima of the same windows; its gradient is maxPool1dBackward */
  adaptiveMaxPool1d: (y: Out, argmax: Out<Int32Array>, x: In, B: number, L: number, P: number) => void;
}
