import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Recordings } from '../../../examples/dynaecg/recordings.ts';
import { type Trial, trialsOf } from '../../../examples/study/parts.ts';
import { precisionsOf } from '../../../examples/study/precision.ts';
import { assertClose } from '../../support/asserts.ts';
import { range, recordings } from '../../support/plans.ts';

const test = suite('examples/study/parts');

const { records } = recordings;
const renamed = (name: string, i: number) => ({ ...records[i % records.length], name });

/** Twelve records of one database, of which 201 and 202 are one patient, and 23 of another. */
const KNOWN = ['100', '101', '103', '105', '106', '201', '202', '203', '205', '207', '208', '209'];
const OTHERS = range(23).map((i) => `s${String(i).padStart(2, '0')}`);
const both: Recordings = {
  ...recordings,
  records: [...KNOWN, ...OTHERS].map(renamed),
  division: { ...recordings.division, train: KNOWN.slice(0, 6), test: KNOWN.slice(6), open: [...OTHERS].reverse() },
};
const sides = ({ recordings: { division } }: Trial): string[][] => [
  [...division.train].sort(),
  [...division.test].sort(),
];

test('validation and the test half are those of the recordings as they are divided', () => {
  for (const part of ['validation', 'test'] as const) assert.equal(trialsOf(part, both), [{ recordings: both, part }]);
});

test('folds: each patient is judged once, by what was trained on the others', () => {
  for (const [part, names] of [
    ['folds', KNOWN.slice(0, 6)],
    ['together', [...KNOWN, ...OTHERS]],
  ] as const) {
    const trials = trialsOf(part, both);
    assert.is(trials.length, 5);
    assert.equal(trials.flatMap((trial) => sides(trial)[1]).sort(), [...names].sort());
    for (const trial of trials) {
      const [train, judged] = sides(trial);
      assert.equal([...train, ...judged].sort(), [...names].sort());
      assert.is(trial.part, 'test');
      assert.equal(trial.recordings.records.map(({ name }) => name).sort(), [...names].sort());
      if (part === 'together') assert.is(judged.includes('201'), judged.includes('202'), 'one patient');
    }
  }
});

test('across databases: the first 20 of the other one are to develop with, the rest is judged', () => {
  const [there] = trialsOf('svdb', both);
  assert.equal(sides(there), [KNOWN, OTHERS.slice(20)]);
  const [back] = trialsOf('mitdb', both);
  assert.equal(sides(back), [OTHERS.slice(0, 20), KNOWN]);
});

// from sklearn.metrics import average_precision_score                                           # 1.2.1
// print(average_precision_score([0, 1, 0, 1, 1], [.9, .8, .3, .6, .1]), average_precision_score([0, 1, 0], [.9, .8, .3]))
test('average precision by all beats and by record; none where all or none are of the class', () => {
  const p = (values: number[]): number[][] => values.map((v) => [1 - v, v]);
  const found = precisionsOf(
    {
      a: { labels: [0, 1, 0], probabilities: p([0.9, 0.8, 0.3]) },
      b: { labels: [1, 1], probabilities: p([0.6, 0.1]) },
    },
    2,
  );
  assertClose([found.all[1]!, found.records['a'][1]!], [0.5888888888888888, 0.5], { relative: 1e-12 });
  assert.equal(found.records['b'], [null, null]);
});

test.run();
