import { Random } from 'dynaecg';
import * as assert from 'uvu/assert';
import { kthSmallest, Selection } from '../../../src/eval/neighbors/selection.ts';
import { suite } from '../../support/backends.ts';
import { range } from '../../support/sortedDistances.ts';

const test = suite('eval/neighbors/selection');

test('selection: the k smallest of a row, in order, by heap and by sorting', () => {
  const draws: Record<string, (random: Random) => number> = {
    normal: (random) => random.normal(),
    'few values': (random) => random.integer(4) - 2,
    zeros: (random) => (random.integer(2) ? 0 : -0),
    'of all sizes': (random) => random.normal() * 10 ** random.uniform(-300, 300),
    'with infinity': (random) => (random.integer(3) ? random.normal() : Infinity),
  };
  for (const [what, draw] of Object.entries(draws))
    for (const dtype of ['float32', 'float64'] as const) {
      const random = new Random(what);
      const row = new Float64Array(900).map(() => (dtype === 'float32' ? Math.fround(draw(random)) : draw(random)));
      for (const k of [1, 3, 256, 257, 590, 899]) {
        const selection = new Selection(k, 900, dtype);
        for (const self of [-1, 0, 450]) {
          selection.take(row, self);
          const expected = range(900)
            .filter((j) => j !== self)
            .sort((a, b) => (row[a] < row[b] ? -1 : row[a] > row[b] ? 1 : a - b))
            .slice(0, k);
          assert.equal(
            [...selection.distance],
            expected.map((j) => row[j]),
            `${what} ${k} ${self}`,
          );
          if (expected.every((j) => row[j] < Infinity)) assert.equal([...selection.index], expected);
        }
      }
      const ordered = [...row].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      for (const k of [1, 2, 450, 900]) assert.ok(kthSmallest(Float64Array.from(row), 900, k) === ordered[k - 1]);
    }
});

test.run();
