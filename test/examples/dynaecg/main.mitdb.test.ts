import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../../support/trainCommand.ts';

const test = suite('examples/dynaecg/main.mitdb');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'));
const mitdb = process.env['MITDB'];
if (!mitdb)
  console.log('examples/dynaecg/main.mitdb: MIT-BIH is skipped, as MITDB does not name the folder of the database');
else
  test('two records of MIT-BIH', async () => {
    mkdirSync(at('linked'));
    for (const name of ['200', '232']) // most of its N and V, and of its S
      for (const suffix of ['hea', 'dat', 'atr'])
        symlinkSync(join(mitdb, `${name}.${suffix}`), at('linked', `${name}.${suffix}`));
    const args = ['--data', at('linked'), '--protocol', 'intra', '--config', 'synthetic', '--iterations', '1'];
    const { code, stdout, stderr } = await cli([...args, '--steps', '2', '--per-class', '8', '--out', at('real')]);
    assert.is(code, 0, stderr);
    assert.match(stdout, 'MIT-BIH, 2 of its records, intra-patient');
    const { annotated, windows, dropped } = json('real', 'metrics.json').beats;
    // the annotations themselves: 200 has N 1743, A 30, V 826, F 2; 232 has R 397, A 1382, j 1, which is of class N
    assert.equal(annotated, { N: 2141, S: 1412, V: 826, F: 2, Q: 0 });
    assert.is(windows + dropped.length, 2141 + 1412 + 826);
  });

test.run();
