import { asBytes } from '../../core/asArrays.ts';
import { checkCount, checkFields, checkKind, checkRange } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import type { AnnotationFile } from './annotation.ts';
import type { RecordHeader } from './header.ts';
import { type Partially, type PartialOptions, Problems, type ReadOptions } from './problems.ts';
import { ANNOTATED_SAMPLE, FREQUENCY, within } from './ranges.ts';
import { readAnnotations } from './readAnnotations.ts';
import { mostPerFrame } from './signals/readLeads.ts';

/** Options of `annotationsOf`. */
export interface AnnotationsOptions extends ReadOptions {
  /** Number of samples of the signals.
   * @defaultValue that in the header, if it gives one */
  length?: number;
  /** Samples of the record per frame of its header, which is what times count that have no resolution.
   * @defaultValue those of the signal with most, as `readRecord` reads it */
  samplesPerFrame?: number;
  /** Name of the bytes in errors, such as their path.
   * @defaultValue the record's name */
  file?: string;
}

/** The annotations of a record, in its samples. */
export type RecordAnnotations = Pick<AnnotationFile, 'annotations' | 'customLabels'>;

/**
 * Reads an annotation file of a record, with times as samples of the record.
 *
 * @throws DataError like `readAnnotations`, and for an annotation outside the signals, with its index; with `{ partial: true }` such
 * annotations are left out, and are problems
 */
export function annotationsOf(
  header: RecordHeader,
  bytes: Uint8Array | ArrayBuffer,
  options?: AnnotationsOptions & { partial?: false },
): RecordAnnotations;
export function annotationsOf(
  header: RecordHeader,
  bytes: Uint8Array | ArrayBuffer,
  options: AnnotationsOptions & PartialOptions,
): Partially<RecordAnnotations>;
export function annotationsOf(
  header: RecordHeader,
  bytes: Uint8Array | ArrayBuffer,
  options: AnnotationsOptions = {},
): RecordAnnotations | Partially<RecordAnnotations> {
  const op = 'annotationsOf';
  checkFields(op, 'header', header, { name: 'text', samplingFrequency: 'number', sampleCount: 'number' });
  const { name, samplingFrequency, sampleCount } = header;
  checkRange(op, 'header.samplingFrequency', samplingFrequency, ...FREQUENCY);
  checkOptions(op, options, [], ['length', 'samplesPerFrame', 'file', 'partial']);
  const { samplesPerFrame = mostPerFrame(header.signals ?? []), file = `record ${name}`, partial } = options;
  const { length = sampleCount * samplesPerFrame || Number.POSITIVE_INFINITY } = options;
  if (options.length !== undefined) checkCount(op, 'length', length, 0, Number.MAX_SAFE_INTEGER);
  checkCount(op, 'samplesPerFrame', samplesPerFrame, 1);
  checkKind(op, 'file', file, 'text');
  if (partial !== undefined) checkKind(op, 'partial', partial, 'flag');
  const problems = new Problems(op, partial);
  const contents = asBytes(op, 'bytes', bytes);
  return problems.of(readWithin(contents, { samplingFrequency, samplesPerFrame, length }, file, problems));
}

/** The annotations of a record that are in its signals of `length` samples; the sampling frequency is that of frames. */
export function readWithin(
  bytes: Uint8Array,
  {
    samplingFrequency,
    samplesPerFrame,
    length,
  }: { samplingFrequency: number; samplesPerFrame: number; length: number },
  file: string,
  problems: Problems,
): RecordAnnotations {
  const read = readReporting(bytes, file, problems);
  const perTick = (samplesPerFrame * samplingFrequency) / (read.timeResolution ?? samplingFrequency);
  const annotations: AnnotationFile['annotations'] = [];
  for (const [i, a] of read.annotations.entries()) {
    const sample = Math.round(a.sample * perTick);
    const fits = sample < length && within(sample, ANNOTATED_SAMPLE);
    if (fits) annotations.push({ ...a, sample });
    else {
      const expected =
        sample >= length
          ? `a sample within the signal's length of ${length}`
          : `a sample from 0 to ${ANNOTATED_SAMPLE[1]}`;
      const message = `${file} annotation ${i} (${a.label}): expected ${expected}, got ${sample}`;
      problems.report('annotationOutside', message, { file, annotation: i, sample });
    }
  }
  return { annotations, customLabels: read.customLabels };
}

function readReporting(bytes: Uint8Array, file: string, problems: Problems): AnnotationFile {
  if (!problems.partial) return readAnnotations(bytes, file);
  const { problems: own, ...read } = readAnnotations(bytes, file, { partial: true });
  problems.add(own);
  return read;
}
