import { asBytes } from '../../core/asArrays.ts';
import { hasOwn } from '../../core/builtins.ts';
import { checkCount, checkKind } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import type { Codec, DigitalSamples } from './signals/codec.ts';
import { decodeFlacChannels, type FlacDecoder } from './signals/flac.ts';
import { codecOf, FLAC_FORMATS } from './signals/formats.ts';

export { SIGNAL_FORMATS } from './signals/formats.ts';

/**
 * The digital value with which WFDB marks a sample as invalid: the lowest value of the format, such as -32768, -128 or -2048;
 * NaN for format 8, which has none.
 *
 * @throws DataError for an unsupported format
 */
export function invalidSample(format: number): number {
  return leastOf('invalidSample', format);
}

/** `invalidSample` for `op`. */
export function leastOf(op: string, format: number): number {
  return codecOf(op, format).invalid;
}

/** Options of `decodeSignal`. */
export interface DecodeOptions {
  /** Number of signals whose samples are interleaved in the file. */
  signals: number;
  /** Frames: samples per signal, where signals have one sample per frame.
   * @defaultValue as many complete frames as there are bytes */
  samples?: number;
  /** Bytes before the first sample; in a FLAC file, samples of every signal before the first.
   * @defaultValue 0 */
  byteOffset?: number;
  /** Samples of each signal in a frame.
   * @defaultValue one of each signal */
  samplesPerFrame?: readonly number[];
  /** Of each signal, what the first difference of format 8 is added to.
   * @defaultValue 0 */
  initialValues?: readonly number[];
  /** Decoder of the formats 508, 516 and 524. */
  flac?: FlacDecoder;
  /** Name of the file, for errors. */
  file?: string;
}

/**
 * The samples of a signal file in ADC units, one array per signal with `samples` times its samples per frame.
 *
 * Formats 16, 24, 32: two's complement, lowest byte first; 61: 16 bits, high byte first. 80, 160: 8 and 16 bits, offset by 128 and
 * 32768. 212: two samples of 12 bits in three bytes; 310, 311: three of 10 bits in four bytes. 8: first differences of each signal
 * in 8 bits. 508, 516, 524: a FLAC file of at most 8, 16 and 24 bits. 8, 24, 32 and 524 give an Int32Array, others an Int16Array.
 *
 * @throws DataError for an unsupported format, for fewer bytes than the samples need, and for FLAC without a decoder
 * @see signal(5), WFDB Applications Guide, physionet.org.
 */
export function decodeSignal(
  format: number,
  contents: Uint8Array | ArrayBuffer,
  options: DecodeOptions,
): DigitalSamples[] {
  const op = 'decodeSignal';
  const optional = ['samples', 'byteOffset', 'samplesPerFrame', 'initialValues', 'flac', 'file'];
  checkOptions(op, options, ['signals'], optional);
  const { signals, byteOffset = 0, file = 'the signal file', flac } = options;
  const compressed = hasOwn(FLAC_FORMATS, format);
  const codec = codecOf(op, compressed ? FLAC_FORMATS[format] : format);
  const bytes = asBytes(op, 'contents', contents);
  checkCount(op, 'signals', signals, 1);
  checkCount(op, 'byteOffset', byteOffset, 0, Number.MAX_SAFE_INTEGER);
  checkKind(op, 'file', file, 'text');
  if (flac !== undefined) checkKind(op, 'flac', flac, 'function');
  if (options.samples !== undefined) checkCount(op, 'samples', options.samples, 0);
  const perFrame = listOf('samplesPerFrame', options.samplesPerFrame, signals, 1);
  const initial = listOf('initialValues', options.initialValues, signals);

  if (compressed) {
    const each = perFrame?.[0] ?? 1;
    if (perFrame?.some((n) => n !== each))
      throw new DataError(`${op}: ${file}: expected equally many samples per frame in a FLAC file, got ${perFrame}`);
    const perChannel = options.samples === undefined ? undefined : options.samples * each;
    const read = decodeFlacChannels(op, bytes, { format, signals, offset: byteOffset, perChannel, file, flac });
    return perChannel === undefined ? read.map((c) => c.subarray(0, c.length - (c.length % each))) : read;
  }

  const frame = perFrame?.reduce((sum, n) => sum + n) ?? signals;
  const held = Math.floor(codec.samplesIn(Math.max(0, bytes.length - byteOffset)) / frame);
  const { samples = held } = options;
  const needed = byteOffset + codec.bytesFor(frame * samples);
  if (bytes.length < needed)
    throw new DataError(
      `${op}: ${file}: expected ${needed} bytes for ${frame} x ${samples} samples in format ${format}, got ${bytes.length}`,
    );
  const mixed = arrayFor(codec, frame * samples);
  codec.decode(bytes.subarray(byteOffset, needed), mixed);
  const out = perFrame ? separateFrames(mixed, perFrame, samples, frame) : separate(mixed, signals, samples);
  if (codec.differences) for (const [s, signal] of out.entries()) accumulate(signal, initial?.[s] ?? 0);
  return out;
}

