import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CheckpointError,
  DataError,
  decodeModel,
  decodeSafetensors,
  Embedder,
  EmbeddingClassifier,
  encodeModel,
  encodeSafetensors,
  type ModelParts,
  Random,
  Tensor,
  trainingDistance,
} from 'dynaecg';
import {
  AAMI_CLASSES,
  type AamiClass,
  type AnnotatedBeat,
  type AnnotateOptions,
  aamiClass,
  annotateRecord,
  beatAnnotations,
  beatInput,
  beatTiming,
  compareBeats,
  detectQrs,
  type EcgRecord,
  extractBeats,
  grossTally,
  readAnnotations,
  resample,
  writeAnnotations,
} from 'dynaecg/ecg';
import { loadModel } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows } from '../../support/asserts.ts';
import { makeRecord } from '../../support/records.ts';
import { trained, unseen } from '../../support/trained.ts';

const test = suite('ecg annotate');

const RATE = 360;
const model = trained();
const timed = trained({ timing: ['previous', 'change', 'rate', 'next'] });
const pair = trained({ members: 2 });
const narrow = trained({ length: 150, before: 40, normalize: 'record' }); // classes are hardly told apart by this one
const { limit } = model.clusters!;

const [record] = unseen;
const [{ samples }] = record.leads;
const peaksOf = ({ annotations }: EcgRecord): number[] => annotations.map(({ sample }) => sample);
/** A recording with other samples in its one lead. */
const withSamples = (other: Float32Array, name = 'MLII'): EcgRecord => ({
  ...makeRecord('other', { [name]: other }, []),
});
const annotate = (other: Float32Array, options?: AnnotateOptions) =>
  annotateRecord(model, withSamples(other), options).beats;
const reasons = (beats: readonly AnnotatedBeat[]) => beats.map(({ why }) => why);

// ---- what it is for

test('recordings of other patients: mostly the right classes, at the right places', () => {
  for (const [some, classes] of [
    [model, [0, 2]],
    [timed, [0, 1, 2]],
  ] as const) {
    const tallies = unseen.map((r) => {
      const annotated = annotateRecord(some, r);
      assert.equal([annotated.lead, annotated.notes], ['MLII', []]);
      const options = { samplingFrequency: RATE, start: 0, end: samples.length / RATE };
      const compared = compareBeats(r.annotations, beatAnnotations(annotated), options);
      const apart = compared.pairs.flatMap(({ reference, test }) =>
        reference && test ? [Math.abs(reference.sample - test.sample)] : [],
      );
      assert.ok(apart.sort((a, b) => a - b)[Math.floor(0.9 * apart.length)] <= 4, `${apart}`);
      const without = reasons(annotated.beats).filter(Boolean);
      assert.ok(without.length < 0.15 * annotated.beats.length, `${without}`);
      return compared;
    });
    const { statistics, matrix } = grossTally(tallies);
    assert.ok(statistics.qrs.sensitivity.value! > 0.98 && statistics.qrs.positivePredictivity.value! > 0.98);
    const right = classes.map((k) => matrix[k][k] / matrix[k].reduce((a, b) => a + b));
    for (const share of right) assert.ok(share > 0.65, `${right}`);
  }
});

