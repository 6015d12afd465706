/** Arbitraries of files that `openRecording` reads, and their edits. */
import fc from 'fast-check';
import { atcFile, ishneFile, matFile } from '../support/open/binary.ts';
import { edfFile } from '../support/open/edf.ts';
import { edited, editText, samples } from './edits.ts';
import { NUMBERS, TEXTS } from './hostile.ts';

const whole = (min: number, max: number) => fc.integer({ min, max });
const digital = (n: number) => fc.array(whole(-32768, 32767), { minLength: n, maxLength: n });
/** Texts of a character per byte, none of which ends a text of an annotation list. */
const latin1 = TEXTS.filter((t) => t.length <= 16 && Array.from(t).every((c) => c <= 'ÿ' && !'\0\x14\x15'.includes(c)));
const text = fc.constantFrom('Apnea', 'N', '', ...latin1);

export const edf: fc.Arbitrary<Uint8Array> = fc
  .record({
    bdf: fc.boolean(),
    records: whole(1, 3),
    perRecord: whole(1, 4),
    label: fc.constantFrom('ECG', 'EKG1', 'V5', 'EEG Fpz-Cz', '__proto__'),
    dimension: fc.constantFrom('uV', 'mV', '', 'degC'),
    notes: fc.option(fc.array(text, { minLength: 3, maxLength: 3 }), { nil: undefined }),
    kind: fc.constantFrom('C', 'D'),
    step: fc.constantFrom(1, 1, 2),
    seed: fc.nat(30_000),
  })
  .map(({ bdf, records, perRecord, label, dimension, notes, kind, step, seed }) => {
    const values = Array.from({ length: records * perRecord }, (_, i) => ((seed + 7919 * i) % 65536) - 32768);
    const tals =
      notes &&
      Array.from({ length: records }, (_, r) => `+${r * step}\x14\x14\0+${r * step}.5\x150.25\x14${notes[r]}\x14\0`);
    const signals = [
      { label, dimension, samples: values },
      { label: 'Resp', samples: values.slice(0, records) },
    ];
    const reserved = notes ? `${bdf ? 'BDF' : 'EDF'}+${kind}` : undefined;
    return edfFile({ bdf, records, tals, signals, reserved });
  });

export const ishne: fc.Arbitrary<Uint8Array> = fc
  .record({
    leads: fc.array(digital(3), { minLength: 1, maxLength: 3 }),
    rate: whole(1, 1000),
    stated: fc.constantFrom(undefined, 0, 2),
  })
  .map(({ leads, rate, stated }) => ishneFile({ samples: leads, rate, stated }));

export const atc: fc.Arbitrary<Uint8Array> = fc
  .record({ one: digital(4), two: digital(4), beats: fc.array(fc.tuple(whole(0, 5), whole(0, 6)), { maxLength: 2 }) })
  .map(({ one, two, beats }) => atcFile({ leads: { 'ecg ': one, ecg2: two }, beats }));

export const mat: fc.Arbitrary<Uint8Array> = fc
  .record({
    precision: whole(0, 5),
    big: fc.boolean(),
    rows: whole(1, 3),
    columns: whole(2, 4),
    name: fc.constantFrom('val', 'ecg', '__proto__'),
  })
  .map(({ precision, big, rows, columns, name }) =>
    matFile(
      { name, rows, columns, values: Array.from({ length: rows * columns }, (_, i) => (i * 37) % 256), precision, big },
      { name: 'fs', rows: 1, columns: 1, values: [250], big },
    ),
  );

type Names = readonly string[] | null;
const TIMED: Names[] = [
  ['time [s]', 'ecg [uV]', 'HR'],
  ['t', 'I', 'II'],
  ['t', '__proto__', 'constructor'],
  ['', 'ecg (a b)', ''],
];

/** Tables with one of these rows of names, or without. */
const tableOf = (names: readonly Names[], heads: readonly string[]): fc.Arbitrary<string> =>
  fc
    .record({
      separator: fc.constantFrom(',', ';', '\t'),
      end: fc.constantFrom('\n', '\r\n', '\r'),
      head: fc.constantFrom(...heads),
      names: fc.constantFrom(...names),
      rows: fc.array(fc.tuple(whole(-500, 500), fc.double({ min: -5, max: 5, noNaN: true })), {
        minLength: 3,
        maxLength: 8,
      }),
      jump: fc.constantFrom(1, 1, 5),
    })
    .map(({ separator, end, head, names: row, rows, jump }) => {
      const table = rows.map(([a, b], i) => [(i * (i > 2 ? jump : 1)) / 250, a / 100, b]);
      return head + [...(row ? [row] : []), ...table].map((cells) => cells.join(separator)).join(end) + end;
    });

/** Tables with times or a stated rate. */
export const timedCsv = fc.oneof(
  tableOf(TIMED, ['', '# created 2024-01-01 00:00:00\n']),
  tableOf([null], ['name,Jane\nSample Rate,512.5 hertz\n', '# rate 250\n']),
);
/** Tables that need a rate. */
export const csv = tableOf(
  [null, ['__proto__', 'constructor', 'toString'], ['a', 'b', 'c']],
  ['', 'Unit,µV\n', '\n\n'],
);

/** Words that tables are made of, in no order. */
export const csvNoise = fc
  .array(
    fc.constantFrom(
      ...NUMBERS,
      ...TEXTS,
      ',',
      ';',
      '\t',
      '\n',
      '\r\n',
      'time',
      'ecg [uV]',
      'Hz',
      '12:00:01',
      '2024-01-01 00:00:00',
    ),
    { maxLength: 40 },
  )
  .map((words) => words.join(''));

export const nearCsv = edited(samples(fc.oneof(csv, timedCsv)), editText);
