import {
  ArgumentError,
  backward,
  bandTripletLoss,
  batchHard,
  DataError,
  type DType,
  gradcheck,
  nearestSemiHard,
  pairwiseSquaredEuclidean,
  Random,
  ShapeError,
  semiHard,
  type Tensor,
  tensor,
  tripletLoss,
  violating,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('metric/bandTripletLoss');

const BANDS = { violating, semiHard };

/** B embeddings of 3 numbers, some of them equal, and labels of up to 4 classes. */
function batch(B: number, seed: number, dtype: DType): { z: () => Tensor; labels: Int32Array } {
  const random = new Random(seed);
  const values = Array.from({ length: 3 * B }, () => Math.round(4 * random.normal()) / 4);
  return {
    z: () => tensor(values, [B, 3], { dtype, requiresGrad: true }),
    labels: Int32Array.from({ length: B }, () => Math.floor(4 * random.uniform())),
  };
}

for (const [name, miner] of Object.entries(BANDS))
  for (const power of [1, 2] as const)
    test(`${name}, power ${power}: the loss, gradient and counts of tripletLoss`, () => {
      for (let seed = 0; seed < 20; seed++)
        for (const dtype of ['float32', 'float64'] as const) {
          const { z, labels } = batch(2 + 2 * seed, seed, dtype);
          const options = { margin: seed / 8, miner, power };
          const [own, listed] = [z(), z()];
          const band = bandTripletLoss(own, labels, options);
          const list = tripletLoss(listed, labels, options);
          assert.is(band.triplets, list.triplets.anchors.length);
          assert.equal([band.pairs, band.possible], [list.pairs, list.possible]);
          assert.is(
            band.activePairs,
            new Set(list.triplets.anchors.map((a, i) => 1000 * a + list.triplets.positives[i])).size,
          );
          const tolerance = { relative: dtype === 'float64' ? 1e-12 : 1e-5, absolute: 1e-6 };
          assertClose([band.loss.item()], [list.loss.item()], tolerance);
          backward(band.loss);
          backward(list.loss);
          assertClose(own.grad?.data as Float64Array, listed.grad?.data as Float64Array, tolerance);
        }
    });

test('its gradient is that of finite differences', () => {
  const random = new Random(5);
  const { labels } = batch(9, 3, 'float64');
  const z = tensor(
    Array.from({ length: 18 }, () => random.normal()),
    [9, 2],
    { dtype: 'float64', requiresGrad: true },
  );
  for (const miner of Object.values(BANDS))
    for (const power of [1, 2] as const) {
      const error = gradcheck((z) => bandTripletLoss(z, labels, { margin: 0.7, miner, power }).loss, [z], random);
      assert.ok(error < 1e-6, String(error));
    }
});

test('without a triplet: loss 0 and a zero gradient', () => {
  for (const labels of [
    [0, 0, 0],
    [0, 1, 2],
  ]) {
    const z = tensor([0, 1, 2], [3, 1], { requiresGrad: true });
    const { loss, triplets } = bandTripletLoss(z, labels, { margin: 1 });
    backward(loss);
    assert.equal([loss.item(), triplets], [0, 0]);
    assert.equal(Array.from(z.grad?.data as Float32Array, Math.abs), [0, 0, 0]);
  }
});

test('1,000 samples with 250 million triplets: the mean hinge, without a list', () => {
  const B = 1000;
  const random = new Random(1);
  const z = tensor(
    Float32Array.from({ length: 2 * B }, () => random.normal()),
    [B, 2],
  );
  const labels = Int32Array.from({ length: B }, (_, i) => i % 2);
  const { loss, triplets, possible } = bandTripletLoss(z, labels, { margin: 0.2 });
  const { data } = pairwiseSquaredEuclidean(z);
  let [sum, count] = [0, 0];
  for (let a = 0; a < B; a++)
    for (let p = a % 2; p < B; p += 2) {
      if (p === a) continue;
      const limit = data[B * a + p] + 0.2;
      for (let n = 1 - (a % 2); n < B; n += 2) {
        if (!(data[B * a + n] < limit)) continue;
        sum += limit - data[B * a + n];
        count++;
      }
    }
  assert.equal([triplets, possible], [count, (B * (B / 2 - 1) * B) / 2]);
  assertClose([loss.item()], [sum / count], { relative: 1e-6 });
});

const z = zeros([4, 2]);
const wrong: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    () => bandTripletLoss(z, [0, 0, 1, 1], { margin: 1, miner: batchHard }),
    ArgumentError,
    'bandTripletLoss: expected the miner violating or semiHard, got another',
  ],
  [
    () => bandTripletLoss(z, [0, 0, 1, 1], { margin: 1, miner: nearestSemiHard }),
    ArgumentError,
    'bandTripletLoss: expected the miner violating or semiHard, got another',
  ],
  [() => bandTripletLoss(z, [0, 0, 1], { margin: 1 }), ShapeError, 'bandTripletLoss: expected 4 labels, got 3'],
  [
    () => bandTripletLoss(z, [0, 0, 1, 1], { margin: 1, distance: () => zeros([3, 3]) }),
    ShapeError,
    'bandTripletLoss: expected distance to return [4,4], got [3,3]',
  ],
  [
    () => bandTripletLoss(tensor([0, 1, Number.NaN], [3, 1]), [0, 0, 1], { margin: 1 }),
    DataError,
    'bandTripletLoss: expected distances other than NaN, got NaN from sample 0 to 2',
  ],
];

test('wrong arguments', () => {
  for (const [f, type, message] of wrong) assertThrows(f, type, message);
});

test.run();
