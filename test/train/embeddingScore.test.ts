import * as d from 'dynaecg';
import {
  ArgumentError,
  Dataset,
  type DatasetLike,
  type Embedder,
  full,
  Layer,
  Linear,
  meanDistances,
  NearestNeighborClassifier,
  pairwiseSquaredEuclidean,
  Random,
  ShapeError,
  Tensor,
  type TensorLike,
  tensor,
  violationRate,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { EmbeddingScorer } from '../../src/train/embeddingScore.ts';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { makeTrainer, range, waves } from '../support/trainers.ts';

const test = suite('training score');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

// ---- distances of a batch

/** The triplets of a batch, as [anchor, positive, negative]. */
const triplets = (labels: ArrayLike<number>): [number, number, number][] => {
  const all = range(labels.length);
  return all.flatMap((a) =>
    all
      .filter((p) => p !== a && labels[p] === labels[a])
      .flatMap((p) => all.filter((n) => labels[n] !== labels[a]).map((n): [number, number, number] => [a, p, n])),
  );
};

test('meanDistances and violationRate are what plain loops give', () => {
  for (const dtype of ['float64', 'float32'] as const)
    for (const B of [0, 1, 2, 7, 20])
      for (const classes of [1, 2, 4]) {
        const random = new Random(`${B} ${classes}`);
        const labels = range(B).map(() => 5 * random.integer(classes));
        // Some equal to one another, and no two of a pair the same: they need not be symmetric.
        const rows = range(B).map(() => range(B).map(() => Math.fround(random.integer(20) / 4)));
        const distances = B > 0 ? tensor(rows, undefined, { dtype }) : zeros([0, 0], { dtype });
        const pairs = range(B).flatMap((a) => range(B).map((b) => [a, b]));
        const mean = (same: boolean): number => {
          const own = pairs.filter(([a, b]) => a !== b && (labels[a] === labels[b]) === same);
          return own.length > 0 ? own.reduce((sum, [a, b]) => sum + rows[a][b], 0) / own.length : 0;
        };
        const found = meanDistances(distances, labels);
        assertClose([found.meanPositive, found.meanNegative], [mean(true), mean(false)], { relative: 1e-14 });
        const all = triplets(labels);
        for (const margin of [0, 0.25, 2]) {
          const violated = all.filter(([a, p, n]) => rows[a][n] < rows[a][p] + margin);
          assert.equal(violationRate(distances, Int32Array.from(labels), margin), violated.length / all.length); // perhaps NaN
        }
      }
});

test('a negative as far as the positive and the margin together does not violate it, and NaN does', () => {
  const labels = [0, 0, 1];
  const rate = (ap: number, an: number, margin: number): number =>
    violationRate(
      tensor([
        [0, ap, an],
        [9, 0, INF],
        [9, 9, 0],
      ]),
      labels,
      margin,
    ); // of two triplets, one violates nothing
  assert.is(rate(1, 1.5, 0.5), 0);
  assert.is(rate(1, 1.4375, 0.5), 0.5);
  assert.is(rate(1, 1, 0), 0);
  assert.is(rate(1, NAN, 0.5), 0.5);
  assert.is(rate(NAN, 1, 0.5), 0.5);
});

test('violationRate is what plain loops give among NaN, infinite and equal distances', () => {
  const values = [NAN, INF, -INF, 0, -0, 0.25, 0.5, 1, 2 ** 24, 1e-40];
  const seen = new Set<number>();
  for (const dtype of ['float64', 'float32'] as const)
    for (const seed of range(30)) {
      const random = new Random(seed);
      const B = 4 + random.integer(9);
      const labels = range(B).map(() => random.integer(1 + random.integer(4)));
      const distances = tensor(
        range(B).map(() => range(B).map(() => values[random.integer(values.length)])),
        undefined,
        { dtype },
      );
      const at = (a: number, b: number): number => distances.data[a * B + b];
      const all = triplets(labels);
      for (const margin of [0, 0.25, 1]) {
        const violated = all.filter(([a, p, n]) => !(at(a, n) >= at(a, p) + margin)); // NaN violates
        const rate = violationRate(distances, labels, margin);
        assert.equal(rate, violated.length / all.length);
        seen.add(rate);
      }
    }
  assert.ok(seen.size > 20);
});

test('distances may be an ndarray, like any other tensor', () => {
  const transposed: TensorLike = { data: [0, 1, 2, 3, 0, 4, 5, 6, 0], shape: [3, 3], stride: [1, 3], offset: 0 };
  const dense = tensor([
    [0, 3, 5],
    [1, 0, 6],
    [2, 4, 0],
  ]);
  const labels = [0, 0, 1];
  assert.equal(meanDistances(transposed, labels), meanDistances(dense, labels));
  assert.equal(meanDistances(dense, labels), { meanPositive: 2, meanNegative: 17 / 4 });
  assert.is(violationRate(transposed, labels, 2.5), 0.5);
});

const square = zeros([3, 3]);
/** A tensor whose scope has closed. */
function released(): Tensor {
  const kept: Tensor[] = [];
  d.scope(() => {
    kept.push(full([1, 1], 0));
  });
  return kept[0];
}
const failures: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  ...(['meanDistances', 'violationRate'] as const).flatMap((op): typeof failures => {
    const ask = (distances: TensorLike, labels: number[]) => () =>
      ({ meanDistances, violationRate })[op](distances, labels, 0);
    return [
      [ask(square, [0, 1]), ShapeError, `${op}: expected 3 labels, got 2`],
      [ask(square, [0, 1, 0, 1]), ShapeError, `${op}: expected 3 labels, got 4`],
      [ask(zeros([3, 2]), [0, 1, 0]), ShapeError, `${op}: expected distances (B,B), got [3,2]`],
      [ask(zeros([9]), [0, 1, 0]), ShapeError, `${op}: expected distances (B,B), got [9]`],
      [
        ask([] as never, []),
        ArgumentError,
        `${op}: expected distances to be a tensor, an ndarray or a number (tensor(values, shape) makes one of arrays), got []`,
      ],
      [
        () => ask(released(), [0])(),
        d.BackendError,
        `${op}: expected a live tensor, got one whose scope has closed; return it from the scope`,
      ],
    ];
  }),
  ...[-0.1, NAN].map((margin): (typeof failures)[number] => [
    () => violationRate(square, [0, 1, 0], margin),
    ArgumentError,
    `violationRate: expected margin >= 0, got ${margin}`,
  ]),
];

