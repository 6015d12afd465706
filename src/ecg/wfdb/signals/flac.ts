import { checkFields, checkKind, formatValue } from '../../../core/check.ts';
import { DataError } from '../../../core/errors.ts';
import type { DigitalSamples } from './codec.ts';
import { codecOf, FLAC_FORMATS } from './formats.ts';

/** What a FLAC file holds. */
export interface FlacSamples {
  /** Samples of each channel, all as many. */
  channels: readonly ArrayLike<number>[];
  /** Of the stream, such as 16. */
  bitsPerSample: number;
}

/** Decodes a FLAC file, or as much of it as has `samples` of each channel; `decodeFlac` is one. */
export type FlacDecoder = (bytes: Uint8Array, samples?: number) => FlacSamples;

/**
 * Samples of a FLAC file, one array per channel from sample `offset`: a channel is a signal, all with equally many samples a
 * frame, and what precedes sample 0 is counted in samples, not in bytes.
 */
export function decodeFlacChannels(
  op: string,
  bytes: Uint8Array,
  options: { format: number; signals: number; offset: number; perChannel?: number; file: string; flac?: FlacDecoder },
): DigitalSamples[] {
  const { format, signals, offset, perChannel, file, flac } = options;
  if (flac === undefined)
    throw new DataError(`${op}: ${file}: expected a decoder in the option flac for format ${format}, got none`);
  let read: FlacSamples;
  try {
    read = flac(bytes, perChannel === undefined ? undefined : offset + perChannel);
  } catch (error) {
    throw new DataError(`${op}: ${file}: expected a FLAC file, got ${(error as Error)?.message}`, { cause: error });
  }
  checkFields(op, 'what flac returns', read, { channels: 'array', bitsPerSample: 'number' });
  const { channels, bitsPerSample } = read;
  const bits = format - 500;
  if (!(bitsPerSample > 0 && bitsPerSample <= bits))
    throw new DataError(
      `${op}: ${file}: expected at most ${bits} bits per sample in format ${format}, got ${formatValue(bitsPerSample)}`,
    );
  if (channels.length !== signals)
    throw new DataError(`${op}: ${file}: expected a channel for each of ${signals} signals, got ${channels.length}`);
  const { wide } = codecOf(op, FLAC_FORMATS[format]);
  return channels.map((channel, c) => {
    checkKind(op, `channels[${c}] of what flac returns`, channel, 'numbers');
    const count = perChannel ?? Math.max(0, channel.length - offset);
    if (channel.length < offset + count)
      throw new DataError(`${op}: ${file}: expected ${offset + count} samples in channel ${c}, got ${channel.length}`);
    const out = wide ? new Int32Array(count) : new Int16Array(count);
    for (let i = 0; i < count; i++) out[i] = channel[offset + i];
    return out;
  });
}
