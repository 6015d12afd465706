import { ArgumentError, CheckpointError, DataError, type ModelParts } from 'dynaecg';
import { annotateRecord, BeatStream, type BeatStreamState, detectQrs, resample } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { model, narrow, pair, RATE, record, referred, samples, timed, withSamples } from '../../support/annotated.ts';
import { joined, pushed, samplesOf, streamed } from '../../support/streamed.ts';

const test = suite('ecg/stream/beatStream');

function assertThrows(run: () => unknown, type: new (message: string) => Error, message: RegExp): void {
  assert.throws(run, (error: Error) => error instanceof type && message.test(error.message), `${type.name} ${message}`);
}

/** Everything that can happen to a lead in 100 s. */
const hurt = samples.slice();
hurt.fill(Number.NaN, 20 * RATE, 20.1 * RATE).fill(Number.NaN, 31 * RATE, 36 * RATE);
hurt.fill(Number.POSITIVE_INFINITY, 40 * RATE, 40.3 * RATE).fill(0.25, 50 * RATE, 57 * RATE);
for (let i = 64 * RATE; i < hurt.length; i++) hurt[i] += 12;
for (let i = 75 * RATE; i < 90 * RATE; i++) hurt[i] += 3 * Math.sin(i * i);

test('what annotateRecord finds: peaks, windows, timing, probabilities and distances, to the bit', () => {
  for (const some of [model, timed, pair, referred]) {
    const whole = annotateRecord(some, record);
    const { beats, notes } = streamed(new BeatStream(some, { rate: RATE }), samples, 500);
    assert.equal(
      beats.map(({ sample, label, why, nearest, probabilities, distance }) => {
        return { sample, label, why, nearest, probabilities, distance };
      }),
      whole.beats,
    );
    assert.equal(
      notes.map(({ kind }) => kind),
      ['learning', 'learning'],
    );
    for (const { sample, time, quality } of beats) assert.ok(time === sample / RATE && quality! > 0.5);
  }
});

test('at other rates and in other units, too; upside down it is turned', () => {
  for (const rate of [128, 250, 500]) {
    const other = resample(samples, RATE, rate);
    const whole = annotateRecord(timed, { ...withSamples(other), samplingFrequency: rate });
    const { beats, notes } = streamed(new BeatStream(timed, { rate }), other);
    assert.equal(
      beats.map(({ sample, probabilities }) => ({ sample, probabilities })),
      whole.beats.map(({ sample, probabilities }) => ({ sample, probabilities })),
    );
    assert.is(notes[0].text, `resampled from ${rate} Hz to the model's 360 Hz`);
  }
  const microvolts = samples.map((v) => 1000 * v);
  const [lead] = withSamples(microvolts).leads;
  const whole = annotateRecord(model, { ...record, leads: [{ ...lead, units: 'uV' }] });
  const { beats, notes } = streamed(new BeatStream(model, { rate: RATE, units: 'uV' }), microvolts);
  assert.equal(
    beats.map(({ probabilities }) => probabilities),
    whole.beats.map(({ probabilities }) => probabilities),
  );
  assert.is(notes[0].text, "converted from uV to the model's mV");
  const turned = streamed(
    new BeatStream(model, { rate: RATE, invert: true }),
    samples.map((v) => -v),
  );
  assert.equal(turned, streamed(new BeatStream(model, { rate: RATE }), samples));
});

test('the same bits and the same notes, however many samples are pushed at a time', () => {
  for (const [some, rate, options] of [
    [timed, RATE, { range: [-1, 14] }],
    [model, 250, { units: 'uV' }],
    [referred, RATE, {}],
  ] as const) {
    const signal = rate === RATE ? hurt : resample(hurt, RATE, rate);
    const stream = (): BeatStream => new BeatStream(some, { rate, ...options });
    const whole = streamed(stream(), signal);
    assert.ok(whole.beats.length > 80 && whole.notes.length > 10);
    for (const size of [1, 7, 360, 10_000]) assert.equal(streamed(stream(), signal, size), whole, `${size}`);
  }
});

test('R peaks are those of detectQrs, gaps or not', () => {
  for (const signal of [samples, hurt])
    assert.equal(
      samplesOf(streamed(new BeatStream(model, { rate: RATE }), signal, 999).beats),
      Array.from(detectQrs(signal, RATE)),
    );
});

test('a state continues to the bit, also as JSON, and cloned', () => {
  for (const [some, rate] of [
    [timed, RATE],
    [timed, 200],
    [referred, RATE],
  ] as const) {
    const signal = rate === RATE ? hurt : resample(hurt, RATE, rate);
    const stream = (): BeatStream => new BeatStream(some, { rate, range: [-1, 14] });
    const whole = streamed(stream(), signal);
    for (const at of [0, 5, 3000, 7205, 11_500, 13_001, signal.length]) {
      const first = stream();
      const begun = pushed(first, signal.subarray(0, at));
      const { state } = first;
      for (const copy of [JSON.parse(JSON.stringify(state)), structuredClone(state)]) {
        const rest = streamed(BeatStream.restore(some, copy), signal.subarray(at), 777);
        assert.equal(joined([begun, rest]), whole, `${at}`);
      }
      assert.equal(first.state, state, 'nothing of a state changes');
    }
  }
  const ended = new BeatStream(model, { rate: RATE });
  streamed(ended, samples.subarray(0, 5000));
  const again = BeatStream.restore(model, ended.state);
  assert.equal(streamed(again, samples), streamed(ended, samples));
});

