import { argument } from '../autograd/argument.ts';
import { noGrad } from '../autograd/tape.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { DataError, ShapeError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import { kMeans, nearestCentroid } from '../eval/clusters/kMeans.ts';
import { quantile } from '../eval/summary.ts';
import { concat, gather } from '../ops/movement.ts';

/** The spread of the two parts of a description among training samples, by which they are divided. */
export interface NoveltySpread {
  embedding: number;
  waveform: number;
}

/** The parts of a NoveltyDetector, as a model file stores them. */
export interface NoveltyDetectorParts {
  /** (K,D+W) of described training samples, D numbers of the embedding, then W of the waveform */
  centroids: TensorLike;
  spread: NoveltySpread;
  /** distance to the nearest centroid above which a sample is novel */
  limit: number;
  /**
   * samples in each mean of the waveform
   *
   * @defaultValue 4
   */
  pooling?: number;
}

/** Options of `NoveltyDetector.fit`. */
export interface NoveltyDetectorOptions {
  random: Random;
  /**
   * fraction of each class to be within the limit
   *
   * @defaultValue 0.99
   */
  accepted?: number;
  /**
   * samples in each mean of the waveform: the shortest detail that matters should span at least one, and noise and small
   * shifts average out in longer ones
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

const ACCEPTED = 0.99;
const POOLING = 4;
const SAMPLES_PER_CLUSTER = 8;

/**
 * Detects signals that are unlike those a model was trained on, by their distance to the nearest cluster of training samples.
 *
 * A sample is described by its embedding and its waveform, the means of every `pooling` samples, side by side, each divided
 * by its spread, the root of the mean squared distance from the mean:
 *
 *   u = [z / spread.embedding, means(x) / spread.waveform],   distance = min_k |u - centroids[k]|
 *
 * and is novel if its distance is above `limit`. The embedding alone is not enough: a network that has learned to separate
 * classes maps signals that it has never seen onto those that it has.
 *
 * @example
 *     declare const model: Embedder, train: { x: Tensor; labels: Int32Array }, x: Tensor, random: Random;
 *     const detector = NoveltyDetector.fit(model.embed(train.x), train.x, train.labels, { random });
 *     const novel = Array.from(detector.distance(model.embed(x), x), (d) => d > detector.limit);
 */
export class NoveltyDetector {
  /** (K,D+W), a copy in memory of its own, so that no scope releases it */
  readonly centroids: Tensor;
  readonly spread: Readonly<NoveltySpread>;
  /** distance above which a sample is novel */
  readonly limit: number;
  /** samples in each mean of the waveform */
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
    const { K } = expectShape<'K' | 'D+W'>(op, 'centroids (K,D+W)', shape);
    if (K === 0) throw new ShapeError(`${op}: expected at least one centroid, got ${formatShape(shape)}`);
    checkKind(op, 'spread', spread, 'object');
    for (const part of ['embedding', 'waveform'] as const) checkRange(op, `spread.${part}`, spread[part], 0);
    checkRange(op, 'limit', limit, 0);
    checkCount(op, 'pooling', pooling, 1);
    this.centroids = new Tensor(data.slice(), [...shape]);
    this.spread = { embedding: spread.embedding, waveform: spread.waveform };
    this.limit = limit;
    this.pooling = pooling;
  }

  /**
   * Clusters training samples class by class, and takes as `limit` a distance that few of them exceed.
   *
   * Half of each class places the centroids by k-means, one for every `samplesPerCluster` samples of that half; the other half
   * gives the limit, the quantile `accepted` of the distances in the class where it is largest, so that a rare and varied class
   * is not considered novel.
   *
   * @param embedding (N,D) of training samples, as of `classify`
   * @param x (N,1,L) or (N,L), the samples
   * @param labels (N)
   * @throws DataError if no class has two samples, and for values that are not finite, ShapeError for sizes that do not
   * fit, ArgumentError for options out of range
   */
  static fit(
    embedding: TensorLike,
    x: TensorLike,
    labels: ArrayLike<number>,
    options: NoveltyDetectorOptions,
  ): NoveltyDetector {
    const op = 'NoveltyDetector.fit';
    checkOptions(op, options, ['random'], ['accepted', 'pooling', 'samplesPerCluster']);
    const { random, accepted = ACCEPTED, pooling = POOLING, samplesPerCluster = SAMPLES_PER_CLUSTER } = options;
    checkKind(op, 'random', random, 'random');
    checkRange(op, 'accepted', accepted, 0, 1);
    checkCount(op, 'pooling', pooling, 1);
    checkCount(op, 'samplesPerCluster', samplesPerCluster, 1);
    const { z, w } = descriptions(op, embedding, x, pooling);
    checkLabels(op, 'labels', labels, z.shape[0]);
    const spread = { embedding: spreadOf(z), waveform: spreadOf(w) };
    const all = sideBySide(z, w, spread);
    const halves = [...new Set(Array.from(labels))]
      .sort((a, b) => a - b)
      .map((label) => {
        const own = Array.from(labels, (_, i) => i).filter((i) => labels[i] === label);
        random.shuffle(own);
        const half = own.length >> 1;
        return noGrad(() => ({ placing: gather(all, own.slice(half)), judging: gather(all, own.slice(0, half)) }));
      });
    if (halves.every(({ judging }) => judging.shape[0] === 0))
      throw new DataError(`${op}: expected two samples of some class, got ${labels.length} in all`);
    const found = halves.map(({ placing }) => {
      const clusters = Math.ceil(placing.shape[0] / samplesPerCluster);
      return kMeans(placing, { clusters, random }).centroids;
    });
    // As they are kept: the limit shall be that of the distances which samples will be found to have.
    const rounded = found.map(({ data, shape }) => new Tensor(Float32Array.from(data), shape));
    const centroids = noGrad(() => concat(rounded));
    const limits = halves.flatMap(({ judging }) => {
      const { distance } = nearestCentroid(judging, centroids);
      return distance.length > 0 ? [quantile(distance.sort(), accepted)] : [];
    });
    return new NoveltyDetector({ centroids, spread, limit: Math.max(...limits), pooling });
  }

