import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { addConfusion, classificationScores, DataError, zeros } from 'dynaecg';
import { type AnnotatedBeat, type AnnotatedRecord, annotateRecord, syntheticRecord } from 'dynaecg/ecg';
import { loadModel, loadRecord, saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Configuration,
  checkConfiguration,
  configurationNames,
  MINERS,
  readConfiguration,
} from '../../../examples/dynaecg/configuration.ts';
import { download } from '../../../examples/dynaecg/download.ts';
import { trainCommand } from '../../../examples/dynaecg/options.ts';
import type { Judged, ProtocolMetrics } from '../../../examples/report/metrics.ts';
import { Progress } from '../../../examples/shared/progress.ts';
import { assertClose } from '../../support/asserts.ts';
import { type Ended, ended } from '../../support/program.ts';
import { timelessFiles } from '../../support/runFiles.ts';

const test = suite('example');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

/** Runs the example, and interrupts it as soon as `interrupt` says so. */
async function cli(
  args: string[],
  interrupt?: () => boolean,
  command = 'train',
  signal: NodeJS.Signals = 'SIGINT',
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/commands.ts', command, ...args], { cwd: root });
  const timer = setInterval(() => {
    if (!interrupt?.()) return;
    clearInterval(timer);
    child.kill(signal);
  }, 20);
  try {
    return await ended(child);
  } finally {
    clearInterval(timer);
  }
}
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'));

/** A folder with recordings of a minute and a half under MIT-BIH's names. */
function records(folder: string, ...names: string[]): string {
  for (const name of names) saveRecord(at(folder), syntheticRecord({ seed: 'example', name, duration: 90 }));
  return at(folder);
}
const SHORT = ['--iterations', '2', '--steps', '2', '--per-class', '3'];
const TINY = ['--config', 'synthetic', ...SHORT];
/** The same on two short recordings, which takes a second or two. */
const FAST = [...TINY, '--protocol', 'intra', '--data', records('fast', '100', '200')];

// ---- a run

test('a terminal shows a bar with the time left', async () => {
  const { isTTY, write } = process.stderr;
  let shown = '';
  try {
    process.stderr.isTTY = true;
    process.stderr.write = (text: string | Uint8Array) => {
      shown += text;
      return true;
    };
    const progress = new Progress('work', false);
    await setTimeout(200); // it is redrawn ten times a second
    progress.update(0.25, 'a note');
    progress.finish('done');
    new Progress('work', true).finish('in silence');
  } finally {
    Object.assign(process.stderr, { isTTY, write });
  }
  assert.match(shown, /work +█{6}░{18} {2}25 % 0:01 left {2}a note.*work +done \(0:00\)\n$/s); // 0.2 s gone, 0.6 s left
});

test('--help', async () => {
  const { code, stdout, stderr } = await cli(['--help', '--data', at('absent')]);
  assert.equal([code, stderr], [0, '']);
  for (const option of [
    'data',
    'download',
    'protocol',
    'config',
    'iterations',
    'steps',
    'per-class',
    'miner',
    'seed',
    'out',
    'quiet',
    'json',
    'help',
  ])
    assert.match(stdout, `--${option} `);
  for (const miner of Object.keys(MINERS)) assert.match(stdout, new RegExp(`\\b${miner}\\b`));
});

test("without --config: the paper's method for MIT-BIH, and a small network for synthetic recordings", () => {
  const read = (args: string[]) => {
    let configurations: Configuration[] = [];
    const train = trainCommand(async (options) => {
      ({ configurations } = options);
    });
    train.parse(args, { from: 'user' });
    return configurations;
  };
  const [intra, inter] = ['triplet', 'inter-triplet'].map(readConfiguration);
  assert.equal([intra.protocol, inter.protocol, intra.method, inter.method], ['intra', 'inter', 'triplet', 'triplet']);
  for (const args of [['--data', 'mitdb'], ['--download']]) assert.equal(read(args), [intra, inter]);
  assert.equal(read(['--data', 'mitdb', '--protocol', 'inter', '--steps', '7']), [{ ...inter, steps: 7 }]);
  const synthetic = readConfiguration('synthetic');
  assert.equal(read([]), [
    { ...synthetic, protocol: 'intra' },
    { ...synthetic, protocol: 'inter' },
  ]);
  for (const miner of Object.keys(MINERS))
    assert.equal(read(['--config', 'joint', '--protocol', 'intra', '--miner', miner]), [
      { ...readConfiguration('joint'), miner },
    ] as Configuration[]);
});

