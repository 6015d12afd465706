import { log } from '../../core/math.ts';
import type { Random } from '../../core/random.ts';
import { squaredDistance } from './lloyd.ts';

/** The state of the rows of x (N,D) while centroids are drawn among them. */
interface Seeding {
  x: Float64Array;
  D: number;
  /** (K,D), of which the first `drawn` are set */
  centroids: Float64Array;
  drawn: number;
  /** (N), the nearest centroid of each row. */
  nearest: Int32Array;
  /** (N), its squared distance. */
  squared: Float64Array;
}

/** The effect of a row as the next centroid: each row's squared distance from its nearest centroid, and their sum. */
interface Candidate {
  row: number;
  squared: Float64Array;
  total: number;
}

/**
 * Centroids (K,D) drawn by k-means++ among the rows of x (N,D); fewer than `clusters` if all distinct rows are drawn.
 *
 * Each is the best of 2 + ln K candidates, the one that leaves the smallest sum of squared distances: with a single
 * candidate, two centroids often share a cluster, which Lloyd's algorithm cannot separate.
 *
 * @see Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007; the candidates are those of
 * their section 5, in the number that scikit-learn takes.
 */
export function kMeansSeeds(x: Float64Array, N: number, D: number, clusters: number, random: Random): Float64Array {
  const K = Math.min(clusters, N);
  const candidates = 2 + Math.floor(log(K));
  const seeding: Seeding = {
    ...{ x, D, centroids: new Float64Array(K * D), drawn: 0 },
    nearest: new Int32Array(N),
    squared: new Float64Array(N).fill(Number.POSITIVE_INFINITY),
  };
  let total = 0;
  while (seeding.drawn < K) {
    const first = seeding.drawn === 0;
    const rows = Array.from({ length: first ? 1 : candidates }, () =>
      first ? random.integer(N) : drawRow(seeding.squared, total, random),
    );
    const best = [...new Set(rows)]
      .map((row) => candidateOf(seeding, row))
      .reduce((a, b) => (b.total < a.total ? b : a));
    take(seeding, best);
    total = best.total;
    if (total === 0) break;
  }
  return seeding.centroids.slice(0, seeding.drawn * D);
}

/** The row whose share of the total contains a uniform number; rounding never leads past the last one. */
function drawRow(squared: Float64Array, total: number, random: Random): number {
  let left = random.uniform() * total;
  let row = 0;
  for (let i = 0; i < squared.length && left >= 0; i++)
    if (squared[i] > 0) {
      row = i;
      left -= squared[i];
    }
  return row;
}

const QUARTER = 0.25 * (1 - 1e-10); // less than a quarter, by far more than rounding errors

/**
 * A row whose nearest centroid is at least twice as far from the candidate as from itself is no closer to the
 * candidate; nor is one whose partial sum has reached its current distance. With many centroids few rows remain, and
 * the bits are the same.
 */
function candidateOf({ x, D, centroids, drawn, nearest, squared }: Seeding, row: number): Candidate {
  const from = row * D;
  const reach = new Float64Array(drawn); // squared distance from a centroid within which rows need no check
  for (let k = 0; k < drawn; k++) reach[k] = QUARTER * squaredDistance(x, from, centroids, k * D, D);
  const own = new Float64Array(squared.length);
  let total = 0;
  for (let i = 0; i < own.length; i++) {
    const limit = squared[i];
    let sum = 0;
    if (drawn > 0 && reach[nearest[i]] >= limit) sum = limit;
    for (let d = 0, at = i * D; d < D && sum < limit; d++, at++) {
      const difference = x[at] - x[from + d];
      sum += difference * difference;
    }
    own[i] = sum < limit ? sum : limit;
    total += own[i];
  }
  return { row, squared: own, total };
}

function take(seeding: Seeding, { row, squared }: Candidate): void {
  const { x, D, centroids, drawn, nearest } = seeding;
  centroids.set(x.subarray(row * D, (row + 1) * D), drawn * D);
  for (let i = 0; i < squared.length; i++) if (squared[i] < seeding.squared[i]) nearest[i] = drawn;
  seeding.squared = squared;
  seeding.drawn++;
}
