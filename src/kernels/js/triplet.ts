import type { Kernels } from '../types.ts';

// Every miner: d (B,B), labels (B); index triples go to the three arrays unless they are null; returns their number.

// every d_ap < d_an < d_ap + margin
export const mineSemiHard: Kernels['mineSemiHard'] = (anchors, positives, negatives, d, labels, B, margin) => {
  let count = 0;
  for (let a = 0; a < B; a++)
    for (let p = 0; p < B; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      const low = d[a * B + p];
      const high = low + margin;
      for (let n = 0; n < B; n++) {
        const dan = d[a * B + n];
        if (labels[n] === labels[a] || !(dan > low && dan < high)) continue;
        if (anchors && positives && negatives) {
          anchors[count] = a;
          positives[count] = p;
          negatives[count] = n;
        }
        count++;
      }
    }
  return count;
};

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
      let nearest = -1;
      let high = low + margin;
      for (let n = 0; n < B; n++) {
        const dan = d[a * B + n];
        if (labels[n] === labels[a] || !(dan > low && dan < high)) continue;
        nearest = n;
        high = dan;
      }
      if (nearest < 0) continue;
      if (anchors && positives && negatives) {
        anchors[count] = a;
        positives[count] = p;
        negatives[count] = nearest;
      }
      count++;
    }
  return count;
};

// for each anchor its farthest positive and its nearest negative; `margin` plays no part
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
    if (anchors && positives && negatives) {
      anchors[count] = a;
      positives[count] = farthest;
      negatives[count] = nearest;
    }
    count++;
  }
  return count;
};

// every anchor, positive and negative; neither `d` nor `margin` plays a part
export const mineAllTriplets: Kernels['mineAllTriplets'] = (anchors, positives, negatives, _d, labels, B, _margin) => {
  let count = 0;
  for (let a = 0; a < B; a++)
    for (let p = 0; p < B; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      for (let n = 0; n < B; n++) {
        if (labels[n] === labels[a]) continue;
        if (anchors && positives && negatives) {
          anchors[count] = a;
          positives[count] = p;
          negatives[count] = n;
        }
        count++;
      }
    }
  return count;
};

// loss (1) = mean of max(d_ap - d_an + margin, 0); returns how many are above 0
export const tripletHinge: Kernels['tripletHinge'] = (loss, d, anchors, positives, negatives, count, B, margin) => {
  let sum = 0;
  let active = 0;
  for (let i = 0; i < count; i++) {
    const row = anchors[i] * B;
    const hinge = d[row + positives[i]] - d[row + negatives[i]] + margin;
    if (!(hinge <= 0)) {
      sum += hinge;
      active++;
    }
  }
  loss[0] = count > 0 ? sum / count : 0;
  return active;
};

// dd (B,B) += dloss / count at (a,p), -= at (a,n), for the triplets above 0
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
) => {
  const g = dloss[0] / count;
  for (let i = 0; i < count; i++) {
    const p = anchors[i] * B + positives[i];
    const n = anchors[i] * B + negatives[i];
    if (d[p] - d[n] + margin <= 0) continue;
    dd[p] += g;
    dd[n] -= g;
  }
};
