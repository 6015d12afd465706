import { readFileSync } from 'node:fs';
import { checkKind } from '../core/check.ts';
import { CheckpointError } from '../core/errors.ts';
import {
  checkModel,
  checkModelFile,
  decodeModel,
  encodeModel,
  type ModelFileOptions,
  type ModelParts,
  type SavedModel,
} from '../formats/model.ts';
import { writeFileAtomic } from './atomic.ts';

/** Writes a model as one safetensors file; see `encodeModel`. */
export function saveModel(path: string, model: ModelParts, options: ModelFileOptions = {}): void {
  checkKind('saveModel', 'path', path, 'text');
  checkModel('saveModel', model);
  checkModelFile('saveModel', options);
  writeFileAtomic(path, encodeModel(model, options));
}

/**
 * Reads a model file; see `decodeModel`.
 *
 * @throws CheckpointError with the path if the file is missing or does not contain a model
 */
export function loadModel(path: string): SavedModel {
  checkKind('loadModel', 'path', path, 'text');
  try {
    return decodeModel(readFileSync(path));
  } catch (error) {
    throw new CheckpointError(`loadModel: expected a model in ${path}, got: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
