import type { SavedModel } from 'dynaecg';
import {
  type AnnotatedBeat,
  addNoise,
  annotateRecord,
  type BeatPair,
  COMPARED_CLASSES,
  compareBeats,
  detectQrs,
  type EcgRecord,
  type NoiseKind,
  type SignalQuality,
  signalQuality,
} from 'dynaecg/ecg';
import { inNoise, markedNoise, oneLead } from './periods.ts';

/** What is run. */
export interface LadderOptions {
  kinds: readonly NoiseKind[];
  /** dB */
  levels: readonly number[];
  seed: string;
  model: SavedModel | null;
}

/** Windows, and how many of them the index calls noise. */
export interface Windows {
  all: number;
  flagged: number;
}

/** One record without noise, or with noise of a kind and a level. */
export interface Level {
  record: string;
  /** null: as it is */
  noise: { kind: NoiseKind; snr: number } | null;
  /** in the noisy periods, in the clean ones, and where the database itself marks noise; of a record as it is, the last two */
  noisy: Windows;
  clean: Windows;
  marked: Windows;
  /**
   * beats of the noisy periods (of the whole, as it is), by reference and test class as in `compareBeats`: all of them, and
   * those in windows that can be read
   */
  beats: number[][];
  readable: number[][];
}

const WITHOUT: readonly (string | null)[] = [null, 'noise', 'unlike'];

/** Runs the test a record at a time. */
export function* ladder(
  records: readonly EcgRecord[],
  options: LadderOptions,
): Generator<{ levels: Level[]; done: number }, void> {
  const { kinds, levels, seed } = options;
  for (const [i, whole] of records.entries()) {
    const record = oneLead(whole);
    const noises = kinds.flatMap((kind) => levels.map((snr) => ({ kind, snr })));
    for (const [j, noise] of [null, ...noises].entries()) {
      const noisy = noise ? addNoise(record, { ...noise, seed }) : record;
      yield {
        levels: [judge(whole, noisy, noise, options)],
        done: (i + (j + 1) / (noises.length + 1)) / records.length,
      };
    }
  }
}

function judge(whole: EcgRecord, record: EcgRecord, noise: Level['noise'], { model }: LadderOptions): Level {
  const { samplingFrequency, annotations, name } = record;
  const [{ samples }] = record.leads;
  const { beats: found, quality } = model ? annotateRecord(model, record) : detected(samples, samplingFrequency);
  const kinds = { noisy: { all: 0, flagged: 0 }, clean: { all: 0, flagged: 0 }, marked: { all: 0, flagged: 0 } };
  for (const { start, end, problem } of quality.windows) {
    const where =
      noise && inNoise(start, samplingFrequency) ? 'noisy' : markedNoise(whole, start, end) ? 'marked' : 'clean';
    kinds[where].all++;
    if (problem !== null) kinds[where].flagged++;
  }
  const limit = model?.novelty?.limit ?? Number.POSITIVE_INFINITY;
  const test = found.map((beat) => ({
    sample: beat.sample,
    label: withoutIndex(beat, limit),
    ...{ subtype: 0, channel: 0, num: 0, aux: '' },
  }));
  const all = compareBeats(annotations, test, { samplingFrequency, start: 0, end: samples.length / samplingFrequency });
  const at = ({ reference, test: own }: BeatPair): number => (reference ?? own)!.sample;
  const pairs = noise ? all.pairs.filter((pair) => inNoise(at(pair), samplingFrequency)) : all.pairs;
  const readable = pairs.filter((pair) => canBeRead(quality, at(pair)));
  return { record: name, noise, ...kinds, beats: matrixOf(pairs), readable: matrixOf(readable) };
}

function matrixOf(pairs: readonly BeatPair[]): number[][] {
  const matrix = COMPARED_CLASSES.map(() => COMPARED_CLASSES.map(() => 0));
  for (const { referenceClass, testClass } of pairs)
    matrix[COMPARED_CLASSES.indexOf(referenceClass)][COMPARED_CLASSES.indexOf(testClass)]++;
  return matrix;
}

function detected(samples: Float32Array, rate: number): { beats: AnnotatedBeat[]; quality: SignalQuality } {
  const peaks = detectQrs(samples, rate);
  const nothing = { label: 'Q', why: null, nearest: null, probabilities: [], distance: null } as const;
  const beats = Array.from(peaks, (sample): AnnotatedBeat => ({ ...nothing, probabilities: [], sample }));
  return { beats, quality: signalQuality(samples, rate, { peaks }) };
}

/** The label that a beat would have if noise had no word. */
function withoutIndex({ label, why, nearest, distance }: AnnotatedBeat, limit: number): string {
  const classified = nearest !== null && WITHOUT.includes(why);
  return classified ? ((distance ?? 0) > limit ? 'Q' : nearest) : label;
}

function canBeRead({ windows }: SignalQuality, sample: number): boolean {
  return windows.find(({ end }) => sample < end)?.problem === null;
}
