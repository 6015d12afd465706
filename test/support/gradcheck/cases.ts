/** What a gradient check calls, and with which inputs. */
import type { Shape, Tensor } from 'dynaecg';
import * as d from 'dynaecg';
import { type Draw, offZero, positive } from '../tensors.ts';

export type Op = (...x: Tensor[]) => Tensor;
export type Input = Shape | { shape: Shape; draw: Draw };
export type Case = [what: string, op: Op, ...inputs: Input[]];

export const from =
  (draw: Draw) =>
  (...shape: Shape): Input => ({ shape, draw });
export const pos = from(positive);
export const off = from(offZero);
/** Several outputs as one, so that gradients flow through each. */
export const both = (...parts: Tensor[]): Tensor => d.concat(parts.map((p) => d.reshape(p, [-1])));

export const alongAxis = (op: (x: Tensor, axis?: number) => Tensor): Case[] => [
  ...[undefined, 0, 1, 2, -2].map((axis): Case => [`axis ${axis}`, (x) => op(x, axis), [2, 3, 4]]),
  ['a vector', (x) => op(x), [7]],
  ['one value', (x) => d.add(op(x), x), [1]], // constant by itself
];
