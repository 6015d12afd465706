import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addConfusion, classificationScores, zeros } from 'dynaecg';
import { loadModel } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import type { Judged, ProtocolMetrics } from '../../../examples/report/metrics.ts';
import { cli, records, TINY } from '../../support/trainCommand.ts';

const test = suite('examples/dynaecg/main');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'));

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
  assert.equal(Object.keys(metrics), ['source', 'folders', 'seed', 'classes', 'beats', 'run', 'protocols']);
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

    const { networks, novelty, about, temperature } = loadModel(at('synthetic', `model-${protocol}.safetensors`));
    assert.equal([about['classes'], about['samplingFrequency']], [classes, 360]);
    const { timing, length, before } = readConfiguration('synthetic');
    assert.equal(about['timing'], timing);
    assert.equal(about['window'], { length, before, lead: 'MLII', normalize: 'zscore', units: 'mV' });
    assert.equal(about['configuration'], figures.configuration);
    const [{ embedder, classifier }] = networks;
    const z = embedder.embed(zeros([5, length]), { context: zeros([5, timing.length]) });
    assert.is(classifier?.predict(z).length, 5);
    const fitted = shown.calibration!;
    assert.ok(fitted.fittedOn > 0 && fitted.after.loss < 2);
    assert.is(temperature, fitted.temperature);
    assert.equal([novelty?.centroids.shape[0], novelty?.limit], [shown.novelty.clusters, shown.novelty.limit]);
  }
  assert.not.match(stdout, 'paper:', "the paper's figures are not for synthetic beats");
});

test('recordings from a folder: --json, --quiet, the same figures for the same seed', async () => {
  const data = records(at('mitdb'), '100', '200');
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
  assert.match(loud.stderr, `MIT-BIH, 2 of its records: 2 records from ${data}`);
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

test.run();
