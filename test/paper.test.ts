// What docs/paper.md says of the paper's figures and of its protocol, found out again.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfiguration } from '../examples/dynaecg/configuration.ts';
import { plan } from '../examples/dynaecg/plan.ts';
import { openRecordings, type Recordings } from '../examples/dynaecg/recordings.ts';

const test = suite('paper');

const mitdb = process.env['MITDB'];
if (!mitdb) console.log('paper: MIT-BIH skipped, as MITDB does not name the folder of the database');
else {
  let recordings: Recordings;
  test.before(async () => {
    recordings = await openRecordings({ data: mitdb, download: false, quiet: true, seed: '0' });
  });

  test('MIT-BIH: beats less than a window before the next', () => {
    const { beats } = plan(recordings, { ...readConfiguration('paper'), length: 4, before: 2 }, '0').all;
    const { sample, record, counts, dropped } = beats;
    assert.equal([sample.length, dropped.length], [counts.N + counts.S + counts.V, 0]);
    const close = sample.filter((s, i) => record[i] === record[i + 1] && sample[i + 1] - s < 253);
    assert.equal([close.length, sample.length], [36_989, 100_648]);
  });

  for (const name of ['intra', 'paper'])
    test(`MIT-BIH, ${name}: test windows that share samples with a training window, by beats and by time`, () => {
      const configuration = readConfiguration(name);
      assert.equal([configuration.length, configuration.halves], [253, 'beats']);
      const { overlap, split } = plan(recordings, configuration, '0');
      assert.equal([Math.round(overlap * split.test.length), split.test.length], [15_089, 50_307]);
      assert.is((100 * overlap).toFixed(1), '30.0');
      const byTime = plan(recordings, { ...configuration, halves: 'time' }, '0');
      assert.is(byTime.overlap, 0);
      const { train, test: tested } = byTime.split;
      assert.equal([train.length, tested.length], [name === 'intra' ? 50_098 : 50_091, 50_403]);
    });
}

test.run();
