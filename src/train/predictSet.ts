import type { Tensor } from '../autograd/tensor.ts';
import { Dataset } from '../data/dataset.ts';
import { joinRows } from '../data/rows.ts';
import type { TrainingSet } from '../data/trainingSet.ts';
import { predict } from '../models/predict.ts';
import type { Layer } from '../nn/module.ts';

/**
 * The outputs of a model for all samples of a set, (N,...), in inference mode, with `batchSize` samples in memory at a
 * time.
 */
export function predictSet(model: Layer, set: TrainingSet, batchSize: number): Tensor {
  if (set instanceof Dataset) return predict(model, set.x, { context: set.context, batchSize });
  const parts: Tensor[] = [];
  for (let from = 0; from < set.length; from += batchSize) {
    const n = Math.min(batchSize, set.length - from);
    const { x, context } = set.take(Int32Array.from({ length: n }, (_, i) => from + i));
    parts.push(predict(model, x, { context, batchSize }));
  }
  return joinRows(parts);
}
