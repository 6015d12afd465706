import { DataError } from 'dynaecg';
import {
  annotationsOf,
  decodeSignal,
  encodeRecord,
  encodeSignal,
  formatHeader,
  parseHeader,
  type RecordHeader,
  readAnnotations,
  readRecord,
  writeAnnotations,
} from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import { type Edit, editBytes, edited, editText, samples } from './edits.ts';
import { fuzz } from './harness.ts';
import { annotationBytes, header, headerNoise, headerText, nearRecord, noiseRecord, recordFiles } from './wfdb.ts';

const test = suite('fuzz WFDB');
const refuses = [DataError];
const bytes = fc.uint8Array({ maxLength: 64 });

fuzz(test, {
  name: 'parseHeader',
  valid: headerText,
  near: edited(samples(headerText), editText),
  noise: headerNoise,
  read: (text) => parseHeader(text),
  refuses,
  again: (h) => parseHeader(formatHeader(h)),
});

interface Signals {
  format: number;
  bytes: Uint8Array;
  options: { signals: number; samples?: number; byteOffset: number };
}
const signals: fc.Arbitrary<Signals> = fc
  .tuple(fc.constantFrom(16, 80, 212), fc.integer({ min: 1, max: 4 }), fc.nat(12), fc.uint8Array({ minLength: 200 }))
  .map(([format, count, samples, bytes]) => ({
    format,
    bytes: bytes.length < 200 ? new Uint8Array(200) : bytes,
    options: { signals: count, samples, byteOffset: samples % 3 },
  }));
const counts = fc.constantFrom(1, 2, 3, 1000);
const spec: fc.Arbitrary<Signals> = fc.record({
  format: fc.constantFrom(16, 80, 212, 212, 8, 0, -1, 2 ** 31, 1e308, Number.NaN),
  bytes,
  options: fc.record({
    signals: counts,
    samples: fc.constantFrom(undefined, undefined, 0, 1, 5, 2 ** 31 - 1),
    byteOffset: fc.constantFrom(0, 0, 1, 60, 2 ** 31, Number.MAX_SAFE_INTEGER),
  }),
});

fuzz(test, {
  name: 'decodeSignal',
  valid: signals,
  near: edited(samples(signals), (file: Signals, list: Edit[], other) => ({
    ...file,
    format: list[0][0] % 9 ? file.format : other.format + (list[0][1] % 3),
    bytes: editBytes(file.bytes.subarray(0, list[0][2] % 100), list, other.bytes),
  })),
  noise: spec,
  read: ({ format, bytes, options }) => ({ format, options, signals: decodeSignal(format, bytes, options) }),
  refuses,
  again: ({ format, options, signals }) => ({
    format,
    options,
    signals: decodeSignal(format, encodeSignal(format, signals), {
      signals: options.signals,
      samples: signals[0].length,
    }),
  }),
});

const annotations = annotationBytes(2 ** 31);

fuzz(test, {
  name: 'readAnnotations',
  valid: annotations,
  near: edited(samples(annotations), editBytes),
  noise: bytes,
  read: (file) => readAnnotations(file),
  refuses,
  again: (file) => readAnnotations(writeAnnotations(file.annotations, file)),
});

interface OfHeader {
  header: RecordHeader;
  file: Uint8Array;
}
const ofHeader = fc.record({ header, file: annotationBytes(2 ** 31) });
const within = fc
  .record({ header, file: annotationBytes(1) })
  .map(({ header: h, file }) => ({ header: { ...h, sampleCount: h.sampleCount && 10 }, file }));

fuzz(test, {
  name: 'annotationsOf',
  valid: within,
  near: edited(samples(fc.oneof(ofHeader, within)), (own: OfHeader, list: Edit[], other) => ({
    header: list[0][3] % 4 ? own.header : other.header,
    file: editBytes(own.file, list, other.file),
  })),
  noise: fc.record({ header, file: bytes }),
  read: ({ header: h, file }) => ({ header: h, ...annotationsOf(h, file) }),
  refuses,
  again: ({ header: h, ...read }) => ({ header: h, ...annotationsOf(h, writeAnnotations(read.annotations, read)) }),
});

fuzz(test, {
  name: 'readRecord',
  valid: recordFiles,
  near: nearRecord(),
  noise: noiseRecord,
  read: readRecord,
  refuses,
  again: (record) => readRecord(encodeRecord(record)),
});

test.run();
