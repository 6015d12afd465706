/** Gradient checks of elementwise ops. */
import type { Shape, Tensor } from 'dynaecg';
import * as d from 'dynaecg';
import { both, type Case, type Input, type Op, off, pos } from './cases.ts';

const PAIRS: [Shape, Shape][] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 1],
    [1, 4],
  ],
  [[], [2, 3]],
  [[2, 3], []],
  [
    [2, 3, 4],
    [2, 3, 1],
  ],
  [
    [3, 1],
    [2, 3, 4],
  ],
  [[1], []],
  [[], []],
];

/** An op of two operands on every pair of shapes, and with a number on either side. */
const binary = (op: (a: Tensor | number, b: Tensor | number) => Tensor, make: (...s: Shape) => Input): Case[] => [
  ...PAIRS.map(([a, b]): Case => [`[${a}] and [${b}]`, op, make(...a), make(...b)]),
  ['a tensor and a number', (a) => op(a, 1.5), make(2, 3)],
  ['a number and a tensor', (b) => op(-0.7, b), make(2, 3)],
  ['an operand with itself', (a) => op(a, a), make(5)],
];
const unary = (op: Op, make: (...s: Shape) => Input): Case[] =>
  [[], [5], [2, 3], [2, 3, 4]].map((shape): Case => [`[${shape}]`, op, make(...shape)]);

/** A condition of a shape, true in every third place. */
const striped = (shape: Shape): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return d.tensor(
    Array.from({ length: size }, (_, i) => Number(i % 3 === 1)),
    shape,
  );
};

export const elementwise: Record<string, Case[]> = {
  add: binary(d.add, (...s) => s),
  sub: binary(d.sub, (...s) => s).filter(([what]) => what !== 'an operand with itself'),
  mul: binary(d.mul, (...s) => s),
  div: [
    ...binary(d.div, off).filter(([what]) => what !== 'an operand with itself'),
    ['x / (x + 3)', (x) => d.div(x, d.add(x, 3)), pos(5)],
  ],
  affine: [
    ...unary(
      (x) => d.affine(x, -1.7, 0.3),
      (...s) => s,
    ),
    ['alpha alone', (x) => d.affine(x, 2), [3]],
  ],
  neg: unary(d.neg, (...s) => s),
  exp: unary(d.exp, (...s) => s),
  log: unary(d.log, pos),
  sqrt: unary(d.sqrt, pos),
  square: unary(d.square, (...s) => s),
  abs: unary(d.abs, off),
  relu: unary((x) => d.add(d.relu(x), x), off), // with x, so that not everything is cut off
  sigmoid: unary(d.sigmoid, (...s) => s),
  tanh: unary(d.tanh, (...s) => s),

  silu: unary(d.silu, (...s) => s),
  leakyRelu: [
    ...unary((x) => d.leakyRelu(x), off),
    ['a steeper slope', (x) => d.leakyRelu(x, 1.5), off(4)],
    ['a falling one', (x) => d.leakyRelu(x, -0.3), off(4)],
  ],
  gelu: [
    ...unary(
      (x) => d.gelu(x),
      (...s) => s,
    ),
    ...unary(
      (x) => d.gelu(x, { approximate: 'tanh' }),
      (...s) => s,
    ),
    ['far out', (x) => d.gelu(d.affine(x, 3)), [40]],
  ],
  pow: [
    ...binary(d.pow, pos).filter(([what]) => what !== 'a number and a tensor'), // the number is negative
    ...[-2, -0.5, 0.5, 1, 2, 3, 3.7].map((e): Case => [`to the power of ${e}`, (x) => d.pow(x, e), pos(6)]),
    ['to the power of 0', (x) => d.add(d.pow(x, 0), x), pos(6)], // constant by itself
    ['whole powers of either sign', (x) => d.add(d.pow(x, 3), d.pow(x, -2)), off(6)],
    ['2 to the power of x', (x) => d.pow(2, x), [6]],
  ],
  clamp: [
    ...unary(
      (x) => d.add(d.clamp(x, -0.7, 0.4), x), // with x, so that not everything is cut off
      (...s) => s,
    ),
    ['a lower bound', (x) => d.add(d.clamp(x, 0.05), x), off(8)],
    ['an upper bound', (x) => d.add(d.clamp(x, undefined, 0.05), x), off(8)],
    ['no bound', (x) => d.clamp(x), [8]],
  ],
  where: [
    ...PAIRS.map(([a, b]): Case => {
      const choose: Op = (x, y) => d.where(striped(d.add(x, y).shape), x, y);
      return [`[${a}] and [${b}]`, (x, y) => both(choose(x, y), choose(y, x)), a, b];
    }),
    ['a number on either side', (x) => both(d.where(striped([2, 3]), x, 2), d.where(striped([2, 3]), 3, x)), [2, 3]],
    ['a tensor on both', (x) => d.where(striped([5]), x, d.square(x)), [5]],
    ['a condition for each row', (x) => d.where(d.tensor([[1], [0], [2]]), x, 0), [3, 4]],
  ],
};
