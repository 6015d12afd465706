import { argument } from '../../autograd/argument.ts';
import type { TensorLike } from '../../autograd/tensor.ts';
import { checkCount, checkKind, checkOneOf, checkRange } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { type Positives, positivesOf } from '../curves.ts';
import { quantile } from '../summary.ts';
import { checkScores, largest } from './scores.ts';

/** Options of `reliabilityCurve` and `calibration`. */
export interface ReliabilityOptions {
  /** number of bins M
   * @defaultValue 15 */
  bins?: number;
  /** `width`: bin m has the probabilities in ((m-1)/M, m/M]; `mass`: in (q((m-1)/M), q(m/M)], with q the quantiles of the
   * probabilities, so that bins have equally many samples unless probabilities are equal
   * @defaultValue `'width'` */
  by?: 'width' | 'mass';
}

/** Samples with similar predicted probabilities: a point of a reliability curve. */
export interface ReliabilityBin {
  /** the probabilities are above this; the first bin includes it */
  low: number;
  /** and at most this */
  high: number;
  samples: number;
  /** mean predicted probability, the confidence */
  probability: number;
  /** positives / samples: the probability, if it is calibrated */
  frequency: number;
}

/** How well predicted probabilities agree with frequencies. */
export interface Calibration {
  bins: ReliabilityBin[];
  /** `expectedCalibrationError` of the bins */
  error: number;
}

const BINS = 15; // as in the experiments of Guo et al.

/**
 * Predicted probabilities against observed frequencies: bins with samples, in ascending order.
 *
 * @param probabilities (N), from 0 to 1
 * @param positives (N), whether what was predicted has occurred
 * @throws DataError if there is no sample, the numbers differ, or a probability is not from 0 to 1; ArgumentError for a
 * positive other than true, false, 1 or 0
 * @see Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017, section 2; equal mass:
 * Nguyen and O'Connor, "Posterior calibration and exploratory analysis for natural language processing models", EMNLP 2015.
 */
export function reliabilityCurve(
  probabilities: ArrayLike<number>,
  positives: Positives,
  options: ReliabilityOptions = {},
): ReliabilityBin[] {
  return curveOf('reliabilityCurve', probabilities, positives, options);
}

/** The same for `op`. */
function curveOf(
  op: string,
  probabilities: ArrayLike<number>,
  positives: Positives,
  options: ReliabilityOptions,
): ReliabilityBin[] {
  checkOptions(op, options, [], ['bins', 'by']);
  const { bins = BINS, by = 'width' } = options;
  checkCount(op, 'bins', bins, 1, 2 ** 16);
  checkOneOf(op, 'by', by, ['width', 'mass']);
  checkKind(op, 'probabilities', probabilities, 'numbers');
  const N = probabilities.length;
  if (N === 0) throw new DataError(`${op}: expected at least one probability, got none`);
  for (let i = 0; i < N; i++)
    if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
      throw new DataError(`${op}: expected probabilities from 0 to 1, got ${probabilities[i]} at position ${i}`);
  const isPositive = positivesOf(op, positives, N);

  const ascending = Float64Array.from(probabilities).sort();
  const edges = Float64Array.from({ length: bins + 1 }, (_, m) =>
    by === 'width' ? m / bins : quantile(ascending, m / bins),
  );
  const all = Array.from({ length: bins }, () => ({ samples: 0, sum: 0, positive: 0 }));
  for (let i = 0; i < N; i++) {
    const bin = all[binOf(probabilities[i], edges)];
    bin.samples++;
    bin.sum += probabilities[i];
    bin.positive += isPositive[i];
  }
  return all.flatMap(({ samples, sum, positive }, m) =>
    samples === 0
      ? []
      : [{ low: edges[m], high: edges[m + 1], samples, probability: sum / samples, frequency: positive / samples }],
  );
}

/** The first bin whose upper edge is at least p. */
function binOf(p: number, edges: Float64Array): number {
  let [low, high] = [0, edges.length - 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (p <= edges[middle + 1]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The expected calibration error of a reliability curve: sum over its bins of n_b / n |frequency_b - probability_b|, the
 * mean distance between what was predicted and what occurred. It depends on the bins: compare figures with the same ones.
 *
 * @throws DataError if there is no bin; ArgumentError for numbers out of range
 * @see Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015; Guo et
 * al., ICML 2017, equation (3).
 * @example
 *     declare const [probabilities, positives]: [number[], boolean[]];
 *     const error = expectedCalibrationError(reliabilityCurve(probabilities, positives, { by: 'mass' }));
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const op = 'expectedCalibrationError';
  checkKind(op, 'bins', bins, 'array');
  if (bins.length === 0) throw new DataError(`${op}: expected at least one bin, got none`);
  for (const [i, bin] of bins.entries()) {
    checkKind(op, `bins[${i}]`, bin, 'object');
    checkCount(op, `bins[${i}].samples`, bin.samples, 1);
    checkRange(op, `bins[${i}].probability`, bin.probability, 0, 1);
    checkRange(op, `bins[${i}].frequency`, bin.frequency, 0, 1);
  }
  const n = bins.reduce((sum, { samples }) => sum + samples, 0);
  return bins.reduce((sum, b) => sum + (b.samples / n) * Math.abs(b.frequency - b.probability), 0);
}

/**
 * The calibration of a classifier: overall, of the most probable class (its probability against how often it is right),
 * and for each class (its probability in all samples against how often they belong to it). The overall error hardly shows a
 * rare class; the classes' own do.
 *
 * @param probabilities (N,K), such as those of `classify`
 * @param labels (N), from 0 to K - 1
 * @throws DataError if there is no sample, or a probability is not from 0 to 1; ShapeError for sizes that do not fit;
 * ArgumentError for a label outside 0 to K - 1
 * @see Guo et al., ICML 2017; by class: Kull, Perello-Nieto et al., "Beyond temperature scaling", NeurIPS 2019, whose
 * classwise error is the mean of the classes'.
 * @example
 *     declare const [model, test]: [EmbeddingClassifier, Dataset];
 *     const { overall, perClass } = calibration(model.classify(test.x).probabilities, test.labels);
 *     perClass.map(({ error }) => error); // [0.012, 0.009, 0.004]
 */
export function calibration(
  probabilities: TensorLike,
  labels: ArrayLike<number>,
  options: ReliabilityOptions = {},
): { overall: Calibration; perClass: Calibration[] } {
  const op = 'calibration';
  const { data, N, K } = checkScores(op, 'probabilities', argument(op, 'probabilities', probabilities), labels);
  const of = (own: ArrayLike<number>, positives: boolean[]): Calibration => {
    const bins = curveOf(op, own, positives, options);
    return { bins, error: expectedCalibrationError(bins) };
  };
  const best = largest(data, N, K);
  const positions = Array.from({ length: N }, (_, i) => i);
  return {
    overall: of(
      positions.map((i) => data[i * K + best[i]]),
      positions.map((i) => best[i] === labels[i]),
    ),
    perClass: Array.from({ length: K }, (_, k) =>
      of(
        positions.map((i) => data[i * K + k]),
        positions.map((i) => labels[i] === k),
      ),
    ),
  };
}
