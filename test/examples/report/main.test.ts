import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csvTables } from '../../../examples/report/csv.ts';
import { COMMANDS } from '../../support/bundledPrograms.ts';
import { changed, page, sample } from '../../support/changedSample.ts';
import { metricsFolder } from '../../support/metricsFolder.ts';

const test = suite('examples/report/main');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-report-'));
test.after(() => rmSync(dir, { recursive: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function cli(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const command = [COMMANDS, 'report', ...args];
    execFile(process.execPath, command, { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

test('the command writes a page and tables', async () => {
  const folder = metricsFolder(dir, 'good', JSON.stringify(sample));
  const { code, stdout, stderr } = await cli(folder);
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, join(folder, 'report.html'));
  assert.is(readFileSync(join(folder, 'report.html'), 'utf8'), page);
  const tables = csvTables(sample);
  assert.equal(readdirSync(join(folder, 'csv')).sort(), Object.keys(tables).sort());
  for (const [name, text] of Object.entries(tables)) assert.is(readFileSync(join(folder, 'csv', name), 'utf8'), text);
});

test('bad input is one line and exit code 1', async () => {
  const absent = join(dir, 'absent');
  const expected = 'report: expected metrics.json of a finished run, got ';
  const cases: [args: string[], message: string | RegExp][] = [
    [[], 'report: expected the folder of one run, got none'],
    [['--frobnicate'], 'report: expected one of the options that --help lists, got --frobnicate'],
    [[absent, absent], `report: expected the folder of one run, got ${absent} ${absent}`],
    [[absent], `report: expected the folder of a run, got ${absent}`],
    [[metricsFolder(dir, 'broken', '{"source": ')], new RegExp(`^${expected}.*broken/metrics.json: no JSON: `)],
  ];
  const ends = await Promise.all(cases.map(([args]) => cli(...args)));
  for (const [i, [args, message]] of cases.entries()) {
    const { code, stdout, stderr } = ends[i];
    assert.equal([code, stdout], [1, ''], args.join(' '));
    if (typeof message === 'string') assert.is(stderr, `${message}\n`);
    else assert.match(stderr.trimEnd(), message);
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  }
  assert.not.ok(existsSync(join(dir, 'broken', 'report.html')), 'no page was written');
});

test('the command refuses a confusion that is not the sum of its records, and draws nothing', async () => {
  const folder = metricsFolder(
    dir,
    'unlike',
    JSON.stringify(changed((m) => m.protocols['intra'].judged!.confusion[0][0]++)),
  );
  const { code, stdout, stderr } = await cli(folder);
  assert.equal([code, stdout], [1, '']);
  assert.match(stderr, /protocols\.intra\.judged\.confusion should be the sum of its records, .*, and is .*\n$/);
  assert.equal(readdirSync(folder), ['metrics.json']);
});

test.run();
