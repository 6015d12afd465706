import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CheckpointError,
  DataError,
  decodeModel,
  decodeSafetensors,
  Embedder,
  encodeModel,
  encodeSafetensors,
  type ModelParts,
  Random,
} from 'dynaecg';
import { annotateRecord, beatInput } from 'dynaecg/ecg';
import { loadModel } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  model,
  narrow,
  pair,
  peaksOf,
  record,
  referred,
  samples,
  timed,
  withSamples,
} from '../../support/annotated.ts';
import { assertThrows } from '../../support/asserts.ts';

const test = suite('ecg/annotate/beatInput');

test('a model without clusters: nothing is unlike, which is said', () => {
  const { beats, notes } = annotateRecord({ ...model, novelty: null }, withSamples(samples.map((v) => -v)));
  assert.equal(notes, ['the model file has no clusters of training beats: no beat is marked as unlike them']);
  for (const { why, distance, label, nearest } of beats) {
    assert.is(distance, null);
    if (why === null) assert.is(label, nearest);
    else assert.is(why, 'edge');
  }
});

test('a model without classifier, and one whose weights are no numbers', () => {
  const [{ embedder, classifier }] = model.networks;
  const half = { ...pair, networks: [pair.networks[0], { embedder, classifier: null }] };
  assertThrows(
    () => annotateRecord(half, record),
    CheckpointError,
    'annotateRecord: expected a model with a classifier, got none',
  );
  const broken = decodeModel(encodeModel({ ...model, networks: [{ embedder, classifier }] }));
  broken.networks[0].classifier!.fc1.weight.data.fill(Number.NaN);
  const peaks = peaksOf(record).filter((sample) => sample > 126);
  for (const novelty of [null, broken.novelty])
    assertThrows(
      () => annotateRecord({ ...broken, novelty }, record, { peaks }),
      DataError,
      `annotateRecord: record ${record.name}: classify: expected finite outputs of the model, got NaN for sample 0`,
    );
});

