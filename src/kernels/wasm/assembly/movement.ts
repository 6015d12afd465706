/**
 * Strided additions work on groups of axes: axes of size 1 dropped, neighbours that one stride walks through merged.
 * The groups lie in `work`, outermost first, as three numbers each: the size, and the bytes from one element to the
 * next in the array added to and in the array read.
 */
import { high64, low64, sum4, wholeBytes } from './lanes';

const GROUP: usize = 12;
const TO: usize = 4;
const FROM: usize = 8;
const TILE: usize = 64; // elements of a transpose's rows that are written before the next rows
const BLOCK: i32 = 256; // elements whose sum is taken in float32; that of the blocks is a float64

// Which axes to append.
const MOVING: i32 = 1;
const RESTING: i32 = 2; // stride 0

/** Bytes of room that `stridedGather` and `stridedScatter` need for so many axes. */
export function stridedGatherWork(rank: i32, _strides: i32, _offset: i32): i32 {
  return max(rank, 1) * <i32>GROUP;
}

// y (shape) += x seen through stride from offset
export function stridedGather(y: usize, x: usize, shape: usize, stride: usize, offset: i32, work: usize): void {
  const size = sizeOf(shape);
  if (size == 0) return;
  const end = appendGroups(work, work, shape, stride, size, MOVING | RESTING, FROM, TO);
  add(y, x + (<usize>offset << 2), work, end);
}

// y seen through stride from offset += x (shape); what axes of stride 0 lay on one element is summed first, in float64
export function stridedScatter(y: usize, x: usize, shape: usize, stride: usize, offset: i32, work: usize): void {
  const size = sizeOf(shape);
  if (size == 0) return;
  y += <usize>offset << 2;
  const summed = appendGroups(work, work, shape, stride, size, MOVING, TO, FROM);
  const end = appendGroups(work, summed, shape, stride, size, RESTING, TO, FROM);
  if (summed == end) add(y, x, work, end);
  else if (i32.load(end - GROUP, FROM) == 4) addTotals(y, x, work, summed, end);
  else addColumns(y, x, work, summed, end);
}

function sizeOf(shape: usize): i32 {
  let size: i32 = 1;
  for (let i = i32.load(shape); i > 0; i--) size *= i32.load(shape + (<usize>i << 2));
  return size;
}

/**
 * Appends the groups of axes of the wanted kind and returns the new end. `strided` and `dense` are the fields for the
 * array seen through the stride and for the other, which is row-major.
 */
function appendGroups(
  work: usize,
  end: usize,
  shape: usize,
  stride: usize,
  size: i32,
  kind: i32,
  strided: usize,
  dense: usize,
): usize {
  const last = <usize>i32.load(shape) << 2;
  let block = size << 2;
  for (let axis: usize = 4; axis <= last; axis += 4) {
    const n = i32.load(shape + axis);
    const step = i32.load(stride + axis) << 2;
    block /= n;
    if (n == 1 || !(kind & (step ? MOVING : RESTING))) continue;
    const merges =
      end > work && i32.load(end - GROUP + strided) == n * step && i32.load(end - GROUP + dense) == n * block;
    if (merges) end -= GROUP;
    i32.store(end, merges ? i32.load(end) * n : n);
    i32.store(end + strided, step);
    i32.store(end + dense, block);
    end += GROUP;
  }
  return end;
}

// y += x over the groups g to end, in none of which y stands still
function add(y: usize, x: usize, g: usize, end: usize): void {
  if (g == end) {
    f32.store(y, f32.load(y) + f32.load(x));
    return;
  }
  const last = end - GROUP;
  // a transpose has the elements of y and those of x next to each other along two different groups
  let p: usize = 0;
  let q: usize = 0;
  for (let i = g; i < end; i += GROUP) {
    if (i32.load(i, TO) == 4) p = i;
    if (i32.load(i, FROM) == 4) q = i;
  }
  if (p && q && p != q && i32.load(p, FROM) != 0) addTransposed(y, x, g, end, p, q);
  else addRows(y, x, g, last);
}

function addTransposed(y: usize, x: usize, g: usize, end: usize, p: usize, q: usize): void {
  while (g == p || g == q) g += GROUP;
  if (g == end) {
    addPlane(y, x, i32.load(q, TO), i32.load(p, FROM), i32.load(q), i32.load(p));
    return;
  }
  for (let i = i32.load(g); i > 0; i--) {
    addTransposed(y, x, g + GROUP, end, p, q);
    y += i32.load(g, TO);
    x += i32.load(g, FROM);
  }
}

/**
 * y (M,N) += the transpose of x (N,M); rows of y and of x are so many bytes apart. In blocks of 4 x 4, in such an order
 * that the array with the rows farther apart is walked along its rows, TILE elements at a time, and meanwhile the few
 * lines of the other stay in the first-level cache.
 */
