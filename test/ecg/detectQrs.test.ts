import { join } from 'node:path';
import { Random } from 'dynaecg';
import { type BeatTally, detectQrs, grossTally, MITDB_RECORDS, resample, syntheticRecord } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareDetections, distances } from '../../examples/tools/detections.ts';
import { ArgumentError } from '../../src/core/errors.ts';
import { throwsWith } from '../support/asserts.ts';
import { type Beat, drawn } from '../support/drawn.ts';

const test = suite('ecg/detectQrs');
const RATE = 360;

/** Fails unless at least these shares of the beats are found, and of the detections are beats. */
function assertShares(qrs: BeatTally['statistics']['qrs'], se: number, pp: number, what: string): void {
  const { sensitivity, positivePredictivity } = qrs;
  const told = `${what}: ${JSON.stringify(qrs)}`;
  assert.ok((sensitivity.value ?? 0) >= se && (positivePredictivity.value ?? 0) >= pp, told);
}

/** Beats `interval` seconds apart, from `start` to before `end`. */
function train(start: number, end: number, interval: number, beat: Omit<Beat, 'time'> = {}): Beat[] {
  return Array.from({ length: Math.ceil((end - start) / interval - 1e-9) }, (_, k) => {
    return { ...beat, time: start + k * interval };
  });
}

/** Fails unless exactly these beats were found, each within `tolerance` seconds. */
function assertFound(detected: Int32Array, beats: readonly Beat[], rate = RATE, tolerance = 0.006): void {
  const times = [...detected].map((i) => i / rate);
  const shown = `found ${times.map((t) => t.toFixed(2)).join(' ')}`;
  assert.is(detected.length, beats.length, `${detected.length} of ${beats.length}; ${shown}`);
  beats.forEach(({ time }, i) => {
    assert.ok(Math.abs(times[i] - time) <= tolerance, `beat ${i} at ${time}; ${shown}`);
  });
}

const thirty = train(0.5, 30, 0.8);
const clean = drawn(thirty, 30);

test('finds every beat of a clean signal, at its R peak', () => {
  assertFound(detectQrs(clean, RATE), thirty, RATE, 0.5 / RATE);
});

test('finds the annotated beats of synthetic recordings, and no others', () => {
  for (const [noise, lowest] of [
    [0, 0.999], // two ventricular beats come within 360 ms, and are taken for T waves
    [1, 0.998],
  ]) {
    const counts = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => {
      const record = syntheticRecord({ seed: 'qrs', name, noise, duration: 150 });
      const detected = detectQrs(record.leads[0].samples, RATE);
      const compared = compareDetections(record, detected);
      const apart = distances(compared);
      assert.ok(apart.filter((d) => d > 4).length < 0.05 * apart.length);
      return compared;
    });
    const { qrs } = grossTally(counts).statistics;
    assert.ok(qrs.sensitivity.count > 1000);
    assertShares(qrs, lowest, lowest, `noise ${noise}`);
  }
});

test('finds the same at any rate', () => {
  const record = syntheticRecord({ seed: 'qrs', name: 'rates', noise: 0.5 });
  const [{ samples }] = record.leads;
  const times = Array.from(detectQrs(samples, RATE), (i) => i / RATE);
  assert.ok(times.length > 300);
  for (const rate of [128, 250, 333.3, 500, 1000]) {
    const found = Array.from(detectQrs(resample(samples, RATE, rate), rate), (i) => i / rate);
    assert.is(found.length, times.length, `${rate} Hz`);
    const far = found.filter((t, i) => Math.abs(t - times[i]) > 0.008).length;
    assert.ok(far <= 0.01 * times.length, `${rate} Hz: ${far}`);
  }
});

test('a lead upside down, or in another unit, gives the same', () => {
  const [{ samples }] = syntheticRecord({ seed: 'qrs', name: 'inverted' }).leads;
  const detected = detectQrs(samples, RATE);
  assert.equal(
    detectQrs(
      samples.map((v) => -v),
      RATE,
    ),
    detected,
  );
  for (const unit of [2 ** -20, 1024])
    assert.equal(
      detectQrs(
        samples.map((v) => v * unit),
        RATE,
      ),
      detected,
    );
});

test('an offset does not matter', () => {
  assertFound(
    detectQrs(
      clean.map((v) => 1000 - v),
      RATE,
    ),
    thirty,
  );
  assert.equal(
    detectQrs(
      clean.map((v) => v + 1000),
      RATE,
    ),
    detectQrs(clean, RATE),
  );
});

test('nothing is found where there is nothing', () => {
  for (const value of [0, 1, -0.3, 12345.678, Number.NaN, Number.POSITIVE_INFINITY])
    for (const n of [0, 1, 2, 5, 40, 3600])
      assert.is(detectQrs(new Float32Array(n).fill(value), RATE).length, 0, `${n} of ${value}`);
  // Neither in the rounding of float32.
  assert.is(
    detectQrs(
      Float32Array.from({ length: 7200 }, (_, i) => 1000 + 1e-5 * i),
      RATE,
    ).length,
    0,
  );
  const half = new Float32Array(7200).fill(0.1).fill(Number.NaN, 100, 4000);
  assert.is(detectQrs(half, RATE).length, 0);
});

