/**
 * Both weight matrices are packed once and then meet each time step while its rows are in the cache. (All inputs
 * projected in one gemm before the loop, and all gradients of x in one after it, write and read 6 MB a direction through
 * memory: see the variants in the bench.) The weight gradients are one gemm each, over all time steps.
 */
import { KC, multiply, multiplyWhole, pack, packedBytes, packedColumns, packWhole, ROOM } from './gemm';
import { sigmoid4, tanh4 } from './math';

/** Bytes of room: both weight matrices packed, and the sum of the biases. */
export function lstmWork(_T: i32, _B: i32, D: i32, H: i32): i32 {
  return ROOM + packedBytes(D, 4 * H) + packedBytes(H, 4 * H) + (H << 4);
}

// y, c (T,B,H), gates (T,B,4H: i f g o) from x (T,B,D); wIh (4H,D), wHh (4H,H), bIh bHh (4H), h0 c0 (B,H)
export function lstm(
  y: usize,
  c: usize,
  gates: usize,
  x: usize,
  wIh: usize,
  wHh: usize,
  bIh: usize,
  bHh: usize,
  h0: usize,
  c0: usize,
  T: i32,
  B: i32,
  D: i32,
  H: i32,
  reverse: bool,
  work: usize,
): void {
  const G = 4 * H;
  const state = (B * H) << 2; // bytes of one time step
  const packedIh = work + ROOM;
  const packedHh = packedIh + packedBytes(D, G);
  const bias = packedHh + packedBytes(H, G);
  packWhole(packedIh, wIh, 4, D << 2, D, G);
  packWhole(packedHh, wHh, 4, H << 2, H, G);
  for (let j = 0; j < G << 2; j += 4) f32.store(bias + j, f32.load(bIh + j) + f32.load(bHh + j));
  let h = h0;
  let cell = c0;
  for (let s = 0; s < T; s++) {
    const t = reverse ? T - 1 - s : s;
    const g = gates + t * (state << 2);
    multiplyWhole(g, G << 2, x + ((t * B * D) << 2), D << 2, packedIh, B, G, D, false, work);
    if (h) multiplyWhole(g, G << 2, h, H << 2, packedHh, B, G, H, true, work);
    const yt = y + t * state;
    const ct = c + t * state;
    for (let b = 0; b < B; b++) {
      const row = (b * H) << 2;
      activate(g + (row << 2), bias, H);
      step(yt + row, ct + row, g + (row << 2), cell ? cell + row : 0, H);
    }
    h = yt;
    cell = ct;
  }
}

/** gates (4H) += bias, then the sigmoid of i f o, the tanh of g */
export function activate(gates: usize, bias: usize, H: i32): void {
  const g = gates + (H << 3);
  const o = g + (H << 2);
  const end = o + (H << 2);
  bias -= gates;
  sigmoidPlus(gates, g, bias);
  tanhPlus(g, o, bias);
  sigmoidPlus(o, end, bias);
}

/** x = sigmoid(x + bias) from `at` to `end`; the bias of x stands `bias` bytes from it */
@inline
function sigmoidPlus(at: usize, end: usize, bias: usize): void {
  for (; at + 16 <= end; at += 16) v128.store(at, sigmoid4(f32x4.add(v128.load(at), v128.load(at + bias))));
  for (; at < end; at += 4)
    v128.store_lane<f32>(at, sigmoid4(f32x4.add(v128.load_zero<f32>(at), v128.load_zero<f32>(at + bias))), 0);
}

@inline
function tanhPlus(at: usize, end: usize, bias: usize): void {
  for (; at + 16 <= end; at += 16) v128.store(at, tanh4(f32x4.add(v128.load(at), v128.load(at + bias))));
  for (; at < end; at += 4)
    v128.store_lane<f32>(at, tanh4(f32x4.add(v128.load_zero<f32>(at), v128.load_zero<f32>(at + bias))), 0);
}

