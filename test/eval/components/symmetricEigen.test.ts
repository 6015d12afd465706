import { Random, Tensor } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { symmetricEigen } from '../../../src/eval/components/symmetricEigen.ts';
import { assertClose } from '../../support/asserts.ts';

const test = suite('eval/components/symmetricEigen');

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);
const rowsOf = ({ data, shape: [N, D] }: Tensor): number[][] =>
  Array.from({ length: N }, (_, i) => [...data.subarray(i * D, (i + 1) * D)]);

const MATRICES: Record<string, { n: number; at: (i: number, j: number) => number; values?: number[] }> = {
  one: { n: 1, at: () => -3, values: [-3] },
  zeros: { n: 4, at: () => 0, values: [0, 0, 0, 0] },
  'a diagonal': { n: 5, at: (i, j) => (i === j ? i : 0), values: [4, 3, 2, 1, 0] },
  ones: { n: 6, at: () => 1, values: [6, 0, 0, 0, 0, 0] },
  'second differences': {
    n: 30,
    at: (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0),
    values: Array.from({ length: 30 }, (_, k) => 2 + 2 * Math.cos(((k + 1) * Math.PI) / 31)),
  },
  "Wilkinson's, with pairs nearly equal": {
    n: 21,
    at: (i, j) => (i === j ? Math.abs(i - 10) : +(Math.abs(i - j) === 1)),
  },
  "Hilbert's": { n: 12, at: (i, j) => 1 / (i + j + 1) },
  'of all scales': { n: 12, at: (i, j) => 10 ** (-12 * Math.max(i, j)) * (i === j ? 2 : 1) },
  'of all scales, the largest last': { n: 12, at: (i, j) => 10 ** (-12 * (11 - Math.min(i, j))) * (i === j ? 2 : 1) },
};

for (const [name, { n, at, values: expected }] of Object.entries(MATRICES))
  test(`eigenvectors of a symmetric matrix: ${name}`, () => {
    const A = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => at(i, j)));
    const { values, vectors } = symmetricEigen(Float64Array.from(A.flat()), n);
    const V = rowsOf(new Tensor(vectors, [n, n]));
    const absolute = 1e-14 * n * Math.max(...A.flat().map(Math.abs));
    if (expected) assertClose(values, expected, { absolute });
    V.forEach((v, k) => {
      assertClose(
        A.map((row) => dot(row, v)),
        v.map((value) => value * values[k]),
        { absolute },
        `A v, ${k}`,
      );
      for (let j = 0; j <= k; j++) assertClose([dot(v, V[j])], [+(j === k)], { absolute: 1e-14 * n }, `${k} and ${j}`);
      if (k > 0) assert.ok(values[k] <= values[k - 1]);
    });
  });

test('eigenvectors of random symmetric matrices', () => {
  const random = new Random('symmetric');
  for (const n of [2, 3, 17, 64]) {
    const A = Array.from({ length: n }, () => new Array<number>(n).fill(0));
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) A[i][j] = A[j][i] = random.normal();
    const { values, vectors } = symmetricEigen(Float64Array.from(A.flat()), n);
    rowsOf(new Tensor(vectors, [n, n])).forEach((v, k) => {
      assertClose(
        A.map((row) => dot(row, v)),
        v.map((value) => value * values[k]),
        { absolute: 1e-13 * n },
      );
      assertClose([dot(v, v)], [1], { absolute: 1e-14 * n });
    });
  }
});

test.run();
