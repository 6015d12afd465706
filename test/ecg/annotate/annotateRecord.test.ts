import { DataError, decodeModel, EmbeddingClassifier, encodeModel, Tensor } from 'dynaecg';
import {
  AAMI_CLASSES,
  type AamiClass,
  type AnnotatedBeat,
  aamiClass,
  annotateRecord,
  beatAnnotations,
  beatChannels,
  beatTiming,
  compareBeats,
  detectQrs,
  type EcgRecord,
  extractBeats,
  grossTally,
  readAnnotations,
  resample,
  writeAnnotations,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  annotate,
  limit,
  model,
  narrow,
  pair,
  peaksOf,
  RATE,
  reasons,
  record,
  referred,
  samples,
  timed,
  withSamples,
} from '../../support/annotated.ts';
import { assertThrows } from '../../support/asserts.ts';
import { makeRecord } from '../../support/records.ts';
import { unseen } from '../../support/trained.ts';

const test = suite('ecg/annotate/annotateRecord');

// ---- what it is for

test('recordings of other patients: mostly the right classes, at the right places', () => {
  for (const [some, classes] of [
    [model, [0, 2]],
    [timed, [0, 1, 2]],
    [referred, [0, 1, 2]],
  ] as const) {
    const tallies = unseen.map((r) => {
      const annotated = annotateRecord(some, r);
      assert.equal([annotated.lead, annotated.notes], ['MLII', []]);
      const options = { samplingFrequency: RATE, start: 0, end: samples.length / RATE };
      const compared = compareBeats(r.annotations, beatAnnotations(annotated), options);
      const apart = compared.pairs.flatMap(({ reference, test }) =>
        reference && test ? [Math.abs(reference.sample - test.sample)] : [],
      );
      assert.ok(apart.sort((a, b) => a - b)[Math.floor(0.9 * apart.length)] <= 4, `${apart}`);
      const without = reasons(annotated.beats).filter(Boolean);
      assert.ok(without.length < 0.15 * annotated.beats.length, `${without}`);
      return compared;
    });
    const { statistics, matrix } = grossTally(tallies);
    assert.ok(statistics.qrs.sensitivity.value! > 0.98 && statistics.qrs.positivePredictivity.value! > 0.98);
    const right = classes.map((k) => matrix[k][k] / matrix[k].reduce((a, b) => a + b));
    for (const share of right) assert.ok(share > 0.65, `${right}`);
  }
});

test('probabilities, nearest, distances and labels are those of the windows that extractBeats cuts', () => {
  const { annotations } = unseen[0];
  const pause = {
    ...unseen[0],
    annotations: annotations.filter((a) => a.sample < 10 * RATE || a.sample > 13.5 * RATE),
  };
  const gap = { ...unseen[0], annotations: annotations.filter((a) => a.sample < 10 * RATE || a.sample > 20.5 * RATE) };
  for (const r of [...unseen.slice(0, 2), pause, gap])
    for (const some of [model, timed, pair, narrow, referred]) {
      const { networks, novelty, about } = some;
      const { beats } = annotateRecord(some, r, { peaks: peaksOf(r) });
      assert.equal(
        beats.map(({ sample }) => sample),
        peaksOf(r),
        'given R peaks are taken as they are',
      );
      const { units: _, ...window } = about.window;
      const set = extractBeats([r], { ...window, align: 'rPeak', invalid: 'drop' });
      const n = set.labels.length;
      const F = about.timing.length;
      const context = F
        ? new Tensor(beatTiming([r], set, { features: about.timing }).x, [n, about.timing.length])
        : undefined;
      const alone = new Tensor(set.x, [n, 1, about.window.length]);
      const { reference, previous } = about;
      const x = beatChannels(set, { reference, previous });
      const { probabilities } = new EmbeddingClassifier(networks).classify(x, { context });
      const distances = novelty!.distance(alone);
      let row = 0;
      for (const beat of beats) {
        if (beat.sample !== set.sample[row]) {
          const { before, length } = about.window;
          const inside = beat.sample - before >= 0 && beat.sample - before + length <= samples.length;
          assert.not(inside, `no window at ${beat.sample}`);
          const nothing = { label: 'Q', why: 'edge', nearest: null, probabilities: [], distance: null };
          assert.equal(beat, { sample: beat.sample, ...nothing });
          continue;
        }
        const own = [...probabilities.data.subarray(3 * row, 3 * row + 3)];
        assert.equal(beat.probabilities, own);
        const nearest = AAMI_CLASSES[own.indexOf(Math.max(...own))];
        assert.is(beat.distance, distances[row]);
        const unlike = distances[row] > novelty!.limit;
        assert.equal([beat.nearest, beat.label, beat.why], [nearest, unlike ? 'Q' : nearest, unlike ? 'unlike' : null]);
        row++;
      }
      assert.is(row, n);
    }
});

