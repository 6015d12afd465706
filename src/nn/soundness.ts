import type { Vec } from '../kernels/types.ts';

/** The statistic of batch norm that cannot be negative. */
const VARIANCE = /(^|\.)running_var$/;

/**
 * The first value that no training should leave and no file should hold: one that is not finite, or a variance below 0.
 *
 * @returns its place and itself, such as `bn1.running_var[3] -1`; null where all values are sound
 */
export function firstUnsound(
  tensors: Iterable<readonly [name: string, tensor: { readonly data: Vec }]>,
): string | null {
  for (const [name, { data }] of tensors) {
    const least = VARIANCE.test(name) ? 0 : Number.NEGATIVE_INFINITY;
    const at = data.findIndex((value) => !Number.isFinite(value) || value < least);
    if (at >= 0) return `${name}[${at}] ${data[at]}`;
  }
  return null;
}
