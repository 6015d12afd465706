import { addSquare, dot, high64, load, low64, narrow, store, sum64, wholeBytes } from './lanes';

// A row is summed in blocks of this many bytes: float32 lanes inside a block, float64 from block to block.
const BLOCK: usize = 1024;

// y (B,D) = x / |x|, norm (B); in float64, as squares of float32 numbers overflow float32
export function l2Normalize(y: usize, norm: usize, x: usize, B: i32, D: i32, eps: f64): void {
  const pairs = <usize>(D & ~1) << 2;
  for (let b: i32 = 0; b < B; b++) {
    let sum = f64x2.splat(0);
    for (let at = x, end = x + pairs; at < end; at += 8) {
      const v = low64(v128.load64_zero(at));
      sum = f64x2.add(sum, f64x2.mul(v, v));
    }
    let squares = sum64(sum);
    if (D & 1) squares += <f64>f32.load(x + pairs) * <f64>f32.load(x + pairs);
    const length = sqrt<f64>(squares);
    f32.store(norm, <f32>length);
    const scale: f64 = length <= eps ? 0 : 1 / length;
    const scales = f64x2.splat(scale);
    for (let end = x + pairs; x < end; x += 8) {
      const v = f64x2.mul(low64(v128.load64_zero(x)), scales);
      v128.store64_lane(y, f32x4.demote_f64x2_zero(v), 0);
      y += 8;
    }
    if (D & 1) {
      f32.store(y, <f32>(<f64>f32.load(x) * scale));
      y += 4;
      x += 4;
    }
    norm += 4;
  }
}

// dx += (dy - y (y . dy)) / norm
export function l2NormalizeBackward(dx: usize, dy: usize, y: usize, norm: usize, B: i32, D: i32, eps: f64): void {
  const bytes = <usize>D << 2;
  const whole = wholeBytes(D);
  for (let b: i32 = 0; b < B; b++) {
    const length = f32.load(norm);
    if (!(<f64>length <= eps)) {
      const along = <f32>dot(y, dy, D);
      const alongs = f32x4.splat(along);
      const lengths = f32x4.splat(length);
      let i: usize = 0;
      for (; i < whole; i += 16) {
        const g = f32x4.sub(v128.load(dy + i), f32x4.mul(v128.load(y + i), alongs));
        v128.store(dx + i, f32x4.add(v128.load(dx + i), f32x4.div(g, lengths)));
      }
      for (; i < bytes; i += 4)
        f32.store(dx + i, f32.load(dx + i) + (f32.load(dy + i) - f32.load(y + i) * along) / length);
    }
    dx += bytes;
    dy += bytes;
    y += bytes;
    norm += 4;
  }
}

/**
 * d (M,N) = |a_m - b_n|^2. The differences are squared one by one: |a|^2 + |b|^2 - 2 a.b cancels for near neighbours.
 * A row of a meets four rows of b at a time; if fewer are left, the last is repeated. So each
 * pair is summed in the same way wherever it is, and the distances of rows among themselves are symmetric.
 */
export function squaredEuclidean(d: usize, a: usize, b: usize, M: i32, N: i32, D: i32): void {
  const row = <usize>D << 2;
  for (let m: i32 = 0; m < M; m++) {
    let to = b;
    let n: i32 = N;
    for (; n >= 4; n -= 4) {
      v128.store(d, fourDistances(a, to, to + row, to + 2 * row, to + 3 * row, row));
      to += 4 * row;
      d += 16;
    }
    if (n > 0) {
      const b1 = n > 1 ? to + row : to;
      const b2 = n > 2 ? b1 + row : b1;
      const four = fourDistances(a, to, b1, b2, b2, row);
      v128.store_lane<f32>(d, four, 0);
      if (n > 1) v128.store_lane<f32>(d, four, 1, 4);
      if (n > 2) v128.store_lane<f32>(d, four, 2, 8);
      d += <usize>n << 2;
    }
    a += row;
  }
}

