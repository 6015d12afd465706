import { addSquare, sum, sum4, wholeBytes } from './lanes';

// A row is summed in blocks of this many elements: float32 lanes inside a block, float64 from block to block.
const BLOCK: i32 = 256;

// mean, variance (C) of x (B,C,L): two passes, since E x^2 - (E x)^2 cancels
export function batchNormStatistics(mean: usize, variance: usize, x: usize, B: i32, C: i32, L: i32): void {
  batchNormStatisticsPart(mean, variance, x, B, C, L, C);
}

// of the first `count` channels, to which all arrays point
export function batchNormStatisticsPart(
  mean: usize,
  variance: usize,
  x: usize,
  B: i32,
  C: i32,
  L: i32,
  count: i32,
): void {
  const row = <usize>L << 2;
  const sample = <usize>C * row;
  const n = <f64>B * <f64>L;
  for (let c: usize = 0; c < <usize>count << 2; c += 4, x += row) {
    const end = x + <usize>B * sample;
    let total: f64 = 0;
    for (let at = x; at < end; at += sample) total += sum(at, L);
    const m = total / n;
    const near = <f32>m;
    let squares: f64 = 0;
    for (let at = x; at < end; at += sample) squares += rowSquares(at, near, L);
    const miss = m - <f64>near; // the deviations were taken from the rounded mean
    f32.store(mean + c, near);
    f32.store(variance + c, <f32>(squares / n - miss * miss));
  }
}

/** The sum of (x - m)^2 over x (n). */
function rowSquares(x: usize, m: f32, n: i32): f64 {
  let sum: f64 = 0;
  for (; n > 0; n -= BLOCK) {
    const size = min(n, BLOCK);
    const end = x + (<usize>size << 2);
    const whole = x + wholeBytes(size);
    const twos = x + (<usize>(size & ~7) << 2);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    if (x < twos)
      do {
        s0 = addSquare(s0, f32x4.sub(v128.load(x), f32x4.splat(m)));
        s1 = addSquare(s1, f32x4.sub(v128.load(x, 16), f32x4.splat(m)));
        x += 32;
      } while (x < twos);
    for (; x < whole; x += 16) s0 = addSquare(s0, f32x4.sub(v128.load(x), f32x4.splat(m)));
    for (; x < end; x += 4) {
      const d = f32.load(x) - m;
      sum += <f64>(d * d);
    }
    sum += sum4(f32x4.add(s0, s1));
  }
  return sum;
}

// y (B,C,L) = (x - mean) invStd weight + bias
export function batchNorm(
  y: usize,
  x: usize,
  mean: usize,
  invStd: usize,
  weight: usize,
  bias: usize,
  B: i32,
  C: i32,
  L: i32,
): void {
  for (let b: i32 = 0; b < B; b++)
    for (let c: usize = 0; c < <usize>C << 2; c += 4) {
      const m = f32.load(mean + c);
      const scale = f32.load(invStd + c) * f32.load(weight + c);
      const shift = f32.load(bias + c);
      const end = x + (<usize>L << 2);
      const whole = x + wholeBytes(L);
      if (x < whole)
        do {
          const v = f32x4.mul(f32x4.sub(v128.load(x), f32x4.splat(m)), f32x4.splat(scale));
          v128.store(y, f32x4.add(v, f32x4.splat(shift)));
          x += 16;
          y += 16;
        } while (x < whole);
      for (; x < end; x += 4, y += 4) f32.store(y, (f32.load(x) - m) * scale + shift);
    }
}

// with xhat = (x - mean) invStd:  dx += weight invStd (dy - [train] (mean of dy + xhat mean of dy xhat))
export function batchNormBackward(
  dx: usize,
  dweight: usize,
  dbias: usize,
  dy: usize,
  x: usize,
  mean: usize,
  invStd: usize,
  weight: usize,
  B: i32,
  C: i32,
  L: i32,
  train: bool,
): void {
  batchNormBackwardPart(dx, dweight, dbias, dy, x, mean, invStd, weight, B, C, L, train, C);
}

