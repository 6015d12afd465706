/** Counts of three patients and more, as intervals take them. */
import type { ConfusionMatrix } from 'dynaecg';

// NumPy 1.24.2, SciPy 1.10.1:
//   tp = np.array([90, 12, 171, 3, 40, 55, 8]); n = np.array([95, 20, 171, 9, 52, 56, 8])
//   b, j = np.mgrid[0:500, 0:7]; i = (b*(j + 3)*31 + b*b*(j*j + 1) % 1009 + j) % 1013 % 7     # resamples
//   f = lambda i, axis: tp[i].sum(axis) / n[i].sum(axis); v = f(i, 1)
//   a, b, _ = scipy.stats._resampling._bca_interval((np.arange(7),), f, -1, tail, v, None)    # what bootstrap(method='BCa') does
//   np.quantile(v, a), np.quantile(v, b)
// with a tail of 0.025, of 0.1, and expanded of norm.cdf(np.sqrt(7/6) * t.ppf(0.025, 6))
export const TP = [90, 12, 171, 3, 40, 55, 8];
export const BEATS = [95, 20, 171, 9, 52, 56, 8];

export const THREE: ConfusionMatrix[] = [
  [
    [90, 1, 0],
    [2, 7, 0],
    [0, 0, 100],
  ],
  [
    [40, 6, 0],
    [9, 5, 0],
    [0, 0, 71],
  ],
  [
    [20, 9, 0],
    [0, 0, 0],
    [0, 0, 0],
  ],
];
