/**
 * The same module for a shared memory: WebAssembly wants the import of a shared memory declared as shared, with a maximum.
 * Only these limits in its import section are written anew.
 */
export function sharable(bytes: Uint8Array, maximum: number): Uint8Array {
  const reader = { bytes, at: HEADER };
  while (reader.at < bytes.length) {
    const start = reader.at;
    const section = bytes[reader.at++];
    const size = number(reader);
    const end = reader.at + size;
    if (section === IMPORTS) {
      const from = reader.at;
      const limits = memoryLimits(reader);
      const minimum = limitsAt(bytes, limits);
      const shared = [SHARED, ...leb(minimum.value), ...leb(maximum)];
      const body = [...bytes.subarray(from, limits), ...shared, ...bytes.subarray(minimum.end, end)];
      return Uint8Array.from([
        ...bytes.subarray(0, start),
        IMPORTS,
        ...leb(body.length),
        ...body,
        ...bytes.subarray(end),
      ]);
    }
    reader.at = end;
  }
  throw new Error('expected a module that imports its memory, got one without imports');
}

const HEADER = 8; // bytes: the magic number and the version
const IMPORTS = 2; // the section's number
const MEMORY = 2; // the kind of an import
const SHARED = 3; // limits: with a maximum, shared

interface Reader {
  bytes: Uint8Array;
  at: number;
}

/** Where the limits of the first import are, which is the memory. */
function memoryLimits(reader: Reader): number {
  number(reader); // of imports
  for (let name = 0; name < 2; name++) {
    const length = number(reader);
    reader.at += length;
  }
  const kind = reader.bytes[reader.at++];
  if (kind !== MEMORY) throw new Error(`expected a memory as the first import, got kind ${kind}`);
  return reader.at;
}

/** The least number of pages, and where limits end. */
function limitsAt(bytes: Uint8Array, at: number): { value: number; end: number } {
  const reader = { bytes, at: at + 1 };
  const value = number(reader);
  if (bytes[at] & 1) number(reader); // a maximum
  return { value, end: reader.at };
}

/** An unsigned number in LEB128. */
function number(reader: Reader): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return value;
  }
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}
