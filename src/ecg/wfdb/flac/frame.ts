import { DataError } from '../../../core/errors.ts';
import { BitReader } from './bitReader.ts';
import { crc8, crc16 } from './crc.ts';
import { readSubframe } from './subframe.ts';

const SYNC = 0x3ffe; // 14 bits
const SAMPLE_SIZES = [0, 8, 12, -1, 16, 20, 24, 32]; // 0: that of the stream
const [LEFT_SIDE, SIDE_RIGHT, MID_SIDE] = [8, 9, 10];

/** A frame's samples by channel, and where the next begins. */
export interface Frame {
  channels: Int32Array[];
  end: number;
}

/** Reads the frame at a byte; its channels and bits are those of the stream. */
export function readFrame(bytes: Uint8Array, start: number, channels: number, bitsPerSample: number): Frame {
  const reader = new BitReader(bytes, start);
  const fail = (expected: string, got: unknown): never => {
    throw new DataError(`expected ${expected} in the frame at byte ${start}, got ${got}`);
  };
  if (reader.unsigned(14) !== SYNC) fail('a sync code', `0x${bytes[start].toString(16)}`);
  reader.unsigned(2); // reserved, and whether blocks vary in size
  const sizeCode = reader.unsigned(4);
  const rateCode = reader.unsigned(4);
  const assignment = reader.unsigned(4);
  const bits = SAMPLE_SIZES[reader.unsigned(3)] || bitsPerSample;
  reader.unsigned(1);
  skipNumber(reader);
  const size = blockSize(reader, sizeCode);
  if (sizeCode === 0) fail('a block size', 'none');
  if (rateCode >= 12) reader.unsigned(rateCode === 12 ? 8 : 16);
  const sum = crc8(bytes, start, reader.at);
  const stored = reader.unsigned(8);
  if (sum !== stored) fail(`a CRC-8 of ${sum}`, stored);
  const count = assignment < 8 ? assignment + 1 : 2;
  if (assignment > MID_SIDE || count !== channels) fail(`${channels} channels`, count);
  if (bits !== bitsPerSample) fail(`${bitsPerSample} bits per sample`, bits);

  const out = Array.from({ length: channels }, () => new Int32Array(size));
  for (const [c, samples] of out.entries()) {
    const side = c === 0 ? assignment === SIDE_RIGHT : assignment === LEFT_SIDE || assignment === MID_SIDE;
    readSubframe(reader, samples, side ? bits + 1 : bits);
  }
  reader.align();
  const all = crc16(bytes, start, reader.at);
  const whole = reader.unsigned(16);
  if (all !== whole) fail(`a CRC-16 of ${all}`, whole);
  if (assignment >= LEFT_SIDE) separate(out[0], out[1], assignment);
  return { channels: out, end: reader.at };
}

/** The number of the frame or its first sample, coded like a character in UTF-8. */
function skipNumber(reader: BitReader): void {
  const more = Math.clz32(~(reader.unsigned(8) << 24)) - 1;
  for (let i = 0; i < more; i++) reader.unsigned(8);
}

function blockSize(reader: BitReader, code: number): number {
  if (code === 1) return 192;
  if (code < 6) return 144 * 2 ** code;
  if (code === 6) return reader.unsigned(8) + 1;
  if (code === 7) return reader.unsigned(16) + 1;
  return 2 ** code;
}

/** Left and right from one of them, or their mean, and their difference, in place. */
function separate(first: Int32Array, second: Int32Array, assignment: number): void {
  for (let i = 0; i < first.length; i++) {
    if (assignment === LEFT_SIDE) second[i] = first[i] - second[i];
    else if (assignment === SIDE_RIGHT) first[i] += second[i];
    else {
      const twice = 2 * first[i] + (second[i] & 1); // the sum of both, of which the mean lost the last bit
      const side = second[i];
      first[i] = (twice + side) / 2;
      second[i] = (twice - side) / 2;
    }
  }
}