for (const [f, type, message] of failures) test(`errors: ${message}`, () => assertThrows(f, type, message));

// ---- the score of an embedding

/** Macro F1 over the classes that the validation data have, by the votes of the 9 nearest, sample by sample. */
function neighborF1(
  known: Dataset,
  asked: Dataset,
  { reference = [1, 1, 1, 1], validation = [1, 1, 1, 1] } = {},
): number {
  const at = ({ data, shape: [, D] }: Tensor, i: number): number[] => [...data.subarray(i * D, (i + 1) * D)];
  const rows = range(known.labels.length).map((i) => at(known.x, i));
  const predicted = range(asked.labels.length).map((i) => {
    const own = at(asked.x, i);
    const far = rows.map((row) => row.reduce((sum, v, k) => sum + (v - own[k]) ** 2, 0));
    const nearest = [...far.keys()].sort((a, b) => far[a] - far[b] || a - b).slice(0, 9);
    const votes = reference.map((w, c) => w * nearest.filter((j) => known.labels[j] === c).length);
    return votes.indexOf(Math.max(...votes));
  });
  const weight = (counts: (label: number, prediction: number) => boolean): number =>
    predicted.reduce((sum, p, i) => sum + (counts(asked.labels[i], p) ? validation[asked.labels[i]] : 0), 0);
  const scores = [...new Set(asked.labels)].map((c) => {
    const right = weight((label, p) => label === c && p === c);
    return (2 * right) / (weight((label) => label === c) + weight((_, p) => p === c)); // 2 TP / (2 TP + FN + FP)
  });
  return scores.reduce((a, b) => a + b) / scores.length;
}

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

// ---- the trainer's score

const validation = waves(6, 'validation', 0.5);
const data = waves(40, 'train', 0.5);

for (const selectBy of [undefined, 'neighborF1', 'violationRate'] as const)
  test(`the best iteration is chosen by ${selectBy ?? 'default'}, on the validation data`, () => {
    const { labels } = validation;
    const { trainer, model } = makeTrainer({ data, validation, perClass: 6, referenceMargin: 0.4, selectBy });
    const embed = ({ x, labels }: DatasetLike): Dataset => new Dataset({ x: (model as Embedder).embed(x), labels });
    const seen = { f1: new Set<number>(), violations: new Set<number>() };
    const before: number[] = [];
    for (const it of trainer.iterations(4)) {
      const z = embed(validation);
      assertClose([it.neighborF1], [neighborF1(embed(data), z)], { relative: 1e-13 });
      const distance = (a: number, b: number): number =>
        range(4).reduce((sum, k) => sum + (z.x.data[4 * a + k] - z.x.data[4 * b + k]) ** 2, 0);
      const all = triplets(labels);
      const violated = all.filter(([a, p, n]) => distance(a, n) < distance(a, p) + 0.4).length;
      // each batch is all of the validation data, in another order
      assertClose([it.violationRate], [violated / all.length], { relative: 1e-14 });
      const error = selectBy === 'violationRate' ? it.violationRate : 1 - it.neighborF1;
      assert.is(
        it.best,
        before.every((other) => error <= other),
      ); // fewer violations where they are equal
      before.push(error);
      seen.f1.add(it.neighborF1);
      seen.violations.add(it.violationRate);
    }
    const between = (values: Set<number>): number => [...values].filter((v) => v > 0 && v < 1).length;
    assert.ok(between(seen.f1) > 1 && between(seen.violations) > 1, 'they change');
  });

test('a distance of its own is what violations are counted by, and not neighbours', () => {
  const distance: d.Distance = (a, b) => d.mul(pairwiseSquaredEuclidean(a, b), 1e4);
  const [plain, scaled] = [undefined, distance].map((own) => {
    const options = { data, validation, perClass: 6, distance: own, marginScheduler: new d.ScheduledMargin(0) };
    const { trainer, optimizer } = makeTrainer(options);
    optimizer.learningRate = 0;
    return [...trainer.iterations(1)][0];
  });
  assert.is(scaled.neighborF1, plain.neighborF1);
  assert.ok(scaled.violationRate < plain.violationRate, `${scaled.violationRate} and ${plain.violationRate}`);
});

/** Embeds in training, and in inference by one value. */
class Broken extends Layer {
  readonly inner = new Linear(16, 4, { random: new Random('broken') });
  readonly value: number;
  constructor(value: number) {
    super();
    this.value = value;
  }
  forward(x: TensorLike): Tensor {
    return this.training ? this.inner.forward(x) : full([x.shape[0], 4], this.value);
  }
}

for (const value of [NAN, INF, 1e30])
  test(`a model whose embeddings are ${value} scores worst, and training goes on`, () => {
    const { trainer } = makeTrainer({ model: new Broken(value), warn: () => {} });
    const history = [...trainer.iterations(2)];
    assert.equal(
      history.map((it) => [it.neighborF1, it.best]),
      [
        [0, true],
        [0, false],
      ],
    );
  });

test.run();
