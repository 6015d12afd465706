import type { EpochStatistics, IterationStatistics, Tensor, TrainingState } from 'dynaecg';
import type { Member } from './trainers.ts';

/** How the caller watches a run, ends it, and keeps it to resume from. */
export interface Watch {
  quiet: boolean;
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
