import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../support/bundledPrograms.ts';
import { ended } from '../../support/program.ts';
import { records, TINY } from '../../support/trainCommand.ts';

const test = suite('examples/shared/exit');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'));

/** A tiny training on two short recordings, which takes a second or two. */
const FAST = [...TINY, '--protocol', 'intra', '--data', records(at('fast'), '100', '200')];

test('a reader that leaves early loses nothing', async () => {
  const command = `${process.execPath} ${COMMANDS} train ${FAST.join(' ')} --out ${at('head')} | head -1`;
  const child = spawn('bash', ['-c', `set -o pipefail; ${command}`], { cwd: root });
  const { code, stderr } = await ended(child as ChildProcessWithoutNullStreams);
  assert.is(code, 0, stderr);
  assert.ok(json('head', 'metrics.json').protocols.intra.judged);
  assert.ok(existsSync(at('head', 'report.html')));
});

for (const [name, redirection, code] of [
  ['a full disk behind standard output loses nothing but what it would have printed', '> /dev/full', 1],
  ['a closed standard error is no reason to stop', '2>&-', 0],
  ['nor is a terminal that hangs up', '& until [ -e $OUT.unfinished ]; do sleep 0.05; done; kill -HUP $!; wait $!', 0],
] as const)
  test(name, async () => {
    const out = at(`${code}-${redirection.length}`);
    const command = `${process.execPath} ${COMMANDS} train ${FAST.join(' ')} --out ${out}`;
    const options = { cwd: root, env: { ...process.env, OUT: out } };
    const child = spawn('bash', ['-c', `${command} ${redirection}`], options) as ChildProcessWithoutNullStreams;
    const end = await ended(child);
    assert.is(end.code, code, end.stderr);
    assert.equal(readdirSync(out).sort(), ['csv', 'metrics.json', 'model-intra.safetensors', 'report.html']);
    if (code === 1) assert.match(end.stderr, /standard output: expected to be written, got ENOSPC/);
  });

test.run();
