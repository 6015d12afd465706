/** Functions that choose between two values by a comparison; loops as in unary.ts. */
import { load, store, wholeBytes } from './lanes';

const LEAKY: i32 = 0;
const CLAMP: i32 = 1;

/** x, or by its sign slope x; or x between two bounds. `a` is the slope or the lower bound, `b` the upper one. */
@inline
function apply(op: i32, x: v128, a: v128, b: v128): v128 {
  if (op == LEAKY) return v128.bitselect(x, f32x4.mul(a, x), f32x4.gt(x, f32x4.splat(0)));
  // a NaN is neither below nor above
  return v128.bitselect(a, v128.bitselect(b, x, f32x4.gt(x, b)), f32x4.lt(x, a));
}

/** What dy adds to the gradient of x. */
@inline
function slope(op: i32, dy: v128, x: v128, a: v128, b: v128): v128 {
  if (op == LEAKY) return v128.bitselect(dy, f32x4.mul(a, dy), f32x4.gt(x, f32x4.splat(0)));
  return v128.and(dy, v128.and(f32x4.ge(x, a), f32x4.le(x, b)));
}

@inline
function forward(op: i32, y: usize, x: usize, first: f32, second: f32, n: i32): void {
  const a = f32x4.splat(first);
  const b = f32x4.splat(second);
  const end = x + (n << 2);
  const whole = x + wholeBytes(n);
  if (x < whole)
    do {
      v128.store(y, apply(op, v128.load(x), a, b));
      x += 16;
      y += 16;
    } while (x < whole);
  for (; x < end; x += 4, y += 4) store(y, apply(op, load(x, false), a, b), false);
}

@inline
function backward(op: i32, dx: usize, dy: usize, x: usize, first: f32, second: f32, n: i32): void {
  const a = f32x4.splat(first);
  const b = f32x4.splat(second);
  const end = dx + (n << 2);
  const whole = dx + wholeBytes(n);
  if (dx < whole)
    do {
      v128.store(dx, f32x4.add(v128.load(dx), slope(op, v128.load(dy), v128.load(x), a, b)));
      dx += 16;
      dy += 16;
      x += 16;
    } while (dx < whole);
  for (; dx < end; dx += 4, dy += 4, x += 4)
    store(dx, f32x4.add(load(dx, false), slope(op, load(dy, false), load(x, false), a, b)), false);
}

// y (n) from x (n), slope
export function leakyRelu(y: usize, x: usize, slope: f32, n: i32): void {
  forward(LEAKY, y, x, slope, 0, n);
}

export function leakyReluBackward(dx: usize, dy: usize, x: usize, slope: f32, n: i32): void {
  backward(LEAKY, dx, dy, x, slope, 0, n);
}

// y (n) from x (n), min, max
export function clamp(y: usize, x: usize, min: f32, max: f32, n: i32): void {
  forward(CLAMP, y, x, min, max, n);
}

export function clampBackward(dx: usize, dy: usize, x: usize, min: f32, max: f32, n: i32): void {
  backward(CLAMP, dx, dy, x, min, max, n);
}

// y (n) from condition (n), a (n), b (n)
export function where(y: usize, condition: usize, a: usize, b: usize, n: i32): void {
  const zero = f32x4.splat(0);
  const end = y + (n << 2);
  const whole = y + wholeBytes(n);
  if (y < whole)
    do {
      v128.store(y, v128.bitselect(v128.load(a), v128.load(b), f32x4.ne(v128.load(condition), zero)));
      y += 16;
      condition += 16;
      a += 16;
      b += 16;
    } while (y < whole);
  for (; y < end; y += 4, condition += 4, a += 4, b += 4)
    store(y, v128.bitselect(load(a, false), load(b, false), f32x4.ne(load(condition, false), zero)), false);
}

// da (n) += dy where condition is not 0, db (n) += dy elsewhere
export function whereBackward(da: usize, db: usize, dy: usize, condition: usize, n: i32): void {
  if (da) chosen(false, da, dy, condition, n);
  if (db) chosen(true, db, dy, condition, n);
}

@inline
function chosen(zeros: bool, dx: usize, dy: usize, condition: usize, n: i32): void {
  const zero = f32x4.splat(0);
  const end = dx + (n << 2);
  const whole = dx + wholeBytes(n);
  if (dx < whole)
    do {
      const c = v128.load(condition);
      const mask = zeros ? f32x4.eq(c, zero) : f32x4.ne(c, zero);
      v128.store(dx, f32x4.add(v128.load(dx), v128.and(v128.load(dy), mask)));
      dx += 16;
      dy += 16;
      condition += 16;
    } while (dx < whole);
  for (; dx < end; dx += 4, dy += 4, condition += 4)
    if ((f32.load(condition) == 0) == zeros) f32.store(dx, f32.load(dx) + f32.load(dy));
}