/** What every iteration and every epoch leaves in metrics.json, all of it numbers or yes and no. */
const ITERATION = [
  'loss triplets pairs possible activeFraction meanPositive meanNegative gradientNorm spread',
  'iteration margin emptyBatches learningRate neighborF1 violationRate best collapsed',
]
  .join(' ')
  .split(' ');
const EPOCH = 'epoch loss accuracy validationLoss validationAccuracy best'.split(' ');

/** What the report shows beside the scores: of the right sizes, and true to them. */
function checkShown(
  shown: Omit<Judged, 'confusion' | 'records' | 'accuracy' | 'perClass' | 'macro'>,
  { macro, tested, records }: { macro: Judged['macro']; tested: number; records: string[] },
): void {
  const { neighbors, operating, embedding, intervals, precisionRecall, trainingLayout, layout, attention, novelty } =
    shown;
  for (const matrix of [neighbors, ...operating!.map((point) => point.matrix)])
    assert.is(
      matrix!.flat().reduce((a, b) => a + b),
      tested,
    );
  assert.equal([operating![0].adjustment, operating!.at(-1)!.adjustment], [1.5, -0.5]);
  const { meanPositive, meanNegative, violations } = embedding!;
  assert.ok(meanPositive > 0 && meanPositive <= 4 && meanNegative > 0 && meanNegative <= 4, 'of unit vectors');
  assert.ok(violations >= 0 && violations <= 1);

  const { low, high } = intervals.macro.f1;
  assert.ok(low <= macro.f1 && macro.f1 <= high && low < high);
  assert.is(intervals.perClass.length, 3);
  for (const { averagePrecision, points } of precisionRecall) {
    assert.ok(averagePrecision > 0 && averagePrecision <= 1 && points.length > 1);
    assert.is(points.at(-1)?.recall, 1, 'in the end all are taken for the class');
  }

  const { x, y, trained, record, sample, label, predicted, trustworthiness } = layout;
  assert.ok(x.length > 100 && trustworthiness > 0.8 && trustworthiness <= 1);
  for (const column of [y, trained, record, sample, label, predicted]) assert.is(column.length, x.length);
  const judgedOnes = trained.flatMap((own, i) => (own ? [] : [record[i]]));
  assert.ok(judgedOnes.every((name) => records.includes(name)));
  assert.equal(trainingLayout?.sample, sample.slice(0, trained.indexOf(false)), 'the training beats alone');

  for (const { kind, label, predicted, probability, signal, weights } of attention) {
    assert.is(kind === 'typical', label === predicted);
    assert.ok(probability > 1 / 3 - 1e-6 && probability <= 1);
    const { length } = readConfiguration('synthetic');
    assert.equal([signal.length, weights.length], [length, Math.floor(length / 4)]);
    assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-3);
  }
  assert.ok(attention.length > 0);

  const { byClass, limit } = novelty;
  assert.ok(limit > 0);
  assert.is(byClass['N'].beats + byClass['S'].beats + byClass['V'].beats, tested);
  for (const { beats, above } of Object.values(byClass)) assert.ok(beats > 0 && above >= 0 && above <= 1);
}