test('without R peaks given, those of detectQrs', () => {
  const found = [...detectQrs(samples, RATE)];
  assert.equal(annotateRecord(model, record), annotateRecord(model, record, { peaks: found }));
});

test('classes have the order that the model file gives them', () => {
  const classes = ['V', 'F', 'N'];
  const { beats } = annotateRecord({ ...model, about: { ...model.about, classes } }, record);
  const other = annotateRecord(model, record).beats;
  for (const [i, { nearest, probabilities }] of beats.entries()) {
    assert.equal(probabilities, other[i].probabilities);
    assert.is(
      nearest && classes.indexOf(nearest),
      other[i].nearest && AAMI_CLASSES.indexOf(other[i].nearest as AamiClass),
    );
  }
});

test('classes of your own: a beat is labelled with the first label of its class, and its annotation names the class', () => {
  const labels = { usual: ['L', 'N'], early: ['A'], wide: ['V', 'E'] };
  const classes = Object.keys(labels) as (keyof typeof labels)[];
  const own = annotateRecord({ ...model, about: { ...model.about, classes, labels } }, record).beats;
  const { beats } = annotateRecord(model, record);
  const written = beatAnnotations({ beats: own });
  for (const [i, { why, label, nearest }] of own.entries()) {
    const k = beats[i].nearest === null ? -1 : AAMI_CLASSES.indexOf(beats[i].nearest as AamiClass);
    assert.is(nearest, k < 0 ? null : classes[k]);
    assert.is(label, why ? 'Q' : labels[classes[k]][0]);
    assert.equal([written[i].label, written[i].aux], [label, why ? [why, nearest].filter(Boolean).join(' ') : nearest]);
  }
  assert.ok(own.some(({ why }) => why === null));
});

test('a model that was written and read gives the same to the last bit', () => {
  for (const some of [model, timed, pair])
    assert.equal(annotateRecord(decodeModel(encodeModel(some)), record), annotateRecord(some, record));
});

test('progress rises to 1, through all networks', () => {
  const long = withSamples(Float32Array.from({ length: 6 * samples.length }, (_, i) => samples[i % samples.length]));
  for (const some of [model, pair]) {
    const told: number[] = [];
    const { beats } = annotateRecord(some, long, { progress: (done) => told.push(done) });
    assert.is(told.length, some.networks.length * Math.ceil(beats.filter(({ why }) => why !== 'edge').length / 256));
    assert.is(told.at(-1), 1);
    assert.ok(told.every((done, i) => done > (told[i - 1] ?? 0)));
  }
});

test('annotations: the class, or Q with the reason and the nearest class; they go into a file and come back', () => {
  const beat = { probabilities: [], distance: null };
  const beats: AnnotatedBeat[] = [
    { ...beat, sample: 3, label: 'Q', why: 'edge', nearest: null },
    { ...beat, sample: 500, label: 'V', why: null, nearest: 'V' },
    { ...beat, sample: 900, label: 'Q', why: 'unlike', nearest: 'S' },
  ];
  const annotations = beatAnnotations({ beats }, 1);
  const common = { subtype: 0, channel: 1, num: 0 };
  assert.equal(annotations, [
    { sample: 3, label: 'Q', aux: 'edge', ...common },
    { sample: 500, label: 'V', aux: '', ...common },
    { sample: 900, label: 'Q', aux: 'unlike S', ...common },
  ]);
  assert.equal(readAnnotations(writeAnnotations(annotations)).annotations, annotations);
  assert.is(beatAnnotations({ beats })[0].channel, 0);
  for (const label of AAMI_CLASSES) assert.is(aamiClass(label), label, 'a class is a mnemonic of it');
});

