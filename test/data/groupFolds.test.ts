import { groupFolds } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { of, y } from '../support/scored.ts';

const test = suite('data/groupFolds');

//   g = (i*i + 3*i) % 17
//   [[sorted(set(g[te])) for tr, te in StratifiedGroupKFold(k).split(i, y, g)] for k in (2, 3, 5)]
test('folds by group', () => {
  const groups = of((i) => (i * i + 3 * i) % 17);
  const expected = {
    2: [
      [0, 1, 4, 10, 11],
      [2, 3, 6, 15],
    ],
    3: [
      [0, 4, 11],
      [1, 3, 6],
      [2, 10, 15],
    ],
    5: [[11, 15], [2, 3], [0, 10], [1, 4], [6]],
  };
  for (const [k, folds] of Object.entries(expected)) {
    const found = groupFolds(y, groups, Number(k));
    assert.equal(
      found.map(({ test: held }) => [...new Set(Array.from(held, (i) => groups[i]))].sort((a, b) => a - b)),
      folds,
    );
    for (const { train, test: held } of found)
      assert.equal(
        [...train, ...held].sort((a, b) => a - b),
        of((i) => i),
      );
  }
});

test('folds of samples that are each a group have the same share of every class', () => {
  const folds = groupFolds(y, [...y.keys()], 4);
  for (const k of [0, 1, 2, 3]) {
    const counts = folds.map(({ test: held }) => held.filter((i) => y[i] === k).length);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts} of class ${k}`);
  }
});

test.run();
