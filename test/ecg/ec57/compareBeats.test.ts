import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, DataError, Random, ShapeError } from 'dynaecg';
import {
  type Annotation,
  beatStatistics,
  COMPARED_CLASSES,
  type CompareOptions,
  compareBeats,
  grossTally,
  isBeat,
  MITDB_RECORDS,
  readAnnotations,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { list, named } from '../../support/annotations.ts';
import { assertThrows } from '../../support/asserts.ts';
import { fixture } from '../../support/fixtures.ts';

const test = suite('ecg/ec57/compareBeats');

/** The cells that are not 0, such as `Nn 2 No 1`; at 1 Hz, a window of 50, and all scored unless told otherwise. */
const cells = (reference: string, tested: string, options: Partial<CompareOptions> = {}): string => {
  const all = { samplingFrequency: 1, window: 50, start: 0, end: 10000, ...options };
  return named(compareBeats(list(reference), list(tested), all).matrix);
};

const beat = (sample: number, label: string): Annotation => list(`${sample} ${label}`)[0];

test('partners are at most the window apart, whichever comes first', () => {
  assert.is(cells('1000 N', '1050 N'), 'Nn 1');
  assert.is(cells('1000 N', '950 N'), 'Nn 1');
  assert.is(cells('1000 N', '1051 N'), 'No 1 On 1');
  assert.is(cells('1000 N', '949 N'), 'No 1 On 1');
  assert.is(cells('1000 N', '1000 V', { window: 0 }), 'Nv 1');
  assert.is(cells('1000 N', '1001 V', { window: 0 }), 'No 1 Ov 1');
});

test('a beat without a partner is missed or extra', () => {
  assert.is(cells('1000 N, 2000 V, 3000 S', '1000 N, 3000 S'), 'Nn 1 Ss 1 Vo 1');
  assert.is(cells('1000 N, 3000 N', '1000 N, 2000 F, 3000 N'), 'Nn 2 Of 1');
  assert.is(cells('', '1000 N, 2000 V'), 'On 1 Ov 1');
  assert.is(cells('1000 N, 2000 V', ''), 'No 1 Vo 1');
  assert.is(cells('', ''), '');
});

test('the closer of two test beats is the partner, and of two reference beats', () => {
  assert.is(cells('1000 N', '970 V, 1010 S'), 'Ns 1 Ov 1');
  assert.is(cells('1000 N', '990 V, 1030 S'), 'Nv 1 Os 1');
  assert.is(cells('1000 N', '1010 V, 1030 S'), 'Nv 1 Os 1');
  assert.is(cells('970 V, 1010 S', '1000 N'), 'Sn 1 Vo 1');
  assert.is(cells('990 V, 1030 S', '1000 N'), 'So 1 Vn 1');
});

test('at equal distances the earlier test beat is passed over, and the earlier reference beat missed', () => {
  assert.is(cells('1000 N', '980 V, 1020 S'), 'Ns 1 Ov 1');
  assert.is(cells('980 V, 1020 S', '1000 N'), 'Sn 1 Vo 1');
});

// The example of bxb.c for what was changed on 24 November 2002: 128 is as far from 96 as from 160, which 185 suits better.
test('a rival that has a better partner is none', () => {
  assert.is(cells('96 N, 160 V', '128 S, 185 F', { window: 37 }), 'Ns 1 Vf 1');
  assert.is(cells('128 S, 185 F', '96 N, 160 V', { window: 37 }), 'Sn 1 Fv 1');
  assert.is(cells('96 N, 160 V', '128 S', { window: 37 }), 'No 1 Vs 1');
});

test('every label, as bxb reads it', () => {
  const classes = { N: 'NLRB', S: 'AaJSjen', V: 'VEr', F: 'F', Q: '/fQ?' };
  for (const [r, labels] of Object.entries(classes))
    for (const label of labels)
      for (const [c, others] of Object.entries(classes))
        for (const other of others)
          assert.is(cells(`1000 ${label}`, `1010 ${other}`), `${r}${c.toLowerCase()} 1`, `${label} ${other}`);
  const none = '~ + " | s T * D = p ^ t u @ x ( ) ] [15] [42]'.split(' ');
  for (const label of none) {
    assert.is(cells(`1000 N, 2000 ${label}`, '1000 N'), 'Nn 1', label);
    assert.is(cells('1000 N', `1000 N, 2000 ${label}`), 'Nn 1', label);
  }
});

test('a flutter wave takes a partner and counts as no beat', () => {
  assert.is(cells('1000 !', '1010 V'), 'Ov 1');
  assert.is(cells('1000 V', '1010 !'), 'Vo 1');
  assert.is(cells('1000 !, 2000 N', '1500 !, 2000 N'), 'Nn 1');
});

test('nothing counts between the reference’s brackets', () => {
  assert.is(cells('1000 N, 2000 [, 2100 V, 2500 !, 3000 ], 4000 N', '1000 N, 2000 V, 2500 N, 3000 V, 4000 N'), 'Nn 2');
  assert.is(cells('1000 N, 2000 [, 3000 ], 4000 N', '1000 N, 1999 V, 3001 V, 4000 N'), 'Nn 2 Ov 2');
  assert.is(cells('1990 N, 2000 [, 3000 ]', '2010 V'), 'Nv 1', 'a partner outside of them comes first');
  assert.is(cells('1000 N, 2000 [, 2500 V', '1000 N, 2500 V, 9000 V'), 'Nn 1', 'never closed');
  assert.is(
    cells('1000 [, 2000 ], 3000 [, 4000 ], 5000 [, 6000 ], 7000 N', '1500 V, 3500 V, 5500 V, 7000 N'),
    'Nn 1',
    'three periods before a reference beat',
  );
});

test('test beats between the test’s brackets are not read, and reference beats there are missed', () => {
  assert.is(cells('1000 N, 2500 V', '1000 N, 2000 [, 2500 V, 3000 ]'), 'Nn 1 Vo 1');
  assert.is(cells('1000 N, 2500 V', '1000 N, 2000 [, 2500 V'), 'Nn 1 Vo 1', 'never closed');
});

test('missed and extra beats of a shutdown are apart', () => {
  const off = '2000 ~ 48, 3000 ~ 16';
  assert.is(cells('1000 N, 2500 V', `1000 N, ${off}`), 'Nn 1 Vx 1');
  assert.is(cells(`1000 N, ${off}`, '1000 N, 2500 V'), 'Nn 1 Xv 1');
  assert.is(cells('1999 A, 2000 N, 3000 V, 3001 F', off), 'Nx 1 So 1 Vx 1 Fo 1');
  assert.is(cells('2500 N', '2000 ~ -1, 3000 ~ 0'), 'Nx 1', 'all bits set');
  assert.is(cells('2500 N', '2000 ~ 32, 3000 ~ 16'), 'No 1', 'one signal is readable');
  assert.is(cells('2500 N', '2000 ~ 48'), 'Nx 1', 'never ended');
  assert.is(cells('1500 V, 5000 N', '1000 ~ 48, 2000 ~, 4000 ~ 48'), 'Nx 1 Vx 1', 'nor the second');
  assert.is(cells('2500 V', '1000 [, 2000 ~ 48, 3000 ~, 4000 ]'), 'Vo 1', 'not read between brackets');
  assert.is(cells(`${off}, 2400 [, 2600 ]`, '2500 V, 2700 F'), 'Of 1', 'another annotation between: see below');
});

test('a shutdown noted once lies between the annotations beside it, a window off', () => {
  assert.is(cells('1050 V, 1949 S, 1950 F, 1960 N, 2000 V', '1000 V, 1500 ~ 48, 2000 V'), 'No 1 Sx 1 Vv 2 Fx 1');
  assert.is(cells('1000 V, 1500 ~ 48, 2000 V', '1051 N, 1949 S'), 'Vo 2 Xn 1 Xs 1');
  assert.is(cells('900 [, 1000 ], 1500 ~ 48, 2000 +', '1049 N, 1050 V, 1950 S, 1951 F'), 'On 1 Of 1 Xs 1 Xv 1');
  const tight = '1000 N, 1010 ~ 48, 1030 N';
  assert.is(cells(tight, '1000 N, 1010 V, 1030 N', { window: 20 }), 'Nn 2 Xv 1', 'where no room is left, its end');
});

test('the first five minutes are not scored unless told so', () => {
  const reference = list('36000 N, 107999 N, 108000 V, 120000 N');
  const tested = list('36000 V, 108000 V, 120000 N');
  assert.is(named(compareBeats(reference, tested, { samplingFrequency: 360 }).matrix), 'Nn 1 Vv 1');
  assert.is(named(compareBeats(reference, tested, { samplingFrequency: 360, start: 0 }).matrix), 'Nn 1 Nv 1 No 1 Vv 1');
});

test('at the start, the last test beat before it may be the partner of the first reference beat after it', () => {
  const start = 1000;
  assert.is(cells('1010 V, 2000 N', '980 S, 2000 N', { start }), 'Nn 1 Vs 1');
  assert.is(cells('1010 V, 2000 N', '980 S, 1020 F, 2000 N', { start }), 'Nn 1 Vf 1', 'the next is closer');
  assert.is(cells('1010 V, 2000 N', '959 S, 2000 N', { start }), 'Nn 1 Vo 1', 'out of the window');
  assert.is(cells('1010 V, 2000 N', '990 S, 1030 F, 2000 N', { start }), 'Nn 1 Vf 1', 'as close as the next');
  assert.is(cells('980 V, 2000 N', '1010 S, 2000 N', { start }), 'Nn 1', 'it may belong to a beat before the start');
  assert.is(cells('980 V, 2000 N', '1051 S, 2000 N', { start }), 'Nn 1 Os 1', 'not so late');
  assert.is(cells('1020 V, 2000 N', '1010 S, 2000 N', { start }), 'Nn 1 Vs 1', 'nor where it goes better');
  assert.is(cells('1030 V, 2000 N', '1020 S, 1040 F, 2000 N', { start }), 'Nn 1 Vf 1 Os 1', 'nor as well');
});

test('a start of 0 scores all, also at sample 0', () => {
  assert.is(cells('0 V, 1000 N', '0 S, 1000 N'), 'Nn 1 Vs 1');
  assert.is(cells('1000 N', '0 S, 1000 N'), 'Nn 1 Os 1');
  assert.is(cells('0 S, 1000 N', '1000 N'), 'Nn 1 So 1');
});

test('beats after the end count as partners only', () => {
  const end = 2000;
  assert.is(cells('1990 V, 3000 N', '2010 S, 2500 N', { end }), 'Vs 1');
  assert.is(cells('2010 V, 3000 N', '2000 S, 2500 N', { end }), 'Vs 1');
  assert.is(cells('2001 V', '2002 S', { end }), '');
  assert.is(cells('1000 N', '1000 N, 2000 S, 2001 V', { end }), 'Nn 1 Os 1');
});

test('without an end, the last reference beat is it', () => {
  assert.is(cells('1000 N, 2000 N', '1000 N, 1500 V, 2000 N, 3000 V', { end: undefined }), 'Nn 2 Ov 1');
  assert.is(cells('', '1000 N', { end: undefined }), '');
});

test('seconds become samples as in WFDB, rounded half up', () => {
  const apart = (samples: number, options: Partial<CompareOptions>): string =>
    cells('1000 N', `${1000 + samples} N`, { samplingFrequency: 250, window: undefined, ...options });
  assert.is(apart(38, {}), 'Nn 1'); // 0.15 s are 37.5 samples
  assert.is(apart(39, {}), 'No 1 On 1');
  assert.is(apart(2, { window: 0.0059 }), 'No 1 On 1');
});

test('lists may be in any order and are left in it', () => {
  const random = new Random('order');
  const reference = list('1000 N, 2000 V, 3000 [, 3500 V, 4000 ], 5000 ~ 48, 6000 ~, 7000 A');
  const tested = list('1010 N, 1990 F, 3600 N, 5500 N, 7010 N');
  const options = { samplingFrequency: 1, window: 50, start: 0, end: 8000 };
  const expected = compareBeats(reference, tested, options);
  assert.is(named(expected.matrix), 'Nn 1 Sn 1 Vf 1 Xn 1');
  for (let k = 0; k < 10; k++) {
    const order = random.shuffle(reference.map((_, i) => i));
    const shuffled = order.map((i) => reference[i]);
    assert.equal(compareBeats(shuffled, [...tested].reverse(), options), expected);
    assert.equal(
      shuffled,
      order.map((i) => reference[i]),
    );
  }
});

test('pairs name the annotations', () => {
  const reference = list('1000 N, 2000 j, 2500 [, 2600 ]');
  const tested = list('1010 V, 1500 F, 2550 V');
  assert.equal(compareBeats(reference, tested, { samplingFrequency: 1, window: 50, start: 0, end: 3000 }).pairs, [
    { reference: reference[0], test: tested[0], referenceClass: 'N', testClass: 'V' },
    { reference: null, test: tested[1], referenceClass: 'O', testClass: 'F' },
    { reference: reference[1], test: null, referenceClass: 'S', testClass: 'O' },
  ]);
});

interface Golden {
  window: number;
  start: number;
  end: number | null;
  reference: string;
  test: string;
  matrix: string;
}

// main's loop, getref, gettest, rpann, tpann, amap and pair of bxb.c (27 April 2020), compiled with lists in memory in the
// place of annotation files, at 1 Hz; the lists are random.
test('the counts of bxb itself', () => {
  const all = fixture<Golden[]>('bxb.json');
  assert.ok(all.length > 50);
  all.forEach(({ window, start, end, reference, test: tested, matrix }, i) => {
    const options = { samplingFrequency: 1, window, start, end: end ?? undefined };
    assert.is(compareBeats(list(reference), list(tested), options).matrix.flat().join(' '), matrix, `case ${i}`);
  });
});

test('where beats are more than two windows apart, partners are all pairs within the window', () => {
  const random = new Random('apart');
  const labels = 'NSVFQ';
  for (let k = 0; k < 300; k++) {
    const window = random.integer(40);
    const draw = (): [number, string][] => {
      let sample = 0;
      return Array.from({ length: random.integer(30) }, () => {
        sample += 2 * window + 1 + random.integer(60);
        return [sample, labels[random.integer(5)]];
      });
    };
    const [reference, tested] = [draw(), draw()];
    const expected = COMPARED_CLASSES.map(() => COMPARED_CLASSES.map(() => 0));
    const rowOf = (label: string): number => 'NSVFQ'.indexOf(label);
    for (const [sample, label] of reference) {
      const partner = tested.find(([other]) => Math.abs(other - sample) <= window);
      expected[rowOf(label)][partner ? rowOf(partner[1]) : 5]++;
    }
    for (const [sample, label] of tested)
      if (!reference.some(([other]) => Math.abs(other - sample) <= window)) expected[5][rowOf(label)]++;
    const text = (beats: [number, string][]): string => beats.map((beat) => beat.join(' ')).join(', ');
    assert.is(cells(text(reference), text(tested), { window }), named(expected));
  }
});

const mitdb = process.env['MITDB'];

if (!mitdb) console.log('ecg/ec57/compareBeats: MIT-BIH is skipped, as MITDB does not name the folder of the database');
else {
  const SCORED = 300 * 360; // samples: five minutes
  const read = (name: string): Annotation[] => readAnnotations(readFileSync(join(mitdb, `${name}.atr`))).annotations;
  const end = 650000 / 360; // s, the length of every record

  test('every record of MIT-BIH agrees with itself', () => {
    const total = grossTally(
      MITDB_RECORDS.map((name) => {
        const annotations = read(name);
        const comparison = compareBeats(annotations, annotations, { samplingFrequency: 360, end });
        for (const { reference, test } of comparison.pairs) assert.is(reference, test);
        return comparison;
      }),
    );
    let scored = 0;
    for (const name of MITDB_RECORDS)
      scored += read(name).filter(({ label, sample }) => isBeat(label) && sample >= SCORED).length;
    assert.is(named(total.matrix), 'Nn 75029 Ss 2745 Vv 6101 Ff 623 Qq 6787');
    assert.is(total.statistics.qrs.sensitivity.count, scored);
  });

  for (const name of ['100', '119', '200', '208', '222'])
    test(`record ${name} of MIT-BIH: beats dropped, moved, relabelled and added are counted as such`, () => {
      const random = new Random(`perturbed ${name}`);
      const reference = read(name);
      const all = reference.filter(({ label }) => isBeat(label)).map((a) => a.sample);
      const expected = new Map<string, number>();
      const count = (cell: string): void => void expected.set(cell, (expected.get(cell) ?? 0) + 1);
      const rowOf = (label: string): string => named(compareBeats([beat(9, label)], [], options(0)).matrix)[0];
      const tested: Annotation[] = [];
      for (const a of reference) {
        if (!isBeat(a.label)) continue;
        const i = all.indexOf(a.sample);
        const room = Math.min(a.sample - (all[i - 1] ?? -1000), (all[i + 1] ?? 1e6) - a.sample);
        const row = rowOf(a.label);
        const kind = random.uniform();
        if (a.sample < SCORED + 1000) {
          tested.push(a);
          if (a.sample >= SCORED) count(row + row.toLowerCase());
        } else if (kind < 0.1) {
          count(`${row}o`);
        } else if (kind < 0.2) {
          const label = 'NAVFQ'[random.integer(5)];
          tested.push({ ...a, label });
          count(row + rowOf(label).toLowerCase());
        } else if (kind < 0.4 && room > 4 * 54) {
          // to the window's edge, or just out of it: then it is a missed and an extra beat
          const out = random.integer(2);
          tested.push({ ...a, sample: a.sample + (random.uniform() < 0.5 ? -1 : 1) * (54 + out) });
          count(row + (out ? 'o' : row.toLowerCase()));
          if (out) count(`O${row.toLowerCase()}`);
        } else {
          tested.push(a);
          count(row + row.toLowerCase());
          if (kind > 0.9 && all[i + 1] - a.sample > 4 * 54) {
            tested.push(beat(Math.round((a.sample + all[i + 1]) / 2), 'V'));
            count('Ov');
          }
        }
      }
      const actual = compareBeats(reference, tested, options(300)).matrix;
      const cells = named(actual).split(' ');
      const found = cells.flatMap((cell, k) => (k % 2 ? [] : [[cell, Number(cells[k + 1])] as const]));
      assert.equal(found.sort(), [...expected].sort());
      assert.ok([...expected.keys()].some((cell) => cell.endsWith('o')) && expected.has('Ov'));
    });
  const options = (start: number): CompareOptions => ({ samplingFrequency: 360, start, end });
}

const errors: [options: Partial<CompareOptions>, message: string][] = [
  [{ samplingFrequency: 0 }, 'compareBeats: expected a sampling frequency above 0 Hz, got 0'],
  [{ samplingFrequency: Number.NaN }, 'compareBeats: expected a sampling frequency above 0 Hz, got NaN'],
  [{ window: -1 }, 'compareBeats: expected window >= 0, got -1'],
  [{ start: Number.NaN }, 'compareBeats: expected start >= 0, got NaN'],
  [{ end: 299 }, 'compareBeats: expected end >= 300, got 299'],
];

for (const [options, message] of errors)
  test(message, () =>
    assertThrows(() => compareBeats([], [], { samplingFrequency: 360, ...options }), ArgumentError, message),
  );

test('refuses samples that are none, and matrices of another size', () => {
  const options = { samplingFrequency: 360 };
  const beats = list('1 N, 2 V');
  const broken = [beats[0], { ...beats[1], sample: Number.NaN }];
  const message = (which: string): string =>
    `compareBeats: expected whole samples, got NaN in ${which} annotation 1 (V)`;
  assertThrows(() => compareBeats(broken, beats, options), DataError, message('reference'));
  assertThrows(() => compareBeats(beats, broken, options), DataError, message('test'));
  assertThrows(
    () => beatStatistics([[1, 2], [3]]),
    ShapeError,
    'beatStatistics: expected a matrix of 7 x 7, got rows of 2, 1',
  );
});

test('windows, starts and ends without end', () => {
  const endless = { window: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };
  assert.is(cells('1000 N, 5000 V', '1500 S, 90000 F', endless), 'Ns 1 Vf 1');
  assert.is(cells('1000 N', '1000 N, 90000 F', { end: Number.POSITIVE_INFINITY }), 'Nn 1 Of 1');
  assert.is(cells('1000 N', '1000 N', { start: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY }), '');
});

test.run();
