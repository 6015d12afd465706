import { backend, Random, scope, zeros } from 'dynaecg';
import { jsKernels, kernels } from 'dynaecg/kernels';
import { instantiate } from '../support/assembled.ts';
import { productByLoops } from '../support/loops.ts';
import type { SuiteOptions } from '../support/options.ts';
import { OURS, type Report } from '../support/report.ts';
import { gflops, type Timing } from '../support/timing.ts';
import { time } from '../support/workloads.ts';

/** The sizes M N K that one training step of 96 beats asks for, and whether an operand is stored transposed. */
const SHAPES: [name: string, M: number, N: number, K: number, transposeA: boolean, transposeB: boolean][] = [
  ['conv2', 64, 126, 160, false, false],
  ['conv2, gradient of x', 32, 126, 320, true, false],
  ['conv2, gradient of the weights', 64, 160, 126, false, true],
  ['LSTM, one time step', 96, 256, 64, false, true],
  ['LSTM, gradient of one time step', 96, 128, 256, false, false],
  ['LSTM, gradient of the weights', 256, 128, 6048, true, false],
  ['LSTM, one time step of one beat', 1, 256, 64, false, true],
];
const WORK = 3e7; // multiply-adds in one timed run

/** gemm at the model's own shapes: checked against three plain loops, then timed next to the most that a core can do. */
export function benchGemm(report: Report, { filter }: SuiteOptions): void {
  const { run: runPeak, flops: peakFlops } = peakLoop();
  const peakTimes: number[] = [];
  const products: Timing[] = [];
  const random = new Random(1);
  const fill = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());
  for (const [name, M, N, K, transposeA, transposeB] of SHAPES) {
    const work = `gemm ${M}x${N}x${K}: ${name}`;
    if (!filter.test(work)) continue;
    scope(() => {
      report.print(`\n${work}`);
      const [a, b, c] = [M * K, K * N, M * N].map((n) => zeros([n]).data); // in the scope's memory, as in training
      a.set(fill(M * K));
      b.set(fill(K * N));
      const lda = transposeA ? M : K;
      const ldb = transposeB ? K : N;
      const run = ({ gemm }: typeof jsKernels, times: number): void => {
        for (let i = 0; i < times; i++) gemm(c, 0, N, a, 0, lda, b, 0, ldb, M, N, K, transposeA, transposeB, 1, 0);
      };
      const expected = productByLoops(a, b, M, N, K, transposeA, transposeB);
      const flops = 2 * M * N * K;
      const measure = (by: string, table: typeof jsKernels): Timing => {
        run(table, 1);
        const worst = expected.reduce((max, v, i) => Math.max(max, Math.abs(v - c[i])), 0);
        if (!(worst <= 1e-5 * Math.sqrt(K) * 10)) throw new Error(`${work}: ${by} is ${worst} from plain loops`);
        const repeats = Math.ceil(WORK / (M * N * K));
        const times = time(() => run(table, repeats), 30, 100).map((t) => t / repeats);
        return report.timing(work, by, times, flops);
      };
      peakTimes.push(...time(runPeak, 100, 50)); // next to each product, so that other load on the machine affects both
      products.push(measure(OURS, kernels('float32')));
      if (backend().name === 'wasm') measure('JavaScript kernel', jsKernels);
    });
  }
  if (products.length === 0) return;
  report.print('\nindependent multiply-adds in SIMD registers, and the share of that peak which gemm reaches');
  const peak = report.timing('multiply-adds', 'peak', peakTimes, peakFlops);
  for (const product of products) {
    const value = gflops(product) / gflops(peak);
    report.run.ratios.push({ work: product.work, peer: 'peak', value });
    report.print(`  ${product.work.padEnd(60)} ${value.toFixed(2)}`);
  }
}

/** A loop of nothing but multiply-adds, and the floating-point operations of one run. */
function peakLoop(): { run: () => number; flops: number } {
  const turns = 100_000;
  const { call } = instantiate('peak.ts', ...(backend().relaxed ? ['relaxed-simd'] : []));
  const run = (): number => call.peak(turns);
  if (run() !== 26) throw new Error(`peak: expected 26, got ${run()}`); // 13 chains that settle at c = c / 2 + 1
  return { run, flops: turns * 13 * 8 };
}
