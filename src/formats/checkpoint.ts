import { asBytes } from '../core/asArrays.ts';
import { checkFields, formatValue } from '../core/check.ts';
import { CheckpointError } from '../core/errors.ts';
import { prefixed, type TrainingState, unprefixed } from '../train/trainingState.ts';
import { parseJson } from './json.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const FORMAT = 'dynaecg checkpoint 1';

/** What a training is resumed with must be equal to. */
export interface TrainingIdentity {
  /** whatever determines the training besides its data; any JSON */
  configuration: Record<string, unknown>;
  /** of the data, as of `dataChecksum`, or any other text that identifies them */
  data: string;
}

/** Everything that a training needs to be resumed to the same bits. */
export interface Checkpoint extends TrainingIdentity {
  /** of a trainer, between two iterations */
  state: TrainingState;
  /** anything else to keep: numbers that JSON can hold, and tensors */
  extra?: TrainingState;
}

/** A checkpoint as one safetensors file. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const op = 'encodeCheckpoint';
  checkFields(op, 'checkpoint', checkpoint, { state: 'object', configuration: 'object', data: 'text' });
  const { state, extra = { numbers: {}, tensors: {} }, configuration, data } = checkpoint;
  for (const [name, part] of Object.entries({ state, extra }))
    checkFields(op, `checkpoint.${name}`, part, { numbers: 'object', tensors: 'object' });
  return encodeSafetensors(
    { ...prefixed('state', state.tensors), ...prefixed('extra', extra.tensors) },
    {
      format: FORMAT,
      data,
      configuration: JSON.stringify(configuration),
      state: JSON.stringify(state.numbers),
      extra: JSON.stringify(extra.numbers),
    },
  );
}

/**
 * Reads a checkpoint back.
 *
 * @throws CheckpointError if the file is broken or in another format
 */
export function decodeCheckpoint(file: Uint8Array | ArrayBuffer): Required<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(asBytes('decodeCheckpoint', 'file', file));
  if (metadata['format'] !== FORMAT)
    throw new CheckpointError(`decodeCheckpoint: expected format '${FORMAT}', got ${formatValue(metadata['format'])}`);
  const part = (name: string): TrainingState => ({
    numbers: readObject(metadata, name),
    tensors: unprefixed(name, tensors),
  });
  if (metadata['data'] === undefined) throw new CheckpointError('decodeCheckpoint: expected data, got none');
  return {
    state: part('state'),
    extra: part('extra'),
    configuration: readObject(metadata, 'configuration'),
    data: metadata['data'],
  };
}

function readObject(metadata: Record<string, string>, key: string): Record<string, unknown> {
  const read = parseJson(`decodeCheckpoint: expected a JSON object under ${key}`, metadata[key]);
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new CheckpointError(`decodeCheckpoint: expected a JSON object under ${key}, got ${formatValue(read)}`);
  return read as Record<string, unknown>;
}

/**
 * Throws unless a checkpoint is of this configuration and these data.
 *
 * @throws CheckpointError with the first setting that differs
 */
export function checkIdentity(op: string, saved: TrainingIdentity, own: TrainingIdentity): void {
  checkFields(op, 'identity', own, { configuration: 'object', data: 'text' });
  const difference = firstDifference('configuration', saved.configuration, plain(own.configuration));
  if (difference) {
    const [path, was, is] = difference;
    throw new CheckpointError(
      `${op}: expected ${path} ${show(was)}, which the checkpoint was made with, got ${show(is)}`,
    );
  }
  if (saved.data !== own.data)
    throw new CheckpointError(
      `${op}: expected the data that the checkpoint was made with, ${show(saved.data)}, got ${show(own.data)}`,
    );
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const show = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));

function firstDifference(path: string, was: unknown, is: unknown): [path: string, was: unknown, is: unknown] | null {
  if (typeof was !== 'object' || typeof is !== 'object' || was === null || is === null)
    return was === is ? null : [path, was, is];
  const [a, b] = [was, is] as Record<string, unknown>[];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(`${path}.${key}`, a[key], b[key]);
    if (found) return found;
  }
  return null;
}
