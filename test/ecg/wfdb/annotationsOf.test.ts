import { annotationsOf, encodeRecord, parseHeader, readRecord, writeAnnotations } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('ecg annotationsOf');
const annotation = (sample: number, label: string, aux = '') => ({
  sample,
  label,
  subtype: 0,
  channel: 0,
  num: 0,
  aux,
});

test('a record without signals has annotations at any sample', () => {
  const header = 'r 0 360 100';
  const record = readRecord({ header, files: {}, annotations: writeAnnotations([annotation(50, 'N')]) });
  assert.equal(record.annotations, [annotation(50, 'N')]);
  assert.equal(readRecord(encodeRecord(record)), record);
});

test('times in ticks stay within what a file can hold in samples', () => {
  const header = parseHeader('r 0 1e9');
  const bytes = (sample: number) => writeAnnotations([annotation(sample, 'N')], { timeResolution: 1e-6 });
  throwsWith(() => annotationsOf(header, bytes(2 ** 31 - 1)), DataError, 'a sample from 0 to 2147483647');
  throwsWith(() => annotationsOf(header, bytes(1)), DataError, 'annotation 0 (N)', '1000000000000000');
  assert.is(annotationsOf(header, bytes(0)).annotations[0].sample, 0);
});

test('a note that lands on sample 0 by rounding stays a note, also when it is written', () => {
  const header = parseHeader('r 0 360');
  const note = annotation(1, '"', '## time resolution: none');
  const { annotations } = annotationsOf(header, writeAnnotations([note], { timeResolution: 1000 }));
  assert.equal(annotations, [{ ...note, sample: 0 }]);
  assert.equal(annotationsOf(header, writeAnnotations(annotations)).annotations, annotations);
});

test('a number of samples beyond 32 bits is an error of the data', () => {
  const files = { a: new Uint8Array(4) };
  throwsWith(() => readRecord({ header: `r 1 360 ${2 ** 31}\na 16`, files }), DataError, 'at most 2147483647 samples');
});

test('a missing signal file is told with some of those that there are', () => {
  const files = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, new Uint8Array(2)]));
  const message = 'expected signal file a, got f0, f1, f2, f3, f4, f5, f6, f7';
  throwsWith(() => readRecord({ header: 'r 1 360\na 16', files }), DataError, message);
});

test.run();
