import {
  addConfusion,
  argmaxRows,
  averagePrecision,
  type Classified,
  EmbeddingClassifier,
  NoveltyDetector,
  precisionRecallCurve,
  Random,
  scoreIntervals,
  Tensor,
  tensor,
  trustworthiness,
} from 'dynaecg';
import { aamiClass, type EcgRecord, extractBeats, isBeat, syntheticRecords } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { run } from '../../../examples/dynaecg/evaluate.ts';
import { attentionExamples } from '../../../examples/dynaecg/examine/attention.ts';
import { knownBeats } from '../../../examples/dynaecg/examine/clusters.ts';
import { examine } from '../../../examples/dynaecg/examine/examine.ts';
import { layOut, type Placed } from '../../../examples/dynaecg/examine/layout.ts';
import { novelty } from '../../../examples/dynaecg/examine/novelty.ts';
import { runFacts } from '../../../examples/dynaecg/output.ts';
import { drawByClass, plan } from '../../../examples/dynaecg/plan.ts';
import { recordingsOf } from '../../../examples/dynaecg/recordings.ts';
import { readAll, type Samples } from '../../../examples/dynaecg/samples.ts';
import { assertClose } from '../../support/asserts.ts';

const test = suite('examine');

const watch = { quiet: true };
const QUIET = true;

// Six patients; every tenth and seventeenth beat is one that no network is told of. 201 and 202 are one man.
const names = ['100', '101', '103', '201', '202', '105'];
const records: EcgRecord[] = syntheticRecords({ seed: 'examine', patients: 6, duration: 45 }).records.map(
  (record, r) => ({
    ...record,
    name: names[r],
    annotations: record.annotations
      .filter((a) => isBeat(a.label))
      .map((a, i) => ({ ...a, label: i % 10 === 4 ? 'F' : i % 17 === 5 ? 'f' : a.label })),
  }),
);
const recordings = recordingsOf('synthetic', { records, train: names.slice(0, 3), test: names.slice(3) });
const tiny = {
  ...readConfiguration('synthetic'),
  ...{ length: 253, before: 126, channels: [4, 6] as const, hidden: 4, features: 8, embedding: 4 },
  ...{ iterations: 1, steps: 3, mlpEpochs: 2 },
};
const planned = plan(recordings, { ...tiny, protocol: 'inter', timing: ['rate'], members: 2, perClass: 3 }, '0');
const result = await run(planned, watch);
const judgement = result.judgement!;
const { judged } = planned;
const { members } = result;
const known = await knownBeats(planned, members, QUIET);

// ---- drawByClass

test('drawByClass: as many of each class as there are or may be, ascending, each as likely as another', () => {
  const labels = Int32Array.from({ length: 60 }, (_, i) => (i < 40 ? 2 : i < 50 ? 0 : 5));
  const limits: Record<number, number> = { 2: 8, 0: 3, 5: 99 };
  const times = new Int32Array(60);
  const random = new Random('draw');
  const rounds = 4000;
  for (let round = 0; round < rounds; round++) {
    const drawn = drawByClass(labels, (label) => limits[label], random);
    assert.equal(
      [2, 0, 5].map((k) => drawn.filter((i) => labels[i] === k).length),
      [8, 3, 10],
    );
    for (const [n, i] of drawn.entries()) {
      assert.ok(n === 0 || i > drawn[n - 1]);
      times[i]++;
    }
  }
  for (const [i, n] of times.entries()) {
    const p = labels[i] === 2 ? 8 / 40 : labels[i] === 0 ? 3 / 10 : 1;
    assert.ok(Math.abs(n / rounds - p) <= 4.5 * Math.sqrt((p * (1 - p)) / rounds), `${i}: ${n / rounds}, not ${p}`);
  }
  assert.equal([...drawByClass(labels, () => 0, random)], []);
  const twice = [1, 1].map((s) => drawByClass(labels, () => 4, new Random(s)));
  assert.equal(twice[0], twice[1]);
});

// ---- attention

/** Embeddings and probabilities drawn at random, with right and wrong predictions for every class. */
function madeUp({ labels }: Samples, random: Random): { classified: Classified; predictions: Int32Array } {
  const N = labels.length;
  const z = Float32Array.from({ length: 3 * N }, () => random.normal());
  const p = Float32Array.from({ length: 3 * N }, () => random.uniform());
  const probabilities = tensor(p, [N, 3]);
  const classified = { embeddings: tensor(z, [N, 3]), probabilities, labels: argmaxRows(probabilities) };
  // Nothing is ever taken for an S but an S.
  const predictions = labels.map((label) => (random.uniform() < 0.6 || label === 1 ? label : label === 0 ? 2 : 0));
  return { classified, predictions };
}

