import { Random, Tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { findNeighbors, type Neighbors } from '../../../src/eval/neighbors/findNeighbors.ts';
import { assertClose } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { clouds, draw, points, range, sorted, squared } from '../../support/sortedNeighbors.ts';
import { nearest, squaredDistances } from '../../support/tsneOracles.ts';

const test = suite('eval/neighbors/findNeighbors');

const neighborsOf = (x: Tensor, k: number): Neighbors => findNeighbors('test', x, k);

for (const [cloud, { coordinate, dtype }] of Object.entries(clouds))
  test(`the neighbours of other points are those of sorting: ${cloud}`, () => {
    // rows in blocks of 64, and beyond them
    for (const [N, M, D] of [
      [1, 1, 1],
      [5, 64, 2],
      [90, 150, 3],
      [200, 7, 12],
      [3, 0, 2],
    ]) {
      const random = new Random(`${cloud} ${N} ${M} ${D}`);
      const [known, asked] = [N, M].map((n) => draw(n, D, coordinate, random));
      for (const k of new Set([1, Math.min(5, N), N])) {
        const found = findNeighbors('op', points(known, D, dtype), k, points(asked, D, dtype));
        const expected = asked.map((z) => sorted(known, z, k));
        assert.is(found.k, k);
        assert.equal([...found.index], expected.flat(), `${N} ${M} ${D} ${k}`);
        const distances = asked.flatMap((z, i) => expected[i].map((j) => squared(known[j], z)));
        assertClose(found.distance, distances, { relative: 1e-13, absolute: 1e-13 });
      }
    }
  });

test('a point is its own neighbour where it is asked for among all, and not where they are compared with themselves', () => {
  const x = points(
    draw(80, 3, (random) => random.normal(), new Random('self')),
    3,
  );
  const own = findNeighbors('op', x, 4);
  const all = findNeighbors('op', x, 5, x);
  for (const i of range(80)) {
    assert.is(all.index[5 * i], i);
    assert.is(all.distance[5 * i], 0);
    assert.equal(all.index.slice(5 * i + 1, 5 * i + 5), own.index.slice(4 * i, 4 * i + 4));
  }
});

test('nearest neighbours, over several blocks, equal distances by position', () => {
  const random = new Random('grid');
  for (const data of [new Float32Array(450), new Float64Array(450)]) {
    for (let i = 0; i < data.length; i++) data[i] = random.integer(4);
    const x = new Tensor(data, [150, 3]);
    const d = squaredDistances(x.data, 150);
    for (const k of [1, 7, 149]) {
      const { index, distance } = neighborsOf(x, k);
      const expected = d.map((row, i) => nearest(row, i, k));
      assert.equal([...index], expected.flat());
      assert.equal(
        [...distance],
        expected.flatMap((own, i) => own.map((j) => d[i][j])),
      );
    }
  }
});

test.run();
