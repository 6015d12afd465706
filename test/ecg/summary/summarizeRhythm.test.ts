import { Random } from 'dynaecg';
import { type AnnotatedBeat, type Annotation, type RhythmSummary, summarizeRhythm } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { assertClose, throwsWith } from '../../support/asserts.ts';
import { type Marked, naive } from '../../support/rhythmSummary.ts';

const test = suite('ecg/summary/summarizeRhythm');

const FS = 100;
const mark = (sample: number, label = 'N', subtype = 0): Annotation => {
  return { sample, label, subtype, channel: 0, num: 0, aux: '' };
};

/** Beats `rr` samples apart, from sample 0, a letter each. */
const beats = (labels: string, rr = 80): Annotation[] => [...labels].map((label, i) => mark(i * rr, label));
const summary = (labels: string, rr?: number): RhythmSummary =>
  summarizeRhythm(beats(labels, rr), { samplingFrequency: FS });

/** The same structure, numbers that are not whole but close. */
function assertSame(found: unknown, expected: unknown, place = ''): void {
  if (typeof expected === 'number' && typeof found === 'number' && !Number.isInteger(expected))
    assertClose([found], [expected], { relative: 1e-12 }, place);
  else if (typeof expected !== 'object' || expected === null || typeof found !== 'object' || found === null)
    assert.is(found, expected, place);
  else {
    assert.equal(Object.keys(found).sort(), Object.keys(expected).sort(), place);
    for (const [key, value] of Object.entries(expected))
      assertSame((found as Record<string, unknown>)[key], value, `${place}.${key}`);
  }
}

test('a regular rhythm', () => {
  const { heartRate, rr, histogram, ventricular, ...s } = summary('N'.repeat(11));
  assert.equal([s.start, s.end, s.seconds, s.analyzed, s.beats], [0, 801, 8.01, 8.01, 11]);
  assert.equal(s.perHour, 11 / (8.01 / 3600));
  assert.equal(heartRate, {
    mean: 75,
    lowest: { rate: 75, start: 0, end: 640 },
    highest: { rate: 75, start: 0, end: 640 },
  });
  assert.equal(rr, {
    count: 10,
    shortest: { start: 0, end: 80, seconds: 0.8 },
    longest: { start: 0, end: 80, seconds: 0.8 },
  });
  assert.equal(
    histogram.counts.map((n, bin) => [bin * histogram.width, n]).filter(([, n]) => n > 0),
    [[800, 10]],
  );
  assert.equal([ventricular.beats, ventricular.share, ventricular.perHour], [0, 0, 0]);
});

// [labels, single, couplets, beats of each run, bigeminy, trigeminy as [episodes, beats]]
const ROWS: [string, number, number, number[], [number, number], [number, number]][] = [
  ['NVN', 1, 0, [], [0, 0], [0, 0]],
  ['NVVN', 0, 1, [], [0, 0], [0, 0]],
  ['VVVNVVVV', 0, 0, [3, 4], [0, 0], [0, 0]],
  ['NVNVN', 2, 0, [], [0, 0], [0, 0]],
  ['NVNVNVN', 3, 0, [], [1, 3], [0, 0]],
  ['VNVNVNNVNVNVNV', 7, 0, [], [2, 7], [0, 0]],
  ['VNNVNNVNN', 3, 0, [], [0, 0], [1, 3]],
  ['VNNVNV', 3, 0, [], [0, 0], [0, 0]],
  ['VNVNVNNVNNV', 5, 0, [], [1, 3], [1, 3]],
  ['VNVNVVNVNV', 4, 1, [], [0, 0], [0, 0]], // the couplet is in neither half's pattern
  ['VSVSV', 3, 0, [], [0, 0], [0, 0]], // the beats between are not normal
  ['VFVQV', 3, 0, [], [0, 0], [0, 0]],
  ['VNVNVFVNVNV', 6, 0, [], [2, 6], [0, 0]],
];

test('single beats, couplets, runs, bigeminy and trigeminy; the same for S', () => {
  const exchanged = (c: string): string => (c === 'V' ? 'S' : c === 'S' ? 'V' : c);
  for (const [labels, single, couplets, runs, bigeminy, trigeminy] of ROWS) {
    const other = [...labels].map(exchanged).join('');
    for (const e of [summary(labels).ventricular, summary(other).supraventricular]) {
      const found = [e.single, e.couplets, e.runs.map((run) => run.beats)];
      assert.equal(found, [single, couplets, runs], labels);
      assert.equal([e.bigeminy.episodes, e.bigeminy.beats], bigeminy, labels);
      assert.equal([e.trigeminy.episodes, e.trigeminy.beats], trigeminy, labels);
      assert.is(e.beats, single + 2 * couplets + runs.reduce((a, b) => a + b, 0));
      assert.is(e.share, e.beats / labels.length);
    }
  }
});

test('a run: where, how long, how fast', () => {
  const samples = [0, 100, 140, 180, 230, 330];
  const list = samples.map((sample, i) => mark(sample, 'NVVVVN'[i]));
  const [run] = summarizeRhythm(list, { samplingFrequency: FS }).ventricular.runs;
  assert.equal(run, { start: 100, end: 230, beats: 4, seconds: 1.3, rate: 180 / 1.3 });
});

