import { tanh } from '../../core/math.ts';
import type { In, Kernels, Vec } from '../types.ts';
import { sigmoids, tanhs } from './activate.ts';
import { gemm } from './gemm.ts';
import { workspace } from './workspace.ts';

// y (T,B,H) in rows ldy apart, c (T,B,H), gates (T,B,4H: i f g o) from x (T,B,D); wIh (4H,D), wHh (4H,H), bIh bHh (4H), h0 c0 (B,H)
export const lstm: Kernels['lstm'] = (y, c, gates, x, wIh, wHh, bIh, bHh, h0, c0, T, B, D, H, ldy, reverse) => {
  const G = 4 * H;
  const state = B * H;
  for (let j = 0; j < G; j++) gates[j] = bIh[j] + bHh[j];
  for (let row = G; row < T * B * G; row += G) gates.copyWithin(row, 0, G);
  // All time steps at once; what depends on the previous step is added in the loop.
  gemm(gates, 0, G, x, 0, D, wIh, 0, D, T * B, G, D, false, true, 1, 1);
  for (let s = 0; s < T; s++) {
    const t = reverse ? T - 1 - s : s;
    const at = t * state;
    const before = reverse ? t + 1 : t - 1;
    const cell = s > 0 ? c : c0;
    const from = s > 0 ? before * state : 0;
    if (s > 0) gemm(gates, t * B * G, G, y, before * B * ldy, ldy, wHh, 0, H, B, G, H, false, true, 1, 1);
    else if (h0) gemm(gates, t * B * G, G, h0, 0, H, wHh, 0, H, B, G, H, false, true, 1, 1);
    activate(gates, t * B * G, B, H);
    for (let b = 0; b < B; b++) {
      const g = (t * B + b) * G;
      const k = at + b * H;
      const to = (t * B + b) * ldy;
      for (let j = 0, p = from + b * H; j < H; j++) {
        const kept = cell ? gates[g + j + H] * cell[p + j] : 0;
        c[k + j] = kept + gates[g + j] * gates[g + j + 2 * H];
      }
      tanhs(y, to, c, k, H);
      for (let j = 0; j < H; j++) y[to + j] *= gates[g + j + 3 * H];
    }
  }
};

// gates (B,4H) from `at`: sigmoid of i f o, tanh of g
function activate(gates: Vec, at: number, B: number, H: number): void {
  for (let b = 0; b < B; b++, at += 4 * H) {
    sigmoids(gates, at, gates, at, 2 * H);
    tanhs(gates, at + 2 * H, gates, at + 2 * H, H);
    sigmoids(gates, at + 3 * H, gates, at + 3 * H, H);
  }
}

// dy (T,B,H) in rows ldy apart, dcLast (B,H)
export const lstmBackward: Kernels['lstmBackward'] = (
  dx,
  dwIh,
  dwHh,
  dbIh,
  dbHh,
  dh0,
  dc0,
  dy,
  dcLast,
  y,
  c,
  gates,
  x,
  wIh,
  wHh,
  h0,
  c0,
  T,
  B,
  D,
  H,
  ldy,
  reverse,
) => {
  const G = 4 * H;
  const state = B * H;
  const all = workspace(gates, T * B * G + 2 * state);
  const dgates = all.subarray(0, T * B * G);
  const dh = all.subarray(T * B * G, T * B * G + state);
  const dc = all.subarray(T * B * G + state);
  dh.fill(0);
  if (dcLast) dc.set(dcLast);
  else dc.fill(0);
  for (let s = T - 1; s >= 0; s--) {
    const t = reverse ? T - 1 - s : s;
    const at = t * state;
    const cell = s > 0 ? c : c0;
    const from = s > 0 ? (reverse ? t + 1 : t - 1) * state : 0;
    for (let b = 0; b < B; b++) {
      const row = (t * B + b) * G;
      const out = (t * B + b) * ldy;
      for (let j = 0; j < H; j++) {
        const k = b * H + j;
        const p = row + j;
        const i = gates[p];
        const f = gates[p + H];
        const g = gates[p + 2 * H];
        const o = gates[p + 3 * H];
        const tc = tanh(c[at + k]);
        const dhk = dy ? dh[k] + dy[out + j] : dh[k];
        const dck = dc[k] + dhk * o * (1 - tc * tc);
        dgates[p] = dck * g * i * (1 - i);
        dgates[p + H] = cell ? dck * cell[from + k] * f * (1 - f) : 0;
        dgates[p + 2 * H] = dck * i * (1 - g * g);
        dgates[p + 3 * H] = dhk * tc * o * (1 - o);
        dc[k] = dck * f;
      }
    }
    gemm(dh, 0, H, dgates, t * B * G, G, wHh, 0, H, B, H, G, false, false, 1, 0);
  }
  if (dh0) for (let k = 0; k < state; k++) dh0[k] += dh[k];
  if (dc0) for (let k = 0; k < state; k++) dc0[k] += dc[k];
  if (dx) gemm(dx, 0, D, dgates, 0, G, wIh, 0, D, T * B, D, G, false, false, 1, 1);
  if (dwIh) gemm(dwIh, 0, D, dgates, 0, G, x, 0, D, G, D, T * B, true, false, 1, 1);
  if (dwHh) {
    // Every step but the first, against the hidden states of the previous step.
    const later = reverse ? 0 : B * G;
    const earlier = reverse ? B * ldy : 0;
    gemm(dwHh, 0, H, dgates, later, G, y, earlier, ldy, G, H, (T - 1) * B, true, false, 1, 1);
    const first = reverse ? (T - 1) * B * G : 0;
    if (h0) gemm(dwHh, 0, H, dgates, first, G, h0, 0, H, G, H, B, true, false, 1, 1);
  }
  if (dbIh) addColumnSums(dbIh, dgates, T * B, G);
  if (dbHh) addColumnSums(dbHh, dgates, T * B, G);
};

// db (G) += the sum of the rows of d (rows,G)
function addColumnSums(db: Vec, d: In, rows: number, G: number): void {
  for (let j = 0; j < G; j++) {
    let sum = 0;
    for (let p = j; p < rows * G; p += G) sum += d[p];
    db[j] += sum;
  }
}