test('attention: the two nearest to the middle of their class, from two records, and the surest of each mistake', () => {
  const { classified, predictions } = madeUp(judged, new Random('attention'));
  const { embeddings: embedding, probabilities } = classified;
  const { beats, labels } = judged;
  const examples = attentionExamples(recordings, members, judged, classified, predictions);
  const row = (i: number): number[] => [...embedding.data.subarray(3 * i, 3 * i + 3)];
  const all = [...labels.keys()];

  const expected: [kind: string, i: number][] = [];
  for (const k of [0, 1, 2]) {
    const right = all.filter((i) => labels[i] === k && predictions[i] === k);
    const centre = [0, 1, 2].map((d) => right.reduce((sum, i) => sum + row(i)[d], 0) / right.length);
    const far = (i: number): number => Math.hypot(...row(i).map((v, d) => v - centre[d]));
    const first = right.reduce((a, b) => (far(b) < far(a) ? b : a));
    const others = right.filter((i) => beats.record[i] !== beats.record[first]);
    const second = others.reduce((a, b) => (far(b) < far(a) ? b : a));
    expected.push(['typical', first], ['typical', second]);
  }
  const sure = (i: number): number => probabilities.data[3 * i + predictions[i]];
  for (const [k, j] of [
    [0, 2],
    [2, 0],
  ]) {
    const mistaken = all.filter((i) => labels[i] === k && predictions[i] === j);
    assert.ok(mistaken.length > 1);
    expected.push(['wrong', mistaken.reduce((a, b) => (sure(b) > sure(a) ? b : a))]);
  }

  const weights = members.map(({ embedder }) => embedder.attentionWeights(readAll(judged).x));
  const [, T] = weights[0].shape;
  assert.is(examples.length, expected.length);
  for (const [n, [kind, i]] of expected.entries()) {
    const { signal, weights: shown, ...example } = examples[n];
    assert.equal(example, {
      kind,
      record: beats.recordNames[beats.record[i]],
      sample: beats.sample[i],
      label: labels[i],
      predicted: predictions[i],
      probability: sure(i),
      before: 126,
      samplingFrequency: 360,
    });
    const [lead] = records.find(({ name }) => name === example.record)!.leads;
    const window = lead.samples.subarray(example.sample - 126, example.sample + 127);
    assertClose(signal, window, { absolute: 0.5e-5 + 1e-9 }, 'millivolts to five places');
    const [a, b] = weights.map(({ data }) => data.subarray(i * T, (i + 1) * T));
    assertClose(
      shown,
      Array.from(a, (v, t) => (v + b[t]) / 2),
      { absolute: 0.5e-5 + 1e-6 },
      'the mean of the members',
    );
  }
});

test('attention: nothing right or wrong, nothing shown; of one record, one', () => {
  const { classified } = madeUp(judged, new Random('none'));
  const { labels, beats } = judged;
  const show = (predictions: Int32Array) => attentionExamples(recordings, members, judged, classified, predictions);
  assert.ok(show(labels).every(({ kind }) => kind === 'typical'));
  const wrong = show(labels.map((label) => (label + 1) % 3));
  assert.equal(
    wrong.map(({ kind, label, predicted }) => [kind, label, predicted]),
    [0, 1, 2].map((k) => ['wrong', k, (k + 1) % 3]),
  );
  const lone = show(labels.map((label, i) => (beats.record[i] === beats.record[0] ? label : (label + 1) % 3)));
  assert.is(lone.filter(({ kind }) => kind === 'typical').length, new Set(labels).size);
});

// ---- layout

