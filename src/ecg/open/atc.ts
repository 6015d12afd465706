import { DataError } from '../../core/errors.ts';
import { latin1 } from '../../formats/latin1.ts';
import type { Annotation } from '../wfdb/annotation.ts';
import { field, viewOf } from './bytes.ts';
import { positionsOf } from './chooseLeads.ts';
import { readDate } from './dates.ts';
import { counted, type Opened, type OpenOptions } from './recording.ts';

const MAGIC = 'ALIVE';
const FIRST = 12; // bytes of signature and version
const AROUND = 12; // bytes of a block's identifier, length and checksum
const NANOVOLTS = 1e6; // in 1 mV
const BEAT = 6; // bytes of an annotation

/** By the identifier of a block. */
const LEADS: Readonly<Record<string, string>> = {
  ...{ 'ecg ': 'I', ecg2: 'II', ecg3: 'III', ecg4: 'aVR', ecg5: 'aVL', ecg6: 'aVF' },
  ...{ ecg7: 'V1', ecg8: 'V2', ecg9: 'V3', ecga: 'V4', ecgb: 'V5', ecgc: 'V6' },
};

/** WFDB's mnemonics by beat type: unknown, normal, ventricular, atrial, fusion, junctional, paced. */
const LABELS = ['Q', 'N', 'V', 'A', 'F', 'J', '/'];

/** Whether these bytes begin like an ATC file of a KardiaMobile. */
export const isAtc = (bytes: Uint8Array): boolean =>
  bytes.length >= FIRST && latin1(bytes.subarray(0, 8)) === `${MAGIC}\0\0\0`;

/**
 * Reads an ATC file (AliveCor, KardiaMobile): leads in mV and its beats as annotations. Checksums of blocks are not verified.
 *
 * @throws DataError for a truncated block, no format or no samples
 * @see "ATC File Format Specification 1.7", github.com/alivecor/ATCpy.
 */
export function readAtc(bytes: Uint8Array, file: string, { leads: wanted }: OpenOptions): Opened {
  const blocks = blocksOf(bytes, file);
  const fail = (expected: string, got: string | number): never => {
    throw new DataError(`openRecording: ${file}: expected ${expected}, got ${got}`);
  };
  const format = blocks.get('fmt ');
  if (!format || format.length < 8) return fail('a block fmt of 8 bytes', format ? format.length : 'none');
  const view = viewOf(format);
  const [kind, rate, resolution] = [view.getUint8(0), view.getUint16(1, true), view.getUint16(3, true)];
  if (kind !== 1) fail('samples in format 1, signed 16-bit numbers', kind);
  if (rate === 0 || resolution === 0) fail('a rate and a resolution above 0', `${rate} Hz, ${resolution} nV`);

  const notes: string[] = [];
  const found = Object.keys(LEADS).filter((id) => blocks.has(id));
  const names = found.map((id) => LEADS[id]);
  const ids = wanted ? positionsOf(file, wanted, names).map((i) => found[i]) : found;
  const lengths = ids.map((id) => blocks.get(id)!.length >> 1);
  const length = lengths.reduce((least, n) => Math.min(least, n), lengths[0] ?? 0);
  if (length === 0) fail('a block ecg with samples', 'none');
  if (lengths.some((n) => n > length))
    notes.push(`leads differ in length; the first ${counted(length, 'sample')} were read`);
  const leads = ids.map((id) => {
    const data = viewOf(blocks.get(id)!);
    const samples = new Float32Array(length);
    for (let i = 0; i < length; i++) samples[i] = (data.getInt16(2 * i, true) * resolution) / NANOVOLTS;
    return { name: LEADS[id], units: 'mV', samples };
  });
  const info = blocks.get('info');
  const recorder = info ? field(info, 180, 32) : '';
  return {
    format: 'ATC',
    rate,
    leads,
    annotations: beatsOf(blocks.get('ann '), rate, length, notes),
    comments: recorder === '' ? [] : [`Recorder: ${recorder}`],
    ...readDate(info ? field(info, 0, 32) : ''),
    notes,
  };
}

/** The data of each block by its identifier, the first of each. */
function blocksOf(bytes: Uint8Array, file: string): Map<string, Uint8Array> {
  const view = viewOf(bytes);
  const blocks = new Map<string, Uint8Array>();
  for (let at = FIRST; at < bytes.length; ) {
    const length = at + AROUND <= bytes.length ? view.getUint32(at + 4, true) : Number.POSITIVE_INFINITY;
    if (at + AROUND + length > bytes.length)
      throw new DataError(
        `openRecording: ${file} byte ${at}: expected a block of ${length === Number.POSITIVE_INFINITY ? AROUND : AROUND + length} bytes, got ${bytes.length - at}`,
      );
    const id = latin1(bytes.subarray(at, at + 4));
    if (!blocks.has(id)) blocks.set(id, bytes.subarray(at + 8, at + 8 + length));
    at += AROUND + length;
  }
  return blocks;
}

function beatsOf(block: Uint8Array | undefined, rate: number, length: number, notes: string[]): Annotation[] {
  if (!block || block.length < 4) return [];
  const view = viewOf(block);
  const ticks = view.getUint32(0, true);
  const beats: Annotation[] = [];
  let outside = 0;
  for (let at = 4; at + BEAT <= block.length; at += BEAT) {
    const sample = Math.round((view.getUint32(at, true) / ticks) * rate);
    if (!(sample < length)) outside++;
    else
      beats.push({
        sample,
        label: LABELS[view.getUint16(at + 4, true)] ?? 'Q',
        subtype: 0,
        channel: 0,
        num: 0,
        aux: '',
      });
  }
  if (outside > 0) notes.push(`${counted(outside, 'annotation')} after the signal left out`);
  return beats.sort((a, b) => a.sample - b.sample);
}
