import { argument } from '../autograd/argument.ts';
import { scope } from '../autograd/scope.ts';
import { backward } from '../autograd/tape.ts';
import type { TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { Random } from '../core/random.ts';
import { withoutDrawing } from '../nn/init.ts';
import { add, affine, square, sub } from '../ops/elementwise.ts';
import { crossEntropy } from '../ops/loss.ts';
import { sum } from '../ops/reduce.ts';
import { AdamW } from '../optim/adamw.ts';
import { checkFewLabels } from './fewLabels.ts';
import { MlpClassifier } from './mlpClassifier.ts';

/** Options of `refitHead`. */
export interface RefitHeadOptions {
  /** weight of the distance from the weights before
   * @defaultValue 0.01 */
  stay?: number;
  /** steps over all samples at once
   * @defaultValue 200 */
  steps?: number;
  /** of AdamW without decay
   * @defaultValue 0.01 */
  learningRate?: number;
}

/**
 * A classifier refitted to a few labelled embeddings, without leaving what it knew: from its weights w0 on, w minimises
 *
 *   mean cross-entropy of the samples + stay / 2 |w - w0|^2
 *
 * Unlike `correctHead` it moves every border, for all samples, also those that it got right: give it samples of every kind,
 * such as the first minutes of a recording, and not only a few that were wrong.
 *
 * @param classifier is left as it is
 * @param z (N,D) embeddings
 * @param labels (N), from 0 to K - 1
 * @throws ShapeError for sizes that do not fit; ArgumentError for a label outside 0 to K - 1 and options out of range;
 * DataError for values that are not finite
 * @see Li, Grandvalet and Davoine, "Explicit inductive bias for transfer learning with convolutional networks", ICML
 * 2018: L2-SP.
 */
export function refitHead(
  classifier: MlpClassifier,
  z: TensorLike,
  labels: ArrayLike<number>,
  options: RefitHeadOptions = {},
): MlpClassifier {
  const op = 'refitHead';
  checkOptions(op, options, [], ['stay', 'steps', 'learningRate']);
  const { stay = 0.01, steps = 200, learningRate = 0.01 } = options;
  checkRange(op, 'stay', stay, 0);
  checkCount(op, 'steps', steps, 0);
  checkRange(op, 'learningRate', learningRate, 0);
  const { x, N } = checkFewLabels(op, classifier, argument(op, 'z', z), labels);
  const [first] = classifier.parameters();
  const head = withoutDrawing(() => new MlpClassifier({ ...classifier.config, random: new Random(0) })).to(first.dtype);
  head.loadStateDict(classifier.stateDict()).eval();
  if (N === 0) return head;
  const samples = x.detach();
  const classes = Int32Array.from(labels);
  const before = classifier.parameters().map((p) => p.clone());
  const optimizer = new AdamW(head.parameters(), { learningRate, weightDecay: 0 });
  for (let step = 0; step < steps; step++)
    scope(() => {
      const distances = head.parameters().map((p, i) => sum(square(sub(p, before[i]))));
      backward(add(crossEntropy(head.forward(samples), classes), affine(distances.reduce(add), stay / 2, 0)));
      optimizer.step();
      optimizer.zeroGrad();
    });
  return head;
}
