/** Labels, models and optimisers that calls take. */
import * as d from 'dynaecg';
import { Random, type Tensor } from 'dynaecg';
import { of } from './operands.ts';

export const random = (): Random => new Random(1);
export const LABELS = [0, 0, 1, 1, 0, 1, 0, 1];
/** Distances between eight samples. */
export const distances = (): Tensor => d.pairwiseSquaredEuclidean(of(8, 2));
export const A_CLASS = 'a class, too';
export const A_LABEL = 'labels may be any whole numbers, those that are mined of 32 bits';
export const linear = (inputs = 3): d.Linear => new d.Linear(inputs, 2, { random: random() });

/** A model, and an optimiser of its parameters. */
export const trained = () => {
  const model = linear();
  return { model, optimizer: new d.SGD(model.parameters(), { learningRate: 0.1 }) };
};
export const parameters = (): d.Parameter[] => linear().parameters();
export const config = { length: 8, inChannels: 1, channels: [2, 2], kernel: 3, hidden: 2, features: 3, embedding: 2 };
export const embedder = (): d.Embedder => new d.Embedder({ ...config, channels: [2, 2], random: random() });
export const classifier = (): d.MlpClassifier =>
  new d.MlpClassifier({ inFeatures: 2, hidden: 3, classes: 2, random: random() });

export const network = (): d.EmbedderAndClassifier<d.Embedder, d.MlpClassifier> => ({
  embedder: embedder(),
  classifier: classifier(),
});
export const model = (): d.ModelParts => ({ networks: [network()], about: {} });
export const dataset = (): d.DatasetLike => ({ x: of(8, 3), labels: [...LABELS] });
export const finite = 'any finite number >= 0';
export const part = 'from 0 to 1';
