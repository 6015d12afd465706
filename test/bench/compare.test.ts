// What the bench says of two runs: the files are written here, and no time is measured.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { prepareBaseline, type Run, readBaseline } from '../../bench/support/baseline.ts';
import { changes, formatChanges } from '../../bench/support/compare.ts';
import type { Timing } from '../../bench/support/timing.ts';
import { assertThrows } from '../support/asserts.ts';

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-bench-test-'));
test.after(() => rmSync(dir, { recursive: true }));

/** A timing whose median and minimum are 0.9 and 0.8 of its mean, in seconds. */
function timing(work: string, by: string, mean: number, margin: number | null): Timing {
  return { work, by, mean, median: 0.9 * mean, minimum: 0.8 * mean, margin, samples: margin === null ? 1 : 20 };
}

function run(timings: Timing[], cpu = 'a processor'): Run {
  const [engine, backend] = ['Node 20.0.0, V8 11.3', 'wasm'];
  return { engine, cpu, cores: 2, clock: 'wall', backend, native: [], timings, ratios: [], shares: {} };
}

const THEN = run([
  timing('gemm', 'js', 0.01, 4),
  timing('gemm', 'wasm', 0.001, 2),
  timing('tanh', 'js', 0.02, 1),
  timing('t-SNE', 'dynaecg', 4, null),
  timing('gone', 'wasm', 1, 1),
]);

const NOW = run([
  timing('tanh', 'js', 0.03, 3),
  timing('gemm', 'js', 0.0107, 3), // 0.7 ms more, and margins of 0.4 and 0.321 ms
  timing('gemm', 'wasm', 0.00075, 4), // 0.25 ms less, and margins of 0.02 and 0.03 ms
  timing('t-SNE', 'dynaecg', 8, 1),
  timing('tanh', 'wasm', 0.001, 1),
]);

test('a difference counts where it is larger than both margins added', () => {
  const found = changes(NOW, THEN);
  assert.equal(
    found.map(({ work, by, verdict }) => [work, by, verdict]),
    [
      ['tanh', 'js', 'slower'],
      ['gemm', 'js', null],
      ['gemm', 'wasm', 'faster'],
      ['t-SNE', 'dynaecg', null],
    ],
  );
  const rounded = (x: number | null): number | null => x && Math.round(1e6 * x) / 1e6;
  assert.equal(
    found.map(({ ratio, margin }) => [rounded(ratio), rounded(margin)]),
    [
      [1.5, 0.055],
      [1.07, 0.0721],
      [0.75, 0.05],
      [2, null],
    ],
  );
  for (const { ratio, minimum } of found) assert.is(rounded(minimum), rounded(ratio));
  const [narrower] = changes(run([timing('gemm', 'js', 0.0107, 2.7)]), run([timing('gemm', 'js', 0.01, 4)]));
  assert.is(narrower.verdict, 'slower', '0.7 ms more, and margins of 0.4 and 0.289 ms');
  assert.ok(changes(THEN, THEN).every(({ ratio, verdict }) => ratio === 1 && verdict === null));
});

test('a line for each time that both runs have, and how many differ', () => {
  assert.equal(formatChanges(NOW, THEN), [
    'now / then: Node 20.0.0, V8 11.3, a processor',
    '  tanh: js        mean 1.500 ± 0.055, minimum 1.500  slower',
    '  gemm: js        mean 1.070 ± 0.072, minimum 1.070',
    '  gemm: wasm      mean 0.750 ± 0.050, minimum 0.750  faster',
    '  t-SNE: dynaecg  mean 2.000, minimum 2.000',
    '  of 4 times in both runs 1 are faster and 1 slower by more than both margins',
    '  only now: 1',
    '  only then: 1',
  ]);
  const [elsewhere, none] = formatChanges(NOW, run([], 'another'));
  assert.is(elsewhere, 'now / then: Node 20.0.0, V8 11.3, another, which is not where it runs now');
  assert.is(none, '  of 0 times in both runs 0 are faster and 0 slower by more than both margins');
});

test('a baseline is read as it was written', () => {
  const path = join(dir, 'run.json');
  writeFileSync(path, JSON.stringify(THEN, null, 1));
  assert.equal(readBaseline(path, 'wall'), THEN);
});

test('a file that is no baseline is refused in one line', () => {
  const path = join(dir, 'other.json');
  const changed = (fields: object): unknown => run([timing('gemm', 'js', 1, 1), { ...THEN.timings[0], ...fields }]);
  const cases: [contents: unknown, got: string][] = [
    [null, 'other JSON'],
    [[], 'other JSON'],
    [{ timings: {} }, 'other JSON'],
    [{ ...THEN, cpu: undefined }, 'cpu undefined'],
    [{ ...THEN, engine: 20 }, 'engine 20'],
    [{ ...THEN, clock: 'cpu' }, 'clock "cpu" instead of "wall"'],
    [{ ...THEN, clock: undefined }, 'clock undefined instead of "wall"'],
    [run([null as unknown as Timing]), 'work undefined in timing 0'],
    [changed({ work: 3 }), 'work 3 in timing 1'],
    [changed({ by: undefined }), 'by undefined in timing 1'],
    [changed({ mean: 0 }), 'mean 0 in timing 1'],
    [changed({ mean: '1' }), 'mean "1" in timing 1'],
    [changed({ median: null }), 'median null in timing 1'],
    [changed({ minimum: -1 }), 'minimum -1 in timing 1'],
    [changed({ margin: undefined }), 'margin undefined in timing 1'],
    [changed({ margin: -2 }), 'margin -2 in timing 1'],
  ];
  for (const [contents, got] of cases) {
    writeFileSync(path, JSON.stringify(contents));
    const message = `--compare: expected a run of the bench in ${path}, got ${got}`;
    assertThrows(() => readBaseline(path, 'wall'), DataError, message);
  }
  const [none, broken] = [join(dir, 'none.json'), join(dir, 'broken.json')];
  writeFileSync(broken, '{"timings": [');
  assert.throws(
    () => readBaseline(none, 'wall'),
    /^--compare: expected a run of the bench in .*none\.json, got ENOENT/,
  );
  assert.throws(
    () => readBaseline(broken, 'wall'),
    /^--compare: expected a run of the bench in .*broken\.json, got .*JSON/,
  );
});

test('a folder is no file to save a run to', () => {
  prepareBaseline(join(dir, 'new', 'run.json'));
  assertThrows(() => prepareBaseline(dir), DataError, `--save: expected a file, got the folder ${dir}`);
});

test.run();
