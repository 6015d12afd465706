/**
 * Along an axis with others after it (inner > 1) four neighbours are reduced at a time, the last few one by one; rows
 * (inner = 1) are processed four elements at a time.
 */
import { high64, load, low64, max4, narrow, store, sum64, wholeBytes } from './lanes';
import { exp4, log64 } from './math';

// y, argmax (outer,inner) from x (outer,n,inner); a NaN is the maximum, as in PyTorch
export function max(y: usize, argmax: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  const row = (<usize>inner) << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) maxRow(y, argmax, x, n);
    else {
      let at: usize = 0;
      for (; at + 16 <= row; at += 16) maxColumns(true, y + at, argmax + at, x + at, n, row);
      for (; at < row; at += 4) maxColumns(false, y + at, argmax + at, x + at, n, row);
    }
    y += row;
    argmax += row;
    x += <usize>n * row;
  }
}

@inline
function maxColumns(whole: bool, y: usize, argmax: usize, x: usize, n: i32, row: usize): void {
  let value = n ? load(x, whole) : f32x4.splat(NaN);
  let best = i32x4.splat(0);
  for (let j = 1; j < n; j++) {
    x += row;
    const v = load(x, whole);
    // greater, or the first NaN: not less or equal, and the maximum so far is a number
    const take = v128.andnot(f32x4.eq(value, value), f32x4.le(v, value));
    value = v128.bitselect(v, value, take);
    best = v128.bitselect(i32x4.splat(j), best, take);
  }
  store(y, value, whole);
  store(argmax, best, whole);
}

