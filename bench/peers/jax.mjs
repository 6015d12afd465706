// Forward, semi-hard mining and backward of the same network in jax-js's wasm backend, one thread, no optimiser.
// node jax.mjs STEPS BATCH  prints {"peer","version","parameters","losses","times"}; the first time includes compiling.
// Between the steps, not timed, plain gradient descent makes the losses fall, which shows that the gradients are real.
// Written the way that jax-js runs fastest: a convolution as a matrix product (lax.convGeneralDilated and its gradients
// alone take 1.6 s), and split for the time steps, as the gradients of 63 slices would be 63 padded copies to add.
import { readFileSync } from 'node:fs';
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';

const [steps, batch] = process.argv.slice(2, 4).map(Number);
const conv = process.argv[4] === 'conv';
await init('wasm');
defaultDevice('wasm');

// What a function of jax-js is given it owns and frees; `.ref` keeps a value for one more use.
let state = 1;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return (2 * state) / 2147483647 - 1;
};
const random = (shape, bound) => {
  const size = shape.reduce((n, s) => n * s, 1);
  return np.array(Float32Array.from({ length: size }, () => bound * uniform())).reshape(shape);
};
/** Weights (taps * channels, filters) of a convolution of 5 taps, and of the batch norm behind it. */
const blockWeights = (channels, filters) => {
  const bound = 1 / Math.sqrt(5 * channels);
  const [weight, bias] = [random([5 * channels, filters], bound), random([filters], bound)];
  return { weight, bias, gain: np.ones([filters]), shift: np.zeros([filters]) };
};
const lstmWeights = () => ({
  input: random([64, 256], 1 / 8),
  hidden: random([64, 256], 1 / 8),
  inputBias: random([256], 1 / 8),
  hiddenBias: random([256], 1 / 8),
});
const linearWeights = (inputs, outputs) => {
  const bound = 1 / Math.sqrt(inputs);
  return { weight: random([inputs, outputs], bound), bias: random([outputs], bound) };
};

/** x (B,L,C) against weight (5 C,F): (B L,F) */
function convolve(x, weight) {
  const [n, length, channels] = x.shape;
  const filters = weight.shape[1];
  if (conv) {
    const kernel = np.transpose(weight.reshape([5, channels, filters]), [2, 1, 0]);
    const y = lax.convGeneralDilated(np.transpose(x, [0, 2, 1]), kernel, [1], [[2, 2]]);
    return np.transpose(y, [0, 2, 1]).reshape([n * length, filters]);
  }
  const padded = np.pad(x, { 1: [2, 2] });
  const taps = [0, 1, 2, 3, 4].map((k) => padded.ref.slice([], [k, k + length]));
  padded.dispose();
  return np.matmul(np.concatenate(taps, 2).reshape([n * length, 5 * channels]), weight);
}

/** Convolution, batch norm in training mode, ReLU, max-pooling by 2: x (B,L,C) to (B,L/2,F). */
function block(x, { weight, bias, gain, shift }) {
  const [n, length] = x.shape;
  const filters = bias.shape[0];
  const y = convolve(x, weight).add(bias);
  const centred = y.ref.sub(np.mean(y, 0));
  const variance = np.mean(np.square(centred.ref), 0);
  const scale = gain.div(np.sqrt(variance.add(1e-5)));
  const activated = nn.relu(centred.mul(scale).add(shift)).reshape([n, length, filters]);
  const half = length >> 1;
  return np.max(activated.slice([], [0, 2 * half]).reshape([n, half, 2, filters]), 2);
}

