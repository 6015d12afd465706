import { scope } from '../autograd/scope.ts';
import { noGrad } from '../autograd/tape.ts';
import { Tensor } from '../autograd/tensor.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { Vec } from '../kernels/types.ts';
import { pairwiseSquaredEuclidean } from '../ops/distance.ts';

/** Rows whose distances are held at once: 64 x 10,000 float32 numbers are 2.5 MB, and copying x to the kernel is 1/64 of reading it. */
const BLOCK = 64;

/** Throws where a value of x (N,D) is not finite. */
export function checkFinite(op: string, name: string, { data, shape: [, D] }: Tensor): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new DataError(`${op}: expected finite values in ${name}, got ${data[i]} in row ${Math.floor(i / D)}`);
}

/**
 * Calls `visit(d, i)` for each row i of z (M,D), by default x itself, with its squared distances to the N rows of x (N,D):
 * 0 where a row is compared with itself. They are made in blocks by the library's kernel, so that M x N numbers never
 * exist; `d` is overwritten afterwards.
 */
export function forEachDistanceRow(x: Tensor, visit: (d: Vec, i: number) => void, z: Tensor = x): void {
  const [N, D] = x.shape;
  const [M] = z.shape;
  for (let from = 0; from < M; from += BLOCK) {
    const to = Math.min(from + BLOCK, M);
    noGrad(() =>
      scope(() => {
        const rows = new Tensor(z.data.subarray(from * D, to * D), [to - from, D]);
        const d = pairwiseSquaredEuclidean(rows, x).data;
        for (let i = from; i < to; i++) visit(d.subarray((i - from) * N, (i - from + 1) * N), i);
      }),
    );
  }
}

/** The k nearest of N rows to each of M rows. */
export interface Neighbors {
  k: number;
  /** (M,k) which rows, nearest first; equal distances go by position, unless drawn */
  index: Int32Array;
  /** (M,k) squared distances */
  distance: Float64Array;
}

/**
 * Exact nearest neighbours by squared Euclidean distance: the k nearest rows of x (N,D) to each row of z (M,D), 1 <= k <= N;
 * without z the k nearest other rows to each row of x itself, 1 <= k < N.
 *
 * A tree over the data (scikit-learn takes a ball tree or k-d tree up to 15 dimensions) does not help at 64 dimensions,
 * where it comes near to every point.
 *
 * @param ties what draws which of equally far rows are the last of the k, asked for where there are any; without it those
 * that come first are
 * @throws ArgumentError where a distance is no finite number of x's dtype
 */
export function nearestNeighbors(op: string, x: Tensor, k: number, z?: Tensor, ties?: () => Random): Neighbors {
  const [M] = (z ?? x).shape;
  const index = new Int32Array(M * k);
  const distance = new Float64Array(M * k);
  const heap = new NearestHeap(k);
  const visit = (d: Vec, i: number): void => {
    heap.fill(d, z ? -1 : i);
    if (!Number.isFinite(heap.distance[0]))
      throw new ArgumentError(`${op}: expected squared distances that ${x.dtype} can hold, got Infinity`);
    heap.drainInto(index, distance, i * k);
    if (ties) drawTies(index.subarray(i * k, (i + 1) * k), distance.subarray(i * k, (i + 1) * k), d, z ? -1 : i, ties);
  };
  forEachDistanceRow(x, visit, z);
  return { k, index, distance };
}

/** Draws the last of the k nearest, given nearest first, from all positions of the row of distances `d` that are as far. */
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

/** The k smallest distances seen, farthest on top; of equal ones that of the higher position is the farther. */
class NearestHeap {
  readonly distance: Float64Array;
  readonly #index: Int32Array;
  readonly #k: number;

  constructor(k: number) {
    this.#k = k;
    this.distance = new Float64Array(k);
    this.#index = new Int32Array(k);
  }

  /** The k nearest of a row of distances, without position `self`; none is left out where that is -1. */
  fill(d: Vec, self: number): void {
    this.distance.fill(Number.POSITIVE_INFINITY);
    this.#index.fill(d.length);
    let farthest = Number.POSITIVE_INFINITY;
    // Positions come in ascending order, so one that only equals the farthest never displaces it.
    for (let j = 0; j < d.length; j++)
      if (d[j] < farthest && j !== self) {
        this.#sink(d[j], j, this.#k);
        farthest = this.distance[0];
      }
  }

  /** Writes the entries from `at` on, nearest first. */
  drainInto(index: Int32Array, distance: Float64Array, at: number): void {
    for (let size = this.#k - 1; size >= 0; size--) {
      index[at + size] = this.#index[0];
      distance[at + size] = this.distance[0];
      this.#sink(this.distance[size], this.#index[size], size);
    }
  }

  /** Puts an entry in place of the farthest of the first `size`. */
  #sink(d: number, j: number, size: number): void {
    const [distance, index] = [this.distance, this.#index];
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && isFarther(distance[child + 1], index[child + 1], distance[child], index[child])) child++;
      if (!isFarther(distance[child], index[child], d, j)) break;
      distance[at] = distance[child];
      index[at] = index[child];
      at = child;
    }
    distance[at] = d;
    index[at] = j;
  }
}

function isFarther(d: number, j: number, thanD: number, thanJ: number): boolean {
  return d > thanD || (d === thanD && j > thanJ);
}
