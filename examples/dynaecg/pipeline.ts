import {
  type ClassificationScores,
  classificationScores,
  confusionByGroup,
  confusionMatrix,
  type Embedder,
  type EpochStatistics,
  type IterationStatistics,
  type MlpClassifier,
  Tensor,
  type TrainingState,
} from 'dynaecg';
import type { Plan, Samples } from './plan.ts';
import { breathe, duration, Progress } from './progress.ts';
import { classifierTrainer, makeClassifier, makeEmbedder, networkTrainer, tripletTrainer } from './trainers.ts';

const CHUNK = 256; // beats embedded between two looks at the event loop

/** Everything that one run found out. */
export interface Result {
  plan: Plan;
  embedder: Embedder;
  /** null where the run was interrupted before there was one */
  classifier: MlpClassifier | null;
  iterations: IterationStatistics[];
  epochs: EpochStatistics[];
  /** of the beats to judge by; null where the run was interrupted */
  test: Judgement | null;
  seconds: { embedder: number; embedding: number; classifier: number };
}

/** How the judged beats were classified. */
export interface Judgement {
  matrix: number[][];
  scores: ClassificationScores;
  /** a matrix for each record */
  records: Record<string, number[][]>;
}

/** How the caller watches a run, ends it, and keeps it to go on from. */
export interface Watch {
  quiet: boolean;
  /** asked between steps */
  stopped: () => boolean;
  /** told of each iteration whose weights are to be kept, and at once, if it ended now */
  onKept?: (embedder: Embedder, classifier: MlpClassifier | null) => void;
  /** told of each iteration, for a run that may be interrupted */
  onIteration?: (reached: Reached) => void;
  /** where an interrupted run stood */
  from?: Reached;
  /** asked for leave before the judged beats are looked at */
  beforeJudgement?: () => void;
}

/** Where the training of the network stands after an iteration. */
export interface Reached {
  state: TrainingState;
  history: (IterationStatistics | EpochStatistics)[];
}

/** Trains what the plan says, and judges it: triplets, then a perceptron on frozen embeddings, or all by cross-entropy. */
export async function run(plan: Plan, watch: Watch): Promise<Result> {
  const { configuration, train, judged } = plan;
  const { protocol, method } = configuration;
  const { quiet, stopped } = watch;
  const embedder = makeEmbedder(plan);
  const classifier = makeClassifier(plan);
  const result: Result = {
    plan,
    embedder,
    classifier: null,
    iterations: [],
    epochs: [],
    test: null,
    seconds: { embedder: 0, embedding: 0, classifier: 0 },
  };
  const clock = stopwatch();

  if (method === 'triplet') await trainTriplets(plan, embedder, result, watch);
  else await trainNetwork(plan, embedder, classifier, result, watch);
  result.seconds.embedder = clock();
  if (stopped()) return result;

  const embed = async (side: Samples, name: string): Promise<Tensor | null> => {
    const bar = new Progress(`${protocol}: embed ${name}`, quiet);
    const z = await embedAll(embedder, side, bar, stopped);
    bar.finish(`${side.labels.length} beats`);
    return z;
  };
  if (method === 'triplet') {
    const zTrain = await embed(train, 'training');
    result.seconds.embedding = clock();
    if (!zTrain) return result;
    await trainClassifier(plan, classifier, zTrain, result, watch);
    result.seconds.classifier = clock();
    if (stopped()) return result;
  }
  watch.beforeJudgement?.();
  const z = await embed(judged, 'judged');
  result.seconds.embedding += clock();
  if (!z) return result;
  result.classifier = classifier;
  result.test = judge(judged, classifier.predict(z));
  return result;
}

async function trainTriplets(plan: Plan, embedder: Embedder, result: Result, watch: Watch): Promise<void> {
  const { iterations, steps, protocol } = plan.configuration;
  const trainer = tripletTrainer(plan, embedder);
  if (watch.from) {
    trainer.state = watch.from.state;
    result.iterations = watch.from.history as IterationStatistics[];
  }
  const progress = new Progress(`${protocol}: embedder`, watch.quiet, result.iterations.length / iterations);
  for (const step of trainer.steps(iterations)) {
    const { finished, loss, margin } = step;
    const mined = `${(step.triplets / step.pairs).toFixed(2)} triplets a pair`;
    progress.update(
      (step.iteration - 1 + step.step / steps) / iterations,
      `iteration ${step.iteration}, margin ${margin.toFixed(2)}, loss ${loss.toFixed(4)}, ${mined}`,
    );
    if (finished) result.iterations.push(finished);
    await breathe();
    if (watch.stopped()) break;
    if (finished) watch.onIteration?.({ state: trainer.state, history: result.iterations });
    if (finished && isKept(plan, finished)) trainer.withKept(() => watch.onKept?.(embedder, null));
  }
  progress.finish(which('iteration', plan, result.iterations));
}

