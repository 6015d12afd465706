import { quantile } from 'dynaecg';

/** The quantile of values in any order; NaN of none. */
export function quantileOf(values: readonly number[], q: number): number {
  return values.length > 0 ? quantile(Float64Array.from(values).sort(), q) : Number.NaN;
}

export const median = (values: readonly number[]): number => quantileOf(values, 0.5);

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** By n, as it describes these values alone. */
export function deviation(values: readonly number[]): number {
  const m = mean(values);
  return Math.sqrt(mean(values.map((v) => (v - m) ** 2)));
}

/** Pearson's. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [mean(a), mean(b)];
  return mean(a.map((v, i) => (v - ma) * (b[i] - mb))) / (deviation(a) * deviation(b));
}
