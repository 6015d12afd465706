/** Eigenvalues, largest first, and eigenvectors of unit length, one a row, of a symmetric matrix (n,n). */
export interface Eigen {
  /** (n) */
  values: Float64Array;
  /** (n,n) */
  vectors: Float64Array;
}

/**
 * Off-diagonal elements this small relative to both neighbours on the diagonal, or much smaller than the matrix, are
 * zero.
 */
const NEGLIGIBLE = Number.EPSILON;
const NOTHING = 1e-40;
const STEPS = 60; // QR steps per eigenvalue; about two are needed

/**
 * All eigenvalues and eigenvectors of a symmetric matrix A (n,n), which is overwritten: Householder reflections make it
 * tridiagonal, A = Q T Q', and QR steps with Wilkinson's shift make T diagonal; about 8 n^3 multiplications. Errors of
 * the eigenvalues are rounding errors of the largest.
 *
 * @see Golub and Van Loan, "Matrix Computations", 4th edition, 2013, algorithms 8.3.1 to 8.3.3.
 */
export function symmetricEigen(A: Float64Array, n: number): Eigen {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const Q = tridiagonalize(A, n, diagonal, offDiagonal);
  diagonalize(diagonal, offDiagonal, Q, n);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j] - diagonal[i]);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(Q.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors };
}

/** The diagonal and off-diagonal of T; returns Q', with a column of Q per row. */
function tridiagonalize(A: Float64Array, n: number, diagonal: Float64Array, offDiagonal: Float64Array): Float64Array {
  const image = new Float64Array(n);
  const half = new Float64Array(n); // |v|^2 / 2 of each reflection, 0 for none
  for (let k = 0; k + 1 < n; k++) {
    // The entries of row k, which is column k, from k + 1 become a multiple of the first unit vector.
    const v = A.subarray(k * n, (k + 1) * n);
    let rest = 0;
    for (let j = k + 2; j < n; j++) rest += v[j] * v[j];
    if (rest === 0) {
      offDiagonal[k] = v[k + 1];
      continue;
    }
    const length = Math.sqrt(v[k + 1] * v[k + 1] + rest);
    offDiagonal[k] = v[k + 1] > 0 ? -length : length;
    half[k] = length * length - v[k + 1] * offDiagonal[k];
    v[k + 1] -= offDiagonal[k];
    reflectBothSides(A, n, k + 1, v, half[k], image);
  }
  for (let k = 0; k < n; k++) diagonal[k] = A[k * n + k];

  const Q = new Float64Array(n * n);
  for (let k = 0; k < n; k++) Q[k * n + k] = 1;
  for (let k = n - 3; k >= 0; k--) {
    if (half[k] === 0) continue;
    const v = A.subarray(k * n, (k + 1) * n);
    for (let row = (k + 1) * n; row < n * n; row += n) {
      let along = 0;
      for (let j = k + 1; j < n; j++) along += Q[row + j] * v[j];
      along /= half[k];
      for (let j = k + 1; j < n; j++) Q[row + j] -= along * v[j];
    }
  }
  return Q;
}

/** H B H with H = I - v v' / half, for the block B of A starting at `from`. */
function reflectBothSides(
  A: Float64Array,
  n: number,
  from: number,
  v: Float64Array,
  half: number,
  image: Float64Array,
) {
  let along = 0;
  for (let i = from; i < n; i++) {
    let sum = 0;
    for (let j = from; j < n; j++) sum += A[i * n + j] * v[j];
    image[i] = sum / half;
    along += image[i] * v[i];
  }
  for (let i = from; i < n; i++) image[i] -= (along / (2 * half)) * v[i];
  for (let i = from; i < n; i++) for (let j = from; j < n; j++) A[i * n + j] -= v[i] * image[j] + image[i] * v[j];
}

/** Makes T diagonal, and transforms the rows of Q' accordingly. */
function diagonalize(d: Float64Array, e: Float64Array, Q: Float64Array, n: number): void {
  let size = 0;
  for (let k = 0; k < n; k++) size = Math.max(size, Math.abs(d[k]) + Math.abs(e[k]));
  const isZero = (k: number): boolean =>
    Math.abs(e[k]) <= NEGLIGIBLE * (Math.abs(d[k]) + Math.abs(d[k + 1])) || Math.abs(e[k]) <= NOTHING * size;
  let last = n - 1;
  for (let step = 0; last > 0 && step < STEPS * n; step++) {
    while (last > 0 && isZero(last - 1)) last--;
    let first = last;
    while (first > 0 && !isZero(first - 1)) first--;
    if (first < last) stepQR(d, e, Q, n, first, last);
  }
}

/** A QR step of the block of T from `first` to `last`, in which no off-diagonal element is zero. */
function stepQR(d: Float64Array, e: Float64Array, Q: Float64Array, n: number, first: number, last: number): void {
  const b = e[last - 1];
  const a = (d[last - 1] - d[last]) / 2;
  const shift = d[last] - (b * b) / (a + (a < 0 ? -1 : 1) * Math.sqrt(a * a + b * b));
  let x = d[first] - shift;
  let z = e[first];
  for (let k = first; k < last; k++) {
    const r = Math.sqrt(x * x + z * z);
    const c = r > 0 ? x / r : 1;
    const s = r > 0 ? z / r : 0;
    if (k > first) e[k - 1] = r;
    const [upper, between, lower] = [d[k], e[k], d[k + 1]];
    d[k] = c * c * upper + 2 * c * s * between + s * s * lower;
    d[k + 1] = s * s * upper - 2 * c * s * between + c * c * lower;
    e[k] = c * s * (lower - upper) + (c * c - s * s) * between;
    if (k + 1 < last) {
      x = e[k];
      z = s * e[k + 1];
      e[k + 1] *= c;
    }
    for (let i = k * n, j = (k + 1) * n; i < (k + 1) * n; i++, j++) {
      const q = Q[i];
      Q[i] = c * q + s * Q[j];
      Q[j] = c * Q[j] - s * q;
    }
  }
}
