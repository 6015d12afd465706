/** What a kernel is called with, and how near a backend comes to the kernel in JavaScript. */

import type { Random } from 'dynaecg';
import type { Kernels } from 'dynaecg/kernels';

/**
 * What a difference is measured against, element by element: `terms` is the sum of the absolute values of all that is
 * added up for it, which the kernel itself gives when everything it is told is positive; `value` is the element itself;
 * `largest` the largest element of its array, where terms cancel in ways that neither of the others shows; `one` is 1,
 * for what goes through a sigmoid or a tanh.
 */
export type Scale = 'terms' | 'value' | 'largest' | 'one';

export interface Entry<K extends keyof Kernels> {
  /** In units of float32's epsilon, 2^-23: about four times the worst that was found. 0 means the same bits. */
  within: number;
  of: Scale;
  args(r: Random): Parameters<Kernels[K]>;
  /** Other arguments for `terms`, where absolute values are not enough. */
  positive?(...args: Parameters<Kernels[K]>): Parameters<Kernels[K]>;
}
/** An entry for any kernel of one signature. */
export type Same<K extends keyof Kernels> = Omit<Entry<K>, 'positive'>;

/** Entries of some kernels. */
export type Entries = { [K in keyof Kernels]?: Entry<K> };
