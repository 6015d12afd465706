import {
  ArgumentError,
  argmaxRows,
  BatchNorm1d,
  correctHead,
  crossEntropy,
  DataError,
  decodeModel,
  encodeModel,
  l2Normalize,
  MlpClassifier,
  pairwiseSquaredEuclidean,
  predict,
  Random,
  refitHead,
  ShapeError,
  type Tensor,
  tensor,
  withBatchStatistics,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertSameBits, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { signals, used } from '../support/models.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('models/headAdaptation');

const K = 3;
const D = 4;
const classifier = new MlpClassifier({ inFeatures: D, hidden: 6, classes: K, random: new Random('head') });
const unit = (n: number, seed: string): Tensor => l2Normalize(randomTensor(new Random(seed), [n, D], 'float32'));
const drawn = (n: number, seed: string): number[] => {
  const random = new Random(seed);
  return Array.from({ length: n }, () => random.integer(K));
};

// ---- correctHead

test('what is right by the margin changes nothing, not even with hundreds of samples', () => {
  const z = unit(300, 'right');
  const labels = argmaxRows(predict(classifier, z));
  const same = correctHead(classifier, z, labels, { margin: 0 });
  assert.is(same.config.hidden, 6);
  assert.not(same === classifier);
  for (const [name, { data }] of Object.entries(classifier.stateDict()))
    assertSameBits(same.stateDict()[name].data, data);
  assert.is(correctHead(classifier, unit(0, 'none'), []).config.hidden, 6);
});

test('one corrected sample is right by the margin, and nothing beyond its radius moves', () => {
  const z = unit(1, 'one');
  const before = Array.from(predict(classifier, z).data);
  const [first] = argmaxRows(predict(classifier, z));
  const label = (first + 1) % K;
  const corrected = correctHead(classifier, z, [label], { radius: 0.3, margin: 1.5 });
  const after = Array.from(predict(corrected, z).data);
  const others = [0, 1, 2].filter((k) => k !== label).map((k) => after[k]);
  assert.ok(Math.abs(after[label] - Math.max(...others) - 1.5) < 1e-4, `${[...after]}`);
  // of two classes one goes up as far as the other goes down; where the third gets in between it gives way too
  assertClose([after.reduce((a, b) => a + b)], [before.reduce((a, b) => a + b)], { absolute: 1e-4 });

  const elsewhere = unit(2000, 'elsewhere');
  const square = pairwiseSquaredEuclidean(elsewhere, z).data;
  const [plain, own] = [classifier, corrected].map((c) => predict(c, elsewhere).data);
  for (const [i, d] of square.entries()) {
    const h = Math.max(0, 1 - d / 0.3);
    const expected = [0, 1, 2].map((k) => plain[i * K + k] + h * (after[k] - before[k]));
    assertClose(own.subarray(i * K, (i + 1) * K), expected, { absolute: 1e-4 }, `${i} at ${d}`);
  }
  assert.ok(square.filter((d) => d < 0.3).length > 20);
});

test('passive-aggressive updates, word for word', () => {
  const z = unit(12, 'several');
  const labels = drawn(12, 'several');
  const options = { radius: 1.5, margin: 0.7, step: 0.4, passes: 3 };
  const logits = Array.from({ length: 12 }, (_, i) => [...predict(classifier, z).data.subarray(i * K, (i + 1) * K)]);
  const apart = pairwiseSquaredEuclidean(z, z).data;
  const touched = new Set<number>();
  for (let pass = 0; pass < 3; pass++)
    for (const [i, y] of labels.entries()) {
      const strongest = Math.max(...logits[i].filter((_, k) => k !== y));
      const j = logits[i].findIndex((v, k) => k !== y && v === strongest);
      const hinge = 0.7 - (logits[i][y] - strongest);
      if (hinge <= 1e-9) continue;
      touched.add(i);
      const t = Math.min(hinge / 2, 0.4);
      for (let n = 0; n < 12; n++) {
        const h = Math.max(0, 1 - apart[12 * n + i] / 1.5);
        logits[n][y] += t * h;
        logits[n][j] -= t * h;
      }
    }
  const corrected = correctHead(classifier, z, labels, options);
  assert.is(corrected.config.hidden, 6 + touched.size);
  assertClose(predict(corrected, z).data, logits.flat(), { absolute: 1e-4 });
});

test('all labels are learned where the samples lie apart, and the model goes into a file like any other', () => {
  const z = unit(20, 'learned');
  const labels = drawn(20, 'learned');
  const corrected = correctHead(classifier, z, labels, { radius: 0.05 });
  assert.equal([...argmaxRows(predict(corrected, z))], labels);
  const embedder = used();
  const read = decodeModel(encodeModel({ networks: [{ embedder, classifier: corrected }], about: {} }));
  assertSameBits(predict(read.networks[0].head, z).data, predict(corrected, z).data);
  assert.is(classifier.config.hidden, 6, 'the classifier itself is as it was');
});

// ---- refitHead

test('a refitted head is nearer to the labels, and the nearer to what it was the more it is to stay', () => {
  const z = unit(40, 'refit');
  const labels = Int32Array.from(drawn(40, 'refit'));
  const loss = (c: MlpClassifier): number => crossEntropy(predict(c, z), labels).item();
  const moved = (c: MlpClassifier): number => {
    const [a, b] = [c, classifier].map((own) => own.parameters().flatMap((p) => [...p.data]));
    return a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0);
  };
  const ways = [0, 0.01, 0.1, 10].map((stay) => refitHead(classifier, z, labels, { stay, steps: 400 }));
  for (const [i, way] of ways.slice(1).entries()) {
    assert.ok(loss(way) > loss(ways[i]), `${loss(way)} after ${loss(ways[i])}`);
    assert.ok(moved(way) < moved(ways[i]));
  }
  assert.ok(loss(ways[0]) < 0.7 * loss(classifier) && loss(ways[3]) < loss(classifier));
  // a minimum of the loss with the distance: none of the steps about it is lower
  const stay = 0.1;
  const objective = (c: MlpClassifier): number => loss(c) + (stay / 2) * moved(c);
  const own = refitHead(classifier, z, labels, { stay, steps: 800 });
  const random = new Random('about');
  for (let round = 0; round < 20; round++) {
    const other = refitHead(own, z, labels, { steps: 0 });
    for (const p of other.parameters()) for (let i = 0; i < p.size; i++) p.data[i] += random.normal(0, 0.01);
    assert.ok(objective(other) > objective(own) - 1e-5, `${objective(other)} < ${objective(own)}`);
  }
  assertSameBits(
    predict(refitHead(classifier, unit(0, 'none'), []), z).data,
    predict(classifier, z).data,
    'without labels',
  );
});