test('probabilities, nearest, distances and labels are those of the windows that extractBeats cuts', () => {
  const { annotations } = unseen[0];
  const pause = {
    ...unseen[0],
    annotations: annotations.filter((a) => a.sample < 10 * RATE || a.sample > 13.5 * RATE),
  };
  const gap = { ...unseen[0], annotations: annotations.filter((a) => a.sample < 10 * RATE || a.sample > 20.5 * RATE) };
  for (const r of [...unseen.slice(0, 2), pause, gap])
    for (const some of [model, timed, pair, narrow]) {
      const { networks, clusters, about } = some;
      const { beats } = annotateRecord(some, r, { peaks: peaksOf(r) });
      assert.equal(
        beats.map(({ sample }) => sample),
        peaksOf(r),
        'given R peaks are taken as they are',
      );
      const { units: _, ...window } = about.window;
      const set = extractBeats([r], { ...window, invalid: 'drop' });
      const n = set.labels.length;
      const F = about.timing.length;
      const context = F
        ? new Tensor(beatTiming([r], set, { features: about.timing }).x, [n, about.timing.length])
        : undefined;
      const x = new Tensor(set.x, [n, 1, about.window.length]);
      const { embeddings, probabilities } = new EmbeddingClassifier(networks).classify(x, { context });
      const distances = trainingDistance(clusters!, embeddings, x);
      let row = 0;
      for (const beat of beats) {
        if (beat.sample !== set.sample[row]) {
          const { before, length } = about.window;
          const inside = beat.sample - before >= 0 && beat.sample - before + length <= samples.length;
          assert.not(inside, `no window at ${beat.sample}`);
          const nothing = { label: 'Q', why: 'edge', nearest: null, probabilities: [], distance: null };
          assert.equal(beat, { sample: beat.sample, ...nothing });
          continue;
        }
        const own = [...probabilities.data.subarray(3 * row, 3 * row + 3)];
        assert.equal(beat.probabilities, own);
        const nearest = AAMI_CLASSES[own.indexOf(Math.max(...own))];
        assert.is(beat.distance, distances[row]);
        const unlike = distances[row] > clusters!.limit;
        assert.equal([beat.nearest, beat.label, beat.why], [nearest, unlike ? 'Q' : nearest, unlike ? 'unlike' : null]);
        row++;
      }
      assert.is(row, n);
    }
});

test('without R peaks given, those of detectQrs', () => {
  const found = [...detectQrs(samples, RATE)];
  assert.equal(annotateRecord(model, record), annotateRecord(model, record, { peaks: found }));
});

test('classes have the order that the model file gives them', () => {
  const classes: AamiClass[] = ['V', 'F', 'N'];
  const { beats } = annotateRecord({ ...model, about: { ...model.about, classes } }, record);
  const other = annotateRecord(model, record).beats;
  for (const [i, { nearest, probabilities }] of beats.entries()) {
    assert.equal(probabilities, other[i].probabilities);
    assert.is(nearest && classes.indexOf(nearest), other[i].nearest && AAMI_CLASSES.indexOf(other[i].nearest));
  }
});

test('a model that was written and read gives the same to the last bit', () => {
  for (const some of [model, timed, pair])
    assert.equal(annotateRecord(decodeModel(encodeModel(some)), record), annotateRecord(some, record));
});

test('progress rises to 1, through all networks', () => {
  const long = withSamples(Float32Array.from({ length: 6 * samples.length }, (_, i) => samples[i % samples.length]));
  for (const some of [model, pair]) {
    const told: number[] = [];
    const { beats } = annotateRecord(some, long, { progress: (done) => told.push(done) });
    assert.is(told.length, some.networks.length * Math.ceil(beats.filter(({ why }) => why !== 'edge').length / 256));
    assert.is(told.at(-1), 1);
    assert.ok(told.every((done, i) => done > (told[i - 1] ?? 0)));
  }
});

test('annotations: the class, or Q with the reason and the nearest class; they go into a file and come back', () => {
  const beat = { probabilities: [], distance: null };
  const beats: AnnotatedBeat[] = [
    { ...beat, sample: 3, label: 'Q', why: 'edge', nearest: null },
    { ...beat, sample: 500, label: 'V', why: null, nearest: 'V' },
    { ...beat, sample: 900, label: 'Q', why: 'unlike', nearest: 'S' },
  ];
  const annotations = beatAnnotations({ beats, lead: 'V5', notes: [] }, 1);
  const common = { subtype: 0, channel: 1, num: 0 };
  assert.equal(annotations, [
    { sample: 3, label: 'Q', aux: 'edge', ...common },
    { sample: 500, label: 'V', aux: '', ...common },
    { sample: 900, label: 'Q', aux: 'unlike S', ...common },
  ]);
  assert.equal(readAnnotations(writeAnnotations(annotations)).annotations, annotations);
  assert.is(beatAnnotations({ beats, lead: 'V5', notes: [] })[0].channel, 0);
  for (const label of AAMI_CLASSES) assert.is(aamiClass(label), label, 'a class is a mnemonic of it');
});