  /**
   * The distance (N) of samples to the nearest centroid: how unlike they are to all that was trained on, 1 being how far
   * training samples are from their mean in either part.
   *
   * @param embedding (N,D), as of `classify`
   * @param x (N,1,L) or (N,L), the samples
   * @throws ShapeError for sizes that do not fit, DataError for values that are not finite
   */
  distance(embedding: TensorLike, x: TensorLike): Float64Array {
    const op = 'NoveltyDetector.distance';
    const { z, w, sizes } = descriptions(op, embedding, x, this.pooling);
    const size = this.centroids.shape[1];
    if (z.shape[1] + w.shape[1] !== size)
      throw new ShapeError(
        `${op}: expected embeddings (N,D) and samples (N,1,L) of which D + floor(L / ${this.pooling}) is ${size}, as of ` +
          `the centroids, got ${sizes}`,
      );
    return nearestCentroid(sideBySide(z, w, this.spread), this.centroids).distance;
  }
}

/** Embeddings (N,D) and waveforms (N,W), the means of every `pooling` samples; what is left over does not count. */
function descriptions(
  op: string,
  embedding: TensorLike,
  x: TensorLike,
  pooling: number,
): { z: Tensor; w: Tensor; sizes: string } {
  const z = argument(op, 'embedding', embedding);
  const signals = argument(op, 'x', x);
  const [N, ...sample] = signals.shape;
  const L = sample.at(-1) ?? 0;
  const sizes = `${formatShape(z.shape)} and ${formatShape(signals.shape)}`;
  if (z.shape.length !== 2 || z.shape[0] !== N || sample.length === 0 || sample.slice(0, -1).some((n) => n !== 1))
    throw new ShapeError(`${op}: expected embeddings (N,D) and samples (N,1,L), got ${sizes}`);
  const W = Math.floor(L / pooling);
  const w = new Float32Array(N * W);
  for (let i = 0; i < N; i++)
    for (let m = 0; m < W; m++) {
      let sum = 0;
      for (let j = 0; j < pooling; j++) sum += signals.data[i * L + m * pooling + j];
      w[i * W + m] = sum / pooling;
    }
  const waveforms = new Tensor(w, [N, W]);
  checkFinite(op, 'embeddings', z); // a spread that is NaN would silently leave its part out
  checkFinite(op, 'samples', waveforms);
  return { z, w: waveforms, sizes };
}

/** Both parts of each sample side by side, each divided by its spread; of a spread of 0 there is nothing to tell. */
function sideBySide(z: Tensor, w: Tensor, { embedding, waveform }: NoveltySpread): Tensor {
  const [N, D] = z.shape;
  const W = w.shape[1];
  const data = new Float32Array(N * (D + W));
  for (let i = 0; i < N; i++) {
    for (let d = 0; d < D; d++) data[i * (D + W) + d] = embedding > 0 ? z.data[i * D + d] / embedding : 0;
    for (let m = 0; m < W; m++) data[i * (D + W) + D + m] = waveform > 0 ? w.data[i * W + m] / waveform : 0;
  }
  return new Tensor(data, [N, D + W]);
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

function checkFinite(op: string, what: string, { data, shape: [, D] }: Tensor): void {
  const wrong = data.findIndex((v) => !Number.isFinite(v));
  if (wrong >= 0)
    throw new DataError(`${op}: expected finite ${what}, got ${data[wrong]} in sample ${Math.floor(wrong / D)}`);
}
