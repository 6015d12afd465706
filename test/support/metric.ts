/** The inputs of test/support/fixtures/metric.json, and what other libraries made of them. */
import type { Tensor, TensorLike } from 'dynaecg';
import * as d from 'dynaecg';
import { fixture } from './fixtures.ts';

interface Made {
  value: number;
  dx: number[][];
  dproxies?: number[][];
}

export const file = fixture<{
  inputs: { labels: number[] };
  losses: Record<string, Made>;
  miners: Record<string, number[][]>;
  formulas: {
    cases: (Made & {
      loss: string;
      options: Record<string, number>;
      batch: string;
      x: 'X' | 'EQUAL' | 'TWO';
      labels: number[];
    })[];
  };
}>('metric.json');
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const [B, D] = [12, 6];

/** The inputs of test/support/fixtures/metric.json, by the formulas that it states. */
const points = (n: number, a: number, b: number): number[][] =>
  range(n).map((i) => range(D).map((j) => Math.cos(a * (i * D + j) + b * i)));
export const X = points(B, 0.7, 0.31);
export const INPUTS = {
  X,
  EQUAL: range(B).map(() => range(D).map(() => 1)),
  TWO: [...X.slice(0, 6), ...X.slice(0, 6)],
};
export const proxies = (K: number): number[][] => points(K, 1.3, 0.17);

/** The distance of pytorch-metric-learning's default, between rows scaled to unit length. */
export function unitEuclidean(a: TensorLike, b: TensorLike = a): Tensor {
  return d.sqrt(d.pairwiseSquaredEuclidean(d.l2Normalize(a), d.l2Normalize(b)));
}
