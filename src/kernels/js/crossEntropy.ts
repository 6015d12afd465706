import { exp, log } from '../../core/math.ts';
import type { Kernels } from '../types.ts';

// loss (1), probabilities (B,K) from logits (B,K), targets (B), weights (K):
// sum over b of (1-s) w_y (-log p_y) + s/K sum over k of w_k (-log p_k), divided by the sum of w_y
export const crossEntropy: Kernels['crossEntropy'] = (
  loss,
  probabilities,
  logits,
  targets,
  weights,
  smoothing,
  B,
  K,
) => {
  let total = 0;
  let weight = 0;
  for (let b = 0; b < B; b++) {
    const at = b * K;
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < K; k++) if (logits[at + k] > top) top = logits[at + k];
    let sum = 0;
    for (let k = 0; k < K; k++) sum += exp(logits[at + k] - top);
    const logSum = top + log(sum);
    for (let k = 0; k < K; k++) {
      const surprise = logSum - logits[at + k];
      probabilities[at + k] = exp(-surprise);
      const w = weights ? weights[k] : 1;
      if (smoothing > 0) total += (w * surprise * smoothing) / K; // else 0 times Infinity for a masked class
      if (k !== targets[b]) continue;
      total += w * surprise * (1 - smoothing);
      weight += w;
    }
  }
  loss[0] = total / weight;
};

export const crossEntropyBackward: Kernels['crossEntropyBackward'] = (
  dlogits,
  dloss,
  probabilities,
  targets,
  weights,
  smoothing,
  B,
  K,
) => {
  let weight = 0;
  let meanWeight = 1;
  for (let b = 0; b < B; b++) weight += weights ? weights[targets[b]] : 1;
  if (weights) {
    meanWeight = 0;
    for (let k = 0; k < K; k++) meanWeight += weights[k] / K;
  }
  const g = dloss[0] / weight;
  for (let b = 0; b < B; b++) {
    const own = (1 - smoothing) * (weights ? weights[targets[b]] : 1);
    const all = own + smoothing * meanWeight; // the whole weight of sample b
    for (let k = 0; k < K; k++) {
      const w = ((weights ? weights[k] : 1) * smoothing) / K + (k === targets[b] ? own : 0);
      dlogits[b * K + k] += g * (all * probabilities[b * K + k] - w);
    }
  }
};
