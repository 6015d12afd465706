import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../src/core/errors.ts';
import { throwsWith } from '../support/asserts.ts';
import { inFolder } from '../support/wfdbRecords.ts';

const test = suite('node/atomic');

test('files: a write replaces the whole file and leaves nothing else', () => {
  inFolder((dir) => {
    writeFileAtomic(join(dir, 'f'), 'a longer text');
    writeFileAtomic(join(dir, 'f'), Uint8Array.of(1, 2));
    assert.equal(readdirSync(dir), ['f']);
    throwsWith(() => writeFileAtomic(join(dir, 'absent', 'f'), ''), DataError, join(dir, 'absent', 'f'));
  });
});

test.run();
