import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, records, TINY } from '../../support/trainCommand.ts';

const test = suite('examples/dynaecg/recordings');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'));

test('checksums are of what was read, whatever becomes of it during the training', async () => {
  const data = records(at('fleeting'), '100', '200');
  const files = readdirSync(data).sort();
  const expected = files.map((file) => [file, sha256(readFileSync(join(data, file)))]);
  const args = ['--data', data, '--protocol', 'intra', ...TINY, '--quiet', '--out', at('lasting')];
  const { code, stderr } = await cli(args, () => {
    if (existsSync(at('lasting.unfinished', 'run.json'))) rmSync(data, { recursive: true, force: true }); // they are read
    return false;
  });
  assert.equal([code, stderr, existsSync(data)], [0, '', false]);
  assert.equal(Object.entries(json('lasting', 'metrics.json').run.checksums), expected);
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test.run();
