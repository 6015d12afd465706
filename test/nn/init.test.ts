import {
  AttentionPool,
  BatchNorm1d,
  BiLSTM,
  Conv1d,
  GRU,
  GroupNorm,
  LayerNorm,
  Linear,
  LSTM,
  type Module,
  Random,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';

const test = suite('nn/init');

const random = (): Random => new Random(5);

test("weights are uniform within PyTorch's bounds and fill them", () => {
  const r = random();
  for (const [model, bound] of [
    [new Linear(50, 60, { random: r }), 1 / Math.sqrt(50)],
    [new Conv1d(10, 60, 5, { random: r }), 1 / Math.sqrt(50)],
    [new Conv1d(20, 60, 5, { random: r, groups: 2 }), 1 / Math.sqrt(50)],
    [new LSTM(7, 100, { random: r }), 1 / Math.sqrt(100)],
    [new BiLSTM(7, 100, { random: r }), 1 / Math.sqrt(100)],
    [new LSTM(7, 100, { random: r, numLayers: 2 }), 1 / Math.sqrt(100)],
    [new GRU(7, 100, { random: r }), 1 / Math.sqrt(100)],
    [new AttentionPool(64, { random: r }), 1 / Math.sqrt(64)],
  ] as [Module, number][])
    for (const [name, { data }] of model.namedParameters()) {
      const values = [...data];
      const largest = Math.max(...values.map(Math.abs));
      const mean = values.reduce((s, v) => s + v, 0) / values.length;
      assert.ok(largest <= Math.fround(bound), `${name}: ${largest} beyond ${bound}`);
      assert.ok(largest > 0.85 * bound, `${name}: ${largest} far from ${bound}`); // 60 draws stay below by chance: 0.85^60 = 6e-5
      assert.ok(Math.abs(mean) < (5 * bound) / Math.sqrt(3 * data.length), `${name}: mean ${mean}`); // five errors
    }
  const bn = new BatchNorm1d(3);
  for (const { weight, bias } of [bn, new LayerNorm(3), new GroupNorm(1, 3)])
    assert.equal([...weight!.data, ...bias!.data], [1, 1, 1, 0, 0, 0]);
  assert.equal([...bn.running_mean.data, ...bn.running_var.data], [0, 0, 0, 1, 1, 1]);
});

test.run();
