import { sum4 } from './lanes';

const BLOCK: i32 = 256; // windows summed in float32; blocks are summed in float64

// Windows of 2, the usual size, are taken four at a time; others one by one. The gradient finds the largest again: a mask from the
// forward pass would take 0.75 of the time of both (`npm run bench -- variants`), less than a hundredth of a step.

// y (B,C,P) from x (B,C,L), mean invStd weight bias (C), P = floor(L / pool)
export function batchNormReluPool(
  y: usize,
  x: usize,
  mean: usize,
  invStd: usize,
  weight: usize,
  bias: usize,
  B: i32,
  C: i32,
  L: i32,
  pool: i32,
): void {
  const P = L / pool;
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C << 2; c += 4, x += L << 2) {
      const m = f32.load(mean + c);
      const scale = f32.load(invStd + c) * f32.load(weight + c);
      const shift = f32.load(bias + c);
      const whole = pool == 2 ? P & ~3 : 0;
      let p = 0;
      if (p < whole)
        do {
          const low = v128.load(x + (p << 3));
          const high = v128.load(x + (p << 3), 16);
          const even = normalise(v128.shuffle<f32>(low, high, 0, 2, 4, 6), m, scale, shift);
          const odd = normalise(v128.shuffle<f32>(low, high, 1, 3, 5, 7), m, scale, shift);
          v128.store(y, f32x4.max(f32x4.max(even, odd), f32x4.splat(0)));
          p += 4;
          y += 16;
        } while (p < whole);
      for (; p < P; p++, y += 4) {
        let best: f32 = 0;
        for (let i = (p * pool) << 2; i < ((p + 1) * pool) << 2; i += 4)
          best = max<f32>(best, (f32.load(x + i) - m) * scale + shift);
        f32.store(y, best);
      }
    }
}

@inline
export function normalise(x: v128, m: f32, scale: f32, shift: f32): v128 {
  return f32x4.add(f32x4.mul(f32x4.sub(x, f32x4.splat(m)), f32x4.splat(scale)), f32x4.splat(shift));
}

// batchNormBackward with a dy that is 0 except at the maxima
export function batchNormReluPoolBackward(
  dx: usize,
  dweight: usize,
  dbias: usize,
  dy: usize,
  x: usize,
  mean: usize,
  invStd: usize,
  weight: usize,
  bias: usize,
  B: i32,
  C: i32,
  L: i32,
  pool: i32,
  train: bool,
): void {
  batchNormReluPoolBackwardPart(dx, dweight, dbias, dy, x, mean, invStd, weight, bias, B, C, L, pool, train, C);
}

