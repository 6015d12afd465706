// Sums through strides of 0: additions of many elements to one; see groups.ts.
import { FROM, GROUP, TO } from './groups';
import { sum as denseTotal, high64, low64 } from './lanes';
import { add } from './stridedAdd';

// y += the sums of x over the groups from `summed` on, the last of which is dense in x
export function addTotals(y: usize, x: usize, g: usize, summed: usize, end: usize): void {
  if (g == summed) {
    f32.store(y, <f32>(<f64>f32.load(y) + total(x, summed, end)));
    return;
  }
  for (let i = i32.load(g); i > 0; i--) {
    addTotals(y, x, g + GROUP, summed, end);
    y += i32.load(g, TO);
    x += i32.load(g, FROM);
  }
}

function total(x: usize, g: usize, end: usize): f64 {
  const n = i32.load(g);
  const step: usize = i32.load(g, FROM);
  let sum: f64 = 0;
  if (g + GROUP == end) {
    if (step == 4) return denseTotal(x, n);
    for (let i = n; i > 0; i--) {
      sum += <f64>f32.load(x);
      x += step;
    }
    return sum;
  }
  for (let i = n; i > 0; i--) {
    sum += total(x, g + GROUP, end);
    x += step;
  }
  return sum;
}

// y += the sums of x over the groups from `summed` on, where the last group before them is dense in x
export function addColumns(y: usize, x: usize, g: usize, summed: usize, end: usize): void {
  if (g + GROUP < summed) {
    for (let i = i32.load(g); i > 0; i--) {
      addColumns(y, x, g + GROUP, summed, end);
      y += i32.load(g, TO);
      x += i32.load(g, FROM);
    }
    return;
  }
  let n = i32.load(g);
  const step: usize = i32.load(g, TO);
  if (summed + GROUP == end) {
    const rows = i32.load(summed);
    const row: usize = i32.load(summed, FROM);
    for (; n >= 16; n -= 16) {
      addSixteenColumns(y, step, x, rows, row);
      y += step << 4;
      x += 64;
    }
    for (; n >= 4; n -= 4) {
      addFourColumns(y, step, x, rows, row);
      y += step << 2;
      x += 16;
    }
  }
  for (; n > 0; n--) {
    f32.store(y, <f32>(<f64>f32.load(y) + total(x, summed, end)));
    y += step;
    x += 4;
  }
}

function addSixteenColumns(y: usize, step: usize, x: usize, rows: i32, row: usize): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  for (; rows > 0; rows--) {
    const v0 = v128.load(x);
    s0 = f64x2.add(s0, low64(v0));
    s1 = f64x2.add(s1, high64(v0));
    const v1 = v128.load(x, 16);
    s2 = f64x2.add(s2, low64(v1));
    s3 = f64x2.add(s3, high64(v1));
    const v2 = v128.load(x, 32);
    s4 = f64x2.add(s4, low64(v2));
    s5 = f64x2.add(s5, high64(v2));
    const v3 = v128.load(x, 48);
    s6 = f64x2.add(s6, low64(v3));
    s7 = f64x2.add(s7, high64(v3));
    x += row;
  }
  addFour(y, step, s0, s1);
  addFour(y + (step << 2), step, s2, s3);
  addFour(y + (step << 3), step, s4, s5);
  addFour(y + step * 12, step, s6, s7);
}

function addFourColumns(y: usize, step: usize, x: usize, rows: i32, row: usize): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  for (; rows > 0; rows--) {
    const v = v128.load(x);
    s0 = f64x2.add(s0, low64(v));
    s1 = f64x2.add(s1, high64(v));
    x += row;
  }
  addFour(y, step, s0, s1);
}

function addFour(y: usize, step: usize, a: v128, b: v128): void {
  addDouble(y, f64x2.extract_lane(a, 0));
  addDouble(y + step, f64x2.extract_lane(a, 1));
  addDouble(y + step * 2, f64x2.extract_lane(b, 0));
  addDouble(y + step * 3, f64x2.extract_lane(b, 1));
}

@inline
function addDouble(y: usize, v: f64): void {
  f32.store(y, <f32>(<f64>f32.load(y) + v));
}
