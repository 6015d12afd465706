// Alternatives to the kernels, not used: bench/suites/variants.ts verifies and times them.
import { gemm, gemmWorkspace, multiplyWhole } from '../../../src/kernels/wasm/assembly/gemm';
import { activate, step } from '../../../src/kernels/wasm/assembly/lstm';
import { packedBytes, packWhole } from '../../../src/kernels/wasm/assembly/pack';

export {
  batchNorm,
  batchNormBackward,
  batchNormReluPool,
  batchNormReluPoolBackward,
  conv1d,
  lstm,
  maxPool1d,
  maxPool1dBackward,
  relu,
  reluBackward,
} from '../../../src/kernels/wasm/assembly/index';

/** conv1d with padding for stride 1, through the matrix of columns (C K,P) in memory and one gemm a sample. */
export function conv1dColumns(
  y: usize,
  x: usize,
  weight: usize,
  columns: usize,
  B: i32,
  C: i32,
  L: i32,
  O: i32,
  K: i32,
  padding: i32,
  work: usize,
): void {
  for (let b = 0; b < B; b++, x += (C * L) << 2, y += (O * L) << 2) {
    let to = columns;
    for (let c = 0; c < C; c++)
      for (let k = 0; k < K; k++, to += L << 2) {
        const first = max(0, padding - k);
        const last = min(L, L + padding - k);
        memory.fill(to, 0, first << 2);
        memory.copy(to + (first << 2), x + ((c * L + first + k - padding) << 2), (last - first) << 2);
        memory.fill(to + (last << 2), 0, (L - last) << 2);
      }
    gemm(y, 0, L, weight, 0, C * K, columns, 0, L, O, L, C * K, false, false, 1, 0, work);
  }
}

/** lstm from zero states with all inputs projected by one gemm before the loop. */
export function lstmAtOnce(
  y: usize,
  c: usize,
  gates: usize,
  x: usize,
  wIh: usize,
  wHh: usize,
  bIh: usize,
  bHh: usize,
  T: i32,
  B: i32,
  D: i32,
  H: i32,
  work: usize,
): void {
  const G = 4 * H;
  const packed = work + gemmWorkspace();
  const bias = packed + packedBytes(H, G);
  packWhole(packed, wHh, 4, H << 2, H, G);
  for (let j = 0; j < G << 2; j += 4) f32.store(bias + j, f32.load(bIh + j) + f32.load(bHh + j));
  gemm(gates, 0, G, x, 0, D, wIh, 0, D, T * B, G, D, false, true, 1, 0, work);
  const state = (B * H) << 2;
  for (let t = 0; t < T; t++, gates += state << 2, y += state, c += state) {
    if (t > 0) multiplyWhole(gates, G << 2, y - state, H << 2, packed, B, G, H, true, work);
    for (let b = 0; b < B; b++) {
      const row = (b * H) << 2;
      activate(gates + (row << 2), bias, H);
      step(y + row, c + row, gates + (row << 2), t > 0 ? c - state + row : 0, H);
    }
  }
}
