import { DataError } from 'dynaecg';
import { addNoise, type EcgRecord, NOISE_KINDS, syntheticRecord } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { makeRecord } from '../../support/records.ts';

const test = suite('ecg/synthetic/noiseStress');
const record = syntheticRecord({ seed: 1, name: 'a', duration: 660, noise: 0 });
const RATE = 360;
const [{ samples }] = record.leads;
const noiseOf = (r: EcgRecord): Float64Array => Float64Array.from(r.leads[0].samples, (v, i) => v - samples[i]);

/** The mean without the smallest and largest twentieth. */
function trimmed(values: number[]): number {
  const cut = Math.floor(values.length / 20);
  const kept = values.sort((a, b) => a - b).slice(cut, values.length - cut);
  return kept.reduce((a, b) => a + b, 0) / kept.length;
}

test('nothing for five minutes, then every other two minutes; annotations as they were', () => {
  for (const kind of NOISE_KINDS) {
    const noisy = addNoise(record, { kind, snr: 0, seed: 1 });
    const noise = noiseOf(noisy);
    noise.forEach((v, i) => {
      const t = i / RATE;
      if (!((t >= 300 && t < 420) || (t >= 540 && t < 660))) assert.is(v, 0, `${t} s`);
    });
    for (const start of [300, 540]) {
      const changed = noise.subarray(start * RATE, (start + 120) * RATE).filter((v) => v !== 0).length;
      assert.ok(changed > 0.9 * 120 * RATE, `${kind} ${changed}`);
    }
    assert.is(noisy.annotations, record.annotations);
    const [{ digital, samples: stored }] = noisy.leads;
    assert.is(digital!.format, 16);
    assert.equal(
      stored,
      Float32Array.from(digital!.samples, (v) => (v - 1024) / 200),
    );
  }
  const all = noiseOf(
    addNoise(record, { kind: 'muscle', snr: 0, seed: 1, start: 10, period: Number.POSITIVE_INFINITY }),
  );
  assert.ok(all.subarray(0, 10 * RATE).every((v) => v === 0));
  assert.ok(all.subarray(10 * RATE).filter((v) => v !== 0).length > 0.9 * 650 * RATE);
});

test('the ratio is that of nst(1): QRS amplitude squared / 8 to the power of the noise within seconds', () => {
  const complexes = record.annotations
    .filter(({ label }) => label === 'N')
    .slice(0, 300)
    .map(({ sample }) => samples.subarray(Math.max(0, sample - 18), sample + 19));
  const size = trimmed(complexes.map((x) => Math.max(...x) - Math.min(...x)));
  for (const kind of NOISE_KINDS)
    for (const snr of [24, 0, -6]) {
      const forever = { start: 0, period: Number.POSITIVE_INFINITY };
      const noise = noiseOf(addNoise(record, { kind, snr, seed: 2, ...forever }));
      const seconds = Array.from({ length: 300 }, (_, s) => [...noise.subarray(s * RATE, (s + 1) * RATE)]);
      const deviations = seconds.map((x) => {
        const mean = x.reduce((a, b) => a + b, 0) / RATE;
        return Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / RATE);
      });
      const measured = 10 * Math.log10(size ** 2 / 8 / trimmed(deviations) ** 2);
      assertClose([measured], [snr], { absolute: 0.02 }); // samples are rounded to 5 uV
    }
});

test('each kind has its band', () => {
  const share = (kind: (typeof NOISE_KINDS)[number], from: number, to: number): number => {
    const noise = noiseOf(addNoise(record, { kind, snr: 0, seed: 3, start: 0, period: Number.POSITIVE_INFINITY }));
    let [inside, all] = [0, 0];
    for (let s = 0; s < 4; s++)
      for (let k = 0; k <= 600; k += 2) {
        const f = k / 4; // Hz
        let [re, im] = [0, 0];
        for (let i = 0; i < 1440; i++) {
          const v = noise[s * 1440 + i] * Math.sin((Math.PI * i) / 1440) ** 2;
          re += v * Math.cos((2 * Math.PI * f * i) / RATE);
          im += v * Math.sin((2 * Math.PI * f * i) / RATE);
        }
        all += re * re + im * im;
        if (f >= from && f <= to) inside += re * re + im * im;
      }
    return inside / all;
  };
  assert.ok(share('wander', 0, 1) > 0.95);
  assert.ok(share('muscle', 15, 150) > 0.85);
  const motion = share('motion', 0.5, 15);
  assert.ok(motion > 0.4 && motion < 0.95, `${motion}`);
});

test('the same seed gives the same bits, another seed or lead does not', () => {
  const two = { ...record, leads: [record.leads[0], { ...record.leads[0], name: 'V5' }] };
  const noisy = (seed: number) => addNoise(two, { kind: 'motion', snr: 6, seed }).leads.map(({ digital }) => digital);
  const [a, b] = noisy(1);
  assert.equal(noisy(1), [a, b]);
  assert.not.equal(a, b);
  assert.not.equal(noisy(2)[0], a);
});

test('invalid samples stay invalid, and what has no beats to measure is refused', () => {
  const x = samples.slice(0, 7200);
  x[100] = Number.NaN;
  const gaps = makeRecord('gaps', { MLII: x }, [[record.annotations[3].sample, 'V']]);
  const noisy = addNoise(gaps, { kind: 'muscle', snr: 0, seed: 1, start: 0 }).leads[0].samples;
  assert.equal(
    [...noisy.keys()].filter((i) => Number.isNaN(noisy[i])),
    [100],
  );
  const options = { kind: 'muscle', snr: 0, seed: 1 } as const;
  const expected = 'expected annotated beats to measure the signal by, got';
  assertThrows(
    () => addNoise(makeRecord('none', { MLII: x }, []), options),
    DataError,
    `addNoise: record none lead MLII: ${expected} none`,
  );
  assertThrows(
    () => addNoise(makeRecord('flat', { MLII: new Float32Array(1000) }, [[500, 'N']]), options),
    DataError,
    `addNoise: record flat lead MLII: ${expected} a flat line`,
  );
});

test.run();
