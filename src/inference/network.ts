import type { Vec } from '../kernels/types.ts';
import type { EmbedderConfig } from '../models/embedderConfig.ts';
import type { MlpClassifierConfig } from '../models/mlpClassifier.ts';
import { arena, type InferenceKernels, kernels } from './kernels.ts';
import type { Weights } from './weights.ts';

const EPS = 1e-5; // of BatchNorm1d
const SHORTEST = 1e-12; // of l2Normalize

/** An Embedder and, perhaps, its classifier, with their weights as plain arrays. */
export interface InferenceNetwork {
  config: EmbedderConfig;
  embedder: Weights;
  classifier: { config: MlpClassifierConfig; weights: Weights } | null;
}

/** Replaces the variances of batch norm by what it multiplies with. */
export function prepare({ of, dtype }: Weights): Weights {
  const names = ['bn1.running_var', 'bn2.running_var'];
  const scales = names.map((name) => [name, of[name].map((variance) => 1 / Math.sqrt(variance + EPS))]);
  return { dtype, of: { ...of, ...Object.fromEntries(scales) } };
}

/** y (rows,O) = x W^T + b of the layer `name`, x (rows,D). */
function linear(k: InferenceKernels, { of, dtype }: Weights, name: string, x: Vec, rows: number): Vec {
  const bias = of[`${name}.bias`];
  const O = bias.length;
  const D = of[`${name}.weight`].length / O;
  const y = arena.allocate(dtype, rows * O);
  for (let i = 0; i < rows; i++) y.set(bias, i * O);
  k.gemm(y, 0, O, x, 0, D, of[`${name}.weight`], 0, D, rows, O, D, false, true, 1, 1);
  return y;
}

/** Scales each channel of x (B,C,L), in place, by squeeze and excitation. */
function gateChannels(k: InferenceKernels, weights: Weights, x: Vec, B: number, C: number, L: number): void {
  const mean = arena.allocate(weights.dtype, B * C).fill(0);
  k.stridedScatter(mean, x, [B, C, L], [C, 1, 0], 0);
  k.affine(mean, mean, 1 / L, 0, B * C);
  const hidden = linear(k, weights, 'channel_attention.fc1', mean, B);
  k.relu(hidden, hidden, hidden.length);
  const gate = linear(k, weights, 'channel_attention.fc2', hidden, B);
  k.sigmoid(gate, gate, B * C);
  for (let i = 0, at = 0; i < B * C; i++) for (let l = 0; l < L; l++) x[at++] *= gate[i];
}

/** The hidden states (T,B,2H) of both directions over x (B,C,T). */
function bilstm(k: InferenceKernels, { of, dtype }: Weights, x: Vec, B: number, C: number, T: number, H: number): Vec {
  const steps = arena.allocate(dtype, T * B * C); // x time-major
  for (let b = 0, from = 0; b < B; b++)
    for (let c = 0; c < C; c++) for (let t = 0; t < T; t++) steps[(t * B + b) * C + c] = x[from++];
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

/** Embeddings (B,d) of signals x (B,C,L) and context (B,F); to be called in a scope of the arena, in which they are. */
export function embedBatch({ config, embedder }: InferenceNetwork, x: Vec, context: Vec | null, B: number): Vec {
  const { dtype, of } = embedder;
  const k = kernels(dtype);
  const take = (n: number): Vec => arena.allocate(dtype, n);
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
  if (config.channelAttention) gateChannels(k, embedder, y, B, C, L);
  const states = bilstm(k, embedder, y, B, C, L, H);
  let keys = states;
  if (config.attention === 'additive') {
    keys = linear(k, embedder, 'attention.proj', states, L * B);
    k.tanh(keys, keys, keys.length);
  }
  const D = 2 * H;
  let pooled = take(B * D);
  k.attentionPool(pooled, take(L * B), states, keys, of['attention.weight'], L, B, D, D);
  if (context) pooled = joined(pooled, D, context, F, take(B * (D + F)));
  const features = linear(k, embedder, 'fc1', pooled, B);
  k.relu(features, features, features.length);
  const z = linear(k, embedder, 'fc2', features, B);
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

/** The logits (B,K) of embeddings z (B,d). */
export function logitsOf({ weights }: NonNullable<InferenceNetwork['classifier']>, z: Vec, B: number): Vec {
  const k = kernels(weights.dtype);
  const hidden = linear(k, weights, 'fc1', z, B);
  k.relu(hidden, hidden, hidden.length);
  return linear(k, weights, 'fc2', hidden, B);
}
