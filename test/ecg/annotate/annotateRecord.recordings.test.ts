import { DataError } from 'dynaecg';
import { annotateRecord, detectQrs, type EcgRecord, resample } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  annotate,
  model,
  narrow,
  pair,
  peaksOf,
  RATE,
  reasons,
  record,
  samples,
  timed,
  withSamples,
} from '../../support/annotated.ts';
import { assertThrows } from '../../support/asserts.ts';

const test = suite('ecg/annotate/annotateRecord.recordings');

test('without any beat: an error with the reason', () => {
  const rest = 'lead MLII: expected at least one beat, got none: ';
  const drift = Float32Array.from({ length: 7200 }, (_, i) => 1000 + 1e-5 * i);
  for (const [bad, reason] of [
    [new Float32Array(7200).fill(0.25), 'the lead is flat, every sample being 0.25 mV'],
    [new Float32Array(7200).fill(Number.NaN), 'every sample is invalid'],
    [new Float32Array(7200).fill(0.25).fill(Number.NaN, 5, 7000), 'the lead is flat, every sample being 0.25 mV'],
    [drift, 'nothing in it looks like a QRS complex'],
  ] as const)
    assertThrows(() => annotate(bad), DataError, `annotateRecord: record other ${rest}${reason}`);
  assertThrows(
    () => annotate(samples, { peaks: [] }),
    DataError,
    `annotateRecord: record other ${rest}no R peaks were given`,
  );
});

test('R peaks given where nothing can be read: each is Q, and why', () => {
  const nan = new Float32Array(2000).fill(Number.NaN);
  for (const some of [model, timed, pair, narrow]) {
    const { beats, notes } = annotateRecord(some, withSamples(nan), { peaks: [10, 500, 1000, 1990] });
    assert.equal(reasons(beats), ['edge', 'invalid', 'invalid', 'edge']);
    assert.equal(notes, ['6 s of the lead cannot be read: its samples are invalid, or a flat line']);
    for (const beat of beats)
      assert.equal(
        [beat.label, beat.nearest, beat.probabilities, beat.distance],
        ['Q', null, [], null],
        `${beat.sample}`,
      );
  }
});

test('flat windows are flat, whatever the network takes them for', () => {
  const peaks = peaksOf(record);
  const [a, b] = [peaks[20] - 200, peaks[24] + 200];
  const cut = samples.slice().fill(0.7, a, b);
  const whole = annotate(samples, { peaks });
  for (const [i, beat] of annotate(cut, { peaks }).entries()) {
    const [start, end] = [peaks[i] - 126, peaks[i] + 127];
    if (start >= a && end <= b) {
      assert.equal([beat.label, beat.why, beat.probabilities.length], ['Q', 'flat', 3]);
      assert.ok(beat.nearest !== null && beat.distance !== null);
    } else if (end <= a || start >= b) assert.equal(beat, whole[i]);
    else assert.is.not(beat.why, 'flat');
  }
  const raw = { ...model, about: { ...model.about, window: { ...model.about.window, normalize: 'none' as const } } };
  const [flat] = annotateRecord(raw, withSamples(cut), { peaks: [(a + b) >> 1] }).beats;
  assert.is(flat.why, 'flat', 'where windows keep their height, too');
  const other = { ...withSamples(resample(cut, RATE, 500)), samplingFrequency: 500 };
  const [resampled] = annotateRecord(model, other, { peaks: [Math.round((((a + b) / 2) * 500) / RATE)] }).beats;
  assert.is(resampled.why, 'flat', 'resampled, too');
});

