import type { Acc, In, Out } from './arrays.ts';

/** Normalisation by statistics. */
export interface Normalization {
  /** mean (C), variance (C) of x (B,C,L) over B and L, without Bessel's correction, in two passes */
  batchNormStatistics: (mean: Out, variance: Out, x: In, B: number, C: number, L: number) => void;
  /** y (B,C,L) = (x - mean) invStd weight + bias, all (C) */
  batchNorm: (y: Out, x: In, mean: In, invStd: In, weight: In, bias: In, B: number, C: number, L: number) => void;
  /** `train`: the statistics came from x itself, so that gradients flow through them too */
  batchNormBackward: (
    dx: Acc | null, dweight: Acc | null, dbias: Acc | null, dy: In, x: In, mean: In, invStd: In, weight: In,
    B: number, C: number, L: number, train: boolean,
  ) => void;
  /** y (B,C,P) = the maxima of relu((x - mean) invStd weight + bias) over windows of `pool`; P = floor(L / pool) */
  batchNormReluPool: (
    y: Out, x: In, mean: In, invStd: In, weight: In, bias: In,
    B: number, C: number, L: number, pool: number,
  ) => void;
  batchNormReluPoolBackward: (
    dx: Acc | null, dweight: Acc | null, dbias: Acc | null, dy: In, x: In, mean: In, invStd: In, weight: In, bias: In,
    B: number, C: number, L: number, pool: number, train: boolean,
  ) => void;

  /**
   * y (B,C,L) = (x - mean) invStd weight + bias; mean and invStd (B,groups) are taken over the C/groups channels of a
   * group and L; weight and bias (C), null for ones and zeros
   */
  groupNorm: (
    y: Out, mean: Out, invStd: Out, x: In, weight: In | null, bias: In | null,
    B: number, C: number, L: number, groups: number, eps: number,
  ) => void;
  groupNormBackward: (
    dx: Acc | null, dweight: Acc | null, dbias: Acc | null, dy: In, x: In, mean: In, invStd: In, weight: In | null,
    B: number, C: number, L: number, groups: number,
  ) => void;
}
