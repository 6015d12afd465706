import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addConfusion } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { plan } from '../../../examples/dynaecg/plan.ts';
import { JUST, openRecordings } from '../../../examples/dynaecg/recordings.ts';
import { formatCurves, formatEmbeddings, formatRanking } from '../../../examples/study/comparisonTables.ts';
import { fingerprint } from '../../../examples/study/fingerprint.ts';
import { Ledger, type Outcome, type Reading } from '../../../examples/study/ledger.ts';
import { cells, expectedRow } from '../../support/outcomes.ts';
import { range } from '../../support/plans.ts';
import { cli, oneLine, SOURCE, studyRuns } from '../../support/studyRuns.ts';

const test = suite('examples/study/runs');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const { data, ledgerOf, lines, outcomes, place, settings } = studyRuns(at);
const opened = { ...JUST, data: [data], quiet: true, seed: '', configurations: [] };
const confusionTotals = (matrix: number[][]): number[] => matrix.map((row) => row.reduce((a, b) => a + b, 0));

test('run: a line of the ledger for each seed, and the table; what it holds is not run again', async () => {
  const config = settings('runs');
  const args = ['run', config, '--seeds', ' a, b', ...place('runs')];
  const { code, stdout, stderr } = await cli(args);
  assert.is(code, 0, stderr);
  for (const seed of ['a', 'b'])
    for (const i of [1, 2]) assert.match(stderr, `${config} seed ${seed} validation: ${i} of 2, `);
  const found = outcomes('runs').sort((a, b) => (a.seed < b.seed ? -1 : 1));
  assert.equal(
    found.map(({ seed }) => seed),
    ['a', 'b'],
  );
  assert.is(lines('runs').length, 2, 'no reading of the test half');
  const configuration = readConfiguration(config);
  for (const [
    i,
    { records: matrices, minutes, margins, neighbors, operating, embedding, averagePrecision, ...rest },
  ] of found.entries()) {
    const id = { name: config, settings: fingerprint(configuration), seed: ['a', 'b'][i], part: 'validation' };
    assert.equal(rest, { ...id, source: SOURCE, protocol: 'intra', classes: ['N', 'S', 'V'] });
    assert.ok(minutes > 0 && minutes < 2);
    assert.equal(margins, [0.2, 0.2]);
    for (const [name, matrix] of Object.entries(matrices)) {
      assert.ok(['100', '232'].includes(name));
      assert.equal(
        matrix.map(({ length }) => length),
        [3, 3, 3],
      );
    }
    const { judged } = plan(await openRecordings(opened), configuration, rest.seed, 'validation');
    const counts = confusionTotals(addConfusion(Object.values(matrices)));
    assert.equal(
      counts,
      range(3).map((k) => judged.labels.filter((label) => label === k).length),
      'all held-back beats',
    );
    for (const matrix of [neighbors, ...(operating ?? []).map(({ matrix }) => matrix)])
      assert.equal(confusionTotals(matrix as number[][]), counts, 'the same beats');
    const own = operating?.find(({ adjustment }) => adjustment === configuration.adjustment);
    assert.equal(own?.matrix, addConfusion(Object.values(matrices)));
    assert.equal(Object.keys(embedding ?? {}), ['meanPositive', 'meanNegative', 'violations']);
    assert.equal(Object.keys(averagePrecision!.records).sort(), Object.keys(matrices).sort());
    for (const p of averagePrecision!.all) assert.ok(p! > 0 && p! <= 1 + 1e-12, String(p));
  }
  const row = cells(stdout, config);
  assert.equal([row[0], row[1]], [`${config} (intra, ${SOURCE})`, '2']);
  assert.equal(row.slice(3), expectedRow(found));

  const before = readFileSync(at('runs', 'ledger.jsonl'), 'utf8');
  const again = await cli(args);
  assert.equal([again.code, again.stdout, again.stderr], [0, stdout, '']);
  assert.is(readFileSync(at('runs', 'ledger.jsonl'), 'utf8'), before);
  const table = await cli(['table', ...ledgerOf('runs')]);
  assert.equal([table.code, table.stdout, table.stderr], [0, stdout, '']);

  const { outcomes: all } = new Ledger(at('runs', 'ledger.jsonl'));
  const misspelt = config.replace('runs.json', 'rnus.json');
  const [embeddings, curve, none] = await Promise.all(
    [['embeddings'], ['curve', config], ['curve', misspelt]].map((words) => cli([...words, ...ledgerOf('runs')])),
  );
  for (const { code, stderr } of [embeddings, curve]) assert.equal([code, stderr], [0, '']);
  assert.is(embeddings.stdout, `${formatEmbeddings(all)}\n\n${formatRanking(all)}\n`);
  assert.is(curve.stdout, `${formatCurves(all)}\n`);
  const ledger = at('runs', 'ledger.jsonl');
  oneLine(
    none,
    new RegExp(
      `^experiment: expected names that ${ledger} has results of \\(did you mean ${config}\\?\\), got ${misspelt}$`,
    ),
  );
});

