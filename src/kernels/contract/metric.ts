import type { Acc, In, Out } from './arrays.ts';

/**
 * Writes the index triples found in the distances d (B,B) and returns their number; with `anchors` null it only counts.
 * labels (B).
 */
type Mine = (
  anchors: Out<Int32Array> | null,
  positives: Out<Int32Array> | null,
  negatives: Out<Int32Array> | null,
  d: In,
  labels: In<Int32Array>,
  B: number,
  margin: number,
) => number;

/** Distances, miners and the triplet loss. */
export interface Metric {
  /** y (B,D) = x / |x|, norm (B); a row whose norm is not above eps becomes 0, and so does its gradient */
  l2Normalize: (y: Out, norm: Out, x: In, B: number, D: number, eps: number) => void;
  l2NormalizeBackward: (dx: Acc, dy: In, y: In, norm: In, B: number, D: number, eps: number) => void;
  /** d (M,N) = |a_m - b_n|^2 from a (M,D), b (N,D) */
  squaredEuclidean: (d: Out, a: In, b: In, M: number, N: number, D: number) => void;
  squaredEuclideanBackward: (
    da: Acc | null, db: Acc | null, dd: In, a: In, b: In,
    M: number, N: number, D: number,
  ) => void;

  /** Every triplet with d_ap < d_an < d_ap + margin. */
  mineSemiHard: Mine;
  /** Every triplet with d_an < d_ap + margin. */
  mineViolating: Mine;
  /** For each anchor-positive pair the nearest negative with d_ap < d_an < d_ap + margin, if there is one. */
  mineNearestSemiHard: Mine;
  /** For each anchor-positive pair the nearest negative with d_an > d_ap, or the farthest negative if there is none. */
  mineSemiHardOrFarthest: Mine;
  /** For each anchor its farthest positive and its nearest negative. */
  mineBatchHard: Mine;
  /** Every anchor, positive and negative. */
  mineAllTriplets: Mine;
  /**
   * loss (1) = mean of max(d_ap - d_an + margin, 0)^power over `count` triplets of d (B,B); returns how many are above 0;
   * `power` is 1 or 2
   */
  tripletHinge: (
    loss: Out, d: In, anchors: In<Int32Array>, positives: In<Int32Array>, negatives: In<Int32Array>,
    count: number, B: number, margin: number, power: number,
  ) => number;
  tripletHingeBackward: (
    dd: Acc, dloss: In, d: In, anchors: In<Int32Array>, positives: In<Int32Array>, negatives: In<Int32Array>,
    count: number, B: number, margin: number, power: number,
  ) => void;
}
