/**
 * Loads, stores and sums of lanes.
 *
 * Loops are written `if (at < end) do { ... } while (at < end)`: V8 hoists invariants, such as the constants
 * of math.ts, only out of loops whose body runs before the test. In a `while` loop it rebuilds every constant in
 * each round, which makes exp4 or tanh4 almost twice as slow.
 */

/** Four elements, or one in lane 0 if not `whole`. */
@inline
export function load(at: usize, whole: bool): v128 {
  return whole ? v128.load(at) : v128.load_zero<f32>(at);
}

/** Writes what `load` would read. */
@inline
export function store(at: usize, v: v128, whole: bool): void {
  if (whole) v128.store(at, v);
  else v128.store_lane<f32>(at, v, 0);
}

/** Writes four equal lanes over n elements. */
export function fill(to: usize, four: v128, n: i32): void {
  const end = to + (<usize>n << 2);
  const whole = to + wholeBytes(n);
  for (; to < whole; to += 16) v128.store(to, four);
  for (; to < end; to += 4) store(to, four, false);
}

/** s + v v */
@inline
export function addSquare(s: v128, v: v128): v128 {
  return f32x4.add(s, f32x4.mul(v, v));
}

/** Bytes of the whole vectors among n elements. */
@inline
export function wholeBytes(n: i32): usize {
  return (<usize>(n & ~3)) << 2;
}

/** Bytes of the elements after them. */
@inline
export function restBytes(n: i32): usize {
  return (<usize>(n & 3)) << 2;
}

/** The upper two lanes, in the lower places. */
@inline
export function upper(v: v128): v128 {
  return i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

/** Lanes 0 and 1 in float64. */
@inline
export function low64(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** Lanes 2 and 3 in float64. */
@inline
export function high64(v: v128): v128 {
  return f64x2.promote_low_f32x4(upper(v));
}

/** Four float64 lanes, given as two and two, in float32. */
@inline
export function narrow(low: v128, high: v128): v128 {
  const a = f32x4.demote_f64x2_zero(low);
  const b = f32x4.demote_f64x2_zero(high);
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** The sum of two float64 lanes. */
@inline
export function sum64(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** The sum of four float32 lanes, in float64. */
@inline
export function sum4(v: v128): f64 {
  return sum64(f64x2.add(low64(v), high64(v)));
}

/** The greatest of four lanes without a NaN. */
@inline
export function max4(v: v128): f32 {
  const pair = f32x4.pmax(v, upper(v));
  const a = f32x4.extract_lane(pair, 0);
  const b = f32x4.extract_lane(pair, 1);
  return b > a ? b : a;
}

const BLOCK: i32 = 512;

/** The sum of a (n) b (n), in float32 lanes by blocks. */
export function dot(a: usize, b: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (; n > 0; n -= BLOCK) {
    const m = min(n, BLOCK);
    const end = a + (m << 2);
    const whole = a + wholeBytes(m);
    const fours = a + ((<usize>(m & ~15)) << 2);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    while (a < fours) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(a), v128.load(b)));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
      s2 = f32x4.add(s2, f32x4.mul(v128.load(a, 32), v128.load(b, 32)));
      s3 = f32x4.add(s3, f32x4.mul(v128.load(a, 48), v128.load(b, 48)));
      a += 64;
      b += 64;
    }
    for (; a < whole; a += 16, b += 16) s0 = f32x4.add(s0, f32x4.mul(v128.load(a), v128.load(b)));
    for (; a < end; a += 4, b += 4) s1 = f32x4.add(s1, f32x4.mul(v128.load_zero<f32>(a), v128.load_zero<f32>(b)));
    sum += sum4(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
  return sum;
}

/** The sum of x (n), in float32 lanes by blocks. */
export function sum(x: usize, n: i32): f64 {
  let total: f64 = 0;
  for (; n > 0; n -= BLOCK) {
    const m = min(n, BLOCK);
    const end = x + (<usize>m << 2);
    const whole = x + wholeBytes(m);
    const fours = x + (<usize>(m & ~15) << 2);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (; x < fours; x += 64) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
    }
    for (; x < whole; x += 16) s0 = f32x4.add(s0, v128.load(x));
    for (; x < end; x += 4) total += <f64>f32.load(x);
    total += sum4(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
  return total;
}