function arrayFor(codec: Codec, count: number): DigitalSamples {
  return codec.wide ? new Int32Array(count) : new Int16Array(count);
}

/** A list of whole numbers, one per signal. */
function listOf(name: string, list: readonly number[] | undefined, signals: number, min?: number): typeof list {
  if (list === undefined) return list;
  checkKind('decodeSignal', name, list, 'array');
  if (list.length !== signals)
    throw new ArgumentError(`decodeSignal: expected ${name} of ${signals} signals, got ${list.length}`);
  const least = min ?? -(2 ** 31);
  for (const [s, value] of list.entries()) checkCount('decodeSignal', `${name}[${s}]`, value, least);
  return list;
}

/** Signals with one sample per frame. */
function separate(mixed: DigitalSamples, signals: number, samples: number): DigitalSamples[] {
  if (signals === 1) return [mixed];
  return Array.from({ length: signals }, (_, s) => {
    const out = mixed instanceof Int16Array ? new Int16Array(samples) : new Int32Array(samples);
    for (let i = 0, at = s; i < samples; i++, at += signals) out[i] = mixed[at];
    return out;
  });
}

/** Signals with several samples per frame, which follow each other in it. */
function separateFrames(
  mixed: DigitalSamples,
  perFrame: readonly number[],
  samples: number,
  frame: number,
): DigitalSamples[] {
  let start = 0;
  return perFrame.map((each) => {
    const out = mixed instanceof Int16Array ? new Int16Array(each * samples) : new Int32Array(each * samples);
    for (let i = 0, at = start; i < out.length; at += frame) for (let k = 0; k < each; k++) out[i++] = mixed[at + k];
    start += each;
    return out;
  });
}

/** Differences to samples, in place. */
function accumulate(signal: DigitalSamples, initial: number): void {
  let value = initial;
  for (let i = 0; i < signal.length; i++) {
    value = (value + signal[i]) | 0;
    signal[i] = value;
  }
}

/**
 * Bytes of a signal file; the inverse of `decodeSignal` for one sample per frame. What is left over of a group of samples takes
 * two bytes in formats 212, 310 and 311, or four. Format 8 begins with a difference of 0, so that a signal's first sample is its
 * initial value.
 *
 * @param signals one array per signal, of equal lengths, in ADC units
 * @throws DataError for an unsupported format, unequal lengths, and a value or a difference that the format cannot hold
 */
export function encodeSignal(format: number, signals: readonly DigitalSamples[]): Uint8Array {
  const op = 'encodeSignal';
  const codec = codecOf(op, format);
  checkKind(op, 'signals', signals, 'array');
  for (const [s, signal] of signals.entries()) checkKind(op, `signals[${s}]`, signal, 'numbers');
  const samples = signals[0]?.length ?? 0;
  const [low, high] = codec.range;
  signals.forEach((signal, s) => {
    if (signal.length !== samples)
      throw new DataError(`${op}: expected ${samples} samples in signal ${s}, got ${signal.length}`);
    const wrong = firstOutside(signal, low, high);
    if (wrong >= 0)
      throw new DataError(
        `${op}: signal ${s} sample ${wrong}: expected a value from ${low} to ${high} in format ${format}, ` +
          `got ${signal[wrong]}`,
      );
  });

  const mixed = arrayFor(codec, signals.length * samples);
  signals.forEach((signal, s) => {
    for (let i = 0, at = s; i < samples; i++, at += signals.length) mixed[at] = signal[i];
  });
  if (codec.differences) difference(mixed, signals.length);
  const bytes = new Uint8Array((codec.writtenFor ?? codec.bytesFor)(mixed.length));
  codec.encode(mixed, bytes);
  return bytes;
}

/** Index of the first value that is no whole number from `low` to `high`; -1 if there is none. */
function firstOutside(signal: ArrayLike<number>, low: number, high: number): number {
  for (let i = 0; i < signal.length; i++)
    if (!(Number.isInteger(signal[i]) && signal[i] >= low && signal[i] <= high)) return i;
  return -1;
}

/** Interleaved samples to differences of each signal, in place. */
function difference(mixed: DigitalSamples, signals: number): void {
  for (let i = mixed.length - 1; i >= signals; i--) {
    const step = (mixed[i] - mixed[i - signals]) | 0;
    if (step < -128 || step > 127)
      throw new DataError(
        `encodeSignal: signal ${i % signals} sample ${Math.floor(i / signals)}: expected a difference from -128 to 127 to the sample before in format 8, got ${step}`,
      );
    mixed[i] = step;
  }
  mixed.fill(0, 0, signals);
}

/** Sum of all samples modulo 2^16, as a signed 16-bit number (header(5)). */
export function checksumOf(digital: DigitalSamples): number {
  let sum = 0;
  for (const d of digital) sum = (sum + d) | 0;
  return (sum << 16) >> 16;
}
