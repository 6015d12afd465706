import { DataError } from '../../core/errors.ts';
import { isEcgLabel, leadName, positionsOf } from './chooseLeads.ts';
import { notesOf, readTals, type Tal } from './edfAnnotations.ts';
import { type EdfHeader, type EdfSignal, readEdfHeader } from './edfHeader.ts';
import { checkSpread } from './gaps.ts';
import { counted, type Opened, type OpenOptions } from './recording.ts';
import { inMillivolts } from './units.ts';

/**
 * Reads an EDF, EDF+, BDF or BDF+ file: leads that share a rate, in mV, and its annotations as notes (`"`) with the text. Data
 * records of a discontinuous file are placed at their times, and samples between them are NaN.
 *
 * @throws DataError for a malformed header, no data, data records that overlap or are too far apart
 */
export function readEdf(bytes: Uint8Array, file: string, { leads: wanted }: OpenOptions): Opened {
  const header = readEdfHeader(bytes, file);
  const { format, headerBytes, recordBytes, duration, width, baseTime, baseDate } = header;
  const notes: string[] = [];
  const records = recordsOf(header, bytes.length, file, notes);
  const chosen = choose(header, file, wanted, notes);
  const perRecord = chosen[0].samples;
  const rate = perRecord / duration;
  const body = bytes.subarray(headerBytes, headerBytes + records * recordBytes);
  const { times, tals } = listsOf(header, body, records, notes);
  const starts = startsOf(header, times, records, perRecord, file, notes);
  const length = starts[records - 1] + perRecord;
  const leads = chosen.map((signal) => {
    const samples = new Float32Array(length);
    if (length > records * perRecord) samples.fill(Number.NaN);
    for (let r = 0; r < records; r++) decode(body, r * recordBytes + signal.offset, width, signal, samples, starts[r]);
    return inMillivolts(leadName(signal.label), signal.dimension, samples);
  });
  const zero = times?.find((time) => !Number.isNaN(time)) ?? 0;
  const annotations = notesOf(tals, zero, rate, length, notes);
  return { format, rate, leads, annotations, baseTime, baseDate, notes };
}

/** The number of complete data records in the file. */
function recordsOf(
  { records, headerBytes, recordBytes, duration }: EdfHeader,
  size: number,
  file: string,
  notes: string[],
): number {
  if (duration === 0 || recordBytes === 0)
    throw new DataError(`openRecording: ${file}: expected signals, got a file of annotations alone`);
  const complete = Math.floor((size - headerBytes) / recordBytes);
  const used = records < 0 ? complete : Math.min(records, complete);
  if (used === 0)
    throw new DataError(
      `openRecording: ${file}: expected a data record of ${recordBytes} bytes, got ${size - headerBytes}`,
    );
  if (records > complete) notes.push(`the file ends early: ${complete} of ${records} data records are there`);
  if (records >= 0 && records < complete) notes.push(`${complete - records} data records after the last were left out`);
  return used;
}

/** The signals to read, which share a rate: those asked for, otherwise those that look like an ECG, otherwise all of the highest rate. */
function choose(
  { format, signals, duration }: EdfHeader,
  file: string,
  wanted: readonly string[] | undefined,
  notes: string[],
): EdfSignal[] {
  const usable = signals.filter(
    (s) => !s.annotations && s.samples > 0 && !(format.startsWith('BDF') && s.label === 'Status'),
  );
  if (usable.length === 0) throw new DataError(`openRecording: ${file}: expected a signal with samples, got none`);
  let chosen: EdfSignal[];
  if (wanted) {
    const positions = positionsOf(
      file,
      wanted,
      usable.map(({ label }) => label),
    );
    chosen = positions.map((i) => usable[i]);
    const other = chosen.find(({ samples }) => samples !== chosen[0].samples);
    if (other)
      throw new DataError(
        `openRecording: ${file}: expected leads of one rate, got ${chosen[0].label} at ${chosen[0].samples / duration} Hz ` +
          `and ${other.label} at ${other.samples / duration}`,
      );
  } else {
    const looks = usable.filter(({ label }) => isEcgLabel(label));
    const among = looks.length > 0 ? looks : usable;
    const highest = among.reduce((most, { samples }) => Math.max(most, samples), 0);
    chosen = among.filter(({ samples }) => samples === highest);
    const others = usable.filter((signal) => !chosen.includes(signal));
    const listed = others.slice(0, LISTED).map((s) => `${s.label} (${s.dimension}, ${s.samples / duration} Hz)`);
    if (others.length > listed.length) listed.push('...');
    if (others.length > 0)
      notes.push(
        `read ${chosen
          .map(({ label }) => label)
          .slice(0, LISTED)
          .join(', ')}; not read: ${listed.join(', ')}`,
      );
  }
  for (const { label, physicalMinimum, physicalMaximum, digitalMinimum, digitalMaximum } of chosen)
    if (physicalMinimum === physicalMaximum || digitalMinimum >= digitalMaximum)
      throw new DataError(
        `openRecording: ${file}: expected a range of ${label}, got physical ${physicalMinimum} to ${physicalMaximum}, ` +
          `digital ${digitalMinimum} to ${digitalMaximum}`,
      );
  return chosen;
}

