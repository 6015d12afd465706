import {
  AAMI_CLASSES,
  aamiClass,
  CLASSES,
  codeOf,
  countByClass,
  cutWindows,
  type EcgRecord,
  extractBeats,
  isBeat,
  listBeats,
  mnemonicOf,
  type Normalization,
  peaksAsBeats,
  subset,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { assertClose, throwsWith } from '../../support/asserts.ts';
import { makeRecord } from '../../support/records.ts';

const test = suite('ecg beats');
const ramp = (length: number) => Float32Array.from({ length }, (_, i) => i * i);

test('codes and mnemonics are those of ecgcodes.h', () => {
  const pairs = [
    [1, 'N'],
    [5, 'V'],
    [8, 'A'],
    [12, '/'],
    [14, '~'],
    [22, '"'],
    [28, '+'],
    [34, 'e'],
    [38, 'f'],
    [41, 'r'],
    [42, '[42]'],
  ] as const;
  for (const [code, label] of pairs) {
    assert.is(mnemonicOf(code), label);
    assert.is(codeOf(label), code);
  }
  for (let code = 1; code < 50; code++) assert.is(codeOf(mnemonicOf(code)), code);
  assert.is(codeOf('beat'), undefined);
  assert.is(codeOf(''), undefined);
});

test('beats and AAMI classes', () => {
  assert.equal([...'NLRej'].map(aamiClass), [...'NNNNN']);
  assert.equal([...'AaJS'].map(aamiClass), [...'SSSS']);
  assert.equal([...'VEF/fQ'].map(aamiClass), [...'VVFQQQ']);
  assert.equal([...'+~|"x![]'].map(aamiClass), Array(8).fill(undefined));
  assert.equal([...'+~|"x![]'].filter(isBeat), []);
  assert.ok([...'NLRBAaJSVrFejnE/fQ?'].every(isBeat));
  assert.equal([...CLASSES], ['N', 'S', 'V']);
  assert.equal([...AAMI_CLASSES], ['N', 'S', 'V', 'F', 'Q']);
});

test('a window begins `before` samples ahead of the R peak; edges are dropped and counted', () => {
  const r = makeRecord('r', { MLII: ramp(20) }, [
    [2, 'N'],
    [3, 'A'],
    [9, '+'],
    [10, 'V'],
    [11, 'F'],
    [17, 'N'],
    [19, 'V'],
  ]);
  const beats = extractBeats([r], { length: 5, before: 3, normalize: 'none' });
  assert.equal([...beats.sample], [3, 10, 17]);
  assert.equal([...beats.labels], [1, 2, 0]);
  assert.equal([...beats.x.subarray(0, 5)], [0, 1, 4, 9, 16]);
  assert.equal(
    [...beats.x.subarray(10)],
    [14, 15, 16, 17, 18].map((v) => v * v),
  );
  assert.equal(beats.counts, { N: 2, S: 1, V: 2, F: 1, Q: 0 });
  assert.equal(beats.recordLengths, [20]);
  assert.equal(beats.dropped, [
    { record: 'r', sample: 2, label: 'N', why: 'edge' },
    { record: 'r', sample: 19, label: 'V', why: 'edge' },
  ]);
  assert.equal(countByClass(beats), { N: 1, S: 1, V: 1 });
});

test('the default is 253 samples with the R peak in the middle, each window standardised', () => {
  const beats = extractBeats([makeRecord('r', { MLII: ramp(253) }, [[126, 'N']])]);
  assert.is(beats.length, 253);
  assert.is(beats.x.length, 253);
  const mean = beats.x.reduce((a, b) => a + b) / 253;
  const variance = beats.x.reduce((a, b) => a + (b - mean) ** 2, 0) / 253;
  assert.ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-6);
});

test('a flat beat becomes zeros', () => {
  const flat = makeRecord('r', { MLII: new Float32Array(300).fill(0.1) }, [[150, 'N']]);
  for (const normalize of ['zscore', 'center', 'record'] as const)
    assert.ok(
      extractBeats([flat], { normalize }).x.every((v) => v === 0),
      normalize,
    );
});

// Windows 1 3 5 (mean 3, deviation sqrt(8/3)) and 2 8 14 (mean 8, deviation sqrt(24)) in a lead of mean 5 and deviation
// sqrt((16 + 4 + 0 + 9 + 9 + 81 + 25 + 4) / 8) = sqrt(18.5).
const two = [1, 3, 5, 2, 8, 14, 0, 7];

