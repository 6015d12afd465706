import type { In, Kernels, Vec } from '../types.ts';
import { direct } from './direct.ts';
import { gemm } from './gemm.ts';
import { workspace } from './workspace.ts';

// columns (C K,P) of one sample and group of x (C,L): row c K + k holds x[c] as the k-th tap sees it, zeros outside
function im2col(
  columns: Vec,
  x: In,
  at: number,
  C: number,
  L: number,
  P: number,
  K: number,
  stride: number,
  padding: number,
  dilation: number,
): void {
  for (let c = 0, to = 0; c < C; c++)
    for (let k = 0; k < K; k++)
      for (let p = 0, l = k * dilation - padding; p < P; p++, l += stride)
        columns[to++] = l >= 0 && l < L ? x[at + c * L + l] : 0;
}

// dx (C,L) += the columns (C K,P), each put back where im2col took it from
function col2im(
  dx: Vec,
  at: number,
  columns: In,
  C: number,
  L: number,
  P: number,
  K: number,
  stride: number,
  padding: number,
  dilation: number,
): void {
  for (let c = 0, from = 0; c < C; c++)
    for (let k = 0; k < K; k++)
      for (let p = 0, l = k * dilation - padding; p < P; p++, l += stride, from++)
        if (l >= 0 && l < L) dx[at + c * L + l] += columns[from];
}

let taps = /* @__PURE__ */ new Int32Array(0);

// y (B,O,P) from x (B,C,L), weight (O,C/groups,K), bias (O); a product whose rows are the taps' views of x, never copied
export const conv1d: Kernels['conv1d'] = (y, x, weight, bias, B, C, L, O, P, K, stride, padding, dilation, groups) => {
  const cg = C / groups;
  const og = O / groups;
  const ck = cg * K;
  const width = (P - 1) * stride + dilation * (K - 1) + 1; // of x with its zeros, as far as it is read
  const taken = Math.max(0, Math.min(L, width - padding));
  const bare = padding === 0 && width <= L;
  const padded = bare ? null : workspace(x, C * width).fill(0);
  const step = bare ? L : width;
  if (taps.length < ck) taps = new Int32Array(ck);
  const rows = taps;
  for (let c = 0, to = 0; c < cg; c++) for (let k = 0; k < K; k++) rows[to++] = c * step + k * dilation;
  for (let b = 0; b < B; b++) {
    if (padded && taken > 0)
      for (let c = 0; c < C; c++) {
        const from = (b * C + c) * L;
        padded.set((x as Vec).subarray(from, from + taken), c * width + padding);
      }
    for (let g = 0; g < groups; g++) {
      const to = (b * O + g * og) * P;
      if (bias) for (let o = 0; o < og; o++) y.fill(bias[g * og + o], to + o * P, to + (o + 1) * P);
      else y.fill(0, to, to + og * P);
      const [from, at] = padded ? [padded, g * cg * step] : [x, (b * C + g * cg) * L];
      direct(y, to, P, weight, g * og * ck, ck, 1, from, at, rows, stride, og, P, ck, 1);
    }
  }
};

export const conv1dBackward: Kernels['conv1dBackward'] = (
  dx,
  dweight,
  dbias,
  dy,
  x,
  weight,
  B,
  C,
  L,
  O,
  P,
  K,
  stride,
  padding,
  dilation,
  groups,
) => {
  const cg = C / groups;
  const og = O / groups;
  const ck = cg * K;
  const columns = workspace(x, ck * P);
  for (let b = 0; b < B; b++)
    for (let g = 0; g < groups; g++) {
      const from = (b * C + g * cg) * L;
      const at = (b * O + g * og) * P;
      if (dbias)
        for (let o = 0; o < og; o++) {
          let sum = 0;
          for (let p = at + o * P; p < at + (o + 1) * P; p++) sum += dy[p];
          dbias[g * og + o] += sum;
        }
      if (dweight) {
        im2col(columns, x, from, cg, L, P, K, stride, padding, dilation);
        gemm(dweight, g * og * ck, ck, dy, at, P, columns, 0, P, og, ck, P, false, true, 1, 1);
      }
      if (dx) {
        gemm(columns, 0, P, weight, g * og * ck, ck, dy, at, P, ck, P, og, true, false, 1, 0);
        col2im(dx, from, columns, cg, L, P, K, stride, padding, dilation);
      }
    }
};
