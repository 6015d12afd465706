import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointError, encodeSafetensors, zeros } from 'dynaecg';
import { loadModel, saveModel } from 'dynaecg/node';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';
import { assertSameModel, savedModel } from '../support/models.ts';

const test = suite('node/model');

test('a model goes to disk and comes back the same; an absent or cut file is an error that names it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  try {
    const path = join(dir, 'model.safetensors');
    const model = savedModel();
    saveModel(path, model);
    assertSameModel(loadModel(path), model);
    const bytes = readFileSync(path);
    for (const [name, contents, fault] of [
      ['absent', null, 'ENOENT'],
      ['empty', bytes.subarray(0, 0), 'expected at least 8 bytes, got 0'],
      ['half', bytes.subarray(0, bytes.length / 2), `got a file of ${Math.floor(bytes.length / 2)}`],
      ['one byte short', bytes.subarray(0, -1), 'bytes after the header, as it announces, got '],
      ['no model', encodeSafetensors({ x: zeros([2]) }), "expected format 'dynaecg 2' or 'dynaecg 3', got undefined"],
    ] as const) {
      const bad = join(dir, `${name}.safetensors`);
      if (contents) writeFileSync(bad, contents);
      try {
        loadModel(bad);
        assert.unreachable(name);
      } catch (error) {
        assert.instance(error, CheckpointError);
        const { message } = error as Error;
        assert.ok(
          message.startsWith(`loadModel: expected a model in ${bad}, got: `) && message.includes(fault),
          message,
        );
      }
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.run();
