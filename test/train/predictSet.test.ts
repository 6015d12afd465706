// Outputs of a set that is read as it goes: every sample once, in order, in batches of which none is empty.
import { affine, Dataset, Layer, type Tensor, type TensorLike, tensor } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainingSet } from '../../src/data/trainingSet.ts';
import { predictSet } from '../../src/train/predictSet.ts';

const test = suite('outputs of a set');

class Doubling extends Layer {
  forward(x: TensorLike): Tensor {
    return affine(x, 2);
  }
}

for (const [length, batches] of [
  [1, [1]],
  [3, [3]],
  [6, [3, 3]],
  [7, [3, 3, 1]],
] as const)
  test(`${length} samples in batches of 3`, () => {
    const rows = Array.from({ length }, (_, i) => [i, -i]);
    const whole = new Dataset({ x: tensor(rows), labels: new Int32Array(length) });
    const taken: number[] = [];
    const take: TrainingSet['take'] = (indices) => {
      taken.push(indices.length);
      return whole.take(indices);
    };
    const outputs = predictSet(new Doubling(), { length, labels: whole.labels, take } as TrainingSet, 3);
    assert.equal(taken, batches);
    assert.equal(
      outputs.toArray(),
      rows.map((row) => row.map((v) => 2 * v)),
    );
    assert.equal(predictSet(new Doubling(), whole, 3).toArray(), outputs.toArray());
  });

test.run();
