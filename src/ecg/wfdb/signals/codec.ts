import type { Range } from '../ranges.ts';

/** Whole numbers as an ADC gives them, in 16 bits where the format has no more. */
export type DigitalSamples = Int16Array | Int32Array;

/** How a storage format lays out samples in bytes. */
export interface Codec {
  /** The least and the largest sample. */
  range: Range;
  /** The value that marks a sample as invalid; NaN if there is none. */
  invalid: number;
  /** Whether samples take more than 16 bits. */
  wide: boolean;
  /** Whether what is stored are first differences of a signal. */
  differences?: boolean;
  /** Bytes that hold `samples`. */
  bytesFor: (samples: number) => number;
  /** Bytes that are written for `samples`, where the WFDB library reads more of them than it needs. */
  writtenFor?: (samples: number) => number;
  /** Samples that `bytes` hold completely. */
  samplesIn: (bytes: number) => number;
  /** Fills `out` from the first bytes. */
  decode: (bytes: Uint8Array, out: DigitalSamples) => void;
  /** Fills `out`, which is all 0, with the bytes of samples in range. */
  encode: (samples: DigitalSamples, out: Uint8Array) => void;
}

/** Two's complement of so many bits. */
export const signed = (bits: number): Pick<Codec, 'range' | 'invalid' | 'wide'> => {
  const low = -(2 ** (bits - 1));
  return { range: [low, -low - 1], invalid: low, wide: bits > 16 };
};
