// Searches in one row of distances: from an anchor to n samples with their labels.
import { load, upper, wholeBytes } from './lanes';

/** Which of at most 64 samples have another label and a distance between low, if not NaN, and high, as bits. */
@inline
export function inBand(d: usize, labels: usize, label: i32, low: f32, high: f32, bytes: usize): u64 {
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
  const band = v128.andnot(f32x4.lt(distances, f32x4.splat(high)), f32x4.le(distances, f32x4.splat(low)));
  return v128.andnot(band, i32x4.eq(labels, i32x4.splat(label)));
}

/** The first of the nearest of n samples of other labels with a distance between low and high; -1 if there is none. */
export function nearestInBand(d: usize, labels: usize, label: i32, low: f32, high: f32, n: i32): i32 {
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

/** The first of the farthest of n samples with the label, except a; -1 if there is none. */
export function farthestPositive(d: usize, labels: usize, label: i32, a: i32, n: i32): i32 {
  return extreme(true, true, d, labels, label, a, n);
}

/** The first of the farthest of n samples of other labels; -1 if there is none. */
export function farthestNegative(d: usize, labels: usize, label: i32, n: i32): i32 {
  return extreme(false, true, d, labels, label, -1, n);
}

/** The first of the nearest of n samples of other labels; -1 if there is none. */
export function nearestNegative(d: usize, labels: usize, label: i32, n: i32): i32 {
  return extreme(false, false, d, labels, label, -1, n);
}

/** A NaN is chosen only in the first of them. */
@inline
function extreme(positive: bool, far: bool, d: usize, labels: usize, label: i32, a: i32, n: i32): i32 {
  let first: i32 = 0;
  while (first < n && (first == a || (i32.load(labels + (<usize>first << 2)) == label) != positive)) first++;
  if (first == n) return -1;
  const sign: f32 = far ? -1 : 1; // the farthest has the least negated distance
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

/** The least of four lanes, either all or none of which are NaN. */
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

/** Writes, unless `to` is null, the positions of other labels; returns their number. */
export function otherLabels(to: usize, labels: usize, label: i32, n: i32): i32 {
  let count: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    if (i32.load(labels + (<usize>i << 2)) == label) continue;
    if (to) i32.store(to + (<usize>count << 2), i);
    count++;
  }
  return count;
}

/** Writes the positions of the label, except a; returns their number. */
export function sameLabel(to: usize, labels: usize, label: i32, a: i32, n: i32): i32 {
  let count: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    if (i == a || i32.load(labels + (<usize>i << 2)) != label) continue;
    i32.store(to + (<usize>count << 2), i);
    count++;
  }
  return count;
}
