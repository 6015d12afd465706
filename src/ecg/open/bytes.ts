import { latin1 } from '../../formats/latin1.ts';

/** A view of bytes, wherever they are in their buffer. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The text of a field of fixed length, without the NULs and spaces that fill it. */
export function field(bytes: Uint8Array, at: number, length: number): string {
  const text = latin1(bytes.subarray(at, at + length));
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).trim();
}
