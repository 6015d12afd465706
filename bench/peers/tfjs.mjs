// One training step of the same network in tfjs's cpu backend: forward, semi-hard mining, backward, Adam.
// node tfjs.mjs STEPS BATCH  prints {"peer","version","parameters","losses","times"}
import * as tf from '@tensorflow/tfjs';

const [steps, batch] = process.argv.slice(2).map(Number);
await tf.setBackend('cpu');
await tf.ready();

const { layers } = tf;
const input = tf.input({ shape: [253, 1] });
const block = (x, filters) => {
  const convolved = layers.conv1d({ filters, kernelSize: 5, padding: 'same' }).apply(x);
  const normalised = layers.batchNormalization({ epsilon: 1e-5, momentum: 0.9 }).apply(convolved);
  return layers.maxPooling1d({ poolSize: 2 }).apply(layers.reLU().apply(normalised));
};
const lstm = layers.lstm({ units: 64, returnSequences: true, recurrentActivation: 'sigmoid' });
const states = layers.bidirectional({ layer: lstm, mergeMode: 'concat' }).apply(block(block(input, 32), 64));
const recurrent = tf.model({ inputs: input, outputs: states });
const random = (shape) => tf.variable(tf.randomUniform(shape, -1, 1, 'float32', 1).mul(1 / Math.sqrt(shape[0])));
const attention = random([128, 1]);
const [w1, b1, w2, b2] = [random([128, 128]), random([128]), random([128, 64]), random([64])];

function embed(x) {
  const h = recurrent.apply(x, { training: true });
  const alpha = tf.softmax(tf.matMul(h.reshape([-1, 128]), attention).reshape([batch, -1])).expandDims(2);
  const context = h.mul(alpha).sum(1);
  const z = tf.matMul(tf.relu(tf.matMul(context, w1).add(b1)), w2).add(b2);
  return z.div(z.norm('euclidean', 1, true));
}

const labels = Array.from({ length: batch }, (_, i) => i % 3);

/** Every triplet with d_ap < d_an < d_ap + margin. */
function mine(z, margin) {
  const rows = z.arraySync();
  const d = rows.map((a) => rows.map((b) => a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0)));
  const triplets = [[], [], []];
  for (let a = 0; a < batch; a++)
    for (let p = 0; p < batch; p++)
      for (let n = 0; n < batch; n++)
        if (
          a !== p &&
          labels[a] === labels[p] &&
          labels[n] !== labels[a] &&
          d[a][n] > d[a][p] &&
          d[a][n] < d[a][p] + margin
        )
          for (const [k, index] of [a, p, n].entries()) triplets[k].push(index);
  return triplets;
}

const x = tf.randomNormal([batch, 253, 1], 0, 1, 'float32', 1);
const optimizer = tf.train.adam(1e-3);
const loss = () => {
  const z = embed(x);
  const triplets = mine(z, 0.2);
  // Distances once, then looked up: what dynaecg does, and kinder to tfjs than gathering embeddings.
  const squares = z.square().sum(1, true);
  const d = squares
    .add(squares.transpose())
    .sub(tf.matMul(z, z, false, true).mul(2))
    .reshape([-1]);
  const at = (rows, columns) =>
    tf.gather(
      d,
      tf.tensor1d(
        rows.map((r, i) => r * batch + columns[i]),
        'int32',
      ),
    );
  return at(triplets[0], triplets[1]).sub(at(triplets[0], triplets[2])).add(0.2).relu().mean();
};

const times = [];
const losses = [];
for (let i = 0; i < steps; i++) {
  const start = performance.now();
  losses.push(tf.tidy(() => optimizer.minimize(loss, true).dataSync()[0]));
  times.push(performance.now() - start);
}
const weights = [...recurrent.trainableWeights.map((w) => w.shape), [128, 1], [128, 128], [128], [128, 64], [64]];
const parameters = weights.reduce((sum, shape) => sum + shape.reduce((n, s) => n * s, 1), 0);
console.log(JSON.stringify({ peer: 'tfjs cpu', version: tf.version.tfjs, parameters, losses, times }));
