/**
 * The weight gradients are summed in blocks of time steps while their dgates are in the cache; dh and dx, which both come
 * from dgates, are one gemm.
 *
 * Threads share three kinds of work: the rows of the batch, through a run of time steps; then the rows of the weight
 * gradients, and the bias. One thread takes a block of steps at a time, several take as many blocks as fit a stated memory;
 * each sum is over the same blocks in the same order.
 */
import { multiply, MULTIPLY_WORKSPACE } from './gemm';
import { stepBackward } from './lstmStepBackward';
import { KC, pack, packedBytes, packedColumns } from './pack';
import { addDense } from './stridedAdd';

/** Time steps whose dgates are kept: as many as one block of the weight gradients takes. */
@inline
function blockSteps(B: i32): i32 {
  return max(1, KC / max(1, B));
}

/** The steps of the block that begins at step s; step 0 is done alone, since its previous state is h0. */
export function lstmBackwardSteps(s: i32, B: i32): i32 {
  return s > 0 ? min(s, blockSteps(B)) : 1;
}

/** Bytes of a row of dh and dx: dgates times both weight matrices at once. */
@inline
function rowBytes(D: i32, H: i32): i32 {
  return (packedColumns(H) + packedColumns(D)) << 2;
}

/**
 * Bytes that the threads share: both weight matrices packed as one, dh and dx of one time step, the gradients of both
 * (transposed), the column sums of one time step and of all, dc, and dgates of so many time steps.
 */
export function lstmBackwardShared(B: f64, D: f64, H: f64, steps: f64): f64 {
  return (4 * H + B) * 4 * (H + D + 62) + (D + H + 2) * 16 * H + (1 + 4 * steps) * B * H * 4;
}

/** Bytes of workspace of each thread: a strip, and panels of dgates. */
export function lstmBackwardThread(H: f64): f64 {
  return <f64>MULTIPLY_WORKSPACE + <f64>KC * 4 * (4 * H + 31);
}

/** Bytes of workspace of one thread alone. */
export function lstmBackwardWorkspace(T: i32, B: f64, D: f64, H: f64): f64 {
  return lstmBackwardThread(H) + lstmBackwardShared(B, D, H, <f64>min(T, blockSteps(<i32>B)));
}

// Where in the shared memory these are.
@inline
function dhxAt(D: i32, H: i32): usize {
  return 4 * H * rowBytes(D, H);
}
@inline
function dwxAt(B: i32, D: i32, H: i32): usize {
  return dhxAt(D, H) + B * rowBytes(D, H);
}
@inline
function sumsAt(B: i32, D: i32, H: i32): usize {
  return dwxAt(B, D, H) + (((D + H) * 4 * H) << 2);
}
@inline
function dcAt(B: i32, D: i32, H: i32): usize {
  return sumsAt(B, D, H) + ((8 * H) << 2);
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
  const shared = workspace + <usize>lstmBackwardThread(H);
  lstmBackwardStart(shared, dcLast, wIh, wHh, B, D, H);
  for (let s = T - 1; s >= 0; ) {
    const steps = lstmBackwardSteps(s, B);
    lstmBackwardRows(dx, dy, c, gates, c0, T, B, D, H, ldy, reverse, shared, s, steps, 0, B, workspace);
    lstmBackwardSums(dwIh, dwHh, y, x, h0, T, B, D, H, ldy, reverse, shared, s, steps, 0, D + H + 1, workspace);
    s -= steps;
  }
  lstmBackwardEnd(dwIh, dwHh, dbIh, dbHh, dh0, dc0, B, D, H, shared);
}

export function lstmBackwardStart(
  shared: usize,
  dcLast: usize,
  wIh: usize,
  wHh: usize,
  B: i32,
  D: i32,
  H: i32,
): void {
  const G = 4 * H;
  const ld = rowBytes(D, H);
  const state = (B * H) << 2;
  for (let k = 0; k < G; k += KC) {
    const rows = min(KC, G - k);
    const block = shared + k * ld;
    pack(block, wHh + ((k * H) << 2), H << 2, 4, rows, H);
    pack(block + packedBytes(rows, H), wIh + ((k * D) << 2), D << 2, 4, rows, D);
  }
  memory.fill(shared + dhxAt(D, H), 0, B * ld);
  memory.fill(shared + dwxAt(B, D, H), 0, ((D + H + 2) * G) << 2);
  const dc = shared + dcAt(B, D, H);
  if (dcLast) memory.copy(dc, dcLast, state);
  else memory.fill(dc, 0, state);
}

