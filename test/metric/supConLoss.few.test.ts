// SupCon in batches with one sample of another class, or none, next to its formula (Khosla et al., 2020, equation 2) in plain loops.
import { backward, supConLoss, Tensor, tensor } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../support/asserts.ts';
import { gradOf } from '../support/tensors.ts';

const test = suite('SupCon of few');

const TEMPERATURE = 0.5;

/** The mean over anchors with positives of -mean_p log(e^(z_a z_p / t) / sum_(i != a) e^(z_a z_i / t)). */
function formula(rows: number[][], labels: number[]): number {
  const unit = rows.map((row) => row.map((v) => v / Math.hypot(...row)));
  const e = (a: number, b: number): number =>
    Math.exp(unit[a].reduce((sum, v, k) => sum + v * unit[b][k], 0) / TEMPERATURE);
  const losses = labels.flatMap((label, a) => {
    const others = labels.map((_, i) => i).filter((i) => i !== a);
    const positives = others.filter((i) => labels[i] === label);
    const all = others.reduce((sum, i) => sum + e(a, i), 0);
    const terms = positives.map((p) => -Math.log(e(a, p) / all));
    return terms.length > 0 ? [terms.reduce((x, y) => x + y, 0) / terms.length] : [];
  });
  return losses.reduce((x, y) => x + y, 0) / losses.length;
}

const ROWS = [
  [1, 0.5],
  [0.2, -1],
  [-0.7, 0.4],
  [0.3, 2],
];

test('one sample of another class is enough, wherever it is', () => {
  for (const labels of [
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 0, 1],
    [1, 0, 0, 0],
    [0, 0, 1, 1],
  ]) {
    const rows = ROWS.slice(0, labels.length);
    const loss = supConLoss(tensor(rows), labels, { temperature: TEMPERATURE });
    assertClose([loss.item()], [formula(rows, labels)], { relative: 1e-5 }, String(labels));
  }
});

test('without another class, or without two of one, the loss is 0 with a zero gradient', () => {
  for (const labels of [[], [0], [0, 0], [0, 0, 0], [0, 1], [0, 1, 2]]) {
    const data = Float32Array.from(ROWS.slice(0, labels.length).flat());
    const z = new Tensor(data, [labels.length, 2], true);
    const loss = supConLoss(z, labels, { temperature: TEMPERATURE });
    assert.is(loss.item(), 0, String(labels));
    backward(loss);
    assert.equal([...gradOf(z).data], Array(data.length).fill(0));
  }
});

test.run();
