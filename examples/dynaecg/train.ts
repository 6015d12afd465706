import {
  affine,
  type ClassifierStep,
  type Embedder,
  type EpochStatistics,
  type IterationStatistics,
  type MlpClassifier,
  type Network,
  noGrad,
  type StepStatistics,
  type Teacher,
  type Tensor,
  type TrainingState,
} from 'dynaecg';
import { Progress, untilStopped } from '../shared/progress.ts';
import { outputs } from './outputs.ts';
import type { TrainingPlan } from './plan.ts';
import type { Samples } from './samples.ts';
import {
  classifierTrainer,
  finishClassifier,
  type Member,
  makeNetwork,
  networkTrainer,
  tripletTrainer,
} from './trainers.ts';

/** How the caller watches a run, ends it, and keeps it to resume from. */
export interface Watch {
  quiet: boolean;
  /** what is trained, for the bar
   * @defaultValue `'network'` */
  part?: string;
  /** ends the run between two steps */
  signal?: AbortSignal;
  /** called after each iteration whose weights would be kept, with these in the last of the members so far */
  onKept?: (members: readonly Member[]) => void;
  /** called after each iteration, for a run that may be interrupted */
  onIteration?: (reached: Reached) => void;
  /** where an interrupted run stood */
  from?: Reached;
  /** asked for leave before the judged beats are looked at */
  beforeJudgement?: () => void;
}

/** The state of a run after an iteration. */
export interface Reached {
  /** the members that are finished */
  finished: Finished[];
  /** of the member under way */
  state: TrainingState;
  /** its iterations */
  history: (IterationStatistics | EpochStatistics)[];
  /** that the run has taken */
  seconds: Seconds;
}

/** A member whose training has ended. */
export interface Finished extends History {
  weights: Record<string, Tensor>;
}

/** What was seen while a member was trained: what triplets did, and what a classifier did. */
export interface History {
  iterations: IterationStatistics[];
  epochs: EpochStatistics[];
}

/** What the parts of a run took. */
export interface Seconds {
  embedder: number;
  embedding: number;
  classifier: number;
}

/** The place of a network among those of a run. */
export interface Place {
  /** those before it */
  before: readonly Member[];
  /** the same, as they are kept to resume from */
  finished: Finished[];
  /** what it learns from besides the labels */
  teacher: Teacher | undefined;
}

/**
 * Trains one network: triplets, then a perceptron on frozen embeddings; or all at once by cross-entropy; or triplets and
 * cross-entropy at once, then a perceptron anew. Adds what it sees to the history; where it is stopped before there is a
 * classifier, the member has none.
 */
export async function trainMember(
  plan: TrainingPlan,
  network: Network<Embedder, MlpClassifier>,
  place: Place,
  history: History,
  seconds: Seconds,
  watch: Watch,
): Promise<Member> {
  const { method, iterations } = plan.configuration;
  const { embedder, head: classifier } = network;
  const clock = stopwatch();
  const tick = (): Seconds => {
    seconds.embedder += clock();
    return { ...seconds };
  };
  if (method === 'crossEntropy') {
    const trainer = networkTrainer(plan, embedder, classifier, place.teacher);
    const tell = ({ epoch, step, loss }: ClassifierStep): Told => [epoch, step, `loss ${loss.toFixed(4)}`];
    const epochs = trainer.steps(iterations);
    const drive = { name: watch.part ?? 'network', trainer, steps: epochs, tell, tick, member: network, ...place };
    history.epochs.push(...(await driveOn<ClassifierStep, EpochStatistics>(plan, watch, drive)));
    seconds.embedder += clock();
    return network;
  }

  const member: Member = { embedder, classifier: null };
  const trainer = tripletTrainer(plan, embedder, method === 'joint' ? makeNetwork(plan).head : null);
  const tell = ({ iteration, step, margin, loss, triplets, possible }: StepStatistics): Told => {
    const mined = `${((100 * triplets) / possible).toFixed(1)} % of the triplets mined`;
    return [iteration, step, `margin ${margin.toFixed(2)}, loss ${loss.toFixed(4)}, ${mined}`];
  };
  const drive = { name: 'embedder', trainer, steps: trainer.steps(iterations), tell, tick, member, ...place };
  history.iterations.push(...(await driveOn<StepStatistics, IterationStatistics>(plan, watch, drive)));
  seconds.embedder += clock();
  if (watch.signal?.aborted) return member;

  const train = await embed(plan, embedder, plan.train, 'training', watch);
  const validation = train && (await embed(plan, embedder, plan.validation, 'validation', watch));
  seconds.embedding += clock();
  if (!validation) return member;
  history.epochs.push(...(await trainClassifier(plan, classifier, train, validation, watch)));
  finishClassifier(plan, classifier);
  seconds.classifier += clock();
  return watch.signal?.aborted ? member : network;
}

