import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MlpClassifier } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../../examples/dynaecg/evaluate.ts';
import type { Plan } from '../../../examples/dynaecg/plan.ts';
import type { Reached } from '../../../examples/dynaecg/train.ts';
import { Unfinished } from '../../../examples/study/unfinished.ts';
import { TINY } from '../../support/configurations.ts';
import { planned } from '../../support/plans.ts';

const test = suite('examples/study/unfinished');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

for (const [method, members] of [
  ['crossEntropy', 3],
  ['joint', 2],
] as const)
  test(`an ensemble goes on from a file, with the members that were finished: ${method}`, async () => {
    const given = { method, members, adjustment: 0.5, mlpScale: 16, margin: 'dynamic', marginThreshold: 0.5 };
    const own = (): Plan => planned({ ...TINY, ...given }, '0', 'validation');
    const unfinished = new Unfinished(at(`ensemble-${method}`), own(), '0');
    const course = async (from?: Reached) => {
      let told = 0;
      const onIteration = (reached: Reached): void => {
        if (++told === 3 && !from) unfinished.save({ ...reached, minutes: 0 }); // the second member's first of two
      };
      const { members, histories, judgement } = await run(own(), {
        ...{ quiet: true, from, onIteration },
      });
      const weights = members.map(({ embedder, classifier }) =>
        [embedder, classifier as MlpClassifier].map((m) => m.namedTensors().map(([, { data }]) => [...data])),
      );
      return { told, weights, histories, judgement };
    };
    const { told, ...whole } = await course();
    const { told: left, ...resumed } = await course(unfinished.load());
    assert.equal([told, left], [2 * members, 2 * members - 3]);
    assert.equal(resumed, whole);
    assert.not.equal(whole.weights[0], whole.weights[1], 'each has a seed of its own');
    for (const { iterations, epochs } of whole.histories)
      assert.equal([iterations.length, epochs.length], method === 'joint' ? [2, TINY.mlpEpochs] : [0, 2]);
  });

test.run();
