// The right operand of a product, in panels of 8 columns that the microkernels of tile.ts read from end to end.

/** Rows of B that are packed at once: a strip of A, 5 x 256 x 16 bytes, stays in the first-level cache. */
export const KC: i32 = 256;
/** Columns of B that are packed at once. */
export const NC: i32 = 512;

/** Columns of a packed B: panels of 8, four of them in a group. */
@inline
export function packedColumns(N: i32): i32 {
  return (N + 31) & -32;
}

/** Bytes of a packed B (K,N). */
@inline
export function packedBytes(K: i32, N: i32): i32 {
  return packedColumns(N) * K * 4;
}

/** panels (N/8,K,8) = b (K,N), whose element (k,n) is at b + k step + n column bytes; zeros fill the last group. */
export function pack(panels: usize, b: usize, step: i32, column: i32, K: i32, N: i32): void {
  const end = panels + packedBytes(K, N);
  let n = 0;
  for (; n + 8 <= N; n += 8, b += 8 * column) {
    let k = 0;
    if (column == 4)
      for (let p = b; k < K; k++, p += step, panels += 32) {
        v128.store(panels, v128.load(p));
        v128.store(panels, v128.load(p, 16), 16);
      }
    else if (step == 4)
      for (; k + 4 <= K; k += 4, panels += 128) {
        transpose(panels, b + (k << 2), column);
        transpose(panels + 16, b + (k << 2) + 4 * column, column);
      }
    for (; k < K; k++, panels += 32)
      for (let j = 0; j < 8; j++) f32.store(panels + (j << 2), f32.load(b + k * step + j * column));
  }
  memory.fill(panels, 0, end - panels);
  for (let k = 0; k < K && n < N; k++, b += step, panels += 32)
    for (let j = 0; j < N - n; j++) f32.store(panels + (j << 2), f32.load(b + j * column));
}

/** A whole b (K,N) that is multiplied more than once: packed in consecutive blocks of KC rows. */
export function packWhole(panels: usize, b: usize, step: i32, column: i32, K: i32, N: i32): void {
  for (let k = 0; k < K; k += KC) pack(panels + packedBytes(k, N), b + k * step, step, column, min(KC, K - k), N);
}

/** Four columns of 4 from `from`, `column` bytes apart, as four rows 32 bytes apart. */
@inline
function transpose(to: usize, from: usize, column: i32): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + column);
  const r2 = v128.load(from + 2 * column);
  const r3 = v128.load(from + 3 * column);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to, v128.shuffle<f64>(low01, low23, 1, 3), 32);
  v128.store(to, v128.shuffle<f64>(high01, high23, 0, 2), 64);
  v128.store(to, v128.shuffle<f64>(high01, high23, 1, 3), 96);
}