test('a model file of another version', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  try {
    const path = join(dir, 'old.safetensors');
    const { tensors, metadata } = decodeSafetensors(encodeModel(model));
    writeFileSync(path, encodeSafetensors(tensors, { ...metadata, format: 'dynaecg 1' }));
    assertThrows(
      () => loadModel(path),
      CheckpointError,
      `loadModel: expected a model in ${path}, got: decodeModel: expected format 'dynaecg 2' or 'dynaecg 3', got "dynaecg 1": of another version`,
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('what a model file says of its input', () => {
  const { classes, samplingFrequency, window, timing, ...rest } = beatInput(timed);
  assert.equal([classes, samplingFrequency, rest], [['N', 'S', 'V'], 360, {}]);
  assert.equal(window, { length: 253, before: 126, normalize: 'zscore', lead: 'MLII', units: 'mV' });
  assert.equal(timing, ['previous', 'change', 'rate', 'next']);
});

/** A field that is absent or garbled, and the message. */
const { window } = model.about;
const config = (some: ModelParts): string => JSON.stringify(some.networks[0].embedder.config);

const garbled: [some: ModelParts, about: unknown, message: string][] = [
  [model, null, 'classes among N S V F Q, got undefined'],
  [model, 'beats', 'classes among N S V F Q, got undefined'],
  [model, { classes: undefined }, 'classes among N S V F Q, got undefined'],
  [model, { classes: 'NSV' }, 'classes among N S V F Q, got "NSV"'],
  [model, { classes: ['N', 'S', 'W'] }, 'classes among N S V F Q, got ["N","S","W"]'],
  [model, { classes: ['N', 'S', 'S'] }, 'classes among N S V F Q, got ["N","S","S"]'],
  [model, { classes: ['N', 'S'] }, 'a classifier of 2 classes, got 3'],
  [model, { classes: [] }, 'a classifier of 0 classes, got 3'],
  [model, { classes: ['a', 'b', 'c'], labels: { a: ['N'], b: ['V'] } }, 'the classes a, b, got ["a","b","c"]'],
  [model, { classes: ['a', 'b'], labels: { a: ['N'], b: ['V'] } }, 'a classifier of 2 classes, got 3'],
  [model, { classes: ['a', 'a'], labels: { a: ['N'], b: ['V'] } }, 'the classes a, b, got ["a","a"]'],
  [model, { labels: ['N'] }, 'classes to be an object, got ["N"]'],
  [model, { labels: null }, 'classes to be an object, got null'],
  [model, { samplingFrequency: undefined }, 'a sampling frequency above 0, got undefined'],
  [model, { samplingFrequency: 0 }, 'a sampling frequency above 0, got 0'],
  [model, { samplingFrequency: -360 }, 'a sampling frequency above 0, got -360'],
  [model, { samplingFrequency: '360' }, 'a sampling frequency above 0, got "360"'],
  [model, { samplingFrequency: true }, 'a sampling frequency above 0, got true'],
  [model, { samplingFrequency: [360] }, 'a sampling frequency above 0, got [360]'],
  [model, { window: undefined }, 'a window of whole samples with before < length, got undefined'],
  [model, { window: null }, 'a window of whole samples with before < length, got null'],
  [model, { window: 253 }, 'a window of whole samples with before < length, got 253'],
  ...[{ before: 253 }, { before: -1 }, { before: 1.5 }, { before: '126' }, { length: 253.5 }, { length: '253' }].map(
    (part): [ModelParts, unknown, string] => {
      const bad = { ...window, ...part };
      return [model, { window: bad }, `a window of whole samples with before < length, got ${JSON.stringify(bad)}`];
    },
  ),
  [model, { window: { ...window, length: 200 } }, `networks for one lead of 200 samples, got ${config(model)}`],
  [model, { window: { ...window, normalize: 'z' } }, 'a known normalisation of the window, got "z"'],
  [model, { window: { ...window, normalize: 'toString' } }, 'a known normalisation of the window, got "toString"'],
  [model, { window: { ...window, normalize: undefined } }, 'a known normalisation of the window, got undefined'],
  [model, { window: { ...window, lead: 2 } }, 'the name of a lead, got 2'],
  [model, { window: { ...window, lead: undefined } }, 'the name of a lead, got undefined'],
  [model, { window: { ...window, units: undefined } }, 'the unit of the lead, got undefined'],
  [
    model,
    { timing: undefined },
    'timing among previous change rate next irregularity median shortest delayedShortest delayedPause, got undefined',
  ],
  [
    model,
    { timing: 'rate' },
    'timing among previous change rate next irregularity median shortest delayedShortest delayedPause, got "rate"',
  ],
  [
    model,
    { timing: ['rhythm'] },
    'timing among previous change rate next irregularity median shortest delayedShortest delayedPause, got ["rhythm"]',
  ],
  [model, { timing: ['rate', 'next'] }, `networks with 2 numbers of timing, got ${config(model)}`],
  [
    model,
    { reference: { memory: 15, similarity: 0.9 } },
    `networks for 2 channels of 253 samples, got ${config(model)}`,
  ],
  [
    referred,
    { reference: undefined, previous: undefined },
    `networks for one lead of 253 samples, got ${config(referred)}`,
  ],
  [referred, { previous: 1 }, `networks for 3 channels of 253 samples, got ${config(referred)}`],
  [referred, { reference: {} }, 'reference.memory to be a finite number, got undefined'],
  [timed, { timing: [] }, `networks with 0 numbers of timing, got ${config(timed)}`],
];

for (const [some, part, message] of garbled)
  test(`beatInput: expected ${message.slice(0, 100)} (${JSON.stringify(part)})`, () => {
    const about = (typeof part === 'object' && part ? { ...some.about, ...part } : part) as ModelParts['about'];
    const error = [CheckpointError, `beatInput: expected ${message}`] as const;
    assertThrows(() => beatInput({ ...some, about }), ...error);
    assertThrows(() => annotateRecord({ ...some, about }, record), ...error);
  });

test('every network of a model must fit', () => {
  const embedder = new Embedder({ inChannels: 2, random: new Random(1) });
  for (const other of [narrow, { ...model, networks: [{ embedder, classifier: null }] }])
    assertThrows(
      () => beatInput({ ...model, networks: [...model.networks, ...other.networks] }),
      CheckpointError,
      `beatInput: expected networks for one lead of 253 samples, got ${config(other)}`,
    );
});

test.run();
