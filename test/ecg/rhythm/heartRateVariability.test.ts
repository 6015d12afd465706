import { Random } from 'dynaecg';
import { type Annotation, beatAnnotations, heartRateVariability, type VariabilityOptions } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { assertClose, throwsWith } from '../../support/asserts.ts';
import { assertFigures, FIGURES, naive } from '../../support/heartRateVariability.ts';

const test = suite('ecg/rhythm/heartRateVariability');

const beat = (sample: number, label = 'N', aux = ''): Annotation => {
  return { sample, label, subtype: 0, channel: 0, num: 0, aux };
};

/** Beats at the ends of intervals in samples, the first at 0. */
function spaced(intervals: readonly number[], labels = ''): Annotation[] {
  let at = 0;
  return [0, ...intervals].map((interval, i) => {
    at += interval;
    return beat(at, labels[i] ?? 'N');
  });
}

// Golden values. The lines from rri to HTI are those of hrv_time in NeuroKit2, with missing intervals as it has them:
//
// import numpy as np
// def hrv(peaks, normal, fs):
//     rr = np.diff(peaks)
//     ok = normal[1:] & normal[:-1] & (rr <= 2 * fs)
//     rri, diff_rri = rr[ok] / fs * 1000, np.diff(rr)[ok[1:] & ok[:-1]] * 1000 / fs
//     index = peaks[1:][ok] // (300 * fs)
//     parts = [rri[index == k] for k in np.unique(index)]
//     parts = [p for p in parts if len(p) > 1 and p.sum() >= 150000]
//     bar_y, _ = np.histogram(rri, bins=np.arange(0, np.max(rri) + 1000 / 128, 1000 / 128))
//     print(np.mean(rri), 60000 / np.mean(rri), np.std(rri, ddof=1), np.sqrt(np.mean(diff_rri**2)), np.std(diff_rri, ddof=1),
//           np.sum(np.abs(diff_rri) > 50) / (len(diff_rri) + 1) * 100, np.sum(np.abs(diff_rri) > 20) / (len(diff_rri) + 1) * 100,
//           np.std([p.mean() for p in parts], ddof=1), np.mean([np.std(p, ddof=1) for p in parts]), len(rri) / np.max(bar_y))
// i, j = np.arange(2400), np.arange(2401)
// rr = 190 + i * 7919 % 61 + abs(i % 600 - 300) // 10 + i * i % 17
// peaks = np.cumsum(np.concatenate([[50], rr]))
// hrv(peaks, np.ones(2401, bool), 250)
// kept = (j % 50 != 20) & ((j < 900) | (j > 960))
// hrv(peaks[kept], ((j % 37 != 5) & (j % 37 != 6))[kept], 250)
const made = Array.from({ length: 2401 }, (_, j) => j).map((j, _, all) => {
  const rr = (i: number): number =>
    190 + ((i * 7919) % 61) + Math.floor(Math.abs((i % 600) - 300) / 10) + ((i * i) % 17);
  return all.slice(0, j).reduce((sum, i) => sum + rr(i), 50);
});

test('NeuroKit2: a recording of normal beats', () => {
  const found = heartRateVariability(
    made.map((sample) => beat(sample)),
    { samplingFrequency: 250 },
  );
  assertFigures(found, [
    ...[970.1483333333333, 61.846212520765725, 81.48339999095782, 97.06375347385182, 97.08397940290227],
    ...[51.66666666666667, 80.70833333333334, 12.923049960156611, 80.63972102979211, 28.235294117647058],
  ]);
  const none = { ectopic: 0, fibrillation: 0, gap: 0 };
  assert.equal(found.counts, { rr: 2400, nn: 2400, ...none, share: 1, differences: 2399, segments: 8 });
});

test('NeuroKit2: one with ectopic beats and gaps', () => {
  const annotations = made
    .map((sample, j) => beat(sample, j % 37 === 5 ? 'V' : j % 37 === 6 ? 'A' : 'N'))
    .filter((_, j) => j % 50 !== 20 && (j < 900 || j > 960));
  const found = heartRateVariability(annotations, { samplingFrequency: 250 });
  assertFigures(found, [
    ...[984.3716475095786, 60.95258853888939, 133.93597008701317, 181.58192098025356, 181.6266299467451],
    ...[52.736318407960205, 81.19402985074626, 19.38719089334037, 129.43441979102573, 28.216216216216218],
  ]);
  const { rr, nn, gap, differences, segments, ectopic, share } = found.counts;
  assert.equal([rr, nn, gap, differences, segments], [2292, 2088, 14, 2009, 8]);
  assert.equal([ectopic, share], [2292 - 2088 - 14, 2088 / 2292]);
});