test('synthetic recordings, both protocols: tables, report.html, metrics.json, csv, models', async () => {
  const { code, stdout, stderr } = await cli([...TINY, '--out', at('synthetic')]);
  assert.is(code, 0, stderr);
  assert.match(stderr, 'no --data given: 32 synthetic recordings');
  assert.match(stderr, /^intra: embedder +best of 2 iterations: [12] \(\d:\d\d\)$/m);
  assert.match(stderr, /\d+ beats; \d+ dropped/);
  const files = ['csv', 'metrics.json', 'model-inter.safetensors', 'model-intra.safetensors', 'report.html'];
  assert.equal(readdirSync(at('synthetic')).sort(), files);

  const metrics = json('synthetic', 'metrics.json');
  assert.equal(Object.keys(metrics), ['source', 'seed', 'classes', 'beats', 'run', 'protocols']);
  const { command, started, seconds: took, versions, backend, cpu, checksums } = metrics.run;
  assert.is(command, ['npm start --', ...TINY, '--out', at('synthetic')].join(' '));
  assert.ok(Math.abs(Date.parse(started) - Date.now()) < 600_000 && took > 0 && took < 600);
  assert.is(versions.node, process.versions.node);
  assert.equal([backend.length > 0, cpu.length > 0, checksums], [true, true, {}]);
  const { source, seed, classes, beats } = metrics;
  assert.equal({ source, seed, classes }, { source: 'synthetic', seed: '0', classes: ['N', 'S', 'V'] });
  const { N, S, V } = beats.annotated;
  assert.is(N + S + V, beats.windows + beats.dropped.length);
  assert.match(stderr, `${beats.windows} beats; ${beats.dropped.length} dropped`);
  for (const { record, why } of beats.dropped) assert.ok(record.startsWith('syn') && why === 'edge');

  assert.equal(Object.keys(metrics.protocols), ['intra', 'inter']);
  for (const [protocol, figures] of Object.entries<ProtocolMetrics>(metrics.protocols)) {
    const { train, test: tested, patients, seconds, history } = figures;
    const {
      confusion: rows,
      records,
      accuracy,
      balancedAccuracy,
      perClass: scores,
      macro,
      ...shown
    } = figures.judged as Judged;
    const given = { protocol, iterations: 2, steps: 2, perClass: 3 };
    assert.equal(figures.configuration, { ...readConfiguration('synthetic'), ...given });
    assert.is(train + tested, beats.windows);
    assert.is(patients.shared.length, protocol === 'intra' ? 32 : 0, 'patients on both sides');
    assert.is(
      rows.flat().reduce((a, b) => a + b),
      tested,
    );
    assert.equal({ accuracy, balancedAccuracy, perClass: scores, macro }, classificationScores(rows));
    assert.equal(Object.keys(records).length, protocol === 'intra' ? 32 : 16, 'a matrix for each record tested on');
    assert.equal(addConfusion(Object.values(records)), rows);
    assert.equal(Object.keys(seconds), ['embedder', 'embedding', 'classifier', 'report']);
    const [{ iterations: its, epochs }] = history;
    assert.is(its.length, 2);
    for (const [list, keys] of [[its, ITERATION] as const, [epochs, EPOCH] as const])
      for (const entry of list)
        for (const key of keys) assert.match(typeof Reflect.get(entry, key), /number|boolean/, key);
    assert.ok(epochs.length > 0);
    checkShown(shown, { macro, tested, records: Object.keys(records) });

    const table = stdout.slice(stdout.indexOf(`synthetic, ${protocol}-patient`));
    const percent = (x: number): string => (100 * x).toFixed(2);
    const row = (name: string, n: number, s: { sensitivity: number; precision: number; f1: number }): RegExp =>
      new RegExp(`^${name} +${n} +${[s.sensitivity, s.precision, s.f1].map(percent).join(' +')}$`, 'm');
    for (const [k, s] of scores.entries()) {
      const support = rows[k].reduce((a, b) => a + b);
      assert.match(table, row(classes[k], support, s));
      assert.match(table, new RegExp(`^${classes[k]} +${rows[k].join(' +')}$`, 'm'));
    }
    assert.match(table, row('overall', tested, macro));
    assert.match(table, `accuracy ${percent(accuracy)} %`);
    assert.equal(
      shown.operating!.find(({ adjustment }) => adjustment === figures.configuration.adjustment)!.matrix,
      rows,
    );
    assert.match(
      table,
      "\ntriplet loss, then a perceptron on the embeddings; decided at the data's prior (adjustment 1)\n",
    );
    const near = classificationScores(shown.neighbors!);
    const each = near.perClass.map(({ f1 }, k) => `${classes[k]} ${percent(f1)}`).join(', ');
    assert.match(
      table,
      `\nby 9 nearest neighbours among training embeddings: macro F1 ${percent(near.macro.f1)} %, ${each}\n`,
    );
    assert.match(table, '\nmargin from 0.20 to 0.20\n');
    const { overlap = Number.NaN } = figures;
    if (protocol === 'intra') assert.ok(overlap > 0 && overlap < 1);
    else assert.is(overlap, 0);
    const line = `\n${(100 * overlap).toFixed(1)} % of the test windows share samples with a training window: the halves`;
    assert.is(stdout.split(line).length, protocol === 'intra' ? 2 : 1);

    const { networks, novelty, about } = loadModel(at('synthetic', `model-${protocol}.safetensors`));
    assert.equal([about['classes'], about['samplingFrequency']], [classes, 360]);
    const { timing, length, before } = readConfiguration('synthetic');
    assert.equal(about['timing'], timing);
    assert.equal(about['window'], { length, before, lead: 'MLII', normalize: 'zscore', units: 'mV' });
    assert.equal(about['configuration'], figures.configuration);
    const [{ embedder, classifier }] = networks;
    const z = embedder.embed(zeros([5, length]), { context: zeros([5, timing.length]) });
    assert.is(classifier?.predict(z).length, 5);
    assert.equal([novelty?.centroids.shape[0], novelty?.limit], [shown.novelty.clusters, shown.novelty.limit]);
  }
  assert.not.match(stdout, 'paper:', "the paper's figures are not for synthetic beats");
});

