import {
  argmaxRows,
  type ClassificationScores,
  type ClassifierStep,
  classificationScores,
  concat,
  confusionByGroup,
  confusionMatrix,
  type Embedder,
  Ensemble,
  type EpochStatistics,
  type IterationStatistics,
  type Layer,
  type MlpClassifier,
  noGrad,
  predict,
  Sequential,
  type StepStatistics,
  Tensor,
  type TrainingState,
} from 'dynaecg';
import type { Plan, Samples } from './plan.ts';
import { breathe, duration, Progress } from './progress.ts';
import { classifierTrainer, makeNetwork, type Network, networkTrainer, tripletTrainer } from './trainers.ts';

const CHUNK = 256; // beats embedded between two looks at the event loop

/** A network: what embeds beats, and what tells classes by embeddings. */
export interface Member {
  embedder: Embedder;
  /** null where the run was interrupted before there was one */
  classifier: MlpClassifier | null;
}

/** Everything that one run found out. */
export interface Result {
  plan: Plan;
  members: Member[];
  /** of all members, one after the other */
  iterations: IterationStatistics[];
  epochs: EpochStatistics[];
  /** of the beats to judge by; null where the run was interrupted */
  judgement: Judgement | null;
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
  /** called after each iteration whose weights would be kept, with these in the network; members count from 0 */
  onKept?: (member: Member, index: number) => void;
  /** told of each iteration, for a run that may be interrupted */
  onIteration?: (reached: Reached) => void;
  /** where an interrupted run stood */
  from?: Reached;
  /** asked for leave before the judged beats are looked at */
  beforeJudgement?: () => void;
}

/** Where a run stands after an iteration. */
export interface Reached {
  /** weights of the members that are finished */
  finished: Record<string, Tensor>[];
  /** of the member under way */
  state: TrainingState;
  /** its iterations */
  history: (IterationStatistics | EpochStatistics)[];
}

/** Trains what the plan says, and judges it. */
export async function run(plan: Plan, watch: Watch): Promise<Result> {
  const { configuration, judged } = plan;
  const { from, stopped } = watch;
  const result: Result = {
    plan,
    members: [],
    iterations: [],
    epochs: [],
    judgement: null,
    seconds: { embedder: 0, embedding: 0, classifier: 0 },
  };
  const finished: Record<string, Tensor>[] = [];
  for (let m = 0; m < configuration.members; m++) {
    const random = configuration.members > 1 ? plan.random.fork(`member ${m}`) : plan.random;
    const own = { ...plan, random };
    const network = makeNetwork(own);
    const weights = from?.finished[m];
    if (weights) network.loadStateDict(weights).eval();
    else {
      const before = from?.finished.length === m ? from : undefined;
      await trainMember(own, network, m, result, { ...watch, from: before }, finished);
      if (stopped()) return result;
    }
    finished.push(network.stateDict());
    result.members[m] = network;
  }
  watch.beforeJudgement?.();
  const clock = stopwatch();
  const networks = result.members.map(({ embedder, classifier }) => new Sequential(embedder, classifier as Layer));
  const logits = await outputs(new Ensemble(networks), judged, `${configuration.protocol}: judge`, watch);
  result.seconds.embedding += clock();
  if (logits) result.judgement = judge(judged, argmaxRows(logits));
  return result;
}

/** One network: triplets, then a perceptron on frozen embeddings, or all at once by cross-entropy. */
async function trainMember(
  plan: Plan,
  { embedder, classifier }: Network,
  index: number,
  result: Result,
  watch: Watch,
  finished: Record<string, Tensor>[],
): Promise<void> {
  const { protocol, method } = plan.configuration;
  const { seconds } = result;
  const clock = stopwatch();
  const member: Member = { embedder, classifier: method === 'triplet' ? null : classifier };
  result.members[index] = { embedder, classifier: null };
  const context = { ...watch, member, index, finished };
  if (method === 'triplet') await trainTriplets(plan, embedder, result, context);
  else await trainNetwork(plan, embedder, classifier, result, context);
  seconds.embedder += clock();
  result.members[index] = member;
  if (method === 'crossEntropy' || watch.stopped()) return;
  const zTrain = await outputs(embedder, plan.train, `${protocol}: embed training`, watch);
  const zHeld = zTrain && (await outputs(embedder, plan.held, `${protocol}: embed held back`, watch));
  seconds.embedding += clock();
  if (!zHeld) return;
  await trainClassifier(plan, classifier, [zTrain, zHeld], result, watch);
  seconds.classifier += clock();
  if (!watch.stopped()) member.classifier = classifier;
}

async function trainTriplets(plan: Plan, embedder: Embedder, result: Result, watch: MemberWatch): Promise<void> {
  const trainer = tripletTrainer(plan, embedder);
  const steps = trainer.steps(plan.configuration.iterations);
  const tell = ({ iteration, step, margin, loss, triplets, pairs }: StepStatistics): Told => {
    const mined = `${(triplets / pairs).toFixed(2)} triplets a pair`;
    return { iteration, step, note: `margin ${margin.toFixed(2)}, loss ${loss.toFixed(4)}, ${mined}` };
  };
  result.iterations.push(
    ...(await drive<StepStatistics, IterationStatistics>(plan, watch, { name: 'embedder', trainer, steps, tell })),
  );
}

