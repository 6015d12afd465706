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

/** For each anchor-positive pair the nearest negative with d_ap < d_an < d_ap + margin. */
function mine(z, margin) {
  const rows = z.arraySync();
  const d = rows.map((a) => rows.map((b) => a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0)));
  const triplets = [[], [], []];
  for (let a = 0; a < batch; a++)
    for (let p = 0; p < batch; p++) {
      if (a === p || labels[a] !== labels[p]) continue;
      let nearest = -1;
      let limit = d[a][p] + margin;
      for (let n = 0; n < batch; n++) {
        if (labels[n] === labels[a] || d[a][n] <= d[a][p] || d[a][n] >= limit) continue;
        nearest = n;
        limit = d[a][n];
      }
      if (nearest < 0) continue;
      for (const [k, index] of [a, p, nearest].entries()) triplets[k].push(index);
    }
  return triplets;
}

const x = tf.randomNormal([batch, 253, 1], 0, 1, 'float32', 1);
const optimizer = tf.train.adam(1e-3);
const loss = () => {
  const z = embed(x);
  const [a, p, n] = mine(z, 0.2).map((indices) => tf.gather(z, tf.tensor1d(indices, 'int32')));
  const squared = (u, v) => u.sub(v).square().sum(1);
  return squared(a, p).sub(squared(a, n)).add(0.2).relu().mean();
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