// of the first `count` channels, to which all arrays point
export function batchNormBackwardPart(
  dx: usize,
  dweight: usize,
  dbias: usize,
  dy: usize,
  x: usize,
  mean: usize,
  invStd: usize,
  weight: usize,
  B: i32,
  C: i32,
  L: i32,
  train: bool,
  count: i32,
): void {
  const row = <usize>L << 2;
  const sample = <usize>C * row;
  const n = <f64>B * <f64>L;
  for (let c: usize = 0; c < <usize>count; c++) {
    const at = c << 2;
    const from = c * row;
    const to = from + <usize>B * sample;
    const m = f32.load(mean + at);
    const scale = <f64>f32.load(invStd + at);
    let both = f64x2.splat(0);
    for (let i = from; i < to; i += sample) both = f64x2.add(both, rowSumAndDot(dy + i, x + i, m, L));
    const sum = f64x2.extract_lane(both, 0);
    const dot = f64x2.extract_lane(both, 1) * scale;
    if (dweight) f32.store(dweight + at, <f32>(<f64>f32.load(dweight + at) + dot));
    if (dbias) f32.store(dbias + at, <f32>(<f64>f32.load(dbias + at) + sum));
    if (!dx) continue;
    const meanDy = train ? <f32>(sum / n) : 0;
    const slope = train ? <f32>((dot / n) * scale) : 0;
    const factor = <f32>(<f64>f32.load(weight + at) * scale);
    for (let i = from; i < to; i += sample) rowGradient(dx + i, dy + i, x + i, m, meanDy, slope, factor, L);
  }
}

/** The sums, as two lanes, of dy and of dy (x - m) over dy, x (n). */
function rowSumAndDot(dy: usize, x: usize, m: f32, n: i32): v128 {
  const ms = f32x4.splat(m); // used by two loops and so, for V8, outside of both: see lanes.ts
  let both = f64x2.splat(0);
  for (; n > 0; n -= BLOCK) {
    const size = min(n, BLOCK);
    const end = x + (<usize>size << 2);
    const whole = x + wholeBytes(size);
    const twos = x + (<usize>(size & ~7) << 2);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let d0 = s0;
    let d1 = s0;
    for (; x < twos; x += 32, dy += 32) {
      const g0 = v128.load(dy);
      const g1 = v128.load(dy, 16);
      s0 = f32x4.add(s0, g0);
      d0 = f32x4.add(d0, f32x4.mul(g0, f32x4.sub(v128.load(x), ms)));
      s1 = f32x4.add(s1, g1);
      d1 = f32x4.add(d1, f32x4.mul(g1, f32x4.sub(v128.load(x, 16), ms)));
    }
    for (; x < whole; x += 16, dy += 16) {
      const g = v128.load(dy);
      s0 = f32x4.add(s0, g);
      d0 = f32x4.add(d0, f32x4.mul(g, f32x4.sub(v128.load(x), ms)));
    }
    let sum = sum4(f32x4.add(s0, s1));
    let dot = sum4(f32x4.add(d0, d1));
    for (; x < end; x += 4, dy += 4) {
      const g = f32.load(dy);
      sum += <f64>g;
      dot += <f64>(g * (f32.load(x) - m));
    }
    both = f64x2.add(both, f64x2.replace_lane(f64x2.splat(sum), 1, dot));
  }
  return both;
}

/** dx (n) += factor (dy - meanDy - (x - m) slope) */
function rowGradient(dx: usize, dy: usize, x: usize, m: f32, meanDy: f32, slope: f32, factor: f32, n: i32): void {
  const end = x + (<usize>n << 2);
  const whole = x + wholeBytes(n);
  if (x < whole)
    do {
      const own = f32x4.sub(v128.load(dy), f32x4.splat(meanDy));
      const g = f32x4.sub(own, f32x4.mul(f32x4.sub(v128.load(x), f32x4.splat(m)), f32x4.splat(slope)));
      v128.store(dx, f32x4.add(v128.load(dx), f32x4.mul(f32x4.splat(factor), g)));
      x += 16;
      dy += 16;
      dx += 16;
    } while (x < whole);
  for (; x < end; x += 4, dy += 4, dx += 4) {
    const g = f32.load(dy) - meanDy - (f32.load(x) - m) * slope;
    f32.store(dx, f32.load(dx) + factor * g);
  }
}