test('recordings shorter than the time of learning', () => {
  for (const seconds of [1, 1.5, 2.6, 4]) {
    const beats = train(0.5, seconds - 0.2, 0.8);
    assertFound(detectQrs(drawn(beats, seconds), RATE), beats);
  }
});

test('begins late: a flat line before the first beat', () => {
  for (const start of [3, 12]) {
    const beats = train(start, 30, 0.8);
    const x = drawn(beats, 30).fill(0, 0, Math.round((start - 0.3) * RATE));
    assertFound(detectQrs(x, RATE), beats);
  }
});

test('runs of NaN and infinities hold no detection, and change none outside', () => {
  const [{ samples }] = syntheticRecord({ seed: 'qrs', name: 'gaps', noise: 0.5 }).leads;
  const detected = [...detectQrs(samples, RATE)];
  const gaps = [
    [0, 500],
    [7000, 7001],
    [9000, 9060],
    [12000, 12700],
    [20000, 30000],
    [60000, 65000],
    [samples.length - 300, samples.length],
  ];
  for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    const x = samples.slice();
    for (const [start, end] of gaps) x.fill(bad, start, end);
    const found = [...detectQrs(x, RATE)];
    for (const i of found) assert.ok(Number.isFinite(x[i]), `at ${i}`);
    // A fifth of a second from each gap, beats are what they were.
    const away = (i: number): boolean => gaps.every(([start, end]) => i < start - 72 || i > end + 72);
    assert.equal(found.filter(away), detected.filter(away));
    assert.ok(found.filter((i) => !away(i)).length <= 2 * gaps.length);
  }
});

test('samples that are missing at R peaks cost no beat', () => {
  const x = clean.slice();
  for (const { time } of thirty) x.fill(Number.NaN, Math.round(time * RATE) - 1, Math.round(time * RATE) + 2);
  const found = detectQrs(x, RATE);
  assertFound(found, thirty, RATE, 2.5 / RATE);
});

test('in noise with gaps, too, R peaks are samples that exist, and a refractory period apart', () => {
  const random = new Random('noise');
  for (let round = 0; round < 5; round++) {
    const x = Float32Array.from({ length: 20000 }, () => random.normal());
    for (let k = 0; k < 60; k++) {
      const start = random.integer(x.length);
      x.fill(Number.NaN, start, start + random.integer(1 << (1 + (k % 8))));
    }
    const found = detectQrs(x, RATE);
    assert.ok(found.length > 20);
    found.forEach((at, i) => {
      assert.ok(Number.isFinite(x[at]) && (i === 0 || at - found[i - 1] >= 0.2 * RATE), `${at}`);
    });
  }
});

test('what is learned outlasts a gap, and the pause of a gap is no rhythm', () => {
  const beats = [...train(0.5, 20, 0.8), ...train(26, 36, 0.8)];
  // It is too weak for a beat, by the levels from before, in the regular rhythm from before.
  const x = drawn([...beats, { time: 26.4, height: 0.3, t: 0 }], 36).fill(Number.NaN, 20.2 * RATE, 25.6 * RATE);
  assertFound(detectQrs(x, RATE), beats);
});

test('thresholds recover from a step, from spikes and from a burst', () => {
  const step = clean.map((v, i) => v + (i > 3611 ? 20 : 0));
  const spikes = clean.slice();
  for (const at of [20, 3333, 3700, 6000]) spikes[at] = 500;
  const start = 0.9 * RATE;
  const early = clean.map((v, i) => v + (i < start ? 30 * Math.sin(i / 7) : 0));
  const burst = clean.map((v, i) => v + (i > 3600 && i < 5400 ? 10 * Math.sin(i / 6) : 0)); // 5 s
  const after = (x: Float32Array, from: number, until = 0): void => {
    const found = detectQrs(x, RATE).filter((i) => i >= from * RATE || i < until * RATE);
    assertFound(
      found,
      thirty.filter(({ time }) => time >= from || time < until),
    );
  };
  after(step, 10.7, 9.8);
  after(early, 1.6);
  after(burst, 16, 9.8);
  const found = [...detectQrs(spikes, RATE)].filter((i) => spikes[i] < 100);
  const missed = thirty.filter(({ time }) => found.every((i) => Math.abs(i - time * RATE) > 2.5));
  assert.ok(missed.length <= 3);
  assert.is(found.filter((i) => i > 17 * RATE).length, thirty.filter(({ time }) => time > 17).length);
});

test('finds beats between spikes that come again and again', () => {
  const beats = train(0.5, 40, 1, { t: 0 });
  const x = drawn(beats, 40);
  const spikes = [12, 14, 16, 19, 21, 23, 26, 28, 31, 33, 36]; // s, in the middle between two beats
  for (const time of spikes) x[time * RATE] = 300;
  const found = detectQrs(x, RATE).filter((i) => !spikes.some((time) => Math.abs(time * RATE - i) < 36));
  assertFound(found, beats);
});