// dgates, dh and dx in the rows first, first + 1, ... of the batch, of `count` rows: at the steps s, s - 1, ... of `steps`
export function lstmBackwardRows(
  dx: usize,
  dy: usize,
  c: usize,
  gates: usize,
  c0: usize,
  T: i32,
  B: i32,
  D: i32,
  H: i32,
  ldy: i32,
  reverse: bool,
  shared: usize,
  s: i32,
  steps: i32,
  first: i32,
  count: i32,
  workspace: usize,
): void {
  const G = 4 * H;
  const state = (B * H) << 2; // bytes of one time step
  const from = (first * H) << 2; // bytes of the rows before
  const dxAt = packedColumns(H);
  const N = dx ? dxAt + D : H;
  const ld = rowBytes(D, H);
  const dhx = shared + dhxAt(D, H) + first * ld;
  const dc = shared + dcAt(B, D, H) + from;
  const dgates = shared + dcAt(B, D, H) + state + (from << 2); // (steps,B,4H)
  const low = reverse ? T - 1 - s : s - steps + 1; // the first of the steps in memory
  for (const end = s - steps; s > end; s--) {
    const t = reverse ? T - 1 - s : s;
    const at = t * state + from;
    const d = dgates + (((t - low) * state) << 2);
    const cell = s > 0 ? c + (reverse ? at + state : at - state) : c0 ? c0 + from : 0;
    for (let b = 0; b < count; b++) {
      const row = (b * H) << 2;
      const k = at + row;
      const dyb = dy ? dy + (((t * B + first + b) * ldy) << 2) : 0;
      stepBackward(d + (row << 2), dhx + b * ld, dc + row, dyb, c + k, gates + (k << 2), cell ? cell + row : 0, H);
    }
    for (let k = 0; k < G; k += KC)
      multiply(dhx, ld, d + (k << 2), G << 2, 4, shared + k * ld, count, N, min(KC, G - k), k > 0, workspace);
    if (dx)
      for (let b = 0; b < count; b++)
        addDense(dx + (((t * B + first + b) * D) << 2), dhx + b * ld + (dxAt << 2), D);
  }
}

// the sums over those steps in the rows first, first + 1, ... of the gradients of both matrices one above the other, of
// `count` rows; the row below both is that of the biases
export function lstmBackwardSums(
  dwIh: usize,
  dwHh: usize,
  y: usize,
  x: usize,
  h0: usize,
  T: i32,
  B: i32,
  D: i32,
  H: i32,
  ldy: i32,
  reverse: bool,
  shared: usize,
  s: i32,
  steps: i32,
  first: i32,
  count: i32,
  workspace: usize,
): void {
  const G = 4 * H;
  const state = (B * H) << 2;
  const panels = workspace + MULTIPLY_WORKSPACE;
  const dgates = shared + dcAt(B, D, H) + state;
  const end = s - steps;
  const start = reverse ? T - 1 - s : end + 1; // the first of the steps in memory
  if (first + count > D + H) {
    const sums = shared + sumsAt(B, D, H);
    const total = sums + (G << 2);
    for (let r = s; r > end; r--) {
      const t = reverse ? T - 1 - r : r;
      const d = dgates + (((t - start) * state) << 2);
      memory.fill(sums, 0, G << 2);
      for (let b = 0; b < B; b++) addDense(sums, d + ((b * G) << 2), G);
      addDense(total, sums, G);
    }
  }
  const rowsX = dwIh ? min(first + count, D) - first : 0;
  const firstH = max(first - D, 0);
  const rowsH = dwHh ? min(first + count - D, H) - firstH : 0;
  if (rowsX <= 0 && rowsH <= 0) return;
  const dwx = shared + dwxAt(B, D, H);
  const dwh = dwx + (((D + firstH) * G) << 2);
  while (s > end) {
    const block = lstmBackwardSteps(s, B);
    s -= block;
    const low = reverse ? T - 1 - s - block : s + 1;
    const h = s < 0 ? h0 : y + (((reverse ? low + 1 : low - 1) * B * ldy) << 2);
    const ldh = (s < 0 ? H : ldy) << 2;
    const d = dgates + (((low - start) * state) << 2);
    for (let r = 0; r < block * B; r += KC) {
      const n = min(KC, block * B - r);
      pack(panels, d + ((r * G) << 2), G << 2, 4, n, G);
      if (rowsX > 0) {
        const from = x + (((low * B + r) * D + first) << 2);
        multiply(dwx + ((first * G) << 2), G << 2, from, 4, D << 2, panels, rowsX, G, n, true, workspace);
      }
      if (rowsH > 0 && h)
        multiply(dwh, G << 2, h + r * ldh + (firstH << 2), 4, ldh, panels, rowsH, G, n, true, workspace);
    }
  }
}

export function lstmBackwardEnd(
  dwIh: usize,
  dwHh: usize,
  dbIh: usize,
  dbHh: usize,
  dh0: usize,
  dc0: usize,
  B: i32,
  D: i32,
  H: i32,
  shared: usize,
): void {
  const G = 4 * H;
  const dhx = shared + dhxAt(D, H);
  const dwx = shared + dwxAt(B, D, H);
  const total = shared + sumsAt(B, D, H) + (G << 2);
  if (dh0) for (let b = 0; b < B; b++) addDense(dh0 + ((b * H) << 2), dhx + b * rowBytes(D, H), H);
  if (dc0) addDense(dc0, shared + dcAt(B, D, H), B * H);
  if (dbIh) addDense(dbIh, total, G);
  if (dbHh) addDense(dbHh, total, G);
  if (dwIh) addTransposed(dwIh, dwx, D, G);
  if (dwHh) addTransposed(dwHh, dwx + ((D * G) << 2), H, G);
}

/** y (N,M) += x (M,N) */
function addTransposed(y: usize, x: usize, M: i32, N: i32): void {
  for (let n = 0; n < N; n++, x += 4)
    for (let m = 0; m < M; m++, y += 4) f32.store(y, f32.load(y) + f32.load(x + ((m * N) << 2)));
}
