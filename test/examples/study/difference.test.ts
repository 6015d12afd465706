import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatDifference } from '../../../examples/study/difference.ts';
import { MADE } from '../../support/outcomes.ts';

const test = suite('examples/study/difference');

test('the difference of two configurations, on the records and seeds that both have', () => {
  const worse = MADE.slice(0, 2).map((o) => {
    const [n, ...rest] = o.records['100'];
    const records = { ...o.records, '100': [[n[0] - 8, n[1] + 8, n[2]], ...rest] };
    return { ...o, name: 'worse', settings: 'ffffffff', records };
  });
  const text = formatDifference([...MADE, ...worse], 'made', 'worse');
  assert.match(text, /^validation: made \(inter\) less worse \(inter\) on the same 2 patients, 2 seeds together/);
  const [, heads, differences, intervals] = text.split('\n');
  assert.match(heads, /accuracy +macro F1 +N F1 +S sen/);
  // 8 of 181 beats, of both seeds; S has no more nor less found
  const [accuracy, , , sen] = differences.trim().split(/ {2,}/).slice(1);
  assert.equal([accuracy, sen], [((100 * 8) / 181).toFixed(2), '0.00']);
  const [low, high] = intervals.trim().split(/ {2,}/)[1].split(' to ').map(Number);
  assert.ok(low <= Number(accuracy) && Number(accuracy) <= high, intervals);
  assert.throws(() => formatDifference(MADE, 'made', 'absent'), /got none of made and absent/);
});

test.run();
