import { argmaxRows, calibration, confusionMatrix, EmbeddingClassifier, fitTemperature, Random, tensor } from 'dynaecg';
import { aamiClass, isBeat, syntheticRecords } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { mistakes } from '../../../examples/dynaecg/examine/mistakes.ts';
import {
  atTemperature,
  calibrationMetrics,
  fittedTemperature,
} from '../../../examples/dynaecg/examine/probabilities.ts';
import { plan } from '../../../examples/dynaecg/plan.ts';
import { recordingsOf } from '../../../examples/dynaecg/recordings.ts';
import { readAll } from '../../../examples/dynaecg/samples.ts';
import { makeNetwork } from '../../../examples/dynaecg/trainers.ts';
import { assertClose } from '../../support/asserts.ts';

const test = suite('examples/dynaecg/probabilities');

const { records } = syntheticRecords({ seed: 'probabilities', patients: 6, duration: 45 });
const names = records.map(({ name }) => name);
const recordings = recordingsOf('synthetic', { records, train: names.slice(0, 3), test: names.slice(3) });
const channels = [4, 6] as const;
const small = { channels, hidden: 4, features: 8, embedding: 4, timing: [] };
const tiny = { ...readConfiguration('synthetic'), ...small, protocol: 'inter' as const };
const planned = plan(recordings, tiny, '0');
const { judged, validation } = planned;
const members = [0, 1].map((i) => makeNetwork({ ...planned, random: new Random(i) }).eval());
const model = new EmbeddingClassifier(members);

/** Probabilities drawn at random, with mistakes of every kind. */
const random = new Random('drawn');
const drawn = tensor(
  Float32Array.from(
    [...judged.labels].flatMap((label) => {
      const z = [0, 1, 2].map((k) => Math.exp(random.normal(0, 2) + Number(k === label)));
      return z.map((v) => v / (z[0] + z[1] + z[2]));
    }),
  ),
  [judged.labels.length, 3],
);
const classified = { ...model.classify(readAll(judged).x), probabilities: drawn, labels: argmaxRows(drawn) };

test('the temperature is that of the validation beats; where these were trained on there is none', async () => {
  const { temperature, fittedOn } = await fittedTemperature(planned, members, true);
  assert.is(fittedOn, validation.labels.length);
  assertClose([temperature], [fitTemperature(model.logits(readAll(validation).x), validation.labels)], {
    relative: 1e-3,
  });
  const last = { ...planned, configuration: { ...planned.configuration, keep: 'last' as const } };
  assert.equal(await fittedTemperature(last, members, true), { temperature: 1, fittedOn: 0 });
  const onSynthetic = { ...last, configuration: { ...last.configuration, trainOn: 'synthetic' as const } };
  assert.equal(await fittedTemperature(onSynthetic, members, true), { temperature, fittedOn });
});

test('a temperature afterwards is that of the model', () => {
  const plain = model.classify(readAll(judged).x);
  assert.is(atTemperature(plain, 1), plain);
  const own = atTemperature(plain, 2.5);
  const expected = new EmbeddingClassifier(members, { temperature: 2.5 }).classify(readAll(judged).x);
  assertClose(own.probabilities.data, expected.probabilities.data, { absolute: 1e-6 });
  assert.equal(own.labels, expected.labels);
});

test('calibration is told before and after, and what remains at thresholds', () => {
  const after = atTemperature(classified, 1.5);
  const found = calibrationMetrics(classified, after, judged.labels, { temperature: 1.5, fittedOn: 7 });
  assert.equal([found.temperature, found.fittedOn], [1.5, 7]);
  const [before, now] = [classified, after].map((own) => calibration(own.probabilities, judged.labels));
  assert.is(found.before.overall, before.overall.error);
  assert.is(found.after.overall, now.overall.error);
  assert.equal(found.bins.perClass[1], now.perClass[1].bins);
  const loss = (p: ArrayLike<number>): number =>
    -judged.labels.reduce((sum, label, i) => sum + Math.log(p[3 * i + label]), 0) / judged.labels.length;
  assertClose(
    [found.before.loss, found.after.loss],
    [drawn, after.probabilities].map(({ data }) => loss(data)),
    {
      relative: 1e-7,
    },
  );
  for (const { threshold, matrix } of found.undecided) {
    const decided = [...judged.labels.keys()].filter(
      (i) => after.probabilities.data[3 * i + classified.labels[i]] >= threshold,
    );
    const [labels, taken] = [judged.labels, classified.labels].map((all) => decided.map((i) => all[i]));
    assert.equal(matrix, confusionMatrix(labels, taken, 3));
  }
  const { riskCoverage } = found;
  assert.is(riskCoverage.at(-1)!.coverage, 1);
  assert.ok(riskCoverage.length <= 202);
});

test('mistakes: of each pair the surest, two of a record at most, with the beats around them', () => {
  const found = mistakes(recordings, judged, classified);
  const { beats, labels } = judged;
  const sure = (i: number): number => drawn.data[3 * i + classified.labels[i]];
  const wrong = [...labels.keys()].filter((i) => labels[i] !== classified.labels[i]);
  const expected: number[] = [];
  for (const k of [0, 1, 2])
    for (const j of [0, 1, 2]) {
      const own = wrong.filter((i) => labels[i] === k && classified.labels[i] === j);
      own.sort((a, b) => sure(b) - sure(a));
      const chosen = own.filter(
        (i, n) => own.slice(0, n).filter((o) => beats.record[o] === beats.record[i]).length < 2,
      );
      expected.push(...chosen.slice(0, 6));
    }
  assert.ok(expected.length > 12);
  assert.equal(
    found.examples.map((e) => [e.record, e.sample, e.label, e.predicted, e.probability]),
    expected.map((i) => [names[beats.record[i]], beats.sample[i], labels[i], classified.labels[i], sure(i)]),
  );
  for (const [n, { record, sample, signal, before, beats: around }] of found.examples.entries()) {
    const { leads, annotations } = records[names.indexOf(record)];
    const [{ samples }] = leads;
    const start = sample - 3 * before;
    assert.ok(before === 180 || start < 3, `${before}`);
    for (const [t, mV] of signal.entries()) {
      const three = [0, 1, 2].map((s) => samples[start + 3 * t + s]);
      assert.ok(Math.abs(mV - (three[0] + three[1] + three[2]) / 3) <= 0.005 + 1e-6);
    }
    const inside = annotations.filter(
      (a) => isBeat(a.label) && a.sample >= start && a.sample < start + 3 * signal.length,
    );
    assert.equal(
      around.map(({ at, label }) => [at, label]),
      inside.map((a) => [Math.floor((a.sample - start) / 3), a.label]),
    );
    assert.is(around.find(({ at }) => at === before)!.taken, classified.labels[expected[n]]);
    for (const [b, { taken }] of around.entries()) {
      const row = [...beats.sample.keys()].find(
        (i) => beats.sample[i] === inside[b].sample && names[beats.record[i]] === record,
      );
      const isWrong = row !== undefined && labels[row] !== classified.labels[row];
      assert.is(taken, isWrong ? classified.labels[row] : null);
      if (row !== undefined) assert.is(beats.classes[labels[row]], aamiClass(inside[b].label));
    }
  }
  assert.is(found.sure.from, 0.9);
  const certain = wrong.filter((i) => sure(i) >= 0.9);
  assert.is(
    Object.values(found.sure.records).reduce((a, b) => a + b, 0),
    certain.length,
  );
  assert.is(found.sure.records[names[3]] ?? 0, certain.filter((i) => beats.record[i] === 3).length);
});

test.run();
