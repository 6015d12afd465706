import type { Tensor } from '../autograd/tensor.ts';
import { asBytes } from '../core/asArrays.ts';
import { checkFields, checkKind } from '../core/check.ts';
import { ArgumentError, CheckpointError } from '../core/errors.ts';
import { Random } from '../core/random.ts';
import { formatShape } from '../core/shape.ts';
import type { DType } from '../kernels/types.ts';
import { Embedder, type EmbedderConfig, embedderWeights } from '../models/embedder.ts';
import { type EmbedderAndClassifier, EmbeddingClassifier } from '../models/embeddingClassifier.ts';
import { MlpClassifier, type MlpClassifierConfig } from '../models/mlpClassifier.ts';
import { NoveltyDetector, type NoveltyDetectorParts } from '../models/noveltyDetector.ts';
import type { Module } from '../nn/module.ts';
import { firstUnsound } from '../nn/soundness.ts';
import { parseJson } from './json.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const FORMAT = 'dynaecg 2';
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
}

/** A model read from a file: ready to embed and to classify. */
export class SavedModel extends EmbeddingClassifier<Embedder, MlpClassifier> implements ModelParts {
  readonly novelty: NoveltyDetector | null;
  readonly about: Record<string, unknown>;

  constructor(parts: ModelParts) {
    checkModel('SavedModel', parts);
    const { networks, novelty = null, about, classes } = parts;
    super(networks, { classes });
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
  if (model.novelty === undefined || model.novelty === null) return;
  checkKind(op, 'model.novelty', model.novelty, 'noveltyDetector');
  checkFields(op, 'model.novelty', model.novelty, { centroids: 'object', spread: 'object', limit: 'number' });
}

/**
 * A model as one safetensors file: the tensors under PyTorch's names with the prefixes `networks.0.embedder.` and
 * `networks.0.classifier.`, as in a ModuleList, and the configurations as JSON in its metadata.
 *
 * @example
 *     declare const [embedder, classifier]: [Embedder, MlpClassifier];
 *     const bytes = encodeModel({ networks: [{ embedder, classifier }], classes: ['N', 'S', 'V'], about: {} });
 */
export function encodeModel(model: ModelParts): Uint8Array {
  checkModel('encodeModel', model);
  const { networks, novelty, about, classes } = model;
  const tensors = networks.flatMap(({ embedder, classifier }, i) => [
    ...embedder.namedTensors(`networks.${i}.embedder.`),
    ...(classifier?.namedTensors(`networks.${i}.classifier.`) ?? []),
  ]);
  const configs = networks.map(({ embedder, classifier }) => ({
    embedder: embedder.config,
    classifier: classifier?.config ?? null,
  }));
  return encodeSafetensors(
    { ...Object.fromEntries(tensors), ...(novelty ? { centroids: novelty.centroids } : {}) },
    {
      format: FORMAT,
      networks: JSON.stringify(configs),
      ...(novelty ? { clusters: JSON.stringify(clustersOf(novelty)) } : {}),
      ...(classes ? { classes: JSON.stringify(classes) } : {}),
      about: JSON.stringify(about),
    },
  );
}

/**
 * Reads a model file back, ready for inference, in the float type that it was saved in.
 *
 * @throws CheckpointError if the file is broken, in another format, or its tensors do not match its configuration
 * @example
 *     declare const [bytes, x]: [Uint8Array, Tensor];
 *     const { labels, probabilities } = decodeModel(bytes).classify(x);
 */
export function decodeModel(file: Uint8Array | ArrayBuffer): SavedModel {
  const { tensors, metadata } = decodeSafetensors(asBytes('decodeModel', 'file', file));
  const { format } = metadata;
  if (format !== FORMAT)
    throw new CheckpointError(
      `decodeModel: expected format '${FORMAT}', got ${JSON.stringify(format)}${isOther(format) ? ': of another version' : ''}`,
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
  const novelty = 'clusters' in metadata ? readNovelty(metadata, tensors, networks) : null;
  const about = readJson(metadata, 'about');
  if (!isObject(about))
    throw new CheckpointError(`decodeModel: expected a JSON object under about, got ${metadata['about']}`);
  return new SavedModel({ networks, novelty, about, classes: readClasses(metadata) });
}

const classifierWeights = ({ inFeatures, hidden, classes }: MlpClassifierConfig): number =>
  hidden * (inFeatures + classes);

/**
 * A module with saved weights, in the float type that they were saved in.
 *
 * @param weights that its configuration asks for: no more are drawn than were saved
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
    module = make(new Random(0)); // the weights that it draws are overwritten
  } catch (error) {
    const { message } = error as Error;
    throw new CheckpointError(`decodeModel: expected a configuration under ${what}, got: ${message}`, { cause: error });
  }
  module
    .to(dtypeOf(what, module, saved))
    .loadStateDict(saved)
    .eval();
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

function isOther(format: string | undefined): boolean {
  return format?.startsWith('dynaecg ') ?? false;
}

function readJson(metadata: Record<string, string>, key: string): unknown {
  return parseJson(`decodeModel: expected JSON under ${key}`, metadata[key]);
}

function readNetworks(
  metadata: Record<string, string>,
): { embedder: Partial<EmbedderConfig>; classifier?: MlpClassifierConfig | null }[] {
  const list = readJson(metadata, 'networks');
  const network = (entry: unknown): boolean =>
    isObject(entry) && isObject(entry['embedder']) && isObject(entry['classifier'] ?? {});
  if (!Array.isArray(list) || list.length === 0 || !list.every(network))
    throw new CheckpointError(
      `decodeModel: expected the configuration of at least one network, got ${metadata['networks']}`,
    );
  return list;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readClasses(metadata: Record<string, string>): string[] | undefined {
  if (!('classes' in metadata)) return undefined;
  const classes = readJson(metadata, 'classes');
  if (
    !Array.isArray(classes) ||
    classes.length === 0 ||
    !classes.every((c, k) => typeof c === 'string' && classes.indexOf(c) === k)
  )
    throw new CheckpointError(`decodeModel: expected distinct class names, got ${metadata['classes']}`);
  return classes;
}

/** What is saved of a NoveltyDetector besides its centroids. */
function clustersOf({ spread, limit, pooling }: NoveltyDetector): Omit<NoveltyDetectorParts, 'centroids'> {
  return { spread, limit, ...(pooling === POOLING ? {} : { pooling }) };
}

function readNovelty(
  metadata: Record<string, string>,
  { centroids }: Record<string, Tensor>,
  networks: readonly EmbedderAndClassifier<Embedder, MlpClassifier>[],
): NoveltyDetector {
  const saved = (readJson(metadata, 'clusters') ?? {}) as Partial<ReturnType<typeof clustersOf>>;
  const { limit, spread, pooling = POOLING } = saved;
  const positive = [limit, spread?.embedding, spread?.waveform].every((v) => Number.isFinite(v) && v! >= 0);
  if (!positive)
    throw new CheckpointError(
      `decodeModel: expected a limit and spreads >= 0 of clusters, got ${metadata['clusters']}`,
    );
  if (!(Number.isInteger(pooling) && pooling >= 1))
    throw new CheckpointError(
      `decodeModel: expected pooling of clusters to be a whole number >= 1, got ${metadata['clusters']}`,
    );
  const embedding = networks.reduce((sum, { embedder }) => sum + embedder.config.embedding, 0);
  const D = embedding + Math.floor(networks[0].embedder.config.length / pooling);
  if (centroids?.shape.length !== 2 || centroids.shape[0] === 0 || centroids.shape[1] !== D)
    throw new CheckpointError(
      `decodeModel: expected centroids (K,${D}), got ${centroids ? formatShape(centroids.shape) : 'none'}`,
    );
  return new NoveltyDetector({ centroids, spread: spread!, limit: limit!, pooling });
}

/** The entries whose names begin with a prefix, with the prefix removed. */
function under<T>(prefix: string, entries: Record<string, T>): Record<string, T> {
  const own = Object.entries(entries).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}
