import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { cos } from '../core/math.ts';

/**
 * A factor on the learning rate for a time t, which goes from 0 at the first step to 1 at the last, of `steps` steps in all;
 * without `steps`, time is continuous. Times before 0 and after 1 are 0 and 1.
 */
export type Schedule = (t: number, steps?: number) => number;

const clamp = (t: number): number => Math.min(Math.max(t, 0), 1);

/** Always 1. */
export const constantSchedule: Schedule = () => 1;

/** Half a cosine from 1 down to `floor` (Loshchilov and Hutter, ICLR 2017). */
export function cosineSchedule(floor = 0): Schedule {
  checkRange('cosineSchedule', 'floor', floor, 0, 1);
  return (t) => floor + (1 - floor) * 0.5 * (1 + cos(Math.PI * clamp(t)));
}

/** `factor^k` once k of `drops + 1` equal parts of the time have passed. */
export function stepSchedule(drops: number, factor: number): Schedule {
  checkCount('stepSchedule', 'drops', drops, 1);
  checkRange('stepSchedule', 'factor', factor, 0, 1);
  return (t) => {
    let rate = 1;
    for (let k = Math.min(Math.floor(clamp(t) * (drops + 1)), drops); k > 0; k--) rate *= factor;
    return rate;
  };
}

/**
 * A linear rise over the first `fraction` of the time, then another schedule over the rest of it, from its own beginning to its
 * end: after the rise the rate is what `then` begins with, as high as without warm-up.
 *
 * With n steps, w = max(fraction n, 1) of them rise: step i, the first being 1, has i / w of what `then` begins with up to w, so
 * that the first has no rate of 0, and `then` at (i - w) / (n - w) afterwards. Where the number of steps is not known, time t
 * has t / fraction, and `then` at (t - fraction) / (1 - fraction).
 *
 * Source: Goyal et al., "Accurate, large minibatch SGD", 2017, section 2.2; `get_cosine_schedule_with_warmup` of Hugging Face's
 * transformers is `warmup(fraction, cosineSchedule())`, with steps numbered from 0.
 */
export function warmup(fraction: number, then: Schedule): Schedule {
  checkRange('warmup', 'fraction', fraction, 0, 1);
  checkKind('warmup', 'then', then, 'function');
  return (t, steps) => {
    if (fraction === 0) return then(t, steps);
    const [at, rising, all] =
      steps === undefined
        ? [clamp(t), fraction, 1]
        : [clamp(t) * (steps - 1) + 1, Math.max(fraction * steps, 1), steps];
    if (at < rising || rising >= all) return Math.min(at / rising, 1) * then(0, steps);
    return then((at - rising) / (all - rising), steps && all - rising + 1);
  };
}
