import { Tensor } from '../../autograd/tensor.ts';
import { DataError } from '../../core/errors.ts';
import { Random } from '../../core/random.ts';
import { findNeighbors, type Neighbors } from './findNeighbors.ts';
import { rescaled, unitFactor } from './rescale.ts';

/** By what distance points are compared. */
export type Metric = 'euclidean' | 'cosine';
export const METRICS: readonly Metric[] = ['euclidean', 'cosine'];

/**
 * Sets of points (N,D), by name, such that the order of their Euclidean distances is that of the metric: within the range of
 * their dtype, and at unit length for cosine distances, 1 - cos = |u - v|^2 / 2.
 *
 * @throws DataError for a row without direction, where the metric is cosine
 */
export function comparable(op: string, metric: Metric, sets: Readonly<Record<string, Tensor>>): Tensor[] {
  const points = Object.entries(sets).map(([name, x]) => (metric === 'cosine' ? unitRows(op, name, x) : x));
  return rescaled(...points);
}

/**
 * The k nearest rows of x to each row of z, without z the k nearest others to each row of x itself, with squared distances of
 * the metric; x and z are comparable. Which of equally far rows are among the k is drawn, or data with many equal distances
 * would show the order of their rows; for each row of z anew, so that it does not depend on the others.
 */
export function metricNeighbors(op: string, metric: Metric, x: Tensor, k: number, z?: Tensor): Neighbors {
  const random = new Random('ties'); // none of the caller's draws depends on whether there are any
  const neighbors = findNeighbors(op, x, k, z, z ? () => new Random('ties') : () => random);
  if (metric === 'cosine') squareCosines(neighbors.distance);
  return neighbors;
}

/** Squared Euclidean distances of unit rows become squared cosine distances, which are what scikit-learn's TSNE takes. */
function squareCosines(d: Float64Array): void {
  for (let i = 0; i < d.length; i++) d[i] = (d[i] * d[i]) / 4;
}

/**
 * Rows of x (N,D) at unit length, of its dtype: squared Euclidean distances of these are twice the cosine distances.
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
