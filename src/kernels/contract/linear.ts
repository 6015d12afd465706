import type { Acc, In, InOut, Out } from './arrays.ts';

/** Products and convolutions. */
export interface Linear {
  /**
   * c (M,N) = alpha op(a) op(b) + beta c, where op(a) is (M,K) and op(b) (K,N), each stored transposed if its flag is set. Every
   * matrix starts at its `At` and has rows `ld` elements apart. With beta 0 the old c is not read.
   */
  gemm: (
    c: InOut, cAt: number, ldc: number,
    a: In, aAt: number, lda: number,
    b: In, bAt: number, ldb: number,
    M: number, N: number, K: number, transposeA: boolean, transposeB: boolean, alpha: number, beta: number,
  ) => void;

  /** y (B,O,P) from x (B,C,L), weight (O,C/groups,K), bias (O) */
  conv1d: (
    y: Out, x: In, weight: In, bias: In | null,
    B: number, C: number, L: number, O: number, P: number, K: number, stride: number, padding: number,
    dilation: number, groups: number,
  ) => void;
  conv1dBackward: (
    dx: Acc | null, dweight: Acc | null, dbias: Acc | null, dy: In, x: In, weight: In,
    B: number, C: number, L: number, O: number, P: number, K: number, stride: number, padding: number,
    dilation: number, groups: number,
  ) => void;
}
