// The last values that the formats hold, and the first that they do not. The bytes are put together by hand from annot(5),
// signal(5) and header(5) of the WFDB Applications Guide.
import {
  type Annotation,
  decodeSignal,
  encodeSignal,
  formatHeader,
  parseHeader,
  readAnnotations,
  writeAnnotations,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('ecg limits');

/** A word of annot(5): code in the upper six bits, data in the lower ten, low byte first. */
const word = (code: number, data: number): number[] => [data & 0xff, (code << 2) | (data >> 8)];
const [N, NOTE, SKIP, NUM, SUB, CHN, AUX] = [1, 22, 59, 60, 61, 62, 63];
const END = [0, 0];
const at = (sample: number, rest: Partial<Annotation> = {}): Annotation => ({
  ...{ sample, label: 'N', subtype: 0, channel: 0, num: 0, aux: '' },
  ...rest,
});
const written = (...annotations: Annotation[]): number[] => [...writeAnnotations(annotations)];
const read = (...parts: number[][]): Annotation[] => readAnnotations(Uint8Array.from(parts.flat())).annotations;

test('a text of 255 bytes', () => {
  const [long, short] = ['x'.repeat(255), 'y'.repeat(254)];
  const text = (s: string): number[] => [...s].map((c) => c.charCodeAt(0));
  const bytes = [word(N, 1), word(AUX, 255), text(long), [0], word(N, 1), word(AUX, 254), text(short), END];
  const list = [at(1, { aux: long }), at(2, { aux: short })];
  assert.equal(written(...list), bytes.flat());
  assert.equal(read(...bytes), list);
  throwsWith(() => written(at(1, { aux: `${long}x` })), DataError, '255 bytes');
  const latin = '\xff'.repeat(255);
  assert.equal(read(written(at(1, { aux: latin }))), [at(1, { aux: latin })]);
  throwsWith(() => written(at(1, { aux: '\u0100' })), DataError, '255 bytes');
});

test('a step of ten bits, and one more', () => {
  assert.equal(written(at(1023), at(1023), at(2046)), [word(N, 1023), word(N, 0), word(N, 1023), END].flat());
  assert.equal(written(at(1024)), [word(SKIP, 0), [0, 0, 0, 4], word(N, 0), END].flat());
  assert.equal(written(at(5), at(4)), [word(N, 5), word(SKIP, 0), [255, 255, 255, 255], word(N, 0), END].flat());
  const last = 2 ** 31 - 1;
  assert.equal(written(at(last)), [word(SKIP, 0), [0xff, 0x7f, 0xff, 0xff], word(N, 0), END].flat());
  assert.equal(read(written(at(last), at(0), at(last))), [at(last), at(0), at(last)]);
  throwsWith(() => written(at(last + 1)), DataError, 'a sample from 0 to 2147483647');
});

test('signed bytes of NUM and SUB, and the byte of CHN', () => {
  const list = [at(1, { subtype: -128, channel: 255, num: -128 }), at(2, { subtype: 127, channel: 255, num: 127 })];
  // putann(3) writes SUB, CHN, NUM, in this order, and the last two only if they change
  const first = [word(N, 1), [0x80, 0xf7], word(CHN, 255), [0x80, 0xf3]];
  assert.equal(written(...list), [...first, word(N, 1), word(SUB, 127), word(NUM, 127), END].flat());
  assert.equal(read(written(...list)), list);
  for (const [field, low, high] of [
    ['subtype', -128, 127],
    ['channel', 0, 255],
    ['num', -128, 127],
  ] as const)
    for (const value of [low - 1, high + 1])
      throwsWith(() => written(at(1, { [field]: value })), DataError, `a ${field} from ${low} to ${high}`);
});

test('labels: codes 1 to 58, of which a file may define 1 to 49', () => {
  assert.equal(read(word(58, 1), END), [at(1, { label: '[58]' })]);
  assert.equal(written(at(1, { label: '[58]' })), [word(58, 1), END].flat());
  for (const label of ['[0]', '[59]']) throwsWith(() => written(at(1, { label })), DataError, 'mnemonic', label);
  for (const code of [1, 49]) {
    const customLabels = [{ code, label: 'own', description: '' }];
    const file = readAnnotations(writeAnnotations([at(7, { label: 'own' })], { customLabels }));
    assert.equal(file, { annotations: [at(7, { label: 'own' })], customLabels, timeResolution: null });
  }
  for (const code of [0, 50, 1.5])
    throwsWith(
      () => writeAnnotations([], { customLabels: [{ code, label: 'own', description: '' }] }),
      DataError,
      'own',
    );
});

test('time resolutions from 1e-6 to 1e9', () => {
  for (const timeResolution of [1e-6, 1e9])
    assert.is(readAnnotations(writeAnnotations([], { timeResolution })).timeResolution, timeResolution);
  for (const wrong of [0, -1, 0.9e-6, 1.1e9]) {
    throwsWith(() => writeAnnotations([], { timeResolution: wrong }), ArgumentError, 'timeResolution');
    const text = [...`## time resolution: ${wrong}`].map((c) => c.charCodeAt(0));
    const bytes = [word(NOTE, 0), word(AUX, text.length), text, text.length % 2 ? [0] : [], END];
    throwsWith(() => read(...bytes), DataError, 'time resolution above 0');
  }
});

test('a note is a definition only at sample 0, and only before the first annotation', () => {
  const text = [...'## time resolution: 99'].map((c) => c.charCodeAt(0));
  const note = (step: number): number[] => [word(NOTE, step), word(AUX, text.length), text].flat();
  const remark = { label: '"', aux: '## time resolution: 99' };
  for (const [bytes, annotations] of [
    [[note(1)], [at(1, remark)]],
    [
      [word(N, 0), note(0)],
      [at(0), at(0, remark)],
    ],
  ] as const) {
    const file = readAnnotations(Uint8Array.from([...bytes, END].flat()));
    assert.equal(file, { annotations, customLabels: [], timeResolution: null });
  }
});

test('signals: the least and the largest sample of each format', () => {
  const cases: [format: number, low: number, high: number, bytes: number[]][] = [
    [16, -32768, 32767, [0x00, 0x80, 0xff, 0x7f]],
    [80, -128, 127, [0, 255]],
    [212, -2048, 2047, [0x00, 0x78, 0xff]],
  ];
  for (const [format, low, high, bytes] of cases) {
    const signal = Int16Array.of(low, high);
    assert.equal([...encodeSignal(format, [signal])], bytes);
    assert.equal(decodeSignal(format, Uint8Array.from(bytes), { signals: 1 }), [signal]);
    if (format === 16) continue;
    for (const value of [low - 1, high + 1])
      throwsWith(() => encodeSignal(format, [Int16Array.of(0, value)]), DataError, 'sample 1', String(value));
  }
});

test('headers: a counter frequency of 0 is the sampling frequency', () => {
  assert.is(parseHeader('r 0 360/0 10').counterFrequency, 360);
  assert.is(parseHeader('r 0 360/0(5) 10').baseCounter, 5);
  assert.is(parseHeader('r 0 360/0.5 10').counterFrequency, 0.5);
});

test('headers: the ends of the ranges are read and written, what is beyond is refused both ways', () => {
  const line = (gain: string, rest = '12 0 0 0 0'): string => `r 1 360 10\nr.dat 212 ${gain} ${rest}`;
  for (const gain of ['1e-20', '1e20', '-1e20', '-1e-20']) {
    const header = parseHeader(line(gain));
    assert.is(header.signals[0].gain, Number(gain));
    assert.equal(parseHeader(formatHeader(header)), header);
  }
  for (const gain of ['0.9e-20', '1.1e20', '-1.1e20', 'Infinity', 'x'])
    throwsWith(() => parseHeader(line(gain)), DataError, 'line 2', 'a gain');
  assert.is(parseHeader(line('0')).signals[0].gain, 0);
  const most = 2 ** 31 - 1;
  for (const zero of [-most, most]) {
    const header = parseHeader(line('200', `12 ${zero} 0 0 0`));
    assert.is(header.signals[0].baseline, zero);
    assert.equal(parseHeader(formatHeader(header)), header);
  }
  for (const zero of [-most - 1, most + 1])
    throwsWith(() => parseHeader(line('200', `12 ${zero} 0 0 0`)), DataError, 'adcZero');
  for (const frequency of ['1e-6', '1e9']) {
    const header = parseHeader(`r 0 ${frequency} 10`);
    assert.is(header.samplingFrequency, Number(frequency));
    assert.equal(parseHeader(formatHeader(header)), header);
  }
  for (const frequency of ['0', '-1', '0.9e-6', '1.1e9', '360/2e9'])
    throwsWith(() => parseHeader(`r 0 ${frequency} 10`), DataError, 'line 1', 'a sampling frequency');
});

test('headers: a number of samples is written if there is one, and before a time', () => {
  const written = (line: string): string => formatHeader(parseHeader(line)).trimEnd();
  for (const line of ['r 0 360', 'r 0 360 10', 'r 0 360 0 13:05:00', 'r 0 360 10 13:05:00 25/4/1989'])
    assert.is(written(line), line);
  assert.is(written('r 0 360 0'), 'r 0 360');
});

test.run();
