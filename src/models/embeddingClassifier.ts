import { noGrad } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkFields, checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { LabelEncoder } from '../data/labelEncoder.ts';
import { Layer } from '../nn/module.ts';
import { affine } from '../ops/elementwise.ts';
import { concat } from '../ops/movement.ts';
import { softmax } from '../ops/reduce.ts';
import { meanOf } from './ensemble.ts';
import { argmaxRows } from './mlpClassifier.ts';
import { type PredictOptions, predict } from './predict.ts';
import { checkTemperature } from './temperature.ts';

/** An embedder, and a classifier of its embeddings. */
export interface EmbedderAndClassifier<E extends Layer = Layer, C extends Layer = Layer> {
  /** samples (B,...) to embeddings (B,D) */
  embedder: E;
  /** embeddings (B,D) to logits (B,K); null if there is none (yet): the model then embeds, but does not classify */
  classifier: C | null;
}

/** The output of a model for some samples. */
export interface Classified {
  /** (N,D), the result of `embed` */
  embeddings: Tensor;
  /** (N,K) */
  probabilities: Tensor;
  /** (N) the most probable class, the first of equal ones */
  labels: Int32Array;
}

/**
 * An embedder and its classifier as one module, whose tensors are named `embedder.*` and `classifier.*`, for training,
 * saving and loading. `EmbeddingClassifier` uses it, alone or with others.
 */
export class Network<E extends Layer = Layer, C extends Layer = Layer>
  extends Layer
  implements EmbedderAndClassifier<E, C>
{
  readonly embedder: E;
  readonly classifier: C | null;

  constructor(parts: EmbedderAndClassifier<E, C>) {
    super();
    checkFields('Network', 'parts', parts, { embedder: 'layer' });
    const { embedder, classifier } = parts;
    if (classifier !== null) checkKind('Network', 'parts.classifier', classifier, 'layer');
    this.embedder = embedder;
    this.classifier = classifier;
  }

  /** The logits (B,K) of samples (B,...). */
  forward(x: TensorLike, context?: TensorLike): Tensor {
    return this.head.forward(this.embedder.forward(x, context));
  }

  /**
   * The classifier.
   *
   * @throws ArgumentError if there is none
   */
  get head(): C {
    if (!this.classifier) throw new ArgumentError('classify: expected a model with a classifier, got one without');
    return this.classifier;
  }
}

/**
 * An embedder and the classifier of its embeddings as one model, or an ensemble of several such pairs, whose logits are
 * averaged. Samples go in, classes come out; everything runs in inference mode, in batches, without recording. With a
 * `temperature` T the logits are divided by T, which makes the model less sure (T > 1) and leaves the classes unchanged.
 *
 * @example
 *     declare const [embedder, classifier, x]: [Embedder, MlpClassifier, Tensor];
 *     const model = new EmbeddingClassifier({ embedder, classifier }, { classes: ['N', 'S', 'V'] });
 *     const { embeddings, probabilities, labels } = model.classify(x);
 *     model.decode(labels); // ['N', 'V', ...]
 */
export class EmbeddingClassifier<E extends Layer = Layer, C extends Layer = Layer> extends Layer {
  /** one, or the members of an ensemble */
  readonly networks: readonly Network<E, C>[];
  /** names of the classes in the order of the logits, if they are known */
  readonly classes: readonly string[] | undefined;
  /** T, by which the logits are divided; see `fitTemperature` */
  readonly temperature: number;

  /** @throws ArgumentError if there is no network, and for a temperature that is not finite and above 0 */
  constructor(
    networks: EmbedderAndClassifier<E, C> | readonly EmbedderAndClassifier<E, C>[],
    options: { classes?: readonly string[]; temperature?: number } = {},
  ) {
    super();
    const op = 'EmbeddingClassifier';
    const list = Array.isArray(networks) ? networks : [networks];
    if (list.length === 0) throw new ArgumentError(`${op}: expected at least one network, got none`);
    for (const [i, network] of list.entries()) {
      checkFields(op, `networks[${i}]`, network, { embedder: 'layer' });
      if (network.classifier !== null) checkKind(op, `networks[${i}].classifier`, network.classifier, 'layer');
    }
    checkOptions(op, options, [], ['classes', 'temperature']);
    const { classes, temperature = 1 } = options;
    checkTemperature(op, temperature);
    this.classes = classes === undefined ? undefined : new LabelEncoder(classes).classes;
    this.temperature = temperature;
    this.networks = list.map((network) => (network instanceof Network ? network : new Network<E, C>(network)));
  }

