import { DataError } from 'dynaecg';
import {
  annotationsOf,
  decodeFlac,
  decodeSignal,
  type EcgRecord,
  encodeRecord,
  encodeSignal,
  formatHeader,
  parseHeader,
  type RecordHeader,
  readAnnotations,
  readRecord,
  SIGNAL_FORMATS,
  writeAnnotations,
} from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FLAC_FILES } from '../support/flacFiles.ts';
import { type Edit, editBytes, edited, editText, samples } from './edits.ts';
import { editFramed, flac, framed, segmented, unrounded } from './framed.ts';
import { fuzz } from './harness.ts';
import { same } from './same.ts';
import {
  annotationBytes,
  record as anyRecord,
  header,
  headerNoise,
  headerText,
  nearRecord,
  noiseRecord,
  recordFiles,
} from './wfdb.ts';

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
  options: { signals: number; samples?: number; byteOffset: number; samplesPerFrame?: number[] };
}
const signals: fc.Arbitrary<Signals> = fc
  .tuple(
    fc.constantFrom(...SIGNAL_FORMATS),
    fc.integer({ min: 1, max: 4 }),
    fc.nat(12),
    fc.uint8Array({ minLength: 200 }),
  )
  .map(([format, count, samples, bytes]) => ({
    format,
    bytes: bytes.length < 200 ? new Uint8Array(200) : bytes,
    options: { signals: count, samples, byteOffset: samples % 3 },
  }));
const counts = fc.constantFrom(1, 2, 3, 1000);
const spec: fc.Arbitrary<Signals> = fc.record({
  format: fc.constantFrom(...SIGNAL_FORMATS, 508, 0, -1, 2 ** 31, 1e308, Number.NaN),
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
      initialValues: signals.map((signal) => signal[0] ?? 0), // of format 8, whose first difference is written as 0
    }),
  }),
});

const perFrame = fc.array(fc.constantFrom(1, 1, 2, 3, 5), { minLength: 1, maxLength: 4 });
const frames: fc.Arbitrary<Signals> = fc.tuple(signals, perFrame).map(([file, samplesPerFrame]) => ({
  ...file,
  options: { signals: samplesPerFrame.length, byteOffset: file.options.byteOffset, samplesPerFrame },
}));
const claims = fc.constantFrom(1, 2, 2 ** 31 - 1);

fuzz(test, {
  name: 'decodeSignal frames',
  valid: frames,
  near: edited(samples(frames), (file: Signals, list: Edit[], other) => ({
    ...file,
    bytes: editBytes(file.bytes.subarray(0, list[0][2] % 100), list, other.bytes),
    options: { ...file.options, samples: list[0][3] % 3 ? undefined : list[0][3] % 50 },
  })),
  noise: fc.tuple(spec, claims, claims).map(([file, a, b]) => ({
    ...file,
    options: { ...file.options, signals: 2, samplesPerFrame: [a, b] },
  })),
  read: ({ format, bytes, options }) => decodeSignal(format, bytes, options),
  refuses,
});

const flacFiles = FLAC_FILES.map((file) => file.bytes);

fuzz(test, {
  name: 'decodeFlac',
  valid: fc.constantFrom(...flacFiles),
  near: edited(flacFiles, editBytes),
  noise: bytes,
  read: (file) => decodeFlac(file),
  refuses,
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
  again: ({ header: h, ...read }) => {
    const whole = { samplesPerFrame: 1, length: Number.MAX_SAFE_INTEGER }; // what is written counts samples
    return { header: h, ...annotationsOf(h, writeAnnotations(read.annotations, read), whole) };
  },
});

fuzz(test, {
  name: 'readRecord',
  valid: recordFiles,
  near: nearRecord(),
  noise: noiseRecord,
  read: (files) => readRecord(files),
  refuses,
  again: (record) => readRecord(encodeRecord(record)),
});

const noise = fc
  .tuple(noiseRecord, segmented)
  .map(([own, other]) => ({ ...own, files: { ...other.files, ...own.files } }));

for (const [name, valid] of Object.entries({ framed, segmented }))
  fuzz(test, {
    name: `readRecord ${name}`,
    valid,
    near: edited(samples(valid), editFramed),
    noise,
    read: (files) => readRecord(files, { flac }),
    refuses,
    again: (record) => unrounded(record, readRecord(encodeRecord(record))),
  });

fuzz(test, {
  name: 'readRecord segmented partial',
  valid: segmented,
  near: edited(samples(segmented), editFramed),
  noise,
  read: (files) => {
    const { problems: _, ...record } = readRecord(files, { flac, partial: true });
    return record;
  },
  refuses,
  again: (record) => unrounded(record, readRecord(encodeRecord(record))),
});

fuzz(test, {
  name: 'readRecord partial',
  valid: recordFiles,
  near: nearRecord(),
  noise: noiseRecord,
  read: (files) => {
    const { problems, ...record } = readRecord(files, { partial: true });
    for (const { message } of problems) assert.ok(/expected .* got /s.test(message) || / more /.test(message), message);
    return record;
  },
  refuses,
  again: (record) => readRecord(encodeRecord(record)),
});

fuzz(test, {
  name: 'readAnnotations partial',
  valid: annotations,
  near: edited(samples(annotations), editBytes),
  noise: bytes,
  read: (file) => {
    const { problems: _, ...read } = readAnnotations(file, undefined, { partial: true });
    return read;
  },
  refuses: [],
  again: (file) => readAnnotations(writeAnnotations(file.annotations, file)),
  accepts: [1, 1],
});

/** With the prototypes of plain objects, which fast-check's do not have. */
const plain = (r: EcgRecord): EcgRecord => ({
  ...r,
  annotations: r.annotations.map((a) => ({ ...a })),
  customLabels: r.customLabels?.map((label) => ({ ...label })),
});

test('what the writer is given of a record is read again, every field', () => {
  fc.assert(
    fc.property(anyRecord, (original) => {
      assert.is(same(readRecord(encodeRecord(original)), plain(original)), '');
      const { problems, ...part } = readRecord(encodeRecord(original), { partial: true });
      assert.is(same(part, plain(original)), '');
      assert.equal(problems, []);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test.run();
