import { exp, log } from '../../core/math.ts';
import type { Neighbors } from '../neighbors/findNeighbors.ts';

/**
 * Similarity of points: p_ij for the pairs i < j where it is not 0, row by row. Both orders of all pairs together sum
 * to 1, so `p` sums to 1/2.
 */
export interface Affinities {
  /** (N+1) start of the pairs of row i in `other` and `p` */
  start: Int32Array;
  /** j of each pair, ascending within a row */
  other: Int32Array;
  p: Float64Array;
}

const ENTROPY_TOLERANCE = 1e-5; // of ln(perplexity), as in van der Maaten's code and scikit-learn
const SEARCH_STEPS = 100; // limit if ties make the perplexity unreachable; scikit-learn's number

/**
 * Conditional affinities of each point's neighbours, p_j|i = e^(-b_i d_ij) / sum_l e^(-b_i d_il), (N,k), with b_i such
 * that the entropy of row i is ln(perplexity). If more neighbours than that are equally near, such as duplicates, there
 * is no such b_i: then these share the row equally.
 *
 * @see van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9, 2008, equation (1).
 */
export function conditionalAffinities({ k, distance }: Neighbors, perplexity: number): Float64Array {
  const p = new Float64Array(distance.length);
  const beyond = new Float64Array(k);
  const row = new Float64Array(k);
  const target = log(perplexity);
  for (let at = 0; at < distance.length; at += k) {
    // Relative to the nearest and in units of their mean, distances of any size neither underflow nor overflow.
    let mean = 0;
    for (let j = 0; j < k; j++) mean += (distance[at + j] - distance[at]) / k;
    for (let j = 0; j < k; j++) beyond[j] = mean > 0 ? (distance[at + j] - distance[at]) / mean : 0;
    let [low, high, precision] = [0, Number.POSITIVE_INFINITY, 1];
    for (let step = 0; step < SEARCH_STEPS; step++) {
      const excess = gaussianRow(row, beyond, precision) - target;
      if (Math.abs(excess) <= ENTROPY_TOLERANCE) break;
      if (excess > 0) low = precision;
      else high = precision;
      precision = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
    }
    p.set(row, at);
  }
  return p;
}

/**
 * p_j = e^(-b d_j) / sum, and the entropy -sum p_j ln p_j = ln sum + b sum p_j d_j; d_0 = 0, so that the sum is >= 1.
 */
function gaussianRow(p: Float64Array, d: Float64Array, b: number): number {
  let sum = 0;
  let weighted = 0;
  for (let j = 0; j < d.length; j++) {
    p[j] = exp(-b * d[j]);
    sum += p[j];
    weighted += p[j] * d[j];
  }
  for (let j = 0; j < d.length; j++) p[j] /= sum;
  return log(sum) + (b * weighted) / sum;
}

/**
 * Joint affinities p_ij = (p_j|i + p_i|j) / 2N of pairs of which one is a neighbour of the other; the rest are 0.
 *
 * @see van der Maaten, "Accelerating t-SNE using Tree-Based Algorithms", JMLR 15, 2014, equations (6) and (7).
 */
export function jointAffinities(neighbors: Neighbors, perplexity: number): Affinities {
  const { k, index } = neighbors;
  const N = index.length / k;
  const conditional = conditionalAffinities(neighbors, perplexity);

  // Each directed pair goes into the row of its lower end: first counted, then filled in.
  const begin = new Int32Array(N + 1);
  for (let i = 0; i < N; i++) for (let e = i * k; e < (i + 1) * k; e++) begin[Math.min(i, index[e]) + 1]++;
  for (let i = 0; i < N; i++) begin[i + 1] += begin[i];
  const high = new Int32Array(N * k);
  const value = new Float64Array(N * k);
  const fill = begin.slice();
  for (let i = 0; i < N; i++)
    for (let e = i * k; e < (i + 1) * k; e++) {
      const to = fill[Math.min(i, index[e])]++;
      high[to] = Math.max(i, index[e]);
      value[to] = conditional[e] / (2 * N);
    }

  // A pair that occurs in both directions is merged.
  const start = new Int32Array(N + 1);
  const other = new Int32Array(N * k);
  const p = new Float64Array(N * k);
  const sum = new Float64Array(N);
  let pairs = 0;
  for (let i = 0; i < N; i++) {
    for (let e = begin[i]; e < begin[i + 1]; e++) sum[high[e]] += value[e];
    for (const j of high.slice(begin[i], begin[i + 1]).sort()) {
      if (pairs > start[i] && other[pairs - 1] === j) continue;
      other[pairs] = j;
      p[pairs++] = sum[j];
      sum[j] = 0;
    }
    start[i + 1] = pairs;
  }
  return { start, other: other.slice(0, pairs), p: p.slice(0, pairs) };
}
