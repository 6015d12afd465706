import { CheckpointError } from '../core/errors.ts';
import type { Vec } from '../kernels/types.ts';
import { readHeader } from './safetensorsHeader.ts';

/** A tensor of a file, with the values of its elements. */
export interface NamedArray {
  name: string;
  data: Vec;
  shape: number[];
}

/** What is in a safetensors file; see `decodeSafetensors`, which makes tensors of it. */
export function readSafetensors(bytes: Uint8Array): { arrays: NamedArray[]; metadata: Record<string, string> } {
  const { announced, metadata, start } = readHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const arrays = announced.map(({ name, dtype, type, shape, size, from }): NamedArray => {
    const data = type.wide ? new Float64Array(size) : new Float32Array(size);
    for (let i = 0; i < size; i++) {
      data[i] = type.read(view, start + from + i * type.bytes);
      if (type.bytes === 8 && dtype !== 'F64' && Number.isNaN(data[i]))
        throw new CheckpointError(
          `decodeSafetensors: expected ${name} to hold whole numbers up to 2^53, got a larger one at ${i}`,
        );
    }
    return { name, data, shape };
  });
  return { arrays, metadata };
}
