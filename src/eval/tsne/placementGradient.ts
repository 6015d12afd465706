import type { Neighbors } from '../neighbors/findNeighbors.ts';
import { CELL, Quadtree } from './quadtree.ts';

/**
 * The divergence of the positions y (M,2) of new points, given each one's affinities p_j to fixed positions y_j (N,2),
 * KL = sum_j p_j ln(p_j / q_j) with q_j = w_j / Z, w_j = 1 / (1 + |y - y_j|^2), Z = sum_j w_j, and its gradient for
 * each
 *
 *   dKL/dy = 2 (sum_j p_j w_j (y - y_j) - sum_j w_j^2 (y - y_j) / Z).
 *
 * The first sum runs over neighbours, the second over all fixed positions, with distant cells grouped as in
 * `TsneGradient`.
 */
export class PlacementGradient {
  private readonly fixed: Float64Array;
  private readonly tree: Quadtree;
  private readonly neighbors: Neighbors;
  /** (M,k) */
  private readonly p: Float64Array;

  constructor(fixed: Float64Array, neighbors: Neighbors, p: Float64Array) {
    this.fixed = fixed;
    this.tree = new Quadtree(fixed.length / 2);
    this.tree.build(fixed);
    this.neighbors = neighbors;
    this.p = p;
  }

  /** Overwrites `gradient` (M,2) with that of `places` (M,2), with p multiplied by `exaggeration`. */
  evaluate(gradient: Float64Array, places: Float64Array, angle: number, exaggeration = 1): void {
    const { k, index } = this.neighbors;
    const far = new Float64Array(2);
    for (let i = 0; 2 * i < places.length; i++) {
      const u = places[2 * i];
      const v = places[2 * i + 1];
      const z = this.repel(far, u, v, angle * angle);
      let sumX = 0;
      let sumY = 0;
      for (let at = i * k; at < (i + 1) * k; at++) {
        const dx = u - this.fixed[2 * index[at]];
        const dy = v - this.fixed[2 * index[at] + 1];
        const pw = this.p[at] / (1 + dx * dx + dy * dy);
        sumX += pw * dx;
        sumY += pw * dy;
      }
      gradient[2 * i] = 2 * (exaggeration * sumX - far[0] / z);
      gradient[2 * i + 1] = 2 * (exaggeration * sumY - far[1] / z);
    }
  }

  /** Writes sum_j w_j^2 (y - y_j) for y = (u, v) to `sum`; returns Z. */
  private repel(sum: Float64Array, u: number, v: number, angleSquared: number): number {
    const { cells, from, to, skip, summary, x, y } = this.tree;
    let z = 0;
    let sumX = 0;
    let sumY = 0;
    for (let cell = 0; cell < cells; ) {
      const c = cell * CELL;
      const sideSquared = summary[c + 3];
      const dx = u - summary[c];
      const dy = v - summary[c + 1];
      const squared = dx * dx + dy * dy;
      if (sideSquared < angleSquared * squared || sideSquared === 0) {
        const w = 1 / (1 + squared);
        const mw = summary[c + 2] * w;
        z += mw;
        sumX += mw * w * dx;
        sumY += mw * w * dy;
        cell = skip[cell];
        continue;
      }
      if (skip[cell] === cell + 1)
        for (let at = from[cell]; at < to[cell]; at++) {
          const ex = u - x[at];
          const ey = v - y[at];
          const w = 1 / (1 + ex * ex + ey * ey);
          z += w;
          sumX += w * w * ex;
          sumY += w * w * ey;
        }
      cell++;
    }
    sum[0] = sumX;
    sum[1] = sumY;
    return z;
  }
}