async function trainNetwork(
  plan: Plan,
  embedder: Embedder,
  classifier: MlpClassifier,
  result: Result,
  watch: Watch,
): Promise<void> {
  const { iterations, steps, protocol } = plan.configuration;
  const trainer = networkTrainer(plan, embedder, classifier);
  if (watch.from) {
    trainer.state = watch.from.state;
    result.epochs = watch.from.history as EpochStatistics[];
  }
  const progress = new Progress(`${protocol}: network`, watch.quiet, result.epochs.length / iterations);
  for (const { finished, epoch, step, loss } of trainer.steps(iterations)) {
    progress.update((epoch - 1 + step / steps) / iterations, `iteration ${epoch}, loss ${loss.toFixed(4)}`);
    if (finished) result.epochs.push(finished);
    await breathe();
    if (watch.stopped()) break;
    if (finished) watch.onIteration?.({ state: trainer.state, history: result.epochs });
    if (finished && isKept(plan, finished)) trainer.withKept(() => watch.onKept?.(embedder, classifier));
  }
  progress.finish(which('iteration', plan, result.epochs));
}

async function trainClassifier(
  plan: Plan,
  classifier: MlpClassifier,
  z: Tensor,
  result: Result,
  watch: Watch,
): Promise<void> {
  const { protocol, mlpEpochs } = plan.configuration;
  const bar = new Progress(`${protocol}: classifier`, watch.quiet);
  for (const epoch of classifierTrainer(plan, classifier, z).epochs(mlpEpochs)) {
    result.epochs.push(epoch);
    bar.update(epoch.epoch / mlpEpochs, `loss ${epoch.loss.toFixed(4)}`);
    await breathe();
    if (watch.stopped()) return;
  }
  bar.finish(`best of ${mlpEpochs} epochs: ${result.epochs.filter((e) => e.best).at(-1)?.epoch}`);
}

function isKept({ configuration }: Plan, { best }: { best: boolean }): boolean {
  return best || configuration.keep === 'last';
}

/** Which iteration's weights were kept. */
function which(word: string, { configuration }: Plan, history: readonly { best: boolean }[]): string {
  if (history.length === 0) return `no ${word} finished`;
  const best = history.map(({ best }) => best).lastIndexOf(true) + 1;
  return `${configuration.keep} of ${history.length} ${word}s: ${configuration.keep === 'best' ? best : history.length}`;
}

function judge({ beats, labels }: Samples, predictions: Int32Array): Judgement {
  const K = beats.classes.length;
  const matrix = confusionMatrix(labels, predictions, K);
  const records = [...confusionByGroup(labels, predictions, beats.record, K)];
  return {
    matrix,
    scores: classificationScores(matrix),
    records: Object.fromEntries(records.map(([r, m]) => [beats.recordNames[r], m])),
  };
}

/** All embeddings, chunk by chunk; null where it was stopped. */
async function embedAll(
  embedder: Embedder,
  { x, context, labels }: Samples,
  progress: Progress,
  stopped: () => boolean,
): Promise<Tensor | null> {
  const N = labels.length;
  const D = embedder.config.embedding;
  const all = new Float32Array(N * D);
  const rows = ({ data, shape: [, ...sample] }: Tensor, i: number, n: number): Tensor => {
    const size = sample.reduce((a, b) => a * b, 1);
    return new Tensor(data.subarray(i * size, (i + n) * size), [n, ...sample]);
  };
  for (let i = 0; i < N; i += CHUNK) {
    const n = Math.min(CHUNK, N - i);
    all.set(embedder.embed(rows(x, i, n), { context: context && rows(context, i, n) }).data, i * D);
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
export function timing({ seconds, plan }: Result): string {
  const { embedder, embedding, classifier } = seconds;
  return (
    `${plan.configuration.iterations} iterations in ${duration(embedder)}, embedding in ${duration(embedding)}, ` +
    `classifier in ${duration(classifier)}`
  );
}
