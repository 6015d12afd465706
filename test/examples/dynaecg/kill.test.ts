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
import { COMMANDS } from '../../support/bundledPrograms.ts';
import { timelessFiles } from '../../support/runFiles.ts';

const test = suite('examples/dynaecg/kill');

const KILLS = Number(process.env['KILLS'] ?? 20);
/** How much later a run may be killed each time, and the next run at all: a machine may become slower, or faster. */
const PATIENCE = 1.2;
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
test.after(() => rmSync(dir, { recursive: true }));
const at = (name: string): string => join(dir, name);
for (const name of ['100', '200']) saveRecord(at('mitdb'), syntheticRecord({ seed: 'kill', name, duration: 90 }));
const SETTINGS = [
  ...['--data', at('mitdb'), '--protocol', 'intra', '--config', 'synthetic'],
  ...['--iterations', '6', '--steps', '4', '--per-class', '3'],
];

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [COMMANDS, 'train', '--quiet', ...args], {
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

/** What a run that was killed was at, by what there is of it. */
function stageOf(out: string): string {
  const there = (name: string): boolean => existsSync(join(`${out}.unfinished`, name));
  if (existsSync(out)) return 'finished';
  if (there('metrics.json')) return 'report';
  if (there('checkpoints-intra')) return 'training';
  return there('run.json') ? 'loading' : 'start';
}

/** A process that is killed when its run has got its place leaves what it would have removed next. */
const withoutLock = (files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !/^(run\.json|\.lock)/.test(name)));

test(`${KILLS} kills`, async () => {
  const begun = performance.now();
  assert.is(await end(start(...SETTINGS, '--out', at('whole'))), 0);
  let took = performance.now() - begun;
  const expected = timelessFiles(at('whole'));
  assert.ok(Object.keys(expected).length > 12, 'model, metrics, report and tables');

  const random = new Random('kill');
  const stages: Record<string, number> = {};
  let [kills, runs] = [0, 0];
  while (kills < KILLS) {
    const out = at(`run-${++runs}`);
    const unfinished = `${out}.unfinished`;
    const before = kills;
    for (let longest = took; ; longest *= PATIENCE) {
      const resumes = existsSync(join(unfinished, 'run.json'));
      const child = resumes ? start('--resume', out) : start(...SETTINGS, '--out', out, '--force');
      const code = kills < KILLS ? await killIn(child, random.uniform(0, longest)) : await end(child);
      assert.is(code ?? 0, 0, `run ${runs} after ${kills} kills`);
      if (code !== null) break;
      const stage = stageOf(out);
      stages[stage] = (stages[stage] ?? 0) + 1;
      if (++kills % 100 === 0 || kills === KILLS)
        console.log(`${kills} kills in ${runs} runs:`, JSON.stringify(stages));
      if (stage === 'finished') break;
    }
    assert.equal(withoutLock(timelessFiles(out)), expected, `run ${runs} after ${kills} kills`);
    rmSync(out, { recursive: true });
    rmSync(unfinished, { recursive: true, force: true });
    const own = kills - before;
    if (own < 2) took /= PATIENCE;
    if (own > 4) took *= PATIENCE;
  }
});

test.run();
