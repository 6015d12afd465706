import type { Acc, In, InOut, Out } from './arrays.ts';

/** Classification loss and optimisers. */
export interface Training {
  /**
   * loss (1) = the weighted mean of -log softmax(logits)_target with label smoothing; logits and probabilities (B,K),
   * targets (B), weights (K) or null for ones.
   */
  crossEntropy: (
    loss: Out, probabilities: Out, logits: In, targets: In<Int32Array>, weights: In | null,
    smoothing: number, B: number, K: number,
  ) => void;
  crossEntropyBackward: (
    dlogits: Acc, dloss: In, probabilities: In, targets: In<Int32Array>, weights: In | null,
    smoothing: number, B: number, K: number,
  ) => void;

  /** The sum of squares of x (n), in float64. */
  sumOfSquares: (x: In, n: number) => number;
  /** One AdamW step on parameter, moments m and v, gradient g, all (n); `step` counts from 1. */
  adamw: (
    parameter: InOut, m: InOut, v: InOut, g: In,
    n: number, learningRate: number, beta1: number, beta2: number, eps: number, weightDecay: number, step: number,
  ) => void;
  /** One SGD step on parameter, velocity, gradient g, all (n); `step` counts from 1. */
  sgd: (
    parameter: InOut, velocity: InOut, g: In,
    n: number, learningRate: number, momentum: number, nesterov: boolean, weightDecay: number, step: number,
  ) => void;
}