async function trainNetwork(
  plan: Plan,
  embedder: Embedder,
  classifier: MlpClassifier,
  result: Result,
  watch: MemberWatch,
): Promise<void> {
  const trainer = networkTrainer(plan, embedder, classifier);
  const steps = trainer.steps(plan.configuration.iterations);
  const tell = ({ epoch, step, loss }: ClassifierStep): Told => ({
    iteration: epoch,
    step,
    note: `loss ${loss.toFixed(4)}`,
  });
  result.epochs.push(
    ...(await drive<ClassifierStep, EpochStatistics>(plan, watch, { name: 'network', trainer, steps, tell })),
  );
}

/** What is shown of a step. */
interface Told {
  iteration: number;
  /** of the iteration's */
  step: number;
  note: string;
}

/** How one member of a run is watched. */
interface MemberWatch extends Watch {
  member: Member;
  index: number;
  finished: Record<string, Tensor>[];
}

/** A training under way. */
interface Drive<Step> {
  name: string;
  trainer: { state: TrainingState; withKept<R>(f: () => R): R };
  steps: Iterable<Step>;
  tell: (step: Step) => Told;
}

/** Takes every step, from where an interrupted run stood, until the end or until it is stopped; returns the iterations. */
async function drive<Step extends { finished: Round | null }, Round extends IterationStatistics | EpochStatistics>(
  { configuration }: Plan,
  { from, quiet, stopped, onIteration, onKept, member, index, finished: members }: MemberWatch,
  { name, trainer, steps, tell }: Drive<Step>,
): Promise<Round[]> {
  const { iterations, keep, protocol } = configuration;
  const history: Round[] = [];
  if (from) {
    trainer.state = from.state;
    history.push(...(from.history as Round[]));
  }
  const which = configuration.members > 1 ? ` ${index + 1} of ${configuration.members}` : '';
  const progress = new Progress(`${protocol}: ${name}${which}`, quiet, history.length / iterations);
  for (const step of steps) {
    const { iteration, step: n, note } = tell(step);
    progress.update((iteration - 1 + n / configuration.steps) / iterations, `iteration ${iteration}, ${note}`);
    const { finished } = step;
    if (finished) history.push(finished);
    await breathe();
    if (stopped()) break;
    if (finished) onIteration?.({ finished: members, state: trainer.state, history });
    if (finished && (finished.best || keep === 'last')) trainer.withKept(() => onKept?.(member, index));
  }
  progress.finish(history.length > 0 ? whichKept(history, keep, 'iterations') : 'no iteration finished');
  return history;
}

function whichKept(history: readonly { best: boolean }[], keep: 'best' | 'last', what: string): string {
  const best = history.map((round) => round.best).lastIndexOf(true) + 1;
  return `${keep} of ${history.length} ${what}: ${keep === 'best' ? best : history.length}`;
}

async function trainClassifier(
  plan: Plan,
  classifier: MlpClassifier,
  [zTrain, zHeld]: readonly [Tensor, Tensor],
  result: Result,
  watch: Watch,
): Promise<void> {
  const { protocol, mlpEpochs, keep } = plan.configuration;
  const bar = new Progress(`${protocol}: classifier`, watch.quiet);
  const epochs: EpochStatistics[] = [];
  for (const epoch of classifierTrainer(plan, classifier, zTrain, zHeld).epochs(mlpEpochs)) {
    epochs.push(epoch);
    bar.update(epoch.epoch / mlpEpochs, `loss ${epoch.loss.toFixed(4)}`);
    await breathe();
    if (watch.stopped()) break;
  }
  result.epochs.push(...epochs);
  bar.finish(whichKept(epochs, keep, 'epochs'));
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

/** What a model makes of all samples, chunk by chunk; null where it was stopped. */
async function outputs(
  model: Layer,
  { x, context, labels }: Samples,
  name: string,
  { quiet, stopped }: Watch,
): Promise<Tensor | null> {
  const progress = new Progress(name, quiet);
  const N = labels.length;
  const parts: Tensor[] = [];
  const rows = ({ data, shape: [, ...sample] }: Tensor, i: number, n: number): Tensor => {
    const size = sample.reduce((a, b) => a * b, 1);
    return new Tensor(data.subarray(i * size, (i + n) * size), [n, ...sample]);
  };
  for (let i = 0; i < N; i += CHUNK) {
    const n = Math.min(CHUNK, N - i);
    parts.push(predict(model, rows(x, i, n), { context: context && rows(context, i, n) }));
    progress.update((i + n) / N, `${i + n} of ${N} beats`);
    await breathe();
    if (stopped()) return null;
  }
  progress.finish(`${N} beats`);
  return noGrad(() => concat(parts));
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
