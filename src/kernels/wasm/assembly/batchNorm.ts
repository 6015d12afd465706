// A row is summed by blocks of so many elements: float32 lanes inside a block, float64 from block to block.
const BLOCK: i32 = 256;

// mean, variance (C) of x (B,C,L): two passes, since E x^2 - (E x)^2 cancels
export function batchNormStatistics(mean: usize, variance: usize, x: usize, B: i32, C: i32, L: i32): void {
  const row = <usize>L << 2;
  const sample = <usize>C * row;
  const n = <f64>B * <f64>L;
  for (let c: i32 = 0; c < C; c++) {
    const first = x + <usize>c * row;
    const end = first + <usize>B * sample;
    let sum: f64 = 0;
    for (let at = first; at < end; at += sample) sum += rowSum(at, L);
    const m = sum / n;
    const near = <f32>m;
    let squares: f64 = 0;
    for (let at = first; at < end; at += sample) squares += rowSquares(at, near, L);
    const off = m - <f64>near; // what the deviations miss for having been taken from the rounded mean
    store<f32>(mean + (<usize>c << 2), near);
    store<f32>(variance + (<usize>c << 2), <f32>(squares / n - off * off));
  }
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
  const row = <usize>L << 2;
  for (let b: i32 = 0; b < B; b++)
    for (let c: usize = 0; c < <usize>C << 2; c += 4) {
      const m = load<f32>(mean + c);
      const scale = load<f32>(invStd + c) * load<f32>(weight + c);
      const shift = load<f32>(bias + c);
      const ms = f32x4.splat(m);
      const scales = f32x4.splat(scale);
      const shifts = f32x4.splat(shift);
      const end = x + row;
      const whole = x + (row & ~15);
      while (x < whole) {
        v128.store(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), ms), scales), shifts));
        x += 16;
        y += 16;
      }
      while (x < end) {
        store<f32>(y, (load<f32>(x) - m) * scale + shift);
        x += 4;
        y += 4;
      }
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
  const row = <usize>L << 2;
  const sample = <usize>C * row;
  const n = <f64>B * <f64>L;
  for (let c: i32 = 0; c < C; c++) {
    const at = <usize>c << 2;
    const from = <usize>c * row;
    const to = from + <usize>B * sample;
    const m = load<f32>(mean + at);
    const scale = <f64>load<f32>(invStd + at);
    let both = f64x2.splat(0);
    for (let i = from; i < to; i += sample) both = f64x2.add(both, rowSumAndDot(dy + i, x + i, m, L));
    const sum = f64x2.extract_lane(both, 0);
    const dot = f64x2.extract_lane(both, 1) * scale;
    if (dweight) store<f32>(dweight + at, <f32>(<f64>load<f32>(dweight + at) + dot));
    if (dbias) store<f32>(dbias + at, <f32>(<f64>load<f32>(dbias + at) + sum));
    if (!dx) continue;
    const meanDy = train ? <f32>(sum / n) : 0;
    const slope = train ? <f32>((dot / n) * scale) : 0;
    const factor = <f32>(<f64>load<f32>(weight + at) * scale);
    for (let i = from; i < to; i += sample) rowGradient(dx + i, dy + i, x + i, m, meanDy, slope, factor, row);
  }
}

// dx += factor (dy - meanDy - (x - m) slope)
function rowGradient(
  dx: usize,
  dy: usize,
  x: usize,
  m: f32,
  meanDy: f32,
  slope: f32,
  factor: f32,
  bytes: usize,
): void {
  const ms = f32x4.splat(m);
  const means = f32x4.splat(meanDy);
  const slopes = f32x4.splat(slope);
  const factors = f32x4.splat(factor);
  const end = x + bytes;
  const whole = x + (bytes & ~15);
  while (x < whole) {
    const own = f32x4.sub(v128.load(dy), means);
    const g = f32x4.sub(own, f32x4.mul(f32x4.sub(v128.load(x), ms), slopes));
    v128.store(dx, f32x4.add(v128.load(dx), f32x4.mul(factors, g)));
    x += 16;
    dy += 16;
    dx += 16;
  }
  while (x < end) {
    const g = load<f32>(dy) - meanDy - (load<f32>(x) - m) * slope;
    store<f32>(dx, load<f32>(dx) + factor * g);
    x += 4;
    dy += 4;
    dx += 4;
  }
}