// ---- other leads, other rates

test("the model's lead wherever it is, or else the first, which is said", () => {
  const [a, b] = [samples, unseen[1].leads[0].samples];
  const two = (first: string, second: string): EcgRecord => makeRecord('two', { [first]: a, [second]: b }, []);
  const [ofA, ofB] = [annotate(a), annotate(b)];
  const read = (r: EcgRecord, lead?: string) => annotateRecord(model, r, { lead });
  assert.equal(read(two('MLII', 'V5')), { beats: ofA, lead: 'MLII', notes: [] });
  assert.equal(read(two('V5', 'MLII')), { beats: ofB, lead: 'MLII', notes: [] });
  const notes = ['lead V5 is read; the model was trained on MLII'];
  assert.equal(read(two('V5', 'V1')), { beats: ofA, lead: 'V5', notes });
  assert.equal(read(two('V1', 'V5'), 'V5'), { beats: ofB, lead: 'V5', notes });
  assert.equal(read(two('V5', 'MLII'), 'V5'), { beats: ofA, lead: 'V5', notes });
  const wrong: [r: EcgRecord, lead: string | undefined, message: string][] = [
    [two('V1', 'V5'), 'aVR', 'annotateRecord: record two: expected lead aVR, got V1, V5'],
    [{ ...record, leads: [] }, undefined, `annotateRecord: record ${record.name}: expected lead MLII, got none`],
  ];
  for (const [r, lead, message] of wrong) assertThrows(() => read(r, lead), DataError, message);
});

test('a lead upside down is suspected, and turned over is as it was', () => {
  const turned = samples.map((v) => -v);
  const { beats, notes } = annotateRecord(model, withSamples(turned));
  assert.is(notes.length, 2);
  const share = Math.round((100 * reasons(beats).filter((why) => why === 'unlike').length) / beats.length);
  assert.ok(share > 80, `${share}`);
  assert.is(notes[0], `${share} % of the beats are unlike those that the model was trained on`);
  const said = /^the lead seems to be upside down: turned over, .* \(median distance (\S+) instead of (\d.\d{3})\)$/;
  const [, nearer, farther] = said.exec(notes[1])!.map(Number);
  assert.ok(nearer < limit && farther > 2 * nearer, notes[1]);
  assert.equal(
    annotateRecord(model, withSamples(turned), { invert: true }),
    annotateRecord(model, withSamples(samples)),
  );
  assert.equal(annotateRecord(model, withSamples(samples), { invert: true }).notes, notes);
  const timedNotes = annotateRecord(timed, withSamples(turned)).notes;
  assert.match(timedNotes.at(-1)!, 'upside down', 'also for a model that is told of timing');
});

test('whether a long recording is upside down, beats from all over it tell', () => {
  const n = samples.length;
  for (const [part, told] of [
    [0.2, false],
    [0.8, true],
  ] as const) {
    const x = Float32Array.from({ length: 3 * n }, (_, i) => (i < part * 3 * n ? -1 : 1) * samples[i % n]);
    const { beats, notes } = annotateRecord(timed, withSamples(x));
    assert.ok(beats.length > 200);
    assert.is(/upside down/.test(notes.join()), told);
  }
});

