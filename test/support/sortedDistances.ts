/** Clouds of points, and their neighbours by sorting all distances. */
import type * as d from 'dynaecg';
import { type Distance, pairwiseCosine, pairwiseSquaredEuclidean, type Random, Tensor } from 'dynaecg';

export type Point = number[];
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const points = (rows: readonly Point[], D: number, dtype: d.DType): Tensor =>
  new Tensor(dtype === 'float64' ? Float64Array.from(rows.flat()) : Float32Array.from(rows.flat()), [rows.length, D]);

/** Clouds of points: many equal ones, equal distances, clusters closer than a product of float32 numbers can tell. */
export const clouds: Record<string, { point: (random: Random, D: number) => Point; dtypes: d.DType[] }> = {
  'space, at random': { point: (random, D) => range(D).map(() => random.normal()), dtypes: ['float32', 'float64'] },
  'a grid': { point: (random, D) => range(D).map(() => random.integer(3)), dtypes: ['float32', 'float64'] },
  'tight clusters far from the origin': {
    point: (random, D) => {
      const center = random.integer(5);
      return range(D).map((j) => 40 + ((center * (j + 1)) % 5) + 1e-4 * random.normal());
    },
    dtypes: ['float32', 'float64'],
  },
  'lengths from 1e-8 to 1e8': {
    point: (random, D) => {
      const length = 10 ** random.uniform(-8, 8);
      return range(D).map(() => length * random.normal());
    },
    dtypes: ['float32', 'float64'],
  },
  'nearly nothing': { point: (random, D) => range(D).map(() => 1e-22 * random.normal()), dtypes: ['float32'] },
  'nearly too much': { point: (random, D) => range(D).map(() => 1e17 * random.normal()), dtypes: ['float32'] },
};

/** Positions of all but `self`, those at the smallest distances first, equal ones by position. */
export function sorted(distances: ArrayLike<number>, self = -1): number[] {
  return range(distances.length)
    .filter((j) => j !== self)
    .sort((a, b) => distances[a] - distances[b] || a - b);
}

export const SIZES: [N: number, M: number, D: number][] = [
  [1, 1, 1],
  [7, 20, 3],
  [150, 25, 5],
];
export const DISTANCES: Record<string, Distance> = {
  'squared Euclidean': pairwiseSquaredEuclidean,
  cosine: pairwiseCosine,
};