test('goes along with a signal that becomes weak, or strong', () => {
  for (const factor of [0.05, 0.3, 3, 50]) {
    const beats = thirty.map((b) => (b.time > 15 ? { ...b, height: factor } : b));
    // A noise that is weaker than the weakest beats.
    assertFound(
      detectQrs(
        drawn(beats, 30).map((v, i) => v - 0.99 * (0.005 * Math.sin(2.1 * i) + 0.004 * Math.sin(0.7 * i + 1))),
        RATE,
      ),
      beats,
    );
  }
});

test('a pause is a pause', () => {
  const beats = [...train(0.5, 12, 0.8), ...train(17.5, 30, 0.8)];
  assertFound(detectQrs(drawn(beats, 30), RATE), beats);
});

test('tall T waves are none', () => {
  const beats = train(0.5, 30, 0.8, { t: 1.1 });
  assertFound(detectQrs(drawn(beats, 30), RATE), beats);
});

test('searches back for a beat that is weak', () => {
  const beats = thirty.map((b, i) => (i === 20 ? { ...b, height: 0.28 } : b));
  assertFound(detectQrs(drawn(beats, 30), RATE), beats);
});

test('the rhythm may change at once, and be irregular', () => {
  const faster = [...train(0.5, 15, 1), ...train(15.5, 30, 0.45)];
  assertFound(detectQrs(drawn(faster, 30), RATE), faster);
  const slower = [...train(0.5, 15, 0.45), ...train(15.5, 30, 1.4)];
  assertFound(detectQrs(drawn(slower, 30), RATE), slower);
  const irregular = train(0.5, 30, 0.7).map((b, i) => ({ ...b, time: b.time + 0.15 * Math.sin(i * i) }));
  assertFound(detectQrs(drawn(irregular, 30), RATE), irregular);
});

test('no other beat within the refractory period', () => {
  const beats = train(0.5, 20, 0.26, { t: 0 });
  assertFound(detectQrs(drawn(beats, 20), RATE), beats);
  const found = detectQrs(drawn(beats, 20), RATE, { refractory: 0.3 });
  assert.ok(found.length > 30);
  assert.ok(found.slice(1).every((at, i) => at - found[i] >= 0.3 * RATE));
});

test('refuses what is out of range', () => {
  for (const rate of [0, 49, Number.NaN, Number.POSITIVE_INFINITY])
    throwsWith(() => detectQrs(clean, rate), ArgumentError, 'detectQrs: expected samplingFrequency', `got ${rate}`);
  for (const refractory of [0, -1, 2, Number.NaN])
    throwsWith(() => detectQrs(clean, RATE, { refractory }), ArgumentError, 'refractory', `got ${refractory}`);
});

const dir = process.env['MITDB'];
test('R peaks in noise are kept, or dropped', () => {
  const random = new Random('white');
  const white = Float32Array.from({ length: 60 * 360 }, () => random.normal(0, 0.1));
  assert.ok(detectQrs(white, 360).length > 25);
  assert.equal([...detectQrs(white, 360, { noise: 'drop' })], []);

  const clean = syntheticRecord({ seed: 'noise', name: 'a', duration: 90, noise: 0 }).leads[0].samples;
  const mixed = Float32Array.from(clean, (v, i) => (i >= 30 * 360 && i < 60 * 360 ? white[i] : v));
  const [kept, dropped] = (['keep', 'drop'] as const).map((noise) => [...detectQrs(mixed, 360, { noise })]);
  assert.equal([...detectQrs(mixed, 360)], kept);
  const outside = kept.filter((peak) => peak < 30 * 360 || peak >= 60 * 360);
  assert.equal(dropped, outside);
  assert.ok(outside.length > 50 && kept.length > outside.length + 10);
  assert.equal([...detectQrs(clean, 360, { noise: 'drop' })], [...detectQrs(clean, 360)]);
});

if (!dir) console.log('ecg/detectQrs: MIT-BIH is skipped, as MITDB does not name the folder of the database');
else
  test('MIT-BIH: 99.8 % of the beats, and 99.7 % of the detections', () => {
    const apart: number[] = [];
    const counts = MITDB_RECORDS.map((name) => {
      const record = loadRecord(join(dir, name));
      const detected = detectQrs(record.leads[0].samples, record.samplingFrequency);
      const compared = compareDetections(record, detected);
      apart.push(...distances(compared));
      return compared;
    });
    const { qrs } = grossTally(counts).statistics;
    assert.is(qrs.sensitivity.of, 109494);
    assertShares(qrs, 0.998, 0.997, 'all');
    counts.forEach(({ statistics }, i) => {
      assertShares(statistics.qrs, 0.98, 0.97, MITDB_RECORDS[i]);
    });
    apart.sort((a, b) => a - b);
    assert.ok(apart[apart.length >> 1] <= 1 && apart[Math.floor(0.9 * apart.length)] <= 3);
  });

test.run();
