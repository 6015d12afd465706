import { load, store } from './lanes';
import { tanh4 } from './math';

/** dgates (4H) and the new dc (H) from dh, dc, dy, c, gates and the previous cell state, 0 for zeros */
export function stepBackward(
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
