/**
 * Convolution as gemm without a matrix of columns in memory: each sample is copied once between zeros, and the
 * panels of B are packed straight from there. The gradient of x is a convolution of dy with the flipped weights; that
 * of the weights is one gemm per tap, of rows of x against dy.
 *
 * Winograd's F(2,5) would take 0.70 of the time of a convolution of width 5 (`npm run bench -- variants`), with other bits.
 */
import { multiply, MULTIPLY_WORKSPACE } from './gemm';
import { fill } from './lanes';
import { KC, NC } from './pack';

export const PANELS: i32 = KC * NC * 4; // bytes

/** Elements of a row of a sample between its zeros. */
@inline
export function paddedLength(P: i32, K: i32, stride: i32, dilation: i32): i32 {
  return (P - 1) * stride + (K - 1) * dilation + 1;
}

/** Bytes of workspace; the 8 extra elements are for the last panel, which reads past its row. */
export function conv1dWorkspace(
  _B: i32,
  C: i32,
  _L: i32,
  _O: i32,
  P: i32,
  K: i32,
  stride: i32,
  _padding: i32,
  dilation: i32,
  groups: i32,
): f64 {
  return <f64>(MULTIPLY_WORKSPACE + PANELS) + (<f64>(C / groups) * <f64>paddedLength(P, K, stride, dilation) + 8) * 4;
}

// y (B,O,P) from x (B,C,L), weight (O,C/groups,K), bias (O)
export function conv1d(
  y: usize,
  x: usize,
  weight: usize,
  bias: usize,
  B: i32,
  C: i32,
  L: i32,
  O: i32,
  P: i32,
  K: i32,
  stride: i32,
  padding: i32,
  dilation: i32,
  groups: i32,
  workspace: usize,
): void {
  const cg = C / groups;
  const og = O / groups;
  const row = paddedLength(P, K, stride, dilation);
  const padded = workspace + MULTIPLY_WORKSPACE + PANELS;
  memory.fill(padded, 0, (cg * row + 8) << 2);
  for (let b = 0; b < B; b++)
    for (let g = 0; g < groups; g++, x += (cg * L) << 2, y += (og * P) << 2) {
      if (bias)
        for (let o = 0; o < og; o++) fill(y + ((o * P) << 2), v128.load_splat<f32>(bias + ((g * og + o) << 2)), P);
      place(padded, row, x, cg, L, 1, padding);
      const w = weight + ((g * og * cg * K) << 2);
      correlate(y, padded, row, w, cg, og, P, K, stride, dilation, bias != 0, workspace);
    }
}

/** y (O,P) = the correlation of padded (C,row) with weight (O,C,K), or += where `add`; at most KC rows C K at a time */
export function correlate(
  y: usize,
  padded: usize,
  row: i32,
  weight: usize,
  C: i32,
  O: i32,
  P: i32,
  K: i32,
  stride: i32,
  dilation: i32,
  add: bool,
  workspace: usize,
): void {
  const ck = C * K;
  const panels = workspace + MULTIPLY_WORKSPACE;
  if (ck == 0) return multiply(y, P << 2, weight, 0, 0, panels, O, P, 0, add, workspace);
  const blocks = (ck + KC - 1) / KC;
  const block = (ck + blocks - 1) / blocks; // equal blocks: 320 as 160 + 160, not 256 + 64
  for (let p = 0; p < P; p += NC) {
    const pc = min(NC, P - p);
    for (let r = 0; r < ck; r += block) {
      const rc = min(block, ck - r);
      packColumns(panels, padded + ((p * stride) << 2), row, r, rc, pc, K, stride, dilation);
      multiply(y + (p << 2), P << 2, weight + (r << 2), ck << 2, 4, panels, O, pc, rc, add || r > 0, workspace);
    }
  }
}

/** panels (P/8,rows,8) from padded (C,row): row c K + k is channel c as tap k sees it; the rows from `first` on */
function packColumns(
  panels: usize,
  padded: usize,
  row: i32,
  first: i32,
  rows: i32,
  P: i32,
  K: i32,
  stride: i32,
  dilation: i32,
): void {
  const start = padded + (((first / K) * row) << 2);
  const tap = first % K;
  for (let p = 0; p < P; p += 8) {
    let channel = start + ((p * stride) << 2);
    for (let r = 0, k = tap; r < rows; r++, panels += 32) {
      const from = channel + ((k * dilation) << 2);
      if (stride == 1) {
        v128.store(panels, v128.load(from));
        v128.store(panels, v128.load(from, 16), 16);
      } else
        for (let j = 0; j < 8; j++) f32.store(panels + (j << 2), p + j < P ? f32.load(from + ((j * stride) << 2)) : 0);
      if (++k < K) continue;
      k = 0;
      channel += row << 2;
    }
  }
}

/** Puts x (C,L) into padded (C,row), its elements `stride` apart from `margin` on; what falls outside is left out. */
export function place(padded: usize, row: i32, x: usize, C: i32, L: i32, stride: i32, margin: i32): void {
  const first = margin < 0 ? (stride - 1 - margin) / stride : 0;
  const last = min(L, (row - margin + stride - 1) / stride);
  for (let c = 0; c < C; c++, x += L << 2, padded += row << 2) {
    if (stride == 1) {
      if (last > first) memory.copy(padded + ((margin + first) << 2), x + (first << 2), (last - first) << 2);
    } else
      for (let l = first; l < last; l++) f32.store(padded + ((margin + l * stride) << 2), f32.load(x + (l << 2)));
  }
}

@inline
export function add(at: usize, value: f32): void {
  f32.store(at, f32.load(at) + value);
}