test('recordings from a folder: --json, --quiet, the same figures for the same seed', async () => {
  const data = records('mitdb', '100', '200');
  const run = (out: string, ...args: string[]) =>
    cli(['--data', data, '--protocol', 'intra', ...TINY, '--out', at(out), ...args]);
  const [loud, quiet, other] = await Promise.all([
    // after two batches a network is near its beginning still: with some seeds it is taken for collapsed, and that is told
    run('a', '--json', '--seed', '2'),
    run('b', '--quiet', '--seed', '2'),
    run('c', '--quiet', '--json', '--seed', '1'),
  ]);
  for (const { code, stderr } of [loud, quiet, other]) assert.is(code, 0, stderr);
  assert.equal(JSON.parse(loud.stdout), json('a', 'metrics.json'));
  for (const what of ['embed training', 'embed validation', 'classifier', 'judge', 't-SNE'])
    assert.match(loud.stderr, new RegExp(`^intra: ${what} +`, 'm'));
  assert.match(loud.stderr, `2 records of MIT-BIH from ${data}`);
  assert.is(quiet.stderr, '');
  assert.match(quiet.stdout, 'MIT-BIH, 2 of its records, intra-patient');
  assert.equal([other.stderr, JSON.parse(other.stdout)], ['', json('c', 'metrics.json')]);

  const timeless = (out: string) => {
    const metrics = json(out, 'metrics.json');
    for (const figures of Object.values<{ seconds?: object }>(metrics.protocols)) delete figures.seconds;
    return { ...metrics, run: null };
  };
  assert.equal(timeless('a'), timeless('b'));
  const [a, b] = ['a', 'b'].map((out) => readFileSync(at(out, 'model-intra.safetensors')));
  assert.is(Buffer.compare(a, b), 0, 'the same model, byte for byte');
  assert.not.equal(timeless('c').protocols, timeless('a').protocols);
  assert.equal(Object.keys(json('a', 'metrics.json').run.checksums), [
    '100.atr',
    '100.dat',
    '100.hea',
    '200.atr',
    '200.dat',
    '200.hea',
  ]);
  const sha256 = createHash('sha256')
    .update(readFileSync(at('mitdb', '200.dat')))
    .digest('hex');
  assert.is(json('a', 'metrics.json').run.checksums['200.dat'], sha256);
});

test('checksums are of what was read, whatever becomes of it during the training', async () => {
  const data = records('fleeting', '100', '200');
  const files = readdirSync(data).sort();
  const expected = files.map((file) => [file, sha256(readFileSync(join(data, file)))]);
  const args = ['--data', data, '--protocol', 'intra', ...TINY, '--quiet', '--out', at('lasting')];
  const { code, stderr } = await cli(args, () => {
    if (existsSync(at('lasting'))) rmSync(data, { recursive: true, force: true }); // as soon as the recordings are read
    return false;
  });
  assert.equal([code, stderr, existsSync(data)], [0, '', false]);
  assert.equal(Object.entries(json('lasting', 'metrics.json').run.checksums), expected);
});

