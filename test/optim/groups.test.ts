import {
  AdamW,
  AttentionPool,
  BatchNorm1d,
  BiLSTM,
  Conv1d,
  decayGroups,
  GroupNorm,
  LayerNorm,
  Module,
  Parameter,
  type ParameterGroup,
  Random,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertSameBits } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { parameter, setGrad, walk } from '../support/parameters.ts';

const test = suite('optim/groups');

test('groups of one are no groups, to the last bit; a schedule moves all of them', () => {
  const gradients = [1, -2, 3];
  const stepped = (grouped: boolean, rates: number[]): number[] => {
    const p = [parameter([1, 2, 3]), parameter([4])];
    const optimizer = new AdamW(grouped ? p.map((one) => ({ parameters: [one] })) : p, { learningRate: 0.1 });
    for (const rate of rates) {
      optimizer.learningRate = rate;
      for (const one of p) setGrad(one, gradients.slice(0, one.size));
      optimizer.step();
    }
    return p.flatMap((one) => [...one.data]);
  };
  assertSameBits(stepped(true, [0.1, 0.1]), stepped(false, [0.1, 0.1]));
  assertSameBits(stepped(true, [0.1, 0.02]), stepped(false, [0.1, 0.02]));
  assert.not.equal(stepped(true, [0.1, 0.02]), stepped(true, [0.1, 0.1]));
});

test('the state of groups is that of their parameters in a row', () => {
  const p = [parameter([1, 2]), parameter([3])];
  const grouped = new AdamW([{ parameters: [p[1]] }, { parameters: [p[0]], weightDecay: 0 }]);
  walk(grouped, 3, 'groups');
  const plain = new AdamW([p[1], p[0]]);
  plain.state = grouped.state;
  assert.equal(plain.state, grouped.state);
});

test('decayGroups spares biases and norms', () => {
  const random = new Random('groups');
  class Model extends Module {
    conv = new Conv1d(2, 3, 5, { random });
    bn = new BatchNorm1d(3);
    lstm = new BiLSTM(3, 4, { random });
    norm = new LayerNorm([2, 8]);
    groups = new GroupNorm(2, 8);
    pool = new AttentionPool(8, { random });
    scale = new Parameter(new Float32Array(1), []);
  }
  const model = new Model();
  const [decayed, others] = decayGroups(model);
  const names = (group: ParameterGroup): string[] =>
    model.namedParameters().flatMap(([name, p]) => (group.parameters.includes(p) ? [name] : []));
  assert.equal(names(decayed), [
    'conv.weight',
    'lstm.weight_ih_l0',
    'lstm.weight_hh_l0',
    'lstm.weight_ih_l0_reverse',
    'lstm.weight_hh_l0_reverse',
    'pool.weight',
  ]);
  assert.equal([decayed.weightDecay, others.weightDecay], [undefined, 0]);
  assert.equal(
    [...names(decayed), ...names(others)].sort(),
    model
      .namedParameters()
      .map(([name]) => name)
      .sort(),
  );
  const norms = new BatchNorm1d(2);
  assert.is(decayGroups(norms)[0].parameters.length, 0);
  new AdamW(decayGroups(norms)); // a group may be empty
});

test.run();
