import { load, store } from './lanes';
import { log64 } from './math';
import { divide, exponentials, rowTop } from './reduce';

// loss (1), probabilities (B,K) from logits (B,K), targets (B), weights (K):
// sum over b of (1-s) w_y (-log p_y) + s/K sum over k of w_k (-log p_k), divided by the sum of w_y
export function crossEntropy(
  loss: usize,
  probabilities: usize,
  logits: usize,
  targets: usize,
  weights: usize,
  smoothing: f64,
  B: i32,
  K: i32,
): void {
  let total: f64 = 0;
  let weight: f64 = 0;
  for (let b = 0; b < B; b++) {
    const top = rowTop(logits, K);
    const sum = exponentials(probabilities, logits, top, K);
    divide(probabilities, <f32>sum, K);
    const logSum = <f64>top + log64(sum);
    const target = i32.load(targets + (b << 2));
    if (<u32>target < <u32>K) {
      const w = weightOf(weights, target);
      total += w * (logSum - <f64>f32.load(logits + (target << 2))) * (1 - smoothing);
      weight += w;
    }
    if (smoothing > 0) {
      let all: f64 = 0;
      for (let k = 0; k < K; k++) all += weightOf(weights, k) * (logSum - <f64>f32.load(logits + (k << 2)));
      total += (all * smoothing) / <f64>K;
    }
    logits += K << 2;
    probabilities += K << 2;
  }
  f32.store(loss, <f32>(total / weight));
}

export function crossEntropyBackward(
  dlogits: usize,
  dloss: usize,
  probabilities: usize,
  targets: usize,
  weights: usize,
  smoothing: f64,
  B: i32,
  K: i32,
): void {
  let weight: f64 = 0;
  for (let b = 0; b < B; b++) weight += weightOf(weights, i32.load(targets + (b << 2)));
  let meanWeight: f64 = 0;
  for (let k = 0; k < K; k++) meanWeight += weightOf(weights, k) / <f64>K;
  if (!weights) meanWeight = 1;
  const g = f32x4.splat(<f32>(<f64>f32.load(dloss) / weight));
  const share = f32x4.splat(<f32>(smoothing / <f64>K));
  for (let b = 0; b < B; b++) {
    const target = i32.load(targets + (b << 2));
    const own = (1 - smoothing) * weightOf(weights, target);
    const all = f32x4.splat(<f32>(own + smoothing * meanWeight)); // the whole weight of sample b
    const owns = f32x4.splat(<f32>own);
    for (let k = 0; k < K; k++) {
      const whole = k + 4 <= K;
      const at = (<usize>k) << 2;
      const place = i32x4.add(i32x4.splat(k), i32x4(0, 1, 2, 3));
      let w = v128.and(owns, i32x4.eq(place, i32x4.splat(target)));
      w = f32x4.add(weights ? f32x4.mul(load(weights + at, whole), share) : share, w);
      const d = f32x4.mul(g, f32x4.sub(f32x4.mul(all, load(probabilities + at, whole)), w));
      store(dlogits + at, f32x4.add(load(dlogits + at, whole), d), whole);
      if (whole) k += 3;
    }
    dlogits += K << 2;
    probabilities += K << 2;
  }
}

@inline
function weightOf(weights: usize, k: i32): f64 {
  return weights ? <f64>f32.load(weights + (k << 2)) : 1;
}
