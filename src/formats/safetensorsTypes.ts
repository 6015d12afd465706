/** How the elements of a safetensors type are read. */
export interface ElementType {
  /** bytes per element */
  bytes: number;
  /** whether float64 is needed to hold it */
  wide: boolean;
  read: (view: DataView, at: number) => number;
}

const type = (bytes: number, wide: boolean, read: ElementType['read']): ElementType => ({ bytes, wide, read });

/**
 * The types that are read. Whole numbers of more than 24 bits become float64, which holds them exactly up to 2^53; beyond, 64-bit
 * ones are read as NaN, for the caller to refuse.
 *
 * @see https://huggingface.co/docs/safetensors, "Format"
 */
export const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  F64: type(8, true, (view, at) => view.getFloat64(at, true)),
  F32: type(4, false, (view, at) => view.getFloat32(at, true)),
  F16: type(2, false, (view, at) => half(view.getUint16(at, true))),
  BF16: type(2, false, (view, at) => brain(view.getUint16(at, true))),
  I64: type(8, true, (view, at) => exact(view.getBigInt64(at, true))),
  U64: type(8, true, (view, at) => exact(view.getBigUint64(at, true))),
  I32: type(4, true, (view, at) => view.getInt32(at, true)),
  U32: type(4, true, (view, at) => view.getUint32(at, true)),
  I16: type(2, false, (view, at) => view.getInt16(at, true)),
  U16: type(2, false, (view, at) => view.getUint16(at, true)),
  I8: type(1, false, (view, at) => view.getInt8(at)),
  U8: type(1, false, (view, at) => view.getUint8(at)),
  BOOL: type(1, false, (view, at) => view.getUint8(at)),
};

function exact(value: bigint): number {
  const number = Number(value);
  return Math.abs(number) <= 2 ** 53 && BigInt(number) === value ? number : Number.NaN;
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function brain(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}
