import type { Tensor } from '../autograd/tensor.ts';
import type { Module } from '../nn/module.ts';

/** Keeps the weights of a model at its lowest score so far. */
export class BestWeights {
  readonly #model: Module;
  #weights: Record<string, Tensor> | null = null;
  #score = Number.POSITIVE_INFINITY;

  constructor(model: Module) {
    this.#model = model;
  }

  /** The lowest score so far; Infinity before the first. */
  get score(): number {
    return this.#score;
  }

  /** Takes a score of the model as it is now; returns whether it is the lowest, and its weights are kept. */
  offer(score: number): boolean {
    if (!(score < this.#score)) return false;
    this.#score = score;
    this.#weights = this.#model.stateDict();
    return true;
  }

  /** Puts the best weights back; nothing happens where none were kept. */
  restore(): void {
    if (this.#weights) this.#model.loadStateDict(this.#weights);
  }
}
