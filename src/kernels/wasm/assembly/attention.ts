import { axpy } from './arithmetic';
import { dot, high64, load, low64, narrow, restBytes, store, wholeBytes } from './lanes';
import { softmax } from './reduce';

// context (B,D), alpha (T,B) from values (T,B,D), keys (T,B,E), w (E)
export function attentionPool(
  context: usize,
  alpha: usize,
  values: usize,
  keys: usize,
  w: usize,
  T: i32,
  B: i32,
  D: i32,
  E: i32,
): void {
  const rows = T * B;
  for (let r = 0; r < rows; r++) f32.store(alpha + (r << 2), <f32>dot(keys + ((<usize>r * E) << 2), w, E));
  softmax(alpha, alpha, 1, T, B);
  const step = (<usize>B) << 2;
  const row = (<usize>D) << 2;
  const plane = <usize>B * row;
  memory.fill(context, 0, plane);
  let t = 0;
  // four time steps at a time, so that the context is read and written less often
  for (; t + 4 <= T; t += 4, values += plane << 2, alpha += step << 2)
    for (let b: usize = 0; b < <usize>B; b++)
      addRows(true, context + b * row, values + b * row, plane, alpha + (b << 2), step, D);
  for (; t < T; t++, values += plane, alpha += step)
    for (let b: usize = 0; b < <usize>B; b++)
      addRows(false, context + b * row, values + b * row, plane, alpha + (b << 2), step, D);
}

/** y (n) += the sum of alpha x (n) over one row or four, whose alpha are `step` and whose x are `plane` bytes apart */
@inline
function addRows(four: bool, y: usize, x: usize, plane: usize, alpha: usize, step: usize, n: i32): void {
  const whole = wholeBytes(n);
  addColumns(four, true, y, x, plane, alpha, step, whole);
  addColumns(four, false, y + whole, x + whole, plane, alpha, step, restBytes(n));
}

@inline
function addColumns(
  four: bool,
  whole: bool,
  y: usize,
  x: usize,
  plane: usize,
  alpha: usize,
  step: usize,
  bytes: usize,
): void {
  const a0 = v128.load32_splat(alpha);
  const a1 = four ? v128.load32_splat(alpha + step) : a0;
  const a2 = four ? v128.load32_splat(alpha + 2 * step) : a0;
  const a3 = four ? v128.load32_splat(alpha + 3 * step) : a0;
  const end = y + bytes;
  while (y < end) {
    let sum = f32x4.add(load(y, whole), f32x4.mul(a0, load(x, whole)));
    if (four) {
      sum = f32x4.add(sum, f32x4.mul(a1, load(x + plane, whole)));
      sum = f32x4.add(sum, f32x4.mul(a2, load(x + 2 * plane, whole)));
      sum = f32x4.add(sum, f32x4.mul(a3, load(x + 3 * plane, whole)));
    }
    store(y, sum, whole);
    y += whole ? 16 : 4;
    x += whole ? 16 : 4;
  }
}

/** Bytes of workspace: a gradient of each score. */
export function attentionPoolBackwardWorkspace(T: f64, B: f64): f64 {
  return T * B * 4;
}

export function attentionPoolBackward(
  dvalues: usize,
  dkeys: usize,
  dw: usize,
  dcontext: usize,
  alpha: usize,
  values: usize,
  keys: usize,
  w: usize,
  T: i32,
  B: i32,
  D: i32,
  E: i32,
  workspace: usize,
): void {
  const ds = workspace; // (T,B): first dalpha = dcontext . values, then alpha (dalpha - sum of alpha dalpha)
  const step = (<usize>B) << 2;
  const row = (<usize>D) << 2;
  const keyRow = (<usize>E) << 2;
  let r: usize = 0;
  for (let t = 0; t < T; t++)
    for (let b: usize = 0; b < <usize>B; b++, r++)
      f32.store(ds + (r << 2), <f32>dot(dcontext + b * row, values + r * row, D));
  for (let at: usize = 0; at < step; at += 4) {
    if (at + 16 <= step) {
      scoreGradient(true, ds + at, alpha + at, T, step);
      at += 12;
    } else scoreGradient(false, ds + at, alpha + at, T, step);
  }
  const rows = T * B;
  if (dvalues && dvalues == dkeys) {
    r = 0;
    for (let t = 0; t < T; t++)
      for (let b: usize = 0; b < <usize>B; b++, r++)
        addBoth(dvalues + r * row, dcontext + b * row, w, f32.load(alpha + (r << 2)), f32.load(ds + (r << 2)), D);
  } else {
    r = 0;
    if (dvalues)
      for (let t = 0; t < T; t++)
        for (let b: usize = 0; b < <usize>B; b++, r++)
          axpy(dvalues + r * row, f32.load(alpha + (r << 2)), dcontext + b * row, D);
    if (dkeys) for (r = 0; r < <usize>rows; r++) axpy(dkeys + r * keyRow, f32.load(ds + (r << 2)), w, E);
  }
  if (!dw) return;
  let at: usize = 0;
  for (; at + 64 <= keyRow; at += 64) weightGradient(4, dw + at, keys + at, ds, rows, keyRow);
  for (; at + 16 <= keyRow; at += 16) weightGradient(1, dw + at, keys + at, ds, rows, keyRow);
  for (; at < keyRow; at += 4) weightGradient(0, dw + at, keys + at, ds, rows, keyRow);
}