  /**
   * A copy for inference alone, with the same bits, of whose networks those are copies that `prepare` has a faster one of: an Embedder
   * and an MlpClassifier.
   */
  override prepare(): EmbeddingClassifier {
    const { classes, temperature } = this;
    const networks = this.networks.map(({ embedder, classifier }) => ({
      embedder: embedder.prepare(),
      classifier: classifier?.prepare() ?? null,
    }));
    return new EmbeddingClassifier(networks, { classes, temperature });
  }

  /** The logits (B,K) of samples (B,...): the mean over the networks / T, for training and for `predict`. */
  forward(x: TensorLike, context?: TensorLike): Tensor {
    return this.tempered(meanOf(this.networks.map((network) => network.forward(x, context))));
  }

  /**
   * Embeddings (N,D) of samples (N,...). Those of n networks are concatenated and divided by sqrt(n), so that they have
   * unit length, too, and a squared distance is the mean of the networks' squared distances.
   */
  embed(x: TensorLike, options: PredictOptions = {}): Tensor {
    return this.join(this.embeddings('embed', x, options));
  }

  /**
   * The logits (N,K) of samples (N,...), divided by the temperature.
   *
   * @throws ArgumentError for a model without a classifier
   */
  logits(x: TensorLike, options: PredictOptions = {}): Tensor {
    return noGrad(() => this.tempered(this.ownLogits(this.embeddings('logits', x, options), options)));
  }

  /**
   * Embeds and classifies samples (N,...).
   *
   * @throws ArgumentError for a model without a classifier; DataError if the logits of a sample are not finite
   */
  classify(x: TensorLike, options: PredictOptions = {}): Classified {
    for (const { head: _ } of this.networks); // an error before anything is computed
    const embeddings = this.embeddings('classify', x, options);
    const logits = this.ownLogits(embeddings, options);
    const probabilities = noGrad(() => softmax(this.tempered(logits)));
    const wrong = probabilities.data.findIndex(Number.isNaN);
    if (wrong >= 0) {
      const sample = Math.floor(wrong / probabilities.shape[1]);
      throw new DataError(`classify: expected finite outputs of the model, got NaN for sample ${sample}`);
    }
    return { embeddings: this.join(embeddings), probabilities, labels: argmaxRows(logits) };
  }

  /**
   * The names of classes, given by number.
   *
   * @throws ArgumentError if the model has no class names
   */
  decode(labels: ArrayLike<number>): string[] {
    if (!this.classes) throw new ArgumentError('decode: expected a model with class names, got one without');
    return new LabelEncoder(this.classes).decode(labels);
  }

  private embeddings(op: string, x: TensorLike, options: PredictOptions): Tensor[] {
    checkOptions(op, options, [], ['batchSize', 'context', 'progress']);
    const { progress } = options;
    if (progress !== undefined) checkKind(op, 'progress', progress, 'function');
    const { networks } = this;
    const progressOf = (i: number) => progress && ((done: number) => progress((i + done) / networks.length));
    return networks.map(({ embedder }, i) => predict(embedder, x, { ...options, progress: progressOf(i) }));
  }

  private ownLogits(embeddings: readonly Tensor[], { batchSize }: PredictOptions): Tensor {
    return noGrad(() => meanOf(this.networks.map(({ head }, i) => predict(head, embeddings[i], { batchSize }))));
  }

  private tempered(logits: Tensor): Tensor {
    return this.temperature === 1 ? logits : affine(logits, 1 / this.temperature, 0);
  }

  private join(embeddings: readonly Tensor[]): Tensor {
    return noGrad(() => affine(concat(embeddings, 1), 1 / Math.sqrt(embeddings.length), 0));
  }
}
