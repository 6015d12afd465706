import { checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Kernels, Vec } from '../kernels/types.ts';
import { checkGroups, type GroupOptions, Optimizer, type ParametersOrGroups } from './optimizer.ts';

/** Options of SGD. */
export interface SGDOptions {
  learningRate: number;
  /** @defaultValue 0 */
  momentum?: number;
  /** Nesterov's momentum
   * @defaultValue false */
  nesterov?: boolean;
  /** added to the gradient as weightDecay p
   * @defaultValue 0 */
  weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum, as in PyTorch (Sutskever et al., ICML 2013):
 * `d = g + weightDecay p`, `v = momentum v + d`, `p -= lr v`, or with Nesterov `p -= lr (d + momentum v)`.
 */
export class SGD extends Optimizer {
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;

  constructor(parameters: ParametersOrGroups, options: SGDOptions) {
    checkGroups('SGD', parameters);
    checkOptions('SGD', options, ['learningRate'], ['momentum', 'nesterov', 'weightDecay']);
    const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options;
    checkRange('SGD', 'learningRate', learningRate, 0);
    super(parameters, learningRate, 1, 'SGD');
    checkRange('SGD', 'momentum', momentum, 0);
    checkRange('SGD', 'weightDecay', weightDecay, 0);
    checkKind('SGD', 'nesterov', nesterov, 'flag');
    if (nesterov && momentum === 0) throw new ArgumentError('SGD: expected a momentum above 0 with nesterov, got 0');
    this.momentum = momentum;
    this.nesterov = nesterov;
    this.weightDecay = weightDecay;
  }

  protected update(
    parameter: Vec,
    [velocity]: Vec[],
    gradient: Vec,
    k: Kernels,
    step: number,
    { learningRate, weightDecay = this.weightDecay }: GroupOptions,
  ): void {
    const { momentum, nesterov } = this;
    k.sgd(parameter, velocity, gradient, parameter.length, learningRate, momentum, nesterov, weightDecay, step);
  }
}
