import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { cos } from '../core/math.ts';

/** A factor on the learning rate for a time t, which goes from 0 at the first step towards 1 at the last. */
export type Schedule = (t: number) => number;

/** Always 1. */
export const constantSchedule: Schedule = () => 1;

/** Half a cosine from 1 down to `floor` (Loshchilov and Hutter, ICLR 2017). */
export function cosineSchedule(floor = 0): Schedule {
  checkRange('cosineSchedule', 'floor', floor, 0, 1);
  return (t) => floor + (1 - floor) * 0.5 * (1 + cos(Math.PI * Math.min(Math.max(t, 0), 1)));
}

/** `factor^k` once k of `drops + 1` equal parts of the time have passed. */
export function stepSchedule(drops: number, factor: number): Schedule {
  checkCount('stepSchedule', 'drops', drops, 1);
  checkRange('stepSchedule', 'factor', factor, 0, 1);
  return (t) => {
    let rate = 1;
    for (let k = Math.min(Math.floor(t * (drops + 1)), drops); k > 0; k--) rate *= factor;
    return rate;
  };
}

/** A linear rise from 0 over the first `fraction` of the time, on top of another schedule. */
export function warmup(fraction: number, then: Schedule): Schedule {
  checkRange('warmup', 'fraction', fraction, 0, 1);
  checkKind('warmup', 'then', then, 'function');
  return (t) => (t < fraction ? t / fraction : 1) * then(t);
}