test('agrees with a naive computation on random annotations', () => {
  const random = new Random('variability');
  const labels = [...'NNNNNNNNNNNNLRVAFe/~', '+N', '+AFIB', '+AFL', '+'];
  let nulls = 0;
  for (let round = 0; round < 60; round++) {
    let at = random.integer(500);
    const annotations = Array.from({ length: random.integer(round < 20 ? 6 : 250) }, () => {
      const label = labels[random.integer(labels.length)];
      at += label[0] === '+' ? 1 : random.integer(20) === 0 ? random.integer(3) * 400 : 200 + random.integer(120);
      return label[0] === '+' ? beat(at, '+', label.length > 1 ? `(${label.slice(1)}\0` : 'note') : beat(at, label);
    });
    const options: VariabilityOptions = {
      samplingFrequency: [360, 250, 128][round % 3],
      ...(round % 2 && { longest: 1.2, segment: 20 }),
      ...(round % 5 === 0 && { normal: ['N', 'e'] }),
    };
    const expected = naive(annotations, options);
    const shuffled = [...random.permutation(annotations.length)].map((i) => annotations[i]);
    for (const list of [annotations, shuffled]) {
      const found = heartRateVariability(list, options);
      assertClose(
        FIGURES.map((name) => found[name] ?? -1),
        FIGURES.map((name) => expected[name] ?? -1),
        { relative: 1e-9, absolute: 1e-9 },
        `round ${round}`,
      );
      assert.equal(found.counts, expected.counts, `round ${round}`);
      const { rr, nn, ectopic, fibrillation, gap } = found.counts;
      assert.is(nn + ectopic + fibrillation + gap, rr);
    }
    nulls += FIGURES.filter((name) => expected[name] === null).length;
  }
  assert.ok(nulls > 20, `${nulls}`);
});

test('by hand: five intervals, an ectopic beat and its pause', () => {
  // 1000 Hz: 800, 860, 820, [500 to V, 1100 from V], 790, 811
  const annotations = spaced([800, 860, 820, 500, 1100, 790, 811], 'NNNNVNNN');
  const { counts, ...figures } = heartRateVariability(annotations, { samplingFrequency: 1000 });
  // Differences 60 and -40, 21; none over the ectopic beat.
  const mean = (800 + 860 + 820 + 790 + 811) / 5;
  assertClose([figures.meanNN!, figures.heartRate!], [816.2, 60000 / 816.2], { relative: 1e-15 });
  const squares = [800, 860, 820, 790, 811].reduce((sum, v) => sum + (v - mean) ** 2, 0);
  assertClose([figures.sdnn!], [Math.sqrt(squares / 4)], { relative: 1e-15 });
  assertClose([figures.rmssd!], [Math.sqrt((3600 + 1600 + 441) / 3)], { relative: 1e-15 });
  assert.equal([figures.pnn50, figures.pnn20], [25, 75]); // 1 and 3 of 3 + 1
  assert.equal([figures.sdann, figures.sdnnIndex], [null, null]); // no segment is half covered
  assert.is(figures.triangularIndex, 5 / 1); // bins 102, 110, 104, 101, 103
  const left = { ectopic: 2, fibrillation: 0, gap: 0 };
  assert.equal(counts, { rr: 7, nn: 5, ...left, share: 5 / 7, differences: 3, segments: 0 });
});

test('50 ms are not above 50 ms, at any sampling frequency', () => {
  for (const samplingFrequency of [20, 100, 180, 360, 720, 1000])
    for (const more of [0, 1]) {
      const step = samplingFrequency / 20 + more;
      const intervals = Array.from({ length: 40 }, (_, i) => Math.round(0.8 * samplingFrequency) + 3 * i);
      const annotations = spaced(intervals.flatMap((interval) => [interval, interval + step]));
      const { pnn50, counts } = heartRateVariability(annotations, { samplingFrequency, longest: 60 });
      const differences = intervals.flatMap((interval, i) => [
        step,
        (intervals[i + 1] ?? Number.NaN) - interval - step,
      ]);
      const above = differences.filter((d) => Math.abs(d) > samplingFrequency / 20).length;
      assert.is(pnn50, (100 * above) / 80, `${samplingFrequency} Hz`);
      assert.is(counts.differences, 79);
    }
});

test('a gap: an interval of just the longest length counts, a sample more does not', () => {
  const counted = (options: Partial<VariabilityOptions>, interval: number): number[] => {
    const { counts } = heartRateVariability(spaced([300, interval, 300, 300]), { samplingFrequency: 360, ...options });
    return [counts.nn, counts.gap, counts.differences];
  };
  assert.equal(counted({}, 720), [4, 0, 3]);
  assert.equal(counted({}, 721), [3, 1, 1]);
  assert.equal(counted({ longest: 2.5 }, 721), [4, 0, 3]);
  assert.equal(counted({ longest: 4.1 }, 1476), [4, 0, 3]); // 4.1 * 360 is less than 1476
  assert.equal(counted({ longest: 0.7 }, 300), [0, 4, 0]);
});

test('beats in atrial fibrillation and flutter are not normal', () => {
  const beats = spaced(new Array<number>(12).fill(300));
  const rhythm = (at: number, aux: string): Annotation => beat(at, '+', `${aux}\0`);
  const { counts } = heartRateVariability(
    [...beats, rhythm(100, '(AFIB'), rhythm(1000, '(N'), rhythm(2900, '(AFL'), rhythm(3500, '(SBR')],
    { samplingFrequency: 360 },
  );
  // Beats at 300, 600, 900 and at 3000, 3300; intervals from 0 to 1200, and from 2700 to 3600.
  assert.equal([counts.rr, counts.nn, counts.fibrillation, counts.ectopic], [12, 5, 7, 0]);
});

