/** What a model file says besides its tensors; shared by `decodeModel` and the smaller one of `dynaecg/inference`. */
import { asBytes } from '../core/asArrays.ts';
import { CheckpointError } from '../core/errors.ts';
import type { EmbedderConfig } from '../models/embedderConfig.ts';
import type { MlpClassifierConfig } from '../models/mlpClassifier.ts';
import { checkTemperature } from '../models/temperature.ts';
import { parseJson } from './json.ts';
import { dequantized } from './quantized.ts';
import { type NamedArray, readSafetensors } from './readSafetensors.ts';

/** Under `format` in the metadata. */
export const FORMAT = 'dynaecg 2';
/** The same with weights in int8, which earlier versions cannot read. */
export const INT8_FORMAT = 'dynaecg 3';

/** The arrays of a model file by name, with weights as floats, and what it says besides. */
export function readModel(file: Uint8Array | ArrayBuffer): {
  arrays: Record<string, NamedArray>;
  metadata: Record<string, string>;
} {
  const { arrays, metadata } = readSafetensors(asBytes('decodeModel', 'file', file));
  checkFormat(metadata);
  const floats = metadata['format'] === INT8_FORMAT ? dequantized('decodeModel', arrays) : arrays;
  return { arrays: Object.fromEntries(floats.map((array): [string, NamedArray] => [array.name, array])), metadata };
}

/** Throws unless the file is a model in a format that is read. */
function checkFormat({ format }: Record<string, string>): void {
  if (format === FORMAT || format === INT8_FORMAT) return;
  const other = format?.startsWith('dynaecg ') ? ': of another version' : '';
  throw new CheckpointError(
    `decodeModel: expected format '${FORMAT}' or '${INT8_FORMAT}', got ${JSON.stringify(format)}${other}`,
  );
}

/** What describes the model. */
export function readAbout(metadata: Record<string, string>): Record<string, unknown> {
  const about = readJson(metadata, 'about');
  if (!isObject(about))
    throw new CheckpointError(`decodeModel: expected a JSON object under about, got ${metadata['about']}`);
  return about;
}

/** The JSON under a key. */
export function readJson(metadata: Record<string, string>, key: string): unknown {
  return parseJson(`decodeModel: expected JSON under ${key}`, metadata[key]);
}

/** The configuration of each network. */
export function readNetworks(
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

/** Whether this is an object, and neither null nor an array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The names of the classes, if the file has them. */
export function readClasses(metadata: Record<string, string>): string[] | undefined {
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

/** The temperature of the logits; 1 in a file that names none. */
export function readTemperature(metadata: Record<string, string>): number {
  if (!('temperature' in metadata)) return 1;
  const temperature = readJson(metadata, 'temperature');
  try {
    checkTemperature('decodeModel', temperature);
  } catch (error) {
    throw new CheckpointError((error as Error).message, { cause: error });
  }
  return temperature as number;
}

/** The entries whose names begin with a prefix, with the prefix removed. */
export function under<T>(prefix: string, entries: Record<string, T>): Record<string, T> {
  const own = Object.entries(entries).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}
