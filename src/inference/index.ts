/** `dynaecg/inference/js`: reads a model file, embeds and classifies, in plain JavaScript. */
export type { Backend, BackendName, BackendOptions } from '../backend/choice.ts';
export { ArgumentError, BackendError, CheckpointError, DataError, DynaecgError, ShapeError } from '../core/errors.ts';
export { backend, setBackend } from './kernels.ts';
export { decodeModel, type InferenceModel, type InferenceOptions, type InferenceResult } from './model.ts';
export type { Matrix, Rows } from './rows.ts';
