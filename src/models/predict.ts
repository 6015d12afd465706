import { scope } from '../autograd/scope.ts';
import { noGrad } from '../autograd/tape.ts';
import { asTensor, newVec, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { checkCount, sizeOf } from '../core/shape.ts';
import type { Layer, Module } from '../nn/module.ts';

/**
 * Runs `forward` over x (N,...) in batches, in inference mode and without recording; returns (N,...) in memory of its
 * own. The modes of all modules inside are put back afterwards.
 */
export function predictInBatches(
  module: Module,
  forward: (batch: Tensor) => Tensor,
  x: TensorLike,
  batchSize: number,
): Tensor {
  checkCount('predict', 'batchSize', batchSize, 1);
  const all = asTensor('predict', x);
  if (all.shape.length === 0) throw new ShapeError('predict: expected samples x (N,...), got a scalar');
  const [N, ...sample] = all.shape;
  const size = sizeOf(sample);
  const modes = module.modules().map((m): [Module, boolean] => [m, m.training]);
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
    for (const [m, training] of modes) m.training = training;
  }
}

/** What `model` makes of samples x (N,...), in inference mode, in batches, without recording. */
export function predict(model: Layer, x: TensorLike, options: { batchSize?: number } = {}): Tensor {
  return predictInBatches(model, (batch) => model.forward(batch), x, options.batchSize ?? 256);
}
