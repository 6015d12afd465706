/** Arguments for the kernels of optimisers. */
import { between, blank, data, few, floats, long, pick } from './arrays.ts';
import type { Entries } from './entry.ts';

export const optimizers: Entries = {
  sumOfSquares: {
    within: 1e-6,
    of: 'value',
    args: (r) => {
      const n = long(r);
      const factor = pick(r, 1, 1e25); // squares overflow float32
      return [data(r, n, (random) => factor * random.normal()), n];
    },
  },
  adamw: {
    within: 6,
    of: 'largest',
    args: (r) => {
      const n = long(r);
      const moments = [floats(r, n), floats(r, n, between(0, 2))] as const;
      const options = [pick(r, 1e-4, 1e-2), 0.9, 0.999, 1e-8, pick(r, 0, 0.01), pick(r, 1, 2, 1000)] as const;
      return [floats(r, n), ...moments, data(r, n), n, ...options];
    },
  },
  sgd: {
    within: 5,
    of: 'largest',
    args: (r) => {
      const n = long(r);
      const step = few(r, 2);
      const velocity = step === 1 ? blank(n) : floats(r, n); // the first step does not read it
      const options = [pick(r, 1e-3, 0.1), pick(r, 0, 0.9), r.integer(2) === 0, pick(r, 0, 0.01), step] as const;
      return [floats(r, n), velocity, data(r, n), n, ...options];
    },
  },
};
