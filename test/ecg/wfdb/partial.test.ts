import {
  type Annotation,
  annotationsOf,
  type EcgRecord,
  encodeRecord,
  parseHeader,
  type RecordFiles,
  readAnnotations,
  readRecord,
  writeAnnotations,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';
import { sliceLead } from '../../support/sliceLead.ts';
import { annotation, files, lead, record } from '../../support/wfdbRecords.ts';

const test = suite('ecg/wfdb/partial');

/** Two leads in a file each, of formats 212 and 16. */
const two = (): EcgRecord => {
  const [first] = record().leads;
  return { ...record(), leads: [first, lead('V1', [5, 4, 3, 2, 1], 16)] };
};

/** What is read in part is the given record, with these problems; a strict reading throws the first of them. */
function reads(contents: RecordFiles, expected: EcgRecord, ...problems: Record<string, unknown>[]): void {
  const { problems: found, ...read } = readRecord(contents, { partial: true });
  assert.equal(read, expected);
  assert.equal(found, problems);
  assert.equal(readRecord(encodeRecord(read)), read, 'what was read in part can be written');
}

test('a record without a fault has no problems', () => {
  reads(encodeRecord(two()), two());
});

test('a checksum or an initial value that does not agree: the samples as they are', () => {
  const message = 'record r1 signal 1 (V5): expected checksum 5011, got 5010';
  reads(files(' 1000 5010', ' 1000 5011'), record(), { kind: 'checksum', signal: 1, message });
  const initial = 'record r1 signal 1 (V5): expected initial value 999, got 1000';
  reads(files(' 1000 5010', ' 999 5010'), record(), { kind: 'initialValue', signal: 1, sample: 0, message: initial });
});

test('a short file: every lead ends with it, and annotations behind it are left out', () => {
  const encoded = encodeRecord(two());
  const short = { ...encoded.files, 'r1_1.dat': encoded.files['r1_1.dat'].subarray(0, 7) }; // three samples and a half
  const cut = { ...two(), leads: two().leads.map((one) => sliceLead(one, 0, 3)), annotations: [annotation(1, 'N')] };
  const message = 'record r1 file r1_1.dat: expected 5 samples, got 3';
  const outside = "record r1 annotation 1 (V): expected a sample within the signal's length of 3, got 4";
  reads(
    { ...encoded, files: short },
    cut,
    { kind: 'shortFile', file: 'r1_1.dat', signal: 1, sample: 3, message },
    { kind: 'annotationOutside', file: 'record r1', annotation: 1, sample: 4, message: outside },
  );
  throwsWith(() => readRecord({ ...encoded, files: short }), DataError, 'r1_1.dat');
});

test('a long file: what the header says of it', () => {
  const encoded = encodeRecord(two());
  const long = { ...encoded.files, 'r1_1.dat': Uint8Array.of(...encoded.files['r1_1.dat'], 9, 0) };
  const message = 'record r1 file r1_1.dat: expected 5 samples, got 6';
  reads({ ...encoded, files: long }, two(), { kind: 'longFile', file: 'r1_1.dat', signal: 1, sample: 6, message });
  assert.equal(readRecord({ ...encoded, files: long }), two(), 'which is no fault');
});

test('files of unequal length in a header without a number of samples', () => {
  const header = 'r1 2 360\na 16\nb 16\n';
  const contents = { header, files: { a: Uint8Array.of(1, 0, 2, 0), b: Uint8Array.of(3, 0) } };
  const { leads, problems } = readRecord(contents, { partial: true });
  assert.equal(
    leads.map(({ digital }) => digital?.samples),
    [Int16Array.of(1), Int16Array.of(3)],
  );
  const message = 'record r1 signal 0: expected 1 samples as in the shortest, got 2';
  assert.equal(problems, [{ kind: 'longFile', signal: 0, sample: 1, message }]);
});

test('a missing file: the leads of the others; without any it is an error', () => {
  const encoded = encodeRecord(two());
  const { 'r1_0.dat': first, 'r1_1.dat': second } = encoded.files;
  const message = (wanted: string, got: string): string => `record r1: expected signal file ${wanted}, got ${got}`;
  reads(
    { ...encoded, files: { 'r1_1.dat': second } },
    { ...two(), leads: two().leads.slice(1) },
    { kind: 'missingFile', file: 'r1_0.dat', signal: 0, message: message('r1_0.dat', 'r1_1.dat') },
  );
  reads(
    { ...encoded, files: { 'r1_0.dat': first } },
    { ...two(), leads: two().leads.slice(0, 1) },
    { kind: 'missingFile', file: 'r1_1.dat', signal: 1, message: message('r1_1.dat', 'r1_0.dat') },
  );
  throwsWith(() => readRecord({ ...encoded, files: {} }, { partial: true }), DataError, 'at least one signal file');
  throwsWith(() => readRecord({ ...encoded, header: 'r1 x' }, { partial: true }), DataError, 'line 1');
});

test('a word that is no date', () => {
  const message = 'header line 1: expected a time such as 13:05:00 or a date such as 25/4/1989, got "noon"';
  reads(files('r1 2 360 5', 'r1 2 360 5 noon'), record(), { kind: 'unknownDate', file: 'header', line: 1, message });
});

const bytesOf = (...list: Annotation[]) => writeAnnotations(list);
const inPart = (bytes: Uint8Array) => {
  const { annotations, problems } = readAnnotations(bytes, 'x.atr', { partial: true });
  return [annotations, problems.map(({ kind, byte }) => [kind, byte])];
};

test('annotations without their end, and of no bytes', () => {
  const list = [annotation(10, 'N'), { ...annotation(20, 'V'), aux: 'text' }];
  const whole = bytesOf(...list);
  assert.equal(inPart(whole), [list, []]);
  assert.equal(inPart(whole.subarray(0, -2)), [list, [['missingEnd', whole.length - 2]]]);
  assert.equal(inPart(whole.subarray(0, -3)), [[list[0], annotation(20, 'V')], [['missingEnd', 6]]]);
  assert.equal(inPart(whole.subarray(0, 3)), [[list[0]], [['missingEnd', 2]]]);
  assert.equal(inPart(new Uint8Array(0)), [[], [['emptyAnnotations', 0]]]);
  throwsWith(() => readAnnotations(new Uint8Array(0)), DataError, 'byte 0');
});

test('fields without an annotation, and times before the record', () => {
  const [, ...n] = [0, 10, 4];
  assert.equal(inPart(Uint8Array.of(3, 61 << 2, ...n, 0, 0)), [[annotation(10, 'N')], [['malformed', 0]]]);
  const before = bytesOf(annotation(4, 'N'), annotation(2, 'V'), annotation(8, 'N'));
  before.set([0xff, 0xff, 0xfa, 0xff], 4); // -6 of a SKIP
  const [list, problems] = inPart(before);
  assert.equal([list, problems], [[annotation(4, 'N'), annotation(4, 'N')], [['annotationOutside', 8]]]);
});

const note = (aux: string): Annotation => ({ ...annotation(0, '"'), aux });
/** A file of these notes and a beat, as a writer does that knows nothing of definitions. */
const noted = (...texts: string[]): Uint8Array => {
  const whole = writeAnnotations([...texts.map(note), annotation(9, 'N')]);
  return whole.subarray(8); // without the null annotation with which our writer keeps notes from being definitions
};

test('definitions that end in a newline are read both ways', () => {
  const file = noted(
    '## time resolution: 720\n',
    '## annotation type definitions\n',
    '42 cough Patient coughs\r\n',
    '## end of definitions\n\0',
  );
  const expected = {
    annotations: [annotation(9, 'N')],
    customLabels: [{ code: 42, label: 'cough', description: 'Patient coughs' }],
    timeResolution: 720,
  };
  assert.equal(readAnnotations(file), expected);
  assert.equal(readAnnotations(file, undefined, { partial: true }), { ...expected, problems: [] });
});

test('definitions that cannot be read are left out', () => {
  const read = (...texts: string[]) => readAnnotations(noted(...texts), undefined, { partial: true });
  const start = '## annotation type definitions';
  const row = read(start, '99 x y', '42 c', '## end of definitions');
  assert.equal(row.customLabels, [{ code: 42, label: 'c', description: '' }]);
  assert.equal(row.annotations, [annotation(9, 'N')]);
  assert.equal(
    row.problems.map(({ kind, annotation: at }) => [kind, at]),
    [['definitions', 1]],
  );
  const open = read(start, '42 c');
  assert.equal([open.customLabels.length, open.annotations.length, open.problems.length], [1, 1, 1]);
  const ticks = read('## time resolution: fast');
  assert.equal([ticks.timeResolution, ticks.annotations.length, ticks.problems.length], [null, 1, 1]);
});

test('annotationsOf: those in the signals', () => {
  const header = parseHeader('r 0 360 10');
  const bytes = bytesOf(annotation(3, 'N'), annotation(10, 'V'));
  const { annotations, problems } = annotationsOf(header, bytes, { file: 'r.atr', partial: true });
  assert.equal(annotations, [annotation(3, 'N')]);
  const message = "r.atr annotation 1 (V): expected a sample within the signal's length of 10, got 10";
  assert.equal(problems, [{ kind: 'annotationOutside', file: 'r.atr', annotation: 1, sample: 10, message }]);
  throwsWith(() => annotationsOf(header, bytes, { file: 'r.atr' }), DataError, `annotationsOf: ${message}`);
});

test('of very many problems the first thousand are listed', () => {
  const many = Array.from({ length: 1500 }, (_, i) => annotation(100 + i, 'N'));
  const { problems } = annotationsOf(parseHeader('r 0 360 10'), bytesOf(...many), { partial: true });
  assert.is(problems.length, 1001);
  assert.equal(problems[1000], { kind: 'more', message: '500 more problems' });
});

test.run();
