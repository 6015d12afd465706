import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorTable } from '../support/errorTable.ts';

const test = suite('docs/errors');

test('docs/errors.md is what npm run docs:errors writes', () => {
  const [written, made] = [readFileSync('docs/errors.md', 'utf8'), errorTable()].map((text) => text.split('\n'));
  for (const [i, line] of made.entries()) assert.is(written[i], line);
  assert.is(written.length, made.length);
});

test.run();