test('normalize: zscore, center, record and none, by hand', () => {
  const r = makeRecord('r', { MLII: Float32Array.from(two) }, [
    [1, 'N'],
    [4, 'V'],
  ]);
  const cut = (normalize?: Normalization) => extractBeats([r], { length: 3, normalize });
  const [a, b, c] = [Math.sqrt(8 / 3), Math.sqrt(24), Math.sqrt(18.5)];
  const zscore = [-2 / a, 0, 2 / a, -6 / b, 0, 6 / b];
  assert.equal(cut('none').x, Float32Array.of(1, 3, 5, 2, 8, 14));
  assert.equal(cut('center').x, Float32Array.of(-2, 0, 2, -6, 0, 6));
  assertClose(cut('zscore').x, zscore, { absolute: 1e-6 });
  assertClose(cut('record').x, [-4 / c, -2 / c, 0, -3 / c, 3 / c, 9 / c], { absolute: 1e-6 });
  assert.equal(cut().x, cut('zscore').x);
  for (const normalize of ['zscore', 'center', 'record', 'none'] as const)
    assert.is(cut(normalize).normalize, normalize);
  assert.equal(r.leads[0].samples, Float32Array.from(two)); // untouched
});

test('normalize record: each record by its own lead, without the samples that are no numbers', () => {
  const annotations = [[4, 'N']] as const;
  const gaps = Float32Array.of(Number.NaN, ...two, Number.POSITIVE_INFINITY, Number.NaN);
  const a = makeRecord('a', { MLII: gaps, V1: new Float32Array(11).fill(9) }, annotations);
  const b = makeRecord('b', { MLII: Float32Array.from(two, (v) => 100 - 10 * v) }, annotations);
  const c = Math.sqrt(18.5);
  const { x } = extractBeats([a, b], { length: 3, normalize: 'record' });
  assertClose(x, [0, -3 / c, 3 / c, 3 / c, -3 / c, -9 / c], { absolute: 1e-6 });
});

test('the lead is MLII wherever a record has it, else the first', () => {
  const [a, b] = [new Float32Array(3).fill(1), new Float32Array(3).fill(2)];
  const records = [makeRecord('114', { V5: a, MLII: b }, [[1, 'N']]), makeRecord('102', { V5: a, V2: b }, [[1, 'N']])];
  const options = { length: 3, normalize: 'none' } as const;
  const beats = extractBeats(records, options);
  assert.equal(beats.leadNames, ['MLII', 'V5']);
  assert.equal([...beats.x], [2, 2, 2, 1, 1, 1]);
  assert.equal([...beats.record], [0, 1]);
  assert.equal(extractBeats(records, { ...options, lead: 'V2' }).leadNames, ['V5', 'V2']);
});

test('other classes are an option', () => {
  const r = makeRecord('r', { MLII: ramp(9) }, [
    [4, '/'],
    [4, 'F'],
    [4, 'N'],
  ]);
  const beats = extractBeats([r], { length: 3, classes: ['F', 'Q'] });
  assert.equal([...beats.labels], [1, 0]);
});

test('NaN and infinite samples are errors that name record, lead and sample, or dropped', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const samples = ramp(30);
    samples[12] = bad;
    const r = makeRecord('r7', { MLII: samples }, [
      [5, 'N'],
      [10, 'V'],
      [20, 'N'],
    ]);
    throwsWith(() => extractBeats([r], { length: 5 }), DataError, 'record r7 lead MLII sample 12', `got ${bad}`);
    const beats = extractBeats([r], { length: 5, invalid: 'drop' });
    assert.equal([...beats.sample], [5, 20]);
    assert.equal(beats.dropped, [{ record: 'r7', sample: 10, label: 'V', why: 'invalid' }]);
  }
});

