import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clock, count, duration } from '../../../examples/page/format.ts';

const test = suite('examples/page/format');

test('numbers as text', () => {
  assert.is(clock(271_234, 360), '12:33.428');
  assert.is(clock(0, 360), '00:00.000');
  assert.is(clock(360 * 3600 + 1, 360), '1:00:00.003');
  assert.equal([0, 999, 1000, 1_234_567].map(count), ['0', '999', '1,000', '1,234,567']);
  assert.equal([0.04, 59.9, 89, 7260].map(duration), ['0.0 s', '59.9 s', '1 min', '2 h 1 min']);
});

test.run();
