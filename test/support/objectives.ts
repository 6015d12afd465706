/** An embedder, a head on it, and what they are trained by. */
import * as d from 'dynaecg';
import { Embedder, MlpClassifier, Random, type Sampler, type Tensor, tripletLoss } from 'dynaecg';
import { SIZES } from './trainers.ts';

export const embedder = (seed = 'embedder'): Embedder => new Embedder({ ...SIZES, random: new Random(seed) });
export const head = (seed = 'head'): MlpClassifier =>
  new MlpClassifier({ inFeatures: SIZES.embedding, hidden: 6, classes: 3, random: new Random(seed) });
export const throughFile = (state: d.TrainingState): d.TrainingState =>
  d.decodeTrainingState(d.encodeTrainingState(state));

/** Batches of 12 in an order of their own. */
export const twelve = (labels: Int32Array): Sampler =>
  new d.ShuffledSampler(labels.length, { batchSize: 12, random: new Random('twelve') });
export const margin = 0.4;
export const triplets = (z: Tensor, labels: ArrayLike<number>): Tensor => tripletLoss(z, labels, { margin }).loss;
