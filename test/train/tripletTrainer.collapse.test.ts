import * as d from 'dynaecg';
import {
  AdamW,
  allTriplets,
  batchHard,
  Layer,
  Linear,
  nearestSemiHard,
  Random,
  ScheduledMargin,
  semiHard,
  semiHardOrFarthest,
  Tensor,
  type TensorLike,
  violating,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { makeTrainer, range } from '../support/trainers.ts';

const test = suite('train/tripletTrainer.collapse');

const miners = { semiHard, nearestSemiHard, batchHard, allTriplets };

test('a batch without triplets is counted, and changes no weight', () => {
  const margin = new ScheduledMargin((iteration) => (iteration === 2 ? 0.5 : 0)); // a band of width 0 is empty
  const { trainer, model } = makeTrainer({ marginScheduler: margin, miner: semiHard, warn: () => {} });
  const weights = (): number[][] => model.parameters().map((p) => [...p.data]);
  const optimizer = new AdamW(model.parameters(), { weightDecay: 0, learningRate: 1e-2 });
  const other = { marginScheduler: new ScheduledMargin(0), miner: semiHard, model, optimizer };
  const bare = makeTrainer({ ...other, warn: () => {} }).trainer;
  const before = weights();
  const [empty] = bare.iterations(1);
  assert.equal(weights(), before);
  assert.equal(
    [empty.emptyBatches, empty.loss, empty.triplets, empty.activeFraction, empty.gradientNorm],
    [10, 0, 0, 0, 0],
  );
  assert.ok(empty.pairs === 90 && empty.meanNegative > 0, 'what needs no triplet is there');
  assert.equal(
    [...trainer.iterations(3)].map((it) => it.emptyBatches),
    [10, 0, 10],
  );
});

/** One embedding for every signal, which can be trained and yet tells nothing apart. */
class Constant extends Layer {
  readonly point = new Linear(1, 4, { random: new Random(0) });
  forward(x: TensorLike): Tensor {
    return d.l2Normalize(this.point.forward(zeros([x.shape[0], 1])));
  }
}

const every = { ...miners, violating, semiHardOrFarthest };

for (const [miner, power] of (Object.keys(every) as (keyof typeof every)[]).flatMap((name) =>
  [1, 2].map((n) => [name, n] as [typeof name, 1 | 2]),
))
  test(`embeddings that have collapsed are reported, once: ${miner}, power ${power}`, () => {
    const warnings: string[] = [];
    const options = { model: new Constant(), miner: every[miner], power, warn: (w: string) => warnings.push(w) };
    const history = [...makeTrainer(options).trainer.iterations(2)];
    assert.ok(history.every((it) => it.collapsed && it.spread < 1e-6));
    assert.is(warnings.length, 1);
    assert.match(warnings[0], /^TripletTrainer: the embeddings have collapsed into a point after iteration 1: spread /);
    assert.is(history[0].emptyBatches, miner.endsWith('emiHard') ? 10 : 0);
    assert.is(history[0].violationRate, 1, 'every triplet violates the margin');
    // All of the validation data are given the class of one point: precision 1/3, recall 1, F1 1/2, and two classes of 0.
    assertClose([history[0].neighborF1], [0.5 / 3], { relative: 1e-14 });
  });

test('a collapse is told on the console by default', () => {
  const { warn } = console;
  const told: string[] = [];
  console.warn = (message: string) => told.push(message);
  try {
    const { trainer } = makeTrainer({ model: new Constant() });
    for (const _ of trainer.iterations(1));
  } finally {
    console.warn = warn;
  }
  assert.is(told.length, 1);
  assert.match(told[0], 'collapsed');
});

test('a perfect embedding has no loss either, and is not reported', () => {
  const labels = range(30).map((i) => i % 3);
  const x = new Tensor(
    Float32Array.from({ length: 90 }, (_, i) => Number(i % 3 === labels[Math.floor(i / 3)])),
    [30, 3],
  );
  const model = new Linear(3, 3, { random: new Random(0), bias: false });
  model.weight.data.set([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const { trainer } = makeTrainer({ model, data: { x, labels }, warn: assert.unreachable, miner: batchHard });
  const [it] = trainer.iterations(1);
  assert.equal([it.loss, it.neighborF1, it.violationRate, it.collapsed], [0, 1, 0, false]);
});

test.run();