// the sum of x (n)
function rowSum(x: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (; n > 0; n -= BLOCK) {
    const bytes = <usize>min(n, BLOCK) << 2;
    const end = x + bytes;
    const whole = x + (bytes & ~15);
    const fours = x + (bytes & ~63);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    while (x < fours) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
      x += 64;
    }
    while (x < whole) {
      s0 = f32x4.add(s0, v128.load(x));
      x += 16;
    }
    while (x < end) {
      sum += <f64>load<f32>(x);
      x += 4;
    }
    sum += lanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
  return sum;
}

// the sum of (x - m)^2 over x (n)
function rowSquares(x: usize, m: f32, n: i32): f64 {
  const ms = f32x4.splat(m);
  let sum: f64 = 0;
  for (; n > 0; n -= BLOCK) {
    const bytes = <usize>min(n, BLOCK) << 2;
    const end = x + bytes;
    const whole = x + (bytes & ~15);
    const twos = x + (bytes & ~31);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    while (x < twos) {
      const d0 = f32x4.sub(v128.load(x), ms);
      const d1 = f32x4.sub(v128.load(x, 16), ms);
      s0 = f32x4.add(s0, f32x4.mul(d0, d0));
      s1 = f32x4.add(s1, f32x4.mul(d1, d1));
      x += 32;
    }
    while (x < whole) {
      const d0 = f32x4.sub(v128.load(x), ms);
      s0 = f32x4.add(s0, f32x4.mul(d0, d0));
      x += 16;
    }
    while (x < end) {
      const d0 = load<f32>(x) - m;
      sum += <f64>(d0 * d0);
      x += 4;
    }
    sum += lanes(f32x4.add(s0, s1));
  }
  return sum;
}

// the sums of dy and of dy (x - m) over dy, x (n)
function rowSumAndDot(dy: usize, x: usize, m: f32, n: i32): v128 {
  const ms = f32x4.splat(m);
  let both = f64x2.splat(0);
  for (; n > 0; n -= BLOCK) {
    const bytes = <usize>min(n, BLOCK) << 2;
    const end = x + bytes;
    const whole = x + (bytes & ~15);
    const twos = x + (bytes & ~31);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let d0 = s0;
    let d1 = s0;
    while (x < twos) {
      const g0 = v128.load(dy);
      const g1 = v128.load(dy, 16);
      s0 = f32x4.add(s0, g0);
      d0 = f32x4.add(d0, f32x4.mul(g0, f32x4.sub(v128.load(x), ms)));
      s1 = f32x4.add(s1, g1);
      d1 = f32x4.add(d1, f32x4.mul(g1, f32x4.sub(v128.load(x, 16), ms)));
      x += 32;
      dy += 32;
    }
    while (x < whole) {
      const g0 = v128.load(dy);
      s0 = f32x4.add(s0, g0);
      d0 = f32x4.add(d0, f32x4.mul(g0, f32x4.sub(v128.load(x), ms)));
      x += 16;
      dy += 16;
    }
    let s: f32 = 0;
    let d: f32 = 0;
    while (x < end) {
      const g = load<f32>(dy);
      s += g;
      d += g * (load<f32>(x) - m);
      x += 4;
      dy += 4;
    }
    both = f64x2.add(both, f64x2.replace_lane(f64x2.splat(lanes(f32x4.add(s0, s1)) + <f64>s), 1, lanes(f32x4.add(d0, d1)) + <f64>d));
  }
  return both;
}

@inline
function lanes(v: v128): f64 {
  const pair = f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)));
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}
