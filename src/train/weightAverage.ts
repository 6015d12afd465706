import type { Tensor } from '../autograd/tensor.ts';
import { checkKind, checkRange } from '../core/check.ts';
import type { Module } from '../nn/module.ts';
import { withWeights } from './bestWeights.ts';

/**
 * The exponential moving average of a model's weights and buffers, which generalises better than the last step's weights:
 * `average += (1 - d) (weights - average)`, d rising with the steps t as `min(decay, t / (t + 9))`, so that the start is soon
 * forgotten. (Polyak and Juditsky, 1992; the rise is TensorFlow's ExponentialMovingAverage.)
 */
export class WeightAverage {
  readonly decay: number;
  readonly #model: Module;
  readonly #average: Record<string, Tensor>;
  #steps = 0;

  constructor(model: Module, decay: number) {
    checkKind('WeightAverage', 'model', model, 'module');
    checkRange('WeightAverage', 'decay', decay, 0, 1);
    this.decay = decay;
    this.#model = model;
    this.#average = model.stateDict();
  }

  /** Takes the model's weights of this step in. */
  update(): void {
    this.#steps++;
    const share = 1 - Math.min(this.decay, this.#steps / (this.#steps + 9));
    for (const [name, { data }] of this.#model.namedTensors()) {
      const average = this.#average[name].data;
      for (let i = 0; i < data.length; i++) average[i] += share * (data[i] - average[i]);
    }
  }

  /** What `f` gives with the averaged weights in the model; the model's own are put back afterwards. */
  during<R>(f: () => R): R {
    return withWeights(this.#model, this.#average, f);
  }

  /** A copy of the average, and the steps that are in it. */
  get state(): { steps: number; weights: Record<string, Tensor> } {
    const weights = Object.entries(this.#average).map(([name, tensor]): [string, Tensor] => [name, tensor.clone()]);
    return { steps: this.#steps, weights: Object.fromEntries(weights) };
  }

  set state({ steps, weights }: { steps: number; weights: Record<string, Tensor> }) {
    this.#steps = steps;
    for (const [name, { data }] of Object.entries(this.#average)) data.set(weights[name].data);
  }
}
