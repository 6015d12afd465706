import { type Annotation, readAnnotations, writeAnnotations } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../src/core/errors.ts';
import { Random } from '../../../src/core/random.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('ecg/wfdb/readAnnotations');

/** A word of annot(5): code in the upper six bits, data in the lower ten, low byte first. */
const word = (code: number, data: number) => [data & 0xff, (code << 2) | (data >> 8)];
const [SKIP, NUM, SUB, CHN, AUX] = [59, 60, 61, 62, 63];
const [N, V, NOTE, RHYTHM] = [1, 5, 22, 28];
const END = [0, 0];
const read = (...parts: number[][]) => readAnnotations(Uint8Array.from(parts.flat()));
const ascii = (text: string) => [...text].map((c) => c.charCodeAt(0));
const at = (sample: number, label: string, rest: Partial<Annotation> = {}): Annotation => {
  return { sample, label, subtype: 0, channel: 0, num: 0, aux: '', ...rest };
};

test('times are steps from the annotation before', () => {
  assert.equal(read(word(N, 18), word(V, 1023), END).annotations, [at(18, 'N'), at(1041, 'V')]);
  assert.equal(read(END).annotations, []);
});

test('SKIP adds a 32-bit step, high half first, and may be negative', () => {
  const long = [0x01, 0x00, 0x02, 0x03]; // 0x00010302
  assert.equal(read(word(SKIP, 0), long, word(N, 5), END).annotations, [at(0x10302 + 5, 'N')]);
  const back = [0xff, 0xff, 0xfe, 0xff]; // -2
  assert.equal(read(word(N, 10), word(SKIP, 0), back, word(V, 1), END).annotations, [at(10, 'N'), at(9, 'V')]);
});

test('NUM and CHN hold for later annotations, SUB for one', () => {
  const list = read(word(N, 1), word(NUM, 3), word(CHN, 1), word(SUB, 2), word(V, 1), word(V, 1), word(CHN, 0), END);
  assert.equal(list.annotations, [
    at(1, 'N', { num: 3, channel: 1, subtype: 2 }),
    at(2, 'V', { num: 3, channel: 1 }),
    at(3, 'V', { num: 3 }),
  ]);
});

test('NUM and SUB are signed bytes, CHN is not', () => {
  const [a] = read(word(N, 1), word(NUM, 0xff), word(SUB, 0x3ff), word(CHN, 0xff), END).annotations;
  assert.equal([a.num, a.subtype, a.channel], [-1, -1, 255]);
});

test('AUX of odd length has a padding byte', () => {
  const list = read(word(RHYTHM, 9), word(AUX, 3), ascii('(N\0\0'), word(N, 1), word(AUX, 2), ascii('ab'), END);
  assert.equal(list.annotations, [at(9, '+', { aux: '(N\0' }), at(10, 'N', { aux: 'ab' })]);
});

test('a null annotation moves the time and is not returned; an undefined code is itself in brackets', () => {
  assert.equal(read(word(0, 7), word(42, 1), END).annotations, [at(8, '[42]')]);
});

const note = (text: string) => [
  ...word(NOTE, 0),
  ...word(AUX, text.length),
  ...ascii(text),
  ...(text.length % 2 ? [0] : []),
];
const NULL_AT_0 = [...word(SKIP, 0), 0xff, 0xff, 0xff, 0xff, ...word(0, 1)];

test('custom labels and the time resolution stand at the head, as annot.c and wfdb-python write them', () => {
  const bytes = Uint8Array.from([
    ...note('## time resolution: 1000'),
    ...note('## annotation type definitions'),
    ...note('42 cough Patient coughs'),
    ...note('5 PVC Premature ventricular contraction'),
    ...note('## end of definitions'),
    ...NULL_AT_0,
    ...note('a remark at sample 0'),
    ...word(42, 10),
    ...word(V, 10),
    ...END,
  ]);
  const file = readAnnotations(bytes);
  assert.is(file.timeResolution, 1000);
  assert.equal(file.customLabels, [
    { code: 42, label: 'cough', description: 'Patient coughs' },
    { code: 5, label: 'PVC', description: 'Premature ventricular contraction' },
  ]);
  assert.equal(file.annotations, [at(0, '"', { aux: 'a remark at sample 0' }), at(10, 'cough'), at(20, 'PVC')]);
  assert.equal(writeAnnotations(file.annotations, file), bytes);
});

test('what is written reads back equal', () => {
  const random = new Random(2);
  const labels = ['N', 'V', 'A', '+', '~', '/', '[42]', '"', '(', ')'];
  let sample = 0;
  const list = Array.from({ length: 500 }, () => {
    sample = Math.max(0, sample + random.integer(random.uniform() < 0.1 ? 3e6 : 1500) - 40);
    return at(sample, labels[random.integer(labels.length)], {
      subtype: random.uniform() < 0.3 ? random.integer(256) - 128 : 0,
      channel: random.integer(3),
      num: random.integer(3) - 1,
      aux: random.uniform() < 0.3 ? 'text ÿ\0'.slice(0, random.integer(8)) : '',
    });
  });
  assert.equal(readAnnotations(writeAnnotations(list)).annotations, list);
  assert.equal(readAnnotations(writeAnnotations([])).annotations, []);
});