// ---- other leads, other rates

test("the model's lead wherever it is, or else the first, which is said", () => {
  const [a, b] = [samples, unseen[1].leads[0].samples];
  const two = (first: string, second: string): EcgRecord => makeRecord('two', { [first]: a, [second]: b }, []);
  const [ofA, ofB] = [annotate(a), annotate(b)];
  const read = (r: EcgRecord, wanted?: string) => {
    const { beats, lead, notes } = annotateRecord(model, r, { lead: wanted });
    return { beats, lead, notes };
  };
  assert.equal(read(two('MLII', 'V5')), { beats: ofA, lead: 'MLII', notes: [] });
  assert.equal(read(two('V5', 'MLII')), { beats: ofB, lead: 'MLII', notes: [] });
  const notes = ['lead V5 is read; the model was trained on MLII'];
  assert.equal(read(two('V5', 'V1')), { beats: ofA, lead: 'V5', notes });
  assert.equal(read(two('V1', 'V5'), 'V5'), { beats: ofB, lead: 'V5', notes });
  assert.equal(read(two('V5', 'MLII'), 'V5'), { beats: ofA, lead: 'V5', notes });
  const wrong: [r: EcgRecord, lead: string | undefined, message: string][] = [
    [two('V1', 'V5'), 'aVR', 'annotateRecord: record two: expected lead aVR, got V1, V5'],
    [{ ...record, leads: [] }, undefined, `annotateRecord: record ${record.name}: expected lead MLII, got none`],
  ];
  for (const [r, lead, message] of wrong) assertThrows(() => read(r, lead), DataError, message);
});

test('a lead upside down is suspected, and turned over is as it was', () => {
  const turned = samples.map((v) => -v);
  const { beats, notes } = annotateRecord(model, withSamples(turned));
  assert.is(notes.length, 2);
  const share = Math.round((100 * reasons(beats).filter((why) => why === 'unlike').length) / beats.length);
  assert.ok(share > 80, `${share}`);
  assert.is(notes[0], `${share} % of the beats are unlike those that the model was trained on`);
  const said = /^the lead seems to be upside down: turned over, .* \(median distance (\S+) instead of (\d.\d{3})\)$/;
  const [, nearer, farther] = said.exec(notes[1])!.map(Number);
  assert.ok(nearer < limit && farther > 2 * nearer, notes[1]);
  assert.equal(
    annotateRecord(model, withSamples(turned), { invert: true }),
    annotateRecord(model, withSamples(samples)),
  );
  assert.equal(annotateRecord(model, withSamples(samples), { invert: true }).notes, notes);
  const timedNotes = annotateRecord(timed, withSamples(turned)).notes;
  assert.match(timedNotes.at(-1)!, 'upside down', 'also for a model that is told of timing');
});

test('whether a long recording is upside down, beats from all over it tell', () => {
  const n = samples.length;
  for (const [part, told] of [
    [0.2, false],
    [0.8, true],
  ] as const) {
    const x = Float32Array.from({ length: 3 * n }, (_, i) => (i < part * 3 * n ? -1 : 1) * samples[i % n]);
    const { beats, notes } = annotateRecord(timed, withSamples(x));
    assert.ok(beats.length > 200);
    assert.is(/upside down/.test(notes.join()), told);
  }
});

