import { argument } from '../autograd/argument.ts';
import { Tensor } from '../autograd/tensor.ts';
import { checkFields, checkKind, checkOneOf } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, CheckpointError } from '../core/errors.ts';
import { Random } from '../core/random.ts';
import { formatShape } from '../core/shape.ts';
import { warnOnConsole } from '../core/warn.ts';
import type { DType } from '../kernels/types.ts';
import { Embedder } from '../models/embedder.ts';
import { embedderWeights } from '../models/embedderConfig.ts';
import { type EmbedderAndClassifier, EmbeddingClassifier } from '../models/embeddingClassifier.ts';
import { MlpClassifier, type MlpClassifierConfig } from '../models/mlpClassifier.ts';
import { NoveltyDetector, type NoveltyDetectorParts } from '../models/noveltyDetector.ts';
import { checkTemperature } from '../models/temperature.ts';
import { withoutDrawing } from '../nn/init.ts';
import type { Module } from '../nn/module.ts';
import { firstUnsound } from '../nn/soundness.ts';
import {
  FORMAT,
  INT8_FORMAT,
  isObject,
  readAbout,
  readClasses,
  readJson,
  readModel,
  readNetworks,
  readTemperature,
  under,
} from './modelHeader.ts';
import { quantized } from './quantized.ts';
import { type Entry, encodeEntries } from './safetensors.ts';

const POOLING = 4; // of a NoveltyDetector whose file names none

/** The contents of a model file as plain data; a `SavedModel` is one. */
export interface ModelParts {
  /** one, or the members of an ensemble */
  networks: readonly EmbedderAndClassifier<Embedder, MlpClassifier>[];
  /** recognises samples unlike the training samples */
  novelty?: NoveltyDetector | null;
  /** anything else, such as how a signal becomes an input; any JSON */
  about: Record<string, unknown>;
  /** names of the classes in the order of the classifiers' outputs */
  classes?: readonly string[];
  /** T, by which the mean logits are divided; see `fitTemperature`
   * @defaultValue 1 */
  temperature?: number;
}

/** A model read from a file: ready to embed and to classify. */
export class SavedModel extends EmbeddingClassifier<Embedder, MlpClassifier> implements ModelParts {
  readonly novelty: NoveltyDetector | null;
  readonly about: Record<string, unknown>;

  constructor(parts: ModelParts) {
    checkModel('SavedModel', parts);
    const { networks, novelty = null, about, classes, temperature } = parts;
    super(networks, { classes, temperature });
    this.novelty = novelty;
    this.about = about;
  }
}

/** Throws unless this can go into a model file: at least one network, and an object that describes them. */
export function checkModel(op: string, model: ModelParts): void {
  checkNetworks(op, model);
  checkKind(op, 'model.about', model.about, 'object');
}

/** Throws unless this is a model with at least one network. */
export function checkNetworks(op: string, model: ModelParts): void {
  checkFields(op, 'model', model, { networks: 'array' });
  if (model.networks.length === 0) throw new ArgumentError(`${op}: expected at least one network, got none`);
  for (const [i, network] of model.networks.entries()) {
    checkFields(op, `model.networks[${i}]`, network, { embedder: 'layer' });
    checkKind(op, `model.networks[${i}].embedder.config`, network.embedder.config, 'object');
    if (network.classifier !== null) checkKind(op, `model.networks[${i}].classifier`, network.classifier, 'layer');
  }
  if (model.classes !== undefined) checkKind(op, 'model.classes', model.classes, 'array');
  if (model.temperature !== undefined) checkTemperature(op, model.temperature);
  if (model.novelty === undefined || model.novelty === null) return;
  checkKind(op, 'model.novelty', model.novelty, 'noveltyDetector');
  checkFields(op, 'model.novelty', model.novelty, { centroids: 'object', spread: 'number', limit: 'number' });
}

/** How a model file is written. */
export interface ModelFileOptions {
  /**
   * `float`: as they are, or `int8`: whole numbers with a scale for each output channel, a quarter of the size, which are
   * float again when the file is read
   *
   * @defaultValue `'float'`
   */
  weights?: 'float' | 'int8';
}

/** Throws unless these are options of a model file. */
export function checkModelFile(op: string, options: ModelFileOptions): void {
  checkOptions(op, options, [], ['weights']);
  if (options.weights !== undefined) checkOneOf(op, 'weights', options.weights, ['float', 'int8']);
}

/**
 * A model as one safetensors file: the tensors under PyTorch's names with the prefixes `networks.0.embedder.` and
 * `networks.0.classifier.`, as in a ModuleList, and the configurations as JSON in its metadata.
 *
 * @throws ArgumentError for parts that are missing, and for `int8` if a weight is not finite
 * @example
 *     declare const [embedder, classifier]: [Embedder, MlpClassifier];
 *     const bytes = encodeModel({ networks: [{ embedder, classifier }], classes: ['N', 'S', 'V'], about: {} });
 */
export function encodeModel(model: ModelParts, options: ModelFileOptions = {}): Uint8Array {
  checkModel('encodeModel', model);
  checkModelFile('encodeModel', options);
  const int8 = options.weights === 'int8';
  const { networks, novelty, about, classes, temperature = 1 } = model;
  const tensors = networks.flatMap(({ embedder, classifier }, i) => [
    ...embedder.namedTensors(`networks.${i}.embedder.`),
    ...(classifier?.namedTensors(`networks.${i}.classifier.`) ?? []),
  ]);
  const configs = networks.map(({ embedder, classifier }) => ({
    embedder: embedder.config,
    classifier: classifier?.config ?? null,
  }));
  if (novelty) tensors.push(['centroids', novelty.centroids]);
  const entries = tensors.flatMap(([name, tensor]): Entry[] => {
    const { shape, data } = argument('encodeModel', name, tensor);
    const entry = { name, shape, data };
    return int8 ? quantized('encodeModel', entry) : [entry];
  });
  return encodeEntries(entries, {
    format: int8 ? INT8_FORMAT : FORMAT,
    networks: JSON.stringify(configs),
    ...(novelty ? { clusters: JSON.stringify(clustersOf(novelty)) } : {}),
    ...(classes ? { classes: JSON.stringify(classes) } : {}),
    ...(temperature === 1 ? {} : { temperature: JSON.stringify(temperature) }),
    about: JSON.stringify(about),
  });
}

