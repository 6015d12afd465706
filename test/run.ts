// Runs the tests whose path matches a pattern: node [flags] --import tsx test/run.ts [PATTERN]
//
// Each folder has a process of its own, as many at a time as there are cores, and what it starts one thread. In one process for
// all, kernels would have met arrays of every type, and be several times slower.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { parse } from 'uvu/parse';
import { runSuites, type TestFile } from './support/runSuites.ts';

const [pattern = '\\.test\\.ts$', only] = process.argv.slice(2);
const sums: Record<string, number> = { Total: 0, Passed: 0, Skipped: 0 };

const folders = new Map<string, TestFile[]>();
for (const suite of (await parse('test', pattern)).suites) {
  const [folder] = suite.name.split('/');
  folders.set(folder, [...(folders.get(folder) ?? []), suite]);
}

/** Runs the tests of a folder in a process; prints what is said of each file as soon as the next one begins. */
async function runFolder(folder: string): Promise<void> {
  const env = { DYNAECG_THREADS: '1', ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) };
  const child = spawn(process.execPath, [...process.execArgv, 'test/run.ts', pattern, folder], { env });
  const closed = once(child, 'close');
  const said = new PassThrough();
  for (const stream of [child.stdout, child.stderr]) stream.pipe(said, { end: false });
  void closed.then(() => said.end());

  let lines: string[] = [];
  const print = (): void => {
    if (lines.length > 0) console.log(lines.join('\n'));
    lines = [];
  };
  let ended = false;
  for await (const line of createInterface(said)) {
    const plain = stripVTControlCharacters(line);
    if (/^\S+\.(test|check)\.ts$/.test(plain)) print();
    const [, sum, count] = /^ {2}(Total|Passed|Skipped|Duration): +([\d.]+)/.exec(plain) ?? [];
    if (!sum) lines.push(line);
    else if (sum in sums) sums[sum] += Number(count);
    else ended = true;
  }
  const [code] = await closed;
  if (code !== 0) process.exitCode = 1;
  if (!ended) lines.push(`test/${folder}: expected to run to the end, got exit code ${code}`);
  print();
}

if (only || folders.size <= 1)
  await runSuites([...folders].flatMap(([name, files]) => ((only ?? name) === name ? files : [])));
else {
  const begun = performance.now();
  const waiting = [...folders].sort(([, a], [, b]) => b.length - a.length).map(([folder]) => folder);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await runFolder(next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  for (const [name, count] of Object.entries(sums)) console.log(`  ${`${name}:`.padEnd(10)} ${count}`);
  console.log(`  Duration:  ${Math.round(performance.now() - begun)}ms\n`);
}