test('refuses records that do not fit together, and options out of range', () => {
  const r = makeRecord('a', { MLII: ramp(9) }, []);
  const slow: EcgRecord = { ...makeRecord('b', { MLII: ramp(9) }, []), samplingFrequency: 250 };
  throwsWith(() => extractBeats([r, slow]), DataError, 'record b', '360 Hz', 'got 250');
  throwsWith(() => extractBeats([r, r]), DataError, 'a twice');
  throwsWith(() => extractBeats([{ ...r, leads: [] }]), DataError, 'record a', 'a lead');
  throwsWith(() => extractBeats([r], { length: 0 }), ArgumentError, 'length', 'got 0');
  throwsWith(() => extractBeats([r], { before: -1 }), ArgumentError, 'before', 'got -1');
  throwsWith(() => extractBeats([r], { length: 5, before: 5 }), ArgumentError, 'before', 'got 5');
  throwsWith(() => extractBeats([]), DataError, 'at least one record');
  for (const [normalize, hint] of [
    ['zscor', ' (did you mean zscore?)'],
    ['toString', ''],
  ])
    throwsWith(
      () => extractBeats([r], { normalize: normalize as 'none' }),
      ArgumentError,
      `extractBeats: expected normalize 'zscore', 'center', 'record' or 'none'${hint}, got "${normalize}"`,
    );
  const between = { sample: 10.5, label: 'N', subtype: 0, channel: 0, num: 0, aux: '' };
  throwsWith(() => extractBeats([{ ...r, annotations: [between] }]), DataError, 'record a', 'got 10.5');
});

test('a subset has its rows in the order asked for', () => {
  const r = makeRecord('r', { MLII: ramp(20) }, [
    [3, 'A'],
    [10, 'V'],
    [12, 'N'],
  ]);
  const beats = extractBeats([r], { length: 3, normalize: 'none' });
  const part = subset(beats, [2, 0]);
  assert.equal([...part.x], [121, 144, 169, 4, 9, 16]);
  assert.equal([...part.labels], [0, 1]);
  assert.equal([...part.sample], [12, 3]);
  assert.is(part.counts, beats.counts);
  throwsWith(() => subset(beats, [3]), ArgumentError, '0 to 2', 'got 3');
});

// ---- beats apart from their windows

test('windows of listed beats are those that extractBeats cuts, and know which beat each is of', () => {
  const signal = ramp(60);
  signal[31] = Number.NaN;
  const r = makeRecord('a', { MLII: signal }, [
    [1, 'N'],
    [10, 'A'],
    [20, 'V'],
    [30, 'N'],
    [40, '~'],
    [50, 'N'],
    [59, 'V'],
  ]);
  const b = makeRecord('b', { MLII: ramp(30) }, [
    [12, 'V'],
    [15, 'F'],
  ]);
  const shape = { length: 5, before: 2, invalid: 'drop' } as const;
  const list = listBeats([r, b]);
  assert.equal([...list.sample], [1, 10, 20, 30, 50, 59, 12]);
  assert.equal([...list.labels], [0, 1, 2, 0, 0, 2, 2]);
  const set = cutWindows([r, b], list, shape);
  assert.equal(set, extractBeats([r, b], shape));
  assert.equal([...set.index], [1, 2, 4, 6]);
  assert.equal(
    set.dropped.map(({ sample, why }) => [sample, why]),
    [
      [1, 'edge'],
      [30, 'invalid'],
      [59, 'edge'],
    ],
  );
  assert.equal([...subset(set, [3, 0]).index], [6, 1]);
  assert.equal(set.counts, { N: 3, S: 1, V: 3, F: 1, Q: 0 });

  const some = {
    ...list,
    ...{ sample: Int32Array.of(12, 50, 20), record: Int32Array.of(1, 0, 0), labels: Int32Array.of(2, 0, 2) },
  };
  const own = cutWindows([b, r], some, { ...shape, normalize: 'none' });
  assert.equal([...own.sample], [12, 50, 20], 'in the order of the list, whatever the order of the records');
  assert.equal(
    own.x.filter((_, i) => i % 5 === 2),
    Float32Array.of(ramp(30)[12], signal[50], signal[20]),
  );
  throwsWith(() => cutWindows([r], list, shape), DataError, 'cutWindows', 'one record b', 'got none');
});

test('windows are cut at any peaks, whose class is not known', () => {
  const r = makeRecord('a', { MLII: ramp(60) }, []);
  const set = cutWindows([r], peaksAsBeats(r, [5, 20, 59]), { length: 5, normalize: 'none' });
  assert.equal([set.classes, [...set.labels], [...set.sample]], [['Q'], [0, 0], [5, 20]]);
  assert.equal(set.dropped, [{ record: 'a', sample: 59, label: 'Q', why: 'edge' }]);
  throwsWith(() => peaksAsBeats(r, [60]), DataError, 'record a', '0 to 59', 'got 60');
});

test.run();