test('layout: every column is of the beat that record and sample name', async () => {
  const random = new Random('layout');
  const take = ({ samples, z }: { samples: Samples; z: number[] }) => ({
    samples,
    embedding: tensor(z, [samples.labels.length, 3]),
    predictions: samples.labels.map(() => random.integer(3)),
  });
  // Each class about a point of its own, so that neighbours are of one class.
  const cloud = ({ labels }: Samples): number[] =>
    [...labels].flatMap((k) => [0, 1, 2].map((d) => (d === k ? 5 : 0) + random.normal()));
  // A beat every 30 samples, all S, of which no more than 400 are shown.
  const [{ leads }] = records;
  const dense = Array.from({ length: 530 }, (_, i) => ({
    ...records[0].annotations[0],
    sample: 150 + 30 * i,
    label: 'A',
  }));
  const beats = extractBeats([{ ...records[0], name: 'dense', leads, annotations: dense }]);
  const get = (): never => assert.unreachable('windows are not laid out') as never;
  const many: Samples = { beats, labels: beats.labels, length: 530, get };
  const sides = [many, judged].map((samples) => take({ samples, z: cloud(samples) }));
  const layout = await layOut(sides[0], sides[1], 'layout', QUIET);
  const { x, y, trained, record, sample, label, predicted } = layout;
  const n = x.length;
  assert.is(n, 400 + judged.labels.length, 'few enough to show all that are judged');
  assert.equal([layout.perplexity, layout.samplingFrequency], [30, 360]);
  const seen = new Set<string>();
  const z: number[] = [];
  for (let i = 0; i < n; i++) {
    const { samples, embedding, predictions } = sides[trained[i] ? 0 : 1];
    const { beats } = samples;
    const at = beats.sample.findIndex((s, b) => s === sample[i] && beats.recordNames[beats.record[b]] === record[i]);
    assert.ok(at >= 0, `${record[i]} ${sample[i]}`);
    const { annotations } = [{ name: 'dense', annotations: dense }, ...records].find(({ name }) => name === record[i])!;
    const annotated = annotations.find((a) => a.sample === sample[i])!;
    assert.is(beats.classes[label[i]], aamiClass(annotated.label));
    assert.is(predicted[i], predictions[at]);
    z.push(...embedding.data.subarray(3 * at, 3 * at + 3));
    seen.add(`${record[i]} ${sample[i]}`);
  }
  assert.is(seen.size, n, 'each once');
  // Only if the places are those of the same beats are neighbours kept.
  const places = tensor(
    x.flatMap((v, i) => [v, y[i]]),
    [n, 2],
  );
  assertClose([layout.trustworthiness], [trustworthiness(tensor(z, [n, 3]), places)], { absolute: 1e-3 });
  assert.ok(layout.trustworthiness > 0.9);
});

test('layout: training beats alone are the same as beside others, in places of their own', async () => {
  const random = new Random('alone');
  const side = (samples: Samples): Placed => ({
    samples,
    embedding: tensor(
      Array.from({ length: 3 * samples.labels.length }, () => random.normal()),
      [samples.labels.length, 3],
    ),
    predictions: samples.labels.map(() => random.integer(3)),
  });
  const [own, other] = [known.samples, judged].map(side);
  const alone = await layOut(own, null, 'alone', QUIET);
  const beside = await layOut(own, other, 'beside', QUIET);
  const n = alone.x.length;
  assert.ok(n === own.samples.labels.length && n < beside.x.length);
  for (const column of ['trained', 'record', 'sample', 'label', 'predicted'] as const)
    assert.equal(alone[column], beside[column].slice(0, n), column);
  assert.ok(alone.trained.every((trained) => trained));
  assert.not.equal(alone.x, beside.x.slice(0, n));
  const places = tensor(
    alone.x.flatMap((v, i) => [v, alone.y[i]]),
    [n, 2],
  );
  assertClose([alone.trustworthiness], [trustworthiness(own.embedding, places)], { absolute: 1e-3 });
});

// ---- clusters and novelty

test('clusters are of training beats, described as those that are judged', async () => {
  const { samples, classified, clusters } = known;
  assert.equal(samples.labels, planned.train.labels, 'few enough to take them all');
  assert.equal(samples.beats.sample, planned.train.beats.sample);
  const { x, context } = readAll(samples);
  const direct = new EmbeddingClassifier(members).classify(x, { context });
  assertClose(classified.embeddings.data, direct.embeddings.data, { absolute: 1e-6 });
  const patients = samples.beats.record; // a record each
  const { spread, centroids, limit } = NoveltyDetector.fit(x, samples.labels, {
    ...{ random: new Random(1), groups: patients, pooling: 16 },
  });
  assert.is(clusters.spread, spread);
  assertClose([clusters.limit], [limit], { relative: 0.2 }, 'other folds');
  assert.equal([...clusters.centroids.shape], [...centroids.shape]);
});

/** The part of all pairs in which the second is above the first; equal ones count half. */
function shareOfPairs(known: readonly number[], unknown: readonly number[]): number {
  let above = 0;
  for (const a of known) for (const b of unknown) above += b > a ? 1 : b === a ? 0.5 : 0;
  return above / (known.length * unknown.length);
}

test('novelty: shares above the limit and ROC areas, of the records that were judged', () => {
  const { clusters } = known;
  const found = novelty(recordings, planned, clusters);
  assert.equal([found.clusters, found.limit], [clusters.centroids.shape[0], clusters.limit]);

  // Cut and classified one record and class at a time.
  const distances = (name: string, class_: 'N' | 'S' | 'V' | 'F' | 'Q'): number[] => {
    const record = records.filter((r) => r.name === name);
    const beats = extractBeats(record, { classes: [class_] });
    const n = beats.labels.length;
    if (n === 0) return [];
    const beatsX = new Tensor(beats.x, [n, 1, 253]);
    return [...clusters.distance(beatsX)];
  };
  const of = (class_: 'N' | 'S' | 'V' | 'F' | 'Q'): number[] =>
    recordings.division.test.flatMap((name) => distances(name, class_));
  const [N, S, V, F, Q] = (['N', 'S', 'V', 'F', 'Q'] as const).map(of);
  assert.ok(F.length > 10 && Q.length > 3);
  for (const [class_, list] of Object.entries({ N, S, V, F, Q })) {
    const above = list.filter((d) => d > clusters.limit).length / list.length;
    assert.is(found.byClass[class_].beats, list.length, class_);
    assert.ok(Math.abs(found.byClass[class_].above - above) <= 1 / list.length, class_);
  }
  const ordinary = [...N, ...S, ...V];
  assert.equal(Object.keys(found.rocArea), ['F', 'Q', 'F and Q']);
  for (const [name, list] of Object.entries({ F, Q, 'F and Q': [...F, ...Q] }))
    assertClose([found.rocArea[name]], [shareOfPairs(ordinary, list)], { absolute: 2e-3 }, name);
});