for (const rate of [250, 500, 128])
  test(`a recording at ${rate} Hz: resampled, the R peaks in its own samples, nearly the same classes`, () => {
    const other = { ...withSamples(resample(samples, RATE, rate)), samplingFrequency: rate };
    const there = peaksOf(record).map((sample) => Math.round((sample * rate) / RATE));
    const at360 = annotateRecord(model, record, { peaks: peaksOf(record) }).beats;
    const given = annotateRecord(model, other, { peaks: there });
    assert.equal(given.notes, [`resampled from ${rate} Hz to the model's 360 Hz`]);
    assert.equal(
      given.beats.map(({ sample }) => sample),
      there,
    );
    const differ = given.beats.filter(({ nearest }, i) => nearest !== at360[i].nearest).length;
    assert.ok(differ <= 0.06 * there.length, `${differ} of ${there.length}`);

    const found = annotateRecord(model, other).beats;
    const options = { samplingFrequency: rate, start: 0, window: 0.025 };
    const annotations = there.map((sample) => ({ sample, label: 'N', subtype: 0, channel: 0, num: 0, aux: '' }));
    const { qrs } = compareBeats(annotations, beatAnnotations({ beats: found }), options).statistics;
    assert.ok(qrs.sensitivity.value! > 0.95 && qrs.positivePredictivity.value! > 0.95, JSON.stringify(qrs));
    const ownTiming = annotateRecord(timed, other, { peaks: there }).beats;
    const timing360 = annotateRecord(timed, record, { peaks: peaksOf(record) }).beats;
    const changed = ownTiming.filter(({ nearest }, i) => nearest !== timing360[i].nearest).length;
    assert.ok(changed <= 0.06 * there.length, `${changed} of ${there.length}`);
  });

test('slower than detection can be, R peaks given or not', () => {
  const slow = { ...withSamples(resample(samples, RATE, 40)), samplingFrequency: 40 };
  assert.throws(() => annotateRecord(model, slow), /^detectQrs: expected samplingFrequency .*, got 40$/);
  const peaks = peaksOf(record).map((sample) => Math.floor(sample / 9));
  assert.is(annotateRecord(model, slow, { peaks }).beats.length, peaks.length);
});

// ---- beats that are unlike

/** Beats at the R peaks of the recording, of another form. */
function formed(peaks: readonly number[], form: (t: number) => number): Float32Array {
  const x = new Float32Array(samples.length);
  for (const peak of peaks) for (let t = -150; t <= 150; t++) if (x[peak + t] !== undefined) x[peak + t] += form(t);
  return x;
}

const FORMS: Record<string, (t: number) => number> = {
  'square waves': (t) => (Math.abs(t) < 60 ? 1 : -1),
  'bursts of a sine': (t) => Math.sin(t / 9),
  ramps: (t) => t / 150,
};

for (const [name, form] of Object.entries(FORMS))
  test(`${name} in the place of beats: unlike, Q, and the nearest class all the same`, () => {
    const peaks = peaksOf(record).filter((sample, i, all) => sample > 200 && sample - (all[i - 1] ?? 0) > 260);
    assert.ok(peaks.length > 40);
    const { beats, notes } = annotateRecord(model, withSamples(formed(peaks, form)), { peaks });
    for (const { sample, label, why, nearest, distance, probabilities } of beats) {
      if (sample > samples.length - 127) continue;
      assert.equal([label, why], ['Q', 'unlike'], `at ${sample}, distance ${distance}, limit ${limit}`);
      assert.ok(distance! > limit);
      assert.is(nearest, AAMI_CLASSES[probabilities.indexOf(Math.max(...probabilities))]);
    }
    assert.ok(notes.includes('100 % of the beats are unlike those that the model was trained on'));
  });

test('half of the beats unlike is said, fewer is not', () => {
  const peaks = peaksOf(record).slice(2, 42);
  const spoilt = (n: number): Float32Array => {
    const x = samples.slice();
    for (let i = 0; i < n; i++) {
      const end = i === 39 ? peaks[i] + 150 : (peaks[i] + peaks[i + 1]) >> 1;
      const start = i === 0 ? peaks[i] - 150 : (peaks[i] + peaks[i - 1]) >> 1;
      for (let t = start; t < end; t++) x[t] = Math.sin(t / 2);
    }
    return x;
  };
  for (const n of [14, 15, 16, 17, 18, 19, 20, 21, 22]) {
    const { beats, notes } = annotateRecord(model, withSamples(spoilt(n)), { peaks });
    const unlike = reasons(beats).filter((why) => why === 'unlike').length;
    assert.ok(Math.abs(unlike - n) <= 5, `${unlike} of ${n}`);
    const said = notes.find((note) => note.endsWith('% of the beats are unlike those that the model was trained on'));
    assert.is(said !== undefined, unlike >= 20);
    assert.ok(said === undefined || Math.abs(Number.parseInt(said, 10) - 2.5 * unlike) <= 0.5, said);
  }
});

test.run();