test('runs of NaN and infinities: what touches them is invalid, and all else as without them', () => {
  const gaps = [
    [4000, 4001],
    [9000, 9400],
    [15000, 18000],
    [25000, 25200],
  ];
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const broken = samples.slice();
    for (const [start, end] of gaps) broken.fill(bad, start, end);
    const touches = (at: number): boolean => gaps.some(([start, end]) => at - 126 < end && at + 127 > start);
    const away = (at: number): boolean => gaps.every(([start, end]) => at < start - 126 || at > end + 126);
    const whole = annotate(samples);
    const found = annotate(broken);
    assert.equal(
      found.filter(({ sample }) => away(sample)),
      whole.filter(({ sample }) => away(sample)),
    );
    assert.ok(
      found.some(({ sample }) => sample > 25400),
      'detection goes on',
    );
    for (const { sample, why, label, nearest } of found.filter(({ sample }) => touches(sample)))
      assert.equal([why, label, nearest], ['invalid', 'Q', null], `${sample}`);

    const peaks = peaksOf(record);
    const clean = annotate(samples, { peaks });
    const given = annotate(broken, { peaks });
    assert.ok(given.filter(({ why }) => why === 'invalid').length > 10);
    for (const [i, beat] of given.entries())
      if (touches(beat.sample)) assert.is(beat.why, 'invalid', `${beat.sample}`);
      else assert.equal(beat, clean[i]);
  }
});

/** A minute of a record with one stretch of it gone, and the same for longer. */
const GONE: [name: string, fill: number, seconds: number][] = [
  ['NaN', Number.NaN, 10],
  ['NaN', Number.NaN, 40],
  ['a lead that is off', 0.25, 40],
];

for (const [name, fill, seconds] of GONE)
  test(`the rhythm begins anew after ${seconds} s of ${name}: what comes after is as in a recording of its own`, () => {
    const [start, end] = [20 * RATE, (20 + seconds) * RATE];
    const broken = samples.slice().fill(fill, start, end);
    const peaks = peaksOf(record).filter((at) => at < start - 200 || at > end + 200);
    const { beats, notes, unreadable } = annotateRecord(timed, withSamples(broken), { peaks });
    assert.equal(unreadable, [{ start, end }]);
    assert.ok(notes.includes(`${seconds} s of the lead cannot be read: its samples are invalid, or a flat line`));
    const later = peaks.filter((at) => at > end);
    assert.ok(later.length > 10);
    const alone = annotateRecord(timed, withSamples(samples.slice(end)), { peaks: later.map((at) => at - end) });
    const after = beats.filter(({ sample }) => sample > end).map((beat) => ({ ...beat, sample: beat.sample - end }));
    assert.equal(after, alone.beats);
  });

test('a pause of more than ten seconds between beats begins the rhythm anew, a shorter one does not', () => {
  const peaks = peaksOf(record);
  const later = (seconds: number): number[] => peaks.filter((at) => at > peaks[10] + seconds * RATE);
  const [long, short] = [11, 4].map((seconds) => {
    const given = [...peaks.slice(0, 11), ...later(seconds)];
    const whole = annotateRecord(timed, record, { peaks: given }).beats.slice(11);
    const alone = annotateRecord(timed, record, { peaks: later(seconds) }).beats;
    return whole.filter(({ probabilities }, i) => `${probabilities}` !== `${alone[i].probabilities}`).length;
  });
  assert.is(long, 0);
  assert.ok(short > 0);
});

test('a lead in another unit is converted, which is said; where heights do not count it may have any', () => {
  const raw = { ...model, about: { ...model.about, window: { ...model.about.window, normalize: 'center' as const } } };
  const inUnits = (units: string, factor: number): EcgRecord => ({
    ...record,
    leads: [{ ...record.leads[0], units, samples: samples.map((v) => v * factor) }],
  });
  const at360 = annotateRecord(raw, record, { peaks: peaksOf(record) });
  for (const [units, factor] of [
    ['V', 1e-3],
    ['uV', 1e3],
    ['µV', 1e3],
  ] as const) {
    const { beats, notes } = annotateRecord(raw, inUnits(units, factor), { peaks: peaksOf(record) });
    assert.equal(notes, [`converted from ${units} to the model's mV`, ...at360.notes]);
    const differ = beats.filter(({ nearest }, i) => nearest !== at360.beats[i].nearest).length;
    assert.ok(differ <= 2, `${units}: ${differ}`); // of rounding
  }
  const adu = inUnits('adu', 200);
  const message = `annotateRecord: record ${record.name} lead MLII: expected a unit that can be converted to mV, got adu`;
  assertThrows(() => annotateRecord(raw, adu), DataError, message);
  assert.equal(annotateRecord(model, adu).notes, []);
});

