import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { precisionsOf } from '../../../examples/study/precision.ts';
import { type TrialResult, TrialResults } from '../../../examples/study/trialResults.ts';

const test = suite('examples/study/trialResults');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

const scored = (labels: number[], scores: number[]) => ({ labels, probabilities: scores.map((p) => [1 - p, p]) });
const results: TrialResult[] = [
  {
    classes: ['N', 'V'],
    ...{
      records: {
        a: [
          [5, 1],
          [0, 2],
        ],
      },
      neighbors: [
        [6, 0],
        [1, 1],
      ],
    },
    operating: [
      {
        adjustment: 1,
        matrix: [
          [5, 1],
          [0, 2],
        ],
      },
    ],
    embedding: { meanPositive: 1, meanNegative: 2, violations: 0.5 },
    ...{ margins: [0.2, 0.3], minutes: 2, scored: { a: scored([0, 1, 0], [0.2, 0.9, 0.4]) } },
  },
  {
    classes: ['N', 'V'],
    ...{
      records: {
        b: [
          [3, 0],
          [1, 4],
        ],
      },
      neighbors: [
        [3, 0],
        [0, 5],
      ],
    },
    operating: [
      {
        adjustment: 1,
        matrix: [
          [2, 1],
          [1, 4],
        ],
      },
    ],
    embedding: { meanPositive: 3, meanNegative: 4, violations: 0.1 },
    ...{ margins: [0.4], minutes: 3, scored: { b: scored([1, 0], [0.3, 0.6]) } },
  },
];

test('the results of several trainings are those of one, also in another process, whatever their order', () => {
  const folder = join(dir, 'several');
  const first = new TrialResults(folder);
  first.add(1, results[1]);
  const second = new TrialResults(folder);
  assert.equal([second.has(0), second.has(1)], [false, true]);
  second.add(0, results[0]);
  const { records, neighbors, operating, embedding, margins, minutes, averagePrecision } = second.together();
  assert.equal(records, { ...results[0].records, ...results[1].records });
  assert.equal(neighbors, [
    [9, 0],
    [1, 6],
  ]);
  assert.equal(operating, [
    {
      adjustment: 1,
      matrix: [
        [7, 2],
        [1, 6],
      ],
    },
  ]);
  assert.is(embedding, undefined);
  assert.equal([margins, minutes], [[0.2, 0.3, 0.4], 5]);
  assert.equal(averagePrecision, precisionsOf({ ...results[0].scored, ...results[1].scored }, 2));
  second.remove();
  assert.not(existsSync(folder));
});

test('a single training is as it was judged, with or without comparisons', () => {
  const alone = new TrialResults(join(dir, 'alone'));
  const { neighbors: _, operating: __, embedding: ___, ...plain } = results[0];
  alone.add(0, plain);
  assert.equal(alone.together().records, results[0].records);
  assert.is(alone.together().neighbors, undefined);
  const compared = new TrialResults(join(dir, 'compared'));
  compared.add(0, results[0]);
  assert.equal(compared.together().embedding, results[0].embedding);
});

test.run();
