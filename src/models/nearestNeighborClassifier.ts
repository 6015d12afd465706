import { argument } from '../autograd/argument.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, DataError, ShapeError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import { checkFinite } from '../eval/neighbors/distanceRows.ts';
import { findNeighbors } from '../eval/neighbors/findNeighbors.ts';
import { argmaxRows } from './mlpClassifier.ts';

/** Options of a NearestNeighborClassifier. */
export interface NearestNeighborOptions {
  /** reference embeddings (N,D), those of training samples */
  embeddings: TensorLike;
  /** their classes (N) */
  labels: ArrayLike<number>;
  /** K
   * @defaultValue the highest label + 1 */
  classes?: number;
  /** number of neighbours that vote, at most N
   * @defaultValue 9 */
  k?: number;
  /** weight of a vote for each class (K), if the classes were sampled unequally
   * @defaultValue 1 for each */
  weights?: readonly number[];
}

const NEIGHBORS = 9;
const MOST_CLASSES = 2 ** 20; // each is a column of the votes

/**
 * Classifies embeddings by the votes of their k nearest reference embeddings, by squared Euclidean distance:
 *
 *   p_c = sum over the k nearest of w_c [label = c] / sum over the k nearest of w_label
 *
 * Ties between distances go to the lower position. Takes N M D operations for M embeddings, but memory for only a few
 * rows of distances.
 *
 * @throws ShapeError if embeddings and labels differ in number, ArgumentError for a label that is not a class or an
 * option out of range, DataError for values that are not finite
 * @see Cover and Hart, "Nearest neighbor pattern classification", IEEE Transactions on Information Theory 13(1), 1967
 * @example
 *     declare const [model, train, test]: [Embedder, Dataset, Dataset];
 *     const classifier = new NearestNeighborClassifier({ embeddings: model.embed(train.x), labels: train.labels });
 *     const predicted = classifier.predict(model.embed(test.x));
 */
export class NearestNeighborClassifier {
  readonly classes: number;
  readonly k: number;
  private readonly embeddings: Tensor;
  private readonly labels: Int32Array;
  private readonly weights: readonly number[];

  constructor(options: NearestNeighborOptions) {
    const op = 'NearestNeighborClassifier';
    checkOptions(op, options, ['embeddings', 'labels'], ['classes', 'k', 'weights']);
    const { embeddings, labels, classes, k = NEIGHBORS, weights } = options;
    const z = argument(op, 'embeddings', embeddings);
    checkKind(op, 'labels', labels, 'numbers');
    if (weights !== undefined) checkKind(op, 'weights', weights, 'numbers');
    const { N } = expectShape<'N' | 'D'>(op, 'embeddings (N,D)', z.shape);
    if (N === 0) throw new DataError(`${op}: expected at least one embedding, got none`);
    if (labels.length !== N) throw new ShapeError(`${op}: expected ${N} labels, got ${labels.length}`);
    checkFinite(op, 'embeddings', z);
    checkCount(op, 'k', k, 1);
    if (classes !== undefined) checkCount(op, 'classes', classes, 1, MOST_CLASSES);
    const range =
      classes === undefined ? `that are whole numbers from 0 to ${MOST_CLASSES - 1}` : `from 0 to ${classes - 1}`;
    for (let i = 0; i < N; i++)
      if (!(Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < (classes ?? MOST_CLASSES)))
        throw new ArgumentError(`${op}: expected labels ${range}, got ${labels[i]} at position ${i}`);
    this.classes = classes ?? Array.from(labels).reduce((a, b) => Math.max(a, b), 0) + 1;
    this.weights = weights ? [...weights] : new Array<number>(this.classes).fill(1);
    if (this.weights.length !== this.classes)
      throw new ShapeError(`${op}: expected weights (K) with K=${this.classes}, got ${this.weights.length}`);
    for (const w of this.weights)
      if (!(w >= 0 && w < Number.POSITIVE_INFINITY))
        throw new ArgumentError(`${op}: expected finite weights >= 0, got ${w}`);
    this.k = Math.min(k, N);
    this.embeddings = z;
    this.labels = Int32Array.from(labels);
  }

  /**
   * Fractions of the votes (M,K) for embeddings z (M,D); zeros if no vote counts.
   *
   * @throws ShapeError if the sizes do not fit, DataError for values that are not finite, ArgumentError if a squared
   * distance overflows the dtype
   */
  probabilities(z: TensorLike): Tensor {
    const op = 'NearestNeighborClassifier';
    const x = argument(op, 'z', z);
    const [, D] = this.embeddings.shape;
    const { M } = expectShape<'M' | 'D'>(op, 'z (M,D)', x.shape, { D });
    checkFinite(op, 'z', x);
    const { k, classes: K } = this;
    const { index } = findNeighbors(op, this.embeddings, k, x);
    const votes = new Float32Array(M * K);
    for (let i = 0; i < M; i++) {
      let total = 0;
      for (const j of index.subarray(i * k, (i + 1) * k)) {
        const label = this.labels[j];
        votes[i * K + label] += this.weights[label];
        total += this.weights[label];
      }
      for (let c = 0; c < K; c++) votes[i * K + c] = total > 0 ? votes[i * K + c] / total : 0;
    }
    return new Tensor(votes, [M, K]);
  }

  /** The class (M) with the most votes for each embedding z (M,D), the first of equal ones. */
  predict(z: TensorLike): Int32Array {
    return argmaxRows(this.probabilities(z));
  }
}
