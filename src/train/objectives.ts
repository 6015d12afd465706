import { asTensor } from '../autograd/argument.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, ShapeError, TrainingError } from '../core/errors.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import { add, affine } from '../ops/elementwise.ts';
import type { Objective } from './trainer.ts';

/**
 * A loss of embeddings (B,D) and the labels (B) of their samples, or such a loss with its weight in a sum, by default
 * 1.
 */
export type EmbeddingLoss = LossOfEmbeddings | { loss: LossOfEmbeddings; weight?: number };

type LossOfEmbeddings = (z: Tensor, labels: Int32Array) => Tensor;

/**
 * An objective for `Trainer` from losses of the embeddings: the model embeds each batch once, and the loss is the
 * weighted sum, `L = sum_i w_i L_i(z, labels)`. Every term is reported under its name, before weighting.
 *
 * @throws ArgumentError if there is no term, or one is called `loss`, which is the sum; in training, TrainingError for
 * embeddings that are not finite
 * @example
 *     declare const [model, head, data, random]: [Embedder, MlpClassifier, Dataset, Random];
 *     // triplets and cross-entropy together; the head is trained, too
 *     const objective = embeddingObjective({
 *       triplets: (z, labels) => tripletLoss(z, labels, { margin: 0.2 }).loss,
 *       classes: { loss: (z, labels) => crossEntropy(head.forward(z), labels), weight: 0.5 },
 *     });
 *     const trainer = new Trainer({ model, data, random, objective, modules: { head } });
 */
export function embeddingObjective<Name extends string>(
  terms: Readonly<Record<Name, EmbeddingLoss>>,
): Objective<{ loss: Tensor } & Record<Name, number>> {
  checkKind('embeddingObjective', 'terms', terms, 'object');
  const list = Object.entries(terms).map(([name, term]) => readTerm(name, term as EmbeddingLoss));
  if (list.length === 0) throw new ArgumentError('embeddingObjective: expected at least one loss, got none');
  return (model, { x, context, labels }) => {
    const z = asTensor('embeddingObjective', model.forward(x, context));
    expectShape<'B' | 'D'>('embeddingObjective', 'embeddings (B,D)', z.shape, { B: labels.length });
    // Checked before a miner finds NaN distances, for which it would blame the data.
    const wrong = z.data.findIndex((v) => !Number.isFinite(v));
    if (wrong >= 0)
      throw new TrainingError(
        `embeddingObjective: expected finite embeddings, got ${z.data[wrong]}; try a lower learning rate or clipNorm`,
      );
    const losses = list.map(({ name, loss, weight }) => {
      const own = asTensor(`embeddingObjective.${name}`, loss(z, labels));
      if (own.size !== 1)
        throw new ShapeError(
          `embeddingObjective.${name}: expected a loss of one value, got shape ${formatShape(own.shape)}`,
        );
      return { name, own, weighted: weight === 1 ? own : affine(own, weight, 0) };
    });
    const numbers = Object.fromEntries(losses.map(({ name, own }) => [name, own.item()])) as Record<Name, number>;
    return { ...numbers, loss: losses.map(({ weighted }) => weighted).reduce((sum, own) => add(sum, own)) };
  };
}

function readTerm(name: string, term: EmbeddingLoss): { name: string; loss: LossOfEmbeddings; weight: number } {
  const op = `embeddingObjective.${name}`;
  if (name === 'loss') throw new ArgumentError('embeddingObjective: expected names other than loss, which is the sum');
  if (typeof term === 'function') return { name, loss: term, weight: 1 };
  checkOptions(op, term, ['loss'], ['weight']);
  const { loss, weight = 1 } = term;
  checkKind(op, 'loss', loss, 'function');
  checkRange(op, 'weight', weight, 0);
  return { name, loss, weight };
}
