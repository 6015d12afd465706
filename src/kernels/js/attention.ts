import { exp } from '../../core/math.ts';
import type { Kernels } from '../types.ts';
import { workspace } from './workspace.ts';

// context (B,D), alpha (T,B) from values (T,B,D), keys (T,B,E), w (E)
export const attentionPool: Kernels['attentionPool'] = (context, alpha, values, keys, w, T, B, D, E) => {
  for (let r = 0; r < T * B; r++) {
    let score = 0;
    for (let e = 0; e < E; e++) score += keys[r * E + e] * w[e];
    alpha[r] = score;
  }
  context.fill(0);
  for (let b = 0; b < B; b++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let r = b; r < T * B; r += B) if (alpha[r] > top) top = alpha[r];
    let sum = 0;
    for (let r = b; r < T * B; r += B) {
      alpha[r] = exp(alpha[r] - top);
      sum += alpha[r];
    }
    for (let r = b; r < T * B; r += B) {
      const a = alpha[r] / sum;
      alpha[r] = a;
      for (let d = 0; d < D; d++) context[b * D + d] += a * values[r * D + d];
    }
  }
};

export const attentionPoolBackward: Kernels['attentionPoolBackward'] = (
  dvalues,
  dkeys,
  dw,
  dcontext,
  alpha,
  values,
  keys,
  w,
  T,
  B,
  D,
  E,
) => {
  const ds = workspace(alpha, T * B); // (T,B): first dalpha = dcontext . values, then alpha (dalpha - sum of alpha dalpha)
  for (let b = 0; b < B; b++) {
    let sum = 0;
    for (let r = b; r < T * B; r += B) {
      let dalpha = 0;
      for (let d = 0; d < D; d++) dalpha += dcontext[b * D + d] * values[r * D + d];
      ds[r] = dalpha;
      sum += alpha[r] * dalpha;
    }
    for (let r = b; r < T * B; r += B) ds[r] = alpha[r] * (ds[r] - sum);
  }
  if (dvalues)
    for (let r = 0; r < T * B; r++) {
      const a = alpha[r];
      const from = (r % B) * D;
      for (let d = 0; d < D; d++) dvalues[r * D + d] += a * dcontext[from + d];
    }
  if (dkeys)
    for (let r = 0; r < T * B; r++) {
      const d = ds[r];
      for (let e = 0; e < E; e++) dkeys[r * E + e] += d * w[e];
    }
  if (dw)
    for (let e = 0; e < E; e++) {
      let sum = 0;
      for (let r = 0; r < T * B; r++) sum += ds[r] * keys[r * E + e];
      dw[e] += sum;
    }
};
