import type { Kernels } from '../types.ts';

// y (B,C,L), mean, invStd (B,groups) from x (B,C,L), weight, bias (C); in two passes, as one loses digits if the mean is large
export const groupNorm: Kernels['groupNorm'] = (y, mean, invStd, x, weight, bias, B, C, L, groups, eps) => {
  const cg = C / groups;
  const n = cg * L;
  for (let r = 0; r < B * groups; r++) {
    const from = r * n;
    const end = from + n;
    let sum = 0;
    for (let i = from; i < end; i++) sum += x[i];
    const m = sum / n;
    let squares = 0;
    for (let i = from; i < end; i++) squares += (x[i] - m) * (x[i] - m);
    const s = 1 / Math.sqrt(squares / n + eps);
    mean[r] = m;
    invStd[r] = s;
    const first = (r % groups) * cg;
    for (let c = first, i = from; c < first + cg; c++) {
      const w = weight ? s * weight[c] : s;
      const b = bias ? bias[c] : 0;
      for (const stop = i + L; i < stop; i++) y[i] = (x[i] - m) * w + b;
    }
  }
};

// With xhat = (x - mean) invStd and g = dy weight: dx += invStd (g - mean of g - xhat mean of g xhat)
export const groupNormBackward: Kernels['groupNormBackward'] = (
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
  groups,
) => {
  const cg = C / groups;
  const n = cg * L;
  for (let r = 0; r < B * groups; r++) {
    const m = mean[r];
    const s = invStd[r];
    const first = (r % groups) * cg;
    let sum = 0;
    let product = 0;
    for (let c = first, i = r * n; c < first + cg; c++) {
      let channelSum = 0;
      let channelProduct = 0;
      for (const stop = i + L; i < stop; i++) {
        channelSum += dy[i];
        channelProduct += dy[i] * (x[i] - m);
      }
      channelProduct *= s;
      const w = weight ? weight[c] : 1;
      sum += channelSum * w;
      product += channelProduct * w;
      if (dweight) dweight[c] += channelProduct;
      if (dbias) dbias[c] += channelSum;
    }
    if (!dx) continue;
    sum /= n;
    product *= s / n;
    for (let c = first, i = r * n; c < first + cg; c++) {
      const w = weight ? weight[c] : 1;
      for (const stop = i + L; i < stop; i++) dx[i] += s * (dy[i] * w - sum - (x[i] - m) * product);
    }
  }
};
