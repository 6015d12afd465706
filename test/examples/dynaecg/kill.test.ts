// A run that is killed at random moments, from loading to the report, and resumed until it is finished: every file has the bits
// of one that was not interrupted. KILLS says how often; `npm run test:kill` kills 1,000 times.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'dynaecg';
import { syntheticRecord } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timelessFiles } from '../../support/runFiles.ts';

const test = suite('examples/dynaecg/kill');

const KILLS = Number(process.env['KILLS'] ?? 20);
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
test.after(() => rmSync(dir, { recursive: true }));
const at = (name: string): string => join(dir, name);
for (const name of ['100', '200']) saveRecord(at('mitdb'), syntheticRecord({ seed: 'kill', name, duration: 90 }));
const SETTINGS = [
  ...['--data', at('mitdb'), '--protocol', 'intra', '--config', 'synthetic'],
  ...['--iterations', '6', '--steps', '4', '--per-class', '3'],
];

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', 'examples/commands.ts', 'train', '--quiet', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });

/** How a process ended: its exit code, or null if it was killed. */
const end = async (child: ChildProcess): Promise<number | null> => (await once(child, 'close'))[0];

/** Kills a process in so many milliseconds, unless it has ended before. */
async function killIn(child: ChildProcess, ms: number): Promise<number | null> {
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  const code = await end(child);
  clearTimeout(timer);
  return code;
}

test(`${KILLS} kills`, async () => {
  const begun = performance.now();
  assert.is(await end(start(...SETTINGS, '--out', at('whole'))), 0);
  const took = performance.now() - begun;
  const expected = timelessFiles(at('whole'));
  assert.ok(Object.keys(expected).length > 12, 'model, metrics, report and tables');

  const random = new Random('kill');
  for (let kills = 0, runs = 0; kills < KILLS; runs++) {
    const out = at(`run-${runs}`);
    const unfinished = `${out}.unfinished`;
    for (let code: number | null = null; code === null; ) {
      const resumes = existsSync(join(unfinished, 'run.json'));
      const child = resumes ? start('--resume', out) : start(...SETTINGS, '--out', out, '--force');
      code = kills < KILLS ? await killIn(child, random.uniform(0, took)) : await end(child);
      if (code === null) kills++;
      assert.is(code ?? 0, 0, `run ${runs} after ${kills} kills`);
      if (code === null && existsSync(out)) break; // killed when all was in place
    }
    assert.equal(timelessFiles(out), expected, `run ${runs} after ${kills} kills`);
    rmSync(out, { recursive: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
});

test.run();