test('classes: escape beats are normal, R-on-T is V; two beats at one sample are one', () => {
  const list = [...'NLRejBnAaJSVErF/fQ?'].map((label, i) => mark(10 * i, label));
  assert.equal(summarizeRhythm(list, { samplingFrequency: FS }).counts, { N: 7, S: 4, V: 3, F: 1, Q: 4 });
  for (const pair of ['NV', 'VN', 'SV', 'FS', 'QF', 'NQ']) {
    const found = summarizeRhythm(
      [...pair].map((label) => mark(5, label)),
      { samplingFrequency: FS },
    );
    const stronger = [...'VSFQN'].find((c) => pair.includes(c))!;
    assert.equal([found.beats, found.counts[stronger as 'V']], [1, 1], pair);
  }
});

test('a pause is longer than its limit, not as long', () => {
  const list = [0, 200, 401, 1000].map((sample) => mark(sample));
  const pauses = (pause?: number) =>
    summarizeRhythm(list, { samplingFrequency: FS, pause }).pauses.map(({ seconds }) => seconds);
  assert.equal([pauses(), pauses(2.01), pauses(1)], [[2.01, 5.99], [5.99], [2, 2.01, 5.99]]);
});

test('what lies on an unreadable stretch is no interval, no pause, not in a row', () => {
  const list = beats('NVVVVNNNNNNNN', 100);
  const at = (start: number, end: number) =>
    summarizeRhythm(list, { samplingFrequency: FS, unreadable: [{ start, end }] });
  const cut = at(210, 290); // between the second and the third V
  assert.equal([cut.beats, cut.rr.count, cut.ventricular.couplets, cut.ventricular.runs], [13, 11, 2, []]);
  assert.equal([cut.unreadable.seconds, cut.unreadable.beats, cut.analyzed], [0.8, 0, 11.21]);
  const lost = at(300, 600); // the third V and the two beats after it
  assert.equal([lost.beats, lost.unreadable.beats, lost.rr.count, lost.pauses], [10, 3, 8, []]);
  assert.is(lost.unreadable.share, 300 / 1201);
  assert.equal(at(201, 300).rr.count, 11);
  assert.equal(at(200, 201).beats, 12);
  assert.equal(at(-500, 0).rr.count, 12);
  assert.is(at(0, 5000).perHour, null);
});

test('shutdowns and flutter among annotations, as EC57 reads them', () => {
  const list = [...beats('NNNNN', 100), mark(450, '~', 0x30), mark(700, '~', 0), ...[800, 900].map((s) => mark(s))];
  const shut = summarizeRhythm(list, { samplingFrequency: FS });
  assert.equal(shut.unreadable.stretches, [{ start: 450, end: 700 }]);
  assert.equal([shut.pauses, shut.rr.count, shut.beats], [[], 5, 7]);
  const flutter = summarizeRhythm(
    [...beats('NNN', 100), mark(250, '['), mark(300, '!'), mark(350, 'V'), mark(600, ']'), mark(700), mark(800)],
    { samplingFrequency: FS, end: 10 },
  );
  assert.equal(flutter.flutter, { seconds: 3.5, stretches: [{ start: 250, end: 600 }] });
  assert.equal([flutter.beats, flutter.counts.V, flutter.rr.count, flutter.pauses], [5, 0, 3, []]);
  assert.equal([flutter.analyzed, flutter.unreadable.seconds], [6.5, 0]);
  const open = summarizeRhythm([...beats('NNN', 100), mark(250, '[')], { samplingFrequency: FS, end: 10 });
  assert.equal(open.flutter.stretches, [{ start: 250, end: 1000 }]);
});

test('hours of the day, or from the start', () => {
  const list = Array.from({ length: 9000 }, (_, i) => mark(i * FS)); // two and a half hours
  const options = { samplingFrequency: FS, end: 9000 };
  const clock = summarizeRhythm(list, { ...options, baseTime: '22:45:00' }).hours;
  assert.equal(
    clock.map(({ clock, start, end, beats }) => [clock, start, end, beats]),
    [
      [22, 0, 90_000, 900],
      [23, 90_000, 450_000, 3600],
      [0, 450_000, 810_000, 3600],
      [1, 810_000, 900_000, 900],
    ],
  );
  const plain = summarizeRhythm(list, options).hours;
  assert.equal(
    plain.map(({ clock, beats, heartRate, analyzed }) => [clock, beats, heartRate, analyzed]),
    [
      [null, 3600, 60, 3600],
      [null, 3600, 60, 3600],
      [null, 1800, 60, 1800],
    ],
  );
  const first = (baseTime: string) => summarizeRhythm(list, { ...options, baseTime }).hours[0];
  assert.equal([first('45:00').clock, first('45:00').end], [0, 90_000]); // minutes and seconds alone, as strtim(3)
  assert.equal([first('25:59:59.5').clock, first('25:59:59.5').end], [1, 50]);
});