test('a state is checked', () => {
  const stream = new BeatStream(model, { rate: RATE });
  pushed(stream, samples.subarray(0, 5000));
  const { state } = stream;
  const refused = (wrong: unknown, what: RegExp, of: ModelParts = model): void =>
    assertThrows(() => BeatStream.restore(of, wrong as BeatStreamState), CheckpointError, what);
  refused(
    { ...state, format: 'dynaecg stream 1' },
    /expected a state in format 'dynaecg stream 2', got "dynaecg stream 1"/,
  );
  const contents = JSON.parse(JSON.stringify(state.contents));
  contents.count++;
  refused({ ...state, contents }, /expected contents with checksum/);
  refused(state, /expected the model of the stream/, timed);
  for (const wrong of [null, 1, 'state', {}, []])
    assertThrows(
      () => BeatStream.restore(model, wrong as unknown as BeatStreamState),
      ArgumentError,
      /BeatStream.restore/,
    );
});

test('beats come by the delay, unless they are found late; a megabyte is not needed', () => {
  for (const [rate, most] of [
    [128, 1.1],
    [250, 1],
    [RATE, 0.85],
  ]) {
    const signal = resample(samples, RATE, rate);
    const stream = new BeatStream(model, { rate });
    assert.ok(stream.delay < most, `${rate} Hz: ${stream.delay}`);
    let directly = 0;
    for (let i = 0; i < signal.length; i++)
      for (const { sample, found } of stream.push(signal.subarray(i, i + 1)).beats)
        if (found === 'directly') {
          directly++;
          const delay = (i + 1 - sample) / rate;
          assert.ok(delay > 0.4 && delay <= stream.delay, `${rate} Hz: ${delay}`);
        } else assert.is(found, 'learning');
    assert.ok(directly > 80);
    assert.ok(stream.bytes < 5e5 && JSON.stringify(stream.state).length < 1e6);
  }
});

test('short and empty signals', () => {
  const stream = new BeatStream(model, { rate: RATE });
  assert.equal(stream.flush(), { beats: [], notes: [] });
  assert.equal(stream.push([]), { beats: [], notes: [] });
  assert.equal(stream.flush(), { beats: [], notes: [] });
  for (const n of [1, 17, 200, 1000]) {
    const { beats } = streamed(stream, samples.subarray(0, n));
    const whole = n < 253 ? [] : annotateRecord(model, withSamples(samples.subarray(0, n))).beats;
    assert.equal(
      beats.map(({ label, why }) => ({ label, why })),
      n < 253 ? beats.map(() => ({ label: 'Q', why: 'edge' })) : whole.map(({ label, why }) => ({ label, why })),
    );
  }
});

test('what cannot be is an error, and the stream goes on', () => {
  const options = (wrong: object, what: RegExp): void =>
    assertThrows(() => new BeatStream(model, { rate: RATE, ...wrong }), ArgumentError, what);
  for (const rate of [0, -1, 49, 10_001, Number.NaN, '360']) options({ rate }, /expected rate from 50 to 10000, got/);
  options({ speed: 1 }, /expected options among rate, units, invert, range, jitter, got speed/);
  options({ range: [1, 1] }, /expected a range from a smaller to a larger number/);
  options({ jitter: -1 }, /expected jitter from 0 to 10, got -1/);
  assertThrows(() => new BeatStream(narrow, { rate: RATE }), CheckpointError, /got normalize 'record'/);
  const [{ embedder }] = model.networks;
  const headless = { ...model, networks: [{ embedder, classifier: null }] };
  assertThrows(() => new BeatStream(headless, { rate: RATE }), CheckpointError, /with a classifier, got none/);
  const other = { ...model, about: { ...model.about, window: { ...(model.about['window'] as object), length: 99 } } };
  assertThrows(() => new BeatStream(other, { rate: RATE }), CheckpointError, /beatInput/);
  const centred = {
    ...model,
    about: { ...model.about, window: { ...(model.about['window'] as object), normalize: 'center' } },
  };
  assertThrows(() => new BeatStream(centred, { rate: RATE, units: 'adu' }), DataError, /converted to mV, got adu/);

  const stream = new BeatStream(model, { rate: RATE });
  const begun = pushed(stream, samples.subarray(0, 7000));
  for (const wrong of ['1', null, undefined, 5, [1, '2'], { samples: [1] }])
    assertThrows(() => stream.push(wrong as unknown as number[]), ArgumentError, /BeatStream.push: expected samples/);
  for (const time of [Number.NaN, '1'])
    assertThrows(() => stream.push([1], time as number), ArgumentError, /expected a finite time/);
  assertThrows(() => stream.changeRate(0), ArgumentError, /BeatStream.changeRate: expected rate/);
  const rest = streamed(stream, samples.subarray(7000));
  assert.equal(joined([begun, rest]), streamed(new BeatStream(model, { rate: RATE }), samples));
});

test.run();
