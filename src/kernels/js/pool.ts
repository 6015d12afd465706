import type { In, Kernels } from '../types.ts';

// y, argmax (B,P) from x (B,L); a NaN in the window is its maximum, as in PyTorch
export const maxPool1d: Kernels['maxPool1d'] = (y, argmax, x, B, L, P, K, stride, padding) => {
  for (let b = 0; b < B; b++)
    for (let p = 0; p < P; p++) {
      const start = p * stride - padding;
      const end = Math.min(start + K, L);
      const best = largestAt(x, b * L, Math.max(start, 0), end);
      y[b * P + p] = x[b * L + best];
      argmax[b * P + p] = best;
    }
};

// the position among `from` to `end` at which x from `at` on is greatest
function largestAt(x: In, at: number, from: number, end: number): number {
  let best = from;
  let value = x[at + best];
  for (let l = best + 1; l < end; l++) {
    const v = x[at + l];
    if (v > value || (Number.isNaN(v) && !Number.isNaN(value))) {
      best = l;
      value = v;
    }
  }
  return best;
}

// dx (B,L) at argmax (B,P) += dy (B,P)
export const maxPool1dBackward: Kernels['maxPool1dBackward'] = (dx, dy, argmax, B, L, P) => {
  for (let b = 0; b < B; b++) for (let p = b * P; p < (b + 1) * P; p++) dx[b * L + argmax[p]] += dy[p];
};

// the first element of window p of P over L, and the one after its last
const adaptiveStart = (p: number, L: number, P: number): number => Math.floor((p * L) / P);
const adaptiveEnd = (p: number, L: number, P: number): number => Math.ceil(((p + 1) * L) / P);

// y (B,P) from x (B,L)
export const avgPool1d: Kernels['avgPool1d'] = (y, x, B, L, P, K, stride, padding, padded) => {
  for (let b = 0; b < B; b++)
    for (let p = 0; p < P; p++) {
      const start = p * stride - padding;
      const first = Math.max(start, 0);
      const end = Math.min(start + K, L);
      let sum = 0;
      for (let l = first; l < end; l++) sum += x[b * L + l];
      y[b * P + p] = sum / (padded ? K : end - first);
    }
};

export const avgPool1dBackward: Kernels['avgPool1dBackward'] = (dx, dy, B, L, P, K, stride, padding, padded) => {
  for (let b = 0; b < B; b++)
    for (let p = 0; p < P; p++) {
      const start = p * stride - padding;
      const first = Math.max(start, 0);
      const end = Math.min(start + K, L);
      const share = dy[b * P + p] / (padded ? K : end - first);
      for (let l = first; l < end; l++) dx[b * L + l] += share;
    }
};

// y (B,P) from x (B,L)
export const adaptiveAvgPool1d: Kernels['adaptiveAvgPool1d'] = (y, x, B, L, P) => {
  for (let b = 0; b < B; b++)
    for (let p = 0; p < P; p++) {
      const first = adaptiveStart(p, L, P);
      const end = adaptiveEnd(p, L, P);
      let sum = 0;
      for (let l = first; l < end; l++) sum += x[b * L + l];
      y[b * P + p] = sum / (end - first);
    }
};

export const adaptiveAvgPool1dBackward: Kernels['adaptiveAvgPool1dBackward'] = (dx, dy, B, L, P) => {
  for (let b = 0; b < B; b++)
    for (let p = 0; p < P; p++) {
      const first = adaptiveStart(p, L, P);
      const end = adaptiveEnd(p, L, P);
      const share = dy[b * P + p] / (end - first);
      for (let l = first; l < end; l++) dx[b * L + l] += share;
    }
};

// y, argmax (B,P) from x (B,L); a NaN in the window is its maximum
export const adaptiveMaxPool1d: Kernels['adaptiveMaxPool1d'] = (y, argmax, x, B, L, P) => {
  for (let b = 0; b < B; b++)
    for (let p = 0; p < P; p++) {
      const best = largestAt(x, b * L, adaptiveStart(p, L, P), adaptiveEnd(p, L, P));
      y[b * P + p] = x[b * L + best];
      argmax[b * P + p] = best;
    }
};
