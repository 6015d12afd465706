// The golden hashes, here; `npm run test:engines` takes them to every other engine.
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { backend } from '../../../src/backend/active.ts';
import { suite } from '../../support/backends.ts';
import { golden } from './program.ts';

const test = suite('engines/golden');
const hashes = JSON.parse(readFileSync(new URL('hashes.json', import.meta.url), 'utf8'));

test('the seeded run has the bits that it has on every engine', () => {
  const { name } = backend();
  assert.equal(golden(name), hashes[name]);
});

test.run();
