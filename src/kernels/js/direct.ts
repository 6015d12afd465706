import type { In, Vec } from '../types.ts';

/**
 * Products without packing, for few rows: an interpreter pays for bytecodes and property reads, and the panels of a large
 * product are mostly that to it. Eight terms of a sum (sixteen in a single row) are one expression on locals, whose value is the one of
 * eight statements: sums run in float64 in the order of K, from 0, and are rounded where they are added to c, every `KC` terms.
 *
 * Microseconds per 1,000 multiply-adds in QuickJS (WebAssembly), V8 11.3 and V8 without its compiler, K 64, N 256, on one core of a
 * busy machine: four rows by panels 39, 0.44, 21, here 25, 0.45, 19; one row in four sums of one term each 61, 0.65, 37, here 36, 0.72, 31.
 * Tried and rejected: eight rows by eight terms 21, but 4 in V8, which gives up on so many locals; a view of b for each term, which
 * saves the addition to its index, 24 and 0.49 for four rows, 34 and 1.2 for one.
 */
const NC = 256; // columns whose sums are held at a time
const KC = 256; // terms of a sum that is rounded as a whole, as in the panels of gemm
export const THIN = 3; // fewer rows are not divided so

const sum0 = /* @__PURE__ */ new Float64Array(NC);
const sum1 = /* @__PURE__ */ new Float64Array(NC);
const sum2 = /* @__PURE__ */ new Float64Array(NC);
const sum3 = /* @__PURE__ */ new Float64Array(NC);

let ramp = /* @__PURE__ */ new Int32Array(0);
let rampStep = 0;

/** 0, step, 2 step and so on: where the rows of a matrix lie; valid until the next call. */
export function evenRows(step: number, n: number): Int32Array {
  if (ramp.length < n) ramp = new Int32Array(n);
  else if (rampStep === step) return ramp;
  rampStep = step;
  for (let k = 0, at = 0; k < ramp.length; k++, at += step) ramp[k] = at;
  return ramp;
}

/**
 * c (M,N) += alpha a (M,K) b (K,N): a's rows are aRow apart and its columns aColumn, row k of b begins at bAt + rows[k], and b's
 * columns are bColumn apart.
 */
export function direct(
  c: Vec,
  cAt: number,
  ldc: number,
  a: In,
  aAt: number,
  aRow: number,
  aColumn: number,
  b: In,
  bAt: number,
  rows: In<Int32Array>,
  bColumn: number,
  M: number,
  N: number,
  K: number,
  alpha: number,
): void {
  const block = M < THIN ? K : KC;
  for (let j = 0; j < N; j += NC) {
    const n = Math.min(NC, N - j);
    for (let k = 0; k < K; k += block) {
      const end = Math.min(K, k + block);
      let i = 0;
      for (; i + 4 <= M; i += 4) {
        fourRows(a, aAt + i * aRow, aRow, aColumn, b, bAt + j * bColumn, rows, bColumn, n, k, end);
        const to = cAt + i * ldc + j;
        add(c, to, sum0, n, alpha);
        add(c, to + ldc, sum1, n, alpha);
        add(c, to + 2 * ldc, sum2, n, alpha);
        add(c, to + 3 * ldc, sum3, n, alpha);
      }
      for (; i < M; i++) {
        oneRow(a, aAt + i * aRow, aColumn, b, bAt + j * bColumn, rows, bColumn, n, k, end);
        add(c, cAt + i * ldc + j, sum0, n, alpha);
      }
    }
  }
}

function add(c: Vec, at: number, sums: Float64Array, n: number, alpha: number): void {
  if (alpha === 1) for (let j = 0; j < n; j++) c[at + j] += sums[j];
  else for (let j = 0; j < n; j++) c[at + j] += alpha * sums[j];
}

