import { Embedder } from '../../models/embedder.ts';
import { EmbeddingClassifier, Network } from '../../models/embeddingClassifier.ts';
import { Ensemble } from '../../models/ensemble.ts';
import { MlpClassifier } from '../../models/mlpClassifier.ts';
import { type Layer, Module, Sequential } from '../../nn/module.ts';
import { SavedModel } from '../model.ts';
import { addL2Normalize } from './functions.ts';
import { BATCH, type Graph, int, ints, rule } from './graph.ts';
import type { Dim, OnnxValue } from './protobuf.ts';

function addEmbedder(g: Graph, model: Embedder, x: OnnxValue, context?: OnnxValue): OnnxValue {
  let t = x;
  for (const i of ['1', '2'] as const) {
    const normalized = g.layer(`bn${i}`, model[`bn${i}`], g.layer(`conv${i}`, model[`conv${i}`], t));
    const [B, C, L] = normalized.shape;
    const positive = g.op('Relu', [normalized], normalized.shape);
    const halved = [B, C, Math.floor((L as number) / 2)];
    t = g.op('MaxPool', [positive], halved, { kernel_shape: ints(2), strides: ints(2) });
  }
  if (model.channel_attention) t = g.layer('channel_attention', model.channel_attention, t);
  const [B, C, T] = t.shape;
  const h = g.layer('lstm', model.lstm, g.op('Transpose', [t], [T, B, C], { perm: ints(2, 0, 1) }));
  let pooled = g.layer('attention', model.attention, h);
  if (context) {
    const width = (pooled.shape[1] as number) + model.config.contextFeatures;
    pooled = g.op('Concat', [pooled, context], [B, width], { axis: int(1) });
  }
  const features = g.layer('fc1', model.fc1, pooled);
  return addL2Normalize(g, g.layer('fc2', model.fc2, g.op('Relu', [features], features.shape)));
}

function addMlp(g: Graph, { fc1, fc2 }: MlpClassifier, x: OnnxValue): OnnxValue {
  const hidden = g.layer('fc1', fc1, x);
  return g.layer('fc2', fc2, g.op('Relu', [hidden], hidden.shape));
}

function addMean(g: Graph, parts: readonly OnnxValue[]): OnnxValue {
  if (parts.length === 1) return parts[0];
  const sum = g.op('Sum', parts, parts[0].shape);
  return g.op('Mul', [sum, g.scalar(1 / parts.length)], sum.shape);
}

/** Embeddings side by side, divided by the root of their number; and the mean of the logits if all networks classify. */
function addNetworks(
  g: Graph,
  networks: readonly (readonly [name: string, network: Network])[],
  x: OnnxValue,
  context?: OnnxValue,
): { embeddings: OnnxValue; logits: OnnxValue | null } {
  const each = networks.map(([name, network]) =>
    g.within(name, () => {
      const z = g.layer('embedder', network.embedder, x, context);
      return { z, logits: network.classifier && g.layer('classifier', network.classifier, z) };
    }),
  );
  const logits = each.flatMap((one) => one.logits ?? []);
  return {
    embeddings: addJoined(
      g,
      each.map(({ z }) => z),
    ),
    logits: logits.length === each.length ? addMean(g, logits) : null,
  };
}

function addJoined(g: Graph, parts: readonly OnnxValue[]): OnnxValue {
  if (parts.length === 1) return parts[0];
  const width = parts.reduce((sum, { shape }) => sum + (shape[1] as number), 0);
  const joined = g.op('Concat', parts, [parts[0].shape[0], width], { axis: int(1) });
  return g.op('Mul', [joined, g.scalar(1 / Math.sqrt(parts.length))], joined.shape);
}

const networksOf = (model: EmbeddingClassifier | Network): (readonly [string, Network])[] =>
  model instanceof Network ? [['', model]] : model.networks.map((network, i) => [`networks.${i}`, network]);

/** The logits, which is what `forward` returns; it has run, so that there are some. */
const addLogits = (g: Graph, model: EmbeddingClassifier | Network, x: OnnxValue, context?: OnnxValue): OnnxValue =>
  addNetworks(g, networksOf(model), x, context).logits!;

/** The rules of all models. */
export const MODELS = [
  rule(Embedder, addEmbedder),
  rule(MlpClassifier, addMlp),
  rule(Ensemble, (g, { members }, x, context) =>
    addMean(
      g,
      members.map((member, i) => g.layer(`members.${i}`, member, x, context)),
    ),
  ),
  rule<Network>(Network, addLogits),
  rule<EmbeddingClassifier>(EmbeddingClassifier, addLogits),
  rule(SavedModel, addLogits),
];

/** What a file returns for a model, by name. */
export function addOutputs(g: Graph, model: Layer, x: OnnxValue, context?: OnnxValue): Record<string, OnnxValue> {
  if (model instanceof Embedder) return { embeddings: g.layer('', model, x, context) };
  if (model instanceof MlpClassifier) return withProbabilities(g, g.layer('', model, x));
  if (!(model instanceof EmbeddingClassifier || model instanceof Network)) return { y: g.layer('', model, x, context) };
  const { embeddings, logits } = addNetworks(g, networksOf(model), x, context);
  return { embeddings, ...(logits ? withProbabilities(g, logits) : {}) };
}

function withProbabilities(g: Graph, logits: OnnxValue): Record<string, OnnxValue> {
  return { logits, probabilities: g.op('Softmax', [logits], logits.shape, { axis: int(1) }) };
}

/** The model, or the first one inside, that x and context go to. */
export function firstOf(model: Layer): Layer {
  if (model instanceof Network) return firstOf(model.embedder);
  if (model instanceof EmbeddingClassifier) return firstOf(model.networks[0]);
  if (model instanceof Ensemble) return firstOf(model.members[0]);
  if (model instanceof Sequential && model.layers[0] instanceof Module) return firstOf(model.layers[0]);
  return model;
}

/** Sizes of x as the model's own configuration gives them; undefined if it has none. */
export function shapeOf(model: Layer): readonly Dim[] | undefined {
  const first = firstOf(model);
  if (first instanceof Embedder) return [BATCH, first.config.inChannels, first.config.length];
  return first instanceof MlpClassifier ? [BATCH, first.config.inFeatures] : undefined;
}
