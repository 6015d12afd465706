import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AAMI } from '../../../examples/dynaecg/classMap.ts';
import { run } from '../../../examples/dynaecg/evaluate.ts';
import { formatResult } from '../../../examples/dynaecg/table.ts';
import { TINY } from '../../support/configurations.ts';
import { planned } from '../../support/plans.ts';

const test = suite('examples/dynaecg/table');

test('the result says how the halves were made, and shows the paper beside its own protocol only', async () => {
  const printed = async (given: object): Promise<string> => {
    const own = planned({ ...TINY, method: 'crossEntropy', iterations: 1, ...given });
    return formatResult(await run(own, { quiet: true }), { source: 'MIT-BIH', task: AAMI });
  };
  const [drawn, byTime, apart] = await Promise.all(
    [{}, { halves: 'time' }, { halves: 'time', protocol: 'inter' }].map(printed),
  );
  assert.match(drawn, /^MIT-BIH, intra-patient \(half of the beats of each class for training, patients mixed\)\n/);
  assert.match(byTime, /^MIT-BIH, intra-patient \(first and third quarter of each recording for training, /);
  assert.match(apart, /^MIT-BIH, inter-patient /);
  const { split, all } = planned({ ...TINY, halves: 'time' });
  const neither = all.labels.length - split.train.length - split.test.length;
  const line = 'beats in neither half, as their window crosses a border between quarters: ';
  assert.match(byTime, `${line}${neither}\n`);
  const { overlap } = planned(TINY);
  const shared = `${(100 * overlap).toFixed(1)} % of the test windows share samples with a training window`;
  assert.match(drawn, `\n${shared}: the halves are drawn beat by beat, as we read the paper\n`);
  assert.match(byTime, '\n0.0 % of the test windows share samples with a training window\n');
  assert.not.match(apart, 'share samples');
  assert.match(drawn, 'paper: Sen');
  for (const text of [byTime, apart]) assert.not.match(text, 'paper:');
  for (const text of [drawn, apart]) assert.not.match(text, 'neither half');
});

test.run();
