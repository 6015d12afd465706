import { adjustedRandIndex, silhouette, tensor } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../../support/asserts.ts';
import { N, of, p, y } from '../../support/scored.ts';

const test = suite('eval/clusters/scores');

const rounding = { relative: 1e-13 };

//   x = np.array([[((a*7 + d*13 + a*a*(d+1)) % 29)/29 + y[a]*.5*(d == 0) for d in range(3)] for a in i])
//   d = scipy.spatial.distance.cdist(x, x)   # scikit-learn's own distances of equal points are 1e-8
//   M.silhouette_score(d, y, metric='precomputed'), M.silhouette_samples(d, y, metric='precomputed')[[0, 1, 2, 77, 149]]
//   M.adjusted_rand_score(y, p), M.adjusted_rand_score(y, (i*7) % 5)
const x = Float64Array.from({ length: 3 * N }, (_, at) => {
  const [a, d] = [Math.floor(at / 3), at % 3];
  return ((a * 7 + d * 13 + a * a * (d + 1)) % 29) / 29 + (d === 0 ? y[a] * 0.5 : 0);
});

test('silhouettes and the adjusted Rand index', () => {
  const { mean, samples } = silhouette(tensor(x, [N, 3]), y);
  const some = [0.37984182426194446, 0.0686289143746438, 0.20279265062595364, 0.01802445597073592, 0.19478333816986398];
  assertClose([mean], [0.08512720643646375], { relative: 1e-12 });
  assertClose(
    [0, 1, 2, 77, 149].map((i) => samples[i]),
    some,
    { relative: 1e-11 },
  );
  const other = of((i) => (i * 7) % 5);
  const indices = [adjustedRandIndex(y, p), adjustedRandIndex(y, other)];
  assertClose(indices, [0.5224173998212265, 0.09615697887281918], rounding);
  assert.is(adjustedRandIndex(p, y), adjustedRandIndex(y, p));
});

test('silhouettes of huge and of tiny numbers are the same; one alone has 0, and so have equal points', () => {
  const samples = (scale: number): number[] => [
    ...silhouette(
      tensor(
        x.map((v) => v * scale),
        [N, 3],
      ),
      y,
    ).samples,
  ];
  assert.equal(samples(2 ** 1000), samples(1));
  assert.equal(samples(2 ** -1000), samples(1));
  assert.equal([...silhouette(tensor([0, 1, 9], [3, 1]), [4, 4, 7]).samples].slice(2), [0]);
  assert.equal([...silhouette(tensor([2, 2, 2], [3, 1]), [0, 0, 1]).samples], [0, 0, 0]);
});

test('the adjusted Rand index in the corners', () => {
  assert.is(adjustedRandIndex([0, 0, 1, 1], [7, 7, -3, -3]), 1, 'whatever the numbers');
  assert.is(adjustedRandIndex([0, 1, 2], [0, 1, 2]), 1);
  assert.is(adjustedRandIndex([0, 0, 0], [1, 1, 1]), 1);
  assert.is(adjustedRandIndex([0, 0, 0], [0, 1, 2]), 0);
  // sklearn.metrics.adjusted_rand_score([0, 0, 1, 1], [0, 1, 0, 1])
  assert.is(adjustedRandIndex([0, 0, 1, 1], [0, 1, 0, 1]), -0.5);
});

test.run();