// of the first `count` channels, to which all arrays point
export function batchNormReluPoolBackwardPart(
  dx: usize,
  dweight: usize,
  dbias: usize,
  dy: usize,
  x: usize,
  mean: usize,
  invStd: usize,
  weight: usize,
  bias: usize,
  B: i32,
  C: i32,
  L: i32,
  pool: i32,
  train: bool,
  count: i32,
): void {
  const P = L / pool;
  const whole = pool == 2 ? P & ~3 : 0;
  const n = <f64>B * <f64>L;
  for (let c = 0; c < count; c++) {
    const at = c << 2;
    const m = f32.load(mean + at);
    const std = f32.load(invStd + at);
    const scale = std * f32.load(weight + at);
    const shift = f32.load(bias + at);
    let sum: f64 = 0;
    let dot: f64 = 0;
    for (let b = 0; b < B; b++) {
      const row = x + (((b * C + c) * L) << 2);
      const from = dy + (((b * C + c) * P) << 2);
      let p = 0;
      while (p < whole) {
        const stop = min(p + BLOCK, whole);
        let sums = f32x4.splat(0);
        let dots = sums;
        do {
          const low = v128.load(row + (p << 3));
          const high = v128.load(row + (p << 3), 16);
          const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
          const odd = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
          const u = normalise(even, m, scale, shift);
          const v = normalise(odd, m, scale, shift);
          const first = v128.or(f32x4.ge(u, v), f32x4.ne(u, u)); // a NaN is the largest
          const g = v128.and(v128.load(from + (p << 2)), v128.not(f32x4.le(f32x4.max(u, v), f32x4.splat(0))));
          sums = f32x4.add(sums, g);
          dots = f32x4.add(dots, f32x4.mul(g, f32x4.sub(v128.bitselect(even, odd, first), f32x4.splat(m))));
          p += 4;
        } while (p < stop);
        sum += sum4(sums);
        dot += sum4(dots);
      }
      for (; p < P; p++) {
        const i = winner(row, p * pool, pool, m, scale, shift);
        if (i < 0) continue;
        const g = f32.load(from + (p << 2));
        sum += <f64>g;
        dot += <f64>g * <f64>(f32.load(row + (i << 2)) - m);
      }
    }
    dot *= <f64>std;
    if (dweight) f32.store(dweight + at, f32.load(dweight + at) + <f32>dot);
    if (dbias) f32.store(dbias + at, f32.load(dbias + at) + <f32>sum);
    if (!dx) continue;
    const meanDy: f32 = train ? <f32>(sum / n) : 0;
    const slope: f32 = train ? <f32>((dot / n) * <f64>std) : 0;
    for (let b = 0; b < B; b++) {
      const row = x + (((b * C + c) * L) << 2);
      const to = dx + (((b * C + c) * L) << 2);
      const from = dy + (((b * C + c) * P) << 2);
      let p = 0;
      if (p < whole)
        do {
          const low = v128.load(row + (p << 3));
          const high = v128.load(row + (p << 3), 16);
          const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
          const odd = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
          const u = normalise(even, m, scale, shift);
          const v = normalise(odd, m, scale, shift);
          const first = v128.or(f32x4.ge(u, v), f32x4.ne(u, u)); // a NaN is the largest
          const g = v128.and(v128.load(from + (p << 2)), v128.not(f32x4.le(f32x4.max(u, v), f32x4.splat(0))));
          const du = gradient(v128.and(g, first), even, m, scale, meanDy, slope);
          const dv = gradient(v128.andnot(g, first), odd, m, scale, meanDy, slope);
          const at = to + (p << 3);
          v128.store(at, f32x4.add(v128.load(at), v128.shuffle<f32>(du, dv, 0, 4, 1, 5)));
          v128.store(at, f32x4.add(v128.load(at, 16), v128.shuffle<f32>(du, dv, 2, 6, 3, 7)), 16);
          p += 4;
        } while (p < whole);
      for (; p * pool < L; p++) {
        const i = p < P ? winner(row, p * pool, pool, m, scale, shift) : -1;
        const g: f32 = i < 0 ? 0 : f32.load(from + (p << 2));
        for (let l = p * pool; l < min((p + 1) * pool, L); l++) {
          const d = (l == i ? g : 0) - meanDy - (f32.load(row + (l << 2)) - m) * slope;
          f32.store(to + (l << 2), f32.load(to + (l << 2)) + scale * d);
        }
      }
    }
  }
}

/** scale (g - meanDy - (x - m) slope) */
@inline
export function gradient(g: v128, x: v128, m: f32, scale: f32, meanDy: f32, slope: f32): v128 {
  const centred = f32x4.sub(x, f32x4.splat(m));
  const d = f32x4.sub(f32x4.sub(g, f32x4.splat(meanDy)), f32x4.mul(centred, f32x4.splat(slope)));
  return f32x4.mul(f32x4.splat(scale), d);
}

/** The position of the largest normalised value of a window, or -1 if relu makes it 0; a NaN is the largest. */
function winner(x: usize, from: i32, pool: i32, m: f32, scale: f32, shift: f32): i32 {
  let best = -1;
  let value: f32 = 0;
  for (let i = from; i < from + pool; i++) {
    const v = (f32.load(x + (i << 2)) - m) * scale + shift;
    if (v > value || (isNaN(v) && !isNaN(value))) {
      best = i;
      value = v;
    }
  }
  return best;
}
