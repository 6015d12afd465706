import {
  AdamW,
  type Augmentation,
  amplitudeScale,
  baselineWander,
  ClassifierTrainer,
  composeAugmentations,
  constantSchedule,
  cosineSchedule,
  type DatasetLike,
  DynamicMargin,
  Embedder,
  type EmbedderAndClassifier,
  GroupSampler,
  gaussianNoise,
  Layer,
  type MarginScheduler,
  MlpClassifier,
  MPerClassSampler,
  movingAverage,
  Network,
  type Random,
  type Sampler,
  ScheduledMargin,
  Sequential,
  type Teacher,
  type Tensor,
  type TensorLike,
  type TrainerOptions,
  TripletTrainer,
  timeShift,
  timeStretch,
  warmup,
} from 'dynaecg';
import { BeatChannels } from 'dynaecg/ecg';
import { type Configuration, MINERS } from './configuration.ts';
import { invarianceOf } from './invariance.ts';
import type { TrainingPlan } from './plan.ts';
import { channelsOf, type Samples } from './samples.ts';

/** An embedder and its classifier, which a run that was interrupted may lack. */
export type Member = EmbedderAndClassifier<Embedder, MlpClassifier>;

/** The network that a configuration describes. */
export function makeNetwork({ configuration, all, random }: TrainingPlan): Network<Embedder, MlpClassifier> {
  const { length, channels, kernel, hidden, features, embedding, attention, channelAttention, dropout, timing } =
    configuration;
  const contextFeatures = timing.length;
  const sizes = { length, channels, kernel, hidden, features, embedding, attention, channelAttention, dropout };
  const inChannels = new BeatChannels(channelsOf(configuration)).count;
  const embedder = new Embedder({ ...sizes, inChannels, contextFeatures, random: random.fork('embedder') });
  const classes = all.beats.classes.length;
  const perceptron = { inFeatures: embedding, hidden: configuration.mlpHidden, classes };
  return new Network({ embedder, classifier: new MlpClassifier({ ...perceptron, random: random.fork('classifier') }) });
}

/** Trains the embedder with triplets, and with the perceptron's cross-entropy at once where there is a `joint` one. */
export function tripletTrainer(plan: TrainingPlan, embedder: Embedder, joint: MlpClassifier | null): TripletTrainer {
  const { miner, power, score, steps } = plan.configuration;
  return new TripletTrainer({
    ...common(plan, joint ? new Sequential(embedder, joint) : embedder, plan.random.fork('triplets')),
    model: embedder,
    classifier: joint ? { model: joint, logitAdjustment: priorShift(plan, 1) } : undefined,
    stepsPerIteration: steps,
    miner: MINERS[miner],
    power,
    selectBy: score === 'neighbors' ? 'neighborF1' : 'violationRate',
    marginScheduler: marginScheduler(plan.configuration),
  });
}

function marginScheduler(configuration: Configuration): MarginScheduler {
  const { margin, marginThreshold: threshold, marginPer: per, marginBatches, steps } = configuration;
  if (margin !== 'dynamic') return new ScheduledMargin(margin);
  return new DynamicMargin({ threshold, per, batches: marginBatches > 0 ? marginBatches : steps });
}

/** Trains embedder and perceptron at once with cross-entropy, beats drawn as often by class as for triplets. */
export function networkTrainer(
  plan: TrainingPlan,
  embedder: Embedder,
  classifier: MlpClassifier,
  teacher: Teacher | undefined,
): ClassifierTrainer {
  const { adjustment, steps } = plan.configuration;
  const invariance = invarianceOf(plan, embedder, augmentation(plan.configuration));
  const network = new Sequential(embedder, classifier);
  const trained = invariance?.domains ? new WithDomains(network, invariance.domains) : network;
  return new ClassifierTrainer({
    ...common(plan, trained, plan.random.fork('network')),
    stepsPerEpoch: steps,
    logitAdjustment: priorShift(plan, adjustment),
    teacher,
    penalty: invariance?.penalty,
  });
}

/** A network that is trained together with a classifier of domains, which has no part in its outputs. */
class WithDomains extends Layer {
  readonly network: Sequential;
  readonly domains: MlpClassifier;