test('two annotations at one sample are one beat, normal if both are', () => {
  const beats = spaced([300, 300, 300, 300, 300]);
  const options = { samplingFrequency: 360 };
  assert.equal(heartRateVariability([...beats, ...beats], options), heartRateVariability(beats, options));
  for (const list of [
    [...beats, beat(600, 'V')],
    [beat(600, 'V'), ...beats],
  ])
    assert.equal(heartRateVariability(list, options).counts.ectopic, 2);
});

test('other labels may be normal', () => {
  const beats = spaced([300, 310, 290, 300], 'LReBN');
  const counted = (normal?: string[]) => heartRateVariability(beats, { samplingFrequency: 360, normal }).counts.nn;
  assert.equal([counted(), counted(['N', 'L', 'R', 'B', 'e']), counted(['N']), counted([])], [2, 4, 0, 0]);
});

test('segments: by the end of an interval, half covered, two intervals at least', () => {
  // 1 Hz; segments of 10 s. Ends at 2 4 6 8 | 11 13 15 | 30, of which the last lies in a segment with nothing else.
  const annotations = spaced([2, 2, 2, 2, 3, 2, 2, 15]);
  const options = { samplingFrequency: 1, longest: 20, segment: 10 };
  const { sdann, sdnnIndex, counts } = heartRateVariability(annotations, options);
  assert.is(counts.segments, 2);
  const means = [2, 7 / 3];
  assertClose([sdann!], [1000 * Math.sqrt(((means[1] - means[0]) / 2) ** 2 * 2)], { relative: 1e-14 });
  assertClose([sdnnIndex!], [(1000 * Math.sqrt(1 / 3)) / 2], { relative: 1e-14 });
  // Covered by 5 s of 10, and by 4.
  const covered = (list: Annotation[]): number => heartRateVariability(list, options).counts.segments;
  assert.equal([covered(spaced([2, 3])), covered(spaced([2, 2]))], [1, 0]);
  assert.equal([covered(spaced([9])), covered(spaced([]))], [0, 0]);
  const one = heartRateVariability(spaced([2, 3]), options);
  assert.is(one.sdann, null);
  assert.ok(one.sdnnIndex! > 700);
});

test('what too few intervals do not give is null', () => {
  const none = [null, null, null, null, null, null, null, null, null, null];
  const options = { samplingFrequency: 360 };
  for (const annotations of [[], spaced([]), spaced([300, 300], 'NVN'), [beat(5, '~')]])
    assertFigures(heartRateVariability(annotations, options), none);
  assert.is(heartRateVariability([], options).counts.share, null);
  assert.is(heartRateVariability(spaced([300], 'NV'), options).counts.share, 0);
  assertFigures(heartRateVariability(spaced([180]), options), [500, 120, ...none.slice(0, 7), 1]);
  const two = heartRateVariability(spaced([360, 378]), options);
  assertFigures(two, [1025, 60000 / 1025, Math.sqrt(2) * 25, 50, null, 0, 50, null, null, 2]);
});

test('of a model’s annotations, beats without a class are none of the normal ones', () => {
  const beats = (['N', 'N', 'Q', 'N', 'N', 'N'] as const).map((label, i) => {
    const why = label === 'Q' ? ('unlike' as const) : null;
    return { sample: 300 * i, label, why, nearest: 'N' as const, probabilities: [1, 0, 0], distance: 0 };
  });
  const annotations = beatAnnotations({ beats });
  const { nn, ectopic } = heartRateVariability(annotations, { samplingFrequency: 360 }).counts;
  assert.equal([nn, ectopic], [3, 2]);
});

test('refuses other options, labels that mark no beat, and beats between samples', () => {
  const op = 'heartRateVariability';
  const options = { samplingFrequency: 360 };
  const beats = spaced([300, 300]);
  for (const samplingFrequency of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    throwsWith(() => heartRateVariability(beats, { samplingFrequency }), ArgumentError, op, `${samplingFrequency}`);
  for (const normal of [['N', '+'], [''], [5 as unknown as string]])
    throwsWith(
      () => heartRateVariability(beats, { ...options, normal }),
      ArgumentError,
      op,
      'labels of beats in normal',
    );
  for (const longest of [-1, 61, Number.NaN])
    throwsWith(() => heartRateVariability(beats, { ...options, longest }), ArgumentError, op, 'longest', `${longest}`);
  for (const segment of [0, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
    throwsWith(() => heartRateVariability(beats, { ...options, segment }), ArgumentError, op, 'segment', `${segment}`);
  throwsWith(() => heartRateVariability([...beats, beat(0.5)], options), DataError, op, 'samples, got N at 0.5');
  throwsWith(() => heartRateVariability([beat(Number.NaN, '+', '(N')], options), DataError, op, 'got + at NaN');
  assert.is(heartRateVariability([...beats, beat(0.5, '~')], options).counts.rr, 2);
});

test.run();
