/**
 * Both weight matrices are packed once and then applied to each time step while its rows are in the cache. Projecting
 * all inputs in one gemm before the loop takes as long (`npm run bench -- variants`), and goes through memory once more.
 * Making the rows [x h] one operand gained nothing. Gates and cell in one pass take 1.07 of the time of two (same command).
 */
import { multiply, multiplyWhole, MULTIPLY_WORKSPACE } from './gemm';
import { load, store } from './lanes';
import { sigmoid4, tanh4 } from './math';
import { packedBytes, packWhole } from './pack';

/** Bytes of workspace: both weight matrices packed, and the sum of the biases. */
export function lstmWorkspace(_T: i32, _B: i32, D: f64, H: f64): f64 {
  return <f64>MULTIPLY_WORKSPACE + lstmPackBytes(D, H);
}

// y (T,B,H) in rows ldy apart, c (T,B,H), gates (T,B,4H: i f g o) from x (T,B,D); wIh (4H,D), wHh (4H,H), bIh bHh (4H),
// h0 c0 (B,H)
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
  ldy: i32,
  reverse: bool,
  workspace: usize,
): void {
  const packed = workspace + MULTIPLY_WORKSPACE;
  lstmPack(packed, wIh, wHh, bIh, bHh, D, H);
  lstmPart(y, c, gates, x, h0, c0, T, B, D, H, ldy, reverse, packed, 0, B, workspace);
}

/** Bytes of the weights that `lstmPack` leaves for all threads. */
export function lstmPackBytes(D: f64, H: f64): f64 {
  return 4 * (D + H) * (4 * H + 31) + 16 * H;
}

// packed: both weight matrices, and the sum of the biases
export function lstmPack(packed: usize, wIh: usize, wHh: usize, bIh: usize, bHh: usize, D: i32, H: i32): void {
  const G = 4 * H;
  const packedHh = packed + packedBytes(D, G);
  const bias = packedHh + packedBytes(H, G);
  packWhole(packed, wIh, 4, D << 2, D, G);
  packWhole(packedHh, wHh, 4, H << 2, H, G);
  for (let j = 0; j < G << 2; j += 4) f32.store(bias + j, f32.load(bIh + j) + f32.load(bHh + j));
}

// every time step of the rows first, first + 1, ... of the batch: of `count` rows
export function lstmPart(
  y: usize,
  c: usize,
  gates: usize,
  x: usize,
  h0: usize,
  c0: usize,
  T: i32,
  B: i32,
  D: i32,
  H: i32,
  ldy: i32,
  reverse: bool,
  packed: usize,
  first: i32,
  count: i32,
  workspace: usize,
): void {
  const G = 4 * H;
  const state = (B * H) << 2; // bytes of one time step
  const from = (first * H) << 2; // bytes of the rows before
  const packedHh = packed + packedBytes(D, G);
  const bias = packedHh + packedBytes(H, G);
  let h = h0 ? h0 + from : 0;
  let ldh = H << 2;
  let cell = c0 ? c0 + from : 0;
  for (let s = 0; s < T; s++) {
    const t = reverse ? T - 1 - s : s;
    const g = gates + ((t * state + from) << 2);
    multiplyWhole(g, G << 2, x + (((t * B + first) * D) << 2), D << 2, packed, count, G, D, false, workspace);
    if (h) multiplyWhole(g, G << 2, h, ldh, packedHh, count, G, H, true, workspace);
    const yt = y + (((t * B + first) * ldy) << 2);
    const ct = c + t * state + from;
    for (let b = 0; b < count; b++) {
      const row = (b * H) << 2;
      activate(g + (row << 2), bias, H);
      step(yt + ((b * ldy) << 2), ct + row, g + (row << 2), cell ? cell + row : 0, H);
    }
    h = yt;
    ldh = ldy << 2;
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

/** x = sigmoid(x + bias) from `at` to `end`; the bias of x is `bias` bytes from it */
@inline
function sigmoidPlus(at: usize, end: usize, bias: usize): void {
  const whole = at + ((end - at) & ~15);
  if (at < whole)
    do {
      v128.store(at, sigmoid4(f32x4.add(v128.load(at), v128.load(at + bias))));
      at += 16;
    } while (at < whole);
  for (; at < end; at += 4) store(at, sigmoid4(f32x4.add(load(at, false), load(at + bias, false))), false);
}

@inline
function tanhPlus(at: usize, end: usize, bias: usize): void {
  const whole = at + ((end - at) & ~15);
  if (at < whole)
    do {
      v128.store(at, tanh4(f32x4.add(v128.load(at), v128.load(at + bias))));
      at += 16;
    } while (at < whole);
  for (; at < end; at += 4) store(at, tanh4(f32x4.add(load(at, false), load(at + bias, false))), false);
}

/** c (H) = f cell + i g, y (H) = o tanh(c); cell 0 for zeros */
export function step(y: usize, c: usize, gates: usize, cell: usize, H: i32): void {
  const one = H << 2;
  const whole = one & ~15;
  let j = 0;
  if (j < whole)
    do {
      stepLanes(y + j, c + j, gates + j, cell ? cell + j : 0, one, true);
      j += 16;
    } while (j < whole);
  for (; j < one; j += 4) stepLanes(y + j, c + j, gates + j, cell ? cell + j : 0, one, false);
}

@inline
function stepLanes(y: usize, c: usize, i: usize, cell: usize, one: i32, whole: bool): void {
  const f = i + one;
  const g = f + one;
  let next = f32x4.mul(load(i, whole), load(g, whole));
  if (cell) next = f32x4.add(f32x4.mul(load(f, whole), load(cell, whole)), next);
  store(c, next, whole);
  store(y, f32x4.mul(load(g + one, whole), tanh4(next)), whole);
}
