import { scope } from '../autograd/scope.ts';
import { noGrad } from '../autograd/tape.ts';
import { asTensor, newVec, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, sizeOf } from '../core/shape.ts';
import type { Module } from '../nn/module.ts';

/**
 * Runs `forward` over x (N,...) in batches, in inference mode and without recording; returns (N,...) in memory of its
 * own. The module's mode is put back afterwards.
 */
export function predictInBatches(
  module: Module,
  forward: (batch: Tensor) => Tensor,
  x: TensorLike,
  batchSize: number,
): Tensor {
  checkCount('predict', 'batchSize', batchSize, 1);
  const all = asTensor('predict', x);
  const [N, ...sample] = all.shape;
  const size = sizeOf(sample);
  const training = module.training;
  module.eval();
  try {
    const parts: Tensor[] = [];
    // Once even for no samples at all, to learn the shape of the result.
    for (let i = 0; i < Math.max(N, 1); i += batchSize) {
      const end = Math.min(i + batchSize, N);
      const batch = new Tensor(all.data.subarray(i * size, end * size), [end - i, ...sample]);
      parts.push(noGrad(() => scope(() => forward(batch))));
    }
    const shape = [N, ...parts[0].shape.slice(1)];
    const data = newVec(all.dtype, sizeOf(shape));
    let at = 0;
    for (const part of parts) {
      data.set(part.data, at);
      at += part.size;
    }
    return new Tensor(data, shape);
  } finally {
    module.train(training);
  }
}