// sum0 to sum3 = terms k to end of four rows of a from `at`, times n columns of b from `from`
function fourRows(
  a: In,
  at: number,
  aRow: number,
  aColumn: number,
  b: In,
  from: number,
  rows: In<Int32Array>,
  bColumn: number,
  n: number,
  k: number,
  end: number,
): void {
  const [s0, s1, s2, s3] = [sum0, sum1, sum2, sum3];
  s0.fill(0, 0, n);
  s1.fill(0, 0, n);
  s2.fill(0, 0, n);
  s3.fill(0, 0, n);
  for (; k + 8 <= end; k += 8) {
    const r0 = rows[k];
    const r1 = rows[k + 1];
    const r2 = rows[k + 2];
    const r3 = rows[k + 3];
    const r4 = rows[k + 4];
    const r5 = rows[k + 5];
    const r6 = rows[k + 6];
    const r7 = rows[k + 7];
    let p = at + k * aColumn;
    const w0 = a[p];
    const w1 = a[p + aColumn];
    const w2 = a[p + 2 * aColumn];
    const w3 = a[p + 3 * aColumn];
    const w4 = a[p + 4 * aColumn];
    const w5 = a[p + 5 * aColumn];
    const w6 = a[p + 6 * aColumn];
    const w7 = a[p + 7 * aColumn];
    p = at + aRow + k * aColumn;
    const x0 = a[p];
    const x1 = a[p + aColumn];
    const x2 = a[p + 2 * aColumn];
    const x3 = a[p + 3 * aColumn];
    const x4 = a[p + 4 * aColumn];
    const x5 = a[p + 5 * aColumn];
    const x6 = a[p + 6 * aColumn];
    const x7 = a[p + 7 * aColumn];
    p = at + 2 * aRow + k * aColumn;
    const y0 = a[p];
    const y1 = a[p + aColumn];
    const y2 = a[p + 2 * aColumn];
    const y3 = a[p + 3 * aColumn];
    const y4 = a[p + 4 * aColumn];
    const y5 = a[p + 5 * aColumn];
    const y6 = a[p + 6 * aColumn];
    const y7 = a[p + 7 * aColumn];
    p = at + 3 * aRow + k * aColumn;
    const z0 = a[p];
    const z1 = a[p + aColumn];
    const z2 = a[p + 2 * aColumn];
    const z3 = a[p + 3 * aColumn];
    const z4 = a[p + 4 * aColumn];
    const z5 = a[p + 5 * aColumn];
    const z6 = a[p + 6 * aColumn];
    const z7 = a[p + 7 * aColumn];
    for (let j = 0, q = from; j < n; j++, q += bColumn) {
      const v0 = b[q + r0];
      const v1 = b[q + r1];
      const v2 = b[q + r2];
      const v3 = b[q + r3];
      const v4 = b[q + r4];
      const v5 = b[q + r5];
      const v6 = b[q + r6];
      const v7 = b[q + r7];
      s0[j] = s0[j] + w0 * v0 + w1 * v1 + w2 * v2 + w3 * v3 + w4 * v4 + w5 * v5 + w6 * v6 + w7 * v7;
      s1[j] = s1[j] + x0 * v0 + x1 * v1 + x2 * v2 + x3 * v3 + x4 * v4 + x5 * v5 + x6 * v6 + x7 * v7;
      s2[j] = s2[j] + y0 * v0 + y1 * v1 + y2 * v2 + y3 * v3 + y4 * v4 + y5 * v5 + y6 * v6 + y7 * v7;
      s3[j] = s3[j] + z0 * v0 + z1 * v1 + z2 * v2 + z3 * v3 + z4 * v4 + z5 * v5 + z6 * v6 + z7 * v7;
    }
  }
  for (; k < end; k++) {
    const r = rows[k];
    const p = at + k * aColumn;
    const w = a[p];
    const x = a[p + aRow];
    const y = a[p + 2 * aRow];
    const z = a[p + 3 * aRow];
    for (let j = 0, q = from + r; j < n; j++, q += bColumn) {
      const v = b[q];
      s0[j] += w * v;
      s1[j] += x * v;
      s2[j] += y * v;
      s3[j] += z * v;
    }
  }
}

