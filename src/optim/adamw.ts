import { checkKind, checkRange, formatValue } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Kernels, Vec } from '../kernels/types.ts';
import { checkGroups, type GroupOptions, Optimizer, type ParametersOrGroups } from './optimizer.ts';

/** Options of AdamW, with PyTorch's defaults. */
export interface AdamWOptions {
  /** @defaultValue 1e-3 */
  learningRate?: number;
  /** decay of the first and the second moment
   * @defaultValue [0.9, 0.999] */
  betas?: readonly [number, number];
  /** @defaultValue 1e-8 */
  eps?: number;
  /** 0 makes it Adam
   * @defaultValue 0.01 */
  weightDecay?: number;
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019): `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2)
 * g^2`, `p -= lr (weightDecay p + m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps))`, where t counts the steps taken on
 * the parameter.
 *
 * @example
 *     declare const model: Module;
 *     const options = { learningRate: 1e-3, weightDecay: 0.05 };
 *     const optimizer = new AdamW(decayGroups(model), options); // no decay of biases and norms
 */
export class AdamW extends Optimizer {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;

  constructor(parameters: ParametersOrGroups, options: AdamWOptions = {}) {
    checkGroups('AdamW', parameters);
    checkOptions('AdamW', options, [], ['learningRate', 'betas', 'eps', 'weightDecay']);
    const { learningRate = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0.01 } = options;
    checkRange('AdamW', 'learningRate', learningRate, 0);
    super(parameters, learningRate, 2, 'AdamW');
    checkKind('AdamW', 'betas', betas, 'array');
    if (betas.length !== 2) throw new ArgumentError(`AdamW: expected two betas, got ${formatValue(betas)}`);
    for (const beta of betas) checkRange('AdamW', 'beta', beta, 0, 1 - Number.EPSILON);
    checkRange('AdamW', 'eps', eps, 0);
    checkRange('AdamW', 'weightDecay', weightDecay, 0);
    this.betas = betas;
    this.eps = eps;
    this.weightDecay = weightDecay;
  }

  protected update(
    parameter: Vec,
    [m, v]: Vec[],
    gradient: Vec,
    k: Kernels,
    step: number,
    { learningRate, weightDecay = this.weightDecay }: GroupOptions,
  ): void {
    const { eps } = this;
    const [beta1, beta2] = this.betas;
    k.adamw(parameter, m, v, gradient, parameter.length, learningRate, beta1, beta2, eps, weightDecay, step);
  }
}
