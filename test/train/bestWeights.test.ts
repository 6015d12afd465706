import {
  AdamW,
  BestWeights,
  ClassifierTrainer,
  Embedder,
  Layer,
  Linear,
  MlpClassifier,
  Random,
  type Tensor,
  type TensorLike,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';
import { bits, LENGTH, makeTrainer, SIZES, waves } from '../support/trainers.ts';

const test = suite('train/bestWeights');

// The second half is trained at a learning rate that ruins the model, so that the last weights are not the best.
const ruin = (t: number): number => (t < 0.5 ? 1 : 300);

/** Throws in its forward pass once it is armed. */
class Trap extends Layer {
  armed = false;
  readonly inner: Layer;
  constructor(inner: Layer) {
    super();
    this.inner = inner;
  }
  forward(x: TensorLike): Tensor {
    if (this.armed) throw new Error('sprung');
    return this.inner.forward(x);
  }
}

/** What the caller does after the last iteration but one; throwing and arming end training with an error. */
const waysOut: Record<string, { leave: (trap: Trap) => 'break' | undefined; error?: string }> = {
  'the end': { leave: () => undefined },
  break: { leave: () => 'break' },
  'an exception of the caller': {
    leave: () => {
      throw new Error('enough');
    },
    error: 'enough',
  },
  'an exception of the model': {
    leave: (trap) => {
      trap.armed = true;
      return undefined;
    },
    error: 'sprung',
  },
};

/** Follows training, and returns the weights that were the best when it ended. */
function follow(
  trap: Trap,
  training: Iterable<{ best: boolean }>,
  leaveAt: number,
  { leave, error }: (typeof waysOut)[string],
) {
  let best = {};
  let bestAt = 0;
  let i = 0;
  try {
    for (const it of training) {
      i++;
      if (it.best) [best, bestAt] = [bits(trap.inner), i];
      if (i === leaveAt && leave(trap) === 'break') break;
    }
    assert.is(error, undefined);
  } catch (e) {
    assert.is((e as Error).message, error);
  }
  assert.ok(bestAt > 0 && bestAt < i, `the best was ${bestAt} of ${i}: nothing to put back`);
  assert.equal(bits(trap.inner), best);
}

for (const [name, way] of Object.entries(waysOut)) {
  test(`TripletTrainer puts the best weights back: ${name}`, () => {
    const trap = new Trap(new Embedder({ ...SIZES, random: new Random('trap') }));
    const { trainer, optimizer } = makeTrainer({ model: trap, schedule: ruin, warn: () => {} });
    follow(trap, trainer.iterations(6), 5, way);
    assert.is(optimizer.learningRate, 0.01);
  });

  test(`ClassifierTrainer puts the best weights back: ${name}`, () => {
    const trap = new Trap(
      new MlpClassifier({ inFeatures: LENGTH, hidden: 12, classes: 3, random: new Random('trap') }),
    );
    const optimizer = new AdamW(trap.parameters(), { learningRate: 1e-2 });
    const random = new Random('out');
    const trainer = new ClassifierTrainer({
      model: trap,
      data: waves(40),
      random,
      optimizer,
      batchSize: 16,
      schedule: ruin,
    });
    follow(trap, trainer.epochs(6), 5, way);
    assert.is(optimizer.learningRate, 1e-2);
  });
}

test('BestWeights keeps the lowest score, the first of equals, and never a NaN', () => {
  const model = new Linear(1, 1, { random: new Random(0), bias: false });
  const best = new BestWeights(model);
  best.restore(); // nothing was kept: nothing happens
  const offer = (weight: number, score: number): boolean => {
    model.weight.data[0] = weight;
    return best.offer(score);
  };
  const offers = [
    offer(1, Number.NaN),
    offer(2, 0.5),
    offer(3, 0.5),
    offer(4, 0.2),
    offer(5, Number.NaN),
    offer(6, 0.3),
  ];
  assert.equal(offers, [false, true, false, true, false, false]);
  assert.is(best.score, 0.2);
  best.restore();
  assert.is(model.weight.data[0], 4);
});

test('BestWeights: of equal scores the lower tie, the first of those equal in both, and never a NaN', () => {
  const model = new Linear(1, 1, { random: new Random(0), bias: false });
  const best = new BestWeights(model);
  const offers: [score: number, tie: number, taken: boolean][] = [
    [0.5, 3, true],
    [0.5, 4, false],
    [0.5, 2, true],
    [0.5, 2, false],
    [0.5, Number.NaN, false],
    [Number.NaN, 0, false],
    [0.4, 9, true], // whatever its tie
    [0.6, 0, false],
    [0.4, 0.1, true],
  ];
  for (const [i, [score, tie, taken]] of offers.entries()) {
    model.weight.data[0] = i;
    assert.is(best.offer(score, tie), taken, `offer ${i}`);
  }
  const other = new BestWeights(model);
  other.state = best.state;
  for (const weights of [best, other]) {
    weights.restore();
    assert.is(model.weight.data[0], 8);
    assert.is(weights.score, 0.4);
    assert.not(weights.offer(0.4, 0.1));
    assert.ok(weights.offer(0.4, 0.05));
  }
});

test('of iterations with equal neighbours that with the fewest violations is kept', () => {
  const { trainer, model } = makeTrainer({ seed: 's7' }); // all of the validation data soon have neighbours of their class
  const before: { error: number; violations: number }[] = [];
  let ties = 0;
  let kept: object = {};
  for (const { neighborF1, violationRate: violations, best } of trainer.iterations(8)) {
    const error = 1 - neighborF1;
    const worse = before.every((it) => error < it.error || (error === it.error && violations < it.violations));
    assert.is(best, worse, `iteration ${before.length + 1}`);
    if (best && before.some((it) => it.error === error)) ties++;
    if (best) kept = bits(model);
    before.push({ error, violations });
  }
  assert.ok(ties > 0, 'a later iteration is kept in place of one with the same neighbours');
  assert.ok(Math.min(...before.map((it) => it.error)) === before[0].error, 'the first would have been kept otherwise');
  assert.equal(bits(model), kept);
});

test.run();
