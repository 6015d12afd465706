/** The number of values in each bin: bin i has those from i width up to (i + 1) width; bins without any are missing. */
export function countByBin(values: readonly number[], width: number): Map<number, number> {
  const bins = new Map<number, number>();
  for (const value of values) {
    const bin = Math.floor(value / width);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return bins;
}
