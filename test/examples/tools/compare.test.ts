import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeAnnotations } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { list, named } from '../../support/annotations.ts';
import { COMMANDS } from '../../support/bundledPrograms.ts';

const test = suite('examples/tools/compare');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-compare-'));

test.after(() => rmSync(dir, { recursive: true }));

/** Runs the command, and returns what it printed. */
const command = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [COMMANDS, 'compare', ...args], {
    cwd: root,
    encoding: 'utf8',
  });

test('npm run compare: two records, ticks of another rate, the header’s end', () => {
  const header = (name: string): void =>
    writeFileSync(
      join(dir, `${name}.hea`),
      `${name} 0 250 5000
`,
    );
  const write = (file: string, text: string, timeResolution: number | null = null): void =>
    writeFileSync(join(dir, file), writeAnnotations(list(text), { timeResolution }));
  header('a');
  write('a.atr', '500 N, 1000 V, 2000 A');
  write('a.dyn', '2000 N, 4000 V, 8000 N, 18000 V', 1000); // 500, 1000, 2000 and 4500 of the record
  header('b');
  write('b.atr', '500 V');
  write('b.dyn', '538 V');
  const [a, b] = [join(dir, 'a'), join(dir, 'b')];
  const json = command('--record', a, '--record', b, '--test', 'dyn', '--start', '0', '--json');
  assert.is(json.stderr, '');
  const { records, total, reference } = JSON.parse(json.stdout);
  assert.is(reference, 'atr');
  assert.equal(
    records.map(({ record, matrix }: { record: string; matrix: number[][] }) => [record, named(matrix)]),
    [
      ['a', 'Nn 1 Sn 1 Vv 1 Ov 1'],
      ['b', 'Vv 1'],
    ],
  );
  assert.is(named(total.matrix), 'Nn 1 Sn 1 Vv 2 Ov 1');
  assert.equal(total.statistics.veb.positivePredictivity, { count: 2, of: 3, value: 2 / 3 });
  const tables = command('--record', a, '--record', b, '--reference', 'atr', '--test', 'dyn', '--start', '0');
  assert.is(tables.status, 0);
  for (const line of ['Record a: dyn against atr', 'Record b: dyn against atr', 'All 2 records'])
    assert.ok(tables.stdout.split('\n').includes(line), tables.stdout);
  assert.ok(tables.stdout.includes('VEB positive predictivity:  66.67% (2/3)'), tables.stdout);
  const alone = command('--record', b, '--test', 'dyn', '--start', '10');
  assert.not.match(alone.stdout, 'All');
  assert.match(alone.stdout, /QRS sensitivity: +- +\(0\/0\)/);
});

test('npm run compare: errors are one line', () => {
  const refused = (line: string | RegExp, ...args: string[]): void => {
    const { status, stdout, stderr } = command(...args);
    assert.is(status, 1);
    assert.is(stdout, '');
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.match(stderr, line);
  };
  const a = join(dir, 'a');
  refused('--record: expected the path of a record, got none');
  refused('--test: expected the suffix of the annotations to judge, got none', '--record', a);
  refused(/^compare: expected to read .*none\.hea, got ENOENT/, '--record', join(dir, 'none'), '--test', 'dyn');
  refused(/^loadAnnotations: expected to open .*a\.xyz, got ENOENT/, '--record', a, '--test', 'xyz', '--start', '0');
  refused('--start: expected seconds >= 0, got soon', '--record', a, '--test', 'dyn', '--start', 'soon');
  refused(/^--start: expected at most the 20 s of .*a, got 300/, '--record', a, '--test', 'dyn');
  refused(
    'compare: expected one of the options that --help lists (did you mean --record?), got --records',
    '--records',
    a,
  );
  writeFileSync(join(dir, 'a.cut'), Uint8Array.of(1));
  refused(/^readAnnotations: .*a\.cut byte 0/, '--record', a, '--test', 'cut', '--start', '0');
  const outside = ['--record', a, '--test', 'out', '--start', '0'];
  writeFileSync(join(dir, 'a.out'), writeAnnotations(list('40 N, 5000 V')));
  const part = command(...outside);
  assert.is(part.status, 0);
  assert.match(
    part.stderr,
    /a: annotationOutside: .*a\.out annotation 1 \(V\): expected .*'s length of 5000, got 5000\n$/,
  );
  const elsewhere = join(dir, 'elsewhere');
  refused(/^loadAnnotations: expected to open .*elsewhere.a\.out, got ENOENT/, ...outside, '--dir', elsewhere);
});

test('npm run compare: a record that cannot be read does not stop the others', () => {
  const [a, b] = [join(dir, 'a.hea'), join(dir, 'b')];
  const args = ['--record', a, '--record', join(dir, 'none'), '--record', b, '--test', 'dyn', '--start', '0'];
  const { status, stdout, stderr } = command(...args, '--json');
  assert.is(status, 1);
  assert.equal(
    JSON.parse(stdout).records.map(({ record }: { record: string }) => record),
    ['a', 'b'],
  );
  assert.match(stderr, /\n\n1 of 3 records failed\n.*none {2}compare: expected to read .*none\.hea, got ENOENT/);
  const bad = ['--record', join(dir, 'no'), '--record', join(dir, 'none'), '--test', 'dyn'];
  assert.equal([command(...bad).status, command(...bad).stdout], [1, '']);
});

test('npm run compare: annotations in another folder', () => {
  const other = join(dir, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'a.dyn'), writeAnnotations(list('500 V, 1000 V, 2000 V')));
  const [a, b] = [join(dir, 'a'), join(dir, 'b')];
  writeFileSync(join(other, 'b.dyn'), writeAnnotations(list('500 S')));
  const args = ['--record', a, '--record', b, '--test', 'dyn', '--dir', other, '--start', '0', '--json'];
  const { records } = JSON.parse(command(...args).stdout);
  assert.equal(
    records.map(({ matrix }: { matrix: number[][] }) => named(matrix)),
    ['Nv 1 Sv 1 Vv 1', 'Vs 1'],
  );
});

test.run();
