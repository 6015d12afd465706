/** Gradient checks of distances and losses. */
import * as d from 'dynaecg';
import type { Case } from './cases.ts';

const triplets = (...rows: [number, number, number][]): d.Triplets => ({
  anchors: Int32Array.from(rows, (r) => r[0]),
  positives: Int32Array.from(rows, (r) => r[1]),
  negatives: Int32Array.from(rows, (r) => r[2]),
});

export const losses: Record<string, Case[]> = {
  l2Normalize: [
    ['rows', (x) => d.l2Normalize(x), [4, 5]],
    ['a row', (x) => d.l2Normalize(x), [1, 3]],
  ],
  pairwiseSquaredEuclidean: [
    ['two sides', d.pairwiseSquaredEuclidean, [4, 3], [5, 3]],
    ['with itself', (a) => d.pairwiseSquaredEuclidean(a), [4, 3]],
  ],
  pairwiseCosine: [
    ['two sides', d.pairwiseCosine, [4, 3], [5, 3]],
    ['with itself', (a) => d.pairwiseCosine(a), [4, 3]],
  ],
  crossEntropy: [undefined, [0.5, 2, 1, 3]].flatMap((weights) =>
    [0, 0.1, 1].map((labelSmoothing): Case => {
      const options = { labelSmoothing, weights: weights && d.tensor(weights, undefined, { dtype: 'float64' }) };
      return [
        `weights ${weights}, smoothing ${labelSmoothing}`,
        (x) => d.crossEntropy(x, [0, 3, 1, 1, 2], options),
        [5, 4],
      ];
    }),
  ),
  tripletHinge: [
    ['one triplet', (x) => d.tripletHinge(x, triplets([0, 1, 2]), 5), [3, 3]],
    [
      'several, some repeated and some satisfied',
      (x) => d.tripletHinge(x, triplets([0, 1, 2], [1, 0, 3], [0, 1, 3], [2, 3, 0], [0, 1, 2], [3, 2, 1]), 0.5),
      [4, 4],
    ],
    ['one triplet, squared', (x) => d.tripletHinge(x, triplets([0, 1, 2]), 5, { power: 2 }), [3, 3]],
    [
      'several, some repeated and some satisfied, squared',
      (x) =>
        d.tripletHinge(x, triplets([0, 1, 2], [1, 0, 3], [0, 1, 3], [2, 3, 0], [0, 1, 2], [3, 2, 1]), 0.5, {
          power: 2,
        }),
      [4, 4],
    ],
  ],
};
