import { argument, asTensor } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { checkNumber } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { broadcastShapes, sameShape } from '../core/shape.ts';
import type { Kernels, Vec } from '../kernels/types.ts';
import { broadcastTo } from './movement.ts';

type Operand = TensorLike | number;

/** Both operands as tensors; a number takes the float type of the other. */
function operands(op: string, a: Operand, b: Operand): [Tensor, Tensor] {
  const known = typeof a === 'number' ? b : a;
  const { dtype } = typeof known === 'number' ? { dtype: undefined } : asTensor(op, known);
  return [asTensor(op, a, dtype), asTensor(op, b, dtype)];
}

/** Both operands as tensors of one shape: the smaller one is broadcast by an op whose gradient sums. */
function together(op: string, a: Operand, b: Operand): [Tensor, Tensor] {
  const [x, y] = operands(op, a, b);
  if (sameShape(x.shape, y.shape)) return [x, y];
  const shape = broadcastShapes(op, x.shape, y.shape);
  return [broadcastTo(x, shape), broadcastTo(y, shape)];
}

type BinaryVjp = (k: Kernels, dy: Vec, da: Vec | null, db: Vec | null, a: Vec, b: Vec, y: Vec) => void;

/** An op y = f(a, b), with broadcasting; `vjp` adds to the gradients of its operands. */
function binary(name: 'add' | 'sub' | 'mul' | 'div' | 'pow', vjp: BinaryVjp): (a: Operand, b: Operand) => Tensor {
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
 * @throws ShapeError if the shapes do not broadcast or the dtypes differ
 */
export const add = /* @__PURE__ */ binary('add', (k, dy, da, db) => {
  if (da) k.axpy(da, 1, dy, dy.length);
  if (db) k.axpy(db, 1, dy, dy.length);
});

/**
 * a - b, with broadcasting.
 *
 * @throws ShapeError if the shapes do not broadcast or the dtypes differ
 */
export const sub = /* @__PURE__ */ binary('sub', (k, dy, da, db) => {
  if (da) k.axpy(da, 1, dy, dy.length);
  if (db) k.axpy(db, -1, dy, dy.length);
});

/**
 * a * b element by element, with broadcasting.
 *
 * @throws ShapeError if the shapes do not broadcast or the dtypes differ
 */
export const mul = /* @__PURE__ */ binary('mul', (k, dy, da, db, a, b) => {
  if (da) k.multiplyAdd(da, dy, b, dy.length);
  if (db) k.multiplyAdd(db, dy, a, dy.length);
});

/**
 * a / b, with broadcasting.
 *
 * @throws ShapeError if the shapes do not broadcast or the dtypes differ
 */
export const div = /* @__PURE__ */ binary('div', (k, dy, da, db, _a, b, y) =>
  k.divBackward(da, db, dy, y, b, dy.length),
);

const powConstantOp = defineOp('pow', (x: Tensor, exponent: number) => {
  const k = kernels(x.dtype);
  const y = empty(x.shape, x.dtype);
  k.powConstant(y.data, x.data, exponent, y.size);
  return {
    inputs: [x],
    output: y,
    vjp: (dy, [dx]) => dx && k.powConstantBackward(dx, dy, x.data, exponent, dy.length),
  };
});

const powOp = /* @__PURE__ */ binary('pow', (k, dy, da, db, a, b, y) => k.powBackward(da, db, dy, y, a, b, dy.length));

/**
 * a^b element by element, with broadcasting; either may be a number. NaN for a below 0 if b is not a whole number.
 *
 * The gradients are PyTorch's: that of a is 0 where b is 0, that of b is 0 where a is 0 and b >= 0; that of a at 0 is
 * infinite for b between 0 and 1, unlike that of `sqrt`.
 *
 * @throws ShapeError if the shapes do not broadcast or the dtypes differ
 */
export function pow(a: TensorLike | number, b: TensorLike | number): Tensor {
  return typeof b === 'number' ? powConstantOp(asTensor('pow', a), b) : powOp(a, b);
}

const whereOp = defineOp('where', (condition: Vec, a: Tensor, b: Tensor) => {
  const k = kernels(a.dtype);
  const y = empty(a.shape, a.dtype);
  k.where(y.data, condition, a.data, b.data, y.size);
  return {
    inputs: [a, b],
    output: y,
    vjp: (dy, [da, db]) => k.whereBackward(da, db, dy, condition, dy.length),
  };
});

/**
 * a where `condition` is true, b elsewhere, with broadcasting of all three; a and b may be numbers. Values that are not
 * selected have no effect, not even NaN, and receive no gradient.
 *
 * @param condition true where it is not 0, NaN included; of any dtype. PyTorch requires a mask of booleans; no gradient
 * flows through either.
 * @throws ShapeError if the shapes do not broadcast or the dtypes of a and b differ
 */
export function where(condition: TensorLike, a: TensorLike | number, b: TensorLike | number): Tensor {
  const op = 'where';
  const c = argument(op, 'condition', condition);
  const [x, y] = operands(op, a, b);
  const shape = broadcastShapes(op, c.shape, broadcastShapes(op, x.shape, y.shape));
  const { data } = broadcastTo(c.detach(), shape);
  // cast by truth: a number that float32 rounds to 0 is still true
  const mask = c.dtype === x.dtype ? data : arena.allocate(x.dtype, data.length);
  if (mask !== data) for (let i = 0; i < mask.length; i++) mask[i] = data[i] !== 0 ? 1 : 0;
  return whereOp(mask, broadcastTo(x, shape), broadcastTo(y, shape));
}

const clampOp = defineOp('clamp', (x: Tensor, min: number, max: number) => {
  const k = kernels(x.dtype);
  const y = empty(x.shape, x.dtype);
  k.clamp(y.data, x.data, min, max, y.size);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k.clampBackward(dx, dy, x.data, min, max, dy.length) };
});

/**
 * x limited to [min, max]: min(max(x, min), max). A NaN stays NaN. The gradient passes where x is between the bounds or
 * on one, and is 0 outside.
 *
 * @param min -Infinity by default
 * @param max Infinity by default
 * @throws ArgumentError for bounds that are not numbers, or if min > max, if PyTorch returns max everywhere
 */
export function clamp(x: TensorLike, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): Tensor {
  const t = asTensor('clamp', x);
  checkNumber('clamp', 'min', min);
  checkNumber('clamp', 'max', max);
  if (!(min <= max)) throw new ArgumentError(`clamp: expected min <= max, got ${min} and ${max}`);
  return clampOp(t, min, max);
}

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

type UnaryName = 'exp' | 'log' | 'sqrt' | 'square' | 'abs' | 'relu' | 'sigmoid' | 'tanh' | 'silu';

/** An op y = f(x) whose gradient needs y or x. */
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
/** Square root. Its gradient at 0, which is infinite, is taken as 0, so that a distance of 0 exerts no pull. */
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
/** x sigmoid(x), the sigmoid linear unit or swish (Elfwing, Uchibe and Doya, 2018). */
export const silu = /* @__PURE__ */ unary('silu', 'x');