test('--test: a reading is written down before the result, and there is one only', async () => {
  const config = settings('tested');
  const args = ['run', config, '--seeds', '5', '--test', ...place('tested')];
  const first = await cli(args);
  assert.is(first.code, 0, first.stderr);
  assert.match(first.stdout, 'test: mean ± standard deviation');
  const [reading, result] = lines('tested');
  assert.is(lines('tested').length, 2);
  const settingsOf = fingerprint(readConfiguration(config));
  const id = { name: config, settings: settingsOf, seed: '5', part: 'test', source: SOURCE };
  const { reading: when, ...read } = reading as Reading;
  assert.equal(read, id);
  assert.ok(Math.abs(Date.now() - Date.parse(when)) < 600_000, when);
  const {
    records: matrices,
    minutes,
    margins,
    protocol,
    classes,
    neighbors,
    operating,
    embedding,
    averagePrecision,
    ...rest
  } = result as Outcome;
  assert.equal(rest, id);
  assert.ok(neighbors && operating && embedding && averagePrecision);
  assert.ok(Object.keys(matrices).length === 2 && margins.length === 2);

  const ledger = readFileSync(at('tested', 'ledger.jsonl'), 'utf8');
  const again = await cli(args);
  assert.equal([again.code, again.stdout, again.stderr], [0, first.stdout, ''], 'the result is there');

  // a run that was killed between its reading and its result
  mkdirSync(at('lost'));
  const [onlyReading] = ledger.split('\n');
  writeFileSync(at('lost', 'ledger.jsonl'), `${onlyReading}\n`);
  const once = /^experiment .*tested\.json: expected to read the test half once, got it read with seed 5 at \d{4}-/;
  const [run, one] = await Promise.all(
    [
      ['run', '--seeds'],
      ['one', '--seed'],
    ].map((given) => cli([given[0], config, given[1], '5', '--test', ...place('lost')])),
  );
  oneLine(run, once);
  assert.is(one.code, 1, 'nor does the process look that a run starts');
  assert.match(one.stderr.trimEnd().split('\n').at(-1) as string, once);
  assert.is(readFileSync(at('lost', 'ledger.jsonl'), 'utf8'), `${onlyReading}\n`, 'nothing is written');

  // other settings under the name
  settings('tested', { hidden: 5 });
  const other = await cli(['run', config, '--seeds', '6', '--test', ...place('tested')]);
  oneLine(other, /^experiment .*: expected the settings that were reported, [0-9a-f]{8}, got [0-9a-f]{8}; give other/);
  assert.is(readFileSync(at('tested', 'ledger.jsonl'), 'utf8'), ledger, 'nothing is written');
  assert.equal(readdirSync(at('tested')), ['ledger.jsonl'], 'nothing is trained');
});

test.run();
