import { checkCount, formatValue, wrongKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, CheckpointError, DataError } from '../core/errors.ts';
import { decodeLabels } from '../data/labelEncoder.ts';
import { readAbout, readClasses, readModel, readNetworks, readTemperature } from '../formats/modelHeader.ts';
import type { Vec } from '../kernels/types.ts';
import { checkConfig, defaultEmbedderConfig, type EmbedderConfig } from '../models/embedderConfig.ts';
import { embedBatch, logitsOf, scaled, type Weights } from '../models/forward.ts';
import type { MlpClassifierConfig } from '../models/mlpClassifier.ts';
import { arena, backend, kernels } from './kernels.ts';
import { type Matrix, matrix, type Rows, readRows } from './rows.ts';
import { classifierShapes, embedderShapes, readWeights } from './weights.ts';

/** Options of `embed` and `classify`. */
export interface InferenceOptions {
  /** numbers (N,F) that accompany each signal, for a model that takes them */
  context?: Rows;
  /** signals that are computed together
   * @defaultValue 64 */
  batchSize?: number;
}

/** An Embedder and, perhaps, its classifier, with their weights as plain arrays. */
interface InferenceNetwork {
  config: EmbedderConfig;
  embedder: Weights;
  classifier: { config: MlpClassifierConfig; weights: Weights } | null;
}

const engine = { kernels, arena };

/** What `classify` returns. */
export interface InferenceResult {
  /** (N,D), the result of `embed` */
  embeddings: Matrix;
  /** (N,K) */
  probabilities: Matrix;
  /** (N) the most probable class, the first of equal ones */
  labels: Int32Array;
}

/**
 * A model read from a file by `decodeModel`: what `SavedModel` of `dynaecg` does in inference, with the same bits, and nothing that
 * trains, explains or recognises novel signals.
 */
export class InferenceModel {
  /** the configurations of its networks, one or the members of an ensemble */
  readonly configs: readonly EmbedderConfig[];
  /** names of the classes in the order of the probabilities, if the file has them */
  readonly classes: readonly string[] | undefined;
  /** what the file says about the model, such as how a signal becomes an input */
  readonly about: Record<string, unknown>;
  /** what the logits are divided by before they become probabilities */
  readonly temperature: number;
  private readonly networks: readonly InferenceNetwork[];

  /** To be made by `decodeModel`. */
  constructor(
    networks: readonly InferenceNetwork[],
    about: Record<string, unknown>,
    classes?: readonly string[],
    temperature = 1,
  ) {
    this.networks = networks;
    this.temperature = temperature;
    this.configs = networks.map(({ config }) => config);
    this.about = about;
    this.classes = classes;
  }

  /**
   * Embeddings (N,D) of signals x (N,C,L) or, with one lead, (N,L): rows of unit length. Those of n networks are concatenated and
   * divided by sqrt(n).
   *
   * @throws ShapeError for signals or context of other sizes; ArgumentError for anything other than numbers
   */
  embed(x: Rows, options: InferenceOptions = {}): Matrix {
    return this.run('embed', x, options).embeddings;
  }

  /**
   * Embeds and classifies signals x (N,C,L) or, with one lead, (N,L).
   *
   * @throws ArgumentError for a model without a classifier; ShapeError for other sizes; DataError if the outputs for a signal are
   * not finite
   * @example
   *     declare const [file, beat]: [Uint8Array, Float32Array]; // of as many samples as the model takes
   *     const model = decodeModel(file);
   *     const { labels } = model.classify(beat);
   *     model.decode(labels); // ['N']
   */
  classify(x: Rows, options: InferenceOptions = {}): InferenceResult {
    if (this.networks.some(({ classifier }) => classifier === null))
      throw new ArgumentError('classify: expected a model with a classifier, got one without');
    const { embeddings, logits, K } = this.run('classify', x, options);
    const data = logits.slice();
    const k = kernels(data instanceof Float64Array ? 'float64' : 'float32');
    if (this.temperature !== 1) k.affine(data, logits, 1 / this.temperature, 0, data.length);
    k.softmax(data, data.slice(), data.length / K, K, 1);
    const wrong = data.findIndex(Number.isNaN);
    if (wrong >= 0)
      throw new DataError(
        `classify: expected finite outputs of the model, got NaN for sample ${Math.floor(wrong / K)}`,
      );
    const labels = new Int32Array(data.length / K);
    for (let i = 0; i < labels.length; i++)
      for (let c = 1; c < K; c++) if (logits[i * K + c] > logits[i * K + labels[i]]) labels[i] = c;
    return { embeddings, probabilities: matrix(data, K), labels };
  }

  /**
   * The names of classes, given by number.
   *
   * @throws ArgumentError if the model has no class names
   */
  decode(labels: ArrayLike<number>): string[] {
    if (!this.classes) throw new ArgumentError('decode: expected a model with class names, got one without');
    if (!Array.isArray(labels) && !ArrayBuffer.isView(labels))
      throw wrongKind('decode', 'labels', 'an array of numbers', formatValue(labels));
    return decodeLabels(this.classes, labels);
  }