/** ds = alpha (ds - sum over t of alpha ds) in one column or four */
@inline
function scoreGradient(whole: bool, ds: usize, alpha: usize, T: i32, step: usize): void {
  const end = ds + <usize>T * step;
  let low = f64x2.splat(0);
  let high = low;
  for (let s = ds, a = alpha; s < end; s += step, a += step) {
    const product = f32x4.mul(load(s, whole), load(a, whole));
    low = f64x2.add(low, low64(product));
    high = f64x2.add(high, high64(product));
  }
  const sum = narrow(low, high);
  for (; ds < end; ds += step, alpha += step)
    store(ds, f32x4.mul(load(alpha, whole), f32x4.sub(load(ds, whole), sum)), whole);
}

/** y (n) += alpha a (n), then beta b (n) */
function addBoth(y: usize, a: usize, b: usize, alpha: f32, beta: f32, n: i32): void {
  const alphas = f32x4.splat(alpha);
  const betas = f32x4.splat(beta);
  const end = y + (n << 2);
  const whole = y + wholeBytes(n);
  if (y < whole)
    do {
      const sum = f32x4.add(v128.load(y), f32x4.mul(alphas, v128.load(a)));
      v128.store(y, f32x4.add(sum, f32x4.mul(betas, v128.load(b))));
      y += 16;
      a += 16;
      b += 16;
    } while (y < whole);
  for (; y < end; y += 4, a += 4, b += 4) f32.store(y, f32.load(y) + alpha * f32.load(a) + beta * f32.load(b));
}

const BLOCK: i32 = 64;

/** dw += the sum over rows of ds keys, in so many vectors, or one column if 0 */
@inline
function weightGradient(vectors: i32, dw: usize, keys: usize, ds: usize, rows: i32, row: usize): void {
  const whole = vectors > 0;
  const zero = f64x2.splat(0);
  let low0 = zero;
  let high0 = zero;
  let low1 = zero;
  let high1 = zero;
  let low2 = zero;
  let high2 = zero;
  let low3 = zero;
  let high3 = zero;
  for (; rows > 0; rows -= BLOCK) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const end = ds + (min(rows, BLOCK) << 2);
    do {
      const d = v128.load32_splat(ds);
      s0 = f32x4.add(s0, f32x4.mul(d, load(keys, whole)));
      if (vectors == 4) {
        s1 = f32x4.add(s1, f32x4.mul(d, v128.load(keys, 16)));
        s2 = f32x4.add(s2, f32x4.mul(d, v128.load(keys, 32)));
        s3 = f32x4.add(s3, f32x4.mul(d, v128.load(keys, 48)));
      }
      ds += 4;
      keys += row;
    } while (ds < end);
    low0 = f64x2.add(low0, low64(s0));
    high0 = f64x2.add(high0, high64(s0));
    if (vectors < 4) continue;
    low1 = f64x2.add(low1, low64(s1));
    high1 = f64x2.add(high1, high64(s1));
    low2 = f64x2.add(low2, low64(s2));
    high2 = f64x2.add(high2, high64(s2));
    low3 = f64x2.add(low3, low64(s3));
    high3 = f64x2.add(high3, high64(s3));
  }
  store(dw, f32x4.add(load(dw, whole), narrow(low0, high0)), whole);
  if (vectors < 4) return;
  v128.store(dw, f32x4.add(v128.load(dw, 16), narrow(low1, high1)), 16);
  v128.store(dw, f32x4.add(v128.load(dw, 32), narrow(low2, high2)), 32);
  v128.store(dw, f32x4.add(v128.load(dw, 48), narrow(low3, high3)), 48);
}
