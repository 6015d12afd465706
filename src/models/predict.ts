import { argument } from '../autograd/argument.ts';
import { scope } from '../autograd/scope.ts';
import { noGrad } from '../autograd/tape.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, formatValue } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape, type Shape, sameShape } from '../core/shape.ts';
import { joinRows, viewRows } from '../data/rows.ts';
import type { DType } from '../kernels/types.ts';
import { checkSameDType, type Layer, type Module } from '../nn/module.ts';

/** Options of `predict`. */
export interface PredictOptions {
  /** samples per batch
   * @defaultValue 256 */
  batchSize?: number;
  /** numbers (N,F) that accompany each sample, for a model that takes them */
  context?: TensorLike;
  /** called after each batch with the fraction that is done, up to 1 */
  progress?: (done: number) => void;
}

/**
 * Runs `forward` over x (N,...) in batches, in inference mode and without recording; returns (N,...) in its own memory.
 * Restores the modes of all modules inside afterwards.
 */
export function predictInBatches(
  module: Module,
  forward: (batch: Tensor, context?: Tensor) => Tensor,
  x: TensorLike,
  options: PredictOptions,
  op = 'predict',
): Tensor {
  checkOptions(op, options, [], ['batchSize', 'context', 'progress']);
  const { batchSize = 256, context, progress } = options;
  checkCount(op, 'batchSize', batchSize, 1);
  if (progress !== undefined) checkKind(op, 'progress', progress, 'function');
  const all = argument(op, 'x', x);
  checkSameDType(op, 'x', all, module);
  if (all.shape.length === 0) throw new ShapeError(`${op}: expected samples x (N,...), got a scalar`);
  const [N] = all.shape;
  const contextRows = context === undefined ? undefined : argument(op, 'context', context);
  if (contextRows && contextRows.shape[0] !== N)
    throw new ShapeError(`${op}: expected context (N,F) with N=${N}, got ${formatShape(contextRows.shape)}`);
  return inInferenceMode(module, () => {
    const parts: Tensor[] = [];
    // Runs once even without samples, to learn the shape of the result.
    for (let i = 0; i < Math.max(N, 1); i += batchSize) {
      const end = Math.min(i + batchSize, N);
      const batchContext = contextRows && viewRows(contextRows, i, end);
      const part = noGrad(() => scope(() => forward(viewRows(all, i, end), batchContext)));
      checkPart(op, part, [end - i, ...((parts[0] ?? part)?.shape?.slice(1) ?? [])], parts[0]?.dtype);
      parts.push(part);
      if (end > i) progress?.(end / N);
    }
    return joinRows(parts);
  });
}

/** Runs something with a module in inference mode, and restores the modes of all modules inside afterwards. */
export function inInferenceMode<T>(module: Module, run: () => T): T {
  const modes = module.modules().map((m): [Module, boolean] => [m, m.training]);
  module.eval();
  try {
    return run();
  } finally {
    for (const [m, training] of modes) m.training = training;
  }
}

/**
 * Throws unless a model returned a tensor (B,...) for a batch of B samples, of the sizes and dtype of the batch before.
 */
function checkPart(op: string, part: unknown, shape: Shape, dtype?: DType): void {
  if (!(part instanceof Tensor))
    throw new ArgumentError(`${op}: expected the model to return a Tensor, got ${formatValue(part)}`);
  if (!sameShape(part.shape, shape))
    throw new ShapeError(
      `${op}: expected the model to return ${formatShape(shape)} for ${shape[0]} samples, got ${formatShape(part.shape)}`,
    );
  if (dtype && part.dtype !== dtype)
    throw new ShapeError(`${op}: expected the model to return one dtype, got ${dtype} and ${part.dtype}`);
}

/** The outputs of `model` for samples x (N,...), in inference mode, in batches, without recording. */
export function predict(model: Layer, x: TensorLike, options: PredictOptions = {}): Tensor {
  checkKind('predict', 'model', model, 'layer');
  return predictInBatches(model, (batch, context) => model.forward(batch, context), x, options);
}
