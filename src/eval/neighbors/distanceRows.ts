import { empty } from '../../autograd/creation.ts';
import { scope } from '../../autograd/scope.ts';
import { noGrad } from '../../autograd/tape.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { DataError } from '../../core/errors.ts';
import type { Vec } from '../../kernels/types.ts';
import { checkDistances, type Distance } from '../../metric/tripletLoss.ts';
import { pairwiseSquaredEuclidean } from '../../ops/distance.ts';

/** Values in a block of rows: 16 MB of float32. */
const BLOCK = 2 ** 22;
/** More rows than this at a time do not speed up the product. */
const MOST_ROWS = 256;

/** Throws if a value of x (N,D) is not finite. */
export function checkFinite(op: string, name: string, { data, shape: [, D] }: Tensor): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new DataError(`${op}: expected finite values in ${name}, got ${data[i]} in row ${Math.floor(i / D)}`);
}

/**
 * Calls `visit(rows, from, own)` for each block of the rows of z (M,D), where `from` is the position of its first row
 * in z and `own` a copy of x (N,D) in the memory of a scope, which kernels use without copying. Whatever `visit`
 * allocates is released after each block.
 */
export function forEachBlock(x: Tensor, z: Tensor, visit: (rows: Tensor, from: number, own: Tensor) => void): void {
  const [N, D] = x.shape;
  const [M] = z.shape;
  const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(BLOCK / Math.max(N, 1))));
  noGrad(() =>
    scope(() => {
      const own = empty([N, D], x.dtype);
      own.data.set(x.data);
      for (let from = 0; from < M; from += most)
        scope(() => {
          const to = Math.min(from + most, M);
          const rows = empty([to - from, D], z.dtype);
          rows.data.set(z.data.subarray(from * D, to * D));
          visit(rows, from, own);
        });
    }),
  );
}

/**
 * Calls `visit(d, i)` for each row i of z (M,D), by default x itself, with its distances to the N rows of x (N,D), by
 * default squared Euclidean ones: 0 if a row is compared with itself. They are computed in blocks, so that M x N
 * numbers never exist at once; `d` is overwritten afterwards.
 *
 * @throws like `checkDistances`, and DataError if the caller's distance function returns a value that is not finite
 */
export function forEachDistanceRow(
  x: Tensor,
  visit: (d: Vec, i: number) => void,
  { z = x, distance, op = 'distance' }: { z?: Tensor; distance?: Distance; op?: string } = {},
): void {
  const [N] = x.shape;
  forEachBlock(x, z, (rows, from, own) => {
    const [n] = rows.shape;
    const d = distance ? distance(rows, own) : pairwiseSquaredEuclidean(rows, own);
    if (distance) {
      checkDistances(op, d, [n, N]);
      const lost = d.data.findIndex((v) => !Number.isFinite(v));
      if (lost >= 0)
        throw new DataError(
          `${op}: expected finite distances, got ${d.data[lost]} from sample ${from + Math.floor(lost / N)} to ${lost % N}`,
        );
    }
    for (let i = 0; i < n; i++) visit(d.data.subarray(i * N, (i + 1) * N), from + i);
  });
}
