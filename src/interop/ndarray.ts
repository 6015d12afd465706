import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import { argument } from '../autograd/argument.ts';
import { checkLive, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkKind, formatValue } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';

/** The part of an ndarray that is named here, so that the types of this package stand alone. */
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

/** The tensor as an ndarray over the same memory: no copy, and writes go both ways. */
export function toNdarray(tensor: Tensor): NdArray {
  if (!(tensor instanceof Tensor)) throw new ArgumentError(`toNdarray: expected a Tensor, got ${formatValue(tensor)}`);
  checkLive('toNdarray', tensor);
  return ndarray(tensor.data, [...tensor.shape], tensor.stride, 0);
}

/**
 * An ndarray, or any view of one, copied into a tensor of its own. (Ops also take an ndarray as it is; this is for values
 * that are to be kept, or that are to receive a gradient.)
 */
export function fromNdarray(array: TensorLike, options: { requiresGrad?: boolean } = {}): Tensor {
  checkOptions('fromNdarray', options, [], ['requiresGrad']);
  if (options.requiresGrad !== undefined) checkKind('fromNdarray', 'requiresGrad', options.requiresGrad, 'flag');
  if (typeof array === 'number') throw new ArgumentError(`fromNdarray: expected an ndarray, got ${array}`);
  argument('fromNdarray', 'array', array); // throws for what holds no numbers
  const shape = [...array.shape];
  const n = sizeOf(shape);
  const data = array.data instanceof Float64Array ? new Float64Array(n) : new Float32Array(n);
  ops.assign(ndarray(data, shape), ndarray(array.data as Vec, shape, [...array.stride], array.offset));
  return new Tensor(data, shape, options.requiresGrad);
}
