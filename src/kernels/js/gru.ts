import { sigmoid, tanh } from '../../core/math.ts';
import type { Kernels } from '../types.ts';

// y (B,H) = (1 - z) n + z h, r z = sigmoid(gates + hidden), n = tanh(gates + r hidden); gates, hidden (B,3H: r z n), h (B,H)
export const gruStep: Kernels['gruStep'] = (y, gates, hidden, h, B, H) => {
  for (let b = 0; b < B; b++) {
    const r = b * 3 * H;
    const n = r + 2 * H;
    // One loop per function, as in the LSTM.
    for (let i = r; i < n; i++) gates[i] = sigmoid(gates[i] + hidden[i]);
    for (let j = 0; j < H; j++) gates[n + j] = tanh(gates[n + j] + gates[r + j] * hidden[n + j]);
    for (let j = 0; j < H; j++) {
      const z = gates[r + H + j];
      y[b * H + j] = (1 - z) * gates[n + j] + (h ? z * h[b * H + j] : 0);
    }
  }
};

// dh (B,H); gates, hidden (B,3H) are overwritten by their gradients
export const gruStepBackward: Kernels['gruStepBackward'] = (dh, gates, hidden, dy, h, B, H) => {
  for (let b = 0; b < B; b++)
    for (let j = 0; j < H; j++) {
      const k = b * H + j;
      const p = b * 3 * H + j;
      const r = gates[p];
      const z = gates[p + H];
      const n = gates[p + 2 * H];
      const d = dy ? dh[k] + dy[k] : dh[k];
      const dn = d * (1 - z) * (1 - n * n);
      const dr = dn * hidden[p + 2 * H] * r * (1 - r);
      const dz = d * ((h ? h[k] : 0) - n) * z * (1 - z);
      gates[p] = dr;
      hidden[p] = dr;
      gates[p + H] = dz;
      hidden[p + H] = dz;
      gates[p + 2 * H] = dn;
      hidden[p + 2 * H] = dn * r;
      dh[k] = d * z;
    }
};
