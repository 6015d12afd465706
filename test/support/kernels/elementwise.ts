/** Arguments for the kernels of products and elementwise functions. */
import type { Vec } from 'dynaecg/kernels';
import { between, blank, coarse, type Draw, data, few, floats, long, nearby, normal, pick, special } from './arrays.ts';
import { bounds, twoOrOne } from './batches.ts';
import type { Entries, Same, Scale } from './entry.ts';

const unary = (within: number, of: Scale, draw = special): Same<'exp'> => ({
  within,
  of,
  args: (r) => {
    const n = long(r);
    return [blank(n), floats(r, n, draw), n];
  },
});

const unaryBackward = (within: number, saved: Draw): Same<'expBackward'> => ({
  within,
  of: 'terms',
  args: (r) => {
    const n = long(r);
    return [floats(r, n), data(r, n), data(r, n, saved), n];
  },
});

const binary: Same<'add'> = {
  within: 0,
  of: 'value',
  args: (r) => {
    const n = long(r);
    return [blank(n), floats(r, n, special), floats(r, n, special), n];
  },
};

export const elementwise: Entries = {
  gemm: {
    within: 10,
    of: 'terms',
    args: (r) => {
      const [M, N, K] = r.shuffle([long(r), r.integer(40), few(r, 40)]);
      const [transposeA, transposeB] = [r.integer(2) === 0, r.integer(2) === 0];
      const [alpha, beta] = [pick(r, 1, 1, -0.5, 0.3), pick(r, 0, 1, 0.7)];
      const matrix = (rows: number, columns: number, fill: (n: number) => Vec): [Vec, number, number] => {
        const [at, ld] = [r.integer(6), columns + pick(r, 0, r.integer(5))];
        return [fill(rows === 0 ? at : at + (rows - 1) * ld + columns), at, ld];
      };
      const a = matrix(transposeA ? K : M, transposeA ? M : K, (n) => data(r, n));
      const b = matrix(transposeB ? N : K, transposeB ? K : N, (n) => data(r, n));
      const c = matrix(M, N, (n) => (beta === 0 ? blank(n) : floats(r, n)));
      return [...c, ...a, ...b, M, N, K, transposeA, transposeB, alpha, beta];
    },
  },

  axpy: {
    within: 4,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      return [floats(r, n), r.normal(), data(r, n), n];
    },
  },
  affine: {
    within: 4,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      const x = data(r, n);
      return [pick(r, x, blank(n)), x, r.normal(), pick(r, 0, r.normal()), n]; // also in place
    },
  },
  multiplyAdd: {
    within: 4,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      return [floats(r, n), data(r, n), data(r, n), n];
    },
  },
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  divBackward: {
    within: 4,
    of: 'largest',
    args: (r) => {
      const n = long(r);
      const [da, db] = twoOrOne(r, () => floats(r, n), r.integer(4) === 0);
      return [da, db, data(r, n), data(r, n), data(r, n, between(0.5, 2)), n];
    },
  },
  exp: unary(6, 'value'),
  expBackward: unaryBackward(4, between(0, 3)),
  log: unary(4, 'value'),
  logBackward: unaryBackward(4, between(0.1, 3)),
  sqrt: unary(0, 'value'),
  sqrtBackward: unaryBackward(4, (r) => pick(r, 0, r.uniform(0.1, 3))),
  square: unary(0, 'value'),
  squareBackward: unaryBackward(4, normal),
  abs: unary(0, 'value'),
  absBackward: unaryBackward(0, coarse),
  relu: unary(0, 'value'),
  reluBackward: unaryBackward(0, (r) => Math.max(r.normal(), 0)),
  sigmoid: unary(6, 'value'),
  sigmoidBackward: unaryBackward(6, between(0, 1)),
  tanh: unary(6, 'value'),
  tanhBackward: unaryBackward(8, between(-1, 1)),
  silu: unary(8, 'value', nearby),
  siluBackward: unaryBackward(8, between(-9, 9)),
  gelu: unary(100, 'value', nearby), // as the next
  geluBackward: unaryBackward(12, between(-4, 4)),
  geluTanh: unary(100, 'value', nearby), // of e^-z for a large z, where float32 rounds z
  geluTanhBackward: unaryBackward(20, between(-4, 4)),
  leakyRelu: {
    within: 4,
    of: 'value',
    args: (r) => {
      const n = long(r);
      return [blank(n), floats(r, n, special), pick(r, 0.01, 0.2, 1.5, -0.5), n];
    },
  },
  leakyReluBackward: {
    within: 4,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      return [floats(r, n), data(r, n), data(r, n, coarse), pick(r, 0.01, 0.2, 1.5, -0.5), n];
    },
  },
  clamp: {
    within: 0,
    of: 'value',
    args: (r) => {
      const n = long(r);
      return [blank(n), floats(r, n, pick(r, special, coarse)), ...bounds(r), n];
    },
  },
  clampBackward: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      return [floats(r, n), data(r, n), data(r, n, coarse), ...bounds(r), n];
    },
    positive: (dx, dy, x, _min, _max, n) => [dx, dy, x, -Infinity, Infinity, n],
  },
  where: {
    within: 0,
    of: 'value',
    args: (r) => {
      const n = long(r);
      return [blank(n), data(r, n, pick(r, coarse, special)), floats(r, n, special), floats(r, n, special), n];
    },
  },
  whereBackward: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      const [da, db] = twoOrOne(r, () => floats(r, n), r.integer(4) === 0);
      return [da, db, data(r, n), data(r, n, coarse), n];
    },
  },
};
