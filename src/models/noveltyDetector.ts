import { argument, asTensor } from '../autograd/argument.ts';
import { noGrad } from '../autograd/tape.ts';
import { Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkFields, checkKind, checkRange } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { DataError, ShapeError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { formatShape } from '../core/shape.ts';
import { kMeans, nearestCentroid } from '../eval/clusters/kMeans.ts';
import { quantile } from '../eval/summary.ts';
import { concat, gather } from '../ops/movement.ts';

/** Where training samples lie, to tell what is novel. */
export interface TrainingClusters {
  /** (K,D+W) */
  centroids: Tensor;
  /** of the embeddings and of the waveforms among training samples: what either is divided by */
  spread: { embedding: number; waveform: number };
  /** distance to the nearest centroid above which a sample is unlike what was trained on */
  limit: number;
}

/** How `fitTrainingClusters` goes about it. */
export interface TrainingClustersOptions {
  random: Random;
  /** part of each class that the limit lets pass; 0.99 */
  accepted?: number;
}

const STEP = 4; // samples in a mean of the waveform: 90 means a second at 360 Hz, as many as a QRS complex needs
const MEMBERS = 8; // training samples for each cluster

/**
 * Clusters of training samples, class by class, and the distance that one in a hundred of them is beyond.
 *
 * A sample is described by its embedding and its waveform side by side, each divided by its spread, the root of the mean
 * squared distance from the mean. The embedding alone will not do: a network that has learned to tell classes apart maps
 * what it has never seen onto what it has. Half of each class places the centroids by k-means, an eighth as many as
 * samples; the other half gives the limit, the quantile `accepted` of the distances in the class where it is largest, so
 * that a rare and varied class is not taken for something new.
 *
 * @param embedding (N,D) of training samples, as of `classify`
 * @param x (N,1,L) or (N,L), the samples
 * @param labels (N)
 * @throws DataError where no class has two samples, and for values that are not finite, ShapeError for sizes that do not
 * fit
 */
export function fitTrainingClusters(
  embedding: TensorLike,
  x: TensorLike,
  labels: ArrayLike<number>,
  options: TrainingClustersOptions,
): TrainingClusters {
  const op = 'fitTrainingClusters';
  checkOptions(op, options, ['random'], ['accepted']);
  const { random, accepted = 0.99 } = options;
  checkKind(op, 'random', random, 'random');
  checkRange(op, 'accepted', accepted, 0, 1);
  const { z, w } = parts(op, embedding, x);
  checkLabels(op, 'labels', labels, z.shape[0]);
  checkFinite(op, 'embeddings', z);
  checkFinite(op, 'samples', w);
  const spread = { embedding: spreadOf(z), waveform: spreadOf(w) };
  const all = beside(z, w, spread);
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
    const clusters = Math.ceil(placing.shape[0] / MEMBERS);
    return kMeans(placing, { clusters, random }).centroids;
  });
  // As they are kept: the limit shall be that of the distances which samples will be found to have.
  const rounded = found.map(({ data, shape }) => new Tensor(Float32Array.from(data), shape));
  const centroids = noGrad(() => concat(rounded));
  const limits = halves.flatMap(({ judging }) => {
    const { distance } = nearestCentroid(judging, centroids);
    return distance.length > 0 ? [quantile(distance.sort(), accepted)] : [];
  });
  return { centroids, spread, limit: Math.max(...limits) };
}

/**
 * The distance (N) of samples to the nearest centroid: how unlike they are to all that was trained on, 1 being how far
 * training samples are from their mean in either part.
 *
 * @param embedding (N,D), as of `classify`
 * @param x (N,1,L) or (N,L), the samples
 * @throws ShapeError for sizes that do not fit
 */
export function trainingDistance(clusters: TrainingClusters, embedding: TensorLike, x: TensorLike): Float64Array {
  const op = 'trainingDistance';
  checkFields(op, 'clusters', clusters, { centroids: 'object', spread: 'object' });
  const { spread, centroids } = clusters;
  for (const part of ['embedding', 'waveform'] as const) checkRange(op, `clusters.spread.${part}`, spread[part], 0);
  checkRange(op, 'clusters.limit', clusters.limit, 0);
  const { z, w } = parts(op, embedding, x);
  const size = argument(op, 'clusters.centroids', centroids).shape.at(-1);
  if (z.shape[1] + w.shape[1] !== size)
    throw new ShapeError(
      `${op}: expected embeddings (N,D) and samples (N,1,L) of which D + floor(L / ${STEP}) is ${size}, as of clusters.centroids, ` +
        `got ${formatShape(z.shape)} and ${formatShape(asTensor(op, x).shape)}`,
    );
  return nearestCentroid(beside(z, w, spread), centroids).distance;
}

/** The size D+W of what describes a sample of `length` samples with an embedding of D numbers. */
export function describedSize(embedding: number, length: number): number {
  return embedding + Math.floor(length / STEP);
}

/** Embeddings (N,D) and waveforms (N,W), the means of every `STEP` samples. */
function parts(op: string, embedding: TensorLike, x: TensorLike): { z: Tensor; w: Tensor } {
  const z = argument(op, 'embedding', embedding);
  const signals = argument(op, 'x', x);
  const [N, ...sample] = signals.shape;
  const L = sample.at(-1) ?? 0;
  if (z.shape.length !== 2 || z.shape[0] !== N || sample.length === 0 || sample.slice(0, -1).some((n) => n !== 1))
    throw new ShapeError(
      `${op}: expected embeddings (N,D) and samples (N,1,L), got ${formatShape(z.shape)} and ${formatShape(signals.shape)}`,
    );
  const W = Math.floor(L / STEP);
  const w = new Float32Array(N * W);
  for (let i = 0; i < N; i++)
    for (let m = 0; m < W; m++) {
      let sum = 0;
      for (let j = 0; j < STEP; j++) sum += signals.data[i * L + m * STEP + j];
      w[i * W + m] = sum / STEP;
    }
  return { z, w: new Tensor(w, [N, W]) };
}

/** Both parts of each sample side by side, each divided by its spread; of a spread of 0 there is nothing to tell. */
function beside(z: Tensor, w: Tensor, { embedding, waveform }: TrainingClusters['spread']): Tensor {
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

/** A spread that is NaN would silently leave its part out. */
function checkFinite(op: string, what: string, { data, shape: [, D] }: Tensor): void {
  const wrong = data.findIndex((v) => !Number.isFinite(v));
  if (wrong >= 0)
    throw new DataError(`${op}: expected finite ${what}, got ${data[wrong]} in sample ${Math.floor(wrong / D)}`);
}
