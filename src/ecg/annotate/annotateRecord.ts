import { asSignal } from '../../core/asArrays.ts';
import { checkKind, checkOneOf } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { CheckpointError, DataError } from '../../core/errors.ts';
import { checkNetworks, type ModelParts } from '../../formats/model.ts';
import { type Classified, EmbeddingClassifier } from '../../models/embeddingClassifier.ts';
import { ALIGNMENTS, type Alignment } from '../beats/cutWindows.ts';
import { detectQrs } from '../detectQrs.ts';
import type { SignalQuality } from '../quality/signalQuality.ts';
import type { Stretch } from '../quality/stretches.ts';
import { checkRecord, type EcgRecord, type Lead } from '../wfdb/record.ts';
import type { AnnotatedRecord } from './annotated.ts';
import { type BeatInput, beatInput } from './beatInput.ts';
import { type BeatWindows, cutWindows } from './beatWindows.ts';
import { chooseLead } from './chooseLead.ts';
import { doubt } from './doubt.ts';
import { labelBeats } from './labelBeats.ts';
import { readability } from './readability.ts';

/** Options of `annotateRecord`. */
export interface AnnotateOptions {
  /** Sample indices of the beats, ascending, if they are known, at or near their R peaks.
   * @defaultValue `detectQrs` finds them */
  peaks?: ArrayLike<number>;
  /** What windows are cut around, see `WindowOptions`: for `annotation`, the given peaks have to be where the model's training
   * beats had theirs.
   * @defaultValue `'rPeak'` */
  align?: Alignment;
  /** Name of the lead to read.
   * @defaultValue the model's if the record has it, or II for MLII, otherwise the first */
  lead?: string;
  /** Inverts the lead, for electrodes that were swapped. */
  invert?: boolean;
  /** Called with the fraction of the beats that is done, from 0 to 1. */
  progress?: (done: number) => void;
}

/**
 * Detects the beats of a recording and classifies each with a model of beats.
 *
 * A beat whose distance to the nearest cluster of training beats is above the model's limit (a novel beat) is labelled
 * `Q`, unclassifiable, rather than forced into a class; so is one whose window is incomplete or flat, and one in ten
 * seconds of noise (`signalQuality`). A recording with another rate than the model's is resampled, and one in another
 * unit converted; the R peaks stay samples of the recording.
 *
 * @throws CheckpointError for a model without a classifier or without a description of its input; DataError for a
 * recording without the lead, in a unit that cannot be converted, shorter than a window, or without any beat, with the
 * reason, for R peaks that are not in order or not in the recording, and if the model's output is not finite
 * @example
 *     declare const [model, record]: [SavedModel, EcgRecord];
 *     const { beats, notes } = annotateRecord(model, record);
 *     const file = writeAnnotations(beatAnnotations(annotateRecord(model, record)));
 */
export function annotateRecord(model: ModelParts, record: EcgRecord, options: AnnotateOptions = {}): AnnotatedRecord {
  checkRecord('annotateRecord', 'record', record);
  checkOptions('annotateRecord', options, [], ['peaks', 'align', 'lead', 'invert', 'progress']);
  const { progress } = options;
  if (progress !== undefined) checkKind('annotateRecord', 'progress', progress, 'function');
  const notes: string[] = [];
  const { input, lead, peaks, quality, unreadable, windows } = readForModel(
    'annotateRecord',
    model,
    record,
    options,
    notes,
  );
  const classifier = new EmbeddingClassifier(model.networks, { temperature: model.temperature }).prepare();
  const classified = classifyBeats(classifier, windows, record, progress);
  const { novelty = null } = model;
  const beats = labelBeats(input, peaks, windows, classified, quality, novelty);
  if (novelty) notes.push(...doubt(windows, beats, novelty));
  else notes.push('the model file has no clusters of training beats: no beat is marked as unlike them');
  return { beats, lead: lead.name, notes, unreadable, quality };
}

/** How a recording is read for a model. */
export type ReadForModelOptions = Pick<AnnotateOptions, 'peaks' | 'align' | 'lead' | 'invert'>;

/** A recording as the input of a model: its beats, the windows of those that have one, and what of the lead can be read. */
export interface ModelBeats {
  input: BeatInput;
  lead: Lead;
  peaks: Int32Array;
  quality: SignalQuality;
  unreadable: Stretch[];
  windows: BeatWindows;
}

/**
 * Finds the beats of a recording, unless they are given, and cuts them for a model with a classifier; what was done to the
 * signal goes into `notes`.
 */
export function readForModel(
  op: string,
  model: ModelParts,
  record: EcgRecord,
  options: ReadForModelOptions,
  notes: string[],
): ModelBeats {
  const { peaks: known, align = 'rPeak', lead: wanted, invert } = options;
  checkOneOf(op, 'align', align, ALIGNMENTS);
  if (known !== undefined) checkKind(op, 'peaks', known, 'numbers');
  if (wanted !== undefined) checkKind(op, 'lead', wanted, 'text');
  if (invert !== undefined) checkKind(op, 'invert', invert, 'flag');
  checkNetworks(op, model);
  const input = beatInput(model);
  if (model.networks.some(({ classifier }) => classifier === null))
    throw new CheckpointError(`${op}: expected a model with a classifier, got none`);
  const lead = chooseLead(record, wanted, input, notes);
  const samples = asSignal(op, 'lead.samples', lead.samples);
  const source = invert ? samples.map((v) => -v) : samples;
  const { samplingFrequency: rate } = record;
  const least = Math.ceil((input.window.length * rate) / input.samplingFrequency);
  if (source.length < least)
    throw new DataError(
      `${op}: record ${record.name}: expected at least a window of ${least} samples, got ${source.length}`,
    );
  const peaks = known ? checkPeaks(op, record, known, source.length) : detectQrs(source, rate);
  if (peaks.length === 0) throw new DataError(`${op}: ${whyNoBeat(record, lead, known !== undefined)}`);
  const { quality, unreadable } = readability(source, rate, peaks, notes);
  const windows = cutWindows(input, record, { ...lead, samples: source }, peaks, { align, unreadable, notes });
  return { input, lead, peaks, quality, unreadable, windows };
}

function checkPeaks(op: string, { name }: EcgRecord, peaks: ArrayLike<number>, length: number): Int32Array {
  for (let i = 0; i < peaks.length; i++)
    if (!Number.isInteger(peaks[i]) || peaks[i] < (peaks[i - 1] ?? 0) || peaks[i] >= length)
      throw new DataError(
        `${op}: record ${name}: expected R peaks in ascending order from 0 to ${length - 1}, got ${peaks[i]} at ${i}`,
      );
  return Int32Array.from(peaks);
}

function whyNoBeat({ name }: EcgRecord, { name: lead, samples, units }: Lead, given: boolean): string {
  const finite = samples.filter(Number.isFinite);
  const flat = finite.every((v) => v === finite[0]);
  const inSignal =
    finite.length === 0
      ? 'every sample is invalid'
      : flat
        ? `the lead is flat, every sample being ${finite[0]} ${units}`
        : 'nothing in it looks like a QRS complex';
  const why = given ? 'no R peaks were given' : inSignal;
  return `record ${name} lead ${lead}: expected at least one beat, got none: ${why}`;
}

function classifyBeats(
  classifier: EmbeddingClassifier,
  { x, context }: BeatWindows,
  { name }: EcgRecord,
  progress: AnnotateOptions['progress'],
): Classified {
  try {
    return classifier.classify(x, { context, progress });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`annotateRecord: record ${name}: ${error.message}`);
  }
}
