import { Random } from 'dynaecg';
import {
  addNoise,
  annotateRecord,
  beatAnnotations,
  compareBeats,
  readAnnotations,
  unreadableSeconds,
  writeAnnotations,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { model, RATE, record, samples, withSamples } from '../../support/annotated.ts';

const test = suite('ecg/annotate/readability');
const random = new Random('noise');
const white = Float32Array.from({ length: 120 * RATE }, () => random.normal(0, 0.1));

test('0.1 mV of white noise: no beat has a class, and a note says why', () => {
  const annotated = annotateRecord(model, withSamples(white));
  const { beats, notes, quality } = annotated;
  assert.ok(beats.length > 50);
  for (const { label, why, sample } of beats) {
    assert.is(label, 'Q');
    assert.ok(why === 'noise' || (why === 'edge' && (sample < RATE || sample > 119 * RATE)), `${why} at ${sample}`);
  }
  assert.ok(notes.includes('120 s of the lead are noise, and the beats in them have no class'), notes.join());
  assert.is(unreadableSeconds(quality), 120);
  const annotations = beatAnnotations(annotated, 1);
  assert.equal(annotations[0], { sample: 0, label: '~', subtype: -1, channel: 1, num: 0, aux: 'noise' });
  assert.is(annotations.filter(({ label }) => label === '~').length, 1);
});

test('an electrode that drifts or jumps, and no ECG: no beat has a class', () => {
  for (const kind of ['drift', 'jumps']) {
    let level = 0;
    const moved = Float32Array.from({ length: 120 * RATE }, () => {
      if (kind === 'drift') level = 0.999 * level + random.normal(0, 0.01);
      else if (random.uniform() < 1 / (2 * RATE)) level = random.normal();
      return level + random.normal(0, 0.002);
    });
    const { beats, notes } = annotateRecord(model, withSamples(moved));
    assert.ok(beats.length > 50, kind);
    assert.ok(
      beats.every(({ label }) => label === 'Q'),
      kind,
    );
    assert.ok(notes.includes('120 s of the lead are noise, and the beats in them have no class'), kind);
  }
});

test('noise in the middle: the beats before and after keep their classes', () => {
  const options = { kind: 'muscle', snr: -6, seed: 1, start: 30, period: 30 } as const;
  const noisy = addNoise(record, options);
  const [before, annotated] = [record, noisy].map((r) => annotateRecord(model, r));
  assert.equal(before.notes, []);
  assert.is(unreadableSeconds(annotated.quality), 40);
  const inNoise = (sample: number): boolean => (sample >= 30 * RATE && sample < 60 * RATE) || sample >= 90 * RATE;
  const outside = ({ beats }: typeof annotated) =>
    beats.filter(({ sample }) => sample < 29 * RATE || (sample > 62 * RATE && sample < 89 * RATE));
  assert.equal(
    outside(annotated).map(({ label }) => label),
    outside(before).map(({ label }) => label),
  );
  for (const { sample, why, label, nearest, probabilities } of annotated.beats)
    if (inNoise(sample)) {
      assert.equal([label, why === 'edge' ? 'noise' : why], ['Q', 'noise']);
      assert.ok(why === 'edge' || (nearest !== null && probabilities.length === 3));
    } else assert.is.not(why, 'noise');

  const annotations = beatAnnotations(annotated);
  const changes = annotations.filter(({ label }) => label === '~');
  assert.equal(
    changes.map(({ sample, subtype, aux }) => [sample, subtype, aux]),
    [
      [30 * RATE, -1, 'noise'],
      [60 * RATE, 0, ''],
      [90 * RATE, -1, 'noise'],
    ],
  );
  assert.ok(annotations.every(({ sample }, i) => i === 0 || sample >= annotations[i - 1].sample));
  assert.equal(readAnnotations(writeAnnotations(annotations)).annotations, annotations);

  // A beat that is missed meanwhile counts as missed during a shutdown: in column X.
  const missed = annotations.filter(({ sample, label }) => label === '~' || !inNoise(sample));
  const { matrix } = compareBeats(record.annotations, missed, { samplingFrequency: RATE, start: 0 });
  const column = matrix.reduce((sum, row) => sum + row[6], 0);
  assert.is(column, record.annotations.filter(({ sample }) => inNoise(sample)).length);
});

test('a lead that is flat, noise, and then clean: one shutdown', () => {
  const parts = null;
  const window = (k: number) => ({ start: 10 * k, end: 10 * k + 10, index: 0, parts });
  const windows = (['flat', 'noise', null, null, 'invalid'] as const).map((problem, k) => ({ ...window(k), problem }));
  assert.equal(
    beatAnnotations({ beats: [], quality: { windows, samplingFrequency: 1 } }).map(({ sample, subtype, aux }) => [
      sample,
      subtype,
      aux,
    ]),
    [
      [0, -1, 'flat'],
      [20, 0, ''],
      [40, -1, 'invalid'],
    ],
  );
});

test('below 50 Hz the quality is not known', () => {
  const slow = { ...withSamples(samples.slice(0, 8000)), samplingFrequency: 40 };
  const { quality } = annotateRecord(model, slow, { peaks: [2000, 4000] });
  assert.equal(quality, { windows: [], samplingFrequency: 40 });
  assert.is(unreadableSeconds(quality), 0);
});

test.run();
