import {
  type ClassificationScores,
  type ClassifierStep,
  classificationScores,
  confusionByGroup,
  confusionMatrix,
  type Embedder,
  type EpochStatistics,
  type IterationStatistics,
  type MlpClassifier,
  type StepStatistics,
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
  const trainer = tripletTrainer(plan, embedder);
  const steps = trainer.steps(plan.configuration.iterations);
  const tell = ({ iteration, step, margin, loss, triplets, pairs }: StepStatistics): Told => {
    const mined = `${(triplets / pairs).toFixed(2)} triplets a pair`;
    return { iteration, step, note: `margin ${margin.toFixed(2)}, loss ${loss.toFixed(4)}, ${mined}` };
  };
  const kept = (): void => watch.onKept?.(embedder, null);
  await drive(plan, watch, { name: 'embedder', trainer, steps, tell, kept, history: result.iterations });
}

async function trainNetwork(
  plan: Plan,
  embedder: Embedder,
  classifier: MlpClassifier,
  result: Result,
  watch: Watch,
): Promise<void> {
  const trainer = networkTrainer(plan, embedder, classifier);
  const steps = trainer.steps(plan.configuration.iterations);
  const tell = ({ epoch, step, loss }: ClassifierStep): Told => ({
    iteration: epoch,
    step,
    note: `loss ${loss.toFixed(4)}`,
  });
  const kept = (): void => watch.onKept?.(embedder, classifier);
  await drive(plan, watch, { name: 'network', trainer, steps, tell, kept, history: result.epochs });
  if (result.epochs.length > 0) result.classifier = classifier;
}

/** What is shown of a step. */
interface Told {
  iteration: number;
  /** of the iteration's */
  step: number;
  note: string;
}

/** A training under way. */
interface Drive<Step, Round> {
  name: string;
  trainer: { state: TrainingState; withKept<R>(f: () => R): R };
  steps: Iterable<Step>;
  tell: (step: Step) => Told;
  /** called with the weights in the model that are to be kept */
  kept: () => void;
  /** takes up the iterations */
  history: Round[];
}

/** Takes every step, from where an interrupted run stood, until the end or until it is stopped. */
async function drive<Step extends { finished: Round | null }, Round extends IterationStatistics | EpochStatistics>(
  { configuration }: Plan,
  { from, quiet, stopped, onIteration }: Watch,
  { name, trainer, steps, tell, kept, history }: Drive<Step, Round>,
): Promise<void> {
  const { iterations, keep, protocol } = configuration;
  if (from) {
    trainer.state = from.state;
    history.push(...(from.history as Round[]));
  }
  const progress = new Progress(`${protocol}: ${name}`, quiet, history.length / iterations);
  for (const step of steps) {
    const { iteration, step: n, note } = tell(step);
    progress.update((iteration - 1 + n / configuration.steps) / iterations, `iteration ${iteration}, ${note}`);
    const { finished } = step;
    if (finished) history.push(finished);
    await breathe();
    if (stopped()) break;
    if (finished) onIteration?.({ state: trainer.state, history });
    if (finished && (finished.best || keep === 'last')) trainer.withKept(kept);
  }
  const best = history.map((round) => round.best).lastIndexOf(true) + 1;
  const end = `${keep} of ${history.length} iterations: ${keep === 'best' ? best : history.length}`;
  progress.finish(history.length > 0 ? end : 'no iteration finished');
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
