// Sequences of unequal length: a recurrent layer and pooling that read no padding, in a classifier by a loop of its own.
import {
  AdamW,
  AttentionPool,
  argmaxRows,
  backward,
  crossEntropy,
  Layer,
  Linear,
  LSTM,
  noGrad,
  Random,
  scope,
  type Tensor,
  tensor,
} from 'dynaecg';

const random = new Random('unequal');
const LONGEST = 24;

class Reader extends Layer {
  readonly lstm = new LSTM(1, 12, { random });
  readonly pool = new AttentionPool(12, { random });
  readonly head = new Linear(12, 2, { random });

  forward(x: Tensor, lengths?: Tensor): Tensor {
    const steps = lengths && Array.from(lengths.data);
    return this.head.forward(this.pool.attend(this.lstm.run(x, { lengths: steps }).y, { lengths: steps }).context);
  }
}

/** Rising or falling lines of 6 to 24 steps, side by side (T,B,1), with nonsense behind their ends. */
function draw(n: number): { x: Tensor; lengths: Tensor; labels: number[] } {
  const labels = Array.from({ length: n }, (_, i) => i % 2);
  const lengths = labels.map(() => 6 + random.integer(LONGEST - 5));
  const x = Array.from({ length: LONGEST }, (_, t) =>
    labels.map((label, b) => [t < lengths[b] ? (label ? 1 : -1) * (t / lengths[b]) + 0.5 * random.normal() : 1e3]),
  );
  return { x: tensor(x), lengths: tensor(lengths), labels };
}

const model = new Reader();
const optimizer = new AdamW(model.parameters(), { learningRate: 0.01 });
for (let step = 0; step < 80; step++) {
  const { x, lengths, labels } = draw(32);
  scope(() => {
    optimizer.zeroGrad();
    backward(crossEntropy(model.forward(x, lengths), labels));
    optimizer.step();
  });
}
const { x, lengths, labels } = draw(200);
const predicted = argmaxRows(noGrad(() => model.forward(x, lengths)));
console.log(labels.filter((label, i) => label === predicted[i]).length / labels.length);
