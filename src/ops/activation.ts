import { asTensor } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { checkFinite, checkOneOf } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';

const leakyReluOp = defineOp('leakyRelu', (x: Tensor, slope: number) => {
  const k = kernels(x.dtype);
  const y = empty(x.shape, x.dtype);
  k.leakyRelu(y.data, x.data, slope, y.size);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && k.leakyReluBackward(dx, dy, x.data, slope, dy.length) };
});

/**
 * x above 0, negativeSlope x elsewhere (Maas, Hannun and Ng, 2013); its gradient at 0 is negativeSlope.
 *
 * @param negativeSlope 0.01 by default
 * @throws ArgumentError for a slope that is not finite
 * @example
 *     declare const [conv]: [Conv1d];
 *     const block = new Sequential(conv, (x) => leakyRelu(x, 0.2));
 */
export function leakyRelu(x: TensorLike, negativeSlope = 0.01): Tensor {
  checkFinite('leakyRelu', 'negativeSlope', negativeSlope);
  return leakyReluOp(asTensor('leakyRelu', x), negativeSlope);
}

const GELU = { none: 'gelu', tanh: 'geluTanh' } as const;

const geluOp = defineOp('gelu', (x: Tensor, approximate: 'none' | 'tanh') => {
  const k = kernels(x.dtype);
  const name = GELU[approximate];
  const y = empty(x.shape, x.dtype);
  k[name](y.data, x.data, y.size);
  return {
    inputs: [x],
    output: y,
    vjp: (dy, [dx]) => dx && k[`${name}Backward` as const](dx, dy, x.data, dy.length),
  };
});

/**
 * The Gaussian error linear unit, x Phi(x) where Phi is the normal distribution function (Hendrycks and Gimpel, 2016).
 *
 * @param options.approximate 'none' by default; 'tanh' uses (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 for Phi(x),
 * which is within 5e-4 and faster
 * @throws ArgumentError for any other approximation
 */
export function gelu(x: TensorLike, options: { approximate?: 'none' | 'tanh' } = {}): Tensor {
  checkOptions('gelu', options, [], ['approximate']);
  const { approximate = 'none' } = options;
  checkOneOf('gelu', 'approximate', approximate, Object.keys(GELU));
  return geluOp(asTensor('gelu', x), approximate);
}
