/**
 * Each kernel passes its loop the number of its operation. The loops and the choices are inlined, so that the numbers
 * disappear from the compiled code.
 */
import { load, store, wholeBytes } from './lanes';
import { exp4, log4, sigmoid4, tanh4 } from './math';
import { GELU_CUBIC, GELU_SLOPE, geluGate, normal } from './gelu';

const EXP: i32 = 0;
const LOG: i32 = 1;
const SQRT: i32 = 2;
const SQUARE: i32 = 3;
const ABS: i32 = 4;
const RELU: i32 = 5;
const SIGMOID: i32 = 6;
const TANH: i32 = 7;
export const MUL: i32 = 10;
export const DIV: i32 = 11;
const SILU: i32 = 12;
const GELU_TANH: i32 = 13;
const GELU: i32 = 14;

@inline
function apply(op: i32, x: v128): v128 {
  if (op == EXP) return exp4(x);
  if (op == LOG) return log4(x);
  if (op == SQRT) return f32x4.sqrt(x);
  if (op == SQUARE) return f32x4.mul(x, x);
  if (op == ABS) return f32x4.abs(x);
  if (op == SIGMOID) return sigmoid4(x);
  if (op == TANH) return tanh4(x);
  if (op == SILU) return f32x4.mul(x, sigmoid4(x));
  if (op == GELU) return f32x4.mul(x, normal(x));
  if (op == GELU_TANH) return f32x4.mul(x, geluGate(x, f32x4.mul(f32x4.splat(GELU_CUBIC), f32x4.mul(x, x))));
  // A NaN stays NaN: it is not less than or equal to 0.
  return v128.andnot(x, f32x4.le(x, f32x4.splat(0)));
}

/** y (n) = op of x (n) */
@inline
function unary(op: i32, y: usize, x: usize, n: i32): void {
  const end = x + (n << 2);
  const whole = x + wholeBytes(n);
  if (x < whole)
    do {
      v128.store(y, apply(op, v128.load(x)));
      x += 16;
      y += 16;
    } while (x < whole);
  if (x < end)
    do {
      store(y, apply(op, load(x, false)), false);
      x += 4;
      y += 4;
    } while (x < end);
}

/** What dy adds to the gradient of x, from x or y. */
@inline
function slope(op: i32, dy: v128, saved: v128): v128 {
  const one = f32x4.splat(1);
  if (op == EXP || op == MUL) return f32x4.mul(dy, saved);
  if (op == LOG || op == DIV) return f32x4.div(dy, saved);
  if (op == SQUARE) {
    const half = f32x4.mul(dy, saved);
    return f32x4.add(half, half);
  }
  if (op == SIGMOID) return f32x4.mul(f32x4.mul(dy, saved), f32x4.sub(one, saved));
  // 1 - y is exact where y is near 1; y^2 is not
  if (op == TANH) return f32x4.mul(dy, f32x4.mul(f32x4.sub(one, saved), f32x4.add(one, saved)));
  if (op == SILU) {
    const s = sigmoid4(saved);
    return f32x4.mul(f32x4.mul(dy, s), f32x4.add(one, f32x4.mul(saved, f32x4.sub(one, s))));
  }
  if (op == GELU) {
    const density = exp4(f32x4.mul(f32x4.mul(f32x4.splat(-0.5), saved), saved));
    const rise = f32x4.mul(f32x4.mul(f32x4.splat(0.3989422804014327), saved), density); // 1 / sqrt(2 pi)
    return f32x4.mul(dy, f32x4.add(normal(saved), rise));
  }
  if (op == GELU_TANH) {
    const z = f32x4.mul(f32x4.splat(GELU_CUBIC), f32x4.mul(saved, saved));
    const s = geluGate(saved, z);
    const steep = f32x4.add(one, f32x4.mul(f32x4.splat(3), z));
    const rise = f32x4.mul(f32x4.mul(f32x4.mul(f32x4.splat(GELU_SLOPE), saved), steep), f32x4.sub(one, s));
    return f32x4.mul(f32x4.mul(dy, s), f32x4.add(one, rise));
  }
  const other = f32x4.ne(saved, f32x4.splat(0));
  if (op == SQRT) return v128.and(other, f32x4.div(f32x4.mul(dy, f32x4.splat(0.5)), saved));
  if (op == RELU) return v128.and(other, dy);
  // the sign of x; all bits set, as a NaN has them, for a NaN
  const sign = v128.or(v128.and(saved, f32x4.splat(-0.0)), v128.and(other, one));
  return f32x4.mul(dy, v128.or(sign, f32x4.ne(saved, saved)));
}

