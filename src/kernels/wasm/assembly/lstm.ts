/**
 * Both weight matrices are packed once and then applied to each time step while its rows are in the cache. Projecting
 * all inputs in one gemm before the loop takes as long (`npm run bench -- variants`), and goes through memory once more.
 * The weight gradients are summed in blocks of time steps for the same reason; dh and dx, which both come from dgates,
 * are one gemm. Making the rows [x h] one operand in the forward pass, too, gained nothing.
 */
import { multiply, multiplyWhole, MULTIPLY_WORKSPACE } from './gemm';
import { load, store } from './lanes';
import { sigmoid4, tanh4 } from './math';
import { KC, pack, packedBytes, packedColumns, packWhole } from './pack';
import { addDense } from './stridedAdd';

/** Bytes of workspace: both weight matrices packed, and the sum of the biases. */
export function lstmWorkspace(_T: i32, _B: i32, D: f64, H: f64): f64 {
  return <f64>MULTIPLY_WORKSPACE + 4 * (D + H) * (4 * H + 31) + 16 * H;
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
  const G = 4 * H;
  const state = (B * H) << 2; // bytes of one time step
  const packedIh = workspace + MULTIPLY_WORKSPACE;
  const packedHh = packedIh + packedBytes(D, G);
  const bias = packedHh + packedBytes(H, G);
  packWhole(packedIh, wIh, 4, D << 2, D, G);
  packWhole(packedHh, wHh, 4, H << 2, H, G);
  for (let j = 0; j < G << 2; j += 4) f32.store(bias + j, f32.load(bIh + j) + f32.load(bHh + j));
  let h = h0;
  let ldh = H << 2;
  let cell = c0;
  for (let s = 0; s < T; s++) {
    const t = reverse ? T - 1 - s : s;
    const g = gates + t * (state << 2);
    multiplyWhole(g, G << 2, x + ((t * B * D) << 2), D << 2, packedIh, B, G, D, false, workspace);
    if (h) multiplyWhole(g, G << 2, h, ldh, packedHh, B, G, H, true, workspace);
    const yt = y + ((t * B * ldy) << 2);
    const ct = c + t * state;
    for (let b = 0; b < B; b++) {
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

/** Time steps whose dgates are kept: as many as one block of the weight gradients takes. */
@inline
function blockSteps(B: i32): i32 {
  return max(1, KC / max(1, B));
}

/**
 * Bytes of workspace: panels of dgates, both weight matrices packed as one, its product for one time step, the gradients
 * of both (transposed), the column sums of one time step and of all, dc, and dgates of a block of time steps.
 */
export function lstmBackwardWorkspace(T: i32, B: f64, D: f64, H: f64): f64 {
  const packed = (4 * H + B) * 4 * (H + D + 62);
  const states = (1 + 4 * <f64>min(T, blockSteps(<i32>B))) * B * H * 4;
  return <f64>MULTIPLY_WORKSPACE + <f64>KC * 4 * (4 * H + 31) + packed + (D + H + 2) * 16 * H + states;
}

// dy (T,B,H) in rows ldy apart, dcLast (B,H)
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
  ldy: i32,
  reverse: bool,
  workspace: usize,
): void {
  const G = 4 * H;
  const state = (B * H) << 2; // bytes of one time step
  const dxAt = packedColumns(H); // dh and dx in one row: dgates times both weight matrices at once
  const N = dx ? dxAt + D : H;
  const ld = (dxAt + packedColumns(D)) << 2;
  const panels = workspace + MULTIPLY_WORKSPACE;
  const packed = panels + packedBytes(KC, G);
  const dhx = packed + G * ld;
  const dwx = dhx + B * ld; // (D,4H)
  const dwh = dwx + ((D * G) << 2); // (H,4H)
  const sums = dwh + ((H * G) << 2);
  const total = sums + (G << 2);
  const dc = total + (G << 2); // (B,H)
  const dgates = dc + state; // (steps,B,4H)
  for (let k = 0; k < G; k += KC) {
    const rows = min(KC, G - k);
    const block = packed + k * ld;
    pack(block, wHh + ((k * H) << 2), H << 2, 4, rows, H);
    pack(block + packedBytes(rows, H), wIh + ((k * D) << 2), D << 2, 4, rows, D);
  }
  memory.fill(dhx, 0, B * ld);
  memory.fill(dwx, 0, ((D + H + 2) * G) << 2);
  if (dcLast) memory.copy(dc, dcLast, state);
  else memory.fill(dc, 0, state);
  for (let s = T - 1; s >= 0; ) {
    // As many steps as one block of the weight gradients takes, so that their dgates never leave the cache: steps s,
    // s - 1, ... of which the first in memory is at `low`. Step 0 is done alone, since its previous state is h0.
    const steps = s > 0 ? min(s, blockSteps(B)) : 1;
    const low = reverse ? T - 1 - s : s - steps + 1;
    for (const end = s - steps; s > end; s--) {
      const t = reverse ? T - 1 - s : s;
      const at = t * state;
      const d = dgates + (((t - low) * state) << 2);
      const cell = s > 0 ? c + (reverse ? at + state : at - state) : c0;
      memory.fill(sums, 0, G << 2);
      for (let b = 0; b < B; b++) {
        const row = (b * H) << 2;
        const k = at + row;
        const g = d + (row << 2);
        const dyb = dy ? dy + (((t * B + b) * ldy) << 2) : 0;
        stepBackward(g, dhx + b * ld, dc + row, dyb, c + k, gates + (k << 2), cell ? cell + row : 0, H);
        addDense(sums, g, G);
      }
      addDense(total, sums, G);
      for (let k = 0; k < G; k += KC)
        multiply(dhx, ld, d + (k << 2), G << 2, 4, packed + k * ld, B, N, min(KC, G - k), k > 0, workspace);
      if (dx) for (let b = 0; b < B; b++) addDense(dx + (((t * B + b) * D) << 2), dhx + b * ld + (dxAt << 2), D);
    }
    const h = s < 0 ? h0 : y + (((reverse ? low + 1 : low - 1) * B * ldy) << 2);
    const ldh = (s < 0 ? H : ldy) << 2;
    for (let r = 0; r < steps * B; r += KC) {
      const n = min(KC, steps * B - r);
      pack(panels, dgates + ((r * G) << 2), G << 2, 4, n, G);
      if (dwIh) multiply(dwx, G << 2, x + (((low * B + r) * D) << 2), 4, D << 2, panels, D, G, n, true, workspace);
      if (dwHh && h) multiply(dwh, G << 2, h + r * ldh, 4, ldh, panels, H, G, n, true, workspace);
    }
  }
  if (dh0) for (let b = 0; b < B; b++) addDense(dh0 + ((b * H) << 2), dhx + b * ld, H);
  if (dc0) addDense(dc0, dc, B * H);
  if (dbIh) addDense(dbIh, total, G);
  if (dbHh) addDense(dbHh, total, G);
  if (dwIh) addTransposed(dwIh, dwx, D, G);
  if (dwHh) addTransposed(dwHh, dwh, H, G);
}

/** y (N,M) += x (M,N) */
function addTransposed(y: usize, x: usize, M: i32, N: i32): void {
  for (let n = 0; n < N; n++, x += 4)
    for (let m = 0; m < M; m++, y += 4) f32.store(y, f32.load(y) + f32.load(x + ((m * N) << 2)));
}

/** dgates (4H) and the new dc (H) from dh, dc, dy, c, gates and the previous cell state, 0 for zeros */
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
  const whole = one & ~15;
  let j = 0;
  if (j < whole)
    do {
      stepLanesBackward(dgates + j, dh + j, dc + j, dy ? dy + j : 0, c + j, gates + j, cell ? cell + j : 0, one, true);
      j += 16;
    } while (j < whole);
  for (; j < one; j += 4)
    stepLanesBackward(dgates + j, dh + j, dc + j, dy ? dy + j : 0, c + j, gates + j, cell ? cell + j : 0, one, false);
}

@inline
function stepLanesBackward(
  dgates: usize,
  dh: usize,
  dc: usize,
  dy: usize,
  c: usize,
  gates: usize,
  cell: usize,
  one: i32,
  whole: bool,
): void {
  const ones = f32x4.splat(1);
  const i = load(gates, whole);
  const f = load(gates + one, whole);
  const g = load(gates + 2 * one, whole);
  const o = load(gates + 3 * one, whole);
  const tc = tanh4(load(c, whole));
  let d = load(dh, whole);
  if (dy) d = f32x4.add(d, load(dy, whole));
  const dcell = f32x4.add(load(dc, whole), f32x4.mul(d, f32x4.mul(o, f32x4.sub(ones, f32x4.mul(tc, tc)))));
  const kept = cell ? load(cell, whole) : f32x4.splat(0);
  store(dgates, f32x4.mul(f32x4.mul(dcell, g), f32x4.mul(i, f32x4.sub(ones, i))), whole);
  store(dgates + one, f32x4.mul(f32x4.mul(dcell, kept), f32x4.mul(f, f32x4.sub(ones, f))), whole);
  store(dgates + 2 * one, f32x4.mul(f32x4.mul(dcell, i), f32x4.sub(ones, f32x4.mul(g, g))), whole);
  store(dgates + 3 * one, f32x4.mul(f32x4.mul(d, tc), f32x4.mul(o, f32x4.sub(ones, o))), whole);
  store(dc, f32x4.mul(dcell, f), whole);
}
