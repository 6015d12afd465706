import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MADE } from '../../support/outcomes.ts';
import { cli, oneLine, studyRuns } from '../../support/studyRuns.ts';

const test = suite('examples/study/main');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const { data, place, settings } = studyRuns(at);

test('what cannot be run ends with 1 and says why in one line', async () => {
  const config = settings('wrong');
  writeFileSync(at('torn.jsonl'), '{"name":\n');
  const unlike = { ...MADE[0], records: { 100: [[5, 'a', 0]] } };
  writeFileSync(at('unlike.jsonl'), [MADE[0], unlike].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const cases: [args: string[], message: RegExp][] = [
    [
      ['frobnicate', ...place('bad')],
      /^experiment: expected run, table, records, difference, embeddings, curve, layout or timing, got frobnicate$/,
    ],
    [['run', config], /^--data: expected a folder, got none$/],
    [['one', config, '--seed', '0'], /^--data: expected a folder, got none$/],
    ...['0,,1', '0,1 2', '../0'].map((seeds): (typeof cases)[number] => [
      ['run', config, ...place('bad'), '--seeds', seeds],
      new RegExp(`^--seeds: expected words with commas between them, got ${seeds}$`),
    ]),
    [['tabel'], /^experiment: expected run, table, .* \(did you mean table\?\), got tabel$/],
    [['--data', data], /^experiment: expected one of the options that --help lists, got --data$/],
    [['one', ...place('bad')], /^experiment one: expected a configuration, got none$/],
    [['run', ...place('bad')], /^experiment run: expected the names of configurations, got none$/],
    [['difference', config], /^experiment difference: expected another configuration, got .*wrong\.json$/],
    [
      ['run', 'tripelt', ...place('bad')],
      /^configuration tripelt: expected .* one of .*\(did you mean triplet\?\), got tripelt$/,
    ],
    [
      ['run', config, ...place('bad'), '--part', 'svdb', '--seeds', '0'],
      /^part svdb: expected --data with all of MIT-BIH and with more than 20 records of svdb, got MIT-BIH, 2 of its records$/,
    ],
    [['run', config, ...place('bad'), '--part', 'both'], /^--part: expected validation, folds, .* got both$/],
    [['run', config, ...place('bad'), '--jobs', '0'], /^--jobs: expected a whole number >= 1, got 0$/],
    [
      ['run', config, ...place('bad'), '--seed', '3'],
      /^experiment run: expected one of .* \(did you mean --seeds\?\), got --seed$/,
    ],
    [
      ['layout', config, '--data', data, '--seeds', '3'],
      /^experiment layout: expected one of .* \(did you mean --seed\?\), got --seeds$/,
    ],
    [
      ['layout', config, '--data', data, '--test'],
      /^experiment layout: expected one of the options that --help lists, got --test$/,
    ],
    [['table', '--jobs', '3'], /^experiment table: expected one of the options that --help lists, got --jobs$/],
    [['table', '--ledger', at('torn.jsonl')], /^ledger: expected JSON in line 1 of .*torn\.jsonl, got \{"name":$/],
    [
      ['table', '--ledger', at('unlike.jsonl')],
      /^ledger: expected records\.100\[0\]\[1\] a whole number >= 0 in line 2 of .*unlike\.jsonl, got "a"$/,
    ],
    [['table', '--ledger', at('none.jsonl')], /^--ledger: expected a file, got .*none\.jsonl$/],
    [['table', '--ledger', dir], /^--ledger: expected a file that can be read, got .*: EISDIR/],
    [
      ['run', config, '--data', data, '--out', at('bad'), '--ledger', at('torn.jsonl', 'below')],
      /^--ledger: expected a folder that can be written, got .*torn\.jsonl: ENOTDIR/,
    ],
    [
      ['run', config, '--data', data, '--out', at('torn.jsonl'), '--ledger', at('unmade.jsonl')],
      /^--out: expected a folder that can be written, got .*torn\.jsonl: EEXIST/,
    ],
  ];
  const ends = await Promise.all(cases.map(([args]) => cli(args)));
  for (const [i, [, message]] of cases.entries()) oneLine(ends[i], message);
  assert.not(existsSync(at('bad')), 'nothing is written');
  const [all, none, run] = await Promise.all([['--help'], [], ['run', '--help']].map((args) => cli(args)));
  for (const { code, stderr } of [all, none, run]) assert.equal([code, stderr], [0, '']);
  assert.is(none.stdout, all.stdout);
  for (const command of ['run', 'table', 'records', 'difference', 'embeddings', 'curve', 'layout'])
    assert.match(all.stdout, new RegExp(`^  ${command} `, 'm'));
  for (const option of ['data', 'part', 'test', 'seeds', 'jobs', 'out', 'ledger', 'help'])
    assert.match(run.stdout, `--${option} `);
});

test.run();
