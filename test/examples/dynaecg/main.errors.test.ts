import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configurationNames, readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { cli, records, TINY } from '../../support/trainCommand.ts';

const test = suite('examples/dynaecg/main.errors');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

test('what cannot be run ends with 1 and says why in one line', async () => {
  mkdirSync(at('empty'));
  records(at('cut'), '100', '101');
  truncateSync(at('cut', '100.dat'), 30_000);
  records(at('headless'), '100', '101');
  rmSync(at('headless', '101.dat'));
  records(at('few'), '100', '101');
  records(at('silent'), '100', '101');
  for (const name of ['100', '101']) rmSync(at('silent', `${name}.atr`));
  const file = (name: string, text: string): string => {
    writeFileSync(at(name), text);
    return at(name);
  };
  const fields = Object.keys(readConfiguration('intra')).join(' ');
  const config = (name: string, text: string, message: string): [string[], string] => {
    const path = file(name, text);
    return [['--config', path], `configuration ${path}: expected ${message}`];
  };
  const cases: [args: string[], message: string | RegExp][] = [
    [
      ['--config', 'inter-tripet'],
      `configuration inter-tripet: expected a file that ends in .json, or one of ${configurationNames().join(', ')} ` +
        '(did you mean inter-triplet?), got inter-tripet',
    ],
    [['--config', 'nowhere.json'], /^configuration nowhere\.json: expected JSON in nowhere\.json, got ENOENT/],
    [
      ['--config', file('broken.json', '{ "hidden": 16,\n')],
      new RegExp(`^configuration ${at('broken.json')}: expected JSON in ${at('broken.json')}, got .*JSON`),
    ],
    config('list.json', '[1]', 'an object, got [1]'),
    config('key.json', '{ "hiden": 16 }', `some of ${fields}, got hiden`),
    config('range.json', '{ "dropout": 1.5 }', 'dropout a number from 0 to 1, got 1.5'),
    config('whole.json', '{ "hidden": 0 }', 'hidden a whole number >= 1, got 0'),
    config('text.json', '{ "hidden": "16" }', 'hidden a whole number >= 1, got "16"'),
    config('name.json', '{ "method": "guess" }', 'method one of triplet, crossEntropy, joint, got "guess"'),
    config('items.json', '{ "channels": [8, "x"] }', 'channels[1] a whole number >= 1, got "x"'),
    config('pair.json', '{ "channels": 8 }', 'channels two whole numbers >= 1, got 8'),
    config('more.json', '{ "channels": [8, 16, 32] }', 'channels two whole numbers >= 1, got [8,16,32]'),
    config('margin.json', '{ "margin": "fixed" }', 'margin dynamic or a number >= 0, got "fixed"'),
    [
      ['--miner', 'none'],
      '--miner: expected violating, semiHard, nearestSemiHard, semiHardOrFarthest or batchHard, got none',
    ],
    [
      ['--config', 'ablation/cross-entropy', '--miner', 'batchHard'],
      '--miner: expected a configuration that trains with triplets, got ablation/cross-entropy',
    ],
    [['--frobnicate'], 'start: expected one of the options that --help lists, got --frobnicate'],
    [['mitdb'], 'start: expected options alone, which --help lists, got mitdb'],
    [['--protocol', 'all'], '--protocol: expected intra, inter or both, got all'],
    [['--iterations', '0'], '--iterations: expected a whole number >= 1, got 0'],
    [
      ['--iterations', '-5'],
      '--iterations: expected a value (one that begins with - is written --iterations=-5), got -5',
    ],
    [['--iterations=-5'], '--iterations: expected a whole number >= 1, got -5'],
    [['--iterations', 'many'], '--iterations: expected a whole number >= 1, got many'],
    [['--steps', '1.5'], '--steps: expected a whole number >= 1, got 1.5'],
    [['--per-class', '1'], '--per-class: expected a whole number >= 2, got 1'],
    [['--data', at('absent')], `--data: expected a folder, got ${at('absent')}`],
    [
      ['--data', at('empty')],
      `--data: expected WFDB records with annotations (100.hea, 100.atr ...) in ${at('empty')}, got none`,
    ],
    [['--data', at('cut')], /record 100 .*100\.dat.*expected .*, got /],
    [['--data', at('headless')], new RegExp(`expected to open ${at('headless', '101.dat')}, got ENOENT`)],
    [
      ['--data', at('silent')],
      /^--data: expected WFDB records .*silent, got 2 records, the first without annotations \(\.atr\)$/,
    ],
    [
      ['--data', at('few'), '--protocol', 'inter'],
      /^splitPatients: expected at least two patients with beats of every class/,
    ],
  ];
  const ends = await Promise.all(cases.map(([args]) => cli([...args, '--quiet', '--out', at('bad')])));
  for (const [i, [args, message]] of cases.entries()) {
    const { code, stdout, stderr } = ends[i];
    assert.equal([code, stdout], [1, ''], args.join(' '));
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
    if (typeof message === 'string') assert.is(stderr, `${message}\n`);
    else assert.match(stderr.trimEnd(), message);
  }
  for (const out of ['bad', 'bad.unfinished']) assert.not(existsSync(at(out)), `${out}: no file was written`);

  writeFileSync(at('taken'), 'a file');
  const { code, stderr } = await cli([...TINY, '--quiet', '--out', at('taken')]);
  assert.is(code, 1);
  assert.match(stderr, /^--out: expected a folder that can be written, got .*taken: ENOTDIR: not a directory$/m);

  mkdirSync(at('half'));
  writeFileSync(at('half', 'csv'), 'a file');
  const half = await cli([...TINY, '--quiet', '--out', at('half')]);
  assert.equal([half.code, half.stdout], [1, '']);
  assert.match(half.stderr, /^--out: expected a folder that holds nothing but an earlier run, got .*half with csv\n$/);
  assert.equal(readdirSync(at('half')), ['csv'], 'before any training');
});

test.run();
