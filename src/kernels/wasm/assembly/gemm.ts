/**
 * c = alpha a b + beta c in tiles of 5 x 8. B is packed into panels of 8 columns, the rows of A five at a time into
 * vectors of one repeated value, and the microkernel keeps its 10 sums in registers.
 *
 * Measured on V8 11.3, one core of an AMD EPYC (Zen 4), microkernels alone at K 256, GFLOP/s, where a loop of
 * independent multiply-adds reaches 57: 5x8 43, 2x16 42, 4x8 40, 3x12 36, 6x8 29, 2x20 24 (of 15 registers, the last
 * two spill). Without repeating A's values in memory 5x8 41, 2x16 38: a splat from a constant offset costs one
 * more instruction. Two steps of K in one turn 30 to 36: the products of both are made before the sums, and one spills.
 */
import { KC, NC, pack, packedBytes } from './pack';
import { row32, tile5 } from './tile';

const STRIP: i32 = 5 * KC * 16; // bytes
const TILE: i32 = 5 * 8 * 4; // bytes: for a tile that is cut off at the right edge
/** Bytes of workspace that `multiply` needs. */
export const MULTIPLY_WORKSPACE: i32 = STRIP + TILE;

/** Bytes of workspace that `gemm` needs. */
export function gemmWorkspace(): i32 {
  return MULTIPLY_WORKSPACE + KC * NC * 4;
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
  workspace: usize,
): void {
  c += <usize>cAt << 2;
  a += <usize>aAt << 2;
  b += <usize>bAt << 2;
  ldc <<= 2;
  const aRow = transposeA ? 4 : lda << 2;
  const aStep = transposeA ? lda << 2 : 4;
  const bStep = transposeB ? 4 : ldb << 2;
  const bColumn = transposeB ? ldb << 2 : 4;
  const panels = workspace + MULTIPLY_WORKSPACE;
  if (beta != 0 && beta != 1) for (let m = 0; m < M; m++) scale(c + m * ldc, beta, N);
  if (K == 0) multiply(c, ldc, a, aRow, aStep, panels, M, N, 0, beta != 0, workspace);
  for (let k = 0; k < K; k += KC) {
    const kc = min(KC, K - k);
    for (let n = 0; n < N; n += NC) {
      const nc = min(NC, N - n);
      pack(panels, b + k * bStep + n * bColumn, bStep, bColumn, kc, nc);
      if (alpha != 1) scale(panels, alpha, packedBytes(kc, nc) >> 2);
      multiply(c + (n << 2), ldc, a + k * aStep, aRow, aStep, panels, M, nc, kc, k > 0 || beta != 0, workspace);
    }
  }
}

/** x (n) *= factor */
function scale(x: usize, factor: f32, n: i32): void {
  for (const end = x + (n << 2); x < end; x += 4) f32.store(x, factor * f32.load(x));
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
  workspace: usize,
): void {
  let k = 0;
  do {
    const block = panels + packedBytes(k, N);
    multiply(c, ldc, a + (k << 2), row, 4, block, M, N, min(KC, K - k), add || k > 0, workspace);
    k += KC;
  } while (k < K);
}

/**
 * c (M,N) = a b, or += where `add`. c's rows are ldc bytes apart, a's element (m,k) is at a + m row + k step bytes,
 * b is packed, K is at most KC. An element's sum runs over k in order whatever M and N are: its bits do not depend on
 * the batch.
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
  workspace: usize,
): void {
  const tile = workspace + STRIP;
  const whole = N & -8;
  for (let m = 0; m + 5 <= M; m += 5, a += 5 * row, c += 5 * ldc) {
    repeat(workspace, a, row, step, K);
    for (let n = 0; n < N; n += 8) {
      const panel = panels + n * (K << 2);
      const at = c + (n << 2);
      if (n < whole && !add) tile5(at, ldc, workspace, panel, K);
      else {
        tile5(tile, 32, workspace, panel, K);
        if (n < whole) addTile(at, ldc, tile);
        else putRows(at, ldc, tile, 5, N - n, add);
      }
    }
  }
  for (let m = M % 5; m > 0; m--, a += row, c += ldc)
    for (let n = 0; n < N; n += 32) {
      const panel = panels + n * (K << 2);
      const at = c + (n << 2);
      if (n + 32 <= N && !add) row32(at, a, step, panel, K);
      else {
        row32(tile, a, step, panel, K);
        putRows(at, 0, tile, 1, min(32, N - n), add);
      }
    }
}

/** c (5,8) += the tile */
function addTile(c: usize, ldc: i32, tile: usize): void {
  for (const end = tile + TILE; tile < end; tile += 32, c += ldc) {
    const low = f32x4.add(v128.load(c), v128.load(tile));
    const high = f32x4.add(v128.load(c, 16), v128.load(tile, 16));
    v128.store(c, low);
    v128.store(c, high, 16);
  }
}

/** c (rows,columns) = a tile in rows of 32 bytes, or += where `add`: so a long sum is a sum of blocks of KC. */
function putRows(c: usize, ldc: i32, tile: usize, rows: i32, columns: i32, add: bool): void {
  const bytes = columns << 2;
  for (let i = 0; i < rows; i++, c += ldc, tile += 32) {
    let j = 0;
    for (; j + 16 <= bytes; j += 16) {
      const v = v128.load(tile + j);
      v128.store(c + j, add ? f32x4.add(v128.load(c + j), v) : v);
    }
    for (; j < bytes; j += 4) {
      const v = f32.load(tile + j);
      f32.store(c + j, add ? f32.load(c + j) + v : v);
    }
  }
}

/** strip (K,5,4): every element of five rows of a, repeated four times */
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
