/** Arbitraries of WFDB files, as our writers make them. */
import {
  type Annotation,
  type AnnotationFile,
  type CustomLabel,
  type EcgRecord,
  encodeRecord,
  formatHeader,
  makeLead,
  mnemonicOf,
  type RecordFiles,
  type RecordHeader,
  type SignalSpec,
  writeAnnotations,
} from 'dynaecg/ecg';
import fc from 'fast-check';
import { type Edit, editBytes, edited, editText, samples } from './edits.ts';
import { NUMBERS, TEXTS } from './hostile.ts';

const line = (pattern: RegExp, fallback: string) =>
  fc
    .constantFrom(...TEXTS, 'MLII', 'V5', 'mV', 'µV', 'ECG lead II', 'a  b')
    .map((t) => (pattern.test(t) ? t : fallback));
const name = line(/^[-\w]+$/, 'r1');
const word = line(/^[^\s#]\S*$/, 'MLII');
const comment = line(/^[^\r\n]*$/, '69 M 1085 1629 x1');
const description = line(/^\S(?:[^\r\n]*\S)?$/, 'V5');
const whole = (min: number, max: number) => fc.integer({ min, max });
const LARGE = 2 ** 31 - 1;

const signal: fc.Arbitrary<SignalSpec> = fc.record({
  fileName: word,
  format: fc.constantFrom(16, 80, 212, 8, 61, 310, 516, 0),
  samplesPerFrame: fc.constantFrom(1, 1, 2, LARGE),
  skew: fc.constantFrom(0, 0, 3),
  byteOffset: fc.constantFrom(0, 0, 512, Number.MAX_SAFE_INTEGER),
  gain: fc.constantFrom(200, -200, 0, 1e-20, 1e20, 0.1, 1 / 3),
  baseline: fc.oneof(whole(-LARGE, LARGE), fc.constantFrom(0.5, -1 / 3)),
  units: word,
  adcResolution: whole(1, 64),
  adcZero: fc.constantFrom(0, 1024, -LARGE, LARGE),
  initialValue: whole(-32768, 32767),
  checksum: whole(-32768, 32767),
  blockSize: fc.constantFrom(0, 4096),
  description,
});

export const header: fc.Arbitrary<RecordHeader> = fc.record({
  name,
  samplingFrequency: fc.constantFrom(360, 250, 1e-6, 1e9, 1 / 3, 128.5),
  counterFrequency: fc.constantFrom(360, 1e-6, 1e9, 1 / 3),
  baseCounter: fc.constantFrom(0, -1, 1e308, -1e-320, 12.5),
  sampleCount: fc.constantFrom(0, 1, 650_000, 2 ** 31, Number.MAX_SAFE_INTEGER),
  baseTime: fc.constantFrom(null, '0:0:0', '13:05:00.25', '9'.repeat(50)),
  baseDate: fc.constantFrom(null, '25/4/1989', '05-May-2020', '2014-05-08', '2006', 'xx/xx/2014', 'unknown'),
  comments: fc.array(comment, { maxLength: 3 }),
  signals: fc.array(signal, { maxLength: 3 }),
});

const segmentSpec = fc.record({
  name: fc.constantFrom('~', 'a', 'b-2', '_layout'),
  sampleCount: fc.constantFrom(0, 1, 650_000, 2 ** 31),
});
const segmentedHeader: fc.Arbitrary<RecordHeader> = fc
  .tuple(header, fc.array(segmentSpec, { minLength: 1, maxLength: 4 }), fc.nat(3))
  .map(([h, segments, signalCount]) => {
    const sampleCount = segments.reduce((sum, segment) => sum + segment.sampleCount, 0);
    return { ...h, sampleCount, signals: [], segments, signalCount };
  });

export const headerText = fc.oneof({ weight: 3, arbitrary: header }, segmentedHeader).map(formatHeader);

/** Lines of words that headers are made of, in no order. */
export const headerNoise = fc
  .array(fc.constantFrom(...NUMBERS, ...TEXTS, '212', '16', '200/mV', 'r.dat', ' ', '\n', '\r\n', '# '), {
    maxLength: 40,
  })
  .map((words) => words.join(''));

const LABELS = Array.from({ length: 58 }, (_, i) => mnemonicOf(i + 1));
const latin = TEXTS.filter((t) => /^[\0-\xff]{0,255}$/.test(t));

const annotation = (length: number): fc.Arbitrary<Annotation> =>
  fc.record({
    sample: fc.nat(length - 1),
    label: fc.constantFrom('N', 'V', '+', '"', '~', ...LABELS),
    subtype: fc.constantFrom(0, 0, -128, 127, 3),
    channel: fc.constantFrom(0, 0, 1, 255),
    num: fc.constantFrom(0, 0, -1, 127),
    aux: fc.constantFrom('', '', '(N\0', '(AFIB', 'x'.repeat(255), ...latin),
  });

/** Labels of their own, with codes above the standard ones, so that none of those is redefined. */
const customLabels: fc.Arbitrary<CustomLabel[]> = fc.array(
  fc.record({
    code: whole(42, 49),
    label: fc.constantFrom('c', 'x', 'é', '\u001b[31m', 'N', '[42]'),
    description: fc.constantFrom('', 'a mark', 'é', '## end'),
  }),
  { maxLength: 2 },
);

/** What our writer takes: no annotation has a label whose code is redefined. */
export const annotationFile = (length: number): fc.Arbitrary<AnnotationFile> =>
  fc
    .record({
      annotations: fc.array(annotation(length), { maxLength: 5 }),
      customLabels: fc.oneof({ weight: 3, arbitrary: fc.constant<CustomLabel[]>([]) }, customLabels),
      timeResolution: fc.constantFrom(null, null, null, 360, 1000, 1e-6, 1e9),
    })
    .map((file) => {
      const codes = new Set(file.customLabels.map(({ code }) => `[${code}]`));
      return { ...file, annotations: file.annotations.filter(({ label }) => !codes.has(label)) };
    });

export const annotationBytes = (length: number): fc.Arbitrary<Uint8Array> =>
  annotationFile(length).map((file) => writeAnnotations(file.annotations, file));

const UNSKEWED = { samplesPerFrame: 1, skew: 0, byteOffset: 0 };

export const record: fc.Arbitrary<EcgRecord> = fc
  .tuple(
    header,
    whole(1, 20),
    fc.constantFrom([212], [16], [80], [212, 212], [16, 80], [8, 8], [24, 310], [311, 61], [32, 160], []),
    fc.nat(),
    customLabels,
  )
  .chain(([h, length, formats, seed, labels]) =>
    fc.array(annotation(length), { maxLength: 4 }).map((annotations): EcgRecord => {
      const specs = formats.map((format, i) => ({ ...(h.signals[i] ?? PLAIN), ...UNSKEWED, format }));
      const redefined = new Set(labels.map(({ code }) => `[${code}]`));
      return {
        name: h.name,
        samplingFrequency: h.samplingFrequency,
        leads: specs.map(({ description, ...spec }, s) => {
          const wide = [8, 24, 32].includes(spec.format);
          const values = Array.from({ length }, (_, i) => ((seed + 37 * s + 11 * i) % 128) - 64);
          const samples = wide ? Int32Array.from(values) : Int16Array.from(values);
          const { units, format, gain, baseline, adcResolution, adcZero } = spec;
          const digital = { samples, format, gain, baseline, adcResolution, adcZero };
          return makeLead({ name: description, units, digital });
        }),
        annotations: annotations.filter(({ label }) => !redefined.has(label)),
        comments: h.comments,
        customLabels: labels,
        baseTime: h.baseTime,
        baseDate: h.baseDate,
        ...(h.counterFrequency === h.samplingFrequency && h.baseCounter === 0
          ? {}
          : { counterFrequency: h.counterFrequency, baseCounter: h.baseCounter }),
      };
    }),
  );

const PLAIN = { units: 'mV', gain: 200, baseline: 0, adcResolution: 12, adcZero: 0, description: 'II' };

/** The files of a record whose header is a text. */
export type TextFiles = RecordFiles & { header: string };

export const recordFiles: fc.Arbitrary<TextFiles> = fc.tuple(record, fc.boolean()).map(([r, open]) => {
  const files = encodeRecord(r);
  return open ? { ...files, header: withoutChecksums(files.header) } : files;
});

/** Signal lines of five fields, so that an edited signal is not refused for its checksum. */
function withoutChecksums(text: string): string {
  return text.replaceAll(/^(?!#)(\S+\.dat \S+ \S+ \S+ \S+) .*$/gm, '$1');
}

/** One of a record's files edited, or several. */
export function editRecord(files: TextFiles, list: readonly Edit[], other: TextFiles): TextFiles {
  let out = files;
  for (const edit of list) {
    const which = edit[3] % 3;
    const only = [edit];
    if (which === 0) out = { ...out, header: editText(out.header, only, other.header) };
    else if (which === 1 && out.annotations)
      out = { ...out, annotations: editBytes(out.annotations, only, other.annotations ?? new Uint8Array(2)) };
    else {
      const signals = Object.entries(out.files).map(([n, bytes], i, all) =>
        i === edit[1] % all.length ? [n, editBytes(bytes, only, bytes)] : [n, bytes],
      );
      out = { ...out, files: Object.fromEntries(signals) };
    }
  }
  return out;
}

export const nearRecord = (): fc.Arbitrary<TextFiles> => edited(samples(recordFiles), editRecord);

export const noiseRecord: fc.Arbitrary<RecordFiles> = fc.record({
  header: fc.oneof(headerNoise, headerText),
  files: fc.dictionary(fc.constantFrom('r.dat', 'MLII', '__proto__'), fc.uint8Array({ maxLength: 20 })),
  annotations: fc.uint8Array({ maxLength: 20 }),
});
