import { empty, newVec } from '../../autograd/creation.ts';
import { scope } from '../../autograd/scope.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { kernels } from '../../backend/active.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import type { Vec } from '../../kernels/types.ts';
import type { Distance } from '../../metric/tripletLoss.ts';
import { type Bounds, boundsOf, Candidates } from './candidates.ts';
import { forEachBlock, forEachDistanceRow } from './distanceRows.ts';
import { Selection } from './selection.ts';

/** The k nearest of N rows to each of M rows. */
export interface Neighbors {
  k: number;
  /** (M,k) their rows, nearest first; ties go to the lower position */
  index: Int32Array;
  /** (M,k) their distances, squared Euclidean unless another distance was given */
  distance: Float64Array;
}

/** The arguments of a search. */
export interface Search {
  /** (N,D) */
  x: Tensor;
  /** (M,D), with the dtype of x; by default x itself, with each row excluding itself */
  z?: Tensor;
  /** at most N, or N - 1 without z; for 0 nothing is visited */
  k: number;
  /** @defaultValue squared Euclidean */
  distance?: Distance;
}

/**
 * Exact nearest neighbours by squared Euclidean distance: the k nearest rows of x (N,D) to each row of z (M,D), 1 <= k
 * <= N; without z the k nearest other rows to each row of x itself, 1 <= k < N.
 *
 * @param ties called if there are ties at the k-th place, for a generator to break them at random; by default the first
 * ones win
 * @throws ArgumentError if a distance is not a finite number of x's dtype
 */
export function findNeighbors(op: string, x: Tensor, k: number, z?: Tensor, ties?: () => Random): Neighbors {
  if (!ties) return collectNeighbors(op, { x, k, z });
  const [M] = (z ?? x).shape;
  const index = new Int32Array(M * k);
  const distance = new Float64Array(M * k);
  const found = new Selection(k, x.shape[0], x.dtype);
  const visit = (d: Vec, i: number): void => {
    const self = z ? -1 : i;
    found.take(d, self);
    checkHeld(op, x, found);
    index.set(found.index, i * k);
    distance.set(found.distance, i * k);
    drawTies(index.subarray(i * k, (i + 1) * k), distance.subarray(i * k, (i + 1) * k), d, self, ties);
  };
  forEachDistanceRow(x, visit, { z, op });
  return { k, index, distance };
}

/**
 * Draws the last of the k nearest, given nearest first, from all positions of the row of distances `d` that are equally
 * far.
 */
function drawTies(index: Int32Array, distance: Float64Array, d: Vec, self: number, ties: () => Random): void {
  const k = index.length;
  const farthest = distance[k - 1];
  const tied: number[] = [];
  for (let j = 0; j < d.length; j++) if (d[j] === farthest && j !== self) tied.push(j);
  const first = distance.indexOf(farthest);
  if (tied.length === k - first) return;
  const random = ties();
  for (let at = first; at < k; at++) {
    const drawn = random.integer(tied.length);
    index[at] = tied[drawn];
    tied[drawn] = tied[tied.length - 1];
    tied.pop();
  }
}

/** Throws if a distance overflows the dtype. */
function checkHeld(op: string, { dtype }: Tensor, found: Selection): void {
  if (!Number.isFinite(found.distance[found.distance.length - 1]))
    throw new ArgumentError(`${op}: expected squared distances within the range of ${dtype}, got Infinity`);
}

/** The results of `forEachNeighbors` as arrays. */
export function collectNeighbors(op: string, search: Search): Neighbors {
  const { k } = search;
  const [M] = (search.z ?? search.x).shape;
  const index = new Int32Array(M * k);
  const distance = new Float64Array(M * k);
  forEachNeighbors(op, search, (i, found) => {
    index.set(found.index, i * k);
    distance.set(found.distance, i * k);
  });
  return { k, index, distance };
}

/**
 * Calls `visit(i, found)` for each row i of z with its k nearest rows, where `found` is overwritten afterwards.
 *
 * The distances are those of the library's kernel to the last bit. If few neighbours are requested, it does not run on
 * all pairs: a matrix product, a third of the work, rules out most. A tree over the data (scikit-learn uses a ball tree
 * or k-d tree up to 15 dimensions) does not help at 64 dimensions, where it comes close to every point.
 *
 * @throws ArgumentError if a distance is not a finite number of x's dtype
 */
export function forEachNeighbors(
  op: string,
  { x, z, k, distance }: Search,
  visit: (i: number, found: Selection) => void,
): void {
  if (k < 1) return; // there is nothing to find
  const found = new Selection(k, x.shape[0], x.dtype);
  const take = (i: number): void => {
    checkHeld(op, x, found);
    visit(i, found);
  };
  const bounds = distance ? null : boundsOf(x, z ?? x, k);
  if (bounds) forEachRuledOut(x, z, bounds, found, take);
  else
    forEachDistanceRow(
      x,
      (d, i) => {
        found.take(d, z ? -1 : i);
        take(i);
      },
      { z, distance, op },
    );
}

/**
 * For each row a of z: a lower and an upper bound of |a - b|^2 for each row b of x follow from 2 a.b alone. Rows with a
 * lower bound above the k-th smallest upper bound are not among the k nearest; the kernel decides on the others.
 */
function forEachRuledOut(
  x: Tensor,
  z: Tensor | undefined,
  bounds: Bounds,
  found: Selection,
  visit: (i: number) => void,
): void {
  const [N, D] = x.shape;
  const kernel = kernels(x.dtype);
  const candidates = new Candidates(found.index.length, bounds);
  const squares = newVec(x.dtype, N);
  for (let j = 0; j < N; j++) squares[j] = bounds.x[j] * (1 - bounds.relative);
  forEachBlock(x, z ?? x, (rows, from, own) => {
    const [n] = rows.shape;
    const lower = empty([n, N], x.dtype).data; // bounds of |a - b|^2 - |a|^2: |a|^2 is constant within a row
    for (let i = 0; i < n; i++) lower.set(squares, i * N);
    kernel.gemm(lower, 0, N, rows.data, 0, D, own.data, 0, D, n, N, D, false, true, -2, 1);
    for (let i = 0; i < n; i++) {
      const left = candidates.of(lower.subarray(i * N, (i + 1) * N), from + i, z ? -1 : from + i);
      scope(() => {
        const near = empty([left.length, D], x.dtype).data;
        const d = empty([left.length], x.dtype).data;
        kernel.gather(near, own.data, left, 1, N, left.length, D);
        kernel.squaredEuclidean(d, rows.data.subarray(i * D, (i + 1) * D), near, 1, left.length, D);
        found.take(d, -1, left);
      });
      visit(from + i);
    }
  });
}