/** c (H) = f cell + i g, y (H) = o tanh(c); cell 0 for zeros */
export function step(y: usize, c: usize, gates: usize, cell: usize, H: i32): void {
  const one = H << 2;
  for (let j = 0; j < one; j += 16) {
    const whole = j + 16 <= one;
    const i = load(gates + j, whole);
    const g = load(gates + j + 2 * one, whole);
    const o = load(gates + j + 3 * one, whole);
    let next = f32x4.mul(i, g);
    if (cell) next = f32x4.add(f32x4.mul(load(gates + j + one, whole), load(cell + j, whole)), next);
    store(c + j, next, whole);
    store(y + j, f32x4.mul(o, tanh4(next)), whole);
    if (!whole) j -= 12; // what is left goes one by one
  }
}

@inline
function load(at: usize, whole: bool): v128 {
  return whole ? v128.load(at) : v128.load_zero<f32>(at);
}

@inline
function store(at: usize, v: v128, whole: bool): void {
  if (whole) v128.store(at, v);
  else v128.store_lane<f32>(at, v, 0);
}

/**
 * Bytes of room: both weight matrices packed as one, its product for one time step, and the gradients of both as one;
 * the column sums of one time step and of all.
 */
export function lstmBackwardWork(_T: i32, B: i32, D: i32, H: i32): i32 {
  const columns = packedColumns(H) + packedColumns(D);
  return ROOM + KC * columns * 4 + (4 * H + B + 4 * H) * columns * 4 + (H << 5);
}

// dy (T,B,H), dcLast (B,H); scratch: dgates (T,B,4H), dc (B,H)
export function lstmBackward(
  dx: usize,
  dwIh: usize,
  dwHh: usize,
  dbIh: usize,
  dbHh: usize,
  dh0: usize,
  dc0: usize,
  dy: usize,
  dcLast: usize,
  dgates: usize,
  _dh: usize,
  dc: usize,
  y: usize,
  c: usize,
  gates: usize,
  x: usize,
  wIh: usize,
  wHh: usize,
  h0: usize,
  c0: usize,
  T: i32,
  B: i32,
  D: i32,
  H: i32,
  reverse: bool,
  work: usize,
): void {
  const G = 4 * H;
  const state = (B * H) << 2; // bytes of one time step
  const dxAt = packedColumns(H); // dh and dx side by side: dgates times both weight matrices at once
  const N = dx ? dxAt + D : H;
  const ld = (dxAt + packedColumns(D)) << 2;
  const panels = work + ROOM;
  const packed = panels + KC * ld;
  const dhx = packed + G * ld;
  const sums = dhx + (B + G) * ld;
  const total = sums + (G << 2);
  for (let k = 0; k < G; k += KC) {
    const rows = min(KC, G - k);
    const block = packed + k * ld;
    pack(block, wHh + ((k * H) << 2), H << 2, 4, rows, H);
    pack(block + packedBytes(rows, H), wIh + ((k * D) << 2), D << 2, 4, rows, D);
  }
  memory.fill(total, 0, G << 2);
  memory.fill(dhx, 0, B * ld);
  if (dcLast) memory.copy(dc, dcLast, state);
  else memory.fill(dc, 0, state);
  for (let s = T - 1; s >= 0; s--) {
    const t = reverse ? T - 1 - s : s;
    const at = t * state;
    const d = dgates + (at << 2);
    const cell = s > 0 ? c + (reverse ? at + state : at - state) : c0;
    memory.fill(sums, 0, G << 2);
    for (let b = 0; b < B; b++) {
      const row = (b * H) << 2;
      const k = at + row;
      const g = row << 2;
      stepBackward(d + g, dhx + b * ld, dc + row, dy ? dy + k : 0, c + k, gates + (k << 2), cell ? cell + row : 0, H);
      add(sums, d + g, G);
    }
    add(total, sums, G);
    for (let k = 0; k < G; k += KC) multiply(dhx, ld, d + (k << 2), G << 2, 4, packed + k * ld, B, N, min(KC, G - k), k > 0, work);
    if (dx) for (let b = 0; b < B; b++) add(dx + (((t * B + b) * D) << 2), dhx + b * ld + (dxAt << 2), D);
  }
  if (dh0) for (let b = 0; b < B; b++) add(dh0 + ((b * H) << 2), dhx + b * ld, H);
  if (dc0) add(dc0, dc, B * H);
  if (dbIh) add(dbIh, total, G);
  if (dbHh) add(dbHh, total, G);
  if (!dwIh && !dwHh) return;

  // The gradients of both weight matrices side by side, for the same reason; x and the hidden states before share rows.
  let dw = dhx + B * ld;
  memory.fill(dw, 0, G * ld);
  const first = reverse ? T - 1 : 0;
  sumOuter(dw, ld, dgates + first * (state << 2), x + ((first * B * D) << 2), h0, B, D, H, panels, work);
  const later = reverse ? 0 : 1;
  const h = reverse ? y + state : y;
  sumOuter(dw, ld, dgates + later * (state << 2), x + ((later * B * D) << 2), h, (T - 1) * B, D, H, panels, work);
  for (let j = 0; j < G; j++, dw += ld) {
    if (dwHh) add(dwHh + ((j * H) << 2), dw, H);
    if (dwIh) add(dwIh + ((j * D) << 2), dw + (dxAt << 2), D);
  }
}

