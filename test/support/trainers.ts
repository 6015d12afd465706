/** What the tests of training share: small tasks, and trainers of small models on them. */
import * as d from 'dynaecg';
import {
  AdamW,
  ClassifierTrainer,
  type DatasetLike,
  Embedder,
  Layer,
  Linear,
  MlpClassifier,
  mul,
  Random,
  type StepStatistics,
  Tensor,
  type TensorLike,
  TripletTrainer,
  type TripletTrainerOptions,
} from 'dynaecg';
import * as assert from 'uvu/assert';

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

// ---- waves, and either trainer on them

export const LENGTH = 16;
export const SIZES = { length: LENGTH, channels: [4, 6], kernel: 3, hidden: 4, features: 8, embedding: 4 } as const;

/** Waves of three frequencies, of any phase, with noise. */
export function waves(perClass: number, seed = 'waves', noise = 0.2): { x: Tensor; labels: number[] } {
  const random = new Random(seed);
  const labels = range(3 * perClass).map((i) => i % 3);
  const x = new Tensor(new Float32Array(labels.length * LENGTH), [labels.length, LENGTH]);
  for (const [i, label] of labels.entries()) {
    const phase = random.uniform(0, 6);
    for (let t = 0; t < LENGTH; t++)
      x.data[i * LENGTH + t] = Math.sin((label + 1) * 0.5 * t + phase) + noise * random.normal();
  }
  return { x, labels };
}

export function makeTrainer(options: Partial<TripletTrainerOptions> & { learningRate?: number; seed?: string } = {}) {
  const { seed = 'trainer', learningRate = 1e-2, ...rest } = options;
  const random = new Random(seed);
  const model = rest.model ?? new Embedder({ ...SIZES, random: random.fork('model') });
  const parameters = [...model.parameters(), ...(rest.classifier?.model.parameters() ?? [])];
  const optimizer = rest.optimizer ?? new AdamW(parameters, { learningRate });
  const all = { data: waves(40), random, perClass: 6, stepsPerIteration: 10, ...rest, model, optimizer };
  return { trainer: new TripletTrainer(all), model, optimizer };
}

export const makeClassifier = (options: Partial<d.ClassifierTrainerOptions> = {}) => {
  const random = new Random('classifier');
  const model = options.model ?? new MlpClassifier({ inFeatures: LENGTH, hidden: 16, classes: 3, random });
  const optimizer = new AdamW(model.parameters(), { learningRate: 1e-2 });
  const trainer = new ClassifierTrainer({ data: waves(60), random, optimizer, batchSize: 32, ...options, model });
  return { trainer, model: model as MlpClassifier };
};

/** Weights and buffers by name, to compare exactly. */
export const bits = (model: d.Module): Record<string, number[]> =>
  Object.fromEntries(Object.entries(model.stateDict()).map(([name, t]) => [name, [...t.data]]));

// ---- context

/** Signals that say nothing of the class, beside contexts that do: points on a circle, with noise. */
export function told(perClass: number, noise = 0.2, seed = 'told'): { x: Tensor; context: Tensor; labels: number[] } {
  const random = new Random(seed);
  const labels = range(3 * perClass).map((i) => i % 3);
  const filled = (columns: number, value: (row: number, column: number) => number): Tensor =>
    new Tensor(
      Float32Array.from({ length: labels.length * columns }, (_, i) => value(Math.floor(i / columns), i % columns)),
      [labels.length, columns],
    );
  const x = filled(LENGTH, () => random.normal());
  const context = filled(
    2,
    (row, column) => Math[column ? 'sin' : 'cos']((2 * Math.PI * labels[row]) / 3) + noise * random.normal(),
  );
  return { x, context, labels };
}
export const withContext = (seed: string, config: Partial<d.EmbedderConfig> = {}): Embedder =>
  new Embedder({ ...SIZES, contextFeatures: 2, ...config, random: new Random(seed) });

// ---- samples that bear numbers, and who reads them

/** Samples from number `from` on: x is the number, and the context ten times as much. */
export const numbered = (from: number, n: number): Required<Pick<DatasetLike, 'x' | 'context' | 'labels'>> => {
  const column = (f: number): Tensor =>
    new Tensor(
      Float32Array.from({ length: n }, (_, i) => f * (from + i)),
      [n, 1],
    );
  return { x: column(1), context: column(10), labels: range(n).map((i) => i % 2) };
};

