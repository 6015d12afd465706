// Every miner: d (B,B), labels (B); index triples go to the three arrays unless they are null; returns their number.
import { fill, load, store, upper, wholeBytes } from './lanes';

// every d_ap < d_an < d_ap + margin
export function mineSemiHard(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  margin: f64,
): i32 {
  const writes = anchors && positives && negatives;
  const row = <usize>B << 2;
  let count: i32 = 0;
  for (let a: usize = 0; a < row; a += 4, d += row) {
    const label = i32.load(labels + a);
    for (let p: usize = 0; p < row; p += 4) {
      if (p == a || i32.load(labels + p) != label) continue;
      const low = f32.load(d + p);
      const high = smallestNotBelow(<f64>low + margin);
      for (let n: usize = 0; n < row; n += 256) {
        let found = inBand(d + n, labels + n, label, low, high, min(row - n, 256));
        let to = <usize>count << 2;
        count += <i32>popcnt(found);
        if (writes)
          for (; found; found &= found - 1, to += 4)
            writeTriplet(anchors + to, positives + to, negatives + to, a, p, n + (<usize>ctz(found) << 2));
      }
    }
  }
  return count;
}

/** Which of at most 64 samples have another label and a distance between low and high, as bits. */
@inline
function inBand(d: usize, labels: usize, label: i32, low: f32, high: f32, bytes: usize): u64 {
  const whole = bytes & ~15;
  let found: u64 = 0;
  let i: usize = 0;
  if (i < whole)
    do {
      found |= <u64>i32x4.bitmask(between(v128.load(d + i), v128.load(labels + i), label, low, high)) << (i >> 2);
      i += 16;
    } while (i < whole);
  for (; i < bytes; i += 4)
    found |=
      <u64>(i32x4.bitmask(between(load(d + i, false), load(labels + i, false), label, low, high)) & 1) << (i >> 2);
  return found;
}

@inline
function between(distances: v128, labels: v128, label: i32, low: f32, high: f32): v128 {
  const band = v128.and(f32x4.gt(distances, f32x4.splat(low)), f32x4.lt(distances, f32x4.splat(high)));
  return v128.andnot(band, i32x4.eq(labels, i32x4.splat(label)));
}

/** A float32 is below the result where it is below x: so it takes no float64 to compare with d_ap + margin. */
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

// for each anchor and positive the nearest negative with d_ap < d_an < d_ap + margin
export function mineNearestSemiHard(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  margin: f64,
): i32 {
  const writes = anchors && positives && negatives;
  const row = <usize>B << 2;
  let count: i32 = 0;
  for (let a: usize = 0; a < row; a += 4, d += row) {
    const label = i32.load(labels + a);
    for (let p: usize = 0; p < row; p += 4) {
      if (p == a || i32.load(labels + p) != label) continue;
      const low = f32.load(d + p);
      const n = nearestInBand(d, labels, label, low, smallestNotBelow(<f64>low + margin), B);
      if (n < 0) continue;
      const to = <usize>count << 2;
      if (writes) writeTriplet(anchors + to, positives + to, negatives + to, a, p, <usize>n << 2);
      count++;
    }
  }
  return count;
}

/** The first of the nearest of n samples of other labels with a distance between low and high; -1 if there is none. */
function nearestInBand(d: usize, labels: usize, label: i32, low: f32, high: f32, n: i32): i32 {
  let best = f32x4.splat(high);
  let at = i32x4.splat(-1);
  let here = i32x4(0, 1, 2, 3);
  const whole = wholeBytes(n);
  let i: usize = 0;
  if (i < whole)
    do {
      const distances = v128.load(d + i);
      const others = i32x4.ne(v128.load(labels + i), i32x4.splat(label));
      const allowed = v128.and(others, f32x4.gt(distances, f32x4.splat(low)));
      const candidates = v128.bitselect(distances, f32x4.splat(Infinity), allowed);
      at = v128.bitselect(here, at, f32x4.lt(candidates, best));
      best = f32x4.pmin(best, candidates);
      here = i32x4.add(here, i32x4.splat(4));
      i += 16;
    } while (i < whole);
  let distance = least(best);
  let nearest = firstAt(best, distance, at);
  for (; i < <usize>n << 2; i += 4) {
    const v = f32.load(d + i);
    if (i32.load(labels + i) == label || !(v > low && v < distance)) continue;
    nearest = <i32>(i >> 2);
    distance = v;
  }
  return nearest;
}