test('a file of settings: timing beside the beats, which the model file names', async () => {
  const settings = {
    ...JSON.parse(readFileSync(join(root, 'examples/dynaecg/settings/synthetic.json'), 'utf8')),
    ...{ protocol: 'inter', timing: ['change', 'rate'], method: 'crossEntropy', iterations: 2, steps: 2, perClass: 3 },
  };
  writeFileSync(at('timing.json'), JSON.stringify(settings));
  const data = records('timed', '100', '200');
  const args = ['--data', data, '--config', at('timing.json'), '--protocol', 'intra', '--per-class', '4'];
  const { code, stderr } = await cli([...args, '--json', '--out', at('timed-out')]);
  assert.is(code, 0, stderr);
  assert.match(stderr, /^intra: network +best of 2 iterations: [12] /m);
  const own = { ...settings, protocol: 'intra', perClass: 4 };
  const { configuration, history, judged } = json('timed-out', 'metrics.json').protocols.intra;
  assert.equal(configuration, { ...checkConfiguration('given', {}), ...own }, 'options of the command line come first');
  assert.is(judged.confusion.length, 3);
  const [{ iterations, epochs }] = history;
  assert.equal([iterations.length, epochs.length], [0, 2]);
  const { networks, about } = loadModel(at('timed-out', 'model-intra.safetensors'));
  const [{ embedder, classifier }] = networks;
  assert.equal(about['timing'], ['change', 'rate']);
  assert.is(embedder.config.contextFeatures, 2);
  const z = embedder.embed(zeros([5, settings.length]), { context: zeros([5, 2]) });
  assert.is(classifier?.predict(z).length, 5);
});

test('triplets and cross-entropy at once: its model file annotates a recording, like any other', async () => {
  const settings = { ...readConfiguration('synthetic'), method: 'joint', adjustment: 0.5 };
  writeFileSync(at('joint.json'), JSON.stringify(settings));
  const data = records('jointly', '100', '200');
  const args = ['--data', data, '--protocol', 'intra', ...SHORT, '--config', at('joint.json')];
  const { code, stdout, stderr } = await cli([...args, '--quiet', '--out', at('jointly-out')]);
  assert.equal([code, stderr], [0, '']);
  assert.match(
    stdout,
    "\ntriplet loss and cross-entropy at once, then a perceptron on the embeddings; decided between the data's prior and a batch's (adjustment 0.5)\n",
  );
  const { configuration, history } = json('jointly-out', 'metrics.json').protocols.intra;
  assert.equal([configuration.method, history.length, history[0].iterations.length], ['joint', 1, 2]);
  assert.is(history[0].epochs.length, settings.mlpEpochs, 'a perceptron anew');

  const model = at('jointly-out', 'model-intra.safetensors');
  const { networks, novelty } = loadModel(model);
  assert.is(networks.length, 1);
  assert.ok(novelty && networks[0].classifier);
  const asked = ['--model', model, '--record', join(data, '200'), '--out', at('annotated'), '--json'];
  const predicted = await cli(asked, undefined, 'annotate');
  assert.is(predicted.code, 0, predicted.stderr);
  const annotated: AnnotatedRecord = json('annotated', '200.json');
  const expected = annotateRecord(loadModel(model), loadRecord(join(data, '200')));
  const plain = ({ sample, label, why, nearest }: AnnotatedBeat) => ({ sample, label, why, nearest });
  assert.equal(annotated.beats.map(plain), expected.beats.map(plain));
  for (const [i, { probabilities }] of annotated.beats.entries())
    assertClose(probabilities, expected.beats[i].probabilities, { relative: 1e-4 }); // this process may run on the other backend
  assert.ok(annotated.beats.length > 50 && annotated.beats.some(({ label }) => label !== 'Q'));
});

// ---- interrupted

/** So many short iterations that there is time to interrupt. */
const MANY = ['--protocol', 'intra', '--config', 'synthetic', '--steps', '2', '--per-class', '3', '--quiet'];

