import { extractBeats, type Normalization } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../../support/asserts.ts';
import { makeRecord } from '../../support/records.ts';

const test = suite('ecg/beats/normalize');

test('a flat beat becomes zeros', () => {
  const flat = makeRecord('r', { MLII: new Float32Array(300).fill(0.1) }, [[150, 'N']]);
  for (const normalize of ['zscore', 'center', 'record'] as const)
    assert.ok(
      extractBeats([flat], { normalize }).x.every((v) => v === 0),
      normalize,
    );
});

// Windows 1 3 5 (mean 3, deviation sqrt(8/3)) and 2 8 14 (mean 8, deviation sqrt(24)) in a lead of mean 5 and deviation
// sqrt((16 + 4 + 0 + 9 + 9 + 81 + 25 + 4) / 8) = sqrt(18.5).
const two = [1, 3, 5, 2, 8, 14, 0, 7];

test('normalize: zscore, center, record and none, by hand', () => {
  const r = makeRecord('r', { MLII: Float32Array.from(two) }, [
    [1, 'N'],
    [4, 'V'],
  ]);
  const cut = (normalize?: Normalization) => extractBeats([r], { length: 3, normalize });
  const [a, b, c] = [Math.sqrt(8 / 3), Math.sqrt(24), Math.sqrt(18.5)];
  const zscore = [-2 / a, 0, 2 / a, -6 / b, 0, 6 / b];
  assert.equal(cut('none').x, Float32Array.of(1, 3, 5, 2, 8, 14));
  assert.equal(cut('center').x, Float32Array.of(-2, 0, 2, -6, 0, 6));
  assertClose(cut('zscore').x, zscore, { absolute: 1e-6 });
  assertClose(cut('record').x, [-4 / c, -2 / c, 0, -3 / c, 3 / c, 9 / c], { absolute: 1e-6 });
  assert.equal(cut().x, cut('zscore').x);
  for (const normalize of ['zscore', 'center', 'record', 'none'] as const)
    assert.is(cut(normalize).normalize, normalize);
  assert.equal(r.leads[0].samples, Float32Array.from(two)); // untouched
});

test('normalize record: each record by its own lead, without the samples that are no numbers', () => {
  const annotations = [[4, 'N']] as const;
  const gaps = Float32Array.of(Number.NaN, ...two, Number.POSITIVE_INFINITY, Number.NaN);
  const a = makeRecord('a', { MLII: gaps, V1: new Float32Array(11).fill(9) }, annotations);
  const b = makeRecord('b', { MLII: Float32Array.from(two, (v) => 100 - 10 * v) }, annotations);
  const c = Math.sqrt(18.5);
  const { x } = extractBeats([a, b], { length: 3, normalize: 'record' });
  assertClose(x, [0, -3 / c, 3 / c, 3 / c, -3 / c, -9 / c], { absolute: 1e-6 });
});

test.run();
