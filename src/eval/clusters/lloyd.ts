import { Tensor } from '../../autograd/tensor.ts';

/** The result of `kMeans`. */
export interface Clusters {
  /** (K,D) float64 */
  centroids: Tensor;
  /** (N), the nearest centroid of every row; ties go to the first. */
  assignment: Int32Array;
  /** Sum over rows of the squared Euclidean distance to their centroid. */
  inertia: number;
}

/** |a - b|^2 of two rows, summed in the order of columns. */
export function squaredDistance(a: Float64Array, aAt: number, b: Float64Array, bAt: number, D: number): number {
  let sum = 0;
  for (let d = 0; d < D; d++) {
    const difference = a[aAt + d] - b[bAt + d];
    sum += difference * difference;
  }
  return sum;
}

const TOGETHER = 4; // centroids searched at once: a third faster than one by one, each in the same order of columns

/** Centroids (K,D) in groups of four, (K/4,D,4), padded with centroids that are far from everything. */
export function pack(c: Float64Array, D: number): Float64Array {
  const K = c.length / D;
  const packed = new Float64Array(Math.ceil(K / TOGETHER) * TOGETHER * D).fill(Number.POSITIVE_INFINITY);
  for (let k = 0; k < K; k++) {
    const lane = k % TOGETHER;
    const to = (k - lane) * D + lane;
    for (let d = 0; d < D; d++) packed[to + d * TOGETHER] = c[k * D + d];
  }
  return packed;
}

/** The result of `search`, reused: an object per row would cost more than searching a small one. */
export const found = { nearest: 0, squared: 0, second: 0 };

/** Finds the centroid nearest to row i (ties go to the first), its squared distance, and that of the second nearest. */
export function search(x: Float64Array, packed: Float64Array, i: number, D: number): void {
  let nearest = 0;
  let squared = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  let at = 0;
  for (let k = 0; at < packed.length; k += TOGETHER) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = i * D; j < (i + 1) * D; j++, at += TOGETHER) {
      const v = x[j];
      const d0 = v - packed[at];
      const d1 = v - packed[at + 1];
      const d2 = v - packed[at + 2];
      const d3 = v - packed[at + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (let lane = 0; lane < TOGETHER; lane++) {
      const s = lane === 0 ? s0 : lane === 1 ? s1 : lane === 2 ? s2 : s3;
      if (s < squared) {
        second = squared;
        squared = s;
        nearest = k + lane;
      } else if (s < second) second = s;
    }
  }
  found.nearest = nearest;
  found.squared = squared;
  found.second = second;
}

const SLACK = 1e-10; // far above rounding errors of a distance, far below what would cost time

/**
 * Lloyd's algorithm from the given centroids (K,D).
 *
 * Most rows need no search: a row's distance to its own centroid grew by at most that centroid's move, and that to any
 * other shrank by at most the largest move of the others. The bounds leave room for rounding, so that the result is the
 * same as when every row is searched every time, but several times faster.
 *
 * @see Hamerly, "Making k-means even faster", SDM 2010.
 */
export function lloyd(x: Float64Array, start: Float64Array, N: number, D: number, iterations: number): Clusters {
  let c = start;
  let packed = pack(c, D);
  const K = c.length / D;
  const assignment = new Int32Array(N);
  const upper = new Float64Array(N); // bound of the distance to the own centroid
  const lower = new Float64Array(N); // bound of the distance to any other
  const half = new Float64Array(K); // half the distance from a centroid to the nearest other one
  const assign = (i: number): boolean => {
    search(x, packed, i, D);
    const changed = assignment[i] !== found.nearest;
    assignment[i] = found.nearest;
    upper[i] = Math.sqrt(found.squared);
    lower[i] = Math.sqrt(found.second);
    return changed;
  };
  for (let i = 0; i < N; i++) assign(i);

  let changed = true;
  for (let n = 0; n < iterations && changed; n++) {
    // A row that was taken from its nearest centroid had the bound of the second nearest.
    for (const i of fillEmpty(x, c, assignment, N, D)) lower[i] = 0;
    changed = false;
    const old = c;
    c = means(x, old, assignment, N, D);
    packed = pack(c, D);
    const move = new Float64Array(K);
    for (let k = 0; k < K; k++) move[k] = Math.sqrt(squaredDistance(old, k * D, c, k * D, D));
    const farthest = move.indexOf(Math.max(...move));
    const largest = move[farthest];
    const next = Math.max(0, ...move.filter((_, k) => k !== farthest));
    for (let k = 0; k < K; k++) {
      let nearest = Number.POSITIVE_INFINITY;
      for (let j = 0; j < K; j++) if (j !== k) nearest = Math.min(nearest, squaredDistance(c, k * D, c, j * D, D));
      half[k] = (Math.sqrt(nearest) / 2) * (1 - SLACK);
    }
    for (let i = 0; i < N; i++) {
      const k = assignment[i];
      upper[i] = (upper[i] + move[k]) * (1 + SLACK);
      lower[i] = lower[i] * (1 - SLACK) - (k === farthest ? next : largest) * (1 + SLACK);
      const far = Math.max(lower[i], half[k]);
      if (upper[i] < far) continue;
      upper[i] = Math.sqrt(squaredDistance(x, i * D, c, k * D, D));
      if (upper[i] * (1 + SLACK) < far) continue;
      if (assign(i)) changed = true;
    }
  }

  let inertia = 0;
  for (let i = 0; i < N; i++) inertia += squaredDistance(x, i * D, c, assignment[i] * D, D);
  return { centroids: new Tensor(c, [K, D]), assignment, inertia };
}

/** The mean of every centroid's rows; a centroid without rows stays where it is. */
function means(x: Float64Array, old: Float64Array, assignment: Int32Array, N: number, D: number): Float64Array {
  const sum = new Float64Array(old.length);
  const count = new Int32Array(old.length / D);
  for (let i = 0; i < N; i++) {
    const to = assignment[i] * D;
    for (let d = 0; d < D; d++) sum[to + d] += x[i * D + d];
    count[assignment[i]]++;
  }
  for (let k = 0; k < count.length; k++)
    for (let d = k * D; d < (k + 1) * D; d++) sum[d] = count[k] ? sum[d] / count[k] : old[d];
  return sum;
}

/**
 * Gives every centroid without rows the row farthest from its own centroid, except rows that are alone with theirs;
 * returns the rows moved.
 */
function fillEmpty(x: Float64Array, c: Float64Array, assignment: Int32Array, N: number, D: number): number[] {
  const count = new Int32Array(c.length / D);
  for (const k of assignment) count[k]++;
  const taken: number[] = [];
  for (let k = 0; k < count.length; k++) {
    if (count[k]) continue;
    let row = -1;
    let most = 0;
    for (let i = 0; i < N; i++) {
      if (count[assignment[i]] < 2) continue;
      const s = squaredDistance(x, i * D, c, assignment[i] * D, D);
      if (s > most) {
        most = s;
        row = i;
      }
    }
    if (row < 0) break; // all rows lie on centroids
    count[assignment[row]]--;
    count[k]++;
    assignment[row] = k;
    taken.push(row);
  }
  return taken;
}