/**
 * Reads a model file back, ready for inference, in the float type that it was saved in (weights in int8: of their scales).
 *
 * @throws CheckpointError if the file is broken, in another format, its tensors do not match its configuration, or its scales them
 * @example
 *     declare const [bytes, x]: [Uint8Array, Tensor];
 *     const { labels, probabilities } = decodeModel(bytes).classify(x);
 */
export function decodeModel(file: Uint8Array | ArrayBuffer): SavedModel {
  const { arrays, metadata } = readModel(file);
  const tensors = Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]): [string, Tensor] => [name, new Tensor(data, shape)]),
  );
  const networks = readNetworks(metadata).map(({ embedder, classifier = null }, i) => ({
    embedder: restore(
      `embedder ${i}`,
      embedderWeights(embedder),
      under(`networks.${i}.embedder.`, tensors),
      (random) => {
        return new Embedder({ ...embedder, random });
      },
    ),
    classifier:
      classifier &&
      restore(
        `classifier ${i}`,
        classifierWeights(classifier),
        under(`networks.${i}.classifier.`, tensors),
        (random) => {
          return new MlpClassifier({ ...classifier, random });
        },
      ),
  }));
  const novelty = 'clusters' in metadata ? readNovelty(metadata, tensors, networks[0].embedder) : null;
  const [classes, temperature] = [readClasses(metadata), readTemperature(metadata)];
  return new SavedModel({ networks, novelty, about: readAbout(metadata), classes, temperature });
}

const classifierWeights = ({ inFeatures, hidden, classes }: MlpClassifierConfig): number =>
  hidden * (inFeatures + classes);

/**
 * A module with saved weights, in the float type that they were saved in.
 *
 * @param weights that its configuration asks for: no more are made than were saved
 */
function restore<M extends Module>(
  what: string,
  weights: number,
  saved: Record<string, Tensor>,
  make: (random: Random) => M,
): M {
  const held = Object.values(saved).reduce((sum, { size }) => sum + size, 0);
  if (weights > held)
    throw new CheckpointError(`decodeModel: expected the ${weights} weights of ${what}'s configuration, got ${held}`);
  let module: M;
  try {
    module = withoutDrawing(() => make(new Random(0)));
  } catch (error) {
    const { message } = error as Error;
    throw new CheckpointError(`decodeModel: expected a configuration under ${what}, got: ${message}`, { cause: error });
  }
  const dtype = dtypeOf(what, module, saved);
  if (dtype !== 'float32') module.to(dtype); // a copy
  module.loadStateDict(saved).eval();
  const fault = firstUnsound(module.namedTensors());
  if (fault !== null)
    throw new CheckpointError(`decodeModel: expected finite weights and variances >= 0 under ${what}, got ${fault}`);
  return module;
}

/** The dtype that a module's weights were saved in; `encodeModel` never mixes two. */
function dtypeOf(what: string, module: Module, saved: Record<string, Tensor>): DType {
  const dtypes = new Set(module.namedParameters().flatMap(([name]) => saved[name]?.dtype ?? []));
  if (dtypes.size > 1)
    throw new CheckpointError(
      `decodeModel: expected weights of one dtype under ${what}, got ${[...dtypes].join(', ')}`,
    );
  return [...dtypes][0] ?? 'float32';
}

/** What is saved of a NoveltyDetector besides its centroids. */
function clustersOf({ spread, limit, pooling }: NoveltyDetector): Omit<NoveltyDetectorParts, 'centroids'> {
  return { spread, limit, ...(pooling === POOLING ? {} : { pooling }) };
}

function readNovelty(
  metadata: Record<string, string>,
  { centroids }: Record<string, Tensor>,
  { config: { length } }: Embedder,
): NoveltyDetector | null {
  const saved = (readJson(metadata, 'clusters') ?? {}) as Partial<ReturnType<typeof clustersOf>>;
  const { limit, spread, pooling = POOLING } = saved;
  if (isObject(spread) && 'embedding' in spread) {
    warnOnConsole(
      'decodeModel: the clusters in this file are of embeddings, which are no longer used: read without them',
    );
    return null;
  }
  if (![limit, spread].every((v) => Number.isFinite(v) && v! >= 0))
    throw new CheckpointError(
      `decodeModel: expected a limit and a spread >= 0 of clusters, got ${metadata['clusters']}`,
    );
  if (!(Number.isInteger(pooling) && pooling >= 1))
    throw new CheckpointError(
      `decodeModel: expected pooling of clusters to be a whole number >= 1, got ${metadata['clusters']}`,
    );
  const W = Math.floor(length / pooling);
  if (centroids?.shape.length !== 2 || centroids.shape[0] === 0 || centroids.shape[1] !== W)
    throw new CheckpointError(
      `decodeModel: expected centroids (K,${W}), got ${centroids ? formatShape(centroids.shape) : 'none'}`,
    );
  return new NoveltyDetector({ centroids, spread: spread!, limit: limit!, pooling });
}