for (const [signal, exit] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  test(`${signal} ends with ${exit}, and leaves the best model so far and where it stood`, async () => {
    const args = [...MANY, '--data', records('long', '100', '200'), '--iterations', '5000', '--out', at(signal)];
    const path = at(`${signal}.unfinished`, 'model-intra.safetensors');
    const { code, stdout, stderr } = await cli(args, () => existsSync(path), 'train', signal);
    assert.is(code, exit, stderr);
    assert.match(stderr, `stopped; the best model so far is in ${path}, and --resume continues`);
    assert.is(stdout, '', 'no table');
    const [{ embedder, classifier }] = loadModel(path).networks;
    assert.is(classifier, null);
    const z = embedder.embed(zeros([2, embedder.config.length]), {
      context: zeros([2, embedder.config.contextFeatures]),
    });
    assert.equal([...z.shape], [2, embedder.config.embedding]);
    assert.not(existsSync(at(signal)), 'no run has its place');
    assert.equal(readdirSync(at(`${signal}.unfinished`)).sort(), [
      'checkpoints-intra',
      'model-intra.safetensors',
      'run.json',
    ]);

    const refused = await cli(args);
    assert.is(refused.code, 1);
    assert.match(
      refused.stderr,
      `--out: expected a folder without an interrupted run, which --resume ${at(signal)} continues and --force gives up`,
    );
    const forced = await cli([...args.map((arg) => (arg === '5000' ? '2' : arg)), '--force']);
    assert.is(forced.code, 0, forced.stderr);
    assert.not(existsSync(at(`${signal}.unfinished`)));
    assert.ok(existsSync(at(signal, 'report.html')));
  });

test('a run that is killed at any time and resumed ends with the same files as one that was not', async () => {
  const args = [...MANY.filter((arg) => arg !== 'intra' && arg !== '--protocol'), '--iterations', '6'];
  const whole = await cli([...args, '--out', at('uninterrupted')]);
  assert.is(whole.code, 0, whole.stderr);
  const unfinished = at('killed.unfinished');
  // After the second checkpoint of the first protocol, in the middle of the second protocol, and again.
  const moments = [
    () => existsSync(join(unfinished, 'checkpoints-intra', 'checkpoint-000002.safetensors')),
    () => existsSync(join(unfinished, 'checkpoints-inter', 'checkpoint-000001.safetensors')),
    () => existsSync(join(unfinished, 'checkpoints-inter', 'checkpoint-000004.safetensors')),
  ];
  for (const [i, moment] of moments.entries()) {
    const how = i === 0 ? [...args, '--out', at('killed')] : ['--resume', at('killed'), '--quiet'];
    assert.is((await cli(how, moment, 'train', 'SIGKILL')).code, null, 'killed');
    assert.not(existsSync(at('killed')), 'not before everything is there');
  }
  const last = await cli(['--resume', at('killed'), '--quiet']);
  assert.is(last.code, 0, last.stderr);
  assert.equal(timelessFiles(at('killed')), timelessFiles(at('uninterrupted')));
  assert.not(existsSync(unfinished));

  const nothing = await cli(['--resume', at('killed')]);
  assert.is(nothing.code, 1);
  assert.match(nothing.stderr, /^--resume: expected the --out of an interrupted run, got /);
});

test('a run takes the place of an earlier one whole, which is said; files of somebody else are left alone', async () => {
  const args = [...FAST, '--out', at('place')];
  for (const seed of ['1', '2']) {
    const { code, stderr } = await cli([...args, '--seed', seed]);
    assert.is(code, 0, stderr);
    if (seed === '2') assert.match(stderr, /this run has taken the place of run [0-9a-f]{8}, begun 2/);
  }
  const { run, seed } = json('place', 'metrics.json');
  assert.is(seed, '2');
  assert.match(readFileSync(at('place', 'report.html'), 'utf8'), run.id);
  assert.is(loadModel(at('place', 'model-intra.safetensors')).about['run'], run.id);
  writeFileSync(at('place', 'notes.txt'), 'mine');
  const { code, stderr } = await cli(args);
  assert.is(code, 1);
  assert.match(
    stderr,
    `--out: expected a folder that holds nothing but an earlier run, got ${at('place')} with notes.txt`,
  );
  assert.is(readFileSync(at('place', 'notes.txt'), 'utf8'), 'mine');
});

test('a reader that leaves early loses nothing', async () => {
  const command = `${process.execPath} --import tsx examples/commands.ts train ${FAST.join(' ')} --out ${at('head')} | head -1`;
  const child = spawn('bash', ['-c', `set -o pipefail; ${command}`], { cwd: root });
  const { code, stderr } = await ended(child as ChildProcessWithoutNullStreams);
  assert.is(code, 0, stderr);
  assert.ok(json('head', 'metrics.json').protocols.intra.judged);
  assert.ok(existsSync(at('head', 'report.html')));
});

for (const [name, redirection, code] of [
  ['a full disk behind standard output loses nothing but what it would have printed', '> /dev/full', 1],
  ['a closed standard error is no reason to stop', '2>&-', 0],
  ['nor is a terminal that hangs up', '& sleep 1.5; kill -HUP $!; wait $!', 0],
] as const)
  test(name, async () => {
    const out = at(`${code}-${redirection.length}`);
    const command = `${process.execPath} --import tsx examples/commands.ts train ${FAST.join(' ')} --out ${out}`;
    const child = spawn('bash', ['-c', `${command} ${redirection}`], { cwd: root }) as ChildProcessWithoutNullStreams;
    const end = await ended(child);
    assert.is(end.code, code, end.stderr);
    assert.equal(readdirSync(out).sort(), ['csv', 'metrics.json', 'model-intra.safetensors', 'report.html']);
    if (code === 1) assert.match(end.stderr, /standard output: expected to be written, got ENOSPC/);
  });

// ---- bad input

test('what cannot be run ends with 1 and says why in one line', async () => {
  mkdirSync(at('empty'));
  records('cut', '100', '101');
  truncateSync(at('cut', '100.dat'), 30_000);
  records('headless', '100', '101');
  rmSync(at('headless', '101.dat'));
  records('few', '100', '101');
  records('silent', '100', '101');
  rmSync(at('silent', '101.atr'));
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
    [['--data', at('empty')], `--data: expected MIT-BIH's headers (100.hea ...) in ${at('empty')}, got none`],
    [['--data', at('cut')], /record 100 .*100\.dat.*expected .*, got /],
    [['--data', at('headless')], new RegExp(`expected to open ${at('headless', '101.dat')}, got ENOENT`)],
    [['--data', at('silent')], new RegExp(`^--data: expected to read ${at('silent', '101.atr')}, got ENOENT`)],
    [
      ['--data', at('few'), '--protocol', 'inter'],
      /^interPatientSplit: expected beats of every record named, got none of /,
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

// ---- download

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const FILES: Record<string, Buffer> = {
  '100.hea': Buffer.from('100 2 360 650000\n'),
  '100.dat': Buffer.from(Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) % 251)),
  empty: Buffer.alloc(0),
};
const manifest = Object.entries(FILES)
  .map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`)
  .join('');

type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => void;
const whole: Answer = (_request, response, bytes) => response.end(bytes);
const ranged: Answer = ({ headers }, response, bytes) => {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  if (headers.range && from >= bytes.length) response.writeHead(416).end();
  else response.writeHead(headers.range ? 206 : 200).end(bytes.subarray(from));
};
/** Breaks the connection in the middle of a file. */
const dropping: Answer = (_request, response, bytes) => {
  response.writeHead(200, { 'Content-Length': bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(50).then(() => response.destroy()));
};

/** Runs `f` with a server on this machine, and returns the requests it got, as `name` or `name range`. */
async function served(answer: Answer, f: (url: string) => Promise<void>): Promise<string[]> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = request.url!.slice('/files/'.length);
    requests.push([name, request.headers.range].filter(Boolean).join(' '));
    if (FILES[name]) answer(request, response, FILES[name]);
    else response.writeHead(404).end('not here');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await f(`http://127.0.0.1:${(server.address() as AddressInfo).port}/files`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return requests;
}

/** A new folder with these files in it. */
function folder(contents: Record<string, Uint8Array> = {}): string {
  const path = mkdtempSync(at('download-'));
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(path, name), bytes);
  return path;
}
function assertComplete(path: string): void {
  assert.equal(readdirSync(path).sort(), Object.keys(FILES).sort());
  for (const [name, bytes] of Object.entries(FILES))
    assert.is(Buffer.compare(readFileSync(join(path, name)), bytes), 0);
}
const dat = FILES['100.dat'];
const rest = { '100.hea': FILES['100.hea'], empty: FILES['empty'] };