function maxRow(y: usize, argmax: usize, x: usize, n: i32): void {
  let value: f32 = n ? f32.load(x) : NaN;
  let best = 0;
  let j = 1;
  if (n >= 8) {
    let values = v128.load(x);
    let at = i32x4(0, 1, 2, 3);
    let bests = at;
    for (j = 4; j + 4 <= n; j += 4) {
      at = i32x4.add(at, i32x4.splat(4));
      const v = v128.load(x + (j << 2));
      const take = v128.andnot(f32x4.eq(values, values), f32x4.le(v, values));
      values = v128.bitselect(v, values, take);
      bests = v128.bitselect(at, bests, take);
    }
    value = f32x4.extract_lane(values, 0);
    best = i32x4.extract_lane(bests, 0);
    for (let lane = 1; lane < 4; lane++) {
      values = i8x16.shuffle(values, values, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
      bests = i8x16.shuffle(bests, bests, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
      const v = f32x4.extract_lane(values, 0);
      const k = i32x4.extract_lane(bests, 0);
      const equal = v == value || (isNaN(v) && isNaN(value));
      if (equal ? k < best : isNaN(v) || v > value) {
        value = v;
        best = k;
      }
    }
  }
  for (; j < n; j++) {
    const v = f32.load(x + (j << 2));
    if (v > value || (isNaN(v) && !isNaN(value))) {
      value = v;
      best = j;
    }
  }
  f32.store(y, value);
  i32.store(argmax, best);
}

// dx (outer,n,inner) at argmax += dy (outer,inner)
export function maxBackward(dx: usize, dy: usize, argmax: usize, outer: i32, n: i32, inner: i32): void {
  const row = (<usize>inner) << 2;
  for (let o = 0; o < outer; o++) {
    for (let i: usize = 0; i < row; i += 4) {
      const at = dx + <usize>i32.load(argmax + i) * row + i;
      f32.store(at, f32.load(at) + f32.load(dy + i));
    }
    dx += <usize>n * row;
    dy += row;
    argmax += row;
  }
}

const SOFTMAX: i32 = 0;
const LOG_SOFTMAX: i32 = 1;
const SOFTMAX_BACKWARD: i32 = 2;
const LOG_SOFTMAX_BACKWARD: i32 = 3;

// y, x (outer,n,inner); the maximum is subtracted first, so that nothing overflows
export function softmax(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  along(SOFTMAX, y, x, 0, outer, n, inner);
}

// dx += y (dy - sum of dy y)
export function softmaxBackward(dx: usize, dy: usize, y: usize, outer: i32, n: i32, inner: i32): void {
  along(SOFTMAX_BACKWARD, dx, dy, y, outer, n, inner);
}

// y, x (outer,n,inner)
export function logSoftmax(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  along(LOG_SOFTMAX, y, x, 0, outer, n, inner);
}

// dx += dy - e^y sum of dy
export function logSoftmaxBackward(dx: usize, dy: usize, y: usize, outer: i32, n: i32, inner: i32): void {
  along(LOG_SOFTMAX_BACKWARD, dx, dy, y, outer, n, inner);
}

/** The rows or columns of a (outer,n,inner), processed by `op` together with those of b and c. */
@inline
function along(op: i32, a: usize, b: usize, c: usize, outer: i32, n: i32, inner: i32): void {
  const step = (<usize>inner) << 2;
  const plane = <usize>n * step;
  if (!plane) return;
  for (; outer > 0; outer--, a += plane, b += plane, c += plane) {
    if (inner == 1) {
      if (op < SOFTMAX_BACKWARD) row(op, a, b, n);
      else rowBackward(op, a, b, c, n);
      continue;
    }
    for (let at: usize = 0; at < step; at += 4) {
      if (at + 16 <= step) {
        if (op < SOFTMAX_BACKWARD) columns(op, true, a + at, b + at, plane, step);
        else columnsBackward(op, true, a + at, b + at, c + at, plane, step);
        at += 12;
      } else if (op < SOFTMAX_BACKWARD) columns(op, false, a + at, b + at, plane, step);
      else columnsBackward(op, false, a + at, b + at, c + at, plane, step);
    }
  }
}

@inline
function row(op: i32, y: usize, x: usize, n: i32): void {
  const top = rowTop(x, n);
  const sum = exponentials(op == SOFTMAX ? y : 0, x, top, n);
  if (op == SOFTMAX) {
    divide(y, <f32>sum, n);
    return;
  }
  const tops = f32x4.splat(top);
  const logSum = f32x4.splat(<f32>log64(sum));
  const end = x + (n << 2);
  const whole = x + wholeBytes(n);
  // subtracting the maximum first rounds less than subtracting maximum + ln sum
  for (; x < whole; x += 16, y += 16) v128.store(y, f32x4.sub(f32x4.sub(v128.load(x), tops), logSum));
  for (; x < end; x += 4, y += 4) store(y, f32x4.sub(f32x4.sub(load(x, false), tops), logSum), false);
}

/** y (n) /= x */
export function divide(y: usize, x: f32, n: i32): void {
  const divisor = f32x4.splat(x);
  const end = y + (n << 2);
  const whole = y + wholeBytes(n);
  for (; y < whole; y += 16) v128.store(y, f32x4.div(v128.load(y), divisor));
  for (; y < end; y += 4) store(y, f32x4.div(load(y, false), divisor), false);
}

/** The maximum of x (n); a NaN is skipped here, and makes the sum of exponentials NaN. */
export function rowTop(x: usize, n: i32): f32 {
  const end = x + (n << 2);
  const whole = x + wholeBytes(n);
  let tops = f32x4.splat(-Infinity);
  for (; x < whole; x += 16) tops = f32x4.pmax(tops, v128.load(x));
  let top = max4(tops);
  for (; x < end; x += 4) {
    const v = f32.load(x);
    if (v > top) top = v;
  }
  return top;
}

/** y (n) = e^(x - top), or nothing with y 0; returns the sum. */
export function exponentials(y: usize, x: usize, top: f32, n: i32): f64 {
  const tops = f32x4.splat(top);
  const end = x + (n << 2);
  const whole = x + wholeBytes(n);
  const shift = y - x;
  let low = f64x2.splat(0);
  let high = low;
  if (x < whole)
    do {
      const e = exp4(f32x4.sub(v128.load(x), tops));
      if (y) v128.store(x + shift, e);
      low = f64x2.add(low, low64(e));
      high = f64x2.add(high, high64(e));
      x += 16;
    } while (x < whole);
  let sum = sum64(f64x2.add(low, high));
  if (x < end)
    do {
      const e = exp4(f32x4.sub(load(x, false), tops));
      if (y) store(x + shift, e, false);
      sum += <f64>f32x4.extract_lane(e, 0);
      x += 4;
    } while (x < end);
  return sum;
}

@inline
function columns(op: i32, whole: bool, y: usize, x: usize, plane: usize, step: usize): void {
  const end = x + plane;
  let tops = f32x4.splat(-Infinity);
  for (let at = x; at < end; at += step) tops = f32x4.pmax(tops, load(at, whole));
  let low = f64x2.splat(0);
  let high = low;
  let at = x;
  do {
    const e = exp4(f32x4.sub(load(at, whole), tops));
    if (op == SOFTMAX) store(at + (y - x), e, whole);
    low = f64x2.add(low, low64(e));
    high = f64x2.add(high, high64(e));
    at += step;
  } while (at < end);
  if (op == LOG_SOFTMAX) {
    low = logs(low);
    high = logs(high);
  }
  const sums = narrow(low, high);
  for (; x < end; x += step, y += step) {
    if (op == SOFTMAX) store(y, f32x4.div(load(y, whole), sums), whole);
    else store(y, f32x4.sub(f32x4.sub(load(x, whole), tops), sums), whole);
  }
}

/** The logarithms of two sums. */
function logs(sums: v128): v128 {
  const first = f64x2.splat(log64(f64x2.extract_lane(sums, 0)));
  return f64x2.replace_lane(first, 1, log64(f64x2.extract_lane(sums, 1)));
}

/** What is summed, from dy and y. */
@inline
function summand(op: i32, dy: v128, y: v128): v128 {
  return op == SOFTMAX_BACKWARD ? f32x4.mul(dy, y) : dy;
}

/** What is added to the gradient of x. */
@inline
function slope(op: i32, dy: v128, y: v128, sum: v128): v128 {
  return op == SOFTMAX_BACKWARD ? f32x4.mul(y, f32x4.sub(dy, sum)) : f32x4.sub(dy, f32x4.mul(exp4(y), sum));
}

@inline
function rowBackward(op: i32, dx: usize, dy: usize, y: usize, n: i32): void {
  const bytes = (<usize>n) << 2;
  const whole = wholeBytes(n);
  let low = f64x2.splat(0);
  let high = low;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const v = summand(op, v128.load(dy + at), v128.load(y + at));
    low = f64x2.add(low, low64(v));
    high = f64x2.add(high, high64(v));
  }
  let total = sum64(f64x2.add(low, high));
  for (; at < bytes; at += 4)
    total += <f64>f32x4.extract_lane(summand(op, load(dy + at, false), load(y + at, false)), 0);
  const sum = f32x4.splat(<f32>total);
  at = 0;
  if (at < whole)
    do {
      const g = slope(op, v128.load(dy + at), v128.load(y + at), sum);
      v128.store(dx + at, f32x4.add(v128.load(dx + at), g));
      at += 16;
    } while (at < whole);
  if (at < bytes)
    do {
      const g = slope(op, load(dy + at, false), load(y + at, false), sum);
      store(dx + at, f32x4.add(load(dx + at, false), g), false);
      at += 4;
    } while (at < bytes);
}

@inline
function columnsBackward(op: i32, whole: bool, dx: usize, dy: usize, y: usize, plane: usize, step: usize): void {
  let low = f64x2.splat(0);
  let high = low;
  for (let at: usize = 0; at < plane; at += step) {
    const v = summand(op, load(dy + at, whole), load(y + at, whole));
    low = f64x2.add(low, low64(v));
    high = f64x2.add(high, high64(v));
  }
  const sum = narrow(low, high);
  let at: usize = 0;
  do {
    const g = slope(op, load(dy + at, whole), load(y + at, whole), sum);
    store(dx + at, f32x4.add(load(dx + at, whole), g), whole);
    at += step;
  } while (at < plane);
}
