import { asBytes } from '../../core/asArrays.ts';
import { checkCount, checkKind, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';

/** Storage formats for reading and writing: 16 and 80 store a sample in 16 and 8 bits, 212 two samples in 3 bytes. */
export const SIGNAL_FORMATS = [16, 80, 212] as const;

const BITS: Readonly<Record<number, number>> = { 16: 16, 80: 8, 212: 12 };

/** Bits of a sample in `format`; throws a DataError for an unsupported format. */
function bitsOf(op: string, format: number): number {
  const bits = typeof format === 'number' ? BITS[format] : undefined;
  if (bits === undefined)
    throw new DataError(
      `${op}: expected one of the supported formats ${SIGNAL_FORMATS.join(', ')}, got ${formatValue(format)}`,
    );
  return bits;
}

/**
 * The digital value with which WFDB marks a sample as invalid: the lowest value of the format (-32768, -128 or -2048).
 *
 * @throws DataError for an unsupported format
 */
export function invalidSample(format: number): number {
  return leastOf('invalidSample', format);
}

/** `invalidSample` for `op`. */
export function leastOf(op: string, format: number): number {
  return -(1 << (bitsOf(op, format) - 1));
}

/** Options of `decodeSignal`. */
export interface DecodeOptions {
  /** Number of signals whose samples are interleaved in the file. */
  signals: number;
  /** Samples per signal.
   * @defaultValue as many complete frames as there are bytes */
  samples?: number;
  /** Bytes before the first sample.
   * @defaultValue 0 */
  byteOffset?: number;
  /** Name of the file, for errors. */
  file?: string;
}

/**
 * The samples of a signal file in ADC units, one array of `samples` values per signal.
 *
 * Format 16: two's complement, low byte first. Format 80: one byte, offset by 128. Format 212: of three bytes a, b, c
 * the two 12-bit samples are `a | (b & 15) << 8` and `c | (b >> 4) << 8`, two's complement.
 *
 * @throws DataError for an unsupported format, and for fewer bytes than the samples need
 * @see signal(5), WFDB Applications Guide, physionet.org.
 */
export function decodeSignal(format: number, contents: Uint8Array | ArrayBuffer, options: DecodeOptions): Int16Array[] {
  checkOptions('decodeSignal', options, ['signals'], ['samples', 'byteOffset', 'file']);
  const { signals, byteOffset = 0, file = 'the signal file' } = options;
  const bits = bitsOf('decodeSignal', format);
  const bytes = asBytes('decodeSignal', 'contents', contents);
  checkCount('decodeSignal', 'signals', signals, 1);
  checkCount('decodeSignal', 'byteOffset', byteOffset, 0, Number.MAX_SAFE_INTEGER);
  checkKind('decodeSignal', 'file', file, 'text');
  const held = Math.floor((Math.max(0, bytes.length - byteOffset) * 8) / bits / signals);
  const { samples = held } = options;
  checkCount('decodeSignal', 'samples', samples, 0);
  const needed = byteOffset + Math.ceil((signals * samples * bits) / 8);
  if (bytes.length < needed)
    throw new DataError(
      `decodeSignal: ${file}: expected ${needed} bytes for ${signals} x ${samples} samples in format ${format}, ` +
        `got ${bytes.length}`,
    );

  const mixed = unpack(format, bytes.subarray(byteOffset, needed), signals * samples);
  return Array.from({ length: signals }, (_, s) => {
    const out = new Int16Array(samples);
    for (let i = 0, at = s; i < samples; i++, at += signals) out[i] = mixed[at];
    return out;
  });
}

/** The `count` samples of all signals in file order. */
function unpack(format: number, bytes: Uint8Array, count: number): Int16Array {
  const out = new Int16Array(count);
  if (format === 80) for (let i = 0; i < count; i++) out[i] = bytes[i] - 128;
  else if (format === 16) for (let i = 0; i < count; i++) out[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
  else
    for (let i = 0, b = 0; i < count; i += 2, b += 3) {
      out[i] = ((bytes[b] | (bytes[b + 1] << 8)) << 20) >> 20;
      if (i + 1 < count) out[i + 1] = ((bytes[b + 2] | ((bytes[b + 1] & 0xf0) << 4)) << 20) >> 20;
    }
  return out;
}

/**
 * Bytes of a signal file; the inverse of `decodeSignal`. An odd number of samples in format 212 ends in two bytes.
 *
 * @param signals one array per signal, of equal lengths, in ADC units
 * @throws DataError for an unsupported format, unequal lengths, and a value that the format cannot hold
 */
export function encodeSignal(format: number, signals: readonly Int16Array[]): Uint8Array {
  const bits = bitsOf('encodeSignal', format);
  checkKind('encodeSignal', 'signals', signals, 'array');
  for (const [s, signal] of signals.entries()) checkKind('encodeSignal', `signals[${s}]`, signal, 'numbers');
  const samples = signals[0]?.length ?? 0;
  const low = -(1 << (bits - 1));
  signals.forEach((signal, s) => {
    if (signal.length !== samples)
      throw new DataError(`encodeSignal: expected ${samples} samples in signal ${s}, got ${signal.length}`);
    const wrong = signal.findIndex((v) => !(Number.isInteger(v) && v >= low && v < -low));
    if (wrong >= 0)
      throw new DataError(
        `encodeSignal: signal ${s} sample ${wrong}: expected a value from ${low} to ${-low - 1} in format ${format}, ` +
          `got ${signal[wrong]}`,
      );
  });

  const count = signals.length * samples;
  const mixed = new Int16Array(count);
  signals.forEach((signal, s) => {
    for (let i = 0, at = s; i < samples; i++, at += signals.length) mixed[at] = signal[i];
  });
  const bytes = new Uint8Array(Math.ceil((count * bits) / 8));
  if (format === 80) for (let i = 0; i < count; i++) bytes[i] = mixed[i] + 128;
  else if (format === 16)
    for (let i = 0; i < count; i++) {
      bytes[2 * i] = mixed[i];
      bytes[2 * i + 1] = mixed[i] >> 8;
    }
  else
    for (let i = 0, b = 0; i < count; i += 2, b += 3) {
      bytes[b] = mixed[i];
      bytes[b + 1] = (mixed[i] >> 8) & 0x0f;
      if (i + 1 === count) break;
      bytes[b + 1] |= (mixed[i + 1] >> 4) & 0xf0;
      bytes[b + 2] = mixed[i + 1];
    }
  return bytes;
}

/** Sum of all samples modulo 2^16, as a signed 16-bit number (header(5)). */
export function checksumOf(digital: Int16Array): number {
  let sum = 0;
  for (const d of digital) sum = (sum + d) | 0;
  return (sum << 16) >> 16;
}
