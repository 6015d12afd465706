import type { Tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { findNeighbors, type Neighbors } from '../../../src/eval/neighbors/findNeighbors.ts';
import { conditionalAffinities, jointAffinities } from '../../../src/eval/tsne/affinities.ts';
import { assertClose } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { conditionalOracle, dense, entropy, jointOracle, squaredDistances } from '../../support/tsneOracles.ts';
import { cloud } from '../../support/tsneRuns.ts';

const test = suite('eval/tsne/affinities');

const neighborsOf = (x: Tensor, k: number): Neighbors => findNeighbors('test', x, k);

test('conditional affinities reach the perplexity and are those of the formula', () => {
  const x = cloud(60, 5, 'affinities');
  const d = squaredDistances(x.data, 60);
  for (const [k, perplexity] of [
    [25, 8],
    [59, 19.5],
    [59, 1.5],
  ]) {
    const neighbors = neighborsOf(x, k);
    const p = conditionalAffinities(neighbors, perplexity);
    const expected = conditionalOracle(d, k, perplexity);
    for (let i = 0; i < 60; i++) {
      const row = [...p.subarray(i * k, (i + 1) * k)];
      assertClose([row.reduce((a, b) => a + b, 0)], [1], { absolute: 1e-12 }, 'sum');
      assertClose([entropy(row)], [Math.log(perplexity)], { absolute: 1.01e-5 }, 'entropy');
      const own = [...neighbors.index.subarray(i * k, (i + 1) * k)];
      assertClose(
        row,
        own.map((j) => expected[i][j]),
        { relative: 1e-3, absolute: 1e-6 },
        'p',
      );
    }
  }
});

test('where equal distances put the perplexity out of reach, they share the row', () => {
  const row = (distances: number[], perplexity: number): Float64Array =>
    conditionalAffinities(
      { k: distances.length, index: new Int32Array(distances.length), distance: Float64Array.from(distances) },
      perplexity,
    );
  assertClose(row([0, 0, 0, 0, 0], 2), new Array(5).fill(0.2), { absolute: 1e-15 });
  assertClose(row([3, 3, 3, 3], 2), new Array(4).fill(0.25), { absolute: 1e-15 });
  assertClose(row([0, 0, 0, 5, 9], 2), [1 / 3, 1 / 3, 1 / 3, 0, 0], { absolute: 1e-12 });
  assertClose(row([1, 2, 4], 3), [1 / 3, 1 / 3, 1 / 3], { absolute: 2e-2 }); // the most there is: at b = 0
  assertClose(row([1, 2, 4], 3.5), [1 / 3, 1 / 3, 1 / 3], { absolute: 1e-15 });
});

test('affinities do not depend on the unit', () => {
  const p = (scale: number) => jointAffinities(neighborsOf(cloud(40, 3, 'unit', scale), 15), 5);
  const one = p(1);
  for (const scale of [1e-100, 1e100]) {
    assert.equal([...p(scale).other], [...one.other]);
    assertClose(p(scale).p, one.p, { relative: 1e-9 });
  }
});

test('joint affinities are symmetric, sum to 1 and are those of the formula', () => {
  const x = cloud(60, 5, 'joint');
  const d = squaredDistances(x.data, 60);
  for (const [k, perplexity] of [
    [10, 3],
    [59, 15],
  ]) {
    const affinities = jointAffinities(neighborsOf(x, k), perplexity);
    assertClose([affinities.p.reduce((a, b) => a + b, 0)], [0.5], { absolute: 1e-12 }, 'sum');
    assertClose(dense(affinities).flat(), jointOracle(d, k, perplexity).flat(), { relative: 1e-3, absolute: 1e-8 });
    for (let i = 0; i < 60; i++) {
      const row = affinities.other.slice(affinities.start[i], affinities.start[i + 1]);
      assert.equal(
        [...row],
        [...row].sort((a, b) => a - b),
      );
    }
  }
});

test.run();
