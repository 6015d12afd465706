/** Sums, products and quotients; loops as in unary.ts. */
import { load, store, wholeBytes } from './lanes';
import { accumulate, DIV, MUL } from './unary';

const ADD: i32 = 8;
const SUB: i32 = 9;

@inline
function combine(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return f32x4.add(a, b);
  if (op == SUB) return f32x4.sub(a, b);
  if (op == MUL) return f32x4.mul(a, b);
  return f32x4.div(a, b);
}

/** y (n) from a (n), b (n) */
@inline
function binary(op: i32, y: usize, a: usize, b: usize, n: i32): void {
  const end = a + (n << 2);
  const whole = a + wholeBytes(n);
  if (a < whole)
    do {
      v128.store(y, combine(op, v128.load(a), v128.load(b)));
      a += 16;
      b += 16;
      y += 16;
    } while (a < whole);
  if (a < end)
    do {
      store(y, combine(op, load(a, false), load(b, false)), false);
      a += 4;
      b += 4;
      y += 4;
    } while (a < end);
}

// y (n) += alpha x (n)
export function axpy(y: usize, alpha: f32, x: usize, n: i32): void {
  const factor = f32x4.splat(alpha);
  const end = x + (n << 2);
  const whole = x + wholeBytes(n);
  if (x < whole)
    do {
      v128.store(y, f32x4.add(v128.load(y), f32x4.mul(factor, v128.load(x))));
      x += 16;
      y += 16;
    } while (x < whole);
  for (; x < end; x += 4, y += 4) f32.store(y, f32.load(y) + alpha * f32.load(x));
}

// y (n) = alpha x (n) + beta
export function affine(y: usize, x: usize, alpha: f32, beta: f32, n: i32): void {
  const factor = f32x4.splat(alpha);
  const shift = f32x4.splat(beta);
  const end = x + (n << 2);
  const whole = x + wholeBytes(n);
  if (x < whole)
    do {
      v128.store(y, f32x4.add(f32x4.mul(factor, v128.load(x)), shift));
      x += 16;
      y += 16;
    } while (x < whole);
  for (; x < end; x += 4, y += 4) f32.store(y, alpha * f32.load(x) + beta);
}

// y (n) += a (n) b (n)
export function multiplyAdd(y: usize, a: usize, b: usize, n: i32): void {
  accumulate(MUL, y, a, b, n);
}

// y (n) from a (n), b (n)
export function add(y: usize, a: usize, b: usize, n: i32): void {
  binary(ADD, y, a, b, n);
}

export function sub(y: usize, a: usize, b: usize, n: i32): void {
  binary(SUB, y, a, b, n);
}

export function mul(y: usize, a: usize, b: usize, n: i32): void {
  binary(MUL, y, a, b, n);
}

export function div(y: usize, a: usize, b: usize, n: i32): void {
  binary(DIV, y, a, b, n);
}

// da (n) += dy / b, db (n) -= dy y / b
export function divBackward(da: usize, db: usize, dy: usize, y: usize, b: usize, n: i32): void {
  if (da) accumulate(DIV, da, dy, b, n);
  if (!db) return;
  const end = db + (n << 2);
  const whole = db + wholeBytes(n);
  if (db < whole)
    do {
      v128.store(db, f32x4.sub(v128.load(db), f32x4.div(f32x4.mul(v128.load(dy), v128.load(y)), v128.load(b))));
      db += 16;
      dy += 16;
      y += 16;
      b += 16;
    } while (db < whole);
  for (; db < end; db += 4, dy += 4, y += 4, b += 4)
    f32.store(db, f32.load(db) - (f32.load(dy) * f32.load(y)) / f32.load(b));
}
