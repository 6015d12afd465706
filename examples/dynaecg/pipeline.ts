import {
  AdamW,
  type ClassificationScores,
  ClassifierTrainer,
  classificationScores,
  confusionMatrix,
  cosineSchedule,
  Embedder,
  type EpochStatistics,
  type IterationStatistics,
  MlpClassifier,
  Random,
  Tensor,
  TripletTrainer,
  warmup,
} from 'dynaecg';
import { type BeatSet, type Split, subset } from 'dynaecg/ecg';
import { MINERS, type Options } from './options.ts';
import { breathe, duration, Progress } from './progress.ts';
import type { Recordings } from './recordings.ts';

/** Sizes of the embedder, and the learning rate at its highest; a small network bears a higher one. */
const NETWORKS = {
  full: { sizes: {}, learningRate: 3e-3 },
  small: { sizes: { channels: [8, 16], hidden: 16, features: 32, embedding: 16 }, learningRate: 1e-2 },
} as const;
const WARMUP = 0.1; // of all steps; half a cosine follows
const HIDDEN = 64; // of the MLP on the embeddings, h'
const MLP = { batchSize: 128, learningRate: 2e-3, epochs: 40 };
const CHUNK = 256; // beats embedded between two looks at the event loop

/** Everything that one protocol's run found out. */
export interface Result {
  protocol: 'intra' | 'inter';
  split: Split;
  embedder: Embedder;
  /** null where the run was interrupted before there was one */
  classifier: MlpClassifier | null;
  iterations: IterationStatistics[];
  epochs: EpochStatistics[];
  /** of the test beats; null where the run was interrupted */
  test: { matrix: number[][]; scores: ClassificationScores } | null;
  seconds: { embedder: number; embedding: number; classifier: number };
}

/** How the caller watches a run and ends it. */
export interface Watch {
  /** asked between steps */
  stopped: () => boolean;
  /** told of each iteration that is the best so far */
  onBest: (embedder: Embedder) => void;
}

/** One protocol's division of the beats, made before any training so that what cannot be divided is known at once. */
export interface Plan {
  protocol: 'intra' | 'inter';
  split: Split;
  /** what the run draws from */
  random: Random;
}

export function plan({ split }: Recordings, protocol: 'intra' | 'inter', { seed }: Options): Plan {
  const random = new Random(`${seed}:${protocol}`);
  return { protocol, split: split(protocol, random.fork('split')), random };
}

/** The paper's method under one protocol: train the embedder, freeze it, train the MLP on embeddings, score the test half. */
export async function run(
  beats: BeatSet,
  { protocol, split, random }: Plan,
  options: Options,
  { stopped, onBest }: Watch,
): Promise<Result> {
  const train = subset(beats, split.train);
  const { sizes, learningRate } = NETWORKS[options.network];
  const embedder = new Embedder({ ...sizes, length: beats.length, random: random.fork('embedder') });
  const result: Result = {
    protocol,
    split,
    embedder,
    classifier: null,
    iterations: [],
    epochs: [],
    test: null,
    seconds: { embedder: 0, embedding: 0, classifier: 0 },
  };
  const clock = stopwatch();

  const trainer = new TripletTrainer({
    model: embedder,
    data: { x: samples(train), labels: train.labels },
    random: random.fork('triplets'),
    stepsPerIteration: options.steps,
    perClass: options.perClass,
    miner: MINERS[options.miner],
    optimizer: new AdamW(embedder.parameters(), { learningRate }),
    schedule: warmup(WARMUP, cosineSchedule()),
  });
  const progress = new Progress(`${protocol}: embedder`, options.quiet);
  for (const step of trainer.steps(options.iterations)) {
    const done = (step.iteration - 1 + step.step / options.steps) / options.iterations;
    const { finished } = step;
    const mined = `${(step.triplets / step.pairs).toFixed(2)} triplets a pair`;
    const margin = step.margin.toFixed(2);
    progress.update(done, `iteration ${step.iteration}, margin ${margin}, loss ${step.loss.toFixed(4)}, ${mined}`);
    if (finished) result.iterations.push(finished);
    await breathe();
    if (stopped()) break;
    if (finished?.best) onBest(embedder);
  }
  result.seconds.embedder = clock();
  const best = result.iterations.filter((it) => it.best).at(-1);
  progress.finish(best ? `best of ${result.iterations.length} iterations: ${best.iteration}` : 'no iteration finished');
  if (stopped()) return result;

  const embed = async (side: BeatSet, name: string): Promise<Tensor | null> => {
    const bar = new Progress(`${protocol}: embed ${name}`, options.quiet);
    const z = await embedAll(embedder, side, bar, stopped);
    bar.finish(`${side.labels.length} beats`);
    return z;
  };
  const test = subset(beats, split.test);
  const zTrain = await embed(train, 'training');
  const zTest = zTrain && (await embed(test, 'test'));
  result.seconds.embedding = clock();
  if (!zTest) return result;

  const { embedding } = embedder.config;
  const classifierSizes = { inFeatures: embedding, hidden: HIDDEN, classes: beats.classes.length };
  const classifier = new MlpClassifier({ ...classifierSizes, random: random.fork('classifier') });
  const classifierTrainer = new ClassifierTrainer({
    model: classifier,
    data: { x: zTrain, labels: train.labels },
    random: random.fork('mlp'),
    batchSize: MLP.batchSize,
    optimizer: new AdamW(classifier.parameters(), { learningRate: MLP.learningRate }),
    schedule: cosineSchedule(),
  });
  const bar = new Progress(`${protocol}: classifier`, options.quiet);
  for (const epoch of classifierTrainer.epochs(MLP.epochs)) {
    result.epochs.push(epoch);
    bar.update(epoch.epoch / MLP.epochs, `loss ${epoch.loss.toFixed(4)}`);
    await breathe();
    if (stopped()) return result;
  }
  result.seconds.classifier = clock();
  bar.finish(`best of ${MLP.epochs} epochs: ${result.epochs.filter((e) => e.best).at(-1)?.epoch}`);
  result.classifier = classifier;
  const matrix = confusionMatrix(test.labels, classifier.predict(zTest), beats.classes.length);
  result.test = { matrix, scores: classificationScores(matrix) };
  return result;
}

/** The beats' windows as a tensor (N,1,L). */
function samples({ x, length, labels }: BeatSet): Tensor {
  return new Tensor(x, [labels.length, 1, length]);
}

/** All embeddings, chunk by chunk; null where it was stopped. */
async function embedAll(
  embedder: Embedder,
  side: BeatSet,
  progress: Progress,
  stopped: () => boolean,
): Promise<Tensor | null> {
  const { data } = samples(side);
  const N = side.labels.length;
  const D = embedder.config.embedding;
  const all = new Float32Array(N * D);
  for (let i = 0; i < N; i += CHUNK) {
    const n = Math.min(CHUNK, N - i);
    const chunk = new Tensor(data.subarray(i * side.length, (i + n) * side.length), [n, 1, side.length]);
    all.set(embedder.embed(chunk).data, i * D);
    progress.update((i + n) / N, `${i + n} of ${N} beats`);
    await breathe();
    if (stopped()) return null;
  }
  return new Tensor(all, [N, D]);
}

/** Seconds since the last call. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    return seconds;
  };
}

/** One line on what a run did, for the end of the log. */
export function timing({ seconds, iterations }: Result): string {
  const { embedder, embedding, classifier } = seconds;
  return (
    `${iterations.length} iterations in ${duration(embedder)}, embedding in ${duration(embedding)}, ` +
    `classifier in ${duration(classifier)}`
  );
}
