// Additions through strides where no element is added to twice; see groups.ts.
import { FROM, GROUP, TO } from './groups';
import { wholeBytes } from './lanes';

const TILE: usize = 64; // elements of a transpose's rows that are written before the next rows

// y += x over the groups g to end, none of which has stride 0 in y
export function add(y: usize, x: usize, g: usize, end: usize): void {
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
 * y (M,N) += the transpose of x (N,M); the strides of rows of y and of x are in bytes. In blocks of 4 x 4, in such an order
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
export function addDense(y: usize, x: usize, n: i32): void {
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
