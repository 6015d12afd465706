import {
  ArgumentError,
  correctHead,
  DataError,
  decodeModel,
  encodeModel,
  refitHead,
  Tensor,
  withBatchStatistics,
} from 'dynaecg';
import { adapt, annotateRecord, beatTiming, type EcgRecord, extractBeats } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { model, pair, peaksOf, RATE, timed } from '../../support/annotated.ts';
import { assertSameBits, assertThrows } from '../../support/asserts.ts';
import { unseen } from '../../support/trained.ts';

const test = suite('ecg/annotate/adapt');

const [record] = unseen;
const read = { peaks: peaksOf(record), align: 'annotation' } as const;
const until = (seconds: number): EcgRecord => ({
  ...record,
  annotations: record.annotations.filter(({ sample }) => sample < seconds * RATE),
});
const bits = (some: {
  networks: readonly { embedder: { stateDict(): object }; classifier: { stateDict(): object } | null }[];
}) =>
  some.networks.flatMap(({ embedder, classifier }) =>
    [embedder, classifier!].map((m) => JSON.stringify(m.stateDict())),
  );

test('the first seconds: heads are those of their beats, by either method, and embedders stay', () => {
  for (const some of [model, timed, pair]) {
    const { networks, about } = some;
    const { length, before, normalize } = about.window;
    const first = until(60);
    const beats = extractBeats([first], { length, before, normalize });
    const n = beats.labels.length;
    const x = new Tensor(beats.x, [n, 1, length]);
    const features = about.timing;
    const context =
      features.length > 0 ? new Tensor(beatTiming([record], beats, { features }).x, [n, features.length]) : undefined;
    for (const method of ['correct', 'refit'] as const) {
      const own = adapt(some, record, { ...read, method, seconds: 60 });
      for (const [i, { embedder, classifier }] of own.networks.entries()) {
        const z = networks[i].embedder.embed(x, { context });
        const head = (method === 'correct' ? correctHead : refitHead)(networks[i].classifier!, z, beats.labels);
        for (const [name, { data }] of Object.entries(head.stateDict()))
          assertSameBits(classifier!.stateDict()[name].data, data, name);
        assert.equal(JSON.stringify(embedder.stateDict()), JSON.stringify(networks[i].embedder.stateDict()));
      }
    }
  }
});

test('a corrected beat is what it was corrected to, and is so in a file', () => {
  const { beats } = annotateRecord(timed, record, read);
  const wrong = beats.find((b) => b.nearest === 'N' && b.probabilities.length > 0)!;
  const own = adapt(timed, record, { ...read, beats: [{ sample: wrong.sample + 20, label: 'E' }] });
  assert.equal(own.about['adapted'], { method: 'correct', record: record.name, beats: 1 });
  for (const some of [own, decodeModel(encodeModel(own))]) {
    const again = annotateRecord(some, record, read).beats.find(({ sample }) => sample === wrong.sample)!;
    assert.is(again.nearest, 'V');
  }
  const unchanged = adapt(timed, record, { ...read, beats: [] });
  assert.equal(bits(unchanged), bits(timed));
  assert.not.equal(bits(own), bits(timed));
});

test('without labels: batch statistics of all beats, or of the first', () => {
  const { embedder } = model.networks[0];
  const { length, before, normalize } = model.about.window;
  for (const seconds of [undefined, 40]) {
    const { x } = extractBeats([until(seconds ?? 1e6)], {
      length,
      before,
      normalize,
      classes: ['N', 'S', 'V', 'F', 'Q'],
    });
    const own = adapt(model, { ...record, annotations: [] }, { ...read, method: 'batchNorm', seconds });
    const expected = withBatchStatistics(embedder, new Tensor(x, [x.length / length, 1, length]));
    const got = own.networks[0].embedder.stateDict();
    for (const [name, { data }] of Object.entries(expected.stateDict())) assertSameBits(got[name].data, data, name);
  }
});

test('nothing after the first seconds is looked at', () => {
  const later = {
    ...record,
    annotations: record.annotations.map((a) => (a.sample < 50 * RATE ? a : { ...a, label: 'V' })),
  };
  assert.equal(
    bits(adapt(timed, later, { ...read, seconds: 50 })),
    bits(adapt(timed, record, { ...read, seconds: 50 })),
  );
});

test('says what it expected', () => {
  const { name } = record;
  const cases: [() => unknown, new (m: string) => Error, string][] = [
    [
      () => adapt(model, { ...record, annotations: [] }, read),
      DataError,
      `adapt: record ${name}: expected annotated beats in the first 300 s, got none`,
    ],
    [
      () => adapt(model, record, { ...read, beats: [{ sample: read.peaks[3] + 60, label: 'N' }] }),
      DataError,
      `adapt: record ${name}: expected beats[0] at a beat, got none near sample ${read.peaks[3] + 60}`,
    ],
    [
      () => adapt(model, record, { ...read, beats: [{ sample: read.peaks[3], label: 'Q' }] }),
      ArgumentError,
      'adapt: expected beats[0].label of N, S, V, got "Q"',
    ],
    [
      () => adapt(model, record, { method: 'guess' as 'refit' }),
      ArgumentError,
      `adapt: expected method 'correct', 'refit' or 'batchNorm', got "guess"`,
    ],
  ];
  for (const [f, type, message] of cases) assertThrows(f, type, message);
});

test.run();
