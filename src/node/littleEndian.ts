import { endianness } from 'node:os';

const SAME = endianness() === 'LE';

/** The bytes of numbers as files have them: those in memory, or a copy where the processor orders them otherwise. */
export function bytesOf(values: Float32Array | Float64Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return SAME ? bytes : reversed(bytes.slice(), values.BYTES_PER_ELEMENT);
}

/** Makes the bytes of numbers that were read from a file those of this processor. */
export function fromFile(values: Float32Array | Float64Array): void {
  if (!SAME) reversed(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), values.BYTES_PER_ELEMENT);
}

function reversed(bytes: Uint8Array, width: number): Uint8Array {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
  return bytes;
}
