import { argument } from '../autograd/argument.ts';
import { scope } from '../autograd/scope.ts';
import { noGrad } from '../autograd/tape.ts';
import type { TensorLike } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { Random } from '../core/random.ts';
import { BatchNorm1d } from '../nn/batchNorm1d.ts';
import { withoutDrawing } from '../nn/init.ts';
import { Embedder } from './embedder.ts';

/**
 * An embedder whose batch norm has the statistics of other samples, such as the beats of a new patient, without any
 * labels (AdaBN). The statistics are those of all samples at once, each layer's after the layers before it have their
 * new ones. It assumes that the classes are as frequent as they were in training, and harms where they are not.
 *
 * @param embedder is left as it is
 * @param x (N,C,L) or (N,L), at least two samples
 * @throws DataError for fewer than two samples; ShapeError for sizes that do not fit
 * @see Li, Wang, Shi, Hou and Liu, "Adaptive batch normalization for practical domain adaptation", Pattern Recognition
 * 80, 2018.
 */
export function withBatchStatistics(
  embedder: Embedder,
  x: TensorLike,
  options: { context?: TensorLike } = {},
): Embedder {
  const op = 'withBatchStatistics';
  checkKind(op, 'embedder', embedder, 'layer');
  if (!(embedder instanceof Embedder))
    throw new ArgumentError(`${op}: expected embedder to be an Embedder, got another layer`);
  checkOptions(op, options, [], ['context']);
  const samples = argument(op, 'x', x);
  if (!(samples.shape[0] >= 2))
    throw new DataError(`${op}: expected at least two samples, got ${samples.shape[0] ?? 'a scalar'}`);
  const copy = withoutDrawing(() => new Embedder({ ...embedder.config, random: new Random(0) }));
  const [{ dtype }] = embedder.parameters();
  if (dtype !== 'float32') copy.to(dtype);
  copy.loadStateDict(embedder.stateDict()).eval();
  const norms = copy.modules().filter((m) => m instanceof BatchNorm1d);
  for (const norm of norms) {
    norm.training = true; // the others, dropout among them, stay in inference mode
    for (const t of [norm.running_mean, norm.running_var]) t.data.fill(0);
  }
  noGrad(() => scope(() => void copy.forward(samples, options.context)));
  for (const { running_mean, running_var, momentum } of norms)
    for (const t of [running_mean, running_var]) {
      // a step from 0 to what the samples have
      for (let c = 0; c < t.size; c++) t.data[c] /= momentum;
      t.noteChange();
    }
  return copy.eval();
}
