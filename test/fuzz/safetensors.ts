/** Arbitraries of safetensors files, as our writer makes them and as others may. */
import { encodeCheckpoint, encodeSafetensors, encodeTrainingState, type Tensor, tensor } from 'dynaecg';
import fc from 'fast-check';
import { type Edit, editBytes, editJson, editText } from './edits.ts';
import { TEXTS } from './hostile.ts';

const unicode = TEXTS.filter((t) => !/\p{Cs}/u.test(t));
export const key = fc.constantFrom(
  ...unicode.filter((t) => t !== '__metadata__'),
  'conv1.weight',
  'lstm.bias',
  'a',
  'b',
);
const values = fc.constantFrom<number>(0, -0, 1, -2.5, 3.4e38, 1e-45, Number.NaN, Number.POSITIVE_INFINITY);

export const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.constantFrom([], [0], [1], [3], [2, 2], [3, 0, 2], [1, 1, 1, 2]),
    fc.constantFrom('float32' as const, 'float64' as const),
    fc.array<number>(values, { minLength: 4, maxLength: 4 }),
  )
  .map(([shape, dtype, from]) => {
    const size = shape.reduce<number>((a, b) => a * b, 1);
    return tensor(
      Array.from({ length: size }, (_, i) => from[i % from.length]),
      shape,
      { dtype },
    );
  });

export const tensors = fc.dictionary(key, anyTensor, { maxKeys: 4 });
export const metadata = fc.dictionary(fc.constantFrom(...unicode, 'format'), fc.constantFrom(...unicode), {
  maxKeys: 3,
});

export const safetensors = fc.tuple(tensors, metadata).map(([t, m]) => encodeSafetensors(t, m));

const json: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.constantFrom(...TEXTS, 'iteration', 'margin'),
  fc.oneof(
    fc.constantFrom<unknown>(0, 1.5, -1e308, 1e-320, true, null, 'text', '\u001b[0m', '\ud800', [], {}, [1, 2, [3]]),
    fc.record({ loss: fc.constantFrom(0.5, null), history: fc.constant([{ epoch: 1 }]) }),
  ),
  { maxKeys: 4 },
);

const training = fc.record({ numbers: json, tensors });

export const state = training.map(encodeTrainingState);

export const checkpoint = fc
  .record({ state: training, extra: fc.option(training, { nil: undefined }), configuration: json, data: key })
  .map(encodeCheckpoint);

/** A file from the text of its header and the bytes after it. */
export function fileOf(header: string, body: Uint8Array): Uint8Array {
  const text = Buffer.from(header, 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Uint8Array.from(Buffer.concat([length, text, body]));
}

/** The text of a header, and the bytes after it. */
export function partsOf(file: Uint8Array): [header: string, body: Uint8Array] {
  const start = 8 + Number(Buffer.from(file.buffer, file.byteOffset).readBigUInt64LE(0));
  return [Buffer.from(file.subarray(8, start)).toString('utf8'), file.subarray(start)];
}

/** Bytes anywhere, the header as text or as JSON, or only what follows it; mostly with a header length that fits. */
export function editSafetensors(file: Uint8Array, list: readonly Edit[], other: Uint8Array): Uint8Array {
  const [header, body] = partsOf(file);
  const [otherHeader, otherBody] = partsOf(other);
  switch (list[0][2] % 5) {
    case 0:
      return editBytes(file, list, other);
    case 1:
      return fileOf(editText(header, list, otherHeader), body);
    case 2:
      return fileOf(header, editBytes(body, list, otherBody).slice(0, body.length));
    default:
      return fileOf(editJson(header, list), body);
  }
}

/**
 * JSON that a metadata entry holds as text, edited; the rest of the file as it was.
 *
 * @param entries the keys under which there is JSON
 */
export function editMetadata(file: Uint8Array, list: readonly Edit[], entries: readonly string[]): Uint8Array {
  const [header, body] = partsOf(file);
  const parsed = JSON.parse(header) as { __metadata__: Record<string, string> };
  const own = parsed.__metadata__;
  const there = entries.filter((entry) => Object.hasOwn(own, entry));
  const entry = there[list[0][1] % there.length];
  own[entry] = list[0][2] % 3 ? editJson(own[entry], list) : editText(own[entry], list, own[entry]);
  return fileOf(JSON.stringify(parsed), body);
}
