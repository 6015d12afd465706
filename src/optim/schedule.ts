import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { cos } from '../core/math.ts';

/**
 * A factor on the learning rate at time t, which runs from 0 at the first step to 1 at the last of `steps` steps;
 * without `steps`, time is continuous. Times below 0 and above 1 count as 0 and 1.
 */
export type Schedule = (t: number, steps?: number) => number;

const clamp = (t: number): number => Math.min(Math.max(t, 0), 1);

/** Always 1. */
export const constantSchedule: Schedule = () => 1;

/**
 * Half a cosine from 1 down to `floor`.
 *
 * @see Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017
 * @example
 *     declare const [model, data, random]: [Embedder, Dataset, Random];
 *     const trainer = new TripletTrainer({ model, data, random, schedule: warmup(0.1, cosineSchedule()) });
 */
export function cosineSchedule(floor = 0): Schedule {
  checkRange('cosineSchedule', 'floor', floor, 0, 1);
  return (t) => floor + (1 - floor) * 0.5 * (1 + cos(Math.PI * clamp(t)));
}

/** `factor^k` after k of `drops + 1` equal periods. */
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
 * A linear rise over the first `fraction` of the time, then another schedule over the rest, from its own start to its
 * own end: after the rise the rate is the initial value of `then`, as high as without warm-up.
 *
 * With n steps, w = max(fraction n, 1) of them rise: step i, counted from 1, has i / w of the initial value of `then`
 * up to w, so that the first step has no rate of 0, and `then` at (i - w) / (n - w) afterwards. If the number of steps
 * is unknown, time t has t / fraction, and afterwards `then` at (t - fraction) / (1 - fraction).
 *
 * @see Goyal et al., "Accurate, large minibatch SGD", 2017, section 2.2; `get_cosine_schedule_with_warmup` of Hugging
 * Face's transformers is `warmup(fraction, cosineSchedule())`, with steps numbered from 0
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