function addPlane(y: usize, x: usize, yRow: usize, xRow: usize, M: usize, N: usize): void {
  const rows = M & ~3;
  const columns = N & ~3;
  if (yRow >= xRow)
    for (let from: usize = 0; from < columns; from += TILE) {
      const to = min(from + TILE, columns);
      for (let m: usize = 0; m < rows; m += 4)
        for (let n = from; n < to; n += 4) addBlock(y + m * yRow + (n << 2), x + n * xRow + (m << 2), yRow, xRow);
    }
  else
    for (let from: usize = 0; from < rows; from += TILE) {
      const to = min(from + TILE, rows);
      for (let n: usize = 0; n < columns; n += 4)
        for (let m = from; m < to; m += 4) addBlock(y + m * yRow + (n << 2), x + n * xRow + (m << 2), yRow, xRow);
    }
  for (let n = columns; n < N; n++) addRow(y + (n << 2), yRow, x + n * xRow, 4, <i32>M);
  for (let m = rows; m < M; m++) addRow(y + m * yRow, 4, x + (m << 2), xRow, <i32>columns);
}

@inline
function addBlock(y: usize, x: usize, yRow: usize, xRow: usize): void {
  const x0 = v128.load(x);
  x += xRow;
  const x1 = v128.load(x);
  x += xRow;
  const x2 = v128.load(x);
  x += xRow;
  const x3 = v128.load(x);
  const a = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const c = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
  const d = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  addTo(y, v128.shuffle<f32>(a, c, 0, 1, 4, 5));
  y += yRow;
  addTo(y, v128.shuffle<f32>(a, c, 2, 3, 6, 7));
  y += yRow;
  addTo(y, v128.shuffle<f32>(b, d, 0, 1, 4, 5));
  y += yRow;
  addTo(y, v128.shuffle<f32>(b, d, 2, 3, 6, 7));
}

@inline
function addTo(y: usize, v: v128): void {
  v128.store(y, f32x4.add(v128.load(y), v));
}

function addRows(y: usize, x: usize, g: usize, last: usize): void {
  if (g + GROUP < last) {
    for (let i = i32.load(g); i > 0; i--) {
      addRows(y, x, g + GROUP, last);
      y += i32.load(g, TO);
      x += i32.load(g, FROM);
    }
    return;
  }
  const rows: i32 = g == last ? 1 : i32.load(g);
  const yRow: usize = i32.load(g, TO);
  const xRow: usize = i32.load(g, FROM);
  const n = i32.load(last);
  const yStep: usize = i32.load(last, TO);
  const xStep: usize = i32.load(last, FROM);
  for (let i = rows; i > 0; i--) {
    if (yStep == 4 && xStep == 4) addDense(y, x, n);
    else if (yStep == 4 && xStep == 0) addOne(y, f32.load(x), n);
    else addRow(y, yStep, x, xStep, n);
    y += yRow;
    x += xRow;
  }
}

@inline
function addDense(y: usize, x: usize, n: i32): void {
  const end = y + (<usize>n << 2);
  const whole = y + wholeBytes(n);
  while (y < whole) {
    addTo(y, v128.load(x));
    y += 16;
    x += 16;
  }
  while (y < end) {
    f32.store(y, f32.load(y) + f32.load(x));
    y += 4;
    x += 4;
  }
}

@inline
function addOne(y: usize, value: f32, n: i32): void {
  const v = f32x4.splat(value);
  const end = y + (<usize>n << 2);
  const whole = y + wholeBytes(n);
  while (y < whole) {
    addTo(y, v);
    y += 16;
  }
  while (y < end) {
    f32.store(y, f32.load(y) + value);
    y += 4;
  }
}

@inline
function addRow(y: usize, yStep: usize, x: usize, xStep: usize, n: i32): void {
  for (; n > 0; n--) {
    f32.store(y, f32.load(y) + f32.load(x));
    y += yStep;
    x += xStep;
  }
}

// y += the sums of x over the groups from `summed` on, the last of which is dense in x
function addTotals(y: usize, x: usize, g: usize, summed: usize, end: usize): void {
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

function denseTotal(x: usize, n: i32): f64 {
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
      sum += <f64>f32.load(x);
      x += 4;
    }
    sum += sum4(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
  return sum;
}

// y += the sums of x over the groups from `summed` on, where the last group before them is dense in x
function addColumns(y: usize, x: usize, g: usize, summed: usize, end: usize): void {
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

// y (outer,m,inner) = x (outer,n,inner) at index (m)
export function gather(y: usize, x: usize, index: usize, outer: i32, n: i32, m: i32, inner: i32): void {
  const row = <usize>inner << 2;
  const end = index + (<usize>m << 2);
  for (let o: i32 = 0; o < outer; o++) {
    for (let at = index; at < end; at += 4) {
      copy(y, x + <usize>i32.load(at) * row, row);
      y += row;
    }
    x += <usize>n * row;
  }
}

@inline
function copy(y: usize, x: usize, bytes: usize): void {
  const end = y + bytes;
  const whole = y + (bytes & ~15);
  while (y < whole) {
    v128.store(y, v128.load(x));
    y += 16;
    x += 16;
  }
  while (y < end) {
    f32.store(y, f32.load(x));
    y += 4;
    x += 4;
  }
}

// dx (outer,n,inner) at index (m) += dy (outer,m,inner)
export function gatherBackward(dx: usize, dy: usize, index: usize, outer: i32, n: i32, m: i32, inner: i32): void {
  const row = <usize>inner << 2;
  const end = index + (<usize>m << 2);
  for (let o: i32 = 0; o < outer; o++) {
    for (let at = index; at < end; at += 4) {
      addDense(dx + <usize>i32.load(at) * row, dy, inner);
      dy += row;
    }
    dx += <usize>n * row;
  }
}
