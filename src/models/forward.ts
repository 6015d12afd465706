/**
 * What an Embedder and an MlpClassifier compute in inference mode, on plain arrays: the bits of the modules, without a tape, tensors and
 * checks, which take a fifth of the time of a single beat.
 */
import type { Arena } from '../backend/arena.ts';
import type { DType, Kernels, Vec } from '../kernels/types.ts';
import type { EmbedderConfig } from './embedderConfig.ts';

const EPS = 1e-5; // of BatchNorm1d
const SHORTEST = 1e-12; // of l2Normalize

/** The kernels that are needed: none of a gradient. */
export type InferenceKernels = Pick<
  Kernels,
  | 'affine'
  | 'attentionPool'
  | 'batchNormReluPool'
  | 'conv1d'
  | 'gemm'
  | 'l2Normalize'
  | 'lstm'
  | 'relu'
  | 'sigmoid'
  | 'softmax'
  | 'stridedScatter'
  | 'tanh'
>;

/** What computes. */
export interface Engine {
  kernels: (dtype: DType) => InferenceKernels;
  arena: Arena;
}

/** Arrays by their names in PyTorch, of one dtype. */
export interface Weights {
  dtype: DType;
  of: Readonly<Record<string, Vec>>;
}

/** The weights of an Embedder as `embedBatch` takes them: in the place of variances what batch norm multiplies with. */
export function scaled({ of, dtype }: Weights): Weights {
  const names = ['bn1.running_var', 'bn2.running_var'];
  const scales = names.map((name) => [name, of[name].map((variance) => 1 / Math.sqrt(variance + EPS))]);
  return { dtype, of: { ...of, ...Object.fromEntries(scales) } };
}

/** y (rows,O) = x W^T + b of the layer `name`, x (rows,D). */
function linear({ kernels, arena }: Engine, { of, dtype }: Weights, name: string, x: Vec, rows: number): Vec {
  const bias = of[`${name}.bias`];
  const O = bias.length;
  const D = of[`${name}.weight`].length / O;
  const y = arena.allocate(dtype, rows * O);
  for (let i = 0; i < rows; i++) y.set(bias, i * O);
  kernels(dtype).gemm(y, 0, O, x, 0, D, of[`${name}.weight`], 0, D, rows, O, D, false, true, 1, 1);
  return y;
}

/** Scales each channel of x (B,C,L), in place, by squeeze and excitation. */
function gateChannels(engine: Engine, weights: Weights, x: Vec, B: number, C: number, L: number): void {
  const k = engine.kernels(weights.dtype);
  const mean = engine.arena.allocate(weights.dtype, B * C).fill(0);
  k.stridedScatter(mean, x, [B, C, L], [C, 1, 0], 0);
  k.affine(mean, mean, 1 / L, 0, B * C);
  const hidden = linear(engine, weights, 'channel_attention.fc1', mean, B);
  k.relu(hidden, hidden, hidden.length);
  const gate = linear(engine, weights, 'channel_attention.fc2', hidden, B);
  k.sigmoid(gate, gate, B * C);
  for (let i = 0, at = 0; i < B * C; i++) for (let l = 0; l < L; l++) x[at++] *= gate[i];
}

/** The hidden states (T,B,2H) of both directions over x (B,C,T). */
function bilstm(
  { kernels, arena }: Engine,
  { of, dtype }: Weights,
  x: Vec,
  B: number,
  C: number,
  T: number,
  H: number,
): Vec {
  const k = kernels(dtype);
  const steps = arena.allocate(dtype, T * B * C).fill(0); // x time-major
  k.stridedScatter(steps, x, [B, C, T], [C, 1, B * C], 0);
  const y = arena.allocate(dtype, T * B * 2 * H);
  const cells = arena.allocate(dtype, T * B * H);
  const gates = arena.allocate(dtype, T * B * 4 * H);
  for (const [i, suffix] of ['', '_reverse'].entries()) {
    const [wIh, wHh, bIh, bHh] = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map(
      (name) => of[`lstm.${name}_l0${suffix}`],
    );
    k.lstm(y.subarray(i * H), cells, gates, steps, wIh, wHh, bIh, bHh, null, null, T, B, C, H, 2 * H, i > 0);
  }
  return y;
}

/** Embeddings (B,d) of signals x (B,C,L) and context (B,F), in memory of the arena; weights as `scaled` gives them. */
export function embedBatch(
  engine: Engine,
  config: EmbedderConfig,
  weights: Weights,
  x: Vec,
  context: Vec | null,
  B: number,
): Vec {
  const { dtype, of } = weights;
  const k = engine.kernels(dtype);
  const take = (n: number): Vec => engine.arena.allocate(dtype, n);
  const { kernel, hidden: H, contextFeatures: F } = config;
  let [y, C, L] = [x, config.inChannels, config.length];
  for (const [i, O] of config.channels.entries()) {
    const [conv, bn] = [`conv${i + 1}`, `bn${i + 1}`];
    const wide = take(B * O * L);
    const half = (kernel - 1) / 2;
    k.conv1d(wide, y, of[`${conv}.weight`], of[`${conv}.bias`], B, C, L, O, L, kernel, 1, half, 1, 1);
    const [mean, scale, weight, bias] = ['running_mean', 'running_var', 'weight', 'bias'].map((n) => of[`${bn}.${n}`]);
    const P = Math.floor(L / 2);
    y = take(B * O * P);
    k.batchNormReluPool(y, wide, mean, scale, weight, bias, B, O, L, 2);
    [C, L] = [O, P];
  }
  if (config.channelAttention) gateChannels(engine, weights, y, B, C, L);
  const states = bilstm(engine, weights, y, B, C, L, H);
  let keys = states;
  if (config.attention === 'additive') {
    keys = linear(engine, weights, 'attention.proj', states, L * B);
    k.tanh(keys, keys, keys.length);
  }
  const D = 2 * H;
  let pooled = take(B * D);
  k.attentionPool(pooled, take(L * B), states, keys, of['attention.weight'], L, B, D, D);
  if (context) pooled = joined(pooled, D, context, F, take(B * (D + F)));
  const features = linear(engine, weights, 'fc1', pooled, B);
  k.relu(features, features, features.length);
  const z = linear(engine, weights, 'fc2', features, B);
  const unit = take(z.length);
  k.l2Normalize(unit, take(B), z, B, config.embedding, SHORTEST);
  return unit;
}

/** Rows of a (B,D) followed by those of b (B,F). */
function joined(a: Vec, D: number, b: Vec, F: number, rows: Vec): Vec {
  for (let i = 0, to = 0; to < rows.length; i++, to += D + F) {
    rows.set(a.subarray(i * D, (i + 1) * D), to);
    rows.set(b.subarray(i * F, (i + 1) * F), to + D);
  }
  return rows;
}

/** The logits (B,K) of embeddings z (B,d), by an MlpClassifier's weights. */
export function logitsOf(engine: Engine, weights: Weights, z: Vec, B: number): Vec {
  const hidden = linear(engine, weights, 'fc1', z, B);
  engine.kernels(weights.dtype).relu(hidden, hidden, hidden.length);
  return linear(engine, weights, 'fc2', hidden, B);
}
