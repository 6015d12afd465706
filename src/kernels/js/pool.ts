import type { Kernels } from '../types.ts';

// y, argmax (B,P) from x (B,L); a NaN in the window is its maximum, as in PyTorch
export const maxPool1d: Kernels['maxPool1d'] = (y, argmax, x, B, L, P, K, stride, padding) => {
  for (let b = 0; b < B; b++)
    for (let p = 0; p < P; p++) {
      const start = p * stride - padding;
      const end = Math.min(start + K, L);
      let best = Math.max(start, 0);
      let value = x[b * L + best];
      for (let l = best + 1; l < end; l++) {
        const v = x[b * L + l];
        if (v > value || (Number.isNaN(v) && !Number.isNaN(value))) {
          best = l;
          value = v;
        }
      }
      y[b * P + p] = value;
      argmax[b * P + p] = best;
    }
};

// dx (B,L) at argmax (B,P) += dy (B,P)
export const maxPool1dBackward: Kernels['maxPool1dBackward'] = (dx, dy, argmax, B, L, P) => {
  for (let b = 0; b < B; b++) for (let p = b * P; p < (b + 1) * P; p++) dx[b * L + argmax[p]] += dy[p];
};
