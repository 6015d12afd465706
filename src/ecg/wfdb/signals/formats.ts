import { hasOwn } from '../../../core/builtins.ts';
import { formatValue } from '../../../core/check.ts';
import { DataError } from '../../../core/errors.ts';
import type { Codec } from './codec.ts';
import { FORMAT_212, FORMAT_310, FORMAT_311 } from './packedBits.ts';
import { FORMAT_8, FORMAT_16, FORMAT_24, FORMAT_32, FORMAT_61, FORMAT_80, FORMAT_160 } from './wholeBytes.ts';

const CODECS: ReadonlyMap<number, Codec> = /* @__PURE__ */ new Map([
  [8, FORMAT_8],
  [16, FORMAT_16],
  [24, FORMAT_24],
  [32, FORMAT_32],
  [61, FORMAT_61],
  [80, FORMAT_80],
  [160, FORMAT_160],
  [212, FORMAT_212],
  [310, FORMAT_310],
  [311, FORMAT_311],
]);

/**
 * Storage formats that are read and written, by their numbers in WFDB: 8 stores differences of 8 bits; 80 stores 8, 310
 * and 311 10, 212 12, 16, 61 and 160 16, 24 and 32 as many bits as they say.
 */
export const SIGNAL_FORMATS = [8, 16, 24, 32, 61, 80, 160, 212, 310, 311] as const;

/** Formats that are read with a decoder of FLAC, by the format of as many bits that is not compressed. */
export const FLAC_FORMATS: Readonly<Record<number, number>> = { 508: 80, 516: 16, 524: 24 };

/** The format of signals that were never recorded, which has no file. */
export const NULL_FORMAT = 0;

/** Whether WFDB has a format of this number. */
export const isFormat = (format: number): boolean =>
  format === NULL_FORMAT || CODECS.has(format) || hasOwn(FLAC_FORMATS, format);

/** How `format` stores samples; throws a DataError for an unsupported format. */
export function codecOf(op: string, format: number): Codec {
  const codec = CODECS.get(format);
  if (codec === undefined)
    throw new DataError(
      `${op}: expected one of the supported formats ${SIGNAL_FORMATS.join(', ')}, got ${formatValue(format)}`,
    );
  return codec;
}