const LISTED = 20; // signals named in a note

/**
 * The time at which each data record starts, NaN if it does not say, and all lists with a text. The first list of the first
 * annotations signal is the time (EDF+, 2.2.4).
 */
function listsOf({ signals, width, recordBytes }: EdfHeader, body: Uint8Array, records: number, notes: string[]) {
  const holders = signals.filter(({ annotations }) => annotations);
  if (holders.length === 0) return { times: null, tals: [] };
  const times = new Float64Array(records).fill(Number.NaN);
  const all: Tal[] = [];
  let malformed = 0;
  for (let r = 0; r < records; r++)
    for (const [i, { offset, samples }] of holders.entries()) {
      const at = r * recordBytes + offset;
      const read = readTals(body.subarray(at, at + width * samples));
      if (i === 0 && read.tals.length > 0) times[r] = read.tals[0].onset;
      malformed += read.malformed;
      for (const tal of read.tals) if (tal.texts.length > 0) all.push(tal);
    }
  if (malformed > 0) notes.push(`${counted(malformed, 'malformed annotation list')} left out`);
  return { times, tals: all };
}

/** The first sample of each data record: one after the other, or by their times in a discontinuous file. */
function startsOf(
  { discontinuous, duration }: EdfHeader,
  times: Float64Array | null,
  records: number,
  perRecord: number,
  file: string,
  notes: string[],
): Float64Array {
  const starts = Float64Array.from({ length: records }, (_, r) => r * perRecord);
  if (!discontinuous) return starts;
  const zero = times && !Number.isNaN(times[0]) ? times[0] : 0;
  let gaps = 0;
  let missing = 0;
  for (let r = 1; r < records; r++) {
    const next = starts[r - 1] + perRecord;
    const time = times ? times[r] : Number.NaN;
    if (Number.isNaN(time)) missing++;
    const start = Number.isNaN(time) ? next : Math.round(((time - zero) / duration) * perRecord);
    if (start < next - 1)
      throw new DataError(
        `openRecording: ${file} data record ${r}: expected a time of at least ${zero + (next / perRecord) * duration} s, ` +
          `where the one before ends, got ${time}`,
      );
    if (start > next + 1) gaps++;
    starts[r] = start > next + 1 ? start : next; // times are rounded
  }
  const length = starts[records - 1] + perRecord;
  checkSpread(file, length, records * perRecord);
  if (missing > 0) notes.push(`${counted(missing, 'data record')} without a time, taken to follow the one before`);
  const seconds = (length / perRecord - records) * duration;
  if (gaps > 0)
    notes.push(`${counted(gaps, 'gap')} between data records, ${seconds.toFixed(1)} s in all, filled with NaN`);
  return starts;
}

function decode(body: Uint8Array, from: number, width: number, signal: EdfSignal, out: Float32Array, at: number): void {
  const { physicalMinimum, physicalMaximum, digitalMinimum, digitalMaximum, samples } = signal;
  const gain = (physicalMaximum - physicalMinimum) / (digitalMaximum - digitalMinimum);
  for (let i = 0, b = from; i < samples; i++, b += width) {
    const high =
      width === 2 ? (body[b] << 16) | (body[b + 1] << 24) : (body[b] << 8) | (body[b + 1] << 16) | (body[b + 2] << 24);
    const digital = width === 2 ? high >> 16 : high >> 8;
    out[at + i] = physicalMinimum + (digital - digitalMinimum) * gain;
  }
}
