import { defineOp } from '../autograd/tape.ts';
import { asTensor, empty, type Tensor, type TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { checkNumber } from '../core/check.ts';
import { broadcastShapes, sameShape } from '../core/shape.ts';
import type { Kernels, Vec } from '../kernels/types.ts';
import { broadcastTo } from './movement.ts';

type Operand = TensorLike | number;

/** Both operands as tensors of one shape: the smaller one is broadcast, by an op whose gradient sums. */
function together(op: string, a: Operand, b: Operand): [Tensor, Tensor] {
  const known = typeof a === 'number' ? b : a;
  const { dtype } = typeof known === 'number' ? { dtype: undefined } : asTensor(op, known);
  const x = asTensor(op, a, dtype);
  const y = asTensor(op, b, dtype);
  if (sameShape(x.shape, y.shape)) return [x, y];
  const shape = broadcastShapes(op, x.shape, y.shape);
  return [broadcastTo(x, shape), broadcastTo(y, shape)];
}

type BinaryVjp = (k: Kernels, dy: Vec, da: Vec | null, db: Vec | null, a: Vec, b: Vec, y: Vec) => void;

/** An op y = f(a, b), with broadcasting, and what it does to the gradients of its operands. */
function binary(name: 'add' | 'sub' | 'mul' | 'div', vjp: BinaryVjp): (a: Operand, b: Operand) => Tensor {
  const op = defineOp(name, (a: Tensor, b: Tensor) => {
    const k = kernels(a.dtype);
    const y = empty(a.shape, a.dtype);
    k[name](y.data, a.data, b.data, y.size);
    return { inputs: [a, b], output: y, vjp: (dy, [da, db]) => vjp(k, dy, da, db, a.data, b.data, y.data) };
  });
  return (a, b) => op(...together(name, a, b));
}

/**
 * a + b, with broadcasting.
 *
 * @throws ShapeError where the shapes do not broadcast or the dtypes differ
 */
export const add = /* @__PURE__ */ binary('add', (k, dy, da, db) => {
  if (da) k.axpy(da, 1, dy, dy.length);
  if (db) k.axpy(db, 1, dy, dy.length);
});

/**
 * a - b, with broadcasting.
 *
 * @throws ShapeError where the shapes do not broadcast or the dtypes differ
 */
export const sub = /* @__PURE__ */ binary('sub', (k, dy, da, db) => {
  if (da) k.axpy(da, 1, dy, dy.length);
  if (db) k.axpy(db, -1, dy, dy.length);
});

/**
 * a * b element by element, with broadcasting.
 *
 * @throws ShapeError where the shapes do not broadcast or the dtypes differ
 */
export const mul = /* @__PURE__ */ binary('mul', (k, dy, da, db, a, b) => {
  if (da) k.multiplyAdd(da, dy, b, dy.length);
  if (db) k.multiplyAdd(db, dy, a, dy.length);
});

/**
 * a / b, with broadcasting.
 *
 * @throws ShapeError where the shapes do not broadcast or the dtypes differ
 */
export const div = /* @__PURE__ */ binary('div', (k, dy, da, db, _a, b, y) =>
  k.divBackward(da, db, dy, y, b, dy.length),
);

const affineOp = defineOp('affine', (x: Tensor, alpha: number, beta: number) => {
  const k = kernels(x.dtype);
  const y = empty(x.shape, x.dtype);
  k.affine(y.data, x.data, alpha, beta, y.size);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k.axpy(dx, alpha, dy, dy.length) };
});

/** alpha x + beta for two numbers, in one pass. */
export function affine(x: TensorLike, alpha: number, beta = 0): Tensor {
  checkNumber('affine', 'alpha', alpha);
  checkNumber('affine', 'beta', beta);
  return affineOp(asTensor('affine', x), alpha, beta);
}

/** -x */
export function neg(x: TensorLike): Tensor {
  return affine(x, -1);
}

type UnaryName = 'exp' | 'log' | 'sqrt' | 'square' | 'abs' | 'relu' | 'sigmoid' | 'tanh';

/** An op y = f(x) whose gradient needs y, or x. */
function unary(name: UnaryName, saved: 'x' | 'y'): (x: TensorLike) => Tensor {
  const backward: `${UnaryName}Backward` & keyof Kernels = `${name}Backward`;
  const op = defineOp(name, (x: Tensor) => {
    const k = kernels(x.dtype);
    const y = empty(x.shape, x.dtype);
    k[name](y.data, x.data, y.size);
    const kept: Vec = saved === 'y' ? y.data : x.data;
    return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k[backward](dx, dy, kept, dy.length) };
  });
  return (x) => op(asTensor(name, x));
}

/** e^x */
export const exp = /* @__PURE__ */ unary('exp', 'y');
/** Natural logarithm; -Infinity at 0, NaN below. */
export const log = /* @__PURE__ */ unary('log', 'x');
/** Square root. Its gradient at 0, which is infinite, is taken as 0, so that a distance of 0 pulls nowhere. */
export const sqrt = /* @__PURE__ */ unary('sqrt', 'y');
/** x^2 */
export const square = /* @__PURE__ */ unary('square', 'x');
/** |x|; its gradient at 0 is taken as 0. */
export const abs = /* @__PURE__ */ unary('abs', 'x');
/** max(x, 0); its gradient at 0 is taken as 0. */
export const relu = /* @__PURE__ */ unary('relu', 'y');
/** 1 / (1 + e^-x) */
export const sigmoid = /* @__PURE__ */ unary('sigmoid', 'y');
/** Hyperbolic tangent. */
export const tanh = /* @__PURE__ */ unary('tanh', 'y');
