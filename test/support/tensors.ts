/** Random tensors, leaves and their gradients. */
import './poison.ts';
import { type DType, type Nested, type Random, type Shape, Tensor, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';

/** A number from a generator: what `random` fills tensors with. */
export type Draw = (random: Random) => number;
export const normal: Draw = (random) => random.normal();
/** Above 0 and off it. */
export const positive: Draw = (random) => random.uniform(0.1, 2);
/** Of either sign, off the kink or the pole at 0. */
export const offZero: Draw = (random) => (random.uniform() < 0.5 ? -1 : 1) * random.uniform(0.1, 2);

/** A leaf with `requiresGrad`, of random values. */
export function randomTensor(random: Random, shape: Shape, dtype: DType = 'float64', draw: Draw = normal): Tensor {
  const data = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw(random));
  return tensor(data, shape, { dtype, requiresGrad: true });
}

/** A leaf with `requiresGrad`, of the given values. */
export const leaf = (values: Nested, dtype: DType = 'float32'): Tensor =>
  tensor(values, undefined, { dtype, requiresGrad: true });

/** The gradient that `backward` left. */
export function gradOf(x: Tensor): Tensor {
  assert.ok(x.grad instanceof Tensor, 'expected a gradient, got none');
  return x.grad as Tensor;
}
