import { detectQrs, syntheticRecord } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { detectByCurveLength } from '../../../src/ecg/quality/curveLength.ts';
import { agreement } from '../../../src/ecg/quality/parts.ts';

const test = suite('ecg/quality/curveLength');
const { leads, samplingFrequency: rate } = syntheticRecord({ seed: 3, name: 'a', duration: 120, noise: 0.3 });
const [{ samples }] = leads;

test('a clean recording: the beats that detectQrs finds', () => {
  const found = detectByCurveLength(samples, rate);
  const share = agreement([...detectQrs(samples, rate)], found, rate);
  assert.ok(share > 0.97, `${share}`);
});

test('a gain or a change of sign: the same beats', () => {
  const found = detectByCurveLength(samples, rate);
  for (const gain of [-1, 256, 2 ** -10]) {
    const scaled = samples.map((v) => gain * v);
    assert.equal(detectByCurveLength(scaled, rate), found);
  }
});

test('the level falls where the beats become smaller, and nothing is found in a flat line', () => {
  const half = samples.length / 2;
  const smaller = samples.map((v, i) => (i < half ? v : v / 5));
  const [all, found] = [samples, smaller].map((x) => detectByCurveLength(x, rate).filter((i) => i > half + 10 * rate));
  assert.ok(found.length > 0.9 * all.length, `${found.length} of ${all.length}`);
  assert.equal(detectByCurveLength(new Float32Array(5000), rate), []);
  assert.equal(detectByCurveLength(new Float32Array(0), rate), []);
});

test.run();