test('agrees with a naive computation on random annotations', () => {
  const random = new Random('summary');
  const labels = [...'NNNNNNNNNVVVSSSLRAEFQ/ejr+', '~', 'noise'];
  const seen = { runs: 0, bigeminy: 0, trigeminy: 0, couplets: 0, pauses: 0, flutter: 0, lost: 0, nulls: 0, above: 0 };
  for (let trial = 0; trial < 60; trial++) {
    const fs = [5, 10, 12.5][trial % 3];
    const list: Marked[] = [];
    const quick = trial % 2 === 0;
    for (let at = random.integer(20); at < 2500; at += 2 + random.integer(quick ? 14 : 30)) {
      const pattern = random.uniform() < 0.1 ? ['VNVNVNV', 'SNNSNNS', 'VVVV', 'SS'][random.integer(4)] : '';
      for (const label of pattern || [labels[random.integer(labels.length)]]) {
        list.push({ sample: at, label });
        if (random.uniform() < 0.05) list.push({ sample: at, label: labels[random.integer(labels.length)] });
        at += 2 + random.integer(9);
      }
      if (random.uniform() < 0.02) {
        list.push({ sample: at + 1, label: '[' }, { sample: at + 2 + random.integer(60), label: ']' });
        at += 70;
      }
    }
    const unreadable = Array.from({ length: random.integer(4) }, () => {
      const start = random.integer(2600) - 50;
      return { start, end: start + random.integer(150) };
    });
    const options = {
      samplingFrequency: fs,
      ...{ start: (trial % 4) * 7, end: trial === 59 ? 25 : 25 + random.integer(700), unreadable },
      ...{ baseTime: `${random.integer(24)}:59:${10 + random.integer(49)}`, pause: 1.5, trend: 30 },
    };
    const expected = naive(list, options);
    assertSame(
      summarizeRhythm(
        Array.from(random.permutation(list.length), (i) => list[i]),
        options,
      ),
      expected,
      `trial ${trial}`,
    );
    seen.nulls += Number(expected.heartRate.lowest === null);
    seen.pauses += expected.pauses.length;
    seen.flutter += expected.flutter.stretches.length;
    seen.lost += expected.unreadable.beats;
    seen.above += expected.histogram.above;
    for (const e of [expected.supraventricular, expected.ventricular]) {
      seen.runs += e.runs.length;
      seen.couplets += e.couplets;
      seen.bigeminy += e.bigeminy.episodes;
      seen.trigeminy += e.trigeminy.episodes;
    }
  }
  for (const [what, n] of Object.entries(seen)) assert.ok(n > 0, `${what}: ${JSON.stringify(seen)}`);
});

test('no beat, and one', () => {
  const none = summarizeRhythm([mark(50, '+')], { samplingFrequency: FS });
  assert.equal([none.beats, none.seconds, none.perHour, none.unreadable.share], [0, 0, null, null]);
  assert.equal([none.rr, none.trend, none.hours], [{ count: 0, shortest: null, longest: null }, [], []]);
  assert.equal([none.heartRate.mean, none.ventricular.share], [null, null]);
  const one = summarizeRhythm([mark(50)], { samplingFrequency: FS, end: 120 });
  assert.equal(one.trend, [
    { start: 0, rate: null },
    { start: 6000, rate: null },
  ]);
  assert.equal([one.beats, one.perHour, one.hours.length], [1, 30, 1]);
});

test('beats as annotateRecord has them', () => {
  const rest = { nearest: null, probabilities: [], distance: null };
  const own: AnnotatedBeat[] = [...'NSVQ'].map((label, i) => {
    return { sample: 100 * i, label: label as 'N', why: label === 'Q' ? 'edge' : null, ...rest };
  });
  assert.equal(summarizeRhythm(own, { samplingFrequency: FS }).counts, { N: 1, S: 1, V: 1, F: 0, Q: 1 });
});

test('errors', () => {
  const options = { samplingFrequency: FS };
  const wrong = (more: object) => () => summarizeRhythm(beats('NNN'), { ...options, ...more });
  throwsWith(wrong({ end: -1 }), ArgumentError, 'summarizeRhythm: expected end from 0 to 31622400, got -1');
  throwsWith(wrong({ start: 3, end: 2 }), ArgumentError, 'summarizeRhythm: expected end from 3 to 31622400, got 2');
  throwsWith(
    wrong({ unreadable: [{ start: 5, end: 4 }] }),
    ArgumentError,
    'summarizeRhythm: expected a finite unreadable[0].end >= 5, got 4',
  );
  throwsWith(
    wrong({ baseTime: '1 pm' }),
    ArgumentError,
    'summarizeRhythm: expected baseTime such as 13:05:00, got "1 pm"',
  );
  throwsWith(
    () => summarizeRhythm([mark(0.5)], options),
    DataError,
    'summarizeRhythm: expected whole samples, got 0.5 in beat annotation 0 (N)',
  );
  throwsWith(
    () => summarizeRhythm([mark(2 ** 40)], options),
    DataError,
    'summarizeRhythm: expected beats within a year of the start, got one at sample 1099511627776',
  );
});

test.run();
