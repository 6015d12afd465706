import { argument } from '../../autograd/argument.ts';
import type { TensorLike } from '../../autograd/tensor.ts';
import { exp } from '../../core/math.ts';
import { checkScores } from './scores.ts';

/** Temperatures that are fitted: beyond them every probability is 1 or 1/K to two digits. */
const LEAST = 0.05;
const MOST = 20;
const STEPS = 100; // bisection alone would need 60
const CLOSE = 1e-14; // relative

/**
 * The temperature T at which probabilities softmax(logits / T) fit held-out samples best, by their mean cross-entropy
 *
 *   L(T) = mean over i of log(sum over k of e^(z_ik / T)) - z_iy / T
 *
 * Above 1 for a model that is too sure of itself. It changes how sure a model is, not what it decides: the order of the
 * logits stays. Fit it on samples that the model was not trained on, of other patients than those; for training samples a
 * model is always too sure. L is convex in 1/T, so there is one minimum, found by Newton's method kept inside a bracket.
 * If none is from 0.05 to 20, that end is the result where L is smaller: 0.05 where every sample is classified correctly, since L falls
 * as T does, 20 where the logits say nothing of the labels.
 *
 * @param logits (N,K), of a classifier or of an ensemble
 * @param labels (N), from 0 to K - 1
 * @throws DataError if there is no sample, or a logit is not finite; ShapeError for sizes that do not fit; ArgumentError
 * for a label outside 0 to K - 1
 * @see Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017, section 4.2.
 * @example
 *     declare const [model, validation]: [SavedModel, Dataset];
 *     const temperature = fitTemperature(model.logits(validation.x), validation.labels);
 *     const { networks, about, classes } = model;
 *     const bytes = encodeModel({ networks, about, classes, temperature });
 */
export function fitTemperature(logits: TensorLike, labels: ArrayLike<number>): number {
  const op = 'fitTemperature';
  const { data, N, K } = checkScores(op, 'logits', argument(op, 'logits', logits), labels);
  /** First and second derivative of L by a = 1/T: mean of E[z] - z_y, and mean of Var[z]. */
  const derivatives = (a: number): [first: number, second: number] => {
    let [first, second] = [0, 0];
    for (let i = 0; i < N; i++) {
      let top = data[i * K];
      for (let k = 1; k < K; k++) top = Math.max(top, data[i * K + k]);
      let [sum, mean, square] = [0, 0, 0];
      for (let k = 0; k < K; k++) {
        const z = data[i * K + k] - top;
        const p = exp(a * z);
        sum += p;
        mean += p * z;
        square += p * z * z;
      }
      mean /= sum;
      first += mean - (data[i * K + labels[i]] - top);
      second += square / sum - mean * mean;
    }
    return [first / N, second / N];
  };
  let [low, high] = [1 / MOST, 1 / LEAST];
  if (derivatives(low)[0] >= 0) return MOST;
  if (derivatives(high)[0] <= 0) return LEAST;
  let a = 1;
  for (let step = 0; step < STEPS; step++) {
    const [first, second] = derivatives(a);
    if (first === 0) break;
    if (first > 0) high = a;
    else low = a;
    const newton = a - first / second;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const moved = Math.abs(next - a);
    a = next;
    if (moved <= CLOSE * a) break;
  }
  return 1 / a;
}
