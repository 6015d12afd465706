// What every program of the examples and the bench does with its command line, and the helpers that they share.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CommanderError, Option } from 'commander';
import { ArgumentError, DataError } from 'dynaecg';
import { syntheticRecord } from 'dynaecg/ecg';
import { makeFolder, saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkWritable, prepareFolder } from '../../examples/shared/folder.ts';
import { Program } from '../../examples/shared/program.ts';
import { didYouMean, mandatoryOption, seconds, wholeNumber, wholeOption } from '../../examples/shared/values.ts';
import { assertThrows } from '../support/asserts.ts';
import { programArgs } from '../support/bundledPrograms.ts';
import { type Ended, ended } from '../support/program.ts';
import { sampleMetrics } from '../support/reportSample.ts';

const test = suite('command line');

const root = fileURLToPath(new URL('../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

// ---- reading it

/** A program with an option of each sort, and what it read. */
function program(name = 'program') {
  const read: { words: string[]; values: Record<string, unknown> } = { words: [], values: {} };
  const made = new Program(name)
    .option('--out <DIR>', 'a folder')
    .addOption(wholeOption('--per-class <N>', 'a number', 1))
    .option('--record <PATH...>', 'records')
    .addOption(new Option('--miner <NAME>', 'one of these').choices(['easy', 'hard', 'harder']))
    .option('--json', 'a flag')
    .configureOutput({ writeOut: (text) => shown.push(text) })
    .action((...given) => {
      const [values] = given.slice(-2);
      Object.assign(read, { words: given.length > 2 ? given[0] : [], values });
    });
  const shown: string[] = [];
  return { made, read, shown };
}

function read(...args: string[]): Record<string, unknown> {
  const { made, read } = program();
  made.parse(args, { from: 'user' });
  return read.values;
}

test('options and words are read', () => {
  const given = read('--out', 'a', '--record=b', '--record', 'c', 'd', '--per-class=3', '--json', '--json');
  assert.equal(given, { out: 'a', record: ['b', 'c', 'd'], perClass: 3, json: true });
  assert.equal(read(), {});
  assert.is(read('--out', '-')['out'], '-', 'as programs write standard output');
  const { made, read: found } = program();
  made.argument('[WORDS...]').parse(['a', '--json', '--', '-b'], { from: 'user' });
  assert.equal(found, { words: ['a', '-b'], values: { json: true } });
});

test('help and version are told whatever else is there, but not as values', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const help = program().made.helpInformation();
  const own = `dynaecg ${version}\n`;
  const cases: [args: string[], shown: string][] = [
    [['--help'], help],
    [['-h'], help],
    [['--wrong', 'word', '-h'], help],
    [['--per-class', 'many', '--help'], help],
    [['-h', '--version'], help],
    [['--version'], own],
    [['--version', '--out'], own],
  ];
  for (const [args, text] of cases) {
    const { made, shown } = program();
    assert.throws(
      () => made.parse(args, { from: 'user' }),
      (error: CommanderError) => error.exitCode === 0,
      args.join(' '),
    );
    assert.ok(shown.join('').startsWith(text), args.join(' '));
  }
  assert.throws(() => read('--wrong', '--out', '-h'), /got -h$/);
  assert.match(help, /^Usage: npm run program -- \[options\]\n/);
  assert.match(help, /choices: "easy", "hard", "harder"/);
});

test('what is wrong is told, with what would be right', () => {
  const listed = 'program: expected one of the options that --help lists';
  const cases: [args: string[], message: string][] = [
    [['--frobnicate'], `${listed}, got --frobnicate`],
    [['--frobnicate=5'], `${listed}, got --frobnicate`],
    [['--per-clas', '5'], `${listed} (did you mean --per-class?), got --per-clas`],
    [['--prer-class=5'], `${listed} (did you mean --per-class?), got --prer-class`],
    [['-out', 'a'], `${listed} (did you mean --out?), got -out`],
    [['--no-json'], `${listed} (did you mean --json?), got --no-json`],
    [['-x'], `${listed}, got -x`],
    [['--constructor'], `${listed}, got --constructor`],
    [['word'], 'program: expected options alone, which --help lists, got word'],
    [['-3'], 'program: expected options alone, which --help lists, got -3'],
    [['--', '--out'], 'program: expected options alone, which --help lists, got --out'],
    [['--out'], '--out: expected a value, got none'],
    [['--out='], '--out: expected a value, got an empty one'],
    [['--out', ''], '--out: expected a value, got an empty one'],
    [['--record', ''], '--record: expected a value, got an empty one'],
    [['--per-class', '-3'], '--per-class: expected a value (one that begins with - is written --per-class=-3), got -3'],
    [['--per-class=-3'], '--per-class: expected a whole number >= 1, got -3'],
    [['--out', '--json'], '--out: expected a value (one that begins with - is written --out=--json), got --json'],
    [['--json=yes'], '--json: expected no value, got yes'],
    [['--json='], '--json: expected no value, got an empty one'],
    [['--out', 'a', '--out', 'b'], '--out: expected once, got a and b'],
    [['--out', 'a', '--out=a'], '--out: expected once, got a and a'],
    [['--miner', 'soft'], '--miner: expected easy, hard or harder, got soft'],
    [['--miner', 'hadr'], '--miner: expected easy, hard or harder (did you mean hard?), got hadr'],
    [['--miner', "it's 'x' is invalid."], "--miner: expected easy, hard or harder, got it's 'x' is invalid."],
  ];
  for (const [args, message] of cases) assertThrows(() => read(...args), ArgumentError, message);
});

test('what must be there: options, words, a command; and no more', () => {
  const made = new Program('several').addCommand(
    new Program('one').argument('<DIR>', 'a folder; of any name').argument('[PART]', 'a part'),
  );
  made.addCommand(new Program('two').addOption(mandatoryOption('--model <FILE>', 'a model file; one of ours')));
  const parse = (...args: string[]) => made.parse(args, { from: 'user' });
  for (const command of made.commands) command.action(() => {});
  const cases: [args: string[], message: string][] = [
    [['one'], 'several one: expected a folder, got none'],
    [['one', 'a', 'b', 'c'], 'several one: expected a folder and a part, got a b c'],
    [['two'], '--model: expected a model file, got none'],
    [
      ['two', '--modle', 'x'],
      'several two: expected one of the options that --help lists (did you mean --model?), got --modle',
    ],
    [['tow'], 'several: expected one or two (did you mean two?), got tow'],
    [['--model', 'x', 'two'], 'several: expected one of the options that --help lists, got --model'],
  ];
  for (const [args, message] of cases) assertThrows(() => parse(...args), ArgumentError, message);
  parse('two', '--model', 'x');
});

test('an option before npm’s -- is not passed over', () => {
  const { env } = process;
  const npm = (given: Record<string, string>, ...args: string[]) => {
    process.env = { ...env, npm_lifecycle_event: 'program', ...given };
    try {
      return read(...args);
    } finally {
      process.env = env;
    }
  };
  const message = '--per-class: expected after --, as in npm run program -- --per-class, got before it';
  for (const args of [[], ['3'], ['--json']])
    assertThrows(() => npm({ npm_config_per_class: '3' }, ...args), ArgumentError, message);
  assert.ok(npm({ npm_config_json: 'true' }), 'which may be a setting of npm');
  assert.ok(npm({ npm_config_other: '3' }));
  assert.ok(npm({ npm_config_per_class: '3', npm_lifecycle_event: 'test' }), 'run by another script');
});

test('the line of a command is what a shell takes it from', () => {
  const lineOf = (...args: string[]): string => {
    const { made } = program('train');
    made.argument('[WORDS...]').parse(args, { from: 'user' });
    return made.line;
  };
  assert.is(lineOf(), 'npm start');
  assert.is(lineOf('--out', 'mit-bih/1.0', '--per-class=4'), 'npm start -- --out mit-bih/1.0 --per-class=4');
  const words = [
    '--out',
    'a folder',
    "it's",
    '$HOME',
    '`id`',
    '',
    '*',
    '~',
    'a\\b',
    '"',
    'x;y',
    'two\nlines',
    '#',
    'é',
    "''",
  ];
  const line = lineOf(...words);
  assert.ok(line.startsWith('npm start -- --out '));
  const said = execFileSync('sh', ['-c', `printf '%s\\0' ${line.slice('npm start -- '.length)}`], { encoding: 'utf8' });
  assert.equal(said.split('\0').slice(0, -1), words);
});

test('numbers and words from the command line', () => {
  assert.equal([wholeNumber('-n', '3', 1), wholeNumber('-n', '1e3', 1), wholeNumber('-n', '0', 0)], [3, 1000, 0]);
  for (const wrong of ['0', '-3', '1.5', 'many', ' ', 'NaN', 'Infinity', '3 000'])
    assertThrows(() => wholeNumber('-n', wrong, 1), ArgumentError, `-n: expected a whole number >= 1, got ${wrong}`);
  for (const large of ['2147483648', '1e300'])
    assertThrows(
      () => wholeNumber('-n', large, 1),
      ArgumentError,
      `-n: expected a whole number from 1 to 2147483647, got ${large}`,
    );
  assert.equal([seconds('-s', '0'), seconds('-s', '1.5')], [0, 1.5]);
  for (const wrong of ['-1', 'soon', ' ', '1e999'])
    assertThrows(() => seconds('-s', wrong), ArgumentError, `-s: expected seconds >= 0, got ${wrong}`);
  const words = ['triplet', 'joint', 'inter', 'intra'];
  const meant: [given: string, meant: string][] = [
    ['tripelt', 'triplet'],
    ['triplets', 'triplet'],
    ['itner', 'inter'],
    ['intr', 'inter or intra'],
    ['jo', ''],
    ['', ''],
    ['--help', ''],
  ];
  for (const [given, word] of meant) assert.is(didYouMean(given, words), word && ` (did you mean ${word}?)`, given);
});

// ---- folders for results

const PROC = existsSync('/proc/self') ? '/proc' : null;
if (!PROC) console.log('command line: /proc is skipped, as there is none');

test('a folder is made with those above it, and again does no harm', () => {
  for (let i = 0; i < 2; i++) makeFolder(at('new', 'below', 'more'));
  assert.equal(readdirSync(at('new', 'below')), ['more']);
  writeFileSync(at('new', 'file'), '');
  for (const path of [at('new', 'file'), at('new', 'file', 'below', 'more')])
    assert.throws(
      () => makeFolder(path),
      (error: Error) =>
        error instanceof DataError && /^makeFolder: expected to make .*, got (EEXIST|ENOTDIR)/.test(error.message),
    );
  assert.throws(() => makeFolder('a\0b'), /^makeFolder: expected to make /);
  assert.equal(readdirSync(at('new')).sort(), ['below', 'file']);
});

test('a folder is tried before there is anything to write, and nothing is left in it', () => {
  checkWritable('--out', at('tried', 'below'));
  assert.not.ok(existsSync(at('tried')));
  prepareFolder('--out', at('tried'), 'inside');
  assert.equal(readdirSync(at('tried')), ['inside']);
  writeFileSync(at('file'), '');
  for (const [path, why] of [
    [at('file'), 'ENOTDIR: not a directory'],
    [at('file', 'below'), 'ENOTDIR: not a directory'],
    ...(PROC ? ['/proc', '/proc/x', '/proc/x/y'].map((path) => [path, 'ENOENT: no such file or directory']) : []),
  ]) {
    const message = `--out: expected a folder that can be written, got ${path}: ${why}`;
    assertThrows(() => checkWritable('--out', path), DataError, message);
    if (path !== at('file')) assertThrows(() => prepareFolder('--out', path), DataError, message);
  }
  assertThrows(
    () => prepareFolder('--out', at('file')),
    DataError,
    `--out: expected a folder that can be written, got ${at('file')}: EEXIST: file already exists`,
  );
});

// ---- the programs

/** The words after node's own, by script. */
const PROGRAMS: Record<string, string[]> = Object.fromEntries(
  Object.entries<string>(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts).flatMap(
    ([name, script]) => {
      const [, words] = /^node --import \.\/ready\.mjs ((?:examples|bench)\/.+)$/.exec(script) ?? [];
      return words && !name.includes(':') ? [[name, words.split(' ')]] : []; // live:build is live with an option
    },
  ),
);

/** Runs a program; one that does not end within two minutes fails. */
async function run(name: string, ...args: string[]): Promise<Ended> {
  const [file, ...words] = PROGRAMS[name];
  const child = spawn(process.execPath, [...programArgs(file), ...words, ...args], { cwd: root });
  const timer = new AbortController();
  const late = setTimeout(120_000, null, { signal: timer.signal }).then(
    () => child.kill('SIGKILL'),
    () => {},
  );
  const end = await ended(child);
  timer.abort();
  await late;
  return end;
}

test('the programs are those of package.json', () => {
  assert.equal(Object.keys(PROGRAMS).sort(), [
    'annotate',
    'bench',
    'compare',
    'detect',
    'dynaecg',
    'experiment',
    'live',
    'model',
    'noise',
    'parity',
    'queue',
    'report',
    'size',
    'start',
    'statistics',
    'variability',
  ]);
});

for (const name of Object.keys(PROGRAMS))
  test(`npm run ${name}: -h, --help, --version, an unknown option`, async () => {
    const [short, long, version, wrong] = await Promise.all(
      [['-h'], ['--help', '--frobnicate'], ['--version'], ['--frobnicate']].map((args) => run(name, ...args)),
    );
    assert.equal(long, short);
    assert.equal([short.code, short.stderr], [0, '']);
    for (const option of ['-h, --help ', '--version ']) assert.ok(short.stdout.includes(`\n  ${option}`), option);
    assert.equal([version.code, version.stderr], [0, '']);
    assert.match(version.stdout, /^dynaecg \d+\.\d+\.\d+\S*\n$/);
    assert.equal(wrong, {
      code: 1,
      stdout: '',
      stderr: `${name}: expected one of the options that --help lists, got --frobnicate\n`,
    });
  });

if (PROC)
  test('what cannot be written is refused at once, by every program that writes', async () => {
    saveRecord(at('mitdb'), syntheticRecord({ seed: 'command line', name: '100', duration: 30 }));
    writeFileSync(at('metrics.json'), JSON.stringify(sampleMetrics({ points: 50 })));
    writeFileSync(at('csv'), 'a file');
    const data = ['--data', at('mitdb')];
    const cases: [name: string, args: string[], message: string][] = [
      ['start', ['--out', '/proc/x'], '--out'],
      ['start', ['--download', '--data', '/proc/x', '--out', at('out')], '--data'],
      ['annotate', ['--model', at('absent'), '--record', at('mitdb', '100'), '--out', '/proc/x'], '--out'],
      ['experiment', ['layout', 'synthetic', ...data, '--out', '/proc/x'], '--out'],
      ['experiment', ['layout', 'synthetic', ...data, '--out', '/proc/x/page.html'], '--out'],
      ['experiment', ['run', 'synthetic', ...data, '--ledger', at('ledger.jsonl'), '--out', '/proc/x'], '--out'],
      ['experiment', ['run', 'synthetic', ...data, '--ledger', '/proc/x/ledger.jsonl', '--out', at('out')], '--ledger'],
      ['bench', ['gemm', '--save', '/proc/x/run.json'], '--save'],
    ];
    const ends = await Promise.all(cases.map(([name, args]) => run(name, ...args)));
    for (const [i, [name, args, option]] of cases.entries())
      assert.equal(
        ends[i],
        {
          code: 1,
          stdout: '',
          stderr: `${option}: expected a folder that can be written, got /proc/x: ENOENT: no such file or directory\n`,
        },
        [name, ...args].join(' '),
      );
    const report = await run('report', dir);
    assert.equal(report, {
      code: 1,
      stdout: '',
      stderr: `report: expected a folder that can be written, got ${at('csv')}: EEXIST: file already exists\n`,
    });
    assert.not.ok(existsSync(at('report.html')) || existsSync(at('out')));
  });

test.run();
