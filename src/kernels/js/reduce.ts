import * as math from '../../core/math.ts';
import type { Kernels } from '../types.ts';

// y, argmax (outer,inner) from x (outer,n,inner); a NaN is the maximum, as in PyTorch
export const max: Kernels['max'] = (y, argmax, x, outer, n, inner) => {
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = o * n * inner + i;
      let best = 0;
      let value = x[at];
      for (let j = 1; j < n; j++) {
        const v = x[at + j * inner];
        if (v > value || (Number.isNaN(v) && !Number.isNaN(value))) {
          best = j;
          value = v;
        }
      }
      y[o * inner + i] = value;
      argmax[o * inner + i] = best;
    }
};

// dx (outer,n,inner) at argmax += dy (outer,inner)
export const maxBackward: Kernels['maxBackward'] = (dx, dy, argmax, outer, n, inner) => {
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) dx[(o * n + argmax[o * inner + i]) * inner + i] += dy[o * inner + i];
};

// y, x (outer,n,inner); the maximum is subtracted first, so that nothing overflows
export const softmax: Kernels['softmax'] = (y, x, outer, n, inner) => {
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = o * n * inner + i;
      const end = at + n * inner;
      let top = Number.NEGATIVE_INFINITY;
      for (let p = at; p < end; p += inner) if (x[p] > top) top = x[p];
      let sum = 0;
      for (let p = at; p < end; p += inner) {
        y[p] = math.exp(x[p] - top);
        sum += y[p];
      }
      for (let p = at; p < end; p += inner) y[p] /= sum;
    }
};

// dx += y (dy - sum of dy y)
export const softmaxBackward: Kernels['softmaxBackward'] = (dx, dy, y, outer, n, inner) => {
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = o * n * inner + i;
      const end = at + n * inner;
      let sum = 0;
      for (let p = at; p < end; p += inner) sum += dy[p] * y[p];
      for (let p = at; p < end; p += inner) dx[p] += y[p] * (dy[p] - sum);
    }
};

// y, x (outer,n,inner)
export const logSoftmax: Kernels['logSoftmax'] = (y, x, outer, n, inner) => {
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = o * n * inner + i;
      const end = at + n * inner;
      let top = Number.NEGATIVE_INFINITY;
      for (let p = at; p < end; p += inner) if (x[p] > top) top = x[p];
      let sum = 0;
      for (let p = at; p < end; p += inner) sum += math.exp(x[p] - top);
      const logSum = top + math.log(sum);
      for (let p = at; p < end; p += inner) y[p] = x[p] - logSum;
    }
};

// dx += dy - e^y sum of dy
export const logSoftmaxBackward: Kernels['logSoftmaxBackward'] = (dx, dy, y, outer, n, inner) => {
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = o * n * inner + i;
      const end = at + n * inner;
      let sum = 0;
      for (let p = at; p < end; p += inner) sum += dy[p];
      for (let p = at; p < end; p += inner) dx[p] += dy[p] - math.exp(y[p]) * sum;
    }
};
