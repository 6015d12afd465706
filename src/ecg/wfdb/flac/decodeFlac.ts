import { asBytes } from '../../../core/asArrays.ts';
import { checkCount } from '../../../core/check.ts';
import { DataError } from '../../../core/errors.ts';
import type { FlacSamples } from '../signals/flac.ts';
import { BitReader } from './bitReader.ts';
import { readFrame } from './frame.ts';

const MAGIC = [0x66, 0x4c, 0x61, 0x43]; // fLaC
const STREAM_INFO = 0;
const STREAM_INFO_BYTES = 34;
const MOST_BITS = 24;
// A frame of a few bytes can claim 65,536 samples that are all the same.
const PER_BYTE = 16;
const ALWAYS = 2 ** 22;

interface Stream {
  channels: number;
  bitsPerSample: number;
  /** Samples of each channel; 0 if unknown. */
  samples: number;
  /** Where frames begin. */
  start: number;
}

/**
 * Decodes a FLAC file of up to 8 channels and 24 bits, as the WFDB formats 508, 516 and 524 are: the option `flac` of readers. All kinds
 * of subframes are read, and the checksums of frames are verified.
 *
 * @param samples of each channel that are needed, after which decoding ends; by default all of them
 * @throws DataError with the byte for what is no FLAC, or damaged, and for a file of more than 16 samples for each byte, if it has
 * more than 4,194,304
 * @see RFC 9639, Free Lossless Audio Codec.
 * @example
 *     declare const [header, signals]: [string, Uint8Array]; // fetched
 *     const record = readRecord({ header, files: { 'r.flac': signals } }, { flac: decodeFlac });
 */
export function decodeFlac(contents: Uint8Array | ArrayBuffer, samples?: number): FlacSamples {
  const bytes = asBytes('decodeFlac', 'contents', contents);
  if (samples !== undefined) checkCount('decodeFlac', 'samples', samples, 0, Number.MAX_SAFE_INTEGER);
  try {
    const stream = readStream(bytes);
    return { channels: readFrames(bytes, stream, samples), bitsPerSample: stream.bitsPerSample };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`decodeFlac: ${error.message}`);
  }
}

/** The metadata, of which the first block says what the frames hold. */
function readStream(bytes: Uint8Array): Stream {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new DataError('expected a file that begins with fLaC');
  let stream: Stream | null = null;
  for (let at = MAGIC.length; ; ) {
    const reader = new BitReader(bytes, at);
    const last = reader.unsigned(1) === 1;
    const type = reader.unsigned(7);
    const length = reader.unsigned(24);
    at = reader.at + length;
    if (type === STREAM_INFO && length >= STREAM_INFO_BYTES) {
      for (const bits of [16, 16, 24, 24, 20]) reader.unsigned(bits); // sizes of blocks and frames, and the rate
      const channels = reader.unsigned(3) + 1;
      const bitsPerSample = reader.unsigned(5) + 1;
      stream = { channels, bitsPerSample, samples: reader.unsigned(4) * 2 ** 32 + reader.unsigned(32), start: 0 };
    }
    if (!last) continue;
    if (!stream) throw new DataError('expected a STREAMINFO block, got none');
    if (stream.bitsPerSample > MOST_BITS)
      throw new DataError(`expected at most ${MOST_BITS} bits per sample, got ${stream.bitsPerSample}`);
    return { ...stream, start: at };
  }
}

function readFrames(bytes: Uint8Array, stream: Stream, samples?: number): Int32Array[] {
  const { channels, bitsPerSample, start } = stream;
  const wanted = Math.min(samples ?? Number.POSITIVE_INFINITY, stream.samples || Number.POSITIVE_INFINITY);
  const most = Math.max(ALWAYS, PER_BYTE * bytes.length);
  const frames: Int32Array[][] = [];
  let count = 0;
  for (let at = start; at < bytes.length && count < wanted; ) {
    const frame = readFrame(bytes, at, channels, bitsPerSample);
    frames.push(frame.channels);
    count += frame.channels[0].length;
    at = frame.end;
    if (count * channels > most)
      throw new DataError(`expected at most ${most} samples of ${bytes.length} bytes, got more`);
  }
  if (samples === undefined && count < stream.samples)
    throw new DataError(`expected ${stream.samples} samples per channel, got ${count}`);
  return Array.from({ length: channels }, (_, c) => {
    const out = new Int32Array(count);
    let at = 0;
    for (const frame of frames) {
      out.set(frame[c], at);
      at += frame[c].length;
    }
    return out;
  });
}
