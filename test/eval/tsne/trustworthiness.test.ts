import { ArgumentError, DataError, Random, ShapeError, Tensor, trustworthiness } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { squaredDistances, trustworthinessOracle } from '../../support/tsneOracles.ts';
import { cloud, golden, goldenLayout } from '../../support/tsneRuns.ts';

const test = suite('eval/tsne/trustworthiness');

// from sklearn.manifold import trustworthiness
// trustworthiness(x, y), trustworthiness(x, y, n_neighbors=3); both with metric='cosine'
test("trustworthiness is scikit-learn's", () => {
  assertClose([trustworthiness(golden, goldenLayout)], [0.7508333333333334], { absolute: 1e-15 });
  assertClose([trustworthiness(golden, goldenLayout, { neighbors: 3 })], [0.7333333333333334], { absolute: 1e-15 });
  const metric = 'cosine';
  assertClose([trustworthiness(golden, goldenLayout, { metric })], [0.8083333333333333], { absolute: 1e-15 });
  assertClose([trustworthiness(golden, goldenLayout, { metric, neighbors: 3 })], [0.8233333333333334], {
    absolute: 1e-15,
  });
});

test('trustworthiness is that of the formula, over several blocks, with equal points and distances', () => {
  const random = new Random('trust');
  for (const levels of [3, 1e6]) {
    const draw = (D: number) =>
      new Tensor(
        Float64Array.from({ length: 150 * D }, () => random.integer(levels)),
        [150, D],
      );
    const [x, y] = [draw(3), draw(2)];
    const [dx, dy] = [x, y].map(({ data }) => squaredDistances(data, 150));
    for (const k of [1, 5, 74]) {
      assertClose([trustworthiness(x, y, { neighbors: k })], [trustworthinessOracle(dx, dy, k)], { absolute: 1e-14 });
      assert.is(trustworthiness(x, x, { neighbors: k }), 1);
    }
  }
});

test('errors of trustworthiness', () => {
  const y = cloud(20, 2, 'errors');
  const fails = (f: () => unknown, type: new (message: string) => Error, message: string): void =>
    assertThrows(f, type, `trustworthiness: ${message}`);
  fails(
    () => trustworthiness([] as never, y),
    ArgumentError,
    'expected x to be a tensor, an ndarray or a number (tensor(values, shape) makes one from arrays), got []',
  );
  fails(() => trustworthiness(new Tensor(new Float32Array(3), [3]), y), ShapeError, 'expected x (N,D), got [3]');
  fails(() => trustworthiness(cloud(21, 2, 'x'), y), ShapeError, 'expected layout (N,M) with N=21, got [20,2]');
  fails(
    () => trustworthiness(y, y, { neighbors: 0 }),
    ArgumentError,
    'expected neighbors to be a whole number >= 1, got 0',
  );
  fails(
    () => trustworthiness(y, y, { neighbors: 10 }),
    ArgumentError,
    'expected neighbors less than half the number of points, 10, got 10',
  );
  const broken = y.clone();
  broken.data[7] = Number.NaN;
  fails(() => trustworthiness(broken, y), DataError, 'expected finite values in x, got NaN in row 3');
  fails(() => trustworthiness(y, broken), DataError, 'expected finite values in layout, got NaN in row 3');
  const zeros = y.clone();
  zeros.data.fill(0, 10, 12);
  fails(
    () => trustworthiness(zeros, y, { metric: 'cosine' }),
    DataError,
    'expected rows with a direction in x for cosine distances, got zeros in row 5',
  );
  fails(
    () => trustworthiness(y, y, { metric: 'cosin' as never }),
    ArgumentError,
    `expected metric 'euclidean' or 'cosine' (did you mean cosine?), got "cosin"`,
  );
});

test.run();