  constructor(network: Sequential, domains: MlpClassifier) {
    super();
    this.network = network;
    this.domains = domains;
  }

  forward(x: TensorLike, context?: TensorLike): Tensor {
    return this.network.forward(x, context);
  }
}

/**
 * What is added to the logits of each class for the prior to move from that of the data to that of a batch:
 * `part * log(share in a batch / share in the data)`.
 */
export function priorShift({ configuration, train, shares }: TrainingPlan, part: number): number[] {
  const drawn = perClass(configuration, train);
  const total = drawn.reduce((sum, n) => sum + n, 0);
  return drawn.map((n, k) => part * Math.log(n / total / shares[k]));
}

/** Trains the perceptron on embeddings of the beats to train on, and scores it on those of the validation beats. */
export function classifierTrainer(
  { configuration, random }: TrainingPlan,
  classifier: MlpClassifier,
  data: DatasetLike,
  validation: DatasetLike,
): ClassifierTrainer {
  const { mlpBatch, mlpLearningRate, keep } = configuration;
  return new ClassifierTrainer({
    model: classifier,
    data,
    validation,
    keep,
    random: random.fork('mlp'),
    batchSize: mlpBatch,
    optimizer: new AdamW(classifier.parameters(), { learningRate: mlpLearningRate }),
    schedule: cosineSchedule(),
  });
}

/**
 * Has the perceptron, trained on `scale` times the embeddings at the data's prior, take embeddings as they are and classify
 * at the prior that the configuration names.
 */
export function finishClassifier(plan: TrainingPlan, { fc1, fc2 }: MlpClassifier): void {
  const { mlpScale, adjustment } = plan.configuration;
  for (let i = 0; i < fc1.weight.size; i++) fc1.weight.data[i] *= mlpScale;
  for (const [k, shift] of priorShift(plan, 1 - adjustment).entries()) fc2.bias!.data[k] += shift;
}

/** Moves the operating point of a classifier to the one that the configuration names. */
export function shiftLogits({ configuration: { bias } }: TrainingPlan, { fc2 }: MlpClassifier): void {
  for (const [k, shift] of bias.entries()) fc2.bias!.data[k] += shift;
}

/** What both ways to train the embedder have in common. */
function common(plan: TrainingPlan, model: Layer, random: Random): TrainerOptions {
  const { configuration, train, validation } = plan;
  const { learningRate, weightDecay, schedule, averaging, clipNorm, keep } = configuration;
  return {
    model,
    data: train,
    validation,
    random,
    sampler: (labels, source) => sampler(plan, labels, source),
    augment: augmentation(configuration),
    optimizer: new AdamW(model.parameters(), { learningRate, weightDecay }),
    schedule: warmup(configuration.warmup, schedule === 'cosine' ? cosineSchedule() : constantSchedule),
    averaging: averaging > 0 ? averaging : undefined,
    clipNorm: clipNorm > 0 ? clipNorm : undefined,
    keep,
  };
}

function perClass({ perClass }: Configuration, { beats }: Samples): readonly number[] {
  return typeof perClass === 'number' ? beats.classes.map(() => perClass) : perClass;
}

function sampler({ configuration, train }: TrainingPlan, labels: Int32Array, random: Random): Sampler {
  const counts = perClass(configuration, train);
  const { recordsPerBatch } = configuration;
  if (recordsPerBatch === 0) return new MPerClassSampler(labels, { perClass: counts, random });
  return new GroupSampler(labels, train.beats.record, { perClass: counts, groupsPerBatch: recordsPerBatch, random });
}

function augmentation({
  before,
  smooth,
  shift,
  stretch,
  amplitude,
  wander,
  noise,
}: Configuration): Augmentation | undefined {
  const steps = [
    smooth > 0 && movingAverage(smooth),
    shift > 0 && timeShift(shift),
    stretch > 0 && timeStretch(stretch, before),
    amplitude > 0 && amplitudeScale(amplitude),
    wander > 0 && baselineWander(wander),
    noise > 0 && gaussianNoise(noise),
  ].filter((step) => step !== false);
  return steps.length > 0 ? composeAugmentations(...steps) : undefined;
}
