/**
 * c = alpha a b + beta c in tiles of 5 x 8. B is packed into panels of 8 columns, the rows of A one strip at a time into
 * vectors of one repeated value, and the microkernel keeps its 10 sums in registers.
 *
 * Measured on V8 11.3, one core of an AMD EPYC 9004, K 256, GFLOP/s, where a loop of independent multiply-adds reaches 57:
 * 5x8 43, 2x16 42, 4x8 40, 3x12 36, 6x8 29, 2x20 24 (15 registers: the last two spill). Without repeating A's values in
 * memory 5x8 41, 2x16 38: a splat from a constant offset costs an instruction more. Two steps of K in one turn 30 to 36:
 * the products of both are made before the sums, and one sum spills.
 */

/** Rows of B that are packed at once: a strip of A, 5 x 256 x 16 bytes, stays in the first-level cache. */
export const KC: i32 = 256;
/** Columns of B that are packed at once. */
const NC: i32 = 512;
const STRIP: i32 = 5 * KC * 16; // bytes
const TILE: i32 = 5 * 8 * 4; // bytes: where a tile goes first that is cut off at the right edge
/** Bytes of room that `multiply` needs. */
export const ROOM: i32 = STRIP + TILE;

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

/** Bytes of room that `gemm` needs. */
export function gemmWork(): i32 {
  return ROOM + KC * NC * 4;
}

// c (M,N) = alpha op(a) op(b) + beta c
export function gemm(
  c: usize,
  cAt: i32,
  ldc: i32,
  a: usize,
  aAt: i32,
  lda: i32,
  b: usize,
  bAt: i32,
  ldb: i32,
  M: i32,
  N: i32,
  K: i32,
  transposeA: bool,
  transposeB: bool,
  alpha: f32,
  beta: f32,
  work: usize,
): void {
  c += <usize>cAt << 2;
  a += <usize>aAt << 2;
  b += <usize>bAt << 2;
  ldc <<= 2;
  const aRow = transposeA ? 4 : lda << 2;
  const aStep = transposeA ? lda << 2 : 4;
  const bStep = transposeB ? 4 : ldb << 2;
  const bColumn = transposeB ? ldb << 2 : 4;
  const panels = work + ROOM;
  if (beta != 0 && beta != 1) for (let m = 0; m < M; m++) scale(c + m * ldc, beta, N);
  if (K == 0) multiply(c, ldc, a, aRow, aStep, panels, M, N, 0, beta != 0, work);
  for (let k = 0; k < K; k += KC) {
    const kc = min(KC, K - k);
    for (let n = 0; n < N; n += NC) {
      const nc = min(NC, N - n);
      pack(panels, b + k * bStep + n * bColumn, bStep, bColumn, kc, nc);
      if (alpha != 1) scale(panels, alpha, packedBytes(kc, nc) >> 2);
      multiply(c + (n << 2), ldc, a + k * aStep, aRow, aStep, panels, M, nc, kc, k > 0 || beta != 0, work);
    }
  }
}

/** x (n) *= factor */
function scale(x: usize, factor: f32, n: i32): void {
  for (const end = x + (n << 2); x < end; x += 4) f32.store(x, factor * f32.load(x));
}

/** panels (N/8,K,8) = b (K,N), whose element (k,n) stands at b + k step + n column bytes; zeros fill the last group. */
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

/** A whole b (K,N) that is multiplied more than once: packed in blocks of KC rows, one behind the other. */
export function packWhole(panels: usize, b: usize, step: i32, column: i32, K: i32, N: i32): void {
  for (let k = 0; k < K; k += KC) pack(panels + packedBytes(k, N), b + k * step, step, column, min(KC, K - k), N);
}

/** c (M,N) = a b, or += where `add`, with b as packWhole left it; see `multiply`. */
export function multiplyWhole(
  c: usize,
  ldc: i32,
  a: usize,
  row: i32,
  panels: usize,
  M: i32,
  N: i32,
  K: i32,
  add: bool,
  work: usize,
): void {
  for (let k = 0; k < K; k += KC) {
    const block = panels + packedBytes(k, N);
    multiply(c, ldc, a + (k << 2), row, 4, block, M, N, min(KC, K - k), add || k > 0, work);
  }
}

