// Model files with weights in int8: what is lost, and what is refused.
import {
  ArgumentError,
  CheckpointError,
  decodeModel,
  decodeSafetensors,
  Embedder,
  encodeModel,
  encodeSafetensors,
  MlpClassifier,
  Random,
  Tensor,
  tensor,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSameBits } from '../support/asserts.ts';
import { randomTensor } from '../support/tensors.ts';

const test = suite('formats/quantized');

const config = { length: 32, channels: [3, 4], hidden: 5, features: 6, embedding: 4 } as const;

function model(dtype: 'float32' | 'float64' = 'float32') {
  const random = new Random(3);
  const embedder = new Embedder({ ...config, attention: 'additive', random }).to(dtype).eval();
  const classifier = new MlpClassifier({ inFeatures: 4, hidden: 5, classes: 3, random }).to(dtype).eval();
  return { networks: [{ embedder, classifier }], about: { name: 'small' }, classes: ['N', 'S', 'V'] };
}

const weightsOf = ({ networks }: { networks: readonly { embedder: Embedder }[] }): [string, Tensor][] =>
  networks[0].embedder.namedTensors();

for (const dtype of ['float32', 'float64'] as const)
  test(`weights are within half a step of a scale for each output channel, the rest as it was, ${dtype}`, () => {
    const before = model(dtype);
    const after = decodeModel(encodeModel(before, { weights: 'int8' }));
    const read = new Map(weightsOf(after));
    for (const [name, { data, shape, dtype: type }] of weightsOf(before)) {
      const other = read.get(name)!;
      assert.is(other.dtype, type, name);
      assert.equal(other.shape, shape);
      if (shape.length < 2) {
        assertSameBits(other.data, data, name);
        continue;
      }
      const n = data.length / shape[0];
      for (let c = 0; c < shape[0]; c++) {
        const row = [...data.subarray(c * n, (c + 1) * n)];
        const step = Math.max(...row.map(Math.abs)) / 127;
        row.forEach((w, i) => {
          const off = Math.abs(other.data[c * n + i] - w);
          assert.ok(off <= 0.5001 * step, `${name} ${c} ${i}: ${off}, a step is ${step}`);
        });
      }
    }
    assert.equal(after.about, before.about);
    assert.equal(after.classes, before.classes);
  });

test('a file of many weights is little more than a quarter of the size', () => {
  const embedder = new Embedder({ random: new Random(1) });
  const [float, int8] = (['float', 'int8'] as const).map(
    (weights) => encodeModel({ networks: [{ embedder, classifier: null }], about: {} }, { weights }).length,
  );
  assert.ok(int8 < 0.29 * float, `${int8} of ${float} bytes`);
  const { tensors, metadata } = decodeSafetensors(encodeModel(model(), { weights: 'int8' }));
  assert.is(metadata['format'], 'dynaecg 3');
  assert.ok(tensors['networks.0.embedder.fc1.weight'].data.every((q) => Number.isInteger(q) && Math.abs(q) <= 127));
  assert.equal(tensors['networks.0.embedder.fc1.weight.scale'].shape, [6]);
});

test('float is the default, to the bit', () => {
  assert.equal(encodeModel(model()), encodeModel(model(), { weights: 'float' }));
  const bytes = encodeModel(model());
  assert.equal(encodeModel(decodeModel(bytes)), bytes);
});

test('embeddings are near those of the floats', () => {
  const before = model();
  const after = decodeModel(encodeModel(before, { weights: 'int8' }));
  const x = randomTensor(new Random(2), [20, 32], 'float32');
  const [a, b] = [before, after].map(({ networks }) => networks[0].embedder.embed(x).data);
  const worst = Math.max(...a.map((v, i) => Math.abs(v - b[i])));
  assert.ok(worst > 0 && worst < 0.02, `${worst}`);
});

test('a channel of zeros stays one', () => {
  const { networks, about } = model();
  networks[0].embedder.fc2.weight.data.fill(0);
  const { fc2 } = decodeModel(encodeModel({ networks, about }, { weights: 'int8' })).networks[0].embedder;
  assert.ok(fc2.weight.data.every((w) => w === 0));
});

test('weights that are not finite are refused, and named', () => {
  const { networks, about } = model();
  networks[0].embedder.fc1.weight.data[3] = Number.NaN;
  assert.throws(
    () => encodeModel({ networks, about }, { weights: 'int8' }),
    (e: unknown) => e instanceof ArgumentError && e.message.includes('networks.0.embedder.fc1.weight, got NaN'),
  );
});

const NAME = 'networks.0.embedder.fc2.weight';

/** Fails unless a file that differs from a good one is refused with these words. */
function refused(change: (tensors: Record<string, Tensor>) => void, ...words: string[]): void {
  const { tensors, metadata } = decodeSafetensors(encodeModel(model(), { weights: 'int8' }));
  change(tensors);
  assert.throws(
    () => decodeModel(encodeSafetensors(tensors, metadata)),
    (e: unknown) => e instanceof CheckpointError && words.every((word) => (e as Error).message.includes(word)),
    words.join(' '),
  );
}

test('bad scales, shapes and numbers are refused, and named', () => {
  const scale = `${NAME}.scale`;
  for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    refused((t) => t[scale].data.set([bad], 1), `finite scales > 0 in "${scale}", got ${bad}`);
  refused((t) => {
    t[scale] = tensor([1, 1, 1]);
  }, `expected "${scale}" [4], got [3]`);
  refused((t) => {
    t[scale] = tensor([1, 1, 1, 1], [4, 1]);
  }, `expected "${scale}" [4], got [4,1]`);
  refused((t) => t[NAME].data.set([0.5], 2), `whole numbers from -127 to 127 in "${NAME}", got 0.5`);
  refused((t) => t[NAME].data.set([-128], 2), `whole numbers from -127 to 127 in "${NAME}", got -128`);
  refused((t) => {
    delete t[NAME];
  }, `expected a matrix "${NAME}" for its scale, got none`);
  refused((t) => {
    t['networks.0.embedder.fc2.bias.scale'] = tensor([1]);
  }, 'expected a matrix "networks.0.embedder.fc2.bias" for its scale, got [4]');
  refused((t) => {
    t[scale] = new Tensor(Float64Array.from(t[scale].data), [4]);
  }, 'weights of one dtype');
});

test.run();