@inline
function fourDistances(a: usize, b0: usize, b1: usize, b2: usize, b3: usize, bytes: usize): v128 {
  let lower = f64x2.splat(0);
  let upper = lower;
  const end = a + bytes;
  while (a < end) {
    const stop = min(a + BLOCK, end);
    const whole = a + ((stop - a) & ~15);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    while (a < whole) {
      const v = v128.load(a);
      s0 = addSquare(s0, f32x4.sub(v, v128.load(b0)));
      s1 = addSquare(s1, f32x4.sub(v, v128.load(b1)));
      s2 = addSquare(s2, f32x4.sub(v, v128.load(b2)));
      s3 = addSquare(s3, f32x4.sub(v, v128.load(b3)));
      a += 16;
      b0 += 16;
      b1 += 16;
      b2 += 16;
      b3 += 16;
    }
    while (a < stop) {
      const v = v128.load_zero<f32>(a);
      s0 = addSquare(s0, f32x4.sub(v, v128.load_zero<f32>(b0)));
      s1 = addSquare(s1, f32x4.sub(v, v128.load_zero<f32>(b1)));
      s2 = addSquare(s2, f32x4.sub(v, v128.load_zero<f32>(b2)));
      s3 = addSquare(s3, f32x4.sub(v, v128.load_zero<f32>(b3)));
      a += 4;
      b0 += 4;
      b1 += 4;
      b2 += 4;
      b3 += 4;
    }
    // the sums of the lanes of each, as the lanes of one
    const t0 = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), v128.shuffle<f32>(s0, s1, 2, 6, 3, 7));
    const t1 = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 4, 1, 5), v128.shuffle<f32>(s2, s3, 2, 6, 3, 7));
    const s = f32x4.add(v128.shuffle<f32>(t0, t1, 0, 1, 4, 5), v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
    lower = f64x2.add(lower, low64(s));
    upper = f64x2.add(upper, high64(s));
  }
  return narrow(lower, upper);
}

// da_m += 2 dd_mn (a_m - b_n), db_n -= the same
export function squaredEuclideanBackward(
  da: usize,
  db: usize,
  dd: usize,
  a: usize,
  b: usize,
  M: i32,
  N: i32,
  D: i32,
): void {
  if (da) squaredEuclideanPulls(da, dd, a, b, M, N, D, <usize>N << 2, 4);
  if (db) squaredEuclideanPulls(db, dd, b, a, N, M, D, 4, <usize>N << 2);
}

// da_m += 2 dd_mn (a_m - b_n), summed over n; dd_mn are `mStep` and `nStep` bytes apart along m and n
export function squaredEuclideanPulls(
  da: usize,
  dd: usize,
  a: usize,
  b: usize,
  M: i32,
  N: i32,
  D: i32,
  mStep: usize,
  nStep: usize,
): void {
  const row = <usize>D << 2;
  for (let m: i32 = 0; m < M; m++) {
    let i: usize = 0;
    for (; i + 64 <= row; i += 64) pullFourVectors(da + i, dd, nStep, a + i, b + i, N, row);
    for (; i + 16 <= row; i += 16) pullVector(true, da + i, dd, nStep, a + i, b + i, N, row);
    for (; i < row; i += 4) pullVector(false, da + i, dd, nStep, a + i, b + i, N, row);
    da += row;
    a += row;
    dd += mStep;
  }
}

@inline
function pullVector(whole: bool, da: usize, dd: usize, nStep: usize, a: usize, b: usize, N: i32, row: usize): void {
  const v = load(a, whole);
  let s = f32x4.splat(0);
  for (let n = N; n > 0; n--, dd += nStep, b += row) {
    const g = f32.load(dd) * 2;
    if (g != 0) s = addPull(s, f32x4.splat(g), v, load(b, whole));
  }
  store(da, f32x4.add(load(da, whole), s), whole);
}

function pullFourVectors(da: usize, dd: usize, nStep: usize, a: usize, b: usize, N: i32, row: usize): void {
  const a0 = v128.load(a);
  const a1 = v128.load(a, 16);
  const a2 = v128.load(a, 32);
  const a3 = v128.load(a, 48);
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let n = N; n > 0; n--, dd += nStep, b += row) {
    const g = f32.load(dd) * 2;
    if (g != 0) {
      const gs = f32x4.splat(g);
      s0 = addPull(s0, gs, a0, v128.load(b));
      s1 = addPull(s1, gs, a1, v128.load(b, 16));
      s2 = addPull(s2, gs, a2, v128.load(b, 32));
      s3 = addPull(s3, gs, a3, v128.load(b, 48));
    }
  }
  v128.store(da, f32x4.add(v128.load(da), s0));
  v128.store(da, f32x4.add(v128.load(da, 16), s1), 16);
  v128.store(da, f32x4.add(v128.load(da, 32), s2), 32);
  v128.store(da, f32x4.add(v128.load(da, 48), s3), 48);
}

@inline
function addPull(s: v128, g: v128, a: v128, b: v128): v128 {
  return f32x4.add(s, f32x4.mul(g, f32x4.sub(a, b)));
}