// sum0 = terms k to end of one row of a
function oneRow(
  a: In,
  at: number,
  aColumn: number,
  b: In,
  from: number,
  rows: In<Int32Array>,
  bColumn: number,
  n: number,
  k: number,
  end: number,
): void {
  const s = sum0;
  s.fill(0, 0, n);
  for (; k + 16 <= end; k += 16) {
    const r0 = rows[k];
    const r1 = rows[k + 1];
    const r2 = rows[k + 2];
    const r3 = rows[k + 3];
    const r4 = rows[k + 4];
    const r5 = rows[k + 5];
    const r6 = rows[k + 6];
    const r7 = rows[k + 7];
    const r8 = rows[k + 8];
    const r9 = rows[k + 9];
    const r10 = rows[k + 10];
    const r11 = rows[k + 11];
    const r12 = rows[k + 12];
    const r13 = rows[k + 13];
    const r14 = rows[k + 14];
    const r15 = rows[k + 15];
    const p = at + k * aColumn;
    const w0 = a[p];
    const w1 = a[p + aColumn];
    const w2 = a[p + 2 * aColumn];
    const w3 = a[p + 3 * aColumn];
    const w4 = a[p + 4 * aColumn];
    const w5 = a[p + 5 * aColumn];
    const w6 = a[p + 6 * aColumn];
    const w7 = a[p + 7 * aColumn];
    const w8 = a[p + 8 * aColumn];
    const w9 = a[p + 9 * aColumn];
    const w10 = a[p + 10 * aColumn];
    const w11 = a[p + 11 * aColumn];
    const w12 = a[p + 12 * aColumn];
    const w13 = a[p + 13 * aColumn];
    const w14 = a[p + 14 * aColumn];
    const w15 = a[p + 15 * aColumn];
    for (let j = 0, q = from; j < n; j++, q += bColumn)
      s[j] =
        s[j] +
        w0 * b[q + r0] +
        w1 * b[q + r1] +
        w2 * b[q + r2] +
        w3 * b[q + r3] +
        w4 * b[q + r4] +
        w5 * b[q + r5] +
        w6 * b[q + r6] +
        w7 * b[q + r7] +
        w8 * b[q + r8] +
        w9 * b[q + r9] +
        w10 * b[q + r10] +
        w11 * b[q + r11] +
        w12 * b[q + r12] +
        w13 * b[q + r13] +
        w14 * b[q + r14] +
        w15 * b[q + r15];
  }
  for (; k + 8 <= end; k += 8) {
    const r0 = rows[k];
    const r1 = rows[k + 1];
    const r2 = rows[k + 2];
    const r3 = rows[k + 3];
    const r4 = rows[k + 4];
    const r5 = rows[k + 5];
    const r6 = rows[k + 6];
    const r7 = rows[k + 7];
    const p = at + k * aColumn;
    const w0 = a[p];
    const w1 = a[p + aColumn];
    const w2 = a[p + 2 * aColumn];
    const w3 = a[p + 3 * aColumn];
    const w4 = a[p + 4 * aColumn];
    const w5 = a[p + 5 * aColumn];
    const w6 = a[p + 6 * aColumn];
    const w7 = a[p + 7 * aColumn];
    for (let j = 0, q = from; j < n; j++, q += bColumn)
      s[j] =
        s[j] +
        w0 * b[q + r0] +
        w1 * b[q + r1] +
        w2 * b[q + r2] +
        w3 * b[q + r3] +
        w4 * b[q + r4] +
        w5 * b[q + r5] +
        w6 * b[q + r6] +
        w7 * b[q + r7];
  }
  for (; k < end; k++) {
    const w = a[at + k * aColumn];
    for (let j = 0, q = from + rows[k]; j < n; j++, q += bColumn) s[j] += w * b[q];
  }
}