/** dx (n) += the slope of op; of a product or quotient with `saved`, that by the other operand */
@inline
export function accumulate(op: i32, dx: usize, dy: usize, saved: usize, n: i32): void {
  const end = dx + (n << 2);
  const whole = dx + wholeBytes(n);
  if (dx < whole)
    do {
      v128.store(dx, f32x4.add(v128.load(dx), slope(op, v128.load(dy), v128.load(saved))));
      dx += 16;
      dy += 16;
      saved += 16;
    } while (dx < whole);
  if (dx < end)
    do {
      store(dx, f32x4.add(load(dx, false), slope(op, load(dy, false), load(saved, false))), false);
      dx += 4;
      dy += 4;
      saved += 4;
    } while (dx < end);
}

// y (n) from x (n); backward dx (n) += dy (n) times the derivative, from y or x
export function exp(y: usize, x: usize, n: i32): void {
  unary(EXP, y, x, n);
}

export function expBackward(dx: usize, dy: usize, y: usize, n: i32): void {
  accumulate(EXP, dx, dy, y, n);
}

export function log(y: usize, x: usize, n: i32): void {
  unary(LOG, y, x, n);
}

export function logBackward(dx: usize, dy: usize, x: usize, n: i32): void {
  accumulate(LOG, dx, dy, x, n);
}

export function sqrt(y: usize, x: usize, n: i32): void {
  unary(SQRT, y, x, n);
}

export function sqrtBackward(dx: usize, dy: usize, y: usize, n: i32): void {
  accumulate(SQRT, dx, dy, y, n);
}

export function square(y: usize, x: usize, n: i32): void {
  unary(SQUARE, y, x, n);
}

export function squareBackward(dx: usize, dy: usize, x: usize, n: i32): void {
  accumulate(SQUARE, dx, dy, x, n);
}

export function abs(y: usize, x: usize, n: i32): void {
  unary(ABS, y, x, n);
}

export function absBackward(dx: usize, dy: usize, x: usize, n: i32): void {
  accumulate(ABS, dx, dy, x, n);
}

export function relu(y: usize, x: usize, n: i32): void {
  unary(RELU, y, x, n);
}

export function reluBackward(dx: usize, dy: usize, y: usize, n: i32): void {
  accumulate(RELU, dx, dy, y, n);
}

export function sigmoid(y: usize, x: usize, n: i32): void {
  unary(SIGMOID, y, x, n);
}

export function sigmoidBackward(dx: usize, dy: usize, y: usize, n: i32): void {
  accumulate(SIGMOID, dx, dy, y, n);
}

export function tanh(y: usize, x: usize, n: i32): void {
  unary(TANH, y, x, n);
}

export function tanhBackward(dx: usize, dy: usize, y: usize, n: i32): void {
  accumulate(TANH, dx, dy, y, n);
}

export function silu(y: usize, x: usize, n: i32): void {
  unary(SILU, y, x, n);
}

export function siluBackward(dx: usize, dy: usize, x: usize, n: i32): void {
  accumulate(SILU, dx, dy, x, n);
}

export function gelu(y: usize, x: usize, n: i32): void {
  unary(GELU, y, x, n);
}

export function geluBackward(dx: usize, dy: usize, x: usize, n: i32): void {
  accumulate(GELU, dx, dy, x, n);
}

export function geluTanh(y: usize, x: usize, n: i32): void {
  unary(GELU_TANH, y, x, n);
}

export function geluTanhBackward(dx: usize, dy: usize, x: usize, n: i32): void {
  accumulate(GELU_TANH, dx, dy, x, n);
}
