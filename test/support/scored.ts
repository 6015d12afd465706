/** Made-up labels, predictions, logits and weights, of which scikit-learn has the scores. */
import { tensor } from 'dynaecg';

// scikit-learn 1.2.1:
//   import numpy as np; from sklearn import metrics as M
//   i = np.arange(150)
//   y = (i*i*7 + i//9) % 4; y[i % 5 == 0] = 0
//   p = np.where((i*31) % 7 < 5, y, (i*13) % 4); q = np.where((i*29) % 9 < 6, y, (i*5) % 4)
//   w = ((i*37) % 11) / 4
export const N = 150;
export const of = (f: (i: number) => number): number[] => Array.from({ length: N }, (_, i) => f(i));
export const y = of((i) => (i % 5 === 0 ? 0 : (i * i * 7 + Math.floor(i / 9)) % 4));
export const p = of((i) => ((i * 31) % 7 < 5 ? y[i] : (i * 13) % 4));
export const q = of((i) => ((i * 29) % 9 < 6 ? y[i] : (i * 5) % 4));
export const w = of((i) => ((i * 37) % 11) / 4);

//   M.confusion_matrix(y, p), M.confusion_matrix(y, p, sample_weight=w)
export const MATRIX = [
  [49, 6, 5, 5],
  [2, 21, 2, 1],
  [1, 1, 28, 2],
  [1, 3, 2, 21],
];

export const WEIGHTED = [
  [59.25, 4.75, 9, 5.25],
  [2.25, 29.5, 2.75, 1],
  [1.5, 2.25, 34.5, 3.5],
  [1.75, 3.5, 2, 23.25],
];

//   Z = np.array([[((a*(k+3)*17 + k*5) % 19) / 4 + 2*(y[a] == k) for k in range(4)] for a in i])
export const LOGITS = tensor(
  Float64Array.from(
    of((i) => i).flatMap((i) =>
      [0, 1, 2, 3].map((k) => ((i * (k + 3) * 17 + k * 5) % 19) / 4 + 2 * Number(y[i] === k)),
    ),
  ),
  [N, 4],
);
