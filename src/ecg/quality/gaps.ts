/** Samples from `start` to before `end` that nothing can be read from. */
export interface Gap {
  start: number;
  end: number;
  why: 'flat' | 'invalid';
}

/** s; longer ones are not a pause between two beats but a disconnected lead */
export const LONGEST_FLAT = 2;

/** Long runs of samples that are not finite, or all equal. */
export function findGaps(samples: Float32Array, rate: number): Gap[] {
  const gaps: Gap[] = [];
  for (let start = 0; start < samples.length; ) {
    let end = start + 1;
    const finite = Number.isFinite(samples[start]);
    while (end < samples.length && (finite ? samples[end] === samples[start] : !Number.isFinite(samples[end]))) end++;
    if (end - start > LONGEST_FLAT * rate) gaps.push({ start, end, why: finite ? 'flat' : 'invalid' });
    start = end;
  }
  return gaps;
}
