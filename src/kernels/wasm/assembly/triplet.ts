// Every miner: d (B,B), labels (B); index triples go to the three arrays unless they are null; returns their
// number, exactly: without arrays it may exceed 32 bits.
import { fill } from './lanes';
import { farthestNegative, farthestPositive, inBand, nearestInBand, nearestNegative, otherLabels, sameLabel } from './rivals';
import { nearestBeyond, sortedRowBytes, sortedWords, sortNegatives } from './sortedRow';

// every d_ap < d_an < d_ap + margin
export function mineSemiHard(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  margin: f64,
): f64 {
  return everyBelow(anchors, positives, negatives, d, labels, B, margin, false);
}

// every d_an < d_ap + margin
export function mineViolating(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  margin: f64,
): f64 {
  return everyBelow(anchors, positives, negatives, d, labels, B, margin, true);
}

/** Every d_an < d_ap + margin; the hard ones, d_an <= d_ap, only if `hard` is set. */
function everyBelow(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  margin: f64,
  hard: bool,
): f64 {
  const writes = anchors && positives && negatives;
  const row = <usize>B << 2;
  let count: i64 = 0;
  for (let a: usize = 0; a < row; a += 4, d += row) {
    const label = i32.load(labels + a);
    for (let p: usize = 0; p < row; p += 4) {
      if (p == a || i32.load(labels + p) != label) continue;
      const distance = f32.load(d + p);
      const low = hard ? <f32>NaN : distance;
      const high = smallestNotBelow(<f64>distance + margin);
      for (let n: usize = 0; n < row; n += 256) {
        let found = inBand(d + n, labels + n, label, low, high, min(row - n, 256));
        let to = <usize>count << 2;
        count += popcnt(found);
        if (writes)
          for (; found; found &= found - 1, to += 4)
            writeTriplet(anchors + to, positives + to, negatives + to, a, p, n + (<usize>ctz(found) << 2));
      }
    }
  }
  return <f64>count;
}

/** A float32 is below the result exactly if it is below x, so comparing with d_ap + margin needs no float64. */
function smallestNotBelow(x: f64): f32 {
  const y = <f32>x;
  if (!(<f64>y < x)) return y;
  const bits = reinterpret<i32>(y);
  return reinterpret<f32>(y == 0 ? 1 : bits + (bits < 0 ? -1 : 1));
}

/** Positions are given in bytes. */
@inline
function writeTriplet(anchor: usize, positive: usize, negative: usize, a: usize, p: usize, n: usize): void {
  i32.store(anchor, <i32>(a >> 2));
  i32.store(positive, <i32>(p >> 2));
  i32.store(negative, <i32>(n >> 2));
}

/** Samples from which on the negatives of an anchor are sorted. */
const MANY: i32 = 300;

export function mineNearestSemiHardWorkspace(B: i32): i32 {
  return B < MANY ? 0 : sortedRowBytes(B);
}

// for each anchor and positive the nearest negative with d_ap < d_an < d_ap + margin
export function mineNearestSemiHard(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  margin: f64,
  workspace: usize,
): f64 {
  return nearestOfEach(anchors, positives, negatives, d, labels, B, margin, false, workspace);
}

// for each anchor and positive the nearest negative with d_an > d_ap, otherwise the farthest; `margin` is not used
export function mineSemiHardOrFarthest(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  _margin: f64,
  workspace: usize,
): f64 {
  // one at Infinity, which is not below itself, is the farthest
  return nearestOfEach(anchors, positives, negatives, d, labels, B, Infinity, true, workspace);
}

/** The nearest negative with d_ap < d_an < d_ap + margin, or the farthest of all if wanted. */
function nearestOfEach(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  margin: f64,
  orFarthest: bool,
  workspace: usize,
): f64 {
  const writes = anchors && positives && negatives;
  const row = <usize>B << 2;
  const others = workspace + sortedRowBytes(B) - row;
  let count: i64 = 0;
  for (let a: usize = 0; a < row; a += 4, d += row) {
    const label = i32.load(labels + a);
    const farthest = orFarthest ? farthestNegative(d, labels, label, B) : -1;
    if (orFarthest && farthest < 0) continue;
    if (B >= MANY) {
      const sorted = sortNegatives(workspace, d, labels, label, B);
      const n = sameLabel(others, labels, label, <i32>(a >> 2), B);
      nearestBeyond(others, n, sortedWords(workspace), sorted, d);
    }
    let next = others;
    for (let p: usize = 0; p < row; p += 4) {
      if (p == a || i32.load(labels + p) != label) continue;
      const low = f32.load(d + p);
      const high = orFarthest ? <f32>Infinity : smallestNotBelow(<f64>low + margin);
      let n: i32;
      if (B >= MANY) {
        n = i32.load(next);
        next += 4;
        if (n >= 0 && !(f32.load(d + (<usize>n << 2)) < high)) n = -1;
      } else n = nearestInBand(d, labels, label, low, high, B);
      if (n < 0) n = farthest;
      if (n < 0) continue;
      const to = <usize>count << 2;
      if (writes) writeTriplet(anchors + to, positives + to, negatives + to, a, p, <usize>n << 2);
      count++;
    }
  }
  return <f64>count;
}

// for each anchor its farthest positive and its nearest negative; `margin` is not used
export function mineBatchHard(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  _margin: f64,
): f64 {
  const writes = anchors && positives && negatives;
  let count: i64 = 0;
  for (let a: i32 = 0; a < B; a++, d += <usize>B << 2) {
    const label = i32.load(labels + (<usize>a << 2));
    const farthest = farthestPositive(d, labels, label, a, B);
    const nearest = nearestNegative(d, labels, label, B);
    if (farthest < 0 || nearest < 0) continue;
    const to = <usize>count << 2;
    if (writes)
      writeTriplet(
        anchors + to,
        positives + to,
        negatives + to,
        <usize>a << 2,
        <usize>farthest << 2,
        <usize>nearest << 2,
      );
    count++;
  }
  return <f64>count;
}

// every anchor, positive and negative; neither `d` nor `margin` is used
export function mineAllTriplets(
  anchors: usize,
  positives: usize,
  negatives: usize,
  _d: usize,
  labels: usize,
  B: i32,
  _margin: f64,
): f64 {
  const writes = anchors && positives && negatives;
  let count: i64 = 0;
  for (let a: i32 = 0; a < B; a++) {
    const label = i32.load(labels + (<usize>a << 2));
    const start = negatives + (<usize>count << 2);
    let n: i32 = -1; // negatives of this anchor: searched once, and copied for the other positives
    for (let p: i32 = 0; p < B; p++) {
      if (p == a || i32.load(labels + (<usize>p << 2)) != label) continue;
      const to = <usize>count << 2;
      if (n < 0) n = otherLabels(writes ? start : 0, labels, label, B);
      else if (writes) memory.copy(negatives + to, start, <usize>n << 2);
      if (writes) {
        fill(anchors + to, i32x4.splat(a), n);
        fill(positives + to, i32x4.splat(p), n);
      }
      count += n;
    }
  }
  return <f64>count;
}
