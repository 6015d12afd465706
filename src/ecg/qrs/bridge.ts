/** Samples from `start` to before `end` that are not finite. */
interface Gap {
  start: number;
  end: number;
}

/** A signal with straight lines across its gaps, so that there are no edges for the filters to respond to. */
export function bridge(samples: Float32Array): Float32Array {
  const gaps: Gap[] = [];
  for (let i = 0; i < samples.length; i++) {
    if (Number.isFinite(samples[i])) continue;
    const last = gaps[gaps.length - 1];
    if (last?.end === i) last.end++;
    else gaps.push({ start: i, end: i + 1 });
  }
  if (gaps.length === 0) return samples;
  const filled = samples.slice();
  for (const { start, end } of gaps) {
    const after = end < samples.length ? samples[end] : (samples[start - 1] ?? 0);
    const before = samples[start - 1] ?? after;
    const step = (after - before) / (end - start + 1);
    for (let i = start; i < end; i++) filled[i] = before + step * (i - start + 1);
  }
  return filled;
}
