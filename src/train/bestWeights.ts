import type { Tensor } from '../autograd/tensor.ts';
import { checkFields, checkKind, checkNumber } from '../core/check.ts';
import { TrainingError } from '../core/errors.ts';
import type { Module } from '../nn/module.ts';
import { firstUnsound } from '../nn/soundness.ts';

/** Runs `f` with these weights in the model, and restores the model's own weights afterwards. */
export function withWeights<R>(model: Module, weights: Record<string, Tensor>, f: () => R): R {
  const own = model.stateDict();
  model.loadStateDict(weights);
  try {
    return f();
  } finally {
    model.loadStateDict(own);
  }
}

/** State of `BestWeights`: plain data and copies. */
export interface BestWeightsState {
  /** null before the first score */
  score: number | null;
  tie: number;
  weights: Record<string, Tensor>;
}

/** Keeps the weights of a model with the lowest score so far. */
export class BestWeights {
  private readonly model: Module;
  private weights: Record<string, Tensor> | null = null;
  private ownScore = Number.POSITIVE_INFINITY;
  private tie = 0;

  constructor(model: Module) {
    checkKind('BestWeights', 'model', model, 'module');
    this.model = model;
  }

  /** The lowest score so far; Infinity before the first. */
  get score(): number {
    return this.ownScore;
  }

  /**
   * Takes the score of the model in its current state; returns whether it is the lowest, in which case the weights are
   * kept. Among equal scores the lower `tie` wins, and among those equal in both the first.
   */
  offer(score: number, tie = 0): boolean {
    checkNumber('BestWeights', 'score', score);
    checkNumber('BestWeights', 'tie', tie);
    const tieWon = score === this.ownScore && tie < this.tie;
    if (!(score < this.ownScore) && !tieWon) return false;
    this.keep();
    this.ownScore = score;
    this.tie = tie;
    return true;
  }

  /** Whether nothing has been kept yet. */
  get empty(): boolean {
    return this.weights === null;
  }

  /**
   * Keeps the model's current weights, whatever their score.
   *
   * @throws TrainingError if one is not finite, or a variance is negative; those kept before remain
   */
  keep(): void {
    const weights = this.model.stateDict();
    const fault = firstUnsound(Object.entries(weights));
    if (fault !== null) throw new TrainingError(`BestWeights: expected finite weights, got ${fault}`);
    this.weights = weights;
  }

  /** Restores the best weights; does nothing if none were kept. */
  restore(): void {
    if (this.weights) this.model.loadStateDict(this.weights);
  }

  /** Runs `f` with the best weights in the model, and restores the model's own weights afterwards. */
  during<R>(f: () => R): R {
    return this.weights ? withWeights(this.model, this.weights, f) : f();
  }

  get state(): BestWeightsState {
    return { score: this.weights ? this.ownScore : null, tie: this.tie, weights: this.weights ?? {} };
  }

  /** @throws ArgumentError for anything other than such a state */
  set state(state: BestWeightsState) {
    checkFields('BestWeights', 'state', state, { tie: 'number', weights: 'object' });
    const { score, tie, weights } = state;
    if (score !== null) checkNumber('BestWeights', 'state.score', score);
    this.ownScore = score ?? Number.POSITIVE_INFINITY;
    this.tie = tie;
    this.weights = score === null ? null : weights;
  }
}