/** dw (4H,ld) += the outer products of the rows of d (rows,4H) with those of h (rows,H), 0 for zeros, and x (rows,D) */
function sumOuter(
  dw: usize,
  ld: i32,
  d: usize,
  x: usize,
  h: usize,
  rows: i32,
  D: i32,
  H: i32,
  panels: usize,
  work: usize,
): void {
  const G = 4 * H;
  const skip = packedColumns(H); // columns
  for (let r = 0; r < rows; r += KC) {
    const n = min(KC, rows - r);
    const at = d + ((r * G) << 2);
    const packedX = panels + packedBytes(n, H);
    pack(packedX, x + ((r * D) << 2), D << 2, 4, n, D);
    if (h) {
      pack(panels, h + ((r * H) << 2), H << 2, 4, n, H);
      multiply(dw, ld, at, 4, G << 2, panels, G, skip + D, n, true, work);
    } else multiply(dw + (skip << 2), ld, at, 4, G << 2, packedX, G, D, n, true, work);
  }
}

/** dgates (4H) and the new dc (H) from dh, dc, dy, c, gates and the cell state before, 0 for zeros */
function stepBackward(
  dgates: usize,
  dh: usize,
  dc: usize,
  dy: usize,
  c: usize,
  gates: usize,
  cell: usize,
  H: i32,
): void {
  const one = H << 2;
  const ones = f32x4.splat(1);
  for (let j = 0; j < one; j += 16) {
    const whole = j + 16 <= one;
    const i = load(gates + j, whole);
    const f = load(gates + j + one, whole);
    const g = load(gates + j + 2 * one, whole);
    const o = load(gates + j + 3 * one, whole);
    const tc = tanh4(load(c + j, whole));
    let dhj = load(dh + j, whole);
    if (dy) dhj = f32x4.add(dhj, load(dy + j, whole));
    const slope = f32x4.mul(o, f32x4.sub(ones, f32x4.mul(tc, tc)));
    const dcj = f32x4.add(load(dc + j, whole), f32x4.mul(dhj, slope));
    store(dgates + j, f32x4.mul(f32x4.mul(dcj, g), f32x4.mul(i, f32x4.sub(ones, i))), whole);
    const kept = cell ? load(cell + j, whole) : f32x4.splat(0);
    store(dgates + j + one, f32x4.mul(f32x4.mul(dcj, kept), f32x4.mul(f, f32x4.sub(ones, f))), whole);
    store(dgates + j + 2 * one, f32x4.mul(f32x4.mul(dcj, i), f32x4.sub(ones, f32x4.mul(g, g))), whole);
    store(dgates + j + 3 * one, f32x4.mul(f32x4.mul(dhj, tc), f32x4.mul(o, f32x4.sub(ones, o))), whole);
    store(dc + j, f32x4.mul(dcj, f), whole);
    if (!whole) j -= 12; // what is left goes one by one
  }
}

/** y (n) += x (n) */
function add(y: usize, x: usize, n: i32): void {
  const end = y + (n << 2);
  for (; y + 16 <= end; y += 16, x += 16) v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
  for (; y < end; y += 4, x += 4) f32.store(y, f32.load(y) + f32.load(x));
}
