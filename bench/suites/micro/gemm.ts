import { kernels } from 'dynaecg/kernels';
import { productByLoops } from '../../support/loops.ts';
import { normal, type Workload } from './workload.ts';

function product(name: string, M: number, N: number, K: number, transposeA: boolean, transposeB: boolean): Workload {
  return {
    name: `${M} x ${N} x ${K}, ${name}`,
    flops: 2 * M * N * K,
    make: () => {
      const [a, b, c] = [M * K, K * N, M * N].map((n, i) => normal([n], { seed: `operand ${i}` }).data);
      const { gemm } = kernels('float32');
      return {
        run: () => {
          gemm(c, 0, N, a, 0, transposeA ? M : K, b, 0, transposeB ? K : N, M, N, K, transposeA, transposeB, 1, 0);
          return [c];
        },
        expected: () => [productByLoops(a, b, M, N, K, transposeA, transposeB)],
      };
    },
  };
}

/** The suite gemm has all products of a training step; these are one of each kind, and a square one. */
export const GEMM: readonly Workload[] = [
  product('conv2', 64, 126, 160, false, false),
  product('conv2, gradient of x', 32, 126, 320, true, false),
  product('LSTM, one time step', 96, 256, 64, false, true),
  product('square', 256, 256, 256, false, false),
];
