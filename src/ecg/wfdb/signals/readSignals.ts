import { hasOwn } from '../../../core/builtins.ts';
import { LARGEST_COUNT } from '../../../core/check.ts';
import { DataError } from '../../../core/errors.ts';
import type { RecordHeader, SignalSpec } from '../header.ts';
import type { Problems } from '../problems.ts';
import { checksumOf, decodeSignal } from '../signal.ts';
import type { DigitalSamples } from './codec.ts';
import type { FlacDecoder } from './flac.ts';
import { NULL_FORMAT } from './formats.ts';

/** Signal files by their names in the header. */
export type SignalFiles = Readonly<Record<string, Uint8Array>>;

/** The stored samples of a signal; null if its file is missing, `never` if it has none. */
export type Stored = DigitalSamples | null | 'never';

/** How signals are read. */
export interface SignalOptions {
  problems: Problems;
  /** The files that are there, for errors. */
  names: string;
  flac?: FlacDecoder;
}

/**
 * Stored samples of every signal, all of equally many frames; signals that share a file are adjacent in the header and interleaved in
 * the file. If files are of unequal length, or shorter than the header says, all signals end with the shortest, as with WFDB's getvec.
 */
export function readSignals(
  header: RecordHeader,
  files: SignalFiles,
  options: SignalOptions,
): { stored: Stored[]; frames: number } {
  const { name, signals, sampleCount } = header;
  if (sampleCount > LARGEST_COUNT)
    throw new DataError(`readRecord: record ${name}: expected at most ${LARGEST_COUNT} samples, got ${sampleCount}`);
  const stored: Stored[] = signals.map(() => 'never');
  const recorded = signals.flatMap(({ format }, s) => (format === NULL_FORMAT ? [] : [s]));
  const seen = new Set<string>();
  for (let at = 0; at < recorded.length; ) {
    const first = recorded[at];
    const { fileName } = signals[first];
    if (seen.has(fileName))
      throw new DataError(
        `readRecord: record ${name}: expected the signals of ${fileName} in consecutive lines, got others between`,
      );
    seen.add(fileName);
    const group: number[] = [];
    for (; at < recorded.length && signals[recorded[at]].fileName === fileName; at++) group.push(recorded[at]);
    for (const s of group) checkGroup(name, s, signals[s], signals[first]);
    const read = readFile(header, group, files, options);
    for (const [i, s] of group.entries()) stored[s] = read?.[i] ?? null;
  }
  return cutToShortest(header, stored, options.problems);
}

/** The signals of one file; null if it is missing. */
function readFile(
  { name, signals, sampleCount }: RecordHeader,
  group: readonly number[],
  files: SignalFiles,
  { problems, flac, names }: SignalOptions,
): DigitalSamples[] | null {
  const specs = group.map((s) => signals[s]);
  const [{ fileName, format, byteOffset }] = specs;
  const where = `record ${name} file ${fileName}`;
  const place = { file: fileName, signal: group[0] };
  const bytes = fileNamed(fileName, files);
  if (!bytes) {
    problems.report('missingFile', `record ${name}: expected signal file ${fileName}, got ${names}`, place);
    return null;
  }
  const several = specs.some(({ samplesPerFrame }) => samplesPerFrame > 1);
  const options = {
    ...{ signals: group.length, byteOffset, file: where, flac },
    samplesPerFrame: several ? specs.map(({ samplesPerFrame }) => samplesPerFrame) : undefined,
    initialValues: format === 8 ? specs.map(({ initialValue, adcZero }) => initialValue ?? adcZero) : undefined,
  };
  if (!problems.partial || sampleCount === 0)
    return decodeSignal(format, bytes, { ...options, samples: sampleCount || undefined });
  const all = decodeSignal(format, bytes, options);
  const frames = all[0].length / specs[0].samplesPerFrame;
  if (frames === sampleCount) return all;
  const packed = frames - sampleCount <= uncertain(specs);
  if (frames < sampleCount || !packed) {
    const message = `${where}: expected ${sampleCount} samples, got ${frames}`;
    problems.report(frames < sampleCount ? 'shortFile' : 'longFile', message, { ...place, sample: frames });
  }
  return frames < sampleCount ? all : all.map((signal, i) => signal.slice(0, sampleCount * specs[i].samplesPerFrame));
}

