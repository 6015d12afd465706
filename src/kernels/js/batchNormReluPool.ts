import type { In, Kernels } from '../types.ts';

// The position of the largest normalised value of a window, or -1 if relu makes it 0; a NaN is the largest.
function winner(x: In, from: number, pool: number, m: number, scale: number, shift: number): number {
  let best = -1;
  let value = 0;
  for (let i = from; i < from + pool; i++) {
    const v = (x[i] - m) * scale + shift;
    if (v > value || (Number.isNaN(v) && !Number.isNaN(value))) {
      best = i;
      value = v;
    }
  }
  return best;
}

// y (B,C,P) from x (B,C,L), mean invStd weight bias (C), P = floor(L / pool)
export const batchNormReluPool: Kernels['batchNormReluPool'] = (y, x, mean, invStd, weight, bias, B, C, L, pool) => {
  const P = Math.floor(L / pool);
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C; c++) {
      const at = (b * C + c) * L;
      const to = (b * C + c) * P;
      const scale = invStd[c] * weight[c];
      const m = mean[c];
      const shift = bias[c];
      for (let p = 0, i = at; p < P; p++) {
        let value = 0; // relu
        for (const end = i + pool; i < end; i++) {
          const v = (x[i] - m) * scale + shift;
          if (v > value) value = v;
          else if (!(v <= value)) value = Number.NaN; // the largest
        }
        y[to + p] = value;
      }
    }
};

// batchNormBackward with a dy that is 0 except at the maxima
export const batchNormReluPoolBackward: Kernels['batchNormReluPoolBackward'] = (
  dx,
  dweight,
  dbias,
  dy,
  x,
  mean,
  invStd,
  weight,
  bias,
  B,
  C,
  L,
  pool,
  train,
) => {
  const P = Math.floor(L / pool);
  for (let c = 0; c < C; c++) {
    const m = mean[c];
    const scale = invStd[c] * weight[c];
    let sum = 0;
    let dot = 0;
    for (let b = 0; b < B; b++)
      for (let p = 0; p < P; p++) {
        const i = winner(x, (b * C + c) * L + p * pool, pool, m, scale, bias[c]);
        if (i < 0) continue;
        const g = dy[(b * C + c) * P + p];
        sum += g;
        dot += g * (x[i] - m);
      }
    dot *= invStd[c];
    if (dweight) dweight[c] += dot;
    if (dbias) dbias[c] += sum;
    if (!dx) continue;
    const meanDy = train ? sum / (B * L) : 0;
    const slope = train ? (dot / (B * L)) * invStd[c] : 0;
    const factor = weight[c] * invStd[c];
    for (let b = 0; b < B; b++) {
      const at = (b * C + c) * L;
      for (let p = 0; p * pool < L; p++) {
        const end = Math.min((p + 1) * pool, L);
        const i = p < P ? winner(x, at + p * pool, pool, m, scale, bias[c]) : -1;
        const g = i < 0 ? 0 : dy[(b * C + c) * P + p];
        for (let l = at + p * pool; l < at + end; l++)
          dx[l] += factor * ((l === i ? g : 0) - meanDy - (x[l] - m) * slope);
      }
    }
  }
};