const fetches: Record<string, { before: Record<string, Uint8Array>; answer: Answer; requests: string[] }> = {
  'all files': { before: {}, answer: whole, requests: ['100.hea', '100.dat', 'empty'] },
  'nothing that is there': { before: FILES, answer: whole, requests: [] },
  'what is damaged': { before: { ...FILES, '100.dat': dat.subarray(1) }, answer: whole, requests: ['100.dat'] },
  'from where it stopped': {
    before: { ...rest, '100.dat.part': dat.subarray(0, 12_345) },
    answer: ranged,
    requests: ['100.dat bytes=12345-'],
  },
  'from the beginning where the server knows no ranges': {
    before: { ...rest, '100.dat.part': dat.subarray(0, 12_345) },
    answer: whole,
    requests: ['100.dat bytes=12345-'],
  },
  'nothing more of a file that lacked only its name': {
    before: { ...rest, '100.dat.part': dat },
    answer: ranged,
    requests: ['100.dat bytes=50000-'],
  },
};
for (const [name, { before, answer, requests }] of Object.entries(fetches))
  test(`download fetches ${name}`, async () => {
    const path = folder(before);
    const got = await served(answer, (url) => download(path, true, { url, manifest }));
    assert.equal(got, requests);
    assertComplete(path);
  });

