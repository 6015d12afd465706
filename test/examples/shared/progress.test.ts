import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Progress } from '../../../examples/shared/progress.ts';

const test = suite('examples/shared/progress');

test('a terminal shows a bar with the time left', async () => {
  const { isTTY, write } = process.stderr;
  let shown = '';
  try {
    process.stderr.isTTY = true;
    process.stderr.write = (text: string | Uint8Array) => {
      shown += text;
      return true;
    };
    const progress = new Progress('work', false);
    await setTimeout(200); // it is redrawn ten times a second
    progress.update(0.25, 'a note');
    progress.finish('done');
    new Progress('work', true).finish('in silence');
  } finally {
    Object.assign(process.stderr, { isTTY, write });
  }
  assert.match(shown, /work +█{6}░{18} {2}25 % 0:01 left {2}a note.*work +done \(0:00\)\n$/s); // 0.2 s gone, 0.6 s left
});

test.run();
