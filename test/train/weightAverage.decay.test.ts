// The average alone, next to its formula in plain loops.
import { ArgumentError, CheckpointError, Linear, Random } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WeightAverage } from '../../src/train/weightAverage.ts';
import { assertClose, throwsWith } from '../support/asserts.ts';

const test = suite('train/weightAverage.decay');

const make = (): Linear => new Linear(1, 1, { random: new Random(1), bias: false });

test('decays from 0 to 1: the last weights, the mean that min(decay, t / (t + 9)) makes, the slowest', () => {
  for (const decay of [0, 0.3, 0.9, 1]) {
    const model = make();
    const average = new WeightAverage(model, decay);
    let expected = model.weight.data[0];
    for (let t = 1; t <= 60; t++) {
      model.weight.data.fill(Math.sin(t));
      average.update();
      const d = Math.min(decay, t / (t + 9));
      expected = d * expected + (1 - d) * model.weight.data[0];
      const found = average.during(() => model.weight.data[0]);
      assertClose([found], [expected], { absolute: 1e-6 }, `decay ${decay}, step ${t}`);
      assertClose(model.weight.data, [Math.fround(Math.sin(t))], {}, 'the own weights are back');
    }
    assert.is(average.state.steps, 60);
  }
});

test('what is no decay and no state is refused', () => {
  for (const decay of [-0.01, 1.01, Number.NaN])
    throwsWith(() => new WeightAverage(make(), decay), ArgumentError, `decay from 0 to 1, got ${decay}`);
  const average = new WeightAverage(make(), 0.9);
  const { weights } = average.state;
  const refused = (state: object, type: typeof ArgumentError | typeof CheckpointError, ...parts: string[]): void =>
    throwsWith(() => Object.assign(average, { state }), type, ...parts);
  refused({ steps: -1, weights }, ArgumentError, 'steps');
  refused({ steps: 1 }, ArgumentError, 'weights');
  refused({ steps: 1, weights: {} }, CheckpointError, 'weight [1,1], got none');
  assert.is(average.state.steps, 0);
});

test.run();