/** Embeddings with their labels; null where the run was stopped. */
async function embed(
  { configuration: { protocol, mlpScale } }: TrainingPlan,
  embedder: Embedder,
  samples: Samples,
  name: string,
  watch: Watch,
): Promise<Embedded | null> {
  const ask = (x: Tensor, context?: Tensor) => ({
    z: noGrad(() => affine(embedder.embed(x, { context }), mlpScale, 0)),
  });
  const found = await outputs(ask, samples, `${protocol}: embed ${name}`, watch);
  return found && { x: found.z, labels: samples.labels };
}

interface Embedded {
  x: Tensor;
  labels: Int32Array;
}

/** What is shown of a step: its iteration, its number there, and the rest. */
type Told = [iteration: number, step: number, note: string];

/** A training under way. */
interface Drive<Step> extends Place {
  name: string;
  member: Member;
  trainer: { state: TrainingState; withKept<R>(f: () => R): R };
  steps: Iterable<Step>;
  tell: (step: Step) => Told;
  /** the seconds so far */
  tick: () => Seconds;
}

/** Takes every step, from where an interrupted run stood, until the end or until it is stopped; returns the iterations. */
async function driveOn<Step extends { finished: Round | null }, Round extends IterationStatistics | EpochStatistics>(
  { configuration }: TrainingPlan,
  { from, quiet, signal, onIteration, onKept }: Watch,
  { name, member, trainer, steps, tell, tick, before, finished: members }: Drive<Step>,
): Promise<Round[]> {
  const { iterations, keep, protocol } = configuration;
  const index = before.length;
  const history: Round[] = [];
  if (from?.finished.length === index) {
    trainer.state = from.state;
    history.push(...(from.history as Round[]));
  }
  const which = configuration.members > 1 ? ` ${index + 1} of ${configuration.members}` : '';
  const progress = new Progress(`${protocol}: ${name}${which}`, quiet, history.length / iterations);
  await untilStopped(steps, signal, (step) => {
    const [iteration, n, note] = tell(step);
    progress.update((iteration - 1 + n / configuration.steps) / iterations, `iteration ${iteration}, ${note}`);
    const { finished } = step;
    if (!finished) return;
    history.push(finished);
    onIteration?.({ finished: members, state: trainer.state, history, seconds: tick() });
    if (finished.best || keep === 'last') trainer.withKept(() => onKept?.([...before, member]));
  });
  progress.finish(history.length > 0 ? whichKept(history, keep, 'iterations') : 'no iteration finished');
  return history;
}

async function trainClassifier(
  plan: TrainingPlan,
  classifier: MlpClassifier,
  train: Embedded,
  validation: Embedded,
  { quiet, signal }: Watch,
): Promise<EpochStatistics[]> {
  const { protocol, mlpEpochs, keep } = plan.configuration;
  const bar = new Progress(`${protocol}: classifier`, quiet);
  const epochs: EpochStatistics[] = [];
  const trainer = classifierTrainer(plan, classifier, train, validation);
  await untilStopped(trainer.epochs(mlpEpochs), signal, (epoch) => {
    epochs.push(epoch);
    bar.update(epoch.epoch / mlpEpochs, `loss ${epoch.loss.toFixed(4)}`);
  });
  bar.finish(whichKept(epochs, keep, 'epochs'));
  return epochs;
}

function whichKept(history: readonly { best: boolean }[], keep: 'best' | 'last', what: string): string {
  return `${keep} of ${history.length} ${what}: ${keptRound(history, keep)}`;
}

/** The number of the round whose weights are kept, 1 for the first. */
export function keptRound(history: readonly { best: boolean }[], keep: 'best' | 'last'): number {
  return keep === 'best' ? history.map((round) => round.best).lastIndexOf(true) + 1 : history.length;
}

/** Seconds since the last call. */
export function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    return seconds;
  };
}
