import type { Kernels } from '../types.ts';

// mean, variance (C) of x (B,C,L): two passes, since E x^2 - (E x)^2 cancels
export const batchNormStatistics: Kernels['batchNormStatistics'] = (mean, variance, x, B, C, L) => {
  for (let c = 0; c < C; c++) {
    let sum = 0;
    for (let b = 0; b < B; b++) {
      const at = (b * C + c) * L;
      for (let i = at; i < at + L; i++) sum += x[i];
    }
    const m = sum / (B * L);
    let squares = 0;
    for (let b = 0; b < B; b++) {
      const at = (b * C + c) * L;
      for (let i = at; i < at + L; i++) squares += (x[i] - m) * (x[i] - m);
    }
    mean[c] = m;
    variance[c] = squares / (B * L);
  }
};

// y (B,C,L) = (x - mean) invStd weight + bias
export const batchNorm: Kernels['batchNorm'] = (y, x, mean, invStd, weight, bias, B, C, L) => {
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C; c++) {
      const at = (b * C + c) * L;
      const m = mean[c];
      const scale = invStd[c] * weight[c];
      const shift = bias[c];
      for (let i = at; i < at + L; i++) y[i] = (x[i] - m) * scale + shift;
    }
};

// with xhat = (x - mean) invStd:  dx += weight invStd (dy - [train] (mean of dy + xhat mean of dy xhat))
export const batchNormBackward: Kernels['batchNormBackward'] = (
  dx,
  dweight,
  dbias,
  dy,
  x,
  mean,
  invStd,
  weight,
  B,
  C,
  L,
  train,
) => {
  for (let c = 0; c < C; c++) {
    const m = mean[c];
    let sum = 0;
    let dot = 0;
    for (let b = 0; b < B; b++) {
      const at = (b * C + c) * L;
      for (let i = at; i < at + L; i++) {
        sum += dy[i];
        dot += dy[i] * (x[i] - m);
      }
    }
    const scale = invStd[c];
    dot *= scale;
    if (dweight) dweight[c] += dot;
    if (dbias) dbias[c] += sum;
    if (!dx) continue;
    const meanDy = train ? sum / (B * L) : 0;
    const slope = train ? (dot / (B * L)) * scale : 0;
    const factor = weight[c] * scale;
    for (let b = 0; b < B; b++) {
      const at = (b * C + c) * L;
      for (let i = at; i < at + L; i++) dx[i] += factor * (dy[i] - meanDy - (x[i] - m) * slope);
    }
  }
};