test('refuses truncated bytes, naming the byte', () => {
  const whole = writeAnnotations([at(5000, '+', { aux: '(AFIB' }), at(5100, 'N', { num: 2 })]);
  for (let length = 0; length < whole.length; length++)
    throwsWith(
      () => readAnnotations(whole.subarray(0, length), 'x.atr'),
      DataError,
      'x.atr byte',
      `the end of ${length}`,
    );
  throwsWith(() => read(word(N, 1)), DataError, 'byte 2', 'end-of-file word');
  throwsWith(() => read(word(RHYTHM, 1), word(AUX, 9), ascii('(N')), DataError, 'byte 4', '10 bytes');
});

test('refuses fields without an annotation, and broken definitions', () => {
  throwsWith(() => read(word(SUB, 1), END), DataError, 'byte 0', 'code 61');
  for (const wrong of ['fast', '0', '-1', '1e-308', '1e300', 'Infinity'])
    throwsWith(() => read(note(`## time resolution: ${wrong}`), END), DataError, 'time resolution', wrong);
  const late = [word(SKIP, 0), [0xff, 0x7f], [0xff, 0xff]].flat(); // the largest step
  assert.is(read(late, word(1, 0), END).annotations[0].sample, 2 ** 31 - 1);
  throwsWith(
    () => read(late, word(1, 1), END),
    DataError,
    'byte 6: expected a time from 0 to 2147483647, got 2147483648',
  );
  throwsWith(() => read(note('## annotation type definitions'), END), DataError, '## end of definitions');
  throwsWith(() => read(note('## annotation type definitions'), note('99 x y'), END), DataError, '99 x y');
});

test('refuses to write what the format cannot hold, naming the annotation', () => {
  const refused = (a: Annotation, ...parts: string[]) =>
    throwsWith(() => writeAnnotations([at(1, 'N'), a]), DataError, 'annotation 1', ...parts);
  refused(at(1, 'beat'), 'mnemonic', 'beat');
  refused(at(1, '[59]'), 'mnemonic', '[59]');
  refused(at(-1, 'N'), 'sample', '-1');
  refused(at(1.5, 'N'), 'sample', '1.5');
  refused(at(1, 'N', { subtype: 128 }), 'subtype', '128');
  refused(at(1, 'N', { channel: 256 }), 'channel', '256');
  refused(at(1, 'N', { num: -129 }), 'num', '-129');
  refused(at(1, 'N', { aux: 'x'.repeat(256) }), '255 bytes');
  refused(at(1, 'N', { aux: '心' }), '255 bytes');
  const custom = [{ code: 5, label: 'PVC', description: '' }];
  throwsWith(() => writeAnnotations([at(1, 'V')], { customLabels: custom }), DataError, 'V');
  throwsWith(() => writeAnnotations([], { customLabels: [{ ...custom[0], code: 50 }] }), DataError, '50 PVC');
});

test('a note at sample 0 that begins like a definition is none after a null annotation, and is written so', () => {
  const note = at(0, '"', { aux: '## note' });
  const definition = [...word(NOTE, 0), ...word(AUX, 7), ...ascii('## note'), 0];
  assert.equal(read(definition, END).annotations, []);
  assert.equal(read(word(0, 1), word(SKIP, 0), [0xff, 0xff, 0xff, 0xff], definition, END).annotations, [note]);
  for (const options of [{}, { timeResolution: 360 }])
    assert.equal(readAnnotations(writeAnnotations([note, at(3, 'N')], options)).annotations, [note, at(3, 'N')]);
});

test('descriptions of custom labels: spaces around them are not part of them, line ends are', () => {
  const definition = (text: string) => [
    ...word(NOTE, 0),
    ...word(AUX, text.length),
    ...ascii(text),
    ...(text.length & 1 ? [0] : []),
  ];
  const file = read(
    definition('## annotation type definitions'),
    definition('42 c  a\nmark \u00a0'),
    definition('## end of definitions'),
    END,
  );
  assert.equal(file.customLabels, [{ code: 42, label: 'c', description: 'a\nmark' }]);
  assert.equal(readAnnotations(writeAnnotations([], file)), file);
  for (const description of [' a', 'a ', 'a\0', ' '])
    throwsWith(
      () => writeAnnotations([], { customLabels: [{ code: 42, label: 'c', description }] }),
      DataError,
      'a description without spaces around it',
    );
});

test('codes without a mnemonic, and labels that shadow others, are written as they were read', () => {
  const codes = [42, 49, 50, 58].map((code) => word(code, 1));
  const labels = ['[42]', '[49]', '[50]', '[58]'].map((label, i) => at(i + 1, label));
  assert.equal(read(...codes, END).annotations, labels);
  assert.equal(readAnnotations(writeAnnotations(labels)).annotations, labels);
  const customLabels = [
    { code: 42, label: 'N', description: '' },
    { code: 1, label: 'x', description: '' },
    { code: 43, label: '[44]', description: '' },
  ];
  const shadowed = [at(1, 'N'), at(2, 'x'), at(3, '[44]'), at(4, 'V')];
  assert.equal(readAnnotations(writeAnnotations(shadowed, { customLabels })).annotations, shadowed);
});

test('of two labels of a code the last one holds, reading and writing', () => {
  const customLabels = [
    { code: 43, label: '[42]', description: '' },
    { code: 43, label: 'N', description: '' },
  ];
  const list = [at(1, '[42]'), at(2, 'N')];
  assert.equal(readAnnotations(writeAnnotations(list, { customLabels })).annotations, list);
  const twice = customLabels.map((own) => ({ ...own, label: own.label === 'N' ? 'second' : 'first' }));
  const message = 'annotation 0: expected a WFDB mnemonic or a custom label, got "first"';
  throwsWith(() => writeAnnotations([at(1, 'first')], { customLabels: twice }), DataError, message);
});

test.run();