/** Four columns of 4 from `from`, `column` bytes apart, as four rows 32 bytes apart. */
@inline
export function transpose(to: usize, from: usize, column: i32): void {
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

/**
 * c (M,N) = a b, or += where `add`; c's rows are ldc bytes apart, a's element (m,k) stands at a + m row + k step bytes, b is packed.
 * K is at most KC. An element's sum runs over k in order whatever M and N are: its bits do not depend on the batch.
 */
export function multiply(
  c: usize,
  ldc: i32,
  a: usize,
  row: i32,
  step: i32,
  panels: usize,
  M: i32,
  N: i32,
  K: i32,
  add: bool,
  work: usize,
): void {
  const keep = add ? -1 : 0;
  const tile = work + STRIP;
  const whole = N & -8;
  for (let m = 0; m + 5 <= M; m += 5, a += 5 * row, c += 5 * ldc) {
    repeat(work, a, row, step, K);
    for (let n = 0; n < whole; n += 8) tile5(c + (n << 2), ldc, work, panels + n * (K << 2), K, keep);
    if (whole == N) continue;
    tile5(tile, 32, work, panels + whole * (K << 2), K, 0);
    edge(c + (whole << 2), ldc, tile, 5, N - whole, add);
  }
  for (let m = M % 5; m > 0; m--, a += row, c += ldc) {
    let n = 0;
    for (; n + 32 <= N; n += 32) row32(c + (n << 2), a, step, panels + n * (K << 2), K, keep);
    if (n == N) continue;
    row32(tile, a, step, panels + n * (K << 2), K, 0);
    edge(c + (n << 2), ldc, tile, 1, N - n, add);
  }
}

/** c (rows,columns) = the tile (rows,8), or += where `add` */
function edge(c: usize, ldc: i32, tile: usize, rows: i32, columns: i32, add: bool): void {
  for (let i = 0; i < rows; i++, c += ldc, tile += 32)
    for (let j = 0; j < columns << 2; j += 4) {
      const v = f32.load(tile + j);
      f32.store(c + j, add ? v + f32.load(c + j) : v);
    }
}

/** strip (K,5,4): every element of five rows of a, four times over */
function repeat(strip: usize, a: usize, row: i32, step: i32, K: i32): void {
  let a1 = a + row;
  let a2 = a1 + row;
  let a3 = a2 + row;
  let a4 = a3 + row;
  const end = strip + K * 80;
  if (step == 4)
    for (; strip + 320 <= end; strip += 320) {
      repeat4(strip, a);
      repeat4(strip + 16, a1);
      repeat4(strip + 32, a2);
      repeat4(strip + 48, a3);
      repeat4(strip + 64, a4);
      a += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
    }
  else if (row == 4)
    for (; strip < end; strip += 80, a += step) {
      const v = v128.load(a);
      v128.store(strip, v128.shuffle<f32>(v, v, 0, 0, 0, 0));
      v128.store(strip, v128.shuffle<f32>(v, v, 1, 1, 1, 1), 16);
      v128.store(strip, v128.shuffle<f32>(v, v, 2, 2, 2, 2), 32);
      v128.store(strip, v128.shuffle<f32>(v, v, 3, 3, 3, 3), 48);
      v128.store(strip, v128.load_splat<f32>(a, 16), 64);
    }
  for (; strip < end; strip += 80) {
    v128.store(strip, v128.load_splat<f32>(a));
    v128.store(strip, v128.load_splat<f32>(a1), 16);
    v128.store(strip, v128.load_splat<f32>(a2), 32);
    v128.store(strip, v128.load_splat<f32>(a3), 48);
    v128.store(strip, v128.load_splat<f32>(a4), 64);
    a += step;
    a1 += step;
    a2 += step;
    a3 += step;
    a4 += step;
  }
}

/** Four neighbours of one row: one load and four shuffles are cheaper than four loads. */
@inline
function repeat4(strip: usize, a: usize): void {
  const v = v128.load(a);
  v128.store(strip, v128.shuffle<f32>(v, v, 0, 0, 0, 0));
  v128.store(strip, v128.shuffle<f32>(v, v, 1, 1, 1, 1), 80);
  v128.store(strip, v128.shuffle<f32>(v, v, 2, 2, 2, 2), 160);
  v128.store(strip, v128.shuffle<f32>(v, v, 3, 3, 3, 3), 240);
}

/** x y + z; the relaxed build rounds once where the processor can. */
@inline
function multiplyAdd(x: v128, y: v128, z: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(x, y, z) : f32x4.add(z, f32x4.mul(x, y));
}

/**
 * What a sum starts from: 4 elements of c, or zeros where `keep` is 0. (Added after the loop instead, the sums are
 * scheduled in another order, two of them spill, and 43 GFLOP/s become 24.)
 */
@inline
function from(c: usize, keep: i32): v128 {
  return v128.and(i32x4.splat(keep), v128.load(c));
}

@inline
function put(c: usize, low: v128, high: v128): void {
  v128.store(c, low);
  v128.store(c, high, 16);
}

function tile5(c: usize, ldc: i32, strip: usize, panel: usize, K: i32, keep: i32): void {
  let c00 = from(c, keep);
  let c01 = from(c + 16, keep);
  let c10 = from(c + ldc, keep);
  let c11 = from(c + ldc + 16, keep);
  let c20 = from(c + 2 * ldc, keep);
  let c21 = from(c + 2 * ldc + 16, keep);
  let c30 = from(c + 3 * ldc, keep);
  let c31 = from(c + 3 * ldc + 16, keep);
  let c40 = from(c + 4 * ldc, keep);
  let c41 = from(c + 4 * ldc + 16, keep);
  // Addresses that a sum has just made need no instruction to clear their upper half: 46 GFLOP/s become 48.
  const end = panel + (K << 5) - 32;
  panel -= 32;
  strip -= 80;
  while (panel != end) {
    panel += 32;
    strip += 80;
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    const a0 = v128.load(strip);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load(strip, 16);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load(strip, 32);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load(strip, 48);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    const a4 = v128.load(strip, 64);
    c40 = multiplyAdd(a4, b0, c40);
    c41 = multiplyAdd(a4, b1, c41);
  }
  put(c, c00, c01);
  put((c += ldc), c10, c11);
  put((c += ldc), c20, c21);
  put((c += ldc), c30, c31);
  put(c + ldc, c40, c41);
}

/** One row of a against four panels at once: nearly as fast a row as a tile, so that M needs no other remainder. */
function row32(c: usize, a: usize, step: i32, panel: usize, K: i32, keep: i32): void {
  const width = K << 5;
  panel -= 32;
  let p1 = panel + width;
  let p2 = p1 + width;
  let p3 = p2 + width;
  a -= step;
  let c00 = from(c, keep);
  let c01 = from(c + 16, keep);
  let c10 = from(c + 32, keep);
  let c11 = from(c + 48, keep);
  let c20 = from(c + 64, keep);
  let c21 = from(c + 80, keep);
  let c30 = from(c + 96, keep);
  let c31 = from(c + 112, keep);
  const end = p1;
  while (panel != end) {
    panel += 32;
    p1 += 32;
    p2 += 32;
    p3 += 32;
    a += step;
    const x = v128.load_splat<f32>(a);
    c00 = multiplyAdd(x, v128.load(panel), c00);
    c01 = multiplyAdd(x, v128.load(panel, 16), c01);
    c10 = multiplyAdd(x, v128.load(p1), c10);
    c11 = multiplyAdd(x, v128.load(p1, 16), c11);
    c20 = multiplyAdd(x, v128.load(p2), c20);
    c21 = multiplyAdd(x, v128.load(p2, 16), c21);
    c30 = multiplyAdd(x, v128.load(p3), c30);
    c31 = multiplyAdd(x, v128.load(p3, 16), c31);
  }
  put(c, c00, c01);
  put(c + 32, c10, c11);
  put(c + 64, c20, c21);
  put(c + 96, c30, c31);
}
