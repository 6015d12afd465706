import { CheckpointError } from '../core/errors.ts';
import { Random } from '../core/random.ts';
import { Embedder, type EmbedderConfig } from '../models/embedder.ts';
import { MlpClassifier, type MlpClassifierConfig } from '../models/mlpClassifier.ts';
import type { Module } from '../nn/module.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const FORMAT = 'dynaecg 1';

/** What a model file holds: all that is needed to use the model. */
export interface SavedModel {
  embedder: Embedder;
  /** null where training was stopped before there was one */
  classifier: MlpClassifier | null;
  /** names of the classes in the order of the classifier's outputs, how a signal becomes an input; any JSON */
  about: Record<string, unknown>;
}

/**
 * A model as one safetensors file: the tensors under PyTorch's names behind `embedder.` and `classifier.`, and the
 * configurations as JSON in its metadata.
 */
export function encodeModel({ embedder, classifier, about }: SavedModel): Uint8Array {
  const prefixed = (prefix: string, module: Module) => Object.fromEntries(module.namedTensors(`${prefix}.`));
  return encodeSafetensors(
    { ...prefixed('embedder', embedder), ...(classifier ? prefixed('classifier', classifier) : {}) },
    {
      format: FORMAT,
      embedder: JSON.stringify(embedder.config),
      ...(classifier ? { classifier: JSON.stringify(classifier.config) } : {}),
      about: JSON.stringify(about),
    },
  );
}

/**
 * Reads a model file back, ready for inference.
 *
 * @throws CheckpointError where the file is broken, of another format, or its tensors do not fit its configuration
 */
export function decodeModel(bytes: Uint8Array): SavedModel {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata['format'] !== FORMAT)
    throw new CheckpointError(`decodeModel: expected format '${FORMAT}', got ${JSON.stringify(metadata['format'])}`);
  const read = (key: string): unknown => {
    try {
      return JSON.parse(metadata[key] ?? 'missing');
    } catch {
      throw new CheckpointError(`decodeModel: expected JSON under ${key}, got ${JSON.stringify(metadata[key])}`);
    }
  };
  const restore = <M extends Module>(prefix: string, make: (config: unknown) => M): M => {
    const config = read(prefix);
    let module: M;
    try {
      module = make(config);
    } catch (error) {
      const { message } = error as Error;
      throw new CheckpointError(`decodeModel: expected a configuration under ${prefix}, got: ${message}`, {
        cause: error,
      });
    }
    const own = Object.entries(tensors).filter(([name]) => name.startsWith(`${prefix}.`));
    module.loadStateDict(Object.fromEntries(own.map(([name, t]) => [name.slice(prefix.length + 1), t])));
    return module.eval();
  };
  const random = new Random(0); // the weights it draws are overwritten
  const embedder = restore('embedder', (config) => new Embedder({ ...(config as EmbedderConfig), random }));
  const classifier =
    'classifier' in metadata
      ? restore('classifier', (config) => new MlpClassifier({ ...(config as MlpClassifierConfig), random }))
      : null;
  return { embedder, classifier, about: read('about') as Record<string, unknown> };
}