test('download makes the folder', async () => {
  const path = at('new', 'folder');
  await served(whole, (url) => download(path, true, { url, manifest }));
  assertComplete(path);
});

/** Fails unless the promise is rejected; returns the error. */
async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable('expected an error') as never;
}

test('a file with a wrong checksum is discarded, and the next try is a new one', async () => {
  const path = folder({ ...rest, '100.dat.part': Buffer.alloc(100) }); // 100 bytes of something else
  await served(ranged, async (url) => {
    const error = await rejection(download(path, true, { url, manifest }));
    assert.instance(error, DataError);
    const wrong = sha256(Buffer.concat([Buffer.alloc(100), dat.subarray(100)]));
    assert.is(
      error.message,
      `download: expected 100.dat with SHA-256 ${sha256(dat)}, got ${wrong}; the file was discarded`,
    );
    assert.equal(readdirSync(path).sort(), Object.keys(rest).sort());
    await download(path, true, { url, manifest });
  });
  assertComplete(path);
});

/** Sends the beginning of a file, and then nothing. */
const silent: Answer = (_request, response, bytes) => {
  response.writeHead(200, { 'Content-Length': bytes.length });
  response.write(bytes.subarray(0, 10));
};
/** Does not end. */
const endless: Answer = (_request, response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
  response.on('close', () => clearInterval(timer));
};

test('a server that says nothing more, and one that never stops, are given up', async () => {
  for (const [answer, why] of [
    [silent, /got 10 bytes: nothing for 0\.2 s$/],
    [endless, /got \d+ bytes: more than 100000$/],
  ] as const)
    await served(answer, async (url) => {
      const path = folder({ '100.hea': FILES['100.hea'], empty: FILES['empty'] });
      const limits = { bytes: 100_000, silence: 200 };
      const error = await rejection(download(path, true, { url, manifest, limits }));
      assert.instance(error, DataError);
      assert.match(error.message, why);
      assert.ok(readFileSync(join(path, '100.dat.part')).length <= 100_000);
    });
});

test('a broken connection leaves what came, and the next try goes on from there', async () => {
  const path = folder(rest);
  await served(dropping, async (url) => {
    const error = await rejection(download(path, true, { url, manifest }));
    assert.instance(error, DataError);
    assert.match(error.message, `download: expected all of ${url}/100.dat, got 25000 bytes: `);
  });
  assert.equal(readFileSync(join(path, '100.dat.part')), dat.subarray(0, 25_000));
  const requests = await served(ranged, (url) => download(path, true, { url, manifest }));
  assert.equal(requests, ['100.dat bytes=25000-']);
  assertComplete(path);
});

test('an absent file, and a server that does not answer', async () => {
  let closed = '';
  await served(whole, async (url) => {
    closed = url;
    const error = await rejection(download(folder(), true, { url, manifest: `${sha256(dat)}  101.dat\n` }));
    assert.instance(error, DataError);
    assert.is(error.message, `download: expected ${url}/101.dat, got status 404`);
  });
  const error = await rejection(download(folder(), true, { url: closed, manifest }));
  assert.instance(error, DataError);
  assert.match(error.message, `download: expected an answer from ${closed}/100.hea, got `);
});

// ---- the real database

const mitdb = process.env['MITDB'];
if (!mitdb) console.log('example: MIT-BIH skipped, as MITDB does not name the folder of the database');
else
  test('two records of MIT-BIH', async () => {
    mkdirSync(at('linked'));
    for (const name of ['200', '232']) // most of its N and V, and of its S
      for (const suffix of ['hea', 'dat', 'atr'])
        symlinkSync(join(mitdb, `${name}.${suffix}`), at('linked', `${name}.${suffix}`));
    const args = ['--data', at('linked'), '--protocol', 'intra', '--config', 'synthetic', '--iterations', '1'];
    const { code, stdout, stderr } = await cli([...args, '--steps', '2', '--per-class', '8', '--out', at('real')]);
    assert.is(code, 0, stderr);
    assert.match(stdout, 'MIT-BIH, 2 of its records, intra-patient');
    const { annotated, windows, dropped } = json('real', 'metrics.json').beats;
    // the annotations themselves: 200 has N 1743, A 30, V 826, F 2; 232 has R 397, A 1382, j 1, which is of class N
    assert.equal(annotated, { N: 2141, S: 1412, V: 826, F: 2, Q: 0 });
    assert.is(windows + dropped.length, 2141 + 1412 + 826);
  });

test.run();
