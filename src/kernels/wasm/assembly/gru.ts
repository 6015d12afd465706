// The elementwise part of a GRU's step; its matrix products are the gemm's. Loops as in unary.ts.
import { load, store } from './lanes';
import { sigmoid4, tanh4 } from './math';

// y (B,H) = (1 - z) n + z h, r z = sigmoid(gates + hidden), n = tanh(gates + r hidden); gates, hidden (B,3H: r z n), h (B,H)
export function gruStep(y: usize, gates: usize, hidden: usize, h: usize, B: i32, H: i32): void {
  const one = H << 2;
  const whole = one & ~15;
  for (let b = 0; b < B; b++) {
    let j = 0;
    if (j < whole)
      do {
        lanes(y + j, gates + j, hidden + j, h ? h + j : 0, one, true);
        j += 16;
      } while (j < whole);
    for (; j < one; j += 4) lanes(y + j, gates + j, hidden + j, h ? h + j : 0, one, false);
    y += one;
    gates += 3 * one;
    hidden += 3 * one;
    if (h) h += one;
  }
}

@inline
function lanes(y: usize, gates: usize, hidden: usize, h: usize, one: i32, whole: bool): void {
  const r = sigmoid4(f32x4.add(load(gates, whole), load(hidden, whole)));
  const z = sigmoid4(f32x4.add(load(gates + one, whole), load(hidden + one, whole)));
  const product = f32x4.mul(r, load(hidden + 2 * one, whole));
  const n = tanh4(f32x4.add(load(gates + 2 * one, whole), product));
  store(gates, r, whole);
  store(gates + one, z, whole);
  store(gates + 2 * one, n, whole);
  let next = f32x4.mul(f32x4.sub(f32x4.splat(1), z), n);
  if (h) next = f32x4.add(next, f32x4.mul(z, load(h, whole)));
  store(y, next, whole);
}

// dh (B,H); gates, hidden (B,3H) are overwritten by their gradients
export function gruStepBackward(dh: usize, gates: usize, hidden: usize, dy: usize, h: usize, B: i32, H: i32): void {
  const one = H << 2;
  const whole = one & ~15;
  for (let b = 0; b < B; b++) {
    let j = 0;
    if (j < whole)
      do {
        lanesBackward(dh + j, gates + j, hidden + j, dy ? dy + j : 0, h ? h + j : 0, one, true);
        j += 16;
      } while (j < whole);
    for (; j < one; j += 4) lanesBackward(dh + j, gates + j, hidden + j, dy ? dy + j : 0, h ? h + j : 0, one, false);
    dh += one;
    gates += 3 * one;
    hidden += 3 * one;
    if (dy) dy += one;
    if (h) h += one;
  }
}

@inline
function lanesBackward(dh: usize, gates: usize, hidden: usize, dy: usize, h: usize, one: i32, whole: bool): void {
  const ones = f32x4.splat(1);
  const r = load(gates, whole);
  const z = load(gates + one, whole);
  const n = load(gates + 2 * one, whole);
  let d = load(dh, whole);
  if (dy) d = f32x4.add(d, load(dy, whole));
  const state = h ? load(h, whole) : f32x4.splat(0);
  const rest = f32x4.sub(ones, z);
  const dn = f32x4.mul(f32x4.mul(d, rest), f32x4.sub(ones, f32x4.mul(n, n)));
  const dr = f32x4.mul(f32x4.mul(f32x4.mul(dn, load(hidden + 2 * one, whole)), r), f32x4.sub(ones, r));
  const dz = f32x4.mul(f32x4.mul(f32x4.mul(d, f32x4.sub(state, n)), z), rest);
  store(gates, dr, whole);
  store(hidden, dr, whole);
  store(gates + one, dz, whole);
  store(hidden + one, dz, whole);
  store(gates + 2 * one, dn, whole);
  store(hidden + 2 * one, f32x4.mul(dn, r), whole);
  store(dh, f32x4.mul(d, z), whole);
}
