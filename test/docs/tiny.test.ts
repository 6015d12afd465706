// The library in one page: what it is made of, from numbers up to a trained model.

import {
  AdamW,
  add,
  backward,
  ClassifierTrainer,
  Conv1d,
  classificationScores,
  confusionMatrix,
  DynamicMargin,
  decodeModel,
  defineOp,
  Embedder,
  empty,
  encodeModel,
  gradcheck,
  Linear,
  LSTM,
  MlpClassifier,
  matmul,
  mul,
  noGrad,
  Random,
  relu,
  Sequential,
  scope,
  semiHard,
  sum,
  type Tensor,
  TripletTrainer,
  tensor,
  tripletLoss,
  zeros,
} from 'dynaecg';
import { extractBeats, intraPatientSplit, subset, syntheticRecords } from 'dynaecg/ecg';
import { kernels, type Vec } from 'dynaecg/kernels';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';

const test = suite('docs/tiny');

test('a tensor is a typed array with a shape', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  assert.equal([...x.shape], [2, 3]);
  assert.equal(x.data, Float32Array.of(1, 2, 3, 4, 5, 6));
  assert.equal(add(x, tensor([10, 20, 30])).toArray(), [
    [11, 22, 33],
    [14, 25, 36],
  ]);
  assert.throws(() => matmul(x, x), 'matmul: expected a (...,M,K) and b (...,K,N), got [2,3] and [2,3]');
});

test('backward brings gradients to the leaves', () => {
  const w = tensor([2, 3], [2], { requiresGrad: true });
  backward(sum(mul(w, mul(w, w)))); // d(w^3)/dw = 3 w^2
  assert.equal(w.grad?.toArray(), [12, 27]);
  assert.not(noGrad(() => mul(w, w)).requiresGrad);
});

test('an op is its value and its gradient, side by side', () => {
  const cube = defineOp('cube', (x: Tensor) => {
    const y = empty(x.shape, x.dtype);
    for (let i = 0; i < x.size; i++) y.data[i] = x.data[i] ** 3;
    const vjp = (dy: Vec, [dx]: (Vec | null)[]): void => {
      for (let i = 0; dx && i < x.size; i++) dx[i] += dy[i] * 3 * x.data[i] ** 2;
    };
    return { inputs: [x], output: y, vjp };
  });
  const x = tensor([-1, 0.5, 2], [3], { dtype: 'float64', requiresGrad: true });
  assert.ok(gradcheck(cube, [x], new Random(0)) < 1e-6);
});

test('layers hold parameters under the names that PyTorch gives them', () => {
  const random = new Random('layers');
  const net = new Sequential(new Conv1d(1, 4, 5, { random, padding: 2 }), relu);
  assert.equal(Object.keys(net.stateDict()), ['0.weight', '0.bias']);
  assert.equal([...net.forward(zeros([3, 1, 20])).shape], [3, 4, 20]);
  const lstm = new LSTM(4, 6, { random });
  assert.equal([...lstm.stateDict()['weight_ih_l0'].shape], [24, 4]);
});

test('a scope reuses the memory of what is computed inside', () => {
  const layer = new Linear(3, 2, { random: new Random(1) });
  const y = scope(() => layer.forward(relu(layer.weight)));
  assert.equal([...y.shape], [2, 2]);
});

test('an optimiser follows the gradient', () => {
  const layer = new Linear(2, 1, { random: new Random(2) });
  const optimizer = new AdamW(layer.parameters(), { learningRate: 0.1 });
  const loss = (): number =>
    scope(() => {
      optimizer.zeroGrad();
      const error = add(
        layer.forward(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
        tensor([[-1], [1]]),
      );
      const total = sum(mul(error, error));
      backward(total);
      optimizer.step();
      return total.item();
    });
  const first = loss();
  for (let i = 0; i < 50; i++) loss();
  assert.ok(loss() < first / 10);
});

test('triplets are mined, and their loss has a gradient', () => {
  const z = tensor(
    [
      [0, 1],
      [0.1, 1],
      [0.2, 1],
      [3, 0],
    ],
    undefined,
    { requiresGrad: true },
  );
  const { loss, triplets } = tripletLoss(z, [0, 0, 1, 1], { miner: semiHard, margin: 0.2 });
  assert.ok(triplets.anchors.length > 0 && loss.item() > 0);
  backward(loss);
  assert.ok(z.grad?.data.some((g) => g !== 0));
});

test('every kernel is a plain function that can be called by itself', () => {
  const c = new Float32Array(1);
  kernels('float32').gemm(
    c,
    0,
    1,
    Float32Array.of(1, 2),
    0,
    2,
    Float32Array.of(3, 4),
    0,
    1,
    1,
    1,
    2,
    false,
    false,
    1,
    0,
  );
  assert.is(c[0], 11);
});

test('heartbeats to classes: an embedder, triplets, a classifier, half of the beats for test', () => {
  const { records } = syntheticRecords({ seed: 1, patients: 4, duration: 90, ventricular: 0.2 });
  const beats = extractBeats(records, { length: 64, before: 32 });
  const split = intraPatientSplit(beats, { random: new Random('split') });
  const [train, held] = [subset(beats, split.train), subset(beats, split.test)];
  const x = (side: typeof beats) => tensor(side.x, [side.labels.length, 64]);

  const random = new Random(3);
  const embedder = new Embedder({ length: 64, channels: [4, 8], hidden: 8, features: 16, embedding: 8, random });
  const data = { x: x(train), labels: train.labels };
  const trainer = new TripletTrainer({
    model: embedder,
    data,
    random,
    optimizer: new AdamW(embedder.parameters(), { learningRate: 3e-3 }),
    marginScheduler: new DynamicMargin(),
    stepsPerIteration: 25,
    perClass: 8,
  });
  const history = [...trainer.iterations(8)];
  const best = history.filter((it) => it.best).at(-1);
  assert.ok(best && best.neighborF1 > 0.6, `macro F1 of nearest neighbours: ${history.map((it) => it.neighborF1)}`);
  assert.ok(best.violationRate < 0.4, `triplets that violate the margin: ${history.map((it) => it.violationRate)}`);

  const classifier = new MlpClassifier({ inFeatures: 8, hidden: 16, classes: 3, random });
  const z = embedder.embed(data.x);
  const fit = new ClassifierTrainer({ model: classifier, data: { x: z, labels: train.labels }, random, batchSize: 32 });
  assert.is([...fit.epochs(60)].length, 60);

  const file = encodeModel({ networks: [{ embedder, classifier }], about: { classes: beats.classes } });
  const [model] = decodeModel(file).networks;
  const predicted = model.classifier?.predict(model.embedder.embed(x(held))) ?? [];
  const { accuracy, perClass } = classificationScores(confusionMatrix(held.labels, predicted, 3));
  assert.ok(accuracy > 0.75, `accuracy ${accuracy}`);
  assert.ok(perClass[2].sensitivity > 0.5, `sensitivity for V ${perClass[2].sensitivity}`);
});

test.run();
