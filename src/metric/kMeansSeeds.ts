import { log } from '../core/math.ts';
import type { Random } from '../core/random.ts';

/**
 * Centroids (K,D) drawn by k-means++ among the rows of x (N,D); fewer than `clusters` where all distinct rows are drawn.
 *
 * Each is the best of 2 + ln K candidates, that which leaves the smallest sum of squared distances: of one candidate alone,
 * often two centroids share a cluster, which Lloyd's algorithm cannot part.
 *
 * Source: Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007; the candidates are those of
 * their section 5, in the number that scikit-learn takes.
 */
export function kMeansSeeds(x: Float64Array, N: number, D: number, clusters: number, random: Random): Float64Array {
  const K = Math.min(clusters, N);
  const c = new Float64Array(K * D);
  const candidates = 2 + Math.floor(log(K));
  let weight = new Float64Array(N).fill(Number.POSITIVE_INFINITY); // squared distance from the nearest centroid
  let total = 0;
  let next = new Float64Array(N);
  for (let k = 0; k < K; k++) {
    const rows =
      k === 0 ? [random.integer(N)] : Array.from({ length: candidates }, () => drawRow(weight, total, random));
    let best = { row: -1, total: Number.POSITIVE_INFINITY, weight: new Float64Array(0) };
    for (const row of rows) {
      if (row === best.row) continue;
      const own = { row, total: distancesFrom(x, N, D, row, weight, next), weight: next };
      if (own.total < best.total) {
        next = best.weight.length > 0 ? best.weight : new Float64Array(N);
        best = own;
      }
    }
    c.set(x.subarray(best.row * D, (best.row + 1) * D), k * D);
    next = weight;
    ({ weight, total } = best);
    if (total === 0) return c.slice(0, (k + 1) * D);
  }
  return c;
}

/** The row in whose share of the total a uniform number falls; rounding does not lead past the last one. */
function drawRow(weight: Float64Array, total: number, random: Random): number {
  let left = random.uniform() * total;
  let row = 0;
  for (let i = 0; i < weight.length && left >= 0; i++)
    if (weight[i] > 0) {
      row = i;
      left -= weight[i];
    }
  return row;
}

/** The smaller one of each weight and the squared distance from a row, into `out`; returns their sum. */
function distancesFrom(
  x: Float64Array,
  N: number,
  D: number,
  row: number,
  weight: Float64Array,
  out: Float64Array,
): number {
  let total = 0;
  const from = row * D;
  for (let i = 0; i < N; i++) {
    const limit = weight[i];
    let sum = 0;
    for (let d = 0, at = i * D; d < D && sum < limit; d++, at++) {
      const difference = x[at] - x[from + d];
      sum += difference * difference;
    }
    out[i] = sum < limit ? sum : limit;
    total += out[i];
  }
  return total;
}
