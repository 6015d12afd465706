/** Gradient checks of reductions and products. */
import type { Tensor } from 'dynaecg';
import * as d from 'dynaecg';
import { alongAxis, type Case } from './cases.ts';

const AXES = [undefined, 0, 1, 2, -1, [0, 2], [1, -1], [0, 1, 2]];

const reduction = (op: (x: Tensor, options: d.ReduceOptions) => Tensor): Case[] => [
  ...AXES.flatMap((axis) =>
    [false, true].map((keepDims): Case => {
      return [`axis ${axis}, keepDims ${keepDims}`, (x) => op(x, { axis, keepDims }), [2, 3, 4]];
    }),
  ),
  ['a vector', (x) => op(x, {}), [6]],
];

export const reductions: Record<string, Case[]> = {
  sum: reduction(d.sum),
  mean: reduction(d.mean),
  variance: [...reduction(d.variance), ...reduction((x, options) => d.variance(x, { ...options, correction: 0 }))],
  standardDeviation: [
    ...reduction(d.standardDeviation),
    ['correction 0', (x) => d.standardDeviation(x, { axis: 1, correction: 0 }), [2, 5]],
  ],
  max: [
    ...[undefined, 0, 1, 2, -1].flatMap((axis) =>
      [false, true].map((keepDims): Case => {
        return [`axis ${axis}, keepDims ${keepDims}`, (x) => d.max(x, { axis, keepDims }), [2, 3, 4]];
      }),
    ),
  ],
  min: [undefined, 0, 1, 2, -1].flatMap((axis) =>
    [false, true].map((keepDims): Case => {
      return [`axis ${axis}, keepDims ${keepDims}`, (x) => d.min(x, { axis, keepDims }), [2, 3, 4]];
    }),
  ),
  softmax: alongAxis(d.softmax),
  logSoftmax: alongAxis(d.logSoftmax),

  matmul: [
    ['matrices', d.matmul, [3, 4], [4, 2]],
    ['row by column', d.matmul, [1, 5], [5, 1]],
    ['column by row', d.matmul, [3, 1], [1, 2]],
    ['a batch', d.matmul, [3, 2, 4], [3, 4, 5]],
    ['two batch axes', d.matmul, [2, 2, 3, 2], [2, 2, 2, 3]],
    ['a matrix with itself', (a) => d.matmul(a, a), [4, 4]],
    ['beyond one block of the gemm', d.matmul, [70, 260], [260, 5]],
    ['wider than one block', d.matmul, [3, 5], [5, 260]],
  ],
  linear: [
    ['x (B,D)', d.linear, [4, 3], [2, 3], [2]],
    ['x (T,B,D)', d.linear, [5, 4, 3], [2, 3], [2]],
    ['x (D)', d.linear, [3], [2, 3], [2]],
    ['without bias', (x, w) => d.linear(x, w), [4, 3], [2, 3]],
    ['x (T,B,D) without bias', (x, w) => d.linear(x, w, null), [2, 4, 3], [5, 3]],
  ],
};