test('novelty: without beats of other classes there is no area', () => {
  const plain = {
    ...recordings,
    records: recordings.records.map((r, i) => ({
      ...r,
      annotations: r.annotations.map((a) => ({
        ...a,
        label: a.label === 'f' || (i > 2 && a.label === 'F') ? '+' : a.label,
      })),
    })),
  };
  const found = novelty(plain, planned, known.clusters);
  assert.equal(Object.keys(found.rocArea), [], 'F there are only where nothing is judged');
  assert.equal(Object.keys(found.byClass), ['N', 'S', 'V']);
  const fusion = { ...plain, records: plain.records.map((r, i) => (i === 4 ? recordings.records[4] : r)) };
  const some = novelty(fusion, planned, known.clusters);
  assert.equal(Object.keys(some.byClass), ['N', 'S', 'V', 'F', 'Q']);
});

// ---- all of it

test('examine: curves keep their ends', async () => {
  const shown = await examine(recordings, result, judgement, known, { temperature: 1, fittedOn: 0 }, QUIET);
  const { probabilities } = judgement.classified;
  for (const [k, { averagePrecision: area, points }] of shown.precisionRecall.entries()) {
    const scores = Array.from(judged.labels, (_, i) => probabilities.data[3 * i + k]);
    const positives = Array.from(judged.labels, (label) => label === k);
    assert.is(area, averagePrecision(scores, positives));
    const curve = precisionRecallCurve(scores, positives);
    assert.equal([points[0], points.at(-1)], [curve[0], curve.at(-1)]);
    const left = points.map((point) => curve.findIndex(({ threshold }) => threshold === point.threshold));
    assert.ok(left.every((at, i) => at >= 0 && (i === 0 || at > left[i - 1])));
    // What was left out cannot be told from the point before it.
    for (const [c, point] of curve.entries()) {
      const before = points[left.filter((at) => at <= c).length - 1];
      assert.ok(Math.abs(point.recall - before.recall) <= 1 / 300 || left.includes(c));
      assert.ok(Math.abs(point.precision - before.precision) <= 1 / 300 || left.includes(c));
    }
  }
  assert.equal(shown.confusion, judgement.matrix);
  const { trainingLayout } = shown;
  assert.is(trainingLayout?.x.length, known.samples.labels.length);
  assert.equal(trainingLayout?.predicted, [...argmaxRows(known.classified.probabilities)]);
  assert.equal(
    [shown.layout.x.length, shown.novelty.byClass['N'].beats],
    [known.samples.labels.length + judged.labels.length, judged.labels.filter((label) => label === 0).length],
  );
});

test('examine: intervals are over patients, of whom 201 and 202 are one', async () => {
  const made = {
    201: [
      [9, 1, 0],
      [4, 0, 0],
      [0, 0, 1],
    ],
    105: [
      [30, 0, 1],
      [1, 4, 0],
      [0, 1, 9],
    ],
    202: [
      [50, 1, 0],
      [1, 8, 0],
      [0, 0, 6],
    ],
  };
  const plain = { temperature: 1, fittedOn: 0 };
  const { intervals } = await examine(recordings, result, { ...judgement, records: made }, known, plain, QUIET);
  const two = scoreIntervals([addConfusion([made[201], made[202]]), made[105]]);
  assert.equal(intervals, two);
  assert.is(intervals.accuracy.groups, 2);
  assert.not.equal(intervals.accuracy, scoreIntervals(Object.values(made)).accuracy);
});

// ---- facts

test('the facts of a run are those that it was begun with, and where it ran', () => {
  const begun = { data: [], split: null, classes: null, configurations: [], seed: '4', fast: false, checksums: {} };
  const facts = runFacts({ ...begun, id: 'cafe', command: 'npm start', started: '2026-01-01T00:00:00Z', seconds: 7 });
  assert.equal(
    [facts.id, facts.command, facts.started, facts.seconds],
    ['cafe', 'npm start', '2026-01-01T00:00:00Z', 7],
  );
  assert.equal([facts.checksums, facts.versions['node']], [{}, process.versions.node]);
});

test.run();