/** Frames that a file may seem to have at its end: two samples of 10 bits are written in the space of three. */
function uncertain(specs: readonly SignalSpec[]): number {
  const packed = specs[0].format === 310 || specs[0].format === 311;
  return packed && specs.length === 1 && specs[0].samplesPerFrame === 1 ? 1 : 0;
}

/** A file by its name in the header, which may have been written with `./`. */
function fileNamed(name: string, files: SignalFiles): Uint8Array | undefined {
  const key = [name, `./${name}`].find((one) => hasOwn(files, one));
  return key === undefined ? undefined : files[key];
}

/** Whether a signal has a file of its own. */
function alone(signals: readonly SignalSpec[], s: number): boolean {
  const { fileName } = signals[s];
  return signals[s - 1]?.fileName !== fileName && signals[s + 1]?.fileName !== fileName;
}

function cutToShortest(
  { name, signals, sampleCount }: RecordHeader,
  stored: Stored[],
  problems: Problems,
): { stored: Stored[]; frames: number } {
  const framesOf = (samples: DigitalSamples, s: number): number => samples.length / signals[s].samplesPerFrame;
  const lengths = stored.flatMap((samples, s) => (samples && samples !== 'never' ? framesOf(samples, s) : []));
  const shortest = lengths.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const frames = lengths.length > 0 ? shortest : sampleCount;
  const cut = stored.map((samples, s) => {
    if (!samples || samples === 'never' || framesOf(samples, s) === shortest) return samples;
    // What ends before the header's number of samples was reported with its file.
    if (sampleCount === 0 && framesOf(samples, s) - shortest > (alone(signals, s) ? uncertain([signals[s]]) : 0)) {
      const message = `record ${name} signal ${s}: expected ${shortest} samples as in the shortest, got ${framesOf(samples, s)}`;
      problems.report('longFile', message, { signal: s, sample: shortest });
    }
    return samples.slice(0, shortest * signals[s].samplesPerFrame);
  });
  return { stored: cut, frames };
}

function checkGroup(record: string, index: number, spec: SignalSpec, first: SignalSpec): void {
  if (spec.format === first.format && spec.byteOffset === first.byteOffset) return;
  throw new DataError(
    `readRecord: record ${record} signal ${index} (${spec.description}): expected the format and byte offset of the other signals in ${spec.fileName}, ` +
      `${first.format}+${first.byteOffset}, got ${spec.format}+${spec.byteOffset}`,
  );
}

/**
 * Compares the initial value and the checksum of a signal with those in the header; both are of all that is stored, also of samples
 * that a skew leaves out. Many writers leave both at 0, or the checksum alone: then it was never computed, and is not compared.
 */
export function verify(header: RecordHeader, index: number, stored: DigitalSamples, problems: Problems): void {
  const { initialValue, checksum, description, format, samplesPerFrame } = header.signals[index];
  const where = `record ${header.name} signal ${index} (${description})`;
  const left = checksum === 0;
  // signal(5): of differences, the initial value is what the first is added to
  const given = initialValue !== null && format !== 8 && !(left && initialValue === 0);
  if (given && stored.length > 0 && stored[0] !== initialValue) {
    const message = `${where}: expected initial value ${initialValue}, got ${stored[0]}`;
    problems.report('initialValue', message, { signal: index, sample: 0 });
  }
  // header(5): without a number of samples the checksum cannot be verified
  const whole = header.sampleCount > 0 && stored.length === header.sampleCount * samplesPerFrame;
  if (checksum === null || left || !whole) return;
  const sum = checksumOf(stored);
  if ((checksum - sum) & 0xffff)
    problems.report('checksum', `${where}: expected checksum ${checksum}, got ${sum}`, { signal: index });
}
