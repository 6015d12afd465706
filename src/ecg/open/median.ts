/** The median, of an even number the lower one of the two; NaN of none. The values are put in order. */
export function median(values: Float64Array): number {
  return values.length === 0 ? Number.NaN : values.sort()[(values.length - 1) >> 1];
}
