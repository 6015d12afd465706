// BestWeights alone: which of several scores is kept, at the ends of what scores can be.
import { ArgumentError, BestWeights, Linear, Random } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('train/bestWeights.ties');

function setUp(): { best: BestWeights; set: (value: number) => void; get: () => number } {
  const model = new Linear(1, 1, { random: new Random(1), bias: false });
  const [set, get] = [(value: number) => void model.weight.data.fill(value), () => model.weight.data[0]];
  return { best: new BestWeights(model), set, get };
}

test('nothing is kept before the first score', () => {
  const { best, set, get } = setUp();
  assert.equal(best.state, { score: null, tie: 0, weights: {} });
  assert.is(best.score, Number.POSITIVE_INFINITY);
  assert.is(best.empty, true);
  assert.is(best.offer(Number.POSITIVE_INFINITY), false, 'no better than none');
  set(5);
  best.restore();
  assert.is(get(), 5);
  assert.is(best.during(get), 5);
});

test('the lowest score, of those the lowest tie, of those the first', () => {
  const { best, set, get } = setUp();
  const offers: [score: number, tie: number, kept: boolean][] = [
    [2, 5, true],
    [2, 5, false],
    [2, 6, false],
    [3, 0, false],
    [2, 4, true],
    [1, 9, true],
    [1, 9, false],
    [2, 0, false],
    [1, -1, true],
  ];
  let [kept, i] = [0, 0];
  for (const [score, tie, won] of offers) {
    set(++i);
    assert.is(best.offer(score, tie), won, `offer ${i}`);
    if (won) kept = i;
    assert.is(best.during(get), kept);
    assert.is(get(), i, 'the own weights are back');
  }
  assert.equal([best.score, best.state.tie, best.empty], [1, -1, false]);
  best.restore();
  assert.is(get(), kept);
});

test('a tie is 0 by default', () => {
  const { best, set, get } = setUp();
  set(1);
  best.offer(2, 0);
  set(2);
  assert.is(best.offer(2), false);
  assert.is(best.offer(2, -0.5), true);
  assert.is(best.offer(2), false);
  assert.is(best.during(get), 2);
});

test('a state is taken up: its score and tie are what has to be beaten', () => {
  const { best, set } = setUp();
  set(7);
  best.offer(2, 3);
  const next = setUp();
  next.best.state = best.state;
  assert.is(next.best.during(next.get), 7);
  assert.is(next.best.offer(2, 3), false);
  assert.is(next.best.offer(2, 2), true);
  next.best.state = { score: null, tie: 0, weights: {} };
  assert.is(next.best.empty, true);
  for (const wrong of [{ score: '1', tie: 0, weights: {} }, { score: 1, weights: {} }, { score: 1, tie: 0 }, null])
    assert.throws(
      () => Object.assign(next.best, { state: wrong }),
      (e: unknown) => e instanceof ArgumentError && e.message.startsWith('BestWeights: '),
    );
  assert.is(best.offer(Number.NaN), false, 'a score that is not a number is never the lowest');
});

test.run();