/** Hidden states, one (B,64) a time step, of inputs (B,64) in the order given. */
function lstm(inputs, weights) {
  const bias = weights.inputBias.add(weights.hiddenBias);
  let h = np.zeros([batch, 64]);
  let cell = np.zeros([batch, 64]);
  const states = inputs.map((x) => {
    const gates = np.matmul(x, weights.input.ref).add(np.matmul(h, weights.hidden.ref)).add(bias.ref);
    const [i, f, g, o] = np.split(gates, 4, 1);
    const kept = nn.sigmoid(f).mul(cell);
    cell = kept.add(nn.sigmoid(i).mul(np.tanh(g)));
    h = nn.sigmoid(o).mul(np.tanh(cell.ref));
    return h.ref;
  });
  tree.dispose([h, cell, bias, weights.input, weights.hidden]);
  return states;
}

function embed(x, p) {
  const features = np.transpose(block(block(x, p.block1), p.block2), [1, 0, 2]);
  const times = np.split(features, features.shape[0]).map((t) => t.reshape([batch, 64]));
  const forwards = lstm(tree.ref(times), p.forwards);
  const backwards = lstm(times.reverse(), p.backwards).reverse();
  const h = np.concatenate([np.stack(forwards), np.stack(backwards)], 2);
  const alpha = nn.softmax(np.matmul(h.ref, p.attention), 0);
  const context = np.sum(h.mul(alpha), 0);
  const hidden = nn.relu(np.matmul(context, p.fc1.weight).add(p.fc1.bias));
  const z = np.matmul(hidden, p.fc2.weight).add(p.fc2.bias);
  return z.ref.div(np.sqrt(np.sum(np.square(z), 1, { keepdims: true })));
}

const pairs = (test) =>
  np.array(Array.from({ length: batch }, (_, a) => Array.from({ length: batch }, (_, b) => test(a, b))));
const positive = pairs((a, p) => a !== p && a % 3 === p % 3);
const negative = pairs((a, n) => a % 3 !== n % 3);

/** Triplet loss, for each anchor-positive pair the nearest semi-hard negative: by masks (B,B,B), without indices. */
function loss(p, x) {
  const z = embed(x, p);
  const d = np.sum(np.square(z.ref.reshape([batch, 1, 64]).sub(z.reshape([1, batch, 64]))), 2);
  const ap = d.ref.reshape([batch, batch, 1]);
  const an = d.ref.reshape([batch, 1, batch]);
  const beyond = np.greater(an.ref, ap.ref);
  const within = np.less(an.ref, ap.add(0.2));
  const band = np.logicalAnd(np.logicalAnd(beyond, within), negative.ref.reshape([batch, 1, batch]));
  const nearest = np.min(np.where(band, an, 9), 2); // farther than any point of the unit sphere
  const mined = np.logicalAnd(np.less(nearest.ref, 9), positive.ref);
  const count = np.sum(mined.ref.astype(np.float32));
  return np.sum(np.where(mined, d.sub(nearest).add(0.2), 0)).div(count);
}

let parameters = {
  block1: blockWeights(1, 32),
  block2: blockWeights(32, 64),
  forwards: lstmWeights(),
  backwards: lstmWeights(),
  attention: random([128, 1], 1 / Math.sqrt(128)),
  fc1: linearWeights(128, 128),
  fc2: linearWeights(128, 64),
};
const x = random([batch, 253, 1], Math.sqrt(3)); // of unit variance
const gradient = jit(valueAndGrad(loss));
const descend = jit((weights, gradients) => tree.map((w, g) => w.sub(g), weights, gradients));

const times = [];
const losses = [];
for (let i = 0; i < steps; i++) {
  const start = performance.now();
  const [value, gradients] = gradient(tree.ref(parameters), x.ref);
  await blockUntilReady([value, gradients]);
  times.push(performance.now() - start);
  losses.push((await value.data())[0]);
  parameters = await blockUntilReady(descend(parameters, gradients));
}
const count = tree.leaves(parameters).reduce((sum, { size }) => sum + size, 0);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.resolve('@jax-js/jax')), 'utf8'));
const peer = conv ? 'jax-js wasm, its own conv' : 'jax-js wasm';
console.log(JSON.stringify({ peer, version, parameters: count, losses, times }));
