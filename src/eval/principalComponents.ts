import type { Tensor } from '../autograd/tensor.ts';
import { Random } from '../core/random.ts';

/** Directions followed at once: the first two are found the faster, the smaller the ninth variance is beside theirs. */
const BLOCK = 8;
const MAX_STEPS = 300; // where variances beyond the second equal it, no direction is right and none need be waited for
const RESIDUAL = 1e-12; // |C v - l v| of what is found, as a part of the largest variance
const MAX_SWEEPS = 30; // Jacobi's: about 6 are enough for 8 x 8

/**
 * Coordinates (N,2) of the rows of x (N,D) along the two directions of largest variance, from the mean, and these two
 * variances. A direction's sign is that which makes its largest component positive.
 *
 * The directions are the first eigenvectors of the covariance C, by subspace iteration with Rayleigh-Ritz projection:
 * D x D numbers of memory and N D^2 / 2 multiplications, of which the iteration is a small part.
 * Source: Saad, "Numerical Methods for Large Eigenvalue Problems", 2nd edition, 2011, section 5.2.
 */
export function principalComponents(x: Tensor): { scores: Float64Array; variances: [number, number] } {
  const [N, D] = x.shape;
  const rows = centered(x);
  const { vectors, values } = leadingEigenvectors(covariance(rows, N, D), D);
  const scores = new Float64Array(2 * N);
  for (let c = 0; c < Math.min(2, D); c++) {
    const v = vectors[c];
    const largest = v.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    const sign = largest < 0 ? -1 : 1;
    for (let i = 0; i < N; i++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += rows[i * D + d] * v[d];
      scores[2 * i + c] = sign * sum;
    }
  }
  return { scores, variances: [values[0], values[1] ?? 0] };
}

/** x without its mean; by way of the first row, so that equal rows become zeros whatever the mean is rounded to. */
function centered(x: Tensor): Float64Array {
  const [N, D] = x.shape;
  const rows = Float64Array.from(x.data, (value, at) => value - x.data[at % D]);
  const mean = new Float64Array(D);
  for (let at = 0; at < N * D; at++) mean[at % D] += rows[at] / N;
  for (let at = 0; at < N * D; at++) rows[at] -= mean[at % D];
  return rows;
}

/** (D,D), with 1/N. */
function covariance(rows: Float64Array, N: number, D: number): Float64Array {
  const C = new Float64Array(D * D);
  for (let row = 0; row < N * D; row += D)
    for (let a = 0; a < D; a++) {
      const value = rows[row + a] / N;
      for (let b = a; b < D; b++) C[a * D + b] += value * rows[row + b];
    }
  for (let a = 0; a < D; a++) for (let b = 0; b < a; b++) C[a * D + b] = C[b * D + a];
  return C;
}

/** The first eigenvectors of a symmetric matrix (D,D) without negative eigenvalues, largest first. */
function leadingEigenvectors(C: Float64Array, D: number): { vectors: Float64Array[]; values: number[] } {
  const n = Math.min(BLOCK, D);
  const random = new Random('principal components'); // where it starts is no choice of the caller's
  let V: Float64Array[] = Array.from({ length: n }, () => Float64Array.from({ length: D }, () => random.normal()));
  orthonormalize(V);
  for (let step = 1; ; step++) {
    const W = V.map((v) => product(C, v));
    const { values, vectors: S } = symmetricEigen(V.map((v) => Float64Array.from(W, (w) => dot(v, w))));
    V = combine(V, S);
    const image = combine(W, S);
    const residual = Math.max(...[0, 1].map((c) => (c < n ? distance(image[c], V[c], values[c]) : 0)));
    if (residual <= RESIDUAL * values[0] || step === MAX_STEPS) return { vectors: V, values };
    orthonormalize(image);
    V = image;
  }
}

/**
 * Columns by Gram and Schmidt, twice: where one depends on those before it, what the first turn leaves of it is rounding,
 * in any direction. One of zeros remains so.
 */
function orthonormalize(V: Float64Array[]): void {
  V.forEach((v, c) => {
    for (let turn = 0; turn < 2; turn++)
      for (const u of V.slice(0, c)) {
        const along = dot(u, v);
        for (let d = 0; d < v.length; d++) v[d] -= along * u[d];
      }
    const length = Math.sqrt(dot(v, v));
    const scale = length > 0 ? 1 / length : 0;
    for (let d = 0; d < v.length; d++) v[d] *= scale;
  });
}

/** Eigenvalues, largest first, and eigenvectors of a small symmetric matrix, by Jacobi's rotations. */
function symmetricEigen(A: Float64Array[]): { values: number[]; vectors: Float64Array[] } {
  const n = A.length;
  const U = A.map((_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  const size = Math.sqrt(A.reduce((sum, row) => sum + dot(row, row), 0));
  for (let sweep = 0, off = size; sweep < MAX_SWEEPS && off > Number.EPSILON * size; sweep++) {
    off = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        off = Math.max(off, Math.abs(A[p][q]));
        if (A[p][q] === 0) continue;
        // The smaller angle whose rotation makes A[p][q] zero.
        const h = (A[q][q] - A[p][p]) / (2 * A[p][q]);
        const tangent = (h < 0 ? -1 : 1) / (Math.abs(h) + Math.sqrt(h * h + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        const sine = tangent * cosine;
        for (const row of A) [row[p], row[q]] = [cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]];
        for (const M of [A, U])
          for (let k = 0; k < n; k++)
            [M[p][k], M[q][k]] = [cosine * M[p][k] - sine * M[q][k], sine * M[p][k] + cosine * M[q][k]];
      }
  }
  const order = A.map((_, i) => i).sort((i, j) => A[j][j] - A[i][i]);
  return { values: order.map((i) => A[i][i]), vectors: order.map((i) => U[i]) };
}

/** The sums of V's columns with the weights of each row of S. */
function combine(V: Float64Array[], S: Float64Array[]): Float64Array[] {
  return S.map((weights) => {
    const sum = new Float64Array(V[0].length);
    V.forEach((v, k) => {
      for (let d = 0; d < v.length; d++) sum[d] += weights[k] * v[d];
    });
    return sum;
  });
}

function product(C: Float64Array, v: Float64Array): Float64Array {
  return v.map((_, d) => dot(C.subarray(d * v.length, (d + 1) * v.length), v));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d] * b[d];
  return sum;
}

/** |a - l b| */
function distance(a: Float64Array, b: Float64Array, l: number): number {
  const difference = a.map((value, d) => value - l * b[d]);
  return Math.sqrt(dot(difference, difference));
}
