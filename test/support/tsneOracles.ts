/** What the tests of t-SNE compare with: the formulas as plain loops over all pairs, with the engine's Math. */
import * as assert from 'uvu/assert';
import type { Affinities } from '../../src/eval/tsne/affinities.ts';

/** A symmetric matrix (N,N), row by row. */
export type Square = number[][];

/** Squared distances of all rows of x (N,D). */
export function squaredDistances(x: ArrayLike<number>, N: number): Square {
  const D = x.length / N;
  const at = (i: number, j: number): number => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += (x[i * D + d] - x[j * D + d]) ** 2;
    return sum;
  };
  return square(N, at);
}

export function square(N: number, at: (i: number, j: number) => number): Square {
  return Array.from({ length: N }, (_, i) => Array.from({ length: N }, (_, j) => at(i, j)));
}

/** The positions of the k smallest of a row but its own, nearest first, equal ones by position. */
export function nearest(row: readonly number[], self: number, k: number): number[] {
  const others = row.map((_, j) => j).filter((j) => j !== self);
  return others.sort((a, b) => row[a] - row[b] || a - b).slice(0, k);
}

export function entropy(p: readonly number[]): number {
  return -p.reduce((sum, v) => sum + (v > 0 ? v * Math.log(v) : 0), 0);
}

/** Shares at the precision that gives a perplexity, which is halved in until it is exact. */
export function atPerplexity(shares: (precision: number) => number[], perplexity: number): number[] {
  let [low, high] = [0, 1e6];
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (entropy(shares(middle)) > Math.log(perplexity)) low = middle;
    else high = middle;
  }
  return shares(low);
}

/** p_j|i of the k nearest neighbours. */
export function conditionalOracle(d: Square, k: number, perplexity: number): Square {
  return d.map((row, i) => {
    const own = nearest(row, i, k);
    const share = (b: number): number[] => {
      const e = own.map((j) => Math.exp(-b * (row[j] - row[own[0]])));
      const sum = e.reduce((a, v) => a + v, 0);
      return e.map((v) => v / sum);
    };
    const p = atPerplexity(share, perplexity);
    return row.map((_, j) => (own.includes(j) ? p[own.indexOf(j)] : 0));
  });
}

/** p_ij */
export function jointOracle(d: Square, k: number, perplexity: number): Square {
  const c = conditionalOracle(d, k, perplexity);
  return square(d.length, (i, j) => (c[i][j] + c[j][i]) / (2 * d.length));
}

/** As a matrix, both orders. */
export function dense({ start, other, p }: Affinities): Square {
  const matrix = square(start.length - 1, () => 0);
  for (let i = 0; i + 1 < start.length; i++)
    for (let e = start[i]; e < start[i + 1]; e++) {
      assert.ok(other[e] > i, 'a pair i < j');
      assert.is(matrix[i][other[e]], 0, 'a pair is there once');
      matrix[i][other[e]] = p[e];
      matrix[other[e]][i] = p[e];
    }
  return matrix;
}

/** Z, KL and its gradient at a layout y (N,2), over all pairs. */
export function klOracle(p: Square, y: ArrayLike<number>, exaggeration = 1) {
  const N = p.length;
  const w = square(N, (i, j) =>
    i === j ? 0 : 1 / (1 + (y[2 * i] - y[2 * j]) ** 2 + (y[2 * i + 1] - y[2 * j + 1]) ** 2),
  );
  const z = w.flat().reduce((sum, v) => sum + v, 0);
  let kl = 0;
  const gradient = new Array<number>(2 * N).fill(0);
  const repulsion = new Array<number>(2 * N).fill(0);
  for (let i = 0; i < N; i++)
    for (let j = 0; j < N; j++) {
      if (i !== j && p[i][j] > 0) kl += p[i][j] * Math.log(p[i][j] / (w[i][j] / z));
      for (let c = 0; c < 2; c++) {
        const along = w[i][j] * (y[2 * i + c] - y[2 * j + c]);
        gradient[2 * i + c] += 4 * (exaggeration * p[i][j] - w[i][j] / z) * along;
        repulsion[2 * i + c] += (4 * w[i][j] * along) / z;
      }
    }
  return { z, kl, gradient, repulsion };
}

/** Venna and Kaski's formula. */
export function trustworthinessOracle(x: Square, y: Square, k: number): number {
  const N = x.length;
  let penalty = 0;
  for (let i = 0; i < N; i++)
    for (const j of nearest(y[i], i, k)) penalty += Math.max(0, nearest(x[i], i, N - 1).indexOf(j) + 1 - k);
  return 1 - (2 / (N * k * (2 * N - 3 * k - 1))) * penalty;
}

/** |a - b| / |b| */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [off, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    off += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(off / size);
}
