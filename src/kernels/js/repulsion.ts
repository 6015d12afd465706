import type { In, Kernels, Vec } from '../types.ts';
import { workspace } from './workspace.ts';

type Floats = In<Float64Array>;
type Indices = In<Int32Array>;

const CELL = 4; // numbers of a cell

export const repulsion: Kernels['repulsion'] = (
  force,
  z,
  leaves,
  x,
  y,
  from,
  to,
  skip,
  summary,
  box,
  L,
  cells,
  N,
  angleSquared,
) => {
  const far = workspace(x, 3 * N);
  for (let l = 0; l < L; l++) {
    const leaf = leaves[l];
    const n = collect(far, leaf, x, y, from, to, skip, summary, box, cells, angleSquared);
    const [start, end] = [from[leaf], to[leaf]];
    const outside = fromFar(force, far, n, x, y, start, end);
    z[l] = outside + within(force, summary[leaf * CELL + 3] === 0, x, y, start, end);
  }
};

/**
 * Lists what is outside a leaf, x, y and number of points: cells far enough from its box, otherwise their points; returns the
 * number of entries, times three.
 */
function collect(
  far: Vec,
  leaf: number,
  x: Floats,
  y: Floats,
  from: Indices,
  to: Indices,
  skip: Indices,
  summary: Floats,
  box: Floats,
  cells: number,
  angleSquared: number,
): number {
  const left = box[leaf * CELL];
  const right = box[leaf * CELL + 1];
  const low = box[leaf * CELL + 2];
  const high = box[leaf * CELL + 3];
  const first = from[leaf];
  let n = 0;
  let cell = 0;
  while (cell < cells) {
    const c = cell * CELL;
    const u = summary[c];
    const v = summary[c + 1];
    const sideSquared = summary[c + 3];
    const dx = Math.max(left - u, u - right, 0);
    const dy = Math.max(low - v, v - high, 0);
    const holdsLeaf = from[cell] <= first && first < to[cell]; // at angles above 0.7 it may count as far
    if (!holdsLeaf && (sideSquared < angleSquared * (dx * dx + dy * dy) || sideSquared === 0)) {
      far[n++] = u;
      far[n++] = v;
      far[n++] = summary[c + 2];
      cell = skip[cell];
    } else if (skip[cell] === cell + 1) {
      if (!holdsLeaf)
        for (let at = from[cell]; at < to[cell]; at++) {
          far[n++] = x[at];
          far[n++] = y[at];
          far[n++] = 1;
        }
      cell++;
    } else cell++;
  }
  return n;
}

/** Repulsion of a leaf's points by the list of n numbers; returns their part of Z. */
function fromFar(force: Vec, far: Vec, n: number, x: Floats, y: Floats, start: number, end: number): number {
  let z = 0;
  for (let at = start; at < end; at++) {
    const u = x[at];
    const v = y[at];
    let sumX = 0;
    let sumY = 0;
    for (let f = 0; f < n; f += 3) {
      const dx = u - far[f];
      const dy = v - far[f + 1];
      const w = 1 / (1 + dx * dx + dy * dy);
      const mw = far[f + 2] * w;
      z += mw;
      sumX += mw * w * dx;
      sumY += mw * w * dy;
    }
    force[2 * at] = sumX;
    force[2 * at + 1] = sumY;
  }
  return z;
}

/**
 * Repulsion within a leaf; returns its part of Z. Equal points, of which it may contain many, do not repel each
 * other.
 */
function within(force: Vec, equal: boolean, x: Floats, y: Floats, start: number, end: number): number {
  if (equal) return (end - start) * (end - start - 1);
  let z = 0;
  for (let a = start; a < end; a++)
    for (let b = a + 1; b < end; b++) {
      const dx = x[a] - x[b];
      const dy = y[a] - y[b];
      const w = 1 / (1 + dx * dx + dy * dy);
      z += 2 * w;
      force[2 * a] += w * w * dx;
      force[2 * a + 1] += w * w * dy;
      force[2 * b] -= w * w * dx;
      force[2 * b + 1] -= w * w * dy;
    }
  return z;
}