  /** Embeddings and, if every network has a classifier, the mean of their logits (N,K). */
  private run(op: string, x: Rows, options: InferenceOptions): { embeddings: Matrix; logits: Vec; K: number } {
    checkOptions(op, options, [], ['context', 'batchSize']);
    const { batchSize = 64, context } = options;
    checkCount(op, 'batchSize', batchSize, 1);
    const { networks } = this;
    const [{ config, embedder, classifier }] = networks;
    const { inChannels: C, length: L, contextFeatures: F } = config;
    const signals = readRows(op, 'x (N,C,L)', x, [C, L]);
    const { N } = signals;
    if ((context === undefined) !== (F === 0))
      throw new ArgumentError(
        `${op}: expected ${F} numbers of context for each signal, got ${context ? 'some' : 'none'}`,
      );
    const extra = context === undefined ? null : readRows(op, 'context (N,F)', context, [F]);
    if (extra && extra.N !== N) throw new ArgumentError(`${op}: expected context for ${N} signals, got ${extra.N}`);
    backend(); // chosen before there is a scope
    const { dtype } = embedder;
    const results = dtype === 'float64' ? Float64Array : Float32Array;
    const D = networks.reduce((sum, network) => sum + network.config.embedding, 0);
    const K = classifier?.config.classes ?? 1;
    const embeddings = new results(N * D);
    const logits = new results(classifier ? N * K : 0);
    for (let from = 0; from < N; from += batchSize) {
      const B = Math.min(batchSize, N - from);
      arena.enter();
      try {
        const take = (n: number): Vec => arena.allocate(dtype, n);
        const batch = take(B * C * L);
        signals.read(batch, from, from + B);
        const numbers = extra && take(B * F);
        if (numbers) extra?.read(numbers, from, from + B);
        let first = 0; // column of the embeddings
        for (const network of networks) {
          const d = network.config.embedding;
          const z = embedBatch(engine, network.config, network.embedder, batch, numbers, B);
          for (let i = 0; i < B; i++) embeddings.set(z.subarray(i * d, (i + 1) * d), (from + i) * D + first);
          first += d;
          if (!network.classifier || !classifier) continue;
          const own = logitsOf(engine, network.classifier.weights, z, B);
          for (let i = 0, to = from * K; i < own.length; i++, to++) logits[to] += own[i];
        }
      } finally {
        arena.leave();
      }
    }
    const k = kernels(dtype);
    const n = networks.length;
    k.affine(embeddings, embeddings, 1 / Math.sqrt(n), 0, embeddings.length);
    k.affine(logits, logits, 1 / n, 0, logits.length);
    return { embeddings: matrix(embeddings, D), logits, K };
  }
}

/**
 * Reads a model file, ready for inference, in the float type that it was saved in.
 *
 * @throws CheckpointError if the file is broken, in another format, or its tensors do not match its configuration
 * @see `decodeModel` of `dynaecg`, which returns modules that can be trained on
 */
export function decodeModel(file: Uint8Array | ArrayBuffer): InferenceModel {
  const { arrays: tensors, metadata } = readModel(file);
  const networks = readNetworks(metadata).map(({ embedder, classifier = null }, i): InferenceNetwork => {
    const config = { ...defaultEmbedderConfig, ...embedder };
    checked(`embedder ${i}`, () => checkConfig(config));
    checked(`classifier ${i}`, () => classifier && checkClassifier(classifier));
    const prefix = `networks.${i}`;
    return {
      config,
      embedder: scaled(readWeights(`embedder ${i}`, `${prefix}.embedder.`, embedderShapes(config), tensors)),
      classifier: classifier && {
        config: classifier,
        weights: readWeights(`classifier ${i}`, `${prefix}.classifier.`, classifierShapes(classifier), tensors),
      },
    };
  });
  checkAlike(networks);
  return new InferenceModel(networks, readAbout(metadata), readClasses(metadata), readTemperature(metadata));
}

function checkClassifier({ inFeatures, hidden, classes }: MlpClassifierConfig): void {
  for (const [name, size] of Object.entries({ inFeatures, hidden, classes }))
    checkCount('MlpClassifier', name, size, 1);
}

/** A configuration in a file that cannot be used is a fault of the file. */
function checked(what: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new CheckpointError(`decodeModel: expected a configuration under ${what}, got: ${(error as Error).message}`);
  }
}

/** The members of an ensemble take the same signals, and give the same classes in the same float type. */
function checkAlike(networks: readonly InferenceNetwork[]): void {
  const [first, ...others] = networks.map(({ config, embedder, classifier }) => {
    const { inChannels, length, contextFeatures } = config;
    const { classes = 0, inFeatures = config.embedding } = classifier?.config ?? {};
    if (inFeatures !== config.embedding)
      throw new CheckpointError(
        `decodeModel: expected a classifier of ${config.embedding} numbers, as an embedding has, got ${inFeatures}`,
      );
    return `inputs ${inChannels} x ${length} + ${contextFeatures}, ${classes} classes, ${embedder.dtype}`;
  });
  for (const other of others)
    if (other !== first)
      throw new CheckpointError(`decodeModel: expected all networks with ${first}, got one with ${other}`);
}
