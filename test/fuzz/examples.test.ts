import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, DataError } from 'dynaecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import { readClassMap } from '../../examples/dynaecg/classMap.ts';
import { configurationNames, readConfiguration } from '../../examples/dynaecg/configuration.ts';
import { readSplit } from '../../examples/dynaecg/division.ts';
import { RunFolder } from '../../examples/dynaecg/runFolder.ts';
import { readMetrics } from '../../examples/report/read.ts';
import { Ledger } from '../../examples/study/ledger.ts';
import { sampleMetrics } from '../support/reportSample.ts';
import { type Edit, edited, editJson, editText } from './edits.ts';
import { fuzz, makeFuzzFolder } from './harness.ts';
import { TEXTS, VALUES } from './hostile.ts';

const test = suite('fuzz examples');
const folder = makeFuzzFolder();
const noise = fc.oneof(
  fc.constantFrom(...VALUES, ...TEXTS),
  fc.array(fc.constantFrom(...VALUES, ...TEXTS, '{', '}', '"a":'), { maxLength: 10 }).map((parts) => parts.join('')),
);
const text = JSON.stringify;

/** Reads a file of this text with `read`, which is given its path. */
function through<T>(name: string, read: (path: string) => T): (contents: string) => T {
  const path = join(folder, name);
  return (contents) => {
    writeFileSync(path, contents);
    return read(path);
  };
}

/** JSON edited as a value, or now and then as text. */
const editFile = (file: string, list: readonly Edit[], other: string): string =>
  list[0][2] % 4 ? editJson(file, list) : editText(file, list, other);

const settings = new URL('../../examples/dynaecg/settings/', import.meta.url);
const configurations = configurationNames().map((name) => readFileSync(new URL(`${name}.json`, settings), 'utf8'));
const configuration = through('configuration.json', readConfiguration);

fuzz(test, {
  name: 'readConfiguration',
  valid: fc.constantFrom(...configurations),
  near: edited([...configurations, ...configurations.map((c) => text(configuration(c)))], editFile),
  noise,
  read: configuration,
  refuses: [ArgumentError],
  again: (read) => configuration(text(read)),
});

/** A file of JSON, of which valid ones are given; what is accepted is accepted again as `write` writes it. */
function fuzzJson<T>(name: string, values: readonly object[], read: (path: string) => T, write: (read: T) => unknown) {
  const files = values.map((value) => text(value));
  const fromText = through(`${name}.json`, read);
  fuzz(test, {
    ...{ name, noise, read: fromText, refuses: [DataError] },
    valid: fc.constantFrom(...files),
    near: edited(files, editFile),
    again: (accepted) => fromText(text(write(accepted))),
  });
}

const splits = [
  { train: ['100', 'a/101'], test: ['103'] },
  { train: ['100'], validation: ['101'], test: ['103'], patients: { A: ['100'], ['__proto__']: ['103'] } },
];
fuzzJson('readSplit', splits, readSplit, ({ contents }) => contents);

const classMaps = [
  { normal: ['N', 'L', 'R'], ectopic: ['V', 'A'] },
  { N: ['N'], S: ['A', 'S'], V: ['V'], 'Ж-1': ['F'] },
];
fuzzJson('readClassMap', classMaps, readClassMap, (map) => map);

const { protocols, ...rest } = sampleMetrics({ points: 2 });
const { inter } = protocols;
const [iteration] = inter.history[0].iterations;
const [epoch] = inter.history[0].epochs;
const short = Array.from({ length: 2 }, () => ({ iterations: [iteration], epochs: [epoch] }));
const withFigures = {
  ...inter,
  history: short,
  judged: inter.judged && {
    ...inter.judged,
    attention: [],
    precisionRecall: inter.judged.precisionRecall.map((curve) => ({ ...curve, points: curve.points.slice(0, 2) })),
  },
};
const run = { ...rest, protocols: { inter: withFigures } };
const withoutFigures = { ...rest, protocols: { inter: { ...inter, history: short, judged: null } } };
const runs = [run, withoutFigures, withoutFigures, withoutFigures].map((m) => text(m));
mkdirSync(join(folder, 'run'));
const metrics = through('run/metrics.json', () => readMetrics(join(folder, 'run')));

fuzz(test, {
  name: 'readMetrics',
  valid: fc.constantFrom(...runs),
  near: edited(runs, editFile),
  noise,
  read: metrics,
  refuses: [DataError],
  again: (read) => metrics(text(read)),
});

const id = { name: 'paper', settings: 'c006d799', seed: '0', part: 'test' };
const lines = [
  { reading: '2024-05-17T09:31:12.000Z', ...id },
  {
    ...id,
    protocol: 'intra',
    classes: ['N', 'S', 'V'],
    records: {
      100: [
        [3, 0, 0],
        [0, 1, 0],
        [0, 0, 2],
      ],
    },
    margins: [0.2, 0.25],
    minutes: 3.5,
  },
].map((line) => text(line));
const ledger = through('ledger.jsonl', (path) => {
  const { outcomes, readings } = new Ledger(path);
  return { outcomes, readings };
});

fuzz(test, {
  name: 'Ledger',
  valid: fc.array(fc.constantFrom(...lines)).map((all) => all.map((line) => `${line}\n`).join('')),
  near: edited(lines, (line, list, other) => `${other}\n${editFile(line, list, other)}\n`),
  noise: noise.map((line) => `${line}\n`),
  read: ledger,
  refuses: [DataError],
  again: ({ outcomes, readings }) => ledger([...readings, ...outcomes].map((line) => `${text(line)}\n`).join('')),
});

const begun = {
  data: ['mitdb'],
  split: null,
  classes: null,
  configurations: ['intra', 'inter'].map((name) => readConfiguration(name)),
  seed: '0',
  checksums: { '100.dat': '7c2f00d7', ['__proto__']: '' },
  command: 'npm start',
  started: '2024-05-17T09:31:12.000Z',
};
const unfinished = RunFolder.begin(join(folder, 'new'), false);
const noted = through('new.unfinished/run.json', () => unfinished.begun);
const notes = [begun, { ...begun, data: [] }].map((b) => text(b));

fuzz(test, {
  name: 'RunFolder',
  valid: fc.constantFrom(...notes),
  near: edited(notes, editFile),
  noise,
  read: noted,
  refuses: [DataError, ArgumentError],
  again: (read) => noted(text(read)),
});

test.after(() => rmSync(folder, { recursive: true }));
test.run();
