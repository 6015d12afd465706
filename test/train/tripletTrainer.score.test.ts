import * as d from 'dynaecg';
import {
  Dataset,
  type DatasetLike,
  type Embedder,
  full,
  Layer,
  Linear,
  pairwiseSquaredEuclidean,
  Random,
  type Tensor,
  type TensorLike,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { neighborF1, triplets } from '../support/embeddingScores.ts';
import { makeTrainer, range, waves } from '../support/trainers.ts';

const test = suite('train/tripletTrainer.score');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
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
