import { asBytes } from '../core/asArrays.ts';
import { checkFields, formatValue } from '../core/check.ts';
import { CheckpointError } from '../core/errors.ts';
import type { TrainingState } from '../train/trainingState.ts';
import { parseJson } from './json.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const FORMAT = 'dynaecg training 1';

/** The state of training as one safetensors file, with its numbers as JSON in the metadata. */
export function encodeTrainingState(state: TrainingState): Uint8Array {
  checkFields('encodeTrainingState', 'state', state, { numbers: 'object', tensors: 'object' });
  const { numbers, tensors } = state;
  return encodeSafetensors(tensors, { format: FORMAT, numbers: JSON.stringify(numbers) });
}

/**
 * Reads such a file back. Assign the result to a trainer's `state`, which checks that its configuration is the same.
 *
 * @throws CheckpointError if the file is broken or in another format, or its numbers could not be written again: nested more than 64
 * levels deep, or beyond float64
 */
export function decodeTrainingState(file: Uint8Array | ArrayBuffer): TrainingState {
  const { tensors, metadata } = decodeSafetensors(asBytes('decodeTrainingState', 'file', file));
  const { format, numbers } = metadata;
  if (format !== FORMAT)
    throw new CheckpointError(`decodeTrainingState: expected format '${FORMAT}', got ${formatValue(format)}`);
  const expected = 'decodeTrainingState: expected a JSON object under numbers';
  const read = parseJson(expected, numbers);
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new CheckpointError(`${expected}, got ${formatValue(read)}`);
  return { numbers: read as Record<string, unknown>, tensors };
}
