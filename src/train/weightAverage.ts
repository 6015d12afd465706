import { Tensor } from '../autograd/tensor.ts';
import { checkCount, checkFields, checkKind, checkRange } from '../core/check.ts';
import { CheckpointError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import type { Module } from '../nn/module.ts';
import { withWeights } from './bestWeights.ts';

/** An average and the number of steps in it: plain data and copies. */
export interface WeightAverageState {
  steps: number;
  /** float64, or float32 in old states */
  weights: Record<string, Tensor>;
}

/**
 * The exponential moving average of a model's weights and buffers, which generalises better than the last step's
 * weights: `average += (1 - d) (weights - average)`, where d rises with the steps t as `min(decay, t / (t + 9))`, so
 * that the initial weights are soon forgotten. It is float64 whatever the dtype of the weights: in float32 it would
 * stop changing once a ten-thousandth of the difference is less than half a unit in the last place.
 *
 * @see Polyak and Juditsky, 1992; the rise of d is that of TensorFlow's ExponentialMovingAverage
 */
export class WeightAverage {
  readonly decay: number;
  private readonly model: Module;
  private readonly average: Record<string, Tensor>;
  private steps = 0;

  constructor(model: Module, decay: number) {
    checkKind('WeightAverage', 'model', model, 'module');
    checkRange('WeightAverage', 'decay', decay, 0, 1);
    this.decay = decay;
    this.model = model;
    this.average = wide(model.stateDict());
  }

  /** Adds the model's weights after a step. */
  update(): void {
    this.steps++;
    const share = 1 - Math.min(this.decay, this.steps / (this.steps + 9));
    for (const [name, { data }] of this.model.namedTensors()) {
      const average = this.average[name].data;
      for (let i = 0; i < data.length; i++) average[i] += share * (data[i] - average[i]);
    }
  }

  /** Runs `f` with the averaged weights in the model, and restores the model's own weights afterwards. */
  during<R>(f: () => R): R {
    return withWeights(this.model, this.average, f);
  }

  /** A copy of the average, and the number of steps in it. */
  get state(): WeightAverageState {
    return { steps: this.steps, weights: wide(this.average) };
  }

  /**
   * @throws ArgumentError for anything other than a state; CheckpointError naming every tensor that is missing or of
   * another shape
   */
  set state(state: WeightAverageState) {
    checkFields('WeightAverage', 'state', state, { steps: 'number', weights: 'object' });
    checkCount('WeightAverage', 'state.steps', state.steps, 0);
    const own = Object.entries(this.average);
    const faults = own.flatMap(([name, { shape }]) => {
      const given: unknown = state.weights[name];
      if (!(given instanceof Tensor)) return [`${name} ${formatShape(shape)}, got none`];
      return sameShape(given.shape, shape) ? [] : [`${name} ${formatShape(shape)}, got ${formatShape(given.shape)}`];
    });
    if (faults.length > 0) throw new CheckpointError(`WeightAverage: expected ${faults.join('; expected ')}`);
    this.steps = state.steps;
    for (const [name, { data }] of own) data.set(state.weights[name].data);
  }
}

/** Float64 copies. */
function wide(tensors: Record<string, Tensor>): Record<string, Tensor> {
  const copies = Object.entries(tensors).map(([name, { data, shape }]): [string, Tensor] => [
    name,
    new Tensor(Float64Array.from(data), shape),
  ]);
  return Object.fromEntries(copies);
}
