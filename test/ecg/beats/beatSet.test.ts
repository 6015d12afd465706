import { countByClass, type EcgRecord, extractBeats, subset, syntheticRecord } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';
import { makeRecord } from '../../support/records.ts';

const test = suite('ecg/beats/beatSet');

const ramp = (length: number) => Float32Array.from({ length }, (_, i) => i * i);

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

test('windows on the R peaks: the same whatever the marks, which stay those of the beats', () => {
  const exact = syntheticRecord({ seed: 'rPeak', name: 'a', duration: 30 });
  const early = { ...exact, annotations: exact.annotations.map((a) => ({ ...a, sample: Math.max(0, a.sample - 11) })) };
  const [given, moved] = [exact, early].map((r) => extractBeats([r], { length: 101, align: 'rPeak' }));
  assert.equal(moved.fiducial, given.fiducial);
  assert.equal(moved.x, given.x);
  assert.equal(
    [...moved.sample].map((sample) => sample + 11),
    [...given.sample],
  );
  const { fiducial, sample } = extractBeats([early], { length: 101 });
  assert.equal(fiducial, sample, 'by default they are the marks');
  const some = subset(moved, [3, 1]);
  assert.equal([...some.fiducial], [moved.fiducial[3], moved.fiducial[1]]);

  const odd = makeRecord('b', { MLII: exact.leads[0].samples }, [
    [-5, 'N'],
    [exact.leads[0].samples.length, 'N'],
  ]);
  const beyond = extractBeats([odd, exact], { length: 101, align: 'rPeak' });
  assert.equal(
    beyond.dropped.map(({ record, why }) => [record, why]).slice(0, 2),
    [
      ['b', 'edge'],
      ['b', 'edge'],
    ],
    'outside of the lead they stay where they are',
  );
  assert.equal(beyond.x, given.x);
});

test('subset and countByClass take beats without their windows', () => {
  const beats = extractBeats([syntheticRecord({ seed: 1, name: 'r', duration: 20 })]);
  const { x, ...places } = beats;
  const at = [3, 0, 3];
  const { x: own, ...expected } = subset(beats, at);
  assert.equal([x.length, own.length], [beats.labels.length * places.length, 3 * places.length]);
  assert.equal(subset(places, at), expected);
  assert.equal(countByClass(places), countByClass(beats));
});

test.run();
