import type { In, Kernels } from '../types.ts';

// Every miner: d (B,B), labels (B); index triples go to the three arrays unless they are null; returns their number.

type Indices = Int32Array | null;

function write(anchors: Indices, positives: Indices, negatives: Indices, i: number, a: number, p: number, n: number) {
  if (!anchors || !positives || !negatives) return;
  anchors[i] = a;
  positives[i] = p;
  negatives[i] = n;
}

// every d_ap < d_an < d_ap + margin
export const mineSemiHard: Kernels['mineSemiHard'] = (anchors, positives, negatives, d, labels, B, margin) =>
  everyBelow(anchors, positives, negatives, d, labels, B, margin, false);

// every d_an < d_ap + margin
export const mineViolating: Kernels['mineViolating'] = (anchors, positives, negatives, d, labels, B, margin) =>
  everyBelow(anchors, positives, negatives, d, labels, B, margin, true);

/** Every d_an < d_ap + margin; the hard ones, d_an <= d_ap, only if `hard` is set. */
function everyBelow(
  anchors: Indices,
  positives: Indices,
  negatives: Indices,
  d: In,
  labels: In<Int32Array>,
  B: number,
  margin: number,
  hard: boolean,
): number {
  let count = 0;
  for (let a = 0; a < B; a++)
    for (let p = 0; p < B; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      const low = d[a * B + p];
      const high = low + margin;
      for (let n = 0; n < B; n++) {
        const dan = d[a * B + n];
        if (labels[n] === labels[a] || !((hard || dan > low) && dan < high)) continue;
        write(anchors, positives, negatives, count++, a, p, n);
      }
    }
  return count;
}

// for each anchor and positive the nearest negative with d_ap < d_an < d_ap + margin
export const mineNearestSemiHard: Kernels['mineNearestSemiHard'] = (
  anchors,
  positives,
  negatives,
  d,
  labels,
  B,
  margin,
) => {
  let count = 0;
  for (let a = 0; a < B; a++)
    for (let p = 0; p < B; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      const low = d[a * B + p];
      const nearest = nearestInBand(d, labels, B, a, low, low + margin);
      if (nearest >= 0) write(anchors, positives, negatives, count++, a, p, nearest);
    }
  return count;
};

// for each anchor and positive the nearest negative with d_an > d_ap, otherwise the farthest; `margin` is not used
export const mineSemiHardOrFarthest: Kernels['mineSemiHardOrFarthest'] = (
  anchors,
  positives,
  negatives,
  d,
  labels,
  B,
  _margin,
) => {
  let count = 0;
  for (let a = 0; a < B; a++) {
    let farthest = -1;
    for (let n = 0; n < B; n++)
      if (labels[n] !== labels[a] && (farthest < 0 || d[a * B + n] > d[a * B + farthest])) farthest = n;
    if (farthest < 0) continue;
    for (let p = 0; p < B; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      // one at Infinity, which is not below itself, is the farthest
      const nearest = nearestInBand(d, labels, B, a, d[a * B + p], Infinity);
      write(anchors, positives, negatives, count++, a, p, nearest >= 0 ? nearest : farthest);
    }
  }
  return count;
};

/** The first of the nearest negatives of a with a distance between low and high; -1 if there is none. */
function nearestInBand(d: In, labels: In<Int32Array>, B: number, a: number, low: number, high: number): number {
  let nearest = -1;
  for (let n = 0; n < B; n++) {
    const dan = d[a * B + n];
    if (labels[n] === labels[a] || !(dan > low && dan < high)) continue;
    nearest = n;
    high = dan;
  }
  return nearest;
}

// for each anchor its farthest positive and its nearest negative; `margin` is not used
export const mineBatchHard: Kernels['mineBatchHard'] = (anchors, positives, negatives, d, labels, B, _margin) => {
  let count = 0;
  for (let a = 0; a < B; a++) {
    let farthest = -1;
    let nearest = -1;
    for (let i = 0; i < B; i++) {
      if (i === a) continue;
      if (labels[i] === labels[a]) {
        if (farthest < 0 || d[a * B + i] > d[a * B + farthest]) farthest = i;
      } else if (nearest < 0 || d[a * B + i] < d[a * B + nearest]) nearest = i;
    }
    if (farthest < 0 || nearest < 0) continue;
    write(anchors, positives, negatives, count++, a, farthest, nearest);
  }
  return count;
};

// every anchor, positive and negative; neither `d` nor `margin` is used
export const mineAllTriplets: Kernels['mineAllTriplets'] = (anchors, positives, negatives, _d, labels, B, _margin) => {
  let count = 0;
  for (let a = 0; a < B; a++)
    for (let p = 0; p < B; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      for (let n = 0; n < B; n++) {
        if (labels[n] !== labels[a]) write(anchors, positives, negatives, count++, a, p, n);
      }
    }
  return count;
};

// loss (1) = mean of max(d_ap - d_an + margin, 0)^power; returns how many are above 0
export const tripletHinge: Kernels['tripletHinge'] = (
  loss,
  d,
  anchors,
  positives,
  negatives,
  count,
  B,
  margin,
  power,
) => {
  let sum = 0;
  let active = 0;
  for (let i = 0; i < count; i++) {
    const row = anchors[i] * B;
    const hinge = d[row + positives[i]] - d[row + negatives[i]] + margin;
    if (!(hinge <= 0)) {
      sum += power === 2 ? hinge * hinge : hinge;
      active++;
    }
  }
  loss[0] = count > 0 ? sum / count : 0;
  return active;
};

// dd (B,B) += dloss / count power hinge^(power - 1) at (a,p), -= at (a,n), for the triplets above 0
export const tripletHingeBackward: Kernels['tripletHingeBackward'] = (
  dd,
  dloss,
  d,
  anchors,
  positives,
  negatives,
  count,
  B,
  margin,
  power,
) => {
  const g = dloss[0] / count;
  for (let i = 0; i < count; i++) {
    const p = anchors[i] * B + positives[i];
    const n = anchors[i] * B + negatives[i];
    const hinge = d[p] - d[n] + margin;
    if (hinge <= 0) continue;
    const step = power === 2 ? g * (2 * hinge) : g;
    dd[p] += step;
    dd[n] -= step;
  }
};
