/** EDF and BDF files of our own making, from the specification (edfplus.info/specs). */

/** A signal of a file, with its digital samples, those of all data records one after the other. */
export interface EdfSignalOf {
  label: string;
  dimension?: string;
  physical?: readonly [low: number, high: number];
  digital?: readonly [low: number, high: number];
  samples: readonly number[];
}

export interface EdfOf {
  signals: readonly EdfSignalOf[];
  /** Annotation lists of each data record, in a signal of their own. */
  tals?: readonly string[];
  records?: number;
  /** What the header states, where it is not the truth. */
  statedRecords?: number;
  duration?: number;
  reserved?: string;
  date?: string;
  time?: string;
  bdf?: boolean;
}

const latin1 = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));
const cell = (text: string | number, width: number): string => String(text).padEnd(width).slice(0, width);

/** The bytes of a file. */
export function edfFile(file: EdfOf): Uint8Array {
  const { signals, tals, duration = 1, date = '02.08.51', time = '13.05.00', bdf = false } = file;
  const records = file.records ?? tals?.length ?? 1;
  const width = bdf ? 3 : 2;
  const reserved = file.reserved ?? (tals ? `${bdf ? 'BDF' : 'EDF'}+C` : bdf ? '24BIT' : '');
  const room = tals ? Math.ceil(Math.max(0, ...tals.map((t) => t.length + 1)) / width) : 0;
  const all = signals.map((s) => ({
    dimension: 'uV',
    physical: [-100, 100],
    digital: [-1000, 1000],
    ...s,
    perRecord: s.samples.length / records,
  }));
  const notes = { label: `${bdf ? 'BDF' : 'EDF'} Annotations`, dimension: '', physical: [-1, 1], perRecord: room };
  const limit = bdf ? 8388607 : 32767;
  const columns = [...all, ...(tals ? [{ ...notes, digital: [-limit - 1, limit], samples: [] }] : [])];
  const each = (text: (s: (typeof columns)[number]) => string | number, width: number): string =>
    columns.map((s) => cell(text(s), width)).join('');
  const head = [
    bdf ? '\xffBIOSEMI' : cell('0', 8),
    cell('X X X X', 80),
    cell('Startdate X X X X', 80),
    cell(date, 8),
    cell(time, 8),
    cell(256 * (columns.length + 1), 8),
    cell(reserved, 44),
    cell(file.statedRecords ?? records, 8),
    cell(duration, 8),
    cell(columns.length, 4),
    each((s) => s.label, 16),
    each(() => 'AgAgCl electrode', 80),
    each((s) => s.dimension, 8),
    each((s) => s.physical[0], 8),
    each((s) => s.physical[1], 8),
    each((s) => s.digital[0], 8),
    each((s) => s.digital[1], 8),
    each(() => '', 80),
    each((s) => s.perRecord, 8),
    each(() => '', 32),
  ].join('');
  const body = Array.from({ length: records }, (_, r) => [
    ...all.flatMap(({ samples, perRecord }) =>
      samples
        .slice(r * perRecord, (r + 1) * perRecord)
        .flatMap((v) => Array.from({ length: width }, (_, b) => (v >> (8 * b)) & 255)),
    ),
    ...(tals ? latin1(tals[r].padEnd(width * room, '\0')) : []),
  ]).flat();
  return Uint8Array.from([...latin1(head), ...body]);
}
