/** Samples from `start` up to, but not including, `end`. */
export interface Stretch {
  start: number;
  end: number;
}

/** Stretches within `[first, last)` in order of time, those that meet or overlap as one. */
export function merge(stretches: readonly Stretch[], first: number, last: number): Stretch[] {
  const merged: Stretch[] = [];
  const clipped = stretches.map(({ start, end }) => ({ start: Math.max(start, first), end: Math.min(end, last) }));
  for (const stretch of clipped.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start)) {
    const previous = merged[merged.length - 1];
    if (previous && stretch.start <= previous.end) previous.end = Math.max(previous.end, stretch.end);
    else merged.push(stretch);
  }
  return merged;
}

/** Samples in merged stretches. */
export const lengthOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { start, end }) => sum + end - start, 0);

/** Samples of merged stretches within `[first, last)`. */
export const lengthWithin = (stretches: readonly Stretch[], first: number, last: number): number =>
  lengthOf(merge(stretches, first, last));