for (const rate of [250, 500, 128])
  test(`a recording at ${rate} Hz: resampled, the R peaks in its own samples, nearly the same classes`, () => {
    const other = { ...withSamples(resample(samples, RATE, rate)), samplingFrequency: rate };
    const there = peaksOf(record).map((sample) => Math.round((sample * rate) / RATE));
    const at360 = annotateRecord(model, record, { peaks: peaksOf(record) }).beats;
    const given = annotateRecord(model, other, { peaks: there });
    assert.equal(given.notes, [`resampled from ${rate} Hz to the model's 360 Hz`]);
    assert.equal(
      given.beats.map(({ sample }) => sample),
      there,
    );
    const differ = given.beats.filter(({ nearest }, i) => nearest !== at360[i].nearest).length;
    assert.ok(differ <= 0.06 * there.length, `${differ} of ${there.length}`);

    const found = annotateRecord(model, other).beats;
    const options = { samplingFrequency: rate, start: 0, window: 0.025 };
    const annotations = there.map((sample) => ({ sample, label: 'N', subtype: 0, channel: 0, num: 0, aux: '' }));
    const { qrs } = compareBeats(
      annotations,
      beatAnnotations({ beats: found, lead: '', notes: [] }),
      options,
    ).statistics;
    assert.ok(qrs.sensitivity.value! > 0.95 && qrs.positivePredictivity.value! > 0.95, JSON.stringify(qrs));
    const ownTiming = annotateRecord(timed, other, { peaks: there }).beats;
    const timing360 = annotateRecord(timed, record, { peaks: peaksOf(record) }).beats;
    const changed = ownTiming.filter(({ nearest }, i) => nearest !== timing360[i].nearest).length;
    assert.ok(changed <= 0.06 * there.length, `${changed} of ${there.length}`);
  });

test('slower than detection can be, R peaks given or not', () => {
  const slow = { ...withSamples(resample(samples, RATE, 40)), samplingFrequency: 40 };
  assert.throws(() => annotateRecord(model, slow), /^detectQrs: expected samplingFrequency .*, got 40$/);
  const peaks = peaksOf(record).map((sample) => Math.floor(sample / 9));
  assert.is(annotateRecord(model, slow, { peaks }).beats.length, peaks.length);
});

// ---- bad recordings

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
    `annotateRecord: record other ${rest}the R peaks given are none`,
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
    const { beats, notes } = annotateRecord(timed, withSamples(broken), { peaks });
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
    return whole.filter(({ distance }, i) => distance !== alone[i].distance).length;
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

// ---- beats that are unlike

/** Beats at the R peaks of the recording, of another form. */
function formed(peaks: readonly number[], form: (t: number) => number): Float32Array {
  const x = new Float32Array(samples.length);
  for (const peak of peaks) for (let t = -150; t <= 150; t++) if (x[peak + t] !== undefined) x[peak + t] += form(t);
  return x;
}
const FORMS: Record<string, (t: number) => number> = {
  'square waves': (t) => (Math.abs(t) < 60 ? 1 : -1),
  'bursts of a sine': (t) => Math.sin(t / 9),
  ramps: (t) => t / 150,
};
for (const [name, form] of Object.entries(FORMS))
  test(`${name} in the place of beats: unlike, Q, and the nearest class all the same`, () => {
    const peaks = peaksOf(record).filter((sample, i, all) => sample > 200 && sample - (all[i - 1] ?? 0) > 260);
    assert.ok(peaks.length > 40);
    const { beats, notes } = annotateRecord(model, withSamples(formed(peaks, form)), { peaks });
    for (const { sample, label, why, nearest, distance, probabilities } of beats) {
      if (sample > samples.length - 127) continue;
      assert.equal([label, why], ['Q', 'unlike'], `at ${sample}, distance ${distance}, limit ${limit}`);
      assert.ok(distance! > limit);
      assert.is(nearest, AAMI_CLASSES[probabilities.indexOf(Math.max(...probabilities))]);
    }
    assert.ok(notes.includes('100 % of the beats are unlike those that the model was trained on'));
  });

