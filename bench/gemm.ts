import Benchmark from 'benchmark';
import { jsKernels, Random, type Vec } from 'dynaecg';

/** The sizes M N K that one training step of 96 beats asks for, and whether an operand is stored transposed. */
const SHAPES: [name: string, M: number, N: number, K: number, transposeA: boolean, transposeB: boolean][] = [
  ['conv2', 64, 126, 160, false, false],
  ['conv2, weight gradient', 64, 160, 126, false, true],
  ['LSTM, all inputs', 6048, 256, 64, false, true],
  ['LSTM, one time step', 96, 256, 64, false, true],
  ['LSTM, weight gradient', 256, 64, 6048, true, false],
  ['LSTM, one time step of one beat', 1, 256, 64, false, true],
];

/** gemm at the model's own shapes: checked against three plain loops, then timed beside them. */
export function benchGemm(print: (line: string) => void): void {
  const random = new Random(1);
  const fill = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());
  print('gemm at the shapes of a training step        GFLOP/s   plain loops   ratio');
  for (const [name, M, N, K, transposeA, transposeB] of SHAPES) {
    const a = fill(M * K);
    const b = fill(K * N);
    const c = new Float32Array(M * N);
    const blocked = (): void =>
      jsKernels.gemm(
        c,
        0,
        N,
        a,
        0,
        transposeA ? M : K,
        b,
        0,
        transposeB ? K : N,
        M,
        N,
        K,
        transposeA,
        transposeB,
        1,
        0,
      );
    const expected = new Float32Array(M * N);
    const plain = (): void => loops(expected, a, b, M, N, K, transposeA, transposeB);
    blocked();
    plain();
    const worst = c.reduce((max, v, i) => Math.max(max, Math.abs(v - expected[i])), 0);
    if (!(worst <= 1e-5 * Math.sqrt(K) * 10)) throw new Error(`gemm ${name}: differs from plain loops by ${worst}`);
    const rate = (run: () => void): number => {
      const { stats } = new Benchmark(run, { minSamples: 5, maxTime: 0.5 }).run();
      return (2 * M * N * K) / Math.min(...stats.sample) / 1e9;
    };
    const [ours, theirs] = [rate(blocked), rate(plain)];
    const label = `  ${name} ${M}x${N}x${K}`.padEnd(44);
    print(
      `${label} ${ours.toFixed(2).padStart(7)}   ${theirs.toFixed(2).padStart(11)}   ${(ours / theirs).toFixed(1).padStart(5)}`,
    );
  }
}

function loops(
  c: Vec,
  a: Vec,
  b: Vec,
  M: number,
  N: number,
  K: number,
  transposeA: boolean,
  transposeB: boolean,
): void {
  for (let i = 0; i < M; i++)
    for (let j = 0; j < N; j++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += a[transposeA ? k * M + i : i * K + k] * b[transposeB ? j * K + k : k * N + j];
      c[i * N + j] = sum;
    }
}