/** The least of four lanes, of which all are NaN or none. */
@inline
function least(v: v128): f32 {
  const pair = f32x4.pmin(v, upper(v));
  return min(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}

/** The smallest position among the lanes with this value; -1, the largest of unsigned numbers, if there is none. */
@inline
function firstAt(values: v128, value: f32, positions: v128): i32 {
  const v = v128.or(positions, f32x4.ne(values, f32x4.splat(value)));
  const pair = i32x4.min_u(v, upper(v));
  return <i32>min<u32>(i32x4.extract_lane(pair, 0), i32x4.extract_lane(pair, 1));
}

// for each anchor its farthest positive and its nearest negative; `margin` plays no part
export function mineBatchHard(
  anchors: usize,
  positives: usize,
  negatives: usize,
  d: usize,
  labels: usize,
  B: i32,
  _margin: f64,
): i32 {
  const writes = anchors && positives && negatives;
  let count: i32 = 0;
  for (let a: i32 = 0; a < B; a++, d += <usize>B << 2) {
    const label = i32.load(labels + (<usize>a << 2));
    const farthest = hardest(true, d, labels, label, a, B);
    const nearest = hardest(false, d, labels, label, a, B);
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
  return count;
}

/**
 * The first of the farthest of n samples but a with the label, or of the nearest with another one; -1 if there is none.
 * A NaN is chosen only in the first of them.
 */
@inline
function hardest(positive: bool, d: usize, labels: usize, label: i32, a: i32, n: i32): i32 {
  let first: i32 = 0;
  while (first < n && (first == a || (i32.load(labels + (<usize>first << 2)) == label) != positive)) first++;
  if (first == n) return -1;
  const sign: f32 = positive ? -1 : 1; // the farthest has the least negated distance
  let distance = f32.load(d + (<usize>first << 2)) * sign;
  if (isNaN(distance)) return first;
  let best = f32x4.splat(distance);
  let at = i32x4.splat(first);
  let here = i32x4(0, 1, 2, 3);
  const whole = wholeBytes(n);
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const same = i32x4.eq(v128.load(labels + i), i32x4.splat(label));
    const allowed = positive ? v128.andnot(same, i32x4.eq(here, i32x4.splat(a))) : v128.not(same);
    const distances = f32x4.mul(v128.load(d + i), f32x4.splat(sign));
    const candidates = v128.bitselect(distances, f32x4.splat(Infinity), allowed);
    at = v128.bitselect(here, at, f32x4.lt(candidates, best));
    best = f32x4.pmin(best, candidates);
    here = i32x4.add(here, i32x4.splat(4));
  }
  distance = least(best);
  let found = firstAt(best, distance, at);
  for (; i < <usize>n << 2; i += 4) {
    const v = f32.load(d + i) * sign;
    if (<i32>(i >> 2) == a || (i32.load(labels + i) == label) != positive || !(v < distance)) continue;
    found = <i32>(i >> 2);
    distance = v;
  }
  return found;
}

// every anchor, positive and negative; neither `d` nor `margin` plays a part
export function mineAllTriplets(
  anchors: usize,
  positives: usize,
  negatives: usize,
  _d: usize,
  labels: usize,
  B: i32,
  _margin: f64,
): i32 {
  const writes = anchors && positives && negatives;
  let count: i32 = 0;
  for (let a: i32 = 0; a < B; a++) {
    const label = i32.load(labels + (<usize>a << 2));
    const start = negatives + (<usize>count << 2);
    let n: i32 = -1; // negatives of this anchor: looked for once, and copied for every other positive
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
  return count;
}

/** Writes, unless `to` is null, the positions of other labels; returns their number. */
function otherLabels(to: usize, labels: usize, label: i32, n: i32): i32 {
  let count: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    if (i32.load(labels + (<usize>i << 2)) == label) continue;
    if (to) i32.store(to + (<usize>count << 2), i);
    count++;
  }
  return count;
}