test('half of the beats unlike is said, fewer is not', () => {
  const peaks = peaksOf(record).slice(2, 42);
  const spoilt = (n: number): Float32Array => {
    const x = samples.slice();
    for (let i = 0; i < n; i++) {
      const end = i === 39 ? peaks[i] + 150 : (peaks[i] + peaks[i + 1]) >> 1;
      const start = i === 0 ? peaks[i] - 150 : (peaks[i] + peaks[i - 1]) >> 1;
      for (let t = start; t < end; t++) x[t] = Math.sin(t / 2);
    }
    return x;
  };
  for (const n of [14, 15, 16, 17, 18, 19, 20, 21, 22]) {
    const { beats, notes } = annotateRecord(model, withSamples(spoilt(n)), { peaks });
    const unlike = reasons(beats).filter((why) => why === 'unlike').length;
    assert.ok(Math.abs(unlike - n) <= 5, `${unlike} of ${n}`);
    const said = notes.find((note) => note.endsWith('% of the beats are unlike those that the model was trained on'));
    assert.is(said !== undefined, unlike >= 20);
    assert.ok(said === undefined || Math.abs(Number.parseInt(said, 10) - 2.5 * unlike) <= 0.5, said);
  }
});

// ---- models that do not do

test('a model without clusters: nothing is unlike, which is said', () => {
  const { beats, notes } = annotateRecord({ ...model, clusters: null }, withSamples(samples.map((v) => -v)));
  assert.equal(notes, ['the model file has no clusters of training beats: no beat is marked as unlike them']);
  for (const { why, distance, label, nearest } of beats) {
    assert.is(distance, null);
    if (why === null) assert.is(label, nearest);
    else assert.is(why, 'edge');
  }
});

test('a model without classifier, and one whose weights are no numbers', () => {
  const [{ embedder, classifier }] = model.networks;
  const half = { ...pair, networks: [pair.networks[0], { embedder, classifier: null }] };
  assertThrows(
    () => annotateRecord(half, record),
    CheckpointError,
    'annotateRecord: expected a model with a classifier, got none',
  );
  const broken = decodeModel(encodeModel({ ...model, networks: [{ embedder, classifier }] }));
  broken.networks[0].classifier!.fc1.weight.data.fill(Number.NaN);
  const peaks = peaksOf(record).filter((sample) => sample > 126);
  for (const clusters of [null, broken.clusters])
    assertThrows(
      () => annotateRecord({ ...broken, clusters }, record, { peaks }),
      DataError,
      `annotateRecord: record ${record.name}: classify: expected finite values of the model, got NaN for sample 0`,
    );
});

