import { DataError } from '../../core/errors.ts';
import { field, viewOf } from './bytes.ts';
import { positionsOf } from './chooseLeads.ts';
import { counted, type Opened, type OpenOptions } from './recording.ts';

const MAGIC = 'ISHNE1.0';
const FIXED = 522; // bytes before the block of variable length
const MOST_LEADS = 12;
const FAULT = -32768; // of a lead, instead of a sample
const NANOVOLTS = 1e6; // in 1 mV

/** By the code of a lead, 0 to 19. */
const LEADS = [
  ...['unknown', 'bipolar', 'X', 'Y', 'Z', 'I', 'II', 'III', 'aVR', 'aVL', 'aVF'],
  ...['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'ES', 'AS', 'AI'],
];

/** Whether these bytes begin like an ISHNE Holter file. */
export const isIshne = (bytes: Uint8Array): boolean => field(bytes, 0, MAGIC.length) === MAGIC;

/**
 * Reads a Holter recording in the ISHNE standard output format: leads in mV, NaN where one was at fault. Names and dates of birth
 * are not read.
 *
 * @throws DataError for a header of impossible numbers and for a file without samples
 * @see Badilini, "The ISHNE Holter standard output file format", Annals of Noninvasive Electrocardiology 3(3), 1998.
 */
export function readIshne(bytes: Uint8Array, file: string, { leads: wanted }: OpenOptions): Opened {
  const check = (fits: boolean, expected: string, got: number): void => {
    if (!fits) throw new DataError(`openRecording: ${file}: expected ${expected}, got ${got}`);
  };
  check(bytes.length >= FIXED, `a header of ${FIXED} bytes`, bytes.length);
  const view = viewOf(bytes);
  const short = (at: number): number => view.getInt16(at, true);
  const [stated, start] = [view.getInt32(14, true), view.getInt32(22, true)];
  const [count, rate] = [short(156), short(272)];
  check(count >= 1 && count <= MOST_LEADS, `1 to ${MOST_LEADS} leads`, count);
  check(rate > 0, 'a sampling rate above 0', rate);
  check(start >= FIXED && start <= bytes.length, `the samples from byte ${FIXED} to ${bytes.length}`, start);
  check(stated >= 0, 'a number of samples', stated);

  const notes: string[] = [];
  if (view.getUint16(8, true) !== checksum(bytes.subarray(10, start)))
    notes.push('the checksum of the header is wrong, which some recorders do not compute');
  const held = Math.floor((bytes.length - start) / 2 / count);
  const length = lengthOf(stated, held, count, notes);
  check(length > 0, 'samples', length);

  const names = Array.from({ length: count }, (_, i) => LEADS[short(158 + 2 * i)] ?? 'unknown');
  const positions = wanted ? positionsOf(file, wanted, names) : names.map((_, i) => i);
  const leads = positions.map((lead) => {
    const resolution = view.getUint16(206 + 2 * lead, true); // nV
    check(resolution > 0, `a resolution of lead ${lead} (${names[lead]}) above 0 nV`, resolution);
    const samples = new Float32Array(length);
    for (let i = 0, at = start + 2 * lead; i < length; i++, at += 2 * count) {
      const value = view.getInt16(at, true);
      samples[i] = value === FAULT ? Number.NaN : (value * resolution) / NANOVOLTS;
    }
    return { name: names[lead], units: 'mV', samples };
  });
  const recorder = field(bytes, 232, 40);
  return {
    format: 'ISHNE',
    rate,
    leads,
    comments: recorder === '' ? [] : [`Recorder: ${recorder}`],
    baseTime: clock(short(150), short(152), short(154)),
    baseDate: day(short(138), short(140), short(142)),
    notes,
  };
}

/** Samples of each lead; some recorders state the number of all leads together. */
function lengthOf(stated: number, held: number, count: number, notes: string[]): number {
  if (stated > held && stated === held * count) {
    notes.push('the stated number of samples is taken to be that of all leads together');
    return held;
  }
  if (stated > held) notes.push(`the file ends early: ${held} of ${counted(stated, 'sample')} are there`);
  if (stated === 0) notes.push(`no number of samples is stated; ${held} are there`);
  return stated === 0 ? held : Math.min(stated, held);
}

function clock(h: number, m: number, s: number): string | null {
  const valid = h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s < 60;
  return valid ? [h, m, s].map((n) => String(n).padStart(2, '0')).join(':') : null;
}

function day(d: number, m: number, y: number): string | null {
  return d >= 1 && d <= 31 && m >= 1 && m <= 12 && y > 0 ? `${d}/${m}/${y}` : null;
}

/** The CRC of CCITT, x^16 + x^12 + x^5 + 1, from 0xFFFF. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
