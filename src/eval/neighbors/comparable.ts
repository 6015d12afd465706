import { Tensor } from '../../autograd/tensor.ts';
import { DataError } from '../../core/errors.ts';
import { Random } from '../../core/random.ts';
import { findNeighbors, type Neighbors } from './findNeighbors.ts';
import { rescaled, unitFactor } from './rescale.ts';

/** The distance by which points are compared. */
export type Metric = 'euclidean' | 'cosine';
export const METRICS: readonly Metric[] = ['euclidean', 'cosine'];

/**
 * Sets of points (N,D), by name, transformed so that their Euclidean distances have the order of the metric: within the
 * range of their dtype, and at unit length for cosine distances, 1 - cos = |u - v|^2 / 2.
 *
 * @throws DataError for a row without direction, if the metric is cosine
 */
export function comparable(op: string, metric: Metric, sets: Readonly<Record<string, Tensor>>): Tensor[] {
  const points = Object.entries(sets).map(([name, x]) => (metric === 'cosine' ? unitRows(op, name, x) : x));
  return rescaled(...points);
}

/**
 * The k nearest rows of x to each row of z or, without z, the k nearest other rows to each row of x, with squared
 * distances of the metric; x and z are comparable. Ties at the k-th place are broken at random, since otherwise data
 * with many equal distances would reveal the order of their rows; and separately for each row of z, so that rows are
 * independent.
 */
export function metricNeighbors(op: string, metric: Metric, x: Tensor, k: number, z?: Tensor): Neighbors {
  const random = new Random('ties'); // the caller's draws do not depend on ties
  const neighbors = findNeighbors(op, x, k, z, z ? () => new Random('ties') : () => random);
  if (metric === 'cosine') squareCosines(neighbors.distance);
  return neighbors;
}

/** Turns squared Euclidean distances of unit rows into squared cosine distances, which scikit-learn's TSNE uses. */
function squareCosines(d: Float64Array): void {
  for (let i = 0; i < d.length; i++) d[i] = (d[i] * d[i]) / 4;
}

/**
 * Rows of x (N,D) at unit length, in its dtype: their squared Euclidean distances are twice the cosine distances.
 *
 * @throws DataError for a row of zeros, which has no direction
 */
function unitRows(op: string, name: string, x: Tensor): Tensor {
  const [N, D] = x.shape;
  const unit = x.data.slice();
  for (let i = 0; i < N; i++) {
    const row = Float64Array.from(unit.subarray(i * D, (i + 1) * D));
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0)
      throw new DataError(
        `${op}: expected rows with a direction in ${name} for cosine distances, got zeros in row ${i}`,
      );
    const factor = unitFactor(largest);
    let squares = 0;
    for (let d = 0; d < D; d++) {
      row[d] *= factor;
      squares += row[d] * row[d];
    }
    const length = Math.sqrt(squares);
    for (let d = 0; d < D; d++) unit[i * D + d] = row[d] / length;
  }
  return new Tensor(unit, x.shape);
}