test('a model file of another version', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  try {
    const path = join(dir, 'old.safetensors');
    const { tensors, metadata } = decodeSafetensors(encodeModel(model));
    writeFileSync(path, encodeSafetensors(tensors, { ...metadata, format: 'dynaecg 1' }));
    assertThrows(
      () => loadModel(path),
      CheckpointError,
      `loadModel: expected a model in ${path}, got: decodeModel: expected format 'dynaecg 2', got "dynaecg 1": of another version`,
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('what a model file says of its input', () => {
  const { classes, samplingFrequency, window, timing, ...rest } = beatInput(timed);
  assert.equal([classes, samplingFrequency, rest], [['N', 'S', 'V'], 360, {}]);
  assert.equal(window, { length: 253, before: 126, normalize: 'zscore', lead: 'MLII', units: 'mV' });
  assert.equal(timing, ['previous', 'change', 'rate', 'next']);
});

/** A field that is absent or garbled, and the message. */
const { window } = model.about;
const config = (some: ModelParts): string => JSON.stringify(some.networks[0].embedder.config);
const garbled: [some: ModelParts, about: unknown, message: string][] = [
  [model, null, 'classes among N S V F Q, got undefined'],
  [model, 'beats', 'classes among N S V F Q, got undefined'],
  [model, { classes: undefined }, 'classes among N S V F Q, got undefined'],
  [model, { classes: 'NSV' }, 'classes among N S V F Q, got "NSV"'],
  [model, { classes: ['N', 'S', 'W'] }, 'classes among N S V F Q, got ["N","S","W"]'],
  [model, { classes: ['N', 'S', 'S'] }, 'classes among N S V F Q, got ["N","S","S"]'],
  [model, { classes: ['N', 'S'] }, 'a classifier of 2 classes, got 3'],
  [model, { classes: [] }, 'a classifier of 0 classes, got 3'],
  [model, { samplingFrequency: undefined }, 'a sampling frequency above 0, got undefined'],
  [model, { samplingFrequency: 0 }, 'a sampling frequency above 0, got 0'],
  [model, { samplingFrequency: -360 }, 'a sampling frequency above 0, got -360'],
  [model, { samplingFrequency: '360' }, 'a sampling frequency above 0, got "360"'],
  [model, { samplingFrequency: true }, 'a sampling frequency above 0, got true'],
  [model, { samplingFrequency: [360] }, 'a sampling frequency above 0, got [360]'],
  [model, { window: undefined }, 'a window of whole samples with before < length, got undefined'],
  [model, { window: null }, 'a window of whole samples with before < length, got null'],
  [model, { window: 253 }, 'a window of whole samples with before < length, got 253'],
  ...[{ before: 253 }, { before: -1 }, { before: 1.5 }, { before: '126' }, { length: 253.5 }, { length: '253' }].map(
    (part): [ModelParts, unknown, string] => {
      const bad = { ...window, ...part };
      return [model, { window: bad }, `a window of whole samples with before < length, got ${JSON.stringify(bad)}`];
    },
  ),
  [model, { window: { ...window, length: 200 } }, `networks for one lead of 200 samples, got ${config(model)}`],
  [model, { window: { ...window, normalize: 'z' } }, 'a known normalisation of the window, got "z"'],
  [model, { window: { ...window, normalize: 'toString' } }, 'a known normalisation of the window, got "toString"'],
  [model, { window: { ...window, normalize: undefined } }, 'a known normalisation of the window, got undefined'],
  [model, { window: { ...window, lead: 2 } }, 'the name of a lead, got 2'],
  [model, { window: { ...window, lead: undefined } }, 'the name of a lead, got undefined'],
  [model, { window: { ...window, units: undefined } }, 'the unit of the lead, got undefined'],
  [model, { timing: undefined }, 'timing among previous change rate next irregularity, got undefined'],
  [model, { timing: 'rate' }, 'timing among previous change rate next irregularity, got "rate"'],
  [model, { timing: ['rhythm'] }, 'timing among previous change rate next irregularity, got ["rhythm"]'],
  [model, { timing: ['rate', 'next'] }, `networks told 2 numbers of timing, got ${config(model)}`],
  [timed, { timing: [] }, `networks told 0 numbers of timing, got ${config(timed)}`],
];
for (const [some, part, message] of garbled)
  test(`beatInput: expected ${message.slice(0, 100)} (${JSON.stringify(part)})`, () => {
    const about = (typeof part === 'object' && part ? { ...some.about, ...part } : part) as ModelParts['about'];
    const error = [CheckpointError, `beatInput: expected ${message}`] as const;
    assertThrows(() => beatInput({ ...some, about }), ...error);
    assertThrows(() => annotateRecord({ ...some, about }, record), ...error);
  });

test('every network of a model must fit', () => {
  const embedder = new Embedder({ inChannels: 2, random: new Random(1) });
  for (const other of [narrow, { ...model, networks: [{ embedder, classifier: null }] }])
    assertThrows(
      () => beatInput({ ...model, networks: [...model.networks, ...other.networks] }),
      CheckpointError,
      `beatInput: expected networks for one lead of 253 samples, got ${config(other)}`,
    );
});

test.run();