// ---- withBatchStatistics

test('batch statistics: as batch norm in training, layer by layer', () => {
  const embedder = used({ dropout: 0.3 });
  const state = embedder.stateDict();
  const x = signals(9);
  const adapted = withBatchStatistics(embedder, x);
  for (const [name, { data }] of Object.entries(state)) assertSameBits(embedder.stateDict()[name].data, data, name);
  const training = used();
  training.loadStateDict(state).train();
  const expected = training.forward(x);
  assertClose(adapted.embed(x).data, expected.data, { absolute: 2e-2 }, 'inference with an unbiased variance');
  const first = adapted.bn1;
  const y = embedder.conv1.forward(x);
  for (let c = 0; c < 3; c++) {
    const values = Array.from({ length: 9 * 20 }, (_, i) => y.data[(Math.floor(i / 20) * 3 + c) * 20 + (i % 20)]);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
    assertClose([first.running_mean.data[c], first.running_var.data[c]], [mean, variance], { absolute: 1e-5 });
  }
  assert.ok(adapted.modules().every((m) => !m.training));
  assert.equal(
    adapted.modules().flatMap((m) => (m instanceof BatchNorm1d ? [m.momentum] : [])),
    [0.1, 0.1],
  );
});

test('says what it expected', () => {
  const z = unit(2, 'bad');
  const cases: [() => unknown, new (m: string) => Error, string][] = [
    [
      () => correctHead(classifier, tensor([[1, 1, 0, 0]]), [0]),
      DataError,
      `correctHead: expected z of unit length, got ${Math.SQRT2} at position 0`,
    ],
    [
      () => correctHead(classifier, z, [0, 3]),
      ArgumentError,
      'correctHead: expected labels from 0 to 2, got 3 at position 1',
    ],
    [() => correctHead(classifier, z, [0]), ShapeError, 'correctHead: expected 2 labels, got 1'],
    [
      () => correctHead(classifier, z, [0, 1], { radius: 5 }),
      ArgumentError,
      'correctHead: expected radius from 0.000001 to 4, got 5',
    ],
    [
      () => refitHead(classifier, tensor([[1, Number.NaN, 0, 0]]), [0]),
      DataError,
      'refitHead: expected finite z, got NaN at position 0',
    ],
    [
      () => withBatchStatistics(used(), signals(1)),
      DataError,
      'withBatchStatistics: expected at least two samples, got 1',
    ],
  ];
  for (const [f, type, message] of cases) assertThrows(f, type, message);
});

test.run();
