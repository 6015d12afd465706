import { backward, l2Normalize, pairwiseCosine, pairwiseSquaredEuclidean } from 'dynaecg';
import { productByLoops } from '../../support/loops.ts';
import { gradients, normal, type Workload } from './workload.ts';

const [N, D] = [256, 64]; // embeddings of a batch, and their size
type Numbers = ArrayLike<number>;

/** Squared distances (N,N) between the rows of x (N,D). */
function squaredByLoops(x: Numbers): Float64Array {
  const d = new Float64Array(N * N);
  for (let i = 0; i < N; i++)
    for (let j = 0; j < N; j++) for (let k = 0; k < D; k++) d[i * N + j] += (x[i * D + k] - x[j * D + k]) ** 2;
  return d;
}

/** The gradient of x: each distance pulls at both of its rows. */
function gradientByLoops(x: Numbers, dd: Numbers): Float64Array {
  const dx = new Float64Array(N * D);
  for (let i = 0; i < N; i++)
    for (let j = 0; j < N; j++)
      for (let k = 0; k < D; k++) {
        const pull = 2 * dd[i * N + j] * (x[i * D + k] - x[j * D + k]);
        dx[i * D + k] += pull;
        dx[j * D + k] -= pull;
      }
  return dx;
}

/** The rows of x (N,D), each by its length. */
function unitRows(x: Numbers): Float64Array {
  const lengths = new Float64Array(N);
  for (let i = 0; i < N * D; i++) lengths[Math.floor(i / D)] += x[i] ** 2;
  return Float64Array.from(x, (v, i) => v / Math.sqrt(lengths[Math.floor(i / D)]));
}

export const DISTANCES: readonly Workload[] = [
  {
    name: `squared Euclidean of ${N} x ${D}`,
    make: () => {
      const x = normal([N, D], { seed: 'x' });
      return { run: () => [pairwiseSquaredEuclidean(x).data], expected: () => [squaredByLoops(x.data)] };
    },
  },
  {
    name: `squared Euclidean of ${N} x ${D} and its gradient`,
    make: () => {
      const x = normal([N, D], { seed: 'x', requiresGrad: true });
      const dd = normal([N, N], { seed: 'dd' });
      return {
        run: () => gradients([x], () => backward(pairwiseSquaredEuclidean(x), dd)),
        expected: () => [gradientByLoops(x.data, dd.data)],
      };
    },
  },
  {
    name: `cosine of ${N} x ${D}`,
    make: () => {
      const x = normal([N, D], { seed: 'x' });
      return {
        run: () => [pairwiseCosine(x).data],
        expected: () => {
          const unit = unitRows(x.data);
          return [productByLoops(unit, unit, N, N, D, false, true).map((cosine) => 1 - cosine)];
        },
      };
    },
  },
  {
    name: `unit length of ${N} x ${D}`,
    make: () => {
      const x = normal([N, D], { seed: 'x' });
      return { run: () => [l2Normalize(x).data], expected: () => [unitRows(x.data)] };
    },
  },
];
