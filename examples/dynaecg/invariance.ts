import {
  type Augmentation,
  affine,
  concat,
  coralLoss,
  crossEntropy,
  type Dataset,
  type Embedder,
  gradientReversal,
  MlpClassifier,
  type Random,
  slice,
  type Tensor,
} from 'dynaecg';
import type { TrainingPlan } from './plan.ts';

const HIDDEN = 32; // of the classifier of domains

/** A term of the loss for domain-invariant embeddings, and the domain classifier that is trained with it, if any. */
export interface Invariance {
  penalty: (batch: Dataset, random: Random) => Tensor;
  domains: MlpClassifier | null;
}

/** The one that a configuration names; null if it names none. */
export function invarianceOf(
  { configuration, unlabelled, random }: TrainingPlan,
  embedder: Embedder,
  augment: Augmentation | undefined,
): Invariance | null {
  const { invariance, invarianceWeight: weight } = configuration;
  if (invariance === 'none' || !unlabelled) return null;
  const sizes = { inFeatures: configuration.embedding, hidden: HIDDEN, classes: 2 };
  const domains = invariance === 'reversal' ? new MlpClassifier({ ...sizes, random: random.fork('domains') }) : null;
  const penalty = ({ x, context, length: B }: Dataset, random: Random): Tensor => {
    const drawn = unlabelled.get(Int32Array.from({ length: B }, () => random.integer(unlabelled.length)));
    augment?.(drawn.x, random);
    const both = context && drawn.context ? concat([context, drawn.context]) : undefined;
    const z = embedder.forward(concat([x, drawn.x]), both);
    if (!domains) return affine(coralLoss(slice(z, 0, 0, B), slice(z, 0, B)), weight);
    const isOther = Int32Array.from({ length: 2 * B }, (_, i) => (i < B ? 0 : 1));
    return crossEntropy(domains.forward(gradientReversal(z, { weight })), isOther);
  };
  return { penalty, domains };
}
