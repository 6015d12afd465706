import * as d from 'dynaecg';
import { Dataset, Linear, NearestNeighborClassifier, pairwiseSquaredEuclidean, Random, Tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { EmbeddingScorer } from '../../src/train/embeddingScore.ts';
import { assertClose } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { neighborF1, triplets } from '../support/embeddingScores.ts';
import { range } from '../support/trainers.ts';

const test = suite('train/embeddingScore');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

const scorerOptions = (seed = 'score') => ({
  perClass: 4,
  margin: 0.2,
  distance: pairwiseSquaredEuclidean,
  random: new Random(seed),
});

/** Clouds of points around the corners of a triangle, so many of each class. */
function corners(counts: readonly number[], seed: string, spread = 1): Dataset {
  const random = new Random(seed);
  const labels = counts.flatMap((n, c) => Array<number>(n).fill(c));
  random.shuffle(labels);
  const x = labels.flatMap((c) =>
    [
      [0, 0],
      [2, 0],
      [0, 2],
      [2, 2],
    ][c].map((v) => v + spread * random.normal()),
  );
  return new Dataset({ x: new Tensor(Float32Array.from(x), [labels.length, 2]), labels });
}

const asItIs = ({ x }: Dataset): Tensor => x;

test('neighborF1 is the macro F1 of plain loops over all samples of small data', () => {
  const found: number[] = [];
  for (const [known, asked] of [
    [
      [40, 30, 20],
      [20, 20, 20],
    ],
    [
      [100, 9, 9],
      [50, 5, 2],
    ],
    [
      [40, 30, 20],
      [20, 0, 20],
    ], // a class that validation data lack counts only as wrong
    [
      [40, 0, 20],
      [20, 10, 20],
    ], // one that training data lack is never found
    [
      [2, 2, 2],
      [3, 3, 3],
    ], // fewer than nine
    [
      [500, 400, 300, 848],
      [300, 300, 300, 1148],
    ], // 2,048: all of them still
  ]) {
    const [train, validation] = [corners(known, `train ${known}`), corners(asked, `validation ${asked}`)];
    const { neighborF1: f1 } = new EmbeddingScorer(train, validation, scorerOptions()).score(asItIs);
    assertClose([f1], [neighborF1(train, validation)], { relative: 1e-13 }, `${known}, ${asked}`);
    found.push(f1);
  }
  assert.ok(new Set(found).size === 6 && found.every((f1) => f1 > 0.1 && f1 < 0.95), `${found}`);
});

test('of large data a sample is drawn, always the same, whose weighted F1 is near that of all', () => {
  const [all, asked] = [
    [12000, 400, 400],
    [4000, 300, 150],
  ];
  const [train, validation] = [corners(all, 'many', 0.8), corners(asked, 'many more', 0.8)];
  const unweighted = (known: Dataset, { x, labels }: Dataset): number => {
    const predicted = new NearestNeighborClassifier({ embeddings: known.x, labels: known.labels }).predict(x);
    return d.classificationScores(d.confusionMatrix(labels, predicted, 3)).macro.f1;
  };
  const expected = unweighted(train, validation);

  for (const seed of ['a', 'b']) {
    const scorer = new EmbeddingScorer(train, validation, scorerOptions(seed));
    const seen: Dataset[] = [];
    const first = scorer.score((samples) => {
      seen.push(samples);
      return samples.x;
    });
    const count = ({ labels }: Dataset): number[] => range(3).map((c) => labels.filter((l) => l === c).length);
    const drawn = seen.slice(0, 2).map(count);
    // By share of 2,048, at least 256, and where there are fewer all of them.
    assert.equal(drawn, [
      [Math.round((12000 * 2048) / 12800), 256, 256],
      [Math.round((4000 * 2048) / 4450), 256, 150],
    ]);
    const weights = { reference: [], validation: [] } as Record<'reference' | 'validation', number[]>;
    for (const c of range(3)) {
      weights.reference.push(all[c] / drawn[0][c]);
      weights.validation.push(asked[c] / drawn[1][c]);
    }
    const [known, given] = seen;
    assertClose([first.neighborF1], [neighborF1(known, given, weights)], { relative: 1e-12 });
    assert.ok(Math.abs(first.neighborF1 - expected) < 0.05, `${first.neighborF1} of ${expected}`);
    const without = unweighted(known, given);
    assert.ok(Math.abs(without - expected) > 0.06, `without weights ${without} of ${expected}`);

    assert.equal(scorer.score(asItIs), first, 'the same at each call');
    assert.equal(new EmbeddingScorer(train, validation, scorerOptions(seed)).score(asItIs), first, 'and from its seed');
    assert.not.equal(new EmbeddingScorer(train, validation, scorerOptions('d')).score(asItIs), first);
    const points = new Set(range(12800).map((i) => String(train.x.data.subarray(2 * i, 2 * i + 2))));
    const own = range(known.labels.length).map((i) => String(known.x.data.subarray(2 * i, 2 * i + 2)));
    assert.ok(new Set(own).size === own.length && own.every((p) => points.has(p)), 'no sample is drawn twice');
  }
});

test('violations are those of batches of validation data, each class drawn as often', () => {
  const [train, validation] = [corners([9, 9, 9], 'train'), corners([40, 7, 15], 'validation')];
  for (const [perClass, drawn] of [
    [4, 4],
    [7, 7],
    [32, 7], // no more than the smallest class has
  ]) {
    const seen: Dataset[] = [];
    const scorer = new EmbeddingScorer(train, validation, { ...scorerOptions(), perClass, margin: 0.7 });
    const { violationRate: violations } = scorer.score((samples) => {
      seen.push(samples);
      return samples.x;
    });
    const batches = seen.slice(2);
    assert.is(batches.length, 8);
    const rates = batches.map(({ x, labels }) => {
      assert.equal(
        [...labels].sort(),
        [0, 1, 2].flatMap((c) => Array(drawn).fill(c)),
      );
      const far = (i: number, j: number): number =>
        (x.data[2 * i] - x.data[2 * j]) ** 2 + (x.data[2 * i + 1] - x.data[2 * j + 1]) ** 2;
      const all = triplets(labels);
      return all.filter(([a, p, n]) => far(a, n) < far(a, p) + 0.7).length / all.length;
    });
    assertClose([violations], [rates.reduce((a, b) => a + b) / 8], { relative: 1e-14 });
    assert.ok(violations > 0.05 && violations < 0.95);
  }
});

/** Points on a line, so many of each class, which is the place of its points. */
function onLine(counts: readonly number[]): Dataset {
  const labels = counts.flatMap((n, c) => Array<number>(n).fill(c));
  return new Dataset({ x: new Tensor(Float32Array.from(labels), [labels.length, 1]), labels });
}

/** The sizes of the batches between which a scorer asks for distances, and the labels in them. */
function distancesAsked(classes: number, perClass: number, members = 20) {
  const data = onLine(Array<number>(classes).fill(members));
  const sizes: number[][] = [];
  const labels: number[][] = [];
  const distance: d.Distance = (a, b) => {
    sizes.push([...a.shape]);
    assert.is(b ?? a, a);
    return pairwiseSquaredEuclidean(a, b);
  };
  const scorer = new EmbeddingScorer(data, data, { ...scorerOptions(), perClass, distance });
  sizes.length = 0;
  const { violationRate: violations } = scorer.score((batch) => {
    labels.push([...batch.labels]);
    return batch.x;
  });
  return { violations, sizes, labels: labels.slice(2) };
}

test('violations are counted in batches of at most 1,024 samples, however many classes there are', () => {
  for (const [classes, perClass, members, n, own] of [
    [3, 32, 40, 96, 32],
    [60, 32, 40, 60 * 17, 17],
    [511, 32, 3, 1022, 2],
    [700, 32, 3, 1024, 2], // not every class is in a batch
  ]) {
    const { violations, sizes, labels } = distancesAsked(classes, perClass, members);
    assert.equal(
      sizes,
      range(8).map(() => [n, 1]),
    );
    for (const batch of labels) {
      const counts = new Map<number, number>();
      for (const label of batch) counts.set(label, (counts.get(label) ?? 0) + 1);
      assert.equal(new Set(counts.values()), new Set([own]));
      assert.is(counts.size, n / own);
    }
    assert.is(violations, 0, 'classes are a whole unit apart');
  }
});

test('TripletTrainer of 60 classes asks for no larger distances than a batch of 1,024 has', () => {
  const { x, labels } = onLine(Array<number>(60).fill(20));
  const sizes: number[] = [];
  const distance: d.Distance = (a, b) => {
    sizes.push(a.shape[0]);
    assert.is(b ?? a, a);
    return pairwiseSquaredEuclidean(a, b);
  };
  const trainer = new d.TripletTrainer({
    ...{ model: new Linear(1, 2, { random: new Random(0) }), data: { x, labels }, validation: { x, labels }, distance },
    ...{ random: new Random(0), perClass: 20, classesPerBatch: 4, stepsPerIteration: 3, warn: () => {} },
  });
  trainer.fit(2);
  const score = Array(8).fill(60 * 17);
  assert.equal(
    sizes,
    [0, 1].flatMap(() => [80, 80, 80, ...score]),
  );
});

test('of more classes than samples are drawn each is drawn all the same', () => {
  const data = onLine([3000, ...Array<number>(2100).fill(1)]);
  const seen: Dataset[] = [];
  const scorer = new EmbeddingScorer(data, onLine([2, 2]), scorerOptions());
  const { neighborF1: f1 } = scorer.score((samples) => {
    seen.push(samples);
    return samples.x;
  });
  const [known] = seen;
  const drawn = known.byClass();
  assert.is(drawn.size, 2101);
  assert.is(drawn.get(0)?.length, Math.round((3000 * 2048) / 5100));
  assert.ok(f1 > 0 && f1 <= 1, `${f1}`);
});

for (const value of [NAN, INF, -INF, 1e30, 3e38])
  test(`embeddings of ${value} have a macro F1 of 0, and are no error`, () => {
    const [train, validation] = [corners([30, 30, 30], 'train'), corners([9, 9, 9], 'validation')];
    for (const dtype of [Float32Array, Float64Array]) {
      if (dtype === Float64Array && Number.isFinite(value)) continue; // float64 can hold their squares
      for (const place of [0, 1]) {
        let call = 0;
        const scorer = new EmbeddingScorer(train, validation, scorerOptions());
        const { neighborF1: f1 } = scorer.score(({ x }) => {
          const z = new Tensor(dtype.from(x.data), x.shape);
          if (call++ === place) z.data[7] = value; // among those of training or of validation data
          return z;
        });
        assert.is(f1, 0);
      }
    }
  });

test('the largest embeddings whose distances float32 can hold are scored', () => {
  const [train, validation] = [corners([30, 30, 30], 'train'), corners([9, 9, 9], 'validation')];
  const score = (factor: number): number =>
    new EmbeddingScorer(train, validation, scorerOptions()).score(({ x }) => {
      const z = x.clone();
      for (const i of z.data.keys()) z.data[i] *= factor;
      return z;
    }).neighborF1;
  assert.is(score(2 ** 58), score(1));
  assert.is(score(2 ** 70), 0);
});

test.run();
