/**
 * To and from ndarray.
 *
 * @module dynaecg/ndarray
 */
import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import { argument } from '../autograd/argument.ts';
import { checkLive, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkKind, formatValue } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';

/** The part of an ndarray that is used here, so that this package's types are self-contained. */
export interface NdArray extends TensorLike {
  readonly data: Vec;
  shape: number[];
  stride: number[];
  get(...index: number[]): number;
  set(...indexAndValue: number[]): number;
  lo(...start: number[]): NdArray;
  hi(...size: number[]): NdArray;
  step(...step: number[]): NdArray;
  transpose(...axes: number[]): NdArray;
}

/** The tensor as an ndarray over the same memory: no copy, and writes are visible on both sides. */
export function toNdarray(tensor: Tensor): NdArray {
  if (!(tensor instanceof Tensor)) throw new ArgumentError(`toNdarray: expected a Tensor, got ${formatValue(tensor)}`);
  checkLive('toNdarray', tensor);
  return ndarray(tensor.data, [...tensor.shape], tensor.stride, 0);
}

/**
 * Copies an ndarray, or any view of one, into a new tensor. (Ops also take an ndarray directly; this is for values that
 * are to be kept, or that need a gradient.)
 */
export function fromNdarray(array: TensorLike, options: { requiresGrad?: boolean } = {}): Tensor {
  checkOptions('fromNdarray', options, [], ['requiresGrad']);
  if (options.requiresGrad !== undefined) checkKind('fromNdarray', 'requiresGrad', options.requiresGrad, 'flag');
  if (typeof array === 'number') throw new ArgumentError(`fromNdarray: expected an ndarray, got ${array}`);
  argument('fromNdarray', 'array', array); // throws if it holds no numbers
  const shape = [...array.shape];
  const n = sizeOf(shape);
  const data = array.data instanceof Float64Array ? new Float64Array(n) : new Float32Array(n);
  ops.assign(ndarray(data, shape), ndarray(array.data as Vec, shape, [...array.stride], array.offset));
  return new Tensor(data, shape, options.requiresGrad);
}
