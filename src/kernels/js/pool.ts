import type { Vec } from '../types.ts';

// y, argmax (B,P) from x (B,L); a NaN in the window is its maximum, as in PyTorch
export function maxPool1d(
  y: Vec,
  argmax: Int32Array,
  x: Vec,
  B: number,
  L: number,
  P: number,
  K: number,
  stride: number,
  padding: number,
): void {
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
}

// dx (B,L) at argmax (B,P) += dy (B,P)
export function maxPool1dBackward(dx: Vec, dy: Vec, argmax: Int32Array, B: number, L: number, P: number): void {
  for (let b = 0; b < B; b++) for (let p = b * P; p < (b + 1) * P; p++) dx[b * L + argmax[p]] += dy[p];
}