test('a gap in a recording at another rate: invalid around it and nowhere else', () => {
  const rate = 500;
  const there = resample(samples, RATE, rate).fill(Number.NaN, 20000, 20500);
  const peaks = peaksOf(record).map((sample) => Math.round((sample * rate) / RATE));
  const { beats } = annotateRecord(model, { ...withSamples(there), samplingFrequency: rate }, { peaks });
  for (const { sample, why } of beats) {
    const reach = (127 * rate) / RATE;
    if (sample + reach < 20000 - 2 || sample - reach > 20500 + 2) assert.is.not(why, 'invalid');
    else if (sample + reach > 20000 + 4 && sample - reach < 20500 - 4) assert.is(why, 'invalid');
  }
});

test('shorter than a window', () => {
  assert.is(annotate(samples.subarray(0, 253), { peaks: [126] }).length, 1);
  const message = 'annotateRecord: record other: expected at least a window of 253 samples, got 252';
  assertThrows(() => annotate(samples.subarray(0, 252)), DataError, message);
  assertThrows(() => annotate(samples.subarray(0, 252), { peaks: [126] }), DataError, message);
  assertThrows(() => annotate(new Float32Array(0)), DataError, message.replace('252', '0'));
  const faster = { ...withSamples(new Float32Array(351)), samplingFrequency: 500 }; // 253 500 / 360 = 351.4
  assertThrows(
    () => annotateRecord(model, faster),
    DataError,
    'annotateRecord: record other: expected at least a window of 352 samples, got 351',
  );
});

const wrongPeaks: [peaks: number[], got: string][] = [
  [[500, 499], '499 at 1'],
  [[-1, 500], '-1 at 0'],
  [[500, 36000], '36000 at 1'],
  [[500.5], '500.5 at 0'],
  [[Number.NaN], 'NaN at 0'],
];

for (const [peaks, got] of wrongPeaks)
  test(`R peaks ${peaks}`, () =>
    assertThrows(
      () => annotate(samples, { peaks }),
      DataError,
      `annotateRecord: record other: expected R peaks in ascending order from 0 to 35999, got ${got}`,
    ));

test('two R peaks at one sample are two beats, alike', () => {
  const peaks = peaksOf(record).flatMap((sample, i) => (i === 7 ? [sample, sample] : [sample]));
  const { beats } = annotateRecord(timed, record, { peaks });
  assert.equal(beats[7], beats[8]);
  assert.equal([beats.length, beats[8].why], [peaks.length, null]);
});

test('given marks are moved to the R peaks for their windows, and kept for the annotations', () => {
  const exact = annotateRecord(model, record, { peaks: detectQrs(samples, RATE) });
  assert.equal(exact, annotateRecord(model, record), 'detected beats are there already');
  assert.not(exact.notes.some((note) => note.includes('marks')));
  for (const [shift, side] of [
    [-11, 'before'],
    [7, 'after'],
  ] as const) {
    const marks = exact.beats.map(({ sample }) => sample + shift).filter((at) => at >= 0 && at < samples.length);
    const given = annotateRecord(model, record, { peaks: marks });
    assert.equal(
      given.beats.map(({ sample, ...rest }) => ({ sample: sample - shift, ...rest })),
      exact.beats.filter(({ sample }) => marks.includes(sample + shift)),
    );
    const ms = ((1000 * Math.abs(shift)) / RATE).toFixed(1);
    assert.ok(given.notes.includes(`the given marks lie ${ms} ms ${side} the R peaks`), `${given.notes}`);
    const asGiven = annotateRecord(model, record, { peaks: marks, align: 'annotation' });
    assert.not.equal(asGiven.beats, given.beats);
    assert.not(asGiven.notes.some((note) => note.includes('marks')));
  }
});

test.run();