/** Takes note of the signals and contexts that it is given, in training and otherwise. */
export class Witness extends Layer {
  readonly inner = new Linear(1, 2, { random: new Random(0) });
  readonly seen = { train: [] as number[], score: [] as number[] };
  readonly contexts = { train: [] as number[], score: [] as number[] };
  forward(x: TensorLike, context?: TensorLike): Tensor {
    const side = this.training ? 'train' : 'score';
    this.seen[side].push(...Array.from(x.data));
    if (context) this.contexts[side].push(...Array.from(context.data));
    return this.inner.forward(mul(x, 0.01));
  }
}

// ---- each trainer, with everything that has a state

type Reported = { loss: Tensor; drawn: number };
export type AnyStep = StepStatistics | d.ClassifierStep | d.TrainerStep<Reported>;
export interface Course {
  trainer: d.TrainingLoop<unknown, unknown>;
  model: Layer;
  steps: (rounds: number) => Iterable<AnyStep>;
}
type Make = (seed: string, options?: Partial<d.TrainerOptions>) => Course;

/** Triplets of the embeddings with a margin that is drawn, so that what an objective draws has to be resumed, too. */
function noisyTriplets(model: Layer, { x, context, labels }: d.Dataset, random: Random): Reported {
  const drawn = random.uniform(0.2, 0.4);
  return { loss: d.tripletLoss(model.forward(x, context), labels, { margin: drawn }).loss, drawn };
}

/** Everything that has a state of its own. The data are divided alike whatever the seed, which is the model's. */
const everything = (model: Layer): d.TrainerOptions => ({
  model,
  data: told(20, 1),
  random: new Random('everything'),
  optimizer: new AdamW(model.parameters(), { learningRate: 3e-2 }),
  schedule: (t) => (t < 0.5 ? 1 : 30) * (1 - t / 2),
  augment: d.composeAugmentations(d.timeShift(2), d.gaussianNoise(0.3)),
  averaging: 0.8,
  clipNorm: 1,
});
export const networks: Record<string, (seed: string, config?: Partial<d.EmbedderConfig>) => Layer> = {
  TripletTrainer: (seed, config) => withContext(seed, { dropout: 0.2, ...config }),
  ClassifierTrainer: (seed, config) => {
    const perceptron = new MlpClassifier({ inFeatures: 4, hidden: 6, classes: 3, random: new Random(seed) });
    return new d.Sequential(withContext(seed, { dropout: 0.2, ...config }), perceptron);
  },
  Trainer: (seed, config) => withContext(seed, { dropout: 0.2, ...config }),
};
export const courses: Record<string, Make> = {
  TripletTrainer: (seed, options = {}) => {
    const model = options.model ?? networks['TripletTrainer'](seed);
    // No number of triplets is enough, so that it grows; a mining round begins in one iteration and ends in the next.
    const marginScheduler = new d.DynamicMargin({ threshold: 1e9, patience: 2, batches: 3 });
    const own = { perClass: 5, stepsPerIteration: 4, marginScheduler, warn: () => {} };
    const trainer = new TripletTrainer({ ...everything(model), ...own, ...options });
    return { trainer, model, steps: (rounds) => trainer.steps(rounds) };
  },
  ClassifierTrainer: (seed, options = {}) => {
    const model = options.model ?? networks['ClassifierTrainer'](seed);
    const own = { batchSize: 15, stepsPerEpoch: 3, logitAdjustment: [0.1, -0.2, 0] }; // a pass is four batches
    const trainer = new ClassifierTrainer({ ...everything(model), ...own, ...options });
    return { trainer, model, steps: (rounds) => trainer.steps(rounds) };
  },
  Trainer: (seed, options = {}) => {
    const model = options.model ?? networks['Trainer'](seed);
    const own = { objective: noisyTriplets, batchSize: 15, stepsPerIteration: 3 };
    const trainer = new d.Trainer({ ...everything(model), ...own, ...options });
    return { trainer, model, steps: (rounds) => trainer.steps(rounds) };
  },
};

/** A schedule that ruins the second half. */
export const ruinous = (t: number): number => (t < 0.5 ? 1 : 300);

/** Trains four iterations, of which the last is not the best: its weights are gone, those of the best are there. */
export function assertBestPutBack(
  trainer: Pick<d.TripletTrainer, 'withKept'> & {
    iterations(n: number): Iterable<{ best: boolean; iteration: number }>;
  },
  weights: () => unknown,
): void {
  let best: unknown = null;
  let last: unknown = null;
  let kept = 0;
  for (const it of trainer.iterations(4)) {
    last = weights();
    if (it.best) [best, kept] = [last, it.iteration];
    assert.equal(trainer.withKept(weights), best);
  }
  assert.ok(kept < 4, `the best is ${kept} of 4`);
  assert.equal(weights(), best);
  assert.not.equal(weights(), last);
}
