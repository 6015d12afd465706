import { argument } from '../autograd/argument.ts';
import { noGrad } from '../autograd/tape.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { last } from '../core/builtins.ts';
import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { DataError, ShapeError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import { kMeans, nearestCentroid } from '../eval/clusters/kMeans.ts';
import { quantile } from '../eval/summary.ts';
import { concat, gather } from '../ops/movement.ts';

/** The parts of a NoveltyDetector, as a model file stores them. */
export interface NoveltyDetectorParts {
  /** (K,W) of described training samples */
  centroids: TensorLike;
  /** root of the mean squared distance of training samples from their mean, by which descriptions are divided */
  spread: number;
  /** distance to the nearest centroid above which a sample is novel */
  limit: number;
  /**
   * samples in each mean of a description
   *
   * @defaultValue 4
   */
  pooling?: number;
}

/** Options of `NoveltyDetector.fit`. */
export interface NoveltyDetectorOptions {
  random: Random;
  /**
   * (N) what samples have in common besides their class, such as the patient: the limit is that of samples from new groups
   *
   * @defaultValue every sample is a group of its own
   */
  groups?: ArrayLike<number>;
  /**
   * fraction of each class to be within the limit
   *
   * @defaultValue 0.95
   */
  accepted?: number;
  /**
   * samples in each mean: the shortest detail that matters should span at least one, and noise, other filters and small shifts
   * average out in longer ones
   *
   * @defaultValue 4
   */
  pooling?: number;
  /**
   * training samples of a class per cluster
   *
   * @defaultValue 8
   */
  samplesPerCluster?: number;
}

const ACCEPTED = 0.95;
const POOLING = 4;
const SAMPLES_PER_CLUSTER = 8;
const FOLDS = 5;

/**
 * Detects signals that are unlike those a model was trained on, by their distance to the nearest cluster of training samples.
 *
 * A sample x (L) is described by the means of every `pooling` samples, divided by the spread of the training samples:
 *
 *   u = means(x) / spread,   distance = min_k |u - centroids[k]|
 *
 * and is novel if its distance is above `limit`. Signals are compared rather than embeddings: a network that has learned to
 * separate classes maps signals that it has never seen onto those that it has.
 *
 * @example
 *     declare const train: { x: Tensor; labels: Int32Array; groups: Int32Array }, x: Tensor, random: Random;
 *     const detector = NoveltyDetector.fit(train.x, train.labels, { groups: train.groups, random });
 *     const novel = Array.from(detector.distance(x), (d) => d > detector.limit);
 */
export class NoveltyDetector {
  /** (K,W), a copy in memory of its own, so that no scope releases it */
  readonly centroids: Tensor;
  readonly spread: number;
  /** distance above which a sample is novel */
  readonly limit: number;
  /** samples in each mean of a description */
  readonly pooling: number;

  /**
   * Makes a detector from parts that were fitted before; see `fit` for a new one.
   *
   * @throws ShapeError unless there is at least one centroid, ArgumentError for a spread or limit that is not finite or below 0
   */
  constructor(parts: NoveltyDetectorParts) {
    const op = 'NoveltyDetector';
    checkOptions(op, parts, ['centroids', 'spread', 'limit'], ['pooling']);
    const { centroids, spread, limit, pooling = POOLING } = parts;
    const { data, shape } = argument(op, 'centroids', centroids);
    const { K } = expectShape<'K' | 'W'>(op, 'centroids (K,W)', shape);
    if (K === 0) throw new ShapeError(`${op}: expected at least one centroid, got ${formatShape(shape)}`);
    checkRange(op, 'spread', spread, 0);
    checkRange(op, 'limit', limit, 0);
    checkCount(op, 'pooling', pooling, 1);
    this.centroids = new Tensor(data.slice(), [...shape]);
    this.spread = spread;
    this.limit = limit;
    this.pooling = pooling;
  }

  /**
   * Clusters training samples class by class, and takes as `limit` a distance that few samples of new groups exceed.
   *
   * Centroids are placed by k-means, one for every `samplesPerCluster` samples of a class. For the limit, groups are divided into
   * five folds; the distance of a sample is that to the clusters of the other folds' samples; and the limit is the quantile
   * `accepted` of these distances in the class where it is largest, so that a rare and varied class is not considered novel. A
   * class with a single group, to which no other can be compared, does not count.
   *
   * @param x (N,1,L) or (N,L), the samples
   * @param labels (N)
   * @throws DataError if no class has two groups, and for values that are not finite, ShapeError for sizes that do not fit,
   * ArgumentError for options out of range
   */
  static fit(x: TensorLike, labels: ArrayLike<number>, options: NoveltyDetectorOptions): NoveltyDetector {
    const op = 'NoveltyDetector.fit';
    checkOptions(op, options, ['random'], ['groups', 'accepted', 'pooling', 'samplesPerCluster']);
    const { random, accepted = ACCEPTED, pooling = POOLING, samplesPerCluster = SAMPLES_PER_CLUSTER } = options;
    checkKind(op, 'random', random, 'random');
    checkRange(op, 'accepted', accepted, 0, 1);
    checkCount(op, 'pooling', pooling, 1);
    checkCount(op, 'samplesPerCluster', samplesPerCluster, 1);
    const means = meansOf(op, x, pooling);
    const [N] = means.shape;
    checkLabels(op, 'labels', labels, N);
    const { groups = Array.from({ length: N }, (_, i) => i) } = options;
    checkLabels(op, 'groups', groups, N);
    const counted = classesOfSeveralGroups(labels, groups);
    if (counted.length === 0)
      throw new DataError(`${op}: expected samples of some class in two groups, got ${N} in all`);

    const spread = spreadOf(means);
    const all = divided(means, spread);
    const cluster = (rows: readonly number[]): Tensor => clustersOf(all, labels, rows, samplesPerCluster, random);
    const distances = distancesAcross(all, foldsOf(groups, random), cluster);
    const limits = counted.map((label) => quantile(distances.filter((_, i) => labels[i] === label).sort(), accepted));
    const centroids = cluster([...Array(N).keys()]);
    return new NoveltyDetector({ centroids, spread, limit: Math.max(...limits), pooling });
  }

  /**
   * The distance (N) of samples to the nearest centroid: how unlike they are to all that was trained on, 1 being how far
   * training samples are from their mean.
   *
   * @param x (N,1,L) or (N,L), the samples
   * @throws ShapeError for sizes that do not fit, DataError for values that are not finite
   */
  distance(x: TensorLike): Float64Array {
    const op = 'NoveltyDetector.distance';
    const means = meansOf(op, x, this.pooling);
    const W = this.centroids.shape[1];
    if (means.shape[1] !== W)
      throw new ShapeError(
        `${op}: expected samples (N,1,L) of which floor(L / ${this.pooling}) is ${W}, as of the centroids, ` +
          `got ${means.shape[1]}`,
      );
    return nearestCentroid(divided(means, this.spread), this.centroids).distance;
  }
}

/** Means (N,W) of every `pooling` samples; what is left over does not count. */
function meansOf(op: string, x: TensorLike, pooling: number): Tensor {
  const { data, shape } = argument(op, 'x', x);
  const [N, ...sample] = shape;
  if (sample.length === 0 || sample.slice(0, -1).some((n) => n !== 1))
    throw new ShapeError(`${op}: expected samples (N,1,L), got ${formatShape(shape)}`);
  const L = last(sample)!;
  const W = Math.floor(L / pooling);
  if (W === 0) throw new ShapeError(`${op}: expected samples of at least ${pooling}, the pooling, got ${L}`);
  const means = new Float32Array(N * W);
  for (let i = 0; i < N; i++)
    for (let m = 0; m < W; m++) {
      let sum = 0;
      for (let j = 0; j < pooling; j++) sum += data[i * L + m * pooling + j];
      means[i * W + m] = sum / pooling;
    }
  const wrong = means.findIndex((v) => !Number.isFinite(v)); // a spread that is NaN would silently accept all
  if (wrong >= 0)
    throw new DataError(`${op}: expected finite samples, got ${means[wrong]} in sample ${Math.floor(wrong / W)}`);
  return new Tensor(means, [N, W]);
}

/** Means divided by their spread; zeros if the spread is 0. */
function divided({ data, shape }: Tensor, spread: number): Tensor {
  return new Tensor(spread > 0 ? data.map((v) => v / spread) : new Float32Array(data.length), [...shape]);
}

/** The root of the mean squared distance of rows (N,D) from their mean. */
function spreadOf({ data, shape: [N, D] }: Tensor): number {
  let squares = 0;
  for (let d = 0; d < D; d++) {
    let sum = 0; // divided at its end, the mean of equal float32 numbers is exact, and their spread 0
    for (let i = 0; i < N; i++) sum += data[i * D + d];
    for (let i = 0; i < N; i++) squares += (data[i * D + d] - sum / N) ** 2 / N;
  }
  return Math.sqrt(squares);
}

/** The classes of which samples are in two groups or more, ascending. */
function classesOfSeveralGroups(labels: ArrayLike<number>, groups: ArrayLike<number>): number[] {
  const groupOf = new Map<number, number>(); // the first of each class
  const several = new Set<number>();
  for (let i = 0; i < labels.length; i++) {
    const first = groupOf.get(labels[i]) ?? groups[i];
    groupOf.set(labels[i], first);
    if (groups[i] !== first) several.add(labels[i]);
  }
  return [...several].sort((a, b) => a - b);
}

/** Divides samples into folds, those of a group together; the groups in a random order. */
function foldsOf(groups: ArrayLike<number>, random: Random): number[][] {
  const distinct = [...new Set(Array.from(groups))].sort((a, b) => a - b);
  const fold = new Map(random.shuffle(distinct).map((group, k) => [group, k % FOLDS]));
  const folds = Array.from({ length: Math.min(FOLDS, distinct.length) }, (): number[] => []);
  for (let i = 0; i < groups.length; i++) folds[fold.get(groups[i])!].push(i);
  return folds;
}

/** The distance (N) of each sample to the clusters of the other folds' samples. */
function distancesAcross(
  all: Tensor,
  folds: readonly number[][],
  cluster: (rows: readonly number[]) => Tensor,
): Float64Array {
  const distances = new Float64Array(all.shape[0]);
  for (const own of folds) {
    const others = folds.filter((fold) => fold !== own).flat();
    const { distance } = nearestCentroid(
      noGrad(() => gather(all, own)),
      cluster(others),
    );
    own.forEach((i, row) => {
      distances[i] = distance[row];
    });
  }
  return distances;
}

/** Centroids (K,W) of some rows, class by class. */
function clustersOf(
  all: Tensor,
  labels: ArrayLike<number>,
  rows: readonly number[],
  samplesPerCluster: number,
  random: Random,
): Tensor {
  const classes = [...new Set(rows.map((i) => labels[i]))].sort((a, b) => a - b);
  const found = classes.map((label) => {
    const own = rows.filter((i) => labels[i] === label);
    const clusters = Math.ceil(own.length / samplesPerCluster);
    const { data, shape } = kMeans(
      noGrad(() => gather(all, own)),
      { clusters, random },
    ).centroids;
    return new Tensor(Float32Array.from(data), shape); // as they are kept
  });
  return noGrad(() => concat(found));
}
