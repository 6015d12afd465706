/** What products and convolutions are verified against: the definition, in plain loops and float64. */

type Numbers = ArrayLike<number>;

/** op(a) (M,K) times op(b) (K,N), each stored transposed where its flag says so. */
export function productByLoops(
  a: Numbers,
  b: Numbers,
  M: number,
  N: number,
  K: number,
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const c = new Float64Array(M * N);
  for (let i = 0; i < M; i++)
    for (let j = 0; j < N; j++)
      for (let k = 0; k < K; k++)
        c[i * N + j] += a[transposeA ? k * M + i : i * K + k] * b[transposeB ? j * K + k : k * N + j];
  return c;
}

/** Sizes of a convolution: x (B,C,L), weight (O,C,K), y (B,O,P). */
export interface ConvolutionSizes {
  B: number;
  C: number;
  L: number;
  O: number;
  P: number;
  K: number;
  stride: number;
  padding: number;
}

/** Calls `visit` with the positions in y, x and weight of every product that a convolution adds up. */
export function visitConvolution(
  { B, C, L, O, P, K, stride, padding }: ConvolutionSizes,
  visit: (y: number, x: number, weight: number) => void,
): void {
  for (let b = 0; b < B; b++)
    for (let o = 0; o < O; o++)
      for (let p = 0; p < P; p++)
        for (let c = 0; c < C; c++)
          for (let k = 0; k < K; k++) {
            const l = p * stride + k - padding;
            if (l >= 0 && l < L) visit((b * O + o) * P + p, (b * C + c) * L + l, (o * C + c) * K + k);
          }
}
