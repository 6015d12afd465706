import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Metrics } from '../../../examples/report/metrics.ts';
import { readMetrics } from '../../../examples/report/read.ts';
import { changed } from '../../support/changedSample.ts';
import { metricsFolder } from '../../support/metricsFolder.ts';

const test = suite('examples/report/read');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-report-'));
test.after(() => rmSync(dir, { recursive: true }));

test('metrics.json of another shape: what is wrong, and where', () => {
  const folder = metricsFolder(dir, 'shapes', '');
  const cases: [change: (m: Metrics) => void, message: string][] = [
    [(m) => Object.assign(m, { protocols: {} }), 'protocols should be some and are none'],
    [
      (m) => Reflect.deleteProperty(m.protocols['intra'], 'judged'),
      'protocols.intra.judged should be there and is not',
    ],
    [
      (m) => Object.assign(m.protocols['intra'].judged!.confusion[0], { 1: 'a' }),
      'protocols.intra.judged.confusion[0][1] should be a whole number >= 0 and is "a"',
    ],
    [
      (m) => Object.assign(m.protocols['intra'].judged!, { records: [] }),
      'protocols.intra.judged.records should be an object and is []',
    ],
    [(m) => Object.assign(m.run, { seconds: 'long' }), 'run.seconds should be a number and is "long"'],
    ...[-0.1, 30, null, '0.3'].map((overlap): [(m: Metrics) => void, string] => [
      (m) => Object.assign(m.protocols['intra'], { overlap }),
      `protocols.intra.overlap should be a number from 0 to 1 and is ${JSON.stringify(overlap)}`,
    ]),
    [
      (m) => m.protocols['inter'].judged!.layout.y.pop(),
      'protocols.inter.judged.layout.y should have 200 entries as x and has 199',
    ],
    [
      (m) => m.protocols['inter'].judged!.trainingLayout!.y.pop(),
      'protocols.inter.judged.trainingLayout.y should have 100 entries as x and has 99',
    ],
    [
      (m) => Object.assign(m.protocols['inter'].judged!.trainingLayout!.trained, { 3: false }),
      'protocols.inter.judged.trainingLayout.trained[3] should be true and is false',
    ],
    [
      (m) => m.protocols['inter'].judged!.confusion.pop(),
      'protocols.inter.judged.confusion should be a list of 3 and is a list of 2',
    ],
    [
      (m) => Object.assign(m.protocols['inter'].judged!, { neighbors: [[1, 2, 3]] }),
      'protocols.inter.judged.neighbors should be a list of 3 and is a list of 1',
    ],
    [
      (m) => Object.assign(m.protocols['inter'].judged!, { operating: [{ adjustment: 1 }] }),
      'protocols.inter.judged.operating[0].matrix should be there and is not',
    ],
    [
      (m) => Object.assign(m.protocols['inter'].judged!, { embedding: { meanPositive: 0.1, meanNegative: 1 } }),
      'protocols.inter.judged.embedding.violations should be there and is not',
    ],
    [
      (m) => Object.assign(m.protocols['intra'].judged!.layout.label, { 5: 3 }),
      'protocols.intra.judged.layout.label[5] should be a class from 0 to 2 and is 3',
    ],
    [
      (m) => m.protocols['intra'].judged!.calibration!.bins.perClass.pop(),
      'protocols.intra.judged.calibration.bins.perClass should be a list of 3 and is a list of 2',
    ],
    [
      (m) => Object.assign(m.protocols['intra'].judged!.mistakes!.examples[0], { predicted: 3 }),
      'protocols.intra.judged.mistakes.examples[0].predicted should be a class from 0 to 2 and is 3',
    ],
    ...['length', 'members', 'iterations', 'mlpEpochs'].map((key): [(m: Metrics) => void, string] => [
      (m) => Object.assign(m.protocols['intra'].configuration, { [key]: 0 }),
      `protocols.intra.configuration.${key} should be a whole number >= 1 and is 0`,
    ]),
    [
      (m) => Object.assign(m.protocols['intra'].configuration, { margin: 'fixed' }),
      'protocols.intra.configuration.margin should be dynamic or a number >= 0 and is "fixed"',
    ],
    ...[
      [null, 'an object and is null'],
      [undefined, 'there and is not'],
      [[1], 'an object and is [1]'],
      ['paper', 'an object and is "paper"'],
    ].map(([configuration, what]): [(m: Metrics) => void, string] => [
      (m) => Object.assign(m.protocols['intra'], { configuration }),
      `protocols.intra.configuration should be ${what}`,
    ]),
    [
      (m) => Object.assign(m.protocols['intra'].configuration, { keep: 1 }),
      'protocols.intra.configuration.keep should be one of best, last and is 1',
    ],
    [
      (m) => Object.assign(m.protocols, { inter: m.protocols['intra'] }),
      'protocols.inter.configuration.protocol should be inter and is intra',
    ],
    [
      (m) => Object.assign(m.protocols, { both: m.protocols['intra'] }),
      'protocols.both.configuration.protocol should be both and is intra',
    ],
  ];
  for (const [change, message] of cases) {
    writeFileSync(join(folder, 'metrics.json'), JSON.stringify(changed(change)));
    const path = join(folder, 'metrics.json');
    assert.throws(
      () => readMetrics(folder),
      (error: Error) => error.message === `report: expected metrics.json of a finished run, got ${path}: ${message}`,
      message,
    );
  }
  const texts: [text: string | null, message: RegExp][] = [
    [null, /metrics\.json: ENOENT/],
    ['[]', /metrics\.json: it should be an object and is \[\]$/],
    ['{"source": "MIT-BIH", "seed": "0"}', /metrics\.json: classes should be there and is not$/],
    [
      '{"source": "", "seed": "", "classes": ["N", "N"]}',
      /metrics\.json: classes should be at least two names, each once and is \["N","N"\]$/,
    ],
  ];
  for (const [text, message] of texts) {
    if (text === null) rmSync(join(folder, 'metrics.json'));
    else writeFileSync(join(folder, 'metrics.json'), text);
    assert.throws(() => readMetrics(folder), message);
  }
  const infinite = changed((m) =>
    Object.assign(m.protocols['intra'].judged!.precisionRecall[0].points[0], { threshold: null }),
  );
  writeFileSync(join(folder, 'metrics.json'), JSON.stringify(infinite));
  assert.ok(Number.isNaN(readMetrics(folder).protocols['intra'].judged!.precisionRecall[0].points[0].threshold));
});

test.run();
